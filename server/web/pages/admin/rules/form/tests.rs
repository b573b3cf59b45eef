use serde_json::json;

use super::*;
use crate::guide::Procedure;
use crate::web::pages::admin::rules::fields::from_fields;
use crate::web::pages::admin::rules::sheet;

/// What a browser sends of a form that nobody touched.
fn sent(pieces: &[Piece]) -> Vec<(String, String)> {
    let fields = pieces.iter().filter_map(|piece| match piece {
        Piece::Field(field) => Some(field),
        _ => None,
    });
    let values = fields.filter_map(|field| {
        let value = match &field.control {
            Control::Line { value, .. } | Control::Area { value, .. } | Control::Hidden(value) => {
                value.clone()
            }
            Control::Tick(true) => "yes".to_owned(),
            Control::Tick(false) => return None,
            Control::Choice(all) => all.iter().find(|one| one.chosen)?.value.clone(),
        };
        Some((field.name.clone(), value))
    });
    values.collect()
}

fn offered(procedure: &Procedure, drafted: bool) -> OfferedProcedure {
    OfferedProcedure {
        id: procedure.id.clone(),
        title: procedure.title.clone(),
        results: procedure.results.clone(),
        drafted,
    }
}

#[test]
fn a_procedure_that_is_a_draft_can_be_chosen_and_its_results_led_on() {
    let pack = crate::knowledge::read(crate::knowledge::shipped()).unwrap();
    let (live, _) = Release::compile(1, 0, pack);
    let mut procedures = live.procedures.values();
    let procedure = procedures.next().unwrap();
    let procedures = [offered(procedure, true)];
    let known = Known {
        products: &live.products,
        procedures: &procedures,
    };
    let sheet = json!({ "guide": { "start": "one", "steps": [ { "id": "one", "kind": "call", "say": procedure.id } ] } });
    let pieces = form(&sheet, &live, known, &BTreeMap::new(), "");
    let field = |name: &str| {
        pieces.iter().find_map(|piece| match piece {
            Piece::Field(field) if field.name == name => Some(field),
            _ => None,
        })
    };
    let Control::Choice(choices) = &field("guide.steps.0.say").unwrap().control else {
        panic!("no choice");
    };
    assert_eq!(choices.len(), 1);
    assert!(choices[0].chosen && choices[0].label.ends_with(" (a draft)"));
    for at in 0..procedure.results.len() {
        assert!(field(&format!("guide.steps.0.on.{at}.value")).is_some());
    }
}

#[test]
fn the_form_of_every_shipped_rule_holds_all_of_it() {
    let pack = crate::knowledge::read(crate::knowledge::shipped()).unwrap();
    let (live, _) = Release::compile(1, 0, pack.clone());
    let procedures = live.procedures.values().map(|one| offered(one, false));
    let procedures = procedures.collect::<Vec<_>>();
    for rule in &pack.rules {
        let pieces = form(
            &sheet::sheet(rule),
            &live,
            Known {
                products: &live.products,
                procedures: &procedures,
            },
            &BTreeMap::new(),
            "",
        );
        let tree = from_fields(sent(&pieces)).unwrap();
        let back = sheet::rule(&tree).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", rule.id));
        assert_eq!(back, *rule);
    }
}

#[test]
fn what_the_linter_speaks_of_is_found_in_the_form() {
    let sheet = json!({
        "title": "T",
        "match": { "kind": "any", "parts": [{ "kind": "not", "parts": [{ "kind": "code", "say": "A" }] }] },
        "guide": { "start": "one", "steps": [
            { "id": "zero", "kind": "do", "say": "x" },
            { "id": "one", "kind": "ask", "say": "?", "answers": [{ "id": "x", "label": "X", "go": "two" }] },
        ] },
        "examples": [{ "text": "t" }],
    });
    let found = |field: &str| place(&sheet, field);
    assert_eq!(found("title"), "#f-title");
    assert_eq!(
        found("guide.steps.one.answers.x.go"),
        "#f-guide.steps.1.answers.0.go"
    );
    assert_eq!(found("guide.steps.one"), "#at-guide.steps.1");
    assert_eq!(found("guide.start"), "#f-guide.start");
    assert_eq!(found("match.any[0].not"), "#at-match.parts.0.parts.0");
    assert_eq!(found("examples[0]"), "#at-examples.0");
    assert_eq!(found("examples"), "#part-examples");
}
