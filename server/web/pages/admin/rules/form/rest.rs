//! What a rule says of itself, its cause, its sources, examples, walks and notes.

use super::{Button, Maker, Piece, button, join, pair, short};
use crate::web::pages::admin::rules::walks::DEED as WRITE_WALKS;
use crate::web::pages::words;

impl Maker<'_> {
    pub(super) fn about(&mut self) {
        self.part("about", "What it is", String::new());
        self.kept("id");
        self.line(
            "title",
            "Title",
            "what is wrong, in one line, as the reader would say it",
        );
        let products = self.known.products.iter();
        let products = products.map(|product| (product.id.to_string(), product.name.clone()));
        let products = products.collect::<Vec<_>>();
        self.row(|form| {
            form.choose("product", "Product", "", "", products);
            let severities = [
                ("error", "Error"),
                ("warning", "Warning"),
                ("info", "Good to know"),
            ];
            let severities = severities.map(|(value, label)| pair(value, label)).to_vec();
            form.choose("severity", "Severity", "", "", severities);
            form.line("owner", "Owner", "the team that keeps it right");
            form.line("review_by", "Review by", "YYYY-MM-DD");
        });
        self.row(|form| form.automation("automation", ""));
        self.row(|form| {
            form.area("refines", "Refines", "more general rules, one a line", 1);
            form.area("aliases", "Former ids", "one a line", 1);
        });
        self.end(Piece::EndPart);
    }

    pub(super) fn automation(&mut self, place: &str, none: &str) {
        self.line(
            &join(place, "reason"),
            "Reason for scripts",
            "small letters, digits, underscores",
        );
        let retryable = [
            ("yes", "yes, as it is"),
            ("later", "after a while"),
            ("after-fix", "only after the fix"),
            ("no", "never"),
        ];
        let retryable = retryable.map(|(value, label)| pair(value, label)).to_vec();
        self.choose(
            &join(place, "retryable"),
            "Trying again helps",
            "",
            none,
            retryable,
        );
        let who = [
            ("owner", "the owner of the flow"),
            ("helpdesk", "the helpdesk"),
            ("administrator", "an administrator of the machine"),
            ("it", "the IT department"),
            ("vendor", "the vendor"),
        ];
        let who = who.map(|(value, label)| pair(value, label)).to_vec();
        self.choose(
            &join(place, "who_can_fix"),
            "Who can mend it",
            "",
            none,
            who,
        );
    }

    pub(super) fn cause(&mut self) {
        self.part("cause", "Why it happens", String::new());
        self.markdown("cause", "Cause", "two to five sentences; Markdown", 3);
        self.end(Piece::EndPart);
    }

    pub(super) fn references(&mut self) {
        let count = self.items("references");
        self.part("references", "References", words::count(count, "article"));
        for number in 0..count {
            let place = format!("references.{number}");
            let title = self.value(&join(&place, "title"));
            self.group(&place, &format!("Article {}", number + 1), "answer-card");
            self.row(|form| {
                form.line(&join(&place, "title"), "Title", "");
                form.line(&join(&place, "url"), "Address", "https");
                form.line(&join(&place, "section"), "Section", "");
                form.line(&join(&place, "verified"), "Compared on", "YYYY-MM-DD");
            });
            self.moves(&place, number, count, &title);
            self.end(Piece::EndGroup);
        }
        self.buttons(vec![button("add", "references", "", "Add an article")]);
        self.end(Piece::EndPart);
    }

    pub(super) fn examples(&mut self) {
        let count = self.items("examples");
        self.part("examples", "Examples", words::count(count, "example"));
        self.pieces.push(Piece::Note(
            "Real texts: for each way to recognise it two that must match, and one that is near and must stay silent."
                .to_owned(),
        ));
        for number in 0..count {
            let place = format!("examples.{number}");
            let text = self.value(&join(&place, "text"));
            let expect = self.value(&join(&place, "expect"));
            let word = if expect == "silent" {
                "must stay silent"
            } else {
                "must match"
            };
            let legend = format!("Example {} {word}", number + 1);
            self.fold(&place, legend, short(&text), "inner");
            let expects = vec![
                pair("match", "must match"),
                pair("silent", "must stay silent"),
            ];
            self.choose(&join(&place, "expect"), "This text", "", "", expects);
            self.area(&join(&place, "text"), "Text", "as people really send it", 3);
            self.area(
                &join(&place, "also"),
                "Other rules that rightly match it too",
                "one a line",
                1,
            );
            self.pairs(
                &join(&place, "facts"),
                "Facts given outright",
                "Fact",
                "facts",
                "Add a fact",
            );
            self.moves(&place, number, count, &short(&text));
            self.end(Piece::EndFold);
        }
        self.buttons(vec![
            button("add", "examples", "match", "Add a text that must match"),
            button("add", "examples", "silent", "Add one that must stay silent"),
        ]);
        self.end(Piece::EndPart);
    }

    pub(super) fn walks(&mut self) {
        let count = self.items("walks");
        self.part(
            "walks",
            "Walks: tests of the guide",
            words::count(count, "walk"),
        );
        self.pieces.push(Piece::Note(
            "One with nothing known, which stands at the first question, one for each answer that facts can give, and one for each end: what a person answers, which steps that passes (where/idle, mend/done) and where the walk then stands. A question is answered by the name of an answer, an instruction by done or cannot. Write the missing walks does it from the guide; you read them and say whether that is what should happen."
                .to_owned(),
        ));
        for number in 0..count {
            let place = format!("walks.{number}");
            let name = self.value(&join(&place, "name"));
            self.fold(
                &place,
                format!("Walk {}", number + 1),
                name.clone(),
                "inner",
            );
            self.line(&join(&place, "name"), "What it shows", "");
            self.pairs(
                &join(&place, "facts"),
                "Known facts",
                "Fact",
                "facts",
                "Add a known fact",
            );
            self.area(
                &join(&place, "absent"),
                "Facts known to be absent",
                "one a line",
                1,
            );
            self.pairs(
                &join(&place, "answers"),
                "What a person answers",
                "Step",
                "steps",
                "Add an answer",
            );
            self.area(
                &join(&place, "path"),
                "Steps passed",
                "step/answer, one a line",
                2,
            );
            let steps = self.steps();
            self.choose(
                &join(&place, "end"),
                "Where the walk then stands",
                "",
                "",
                steps,
            );
            self.moves(&place, number, count, &name);
            self.end(Piece::EndFold);
        }
        self.buttons(vec![
            Button {
                deed: WRITE_WALKS.to_owned(),
                label: "Write the missing walks".to_owned(),
                about: String::new(),
                class: "",
            },
            button("add", "walks", "", "Add a walk"),
        ]);
        self.end(Piece::EndPart);
    }

    pub(super) fn notes(&mut self) {
        self.part("notes", "Notes for editors", String::new());
        self.area("notes", "Notes", "readers never see them", 3);
        self.end(Piece::EndPart);
    }
}
