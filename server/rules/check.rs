//! The linter: what must hold before a pack is published, each complaint with file, line, field and what to write instead.
//!
//! Not checked: whether an instruction tells the reader to set what the evidence shows to be set. That is a matter of
//! wording; `when` on the instruction and a walk for that state are how an editor says it.

use super::compile::Release;
use super::file::{PackFiles, RuleFile};
use super::pack::{Pack, Unreadable};
use super::walks::Passed;
use crate::condition::shape::Complaint;
use crate::guide::shape::ProcedureFile;

mod breadth;
mod examples;
mod graph;
mod notes;
mod rule;
mod states;
#[cfg(test)]
mod tests;
mod walks;
mod words;

/// Whether something stops a pack from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// One thing that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The field: `guide.steps.retry.answers.runs.go`.
    pub field: String,
    /// What is wrong and what to write instead.
    pub what: String,
    /// Whether it stops the pack.
    pub grade: Grade,
}

/// Everything that the linter says about a pack.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Errors and warnings, by file and line.
    pub remarks: Vec<Remark>,
    /// What was bounded or left out.
    pub notes: Vec<String>,
}

impl Report {
    /// Whether the pack may be published.
    pub fn passed(&self) -> bool {
        self.remarks
            .iter()
            .all(|remark| remark.grade == Grade::Warning)
    }
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let grade = match self.grade {
            Grade::Error => "error",
            Grade::Warning => "warning",
        };
        write!(
            f,
            "{}:{}: {grade}: {}: {}",
            self.file, self.line, self.field, self.what
        )
    }
}

/// Complaints in the making, all of one rule, procedure or file.
#[derive(Debug, Default)]
struct Book {
    owner: String,
    entries: Vec<(Grade, Complaint)>,
    notes: Vec<String>,
}

impl Book {
    fn of(&mut self, owner: impl std::fmt::Display) {
        self.owner = owner.to_string();
    }

    fn error(&mut self, field: impl std::fmt::Display, what: impl Into<String>) {
        self.add(Grade::Error, field, what);
    }

    fn warning(&mut self, field: impl std::fmt::Display, what: impl Into<String>) {
        self.add(Grade::Warning, field, what);
    }

    fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    fn add(&mut self, grade: Grade, field: impl std::fmt::Display, what: impl Into<String>) {
        let complaint = Complaint::new(format!("{}:{field}", self.owner), what);
        self.entries.push((grade, complaint));
    }
}

/// How much of a pack one changed thing of it is tried against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What it says by itself, its examples and walks: quick enough while somebody types.
    Itself,
    /// Also the other rules' examples, and the unrelated texts.
    Others,
}

/// Checks a pack; `unreadable` is what reading its files already said.
pub fn check(pack: &Pack, unreadable: &[Unreadable]) -> Report {
    let (release, mut book) = compiled(pack);
    check_all(&pack.files, &release, &mut book);
    report(pack, unreadable, book)
}

/// Checks one rule or procedure of a pack, or one of its lists by its file name; what else may be wrong is left out.
pub fn check_one(pack: &Pack, owner: &str, depth: Depth) -> Report {
    let (release, mut book) = compiled(pack);
    let files = &pack.files;
    rule::unique_names(files, &mut book);
    rule::disabled(files, &mut book);
    notes::check(files, &release, &mut book);
    book.entries
        .retain(|(_, complaint)| owner_of(complaint) == owner);
    let mut inside = Passed::default();
    if let Some(file) = files.rules.iter().find(|file| file.id == *owner) {
        check_rule(file, files, &release, &mut inside, &mut book);
        examples::check(files, &release, Some(&file.id), &mut book);
        if depth == Depth::Others {
            examples::of_others(file, files, &release, &mut book);
            let alone = examples::alone(file, &file.matcher);
            breadth::check(files, &alone, &mut book);
        }
    }
    if let Some(file) = files.procedures.iter().find(|file| file.id == *owner) {
        for rule in release.rules.values() {
            walks::check(rule, &release, &mut inside, &mut book);
        }
        check_procedure(file, &release, &inside, &mut book);
    }
    report(pack, &[], book)
}

fn owner_of(complaint: &Complaint) -> &str {
    let path = complaint.path.as_str();
    path.split_once(':').map_or(path, |(owner, _)| owner)
}

fn compiled(pack: &Pack) -> (Release, Book) {
    let mut book = Book::default();
    let (release, complaints) = Release::compile_all(pack.files.clone());
    let complaints = complaints.into_iter();
    book.entries
        .extend(complaints.map(|complaint| (Grade::Error, complaint)));
    (release, book)
}

fn report(pack: &Pack, unreadable: &[Unreadable], book: Book) -> Report {
    let unreadable = unreadable.iter().map(|wrong| Remark {
        file: wrong.file.clone(),
        line: wrong.line,
        field: format!("column {}", wrong.column),
        what: wrong.what.clone(),
        grade: Grade::Error,
    });
    let located = book.entries.into_iter().map(|(grade, complaint)| {
        let place = pack.locate(&complaint);
        let field = complaint
            .path
            .split_once(':')
            .map_or("", |(_, field)| field);
        Remark {
            file: place.file,
            line: place.line,
            field: field.to_owned(),
            what: complaint.what,
            grade,
        }
    });
    let mut remarks = unreadable.chain(located).collect::<Vec<_>>();
    remarks.sort_by(|left, right| (&left.file, left.line).cmp(&(&right.file, right.line)));
    remarks.dedup();
    Report {
        remarks,
        notes: book.notes,
    }
}

fn check_all(files: &PackFiles, release: &Release, book: &mut Book) {
    let mut inside = Passed::default();
    rule::unique_names(files, book);
    rule::disabled(files, book);
    notes::check(files, release, book);
    for file in &files.rules {
        check_rule(file, files, release, &mut inside, book);
    }
    for file in &files.procedures {
        check_procedure(file, release, &inside, book);
    }
    examples::check(files, release, None, book);
    breadth::check(files, release, book);
}

fn check_rule(
    file: &RuleFile,
    files: &PackFiles,
    release: &Release,
    inside: &mut Passed,
    book: &mut Book,
) {
    book.of(&file.id);
    rule::check(file, files, release, book);
    words::check(&file.guide, book);
    words::settings(&file.cause, "cause", book);
    if let Some(rule) = release.rules.get(&file.id) {
        graph::check(&rule.guide, &file.guide, release, None, book);
        walks::check(rule, release, inside, book);
        states::check(rule, release, book);
    }
}

fn check_procedure(file: &ProcedureFile, release: &Release, inside: &Passed, book: &mut Book) {
    book.of(&file.id);
    words::check(&file.guide, book);
    if let Some(procedure) = release.procedures.get(&file.id) {
        graph::check(
            &procedure.guide,
            &file.guide,
            release,
            Some(procedure),
            book,
        );
        walks::covered_inside(procedure, inside, book);
        states::each_step(&procedure.guide, release, book);
    }
}
