//! Whose evidence it is: what only a person can settle, and what machines and accounts have in common.

use serde::Serialize;

use super::{Evidence, Problem, Span};

/// So many names are offered to choose from.
const OFFERED: usize = 8;

/// What a question about whose evidence it is settles: the field of the case that takes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// The case's machine.
    Machine,
    /// The case's account.
    Account,
}

/// Something that only a person can settle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Question {
    /// The field of the case that takes the answer.
    #[schema(example = "account")]
    pub field: Whose,
    /// What to settle and why it matters, in sentences.
    pub ask: String,
    /// The likely answers, best first; another may be given.
    pub options: Vec<String>,
}

impl Whose {
    /// As the case's field is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Account => "account",
        }
    }
}

impl Question {
    pub(super) fn new(field: Whose, ask: String, options: &[&str]) -> Self {
        let options = options.iter().take(OFFERED);
        let options = options.map(|name| (*name).to_owned()).collect();
        Self {
            field,
            ask,
            options,
        }
    }
}

impl Evidence {
    /// Settles whose machine and whose account the case is about, from what the case says and what was read; notes what
    /// does not count and what to ask, and derives what follows from it. May be called again.
    pub fn settle(&mut self, machine: Option<&str>, account: Option<&str>) {
        self.any_account = false;
        self.settle_machine(machine);
        self.settle_account(account);
        self.derive_logon_rights();
        for question in self.questions() {
            let source = match question.field {
                Whose::Machine => "machines",
                Whose::Account => "accounts",
            };
            self.note(Problem {
                source: source.to_owned(),
                line: None,
                what: question.ask,
            });
        }
    }

    /// Says that nothing that the rules found depends on whose account it is: then nobody is asked for it, unless the
    /// evidence differs between accounts.
    pub fn needs_no_account(&mut self) {
        let before = self.questions();
        self.any_account = true;
        let after = self.questions();
        for gone in before.iter().filter(|question| !after.contains(question)) {
            self.problems.retain(|problem| problem.what != gone.ask);
        }
    }

    /// What only a person can settle: which machine, which account.
    pub fn questions(&self) -> Vec<Question> {
        let both = [self.which_machine(), self.which_account()];
        both.into_iter().flatten().collect()
    }

    /// Notes once that what stands here is shown and answers nothing.
    pub(super) fn note_of_another(&mut self, span: Span, name: &str, meant: &str) {
        let source = self.sources.get(span.source);
        let source = source.map(|source| source.name.clone()).unwrap_or_default();
        self.note(Problem {
            source,
            line: Some(span.line),
            what: format!(
                "This is about {name}. It is shown and answers nothing, because the case is about {meant}."
            ),
        });
    }

    fn note(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// Names, each once, in their order.
pub(super) fn each_once<'a>(
    names: impl Iterator<Item = &'a str>,
    is_same: fn(&str, &str) -> bool,
) -> Vec<&'a str> {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.iter().any(|known| is_same(known, name)) {
            once.push(name);
        }
    }
    once
}

/// `Two machines: A, B`; a long list is cut.
pub(super) fn listed(what: &str, names: &[&str]) -> String {
    let count = match names.len() {
        2 => "Two".to_owned(),
        more => more.to_string(),
    };
    let shown = names.len().min(OFFERED);
    let more = match names.len() - shown {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{count} {what}: {}{more}", names[..shown].join(", "))
}
