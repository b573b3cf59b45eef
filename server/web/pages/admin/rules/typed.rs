//! What the editor's form sends: a few fields of its own, whose names begin with a dash, and those of the rule.

use serde_json::Value;

use super::fields::from_fields;
use crate::actions::drafts::Based;
use crate::web::error::Problem;

/// A face of the editor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Face {
    /// Fields.
    #[default]
    Form,
    /// YAML.
    Text,
}

impl Face {
    /// Its word in the form.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Text => "text",
        }
    }
}

/// What was sent.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) face: Face,
    pub(super) based: Based,
    pub(super) deed: String,
    pub(super) text: String,
    /// What is to be tried: a text, or a case's name.
    pub(super) paste: String,
    pub(super) case: String,
    /// The rule's fields.
    pub(super) sheet: Value,
}

impl Typed {
    /// Reads what was sent.
    pub(super) fn read(fields: Vec<(String, String)>) -> Result<Self, Problem> {
        let (own, rule): (Vec<_>, Vec<_>) = fields
            .into_iter()
            .partition(|(name, _)| name.starts_with('-'));
        let said = |name: &str| {
            let field = own.iter().find(|(own, _)| own == name);
            field.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let based = based_of(&said("-based"));
        let based = based
            .ok_or_else(|| Problem::malformed("The form does not say what it is based on."))?;
        let sheet = from_fields(rule);
        let sheet = sheet.filter(|_| said("-face") == "form");
        Ok(Self {
            face: if sheet.is_some() {
                Face::Form
            } else {
                Face::Text
            },
            based,
            deed: said("-deed"),
            text: said("-text").replace("\r\n", "\n"),
            paste: said("-paste").replace("\r\n", "\n"),
            case: said("-case").trim().to_owned(),
            sheet: match sheet {
                Some(sheet) => sheet,
                None if said("-face") == "form" => {
                    return Err(Problem::malformed("The form has a field that no rule has."));
                }
                None => Value::Null,
            },
        })
    }
}

/// What a form is based on, as it stands in the form.
pub(super) fn based_word(based: Based) -> String {
    match based {
        Based::New => "new".to_owned(),
        Based::Release(number) => format!("release:{number}"),
        Based::Revision(number) => format!("revision:{number}"),
    }
}

/// What a form says that it is based on.
pub(super) fn based_of(word: &str) -> Option<Based> {
    if word == "new" {
        return Some(Based::New);
    }
    let (kind, number) = word.split_once(':')?;
    let number = number.parse().ok()?;
    match kind {
        "release" => Some(Based::Release(number)),
        "revision" => Some(Based::Revision(number)),
        _ => None,
    }
}
