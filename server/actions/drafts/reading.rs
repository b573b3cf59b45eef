//! What a draft's text says, or where it does not parse; and drafts laid over a pack.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::condition::shape::Complaint;
use crate::guide::shape::ProcedureFile;
use crate::rules::pack::{PackText, Unreadable, line_of, parse};
use crate::rules::write::{self, Comment, to_text};
use crate::rules::{
    CautionFile, CollectorFile, DisabledFile, NotesFile, PackFiles, ProductFile, RuleFile,
    UnrelatedFile,
};
use crate::store::{Draft, DraftKind, DraftName};

/// The lists of a pack.
const LISTS: [&str; 4] = ["products", "collectors", "cautions", "unrelated"];

/// What a text says.
#[derive(Debug, Clone, PartialEq)]
pub enum Structure {
    /// A rule.
    Rule(Box<RuleFile>),
    /// A procedure.
    Procedure(Box<ProcedureFile>),
    /// That a rule is switched off.
    Disabled(DisabledFile),
    /// What the house adds to a rule.
    Notes(NotesFile),
    /// `products`.
    Products(Vec<ProductFile>),
    /// `collectors`.
    Collectors(Vec<CollectorFile>),
    /// `cautions`.
    Cautions(Vec<CautionFile>),
    /// `unrelated`.
    Unrelated(UnrelatedFile),
}

/// A text, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What it says; `None` where it does not parse.
    pub structure: Option<Structure>,
    /// Its comments, which are notes in the structure.
    pub moved: Vec<Comment>,
    /// Why it does not parse.
    pub errors: Vec<TextError>,
}

/// Something wrong in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TextError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub what: String,
}

/// Reads a text as what its name says it is.
pub fn read_draft(name: &DraftName, text: &str) -> Reading {
    let file = PackText {
        path: name.to_string(),
        text: text.to_owned(),
    };
    let read = match name.kind {
        DraftKind::Rule => write::read_rule(&file).map(|read| {
            let moved = read.moved;
            (Structure::Rule(Box::new(read.file)), moved)
        }),
        DraftKind::Procedure => write::read_procedure(&file).map(|read| {
            let moved = read.moved;
            (Structure::Procedure(Box::new(read.file)), moved)
        }),
        DraftKind::Disabled => plain(&file, Structure::Disabled),
        DraftKind::Note => plain(&file, Structure::Notes),
        DraftKind::List => read_list(&name.id, &file),
    };
    match read {
        Ok((structure, moved)) => named(name, text, structure, moved),
        Err(wrong) => Reading {
            structure: None,
            moved: Vec::new(),
            errors: vec![TextError {
                line: wrong.line,
                column: wrong.column,
                what: wrong.what,
            }],
        },
    }
}

/// The published text of a thing; `None` where the pack has no such thing.
pub fn published_text(files: &PackFiles, name: &DraftName) -> Option<String> {
    let id = name.id.as_str();
    match name.kind {
        DraftKind::Rule => files.rules.iter().find(|rule| rule.id == *id).map(to_text),
        DraftKind::Procedure => {
            let mut procedures = files.procedures.iter();
            procedures.find(|file| file.id == *id).map(to_text)
        }
        DraftKind::Disabled => {
            let mut disabled = files.disabled.iter();
            disabled.find(|file| file.rule == *id).map(to_text)
        }
        DraftKind::Note => {
            let mut notes = files.notes.iter();
            notes.find(|file| file.rule == *id).map(to_text)
        }
        DraftKind::List => match id {
            "products" => Some(to_text(&files.products)),
            "collectors" => Some(to_text(&files.collectors)),
            "cautions" => Some(to_text(&files.cautions)),
            "unrelated" => Some(to_text(&files.unrelated)),
            _ => None,
        },
    }
}

/// Everything of a pack that can have a draft, with its text. A list that is empty is nothing.
pub fn all_texts(files: &PackFiles) -> BTreeMap<DraftName, String> {
    let empty = PackFiles::default();
    let names = DraftKind::ALL.into_iter().flat_map(|kind| {
        let ids = ids(files, kind).into_iter();
        ids.map(move |id| DraftName { kind, id })
    });
    let texts = names.filter_map(|name| {
        let text = published_text(files, &name)?;
        let is_nothing = published_text(&empty, &name).as_ref() == Some(&text);
        (!is_nothing).then_some((name, text))
    });
    texts.collect()
}

/// The ids of everything of a kind in a pack.
fn ids(files: &PackFiles, kind: DraftKind) -> Vec<String> {
    match kind {
        DraftKind::Rule => files.rules.iter().map(|file| file.id.to_string()).collect(),
        DraftKind::Procedure => {
            let procedures = files.procedures.iter();
            procedures.map(|file| file.id.to_string()).collect()
        }
        DraftKind::Disabled => {
            let disabled = files.disabled.iter();
            disabled.map(|file| file.rule.to_string()).collect()
        }
        DraftKind::Note => files
            .notes
            .iter()
            .map(|file| file.rule.to_string())
            .collect(),
        DraftKind::List => LISTS.map(str::to_owned).into(),
    }
}

/// A pack with drafts laid over it: what would be published. A draft that cannot be read leaves what was there, and is
/// named by its own name.
pub fn lay_over(files: &PackFiles, drafts: &[Draft]) -> (PackFiles, Vec<Unreadable>) {
    let mut files = files.clone();
    let mut wrong = Vec::new();
    for draft in drafts {
        if draft.removed {
            take_away(&mut files, &draft.name);
            continue;
        }
        let reading = read_draft(&draft.name, &draft.text);
        match reading.structure {
            Some(structure) => put(&mut files, structure),
            None => wrong.extend(reading.errors.into_iter().map(|error| Unreadable {
                file: draft.name.to_string(),
                line: error.line,
                column: error.column,
                what: error.what,
            })),
        }
    }
    (files, wrong)
}

/// A pack with this in place of what it had of that name.
pub(super) fn with(files: &PackFiles, structure: Structure) -> PackFiles {
    let mut files = files.clone();
    put(&mut files, structure);
    files
}

impl Structure {
    /// It as text in the style of the pack.
    pub fn text(&self) -> String {
        match self {
            Self::Rule(file) => to_text(file),
            Self::Procedure(file) => to_text(file),
            Self::Disabled(file) => to_text(file),
            Self::Notes(file) => to_text(file),
            Self::Products(list) => to_text(list),
            Self::Collectors(list) => to_text(list),
            Self::Cautions(list) => to_text(list),
            Self::Unrelated(file) => to_text(file),
        }
    }
}

impl Reading {
    /// The rule, where it is one that parses.
    pub fn rule(&self) -> Option<&RuleFile> {
        match &self.structure {
            Some(Structure::Rule(rule)) => Some(rule),
            _ => None,
        }
    }

    /// The text in the style of the pack, comments as notes; `None` where it does not parse.
    pub fn tidy(&self) -> Option<String> {
        self.structure.as_ref().map(Structure::text)
    }
}

type Read = Result<(Structure, Vec<Comment>), Unreadable>;

fn plain<T: DeserializeOwned>(file: &PackText, as_structure: fn(T) -> Structure) -> Read {
    Ok((as_structure(parse(file)?), Vec::new()))
}

fn read_list(id: &str, file: &PackText) -> Read {
    match id {
        "products" => plain(file, Structure::Products),
        "collectors" => plain(file, Structure::Collectors),
        "cautions" => plain(file, Structure::Cautions),
        _ => plain(file, Structure::Unrelated),
    }
}

/// A text keeps the name of its draft: links, history and merges go by it.
fn named(name: &DraftName, text: &str, structure: Structure, moved: Vec<Comment>) -> Reading {
    let (field, id) = match &structure {
        Structure::Rule(rule) => ("id", rule.id.as_str()),
        Structure::Procedure(procedure) => ("id", procedure.id.as_str()),
        Structure::Disabled(disabled) => ("rule", disabled.rule.as_str()),
        Structure::Notes(notes) => ("rule", notes.rule.as_str()),
        _ => ("", name.id.as_str()),
    };
    if id == name.id {
        return Reading {
            structure: Some(structure),
            moved,
            errors: Vec::new(),
        };
    }
    let what = format!(
        "this is the draft of `{}` and its {field} says `{id}`; write the old name, or make a new one from a copy and put the old name into its `aliases`",
        name.id
    );
    Reading {
        structure: None,
        moved: Vec::new(),
        errors: vec![TextError {
            line: line_of(text, field),
            column: 1,
            what,
        }],
    }
}

fn put(files: &mut PackFiles, structure: Structure) {
    match structure {
        Structure::Rule(rule) => put_in(&mut files.rules, *rule, |one| one.id.to_string()),
        Structure::Procedure(file) => {
            put_in(&mut files.procedures, *file, |one| one.id.to_string());
        }
        Structure::Disabled(file) => {
            put_in(&mut files.disabled, file, |one| one.rule.to_string());
        }
        Structure::Notes(file) if file.notes.is_empty() => {
            files.notes.retain(|own| own.rule != file.rule);
        }
        Structure::Notes(file) => {
            put_in(&mut files.notes, file, |one| one.rule.to_string());
        }
        Structure::Products(list) => files.products = list,
        Structure::Collectors(list) => files.collectors = list,
        Structure::Cautions(list) => files.cautions = list,
        Structure::Unrelated(file) => files.unrelated = file,
    }
}

fn put_in<T>(list: &mut Vec<T>, new: T, name: impl Fn(&T) -> String) {
    let own = name(&new);
    match list.iter_mut().find(|one| name(one) == own) {
        Some(old) => *old = new,
        None => list.push(new),
    }
}

fn take_away(files: &mut PackFiles, name: &DraftName) {
    let id = name.id.as_str();
    match name.kind {
        DraftKind::Rule => {
            files.rules.retain(|rule| rule.id != *id);
            files.disabled.retain(|file| file.rule != *id);
        }
        DraftKind::Procedure => files.procedures.retain(|file| file.id != *id),
        DraftKind::Disabled => files.disabled.retain(|file| file.rule != *id),
        DraftKind::Note => files.notes.retain(|file| file.rule != *id),
        DraftKind::List => match id {
            "products" => files.products.clear(),
            "collectors" => files.collectors.clear(),
            "cautions" => files.cautions.clear(),
            _ => files.unrelated = UnrelatedFile::default(),
        },
    }
}

/// Whether a name can be one of a draft of its kind.
pub(super) fn check_name(name: &DraftName) -> Result<(), Complaint> {
    use crate::condition::{ProcedureId, RuleId};
    let wrong = match name.kind {
        DraftKind::Rule | DraftKind::Disabled | DraftKind::Note => {
            RuleId::parse(&name.id).err().map(|bad| bad.to_string())
        }
        DraftKind::Procedure => ProcedureId::parse(&name.id)
            .err()
            .map(|bad| bad.to_string()),
        DraftKind::List => (!LISTS.contains(&name.id.as_str()))
            .then(|| format!("there is no list `{}`; write {}", name.id, LISTS.join(", "))),
    };
    wrong.map_or(Ok(()), |what| Err(Complaint::new("/id", what)))
}
