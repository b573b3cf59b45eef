//! A rule as its form holds it: objects, lists and texts alone. One table says how each field of a rule is written, and
//! both directions follow it, so that nothing of a rule can be lost on the way.
//!
//! | in a rule | in a form |
//! |---|---|
//! | a list of words | their lines |
//! | a mapping with names of its own | a list of `name` and `value` |
//! | a condition, a step | `kind`, `say`, and what belongs to it; what no form can show stays in `rest` |
//! | a text that a browser would change | the same as a JSON string |

use serde_json::{Map, Value, json};

use super::written::{
    facts, facts_of, line, line_of, lines, lines_of, numbers, numbers_of, text, text_of,
};
use crate::condition::RuleId;
use crate::condition::shape::Complaint;
use crate::rules::RuleFile;

/// How a field is written.
enum Shape {
    /// A text that must be there.
    Must,
    /// A name that must be there.
    Name,
    /// A text that may be missing.
    Text,
    /// Whether something is so.
    Tick,
    /// Several words or names, one a line; the tick says whether they must be there.
    Words(bool),
    /// One value of a fact, or several.
    Value,
    /// A mapping with names of its own.
    Pairs(&'static Shape),
    /// A list; the tick says whether it must be there.
    List(&'static Shape, bool),
    /// These fields; the tick says whether it must be there.
    Record(Fields, bool),
    /// One of several kinds, with these fields beside; the tick says whether it must be there.
    Kinds(&'static Kinds, bool),
    /// The numbers of events.
    Numbers,
}

type Fields = &'static [(&'static str, Shape)];

struct Kinds {
    /// The field that says what it is, and how it is written: under `say`, `parts` or its own name.
    kinds: &'static [(&'static str, Said)],
    fields: Fields,
}

/// How what a condition or a step says is written.
enum Said {
    /// A text, under `say`.
    Say,
    /// Conditions, under `parts`.
    Parts,
    /// One condition, under `parts`.
    Part,
    /// A list of steps' checks, under its own name.
    Checks,
    /// An event, under its own name.
    Event,
    /// A fact, under `say`, with `test` and `value`.
    Fact,
}

const AUTOMATION: Fields = &[
    ("reason", Shape::Must),
    ("retryable", Shape::Must),
    ("who_can_fix", Shape::Must),
];

static CONDITION: Kinds = Kinds {
    kinds: &[
        ("all", Said::Parts),
        ("any", Said::Parts),
        ("not", Said::Part),
        ("phrase", Said::Say),
        ("regex", Said::Say),
        ("code", Said::Say),
        ("event", Said::Event),
        ("fact", Said::Fact),
    ],
    fields: &[
        ("context", Shape::Tick),
        ("sentence", Shape::Tick),
        ("weak", Shape::Tick),
    ],
};

static EVENT: Shape = Shape::Record(
    &[
        ("id", Shape::Numbers),
        ("provider", Shape::Text),
        ("code", Shape::Text),
        ("unless_code", Shape::Words(false)),
        ("fields", Shape::Pairs(&Shape::Must)),
    ],
    true,
);

static PART: Shape = Shape::Kinds(&CONDITION, true);
static CHECK: Shape = Shape::Record(
    &[
        ("id", Shape::Name),
        ("ask", Shape::Must),
        ("how", Shape::Text),
        ("collect", Shape::Words(false)),
        ("found_when", Shape::Kinds(&CONDITION, false)),
        ("ruled_out_when", Shape::Kinds(&CONDITION, false)),
        ("go", Shape::Name),
    ],
    true,
);
static CHECKS: Shape = Shape::List(&CHECK, true);

static ANSWER: Shape = Shape::Record(
    &[
        ("id", Shape::Name),
        ("label", Shape::Must),
        ("when", Shape::Kinds(&CONDITION, false)),
        ("otherwise", Shape::Tick),
        ("offer", Shape::Kinds(&CONDITION, false)),
        ("go", Shape::Name),
    ],
    true,
);

static STEP: Kinds = Kinds {
    kinds: &[
        ("ask", Said::Say),
        ("checks", Said::Checks),
        ("do", Said::Say),
        ("call", Said::Say),
        ("outcome", Said::Say),
        ("return", Said::Say),
    ],
    fields: &[
        ("id", Shape::Name),
        ("intro", Shape::Text),
        ("how", Shape::Text),
        ("collect", Shape::Words(false)),
        ("answers", Shape::List(&ANSWER, false)),
        ("none", Shape::Text),
        ("command", Shape::Text),
        ("for", Shape::Text),
        ("caution", Shape::Text),
        ("undo", Shape::Text),
        ("loosens", Shape::Text),
        ("when", Shape::Kinds(&CONDITION, false)),
        ("else", Shape::Text),
        ("go", Shape::Text),
        ("cannot", Shape::Text),
        ("on", Shape::Pairs(&Shape::Name)),
        ("text", Shape::Text),
        ("rule", Shape::Text),
        ("automation", Shape::Record(AUTOMATION, false)),
    ],
};
static A_STEP: Shape = Shape::Kinds(&STEP, true);

static REFERENCE: Shape = Shape::Record(
    &[
        ("title", Shape::Must),
        ("url", Shape::Must),
        ("section", Shape::Text),
        ("verified", Shape::Text),
    ],
    true,
);
static EXAMPLE: Shape = Shape::Record(
    &[
        ("text", Shape::Text),
        ("facts", Shape::Pairs(&Shape::Value)),
        ("expect", Shape::Must),
        ("also", Shape::Words(false)),
    ],
    true,
);
static WALK: Shape = Shape::Record(
    &[
        ("name", Shape::Must),
        ("facts", Shape::Pairs(&Shape::Value)),
        ("absent", Shape::Words(false)),
        ("answers", Shape::Pairs(&Shape::Name)),
        ("path", Shape::Words(true)),
        ("end", Shape::Name),
    ],
    true,
);

static RULE: Shape = Shape::Record(
    &[
        ("id", Shape::Name),
        ("aliases", Shape::Words(false)),
        ("title", Shape::Must),
        ("product", Shape::Name),
        ("severity", Shape::Must),
        ("refines", Shape::Words(false)),
        ("owner", Shape::Text),
        ("review_by", Shape::Text),
        ("automation", Shape::Record(AUTOMATION, true)),
        ("match", Shape::Kinds(&CONDITION, true)),
        ("cause", Shape::Must),
        ("facts", Shape::Pairs(&Shape::Must)),
        (
            "guide",
            Shape::Record(
                &[
                    ("start", Shape::Name),
                    ("steps", Shape::List(&A_STEP, true)),
                ],
                true,
            ),
        ),
        ("references", Shape::List(&REFERENCE, true)),
        ("examples", Shape::List(&EXAMPLE, true)),
        ("walks", Shape::List(&WALK, false)),
        ("notes", Shape::Text),
    ],
    true,
);

/// The tests of a fact, in the order that they are offered.
pub(super) const TESTS: [&str; 5] = ["is", "in", "contains", "at_least", "exists"];

/// A rule as its form holds it.
pub(super) fn sheet(rule: &RuleFile) -> Value {
    let written = serde_json::to_value(rule).unwrap_or_default();
    to_sheet(&RULE, &written).unwrap_or_default()
}

/// The rule that a form says; what is wrong is named by the field of the form.
pub(super) fn rule(sheet: &Value) -> Result<RuleFile, Vec<Complaint>> {
    let mut wrong = Vec::new();
    let written = to_rule(&RULE, Some(sheet), "", &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    serde_json::from_value(written.unwrap_or_default())
        .map_err(|error| vec![Complaint::new("", error.to_string())])
}

fn to_sheet(shape: &Shape, written: &Value) -> Option<Value> {
    Some(match shape {
        Shape::Must | Shape::Name => json!(line(written.as_str()?)),
        Shape::Text => json!(text(written.as_str()?)),
        Shape::Tick => json!(if written.as_bool()? { "yes" } else { "" }),
        Shape::Words(_) => json!(lines(written.as_array()?)),
        Shape::Value => json!(facts(written)),
        Shape::Numbers => json!(numbers(written)),
        Shape::Pairs(inner) => {
            let pairs = written.as_object()?.iter();
            let pairs = pairs.map(|(name, value)| {
                let value = to_sheet(inner, value).unwrap_or_default();
                json!({ "name": line(name), "value": value })
            });
            pairs.collect()
        }
        Shape::List(inner, _) => {
            let items = written.as_array()?.iter();
            items.filter_map(|item| to_sheet(inner, item)).collect()
        }
        Shape::Record(fields, _) => record(fields, written.as_object()?).into(),
        Shape::Kinds(kinds, _) => kinds.to_sheet(written.as_object()?.clone()).into(),
    })
}

fn record(fields: Fields, written: &Map<String, Value>) -> Map<String, Value> {
    let fields = fields.iter().filter_map(|(name, shape)| {
        let value = to_sheet(shape, written.get(*name)?)?;
        Some(((*name).to_owned(), value))
    });
    fields.collect()
}

fn to_rule(
    shape: &Shape,
    sheet: Option<&Value>,
    path: &str,
    wrong: &mut Vec<Complaint>,
) -> Option<Value> {
    let said = sheet.and_then(Value::as_str).unwrap_or_default();
    match shape {
        Shape::Must => Some(json!(line_of(said))),
        Shape::Name => {
            let name = line_of(said);
            if let Err(bad) = RuleId::parse(&name) {
                wrong.push(Complaint::new(path, bad.to_string()));
            }
            Some(json!(name))
        }
        Shape::Text => text_of(said).map(Value::String),
        Shape::Tick => (said == "yes").then_some(json!(true)),
        Shape::Words(must) => {
            let words = lines_of(said);
            (*must || !words.is_empty()).then(|| words.into())
        }
        Shape::Value => Some(facts_of(said)),
        Shape::Numbers => numbers_of(said).unwrap_or_else(|what| {
            wrong.push(Complaint::new(path, what));
            None
        }),
        Shape::Pairs(inner) => {
            let pairs = sheet.and_then(Value::as_array)?.iter().enumerate();
            let pairs = pairs.filter_map(|(at, pair)| {
                let field = |name: &str| pair.get(name).and_then(Value::as_str).unwrap_or_default();
                // A result of a procedure stands there before somebody chose where it leads.
                let open = path.rsplit('.').next() == Some("on") || field("name").is_empty();
                if open && field("value").is_empty() {
                    return None;
                }
                let path = format!("{path}.{at}.value");
                let value = to_rule(inner, pair.get("value"), &path, wrong)?;
                Some((line_of(field("name")), value))
            });
            let pairs = pairs.collect::<Map<_, _>>();
            (!pairs.is_empty()).then(|| pairs.into())
        }
        Shape::List(inner, must) => {
            let items = sheet.and_then(Value::as_array).into_iter().flatten();
            let items = items.enumerate().filter_map(|(at, item)| {
                to_rule(inner, Some(item), &format!("{path}.{at}"), wrong)
            });
            let items = items.collect::<Vec<_>>();
            (*must || !items.is_empty()).then(|| items.into())
        }
        Shape::Record(fields, must) => {
            if !must && !says_something(sheet) {
                return None;
            }
            let mut written = Map::new();
            fill(fields, sheet, path, &mut written, wrong);
            Some(written.into())
        }
        Shape::Kinds(kinds, must) => {
            let sheet = sheet.and_then(Value::as_object);
            match sheet {
                None if !must => None,
                sheet => Some(kinds.to_rule(sheet, path, wrong).into()),
            }
        }
    }
}

fn fill(
    fields: Fields,
    sheet: Option<&Value>,
    path: &str,
    written: &mut Map<String, Value>,
    wrong: &mut Vec<Complaint>,
) {
    for (name, shape) in fields {
        let own = sheet.and_then(|sheet| sheet.get(*name));
        if let Some(value) = to_rule(shape, own, &below(path, name), wrong) {
            written.insert((*name).to_owned(), value);
        }
    }
}

fn says_something(sheet: Option<&Value>) -> bool {
    let fields = sheet.and_then(Value::as_object);
    fields.is_some_and(|fields| fields.values().any(|value| value != ""))
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

impl Kinds {
    fn to_sheet(&self, mut written: Map<String, Value>) -> Map<String, Value> {
        let mut sheet = record(self.fields, &written);
        for (name, _) in self.fields {
            written.remove(*name);
        }
        let kind = self
            .kinds
            .iter()
            .find(|(kind, _)| written.contains_key(*kind));
        let mut put = |name: &str, value: Value| sheet.insert(name.to_owned(), value);
        put("kind", json!(kind.map_or("", |(kind, _)| *kind)));
        if let Some((kind, said)) = kind {
            let value = written.remove(*kind).unwrap_or_default();
            match said {
                Said::Say => {
                    put("say", json!(line(value.as_str().unwrap_or_default())));
                }
                Said::Fact => {
                    put("say", json!(line(value.as_str().unwrap_or_default())));
                    if let Some(test) = TESTS.iter().find(|test| written.contains_key(**test)) {
                        let value = written.remove(*test).unwrap_or_default();
                        put("test", json!(test));
                        put("value", json!(tested(test, &value)));
                    }
                }
                Said::Parts => {
                    let parts = value.as_array().into_iter().flatten();
                    let parts = parts.filter_map(|part| to_sheet(&PART, part));
                    put("parts", parts.collect());
                }
                Said::Part => {
                    put("parts", to_sheet(&PART, &value).into_iter().collect());
                }
                Said::Checks => {
                    put("checks", to_sheet(&CHECKS, &value).unwrap_or_default());
                }
                Said::Event => {
                    put("event", to_sheet(&EVENT, &value).unwrap_or_default());
                }
            }
        }
        if !written.is_empty() {
            put("rest", json!(Value::Object(written).to_string()));
        }
        sheet
    }

    fn to_rule(
        &self,
        sheet: Option<&Map<String, Value>>,
        path: &str,
        wrong: &mut Vec<Complaint>,
    ) -> Map<String, Value> {
        let field = |name: &str| sheet.and_then(|sheet| sheet.get(name));
        let said = |name: &str| field(name).and_then(Value::as_str).unwrap_or_default();
        let rest = serde_json::from_str::<Map<String, Value>>(said("rest"));
        let mut written = rest.unwrap_or_default();
        let whole = sheet.map(|sheet| Value::Object(sheet.clone()));
        fill(self.fields, whole.as_ref(), path, &mut written, wrong);
        let kind = said("kind");
        let Some((kind, how)) = self.kinds.iter().find(|(one, _)| *one == kind) else {
            return written;
        };
        let value =
            match how {
                Said::Say => json!(line_of(said("say"))),
                Said::Fact => {
                    let test = said("test");
                    if TESTS.contains(&test) {
                        written.insert(test.to_owned(), tested_of(test, said("value")));
                    }
                    json!(line_of(said("say")))
                }
                Said::Parts => parts(field("parts"), path, wrong).into(),
                Said::Part => {
                    let mut parts = parts(field("parts"), path, wrong);
                    match parts.len() {
                        0 => json!({}),
                        1 => parts.remove(0),
                        _ => json!({ "any": parts }),
                    }
                }
                Said::Checks => to_rule(&CHECKS, field("checks"), &below(path, "checks"), wrong)
                    .unwrap_or_default(),
                Said::Event => to_rule(&EVENT, field("event"), &below(path, "event"), wrong)
                    .unwrap_or_default(),
            };
        written.insert((*kind).to_owned(), value);
        written
    }
}

fn parts(sheet: Option<&Value>, path: &str, wrong: &mut Vec<Complaint>) -> Vec<Value> {
    let parts = sheet.and_then(Value::as_array).into_iter().flatten();
    let parts = parts.enumerate().filter_map(|(at, part)| {
        let path = below(path, &format!("parts.{at}"));
        to_rule(&PART, Some(part), &path, wrong)
    });
    parts.collect()
}

/// What a fact is compared with.
fn tested(test: &str, value: &Value) -> String {
    match (test, value) {
        ("exists", value) => if *value == json!(true) { "yes" } else { "no" }.to_owned(),
        ("in", Value::Array(list)) => lines(list),
        (_, value) => line(value.as_str().unwrap_or_default()),
    }
}

fn tested_of(test: &str, said: &str) -> Value {
    match test {
        "exists" => json!(said != "no"),
        "in" => lines_of(said).into(),
        _ => json!(line_of(said)),
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
