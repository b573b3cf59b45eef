//! A pack's files as text become [`PackFiles`], and a place in a rule becomes a line in its file.
//!
//! No file system here: whoever reads a folder, an archive or the files inside the program hands over paths and texts.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::file::PackFiles;
use super::notes::NotesFile;
use super::write::{self, Comment, Understood};
use crate::condition::shape::Complaint;

/// One file of a pack: its path below the pack's folder, with `/`, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackText {
    /// `windows/win.smartcard-required.yaml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The files that stand at the top of a pack, beside the folders of rules and procedures.
pub const AT_TOP: [&str; 5] = [
    "products.yaml",
    "collectors.yaml",
    "cautions.yaml",
    "unrelated.yaml",
    "disabled.yaml",
];

/// A pack as read, with the texts that its places are found in.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// What the files say. Comments of rules and procedures are notes in them.
    pub files: PackFiles,
    /// The comments of the files.
    pub comments: Vec<CommentOf>,
    texts: Vec<PackText>,
    /// The file of each rule and procedure.
    homes: BTreeMap<String, usize>,
}

/// A comment of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentOf {
    /// The file.
    pub file: String,
    /// The comment.
    pub comment: Comment,
    /// Whether it is in the notes of its rule or procedure now; a list has none, so that its comments are lost.
    pub kept: bool,
}

/// A file that cannot be read as what its place says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub what: String,
}

/// Where something stands in a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Pack {
    /// Reads a pack. A file that cannot be read costs that file.
    pub fn read(texts: Vec<PackText>) -> (Self, Vec<Unreadable>) {
        let mut pack = Self {
            texts,
            ..Self::default()
        };
        let mut wrong = Vec::new();
        for at in 0..pack.texts.len() {
            if let Err(unreadable) = pack.read_one(at) {
                wrong.push(unreadable);
            }
        }
        (pack, wrong)
    }

    /// A pack of structures, with the texts of those of its files whose places are to be found.
    pub fn of(files: PackFiles, texts: Vec<PackText>) -> Self {
        let stem = |path: &str| {
            if path.starts_with("notes/") {
                return None;
            }
            let name = path.rsplit_once('/')?.1;
            name.strip_suffix(".yaml").map(str::to_owned)
        };
        let homes = texts.iter().enumerate();
        let homes = homes.filter_map(|(at, file)| Some((stem(&file.path)?, at)));
        Self {
            homes: homes.collect(),
            files,
            texts,
            comments: Vec::new(),
        }
    }

    /// The texts of its files.
    pub fn texts(&self) -> &[PackText] {
        &self.texts
    }

    fn read_one(&mut self, at: usize) -> Result<(), Unreadable> {
        let file = &self.texts[at];
        let comments = &mut self.comments;
        match file.path.as_str() {
            "products.yaml" => self.files.products = list(file, comments)?,
            "collectors.yaml" => self.files.collectors = list(file, comments)?,
            "cautions.yaml" => self.files.cautions = list(file, comments)?,
            "unrelated.yaml" => self.files.unrelated = list(file, comments)?,
            "disabled.yaml" => self.files.disabled = list(file, comments)?,
            path => {
                let Some((folder, name)) = path
                    .strip_suffix(".yaml")
                    .and_then(|path| path.rsplit_once('/'))
                else {
                    return Err(unreadable(
                        file,
                        "this file has no place in a pack; write rules to PRODUCT/RULE-ID.yaml and procedures to procedures/NAME.yaml",
                    ));
                };
                if folder == "notes" {
                    let notes = list::<NotesFile>(file, comments)?;
                    named(file, name, notes.rule.as_str())?;
                    self.files.notes.push(notes);
                } else if folder == "procedures" {
                    let read = write::read_procedure(file)?;
                    let procedure = noted(file, read, comments);
                    named(file, name, procedure.id.as_str())?;
                    self.homes.insert(name.to_owned(), at);
                    self.files.procedures.push(procedure);
                } else {
                    let rule = noted(file, write::read_rule(file)?, comments);
                    named(file, name, rule.id.as_str())?;
                    if rule.product != *folder {
                        let what = format!(
                            "the rule belongs to `{}`; move it to the folder of that name",
                            rule.product
                        );
                        return Err(unreadable(file, what));
                    }
                    self.homes.insert(name.to_owned(), at);
                    self.files.rules.push(rule);
                }
            }
        }
        Ok(())
    }

    /// The line that a complaint speaks of. Its path is `OWNER:FIELD`, where the owner is a rule, a procedure or a file.
    pub fn locate(&self, complaint: &Complaint) -> Place {
        let (owner, field) = complaint
            .path
            .split_once(':')
            .unwrap_or((&complaint.path, ""));
        let home = self.homes.get(owner).copied();
        let home = home.or_else(|| self.texts.iter().position(|file| file.path == owner));
        let Some(file) = home.map(|at| &self.texts[at]) else {
            return Place {
                file: owner.to_owned(),
                line: 1,
            };
        };
        Place {
            file: file.path.clone(),
            line: line_of(&file.text, field),
        }
    }
}

/// What a list says; its comments are noted as lost.
fn list<T: DeserializeOwned + Serialize>(
    file: &PackText,
    comments: &mut Vec<CommentOf>,
) -> Result<T, Unreadable> {
    let read = write::read::<T>(file)?;
    note(file, read.moved, false, comments);
    Ok(read.file)
}

/// What a rule or procedure says; its comments are in its notes.
fn noted<T>(file: &PackText, read: Understood<T>, comments: &mut Vec<CommentOf>) -> T {
    note(file, read.moved, true, comments);
    read.file
}

fn note(file: &PackText, moved: Vec<Comment>, kept: bool, comments: &mut Vec<CommentOf>) {
    comments.extend(moved.into_iter().map(|comment| CommentOf {
        file: file.path.clone(),
        comment,
        kept,
    }));
}

/// Reads a file as what it is to be.
pub fn parse<T: DeserializeOwned>(file: &PackText) -> Result<T, Unreadable> {
    serde_saphyr::from_str(&file.text).map_err(|error| {
        let location = error.location();
        let number = |number: Option<u64>| {
            number
                .and_then(|number| usize::try_from(number).ok())
                .unwrap_or(1)
        };
        let what = error.without_snippet().to_string();
        Unreadable {
            file: file.path.clone(),
            line: number(location.map(|location| location.line())),
            column: number(location.map(|location| location.column())),
            what: what.lines().next().unwrap_or_default().to_owned(),
        }
    })
}

fn named(file: &PackText, name: &str, id: &str) -> Result<(), Unreadable> {
    if name == id {
        return Ok(());
    }
    let what = format!("the file is named `{name}` and its id is `{id}`; they must be equal");
    Err(unreadable(file, what))
}

fn unreadable(file: &PackText, what: impl Into<String>) -> Unreadable {
    Unreadable {
        file: file.path.clone(),
        line: 1,
        column: 1,
        what: what.into(),
    }
}

/// The line of a field: each part of the path is sought behind the one before, as an `id` or as a key.
pub fn line_of(text: &str, field: &str) -> usize {
    let lines = text.lines().collect::<Vec<_>>();
    let mut at = 0;
    let mut indent = None;
    for (depth, part) in field.split('.').filter(|part| !part.is_empty()).enumerate() {
        let (name, index) = part.split_once('[').unwrap_or((part, ""));
        let key = holds(&lines, at, |line| is_key(line, name));
        let lists = depth == 0 || ["start", "steps", "answers", "checks"].contains(&name);
        // A key behind the next `id` belongs to another step.
        let next = holds(&lines, at + 1, |line| line.contains("id: ")).unwrap_or(lines.len());
        let own = key.filter(|key| lists || *key < next);
        let is_item = |line: &str| indent.is_none_or(|indent| indent == item_indent(line));
        let item_named = |line: &str| says_id(line, name) && is_item(line);
        let Some(found) = own.or_else(|| holds(&lines, at, item_named)) else {
            continue;
        };
        // An answer may bear the name of a step: items of a list stand where its first one stands.
        let mut items = lines.iter().skip(found + 1);
        let first = items.find_map(|line| item_indent(line));
        indent = first.filter(|_| lists && depth > 0).map(Some);
        let index = index.trim_end_matches(']').parse::<usize>();
        at = index.map_or(found, |index| item(&lines, found, index));
    }
    at + 1
}

fn holds(lines: &[&str], from: usize, fits: impl Fn(&str) -> bool) -> Option<usize> {
    let found = lines.iter().skip(from).position(|line| fits(line))?;
    Some(from + found)
}

/// Whether the line has `id: value` with exactly this value.
fn says_id(line: &str, value: &str) -> bool {
    line.match_indices("id: ").any(|(at, before)| {
        let rest = line[at + before.len()..].trim_start_matches(['"', '\'']);
        let free = !line[..at].ends_with(|letter: char| letter.is_alphanumeric());
        let ends = rest
            .strip_prefix(value)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ' ', '}', '"', '\'']));
        free && ends
    })
}

/// How far in an item of a list begins; `None` when the line begins none.
fn item_indent(line: &str) -> Option<usize> {
    let item = line.trim_start();
    item.starts_with("- ").then(|| line.len() - item.len())
}

fn is_key(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}:")).any(|(at, _)| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(|letter| matches!(letter, ' ' | '{' | ',' | '-'))
    })
}

/// The line of the item with that index in the list that begins behind `from`.
fn item(lines: &[&str], from: usize, index: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let items = |line: &str| line.trim_start().starts_with("- ");
    let Some(first) = holds(lines, from + 1, items) else {
        return from;
    };
    let depth = indent(lines[first]);
    let list = (first..lines.len())
        .take_while(|at| lines[*at].trim().is_empty() || indent(lines[*at]) >= depth);
    let mut starts = list.filter(|at| indent(lines[*at]) == depth && items(lines[*at]));
    starts.nth(index).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "id: demo.rule\ntitle: T\nproduct: demo\nseverity: error\nautomation: { reason: demo, retryable: no, who_can_fix: it }\nmatch:\n  any:\n    - code: AlphaBetaGamma\n    - phrase: some words that are long\ncause: C\nguide:\n  start: one\n  steps:\n    - id: one\n      ask: Which?\n      answers:\n        - { id: a, label: A, go: two }\n        - { id: b, label: B, go: two }\n    - { id: two, outcome: resolved, text: T }\nreferences: []\nexamples: []\n";

    fn pack(files: &[(&str, &str)]) -> (Pack, Vec<Unreadable>) {
        let texts = files.iter().map(|(path, text)| PackText {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        });
        Pack::read(texts.collect())
    }

    #[test]
    fn every_kind_of_file_finds_its_place() {
        let (pack, wrong) = pack(&[
            ("products.yaml", "- { id: demo, name: Demo }"),
            ("collectors.yaml", "- { id: c, title: C, yields: [t.*] }"),
            ("cautions.yaml", "- { id: registry, text: Mind. }"),
            (
                "procedures/p.yaml",
                "{ id: p, title: P, results: [r], guide: { start: s, steps: [] } }",
            ),
            ("demo/demo.rule.yaml", RULE),
        ]);
        assert_eq!(wrong, []);
        let files = &pack.files;
        let counts = [
            files.products.len(),
            files.collectors.len(),
            files.cautions.len(),
            files.procedures.len(),
            files.rules.len(),
        ];
        assert_eq!(counts, [1, 1, 1, 1, 1]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_with_its_line_and_costs_no_other() {
        let broken = RULE.replace("severity: error", "severity: error\nseverety: x");
        let (pack, wrong) = pack(&[
            ("demo/demo.rule.yaml", RULE),
            ("demo/demo.other.yaml", &broken),
        ]);
        assert_eq!(pack.files.rules.len(), 1);
        assert_eq!(
            (wrong[0].file.as_str(), wrong[0].line),
            ("demo/demo.other.yaml", 5)
        );
        assert!(wrong[0].what.contains("severety"), "{}", wrong[0].what);
    }

    #[test]
    fn comments_of_rules_are_notes_and_those_of_lists_are_named_as_lost() {
        let rule = RULE.replace("  any:", "  any:\n    # as the vendor says");
        let (pack, wrong) = pack(&[
            ("products.yaml", "# ours\n- { id: demo, name: Demo }\n"),
            ("demo/demo.rule.yaml", &rule),
        ]);
        assert_eq!(wrong, []);
        let notes = pack.files.rules[0].notes.as_deref();
        assert_eq!(notes, Some("`match.any[0]`: as the vendor says\n"));
        let said = pack.comments.iter();
        let said = said.map(|of| (of.file.as_str(), of.comment.line, of.kept));
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                ("products.yaml", 1, false),
                ("demo/demo.rule.yaml", 8, true)
            ]
        );
    }

    #[test]
    fn names_folders_and_strangers_are_checked() {
        let what = |path: &str| pack(&[(path, RULE)]).1.remove(0).what;
        assert!(what("demo/demo.else.yaml").contains("they must be equal"));
        assert!(what("windows/demo.rule.yaml").contains("belongs to `demo`"));
        assert!(what("readme.md").contains("has no place in a pack"));
    }

    #[test]
    fn a_complaint_is_found_on_its_line() {
        let (pack, _) = pack(&[("demo/demo.rule.yaml", RULE)]);
        let line = |field: &str| {
            pack.locate(&Complaint::new(format!("demo.rule:{field}"), ""))
                .line
        };
        assert_eq!(line("title"), 2);
        assert_eq!(line("match.any[1]"), 9);
        assert_eq!(line("guide.start"), 12);
        assert_eq!(line("guide.steps.one"), 14);
        assert_eq!(line("guide.steps.one.answers.b.go"), 18);
        assert_eq!(line("guide.steps.two.text"), 19);
        let unknown = pack.locate(&Complaint::new("gone:x", ""));
        assert_eq!((unknown.file.as_str(), unknown.line), ("gone", 1));
    }
}
