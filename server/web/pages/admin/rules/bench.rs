//! The bench beside the editor: what the linter says, and how what is typed fares on a text or a stored case.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Extension, Form, Path, State};
use serde_json::{Value, json};

use super::change::follow_renames;
use super::typed::{Face, Typed};
use super::{form, named, sheet};
use crate::actions::drafts::{self, Against, Bench, BenchRequest, Lint};
use crate::actions::{Caller, Diagnosis};
use crate::condition::{RuleId, Truth};
use crate::evidence::Submission;
use crate::guide::walk::{By, NowKind, Walk};
use crate::rules::check::{Depth, Grade};
use crate::rules::explain::Explained;
use crate::rules::write::to_text;
use crate::store::{CaseId, DraftKind, DraftName};
use crate::web::error::Problem;
use crate::web::markdown::{self, Rendered};
use crate::web::pages::Html;
use crate::web::pages::outline::words_for_placeholders;
use crate::web::pages::proof::{LineView, excerpt, marks};
use crate::web::pages::words::{self, Sign};
use crate::web::state::AppState;

/// So many lines of what was tried are shown.
const LINES: usize = 40;
/// So many remarks of the linter are shown.
const REMARKS: usize = 40;

/// What the linter and the bench say.
#[derive(Template, Default)]
#[template(path = "admin/rules/tried.html")]
pub(crate) struct Tried {
    /// Why nothing could be tried.
    wrong: String,
    remarks: Vec<RemarkRow>,
    more: usize,
    notes: Vec<String>,
    /// Whether the linter was asked.
    linted: bool,
    outcome: Option<Outcome>,
    /// How readers see the texts with markup, by the names of their fields.
    previews: Vec<(String, Rendered)>,
}

struct RemarkRow {
    sign: Sign,
    line: usize,
    field: String,
    what: String,
    /// Where it is mended.
    href: String,
}

/// How a draft fares.
struct Outcome {
    sign: Sign,
    confidence: Option<Sign>,
    words: String,
    lines: Vec<(String, Vec<LineView>)>,
    conditions: Vec<ConditionRow>,
    passed: Vec<(String, String, &'static str)>,
    now: String,
    live: String,
    live_findings: Vec<(String, Sign, bool)>,
}

struct ConditionRow {
    depth: usize,
    sign: Sign,
    kind: &'static str,
    words: String,
    why: String,
    decides: bool,
}

/// `POST /admin/rules/{id}/try`.
pub(super) async fn try_it(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Html<Tried>, Problem> {
    let name = named(&id);
    let typed = Typed::read(fields)?;
    let mut tried = tried(&state, &caller, &name, &typed, Depth::Itself).await?;
    if typed.face == Face::Form {
        tried.previews = form::previews(&typed.sheet, &state.desk.live());
    }
    Ok(Html(tried))
}

/// Tries what was typed.
pub(super) async fn tried(
    state: &AppState,
    caller: &Caller,
    name: &DraftName,
    typed: &Typed,
    depth: Depth,
) -> Result<Tried, Problem> {
    let (text, sheet) = match typed.face {
        Face::Text => (typed.text.clone(), None),
        Face::Form => {
            let mut sheet = typed.sheet.clone();
            sheet["id"] = json!(name.id);
            follow_renames(&mut sheet);
            match sheet::rule(&sheet) {
                Ok(rule) => (to_text(&rule), Some(sheet)),
                Err(wrong) => {
                    let what = wrong.first().map(|one| one.what.clone());
                    return Ok(Tried {
                        wrong: what.unwrap_or_default(),
                        ..Tried::default()
                    });
                }
            }
        }
    };
    let lint = drafts::lint(&state.desk, caller, name, &text, depth).await?;
    let mut tried = Tried::of_lint(&lint, sheet.as_ref());
    if name.kind == DraftKind::Rule {
        match against(typed) {
            Ok(Some(against)) => {
                let rule = RuleId::parse(&name.id)
                    .map_err(|bad| Problem::invalid_field("id", bad.to_string()))?;
                let request = BenchRequest {
                    rule: rule.clone(),
                    text,
                    against,
                    answers: BTreeMap::new(),
                };
                match drafts::bench(&state.desk, caller, request)
                    .await
                    .map_err(Problem::from)
                {
                    Ok(bench) => tried.outcome = Some(Outcome::of(&bench, &rule)),
                    Err(
                        problem @ (Problem::NotFound(_) | Problem::Gone(_) | Problem::Mend { .. }),
                    ) => {
                        tried.wrong = problem.detail();
                    }
                    Err(other) => return Err(other),
                }
            }
            Ok(None) => {}
            Err(what) => what.clone_into(&mut tried.wrong),
        }
    }
    Ok(tried)
}

/// What it is tried on; `None` where nothing is said.
fn against(typed: &Typed) -> Result<Option<Against>, &'static str> {
    if !typed.case.is_empty() {
        // People paste the whole address.
        let name = typed.case.split(['?', '#']).next().unwrap_or_default();
        let name = name
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let case = CaseId::parse(name);
        let case = case.ok_or("That is no name of a case; paste its address.")?;
        return Ok(Some(Against::Case(case)));
    }
    if typed.paste.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(Against::Submission(Submission {
        text: Some(typed.paste.clone()),
        ..Submission::default()
    })))
}

impl Tried {
    fn of_lint(lint: &Lint, sheet: Option<&Value>) -> Self {
        let errors = lint.errors.iter().map(|error| RemarkRow {
            sign: grade(Grade::Error),
            line: error.line,
            field: String::new(),
            what: error.what.clone(),
            href: String::new(),
        });
        let remarks = lint.remarks.iter().map(|remark| RemarkRow {
            sign: grade(remark.grade),
            line: remark.line,
            field: remark.field.clone(),
            what: remark.what.clone(),
            href: sheet.map_or_else(String::new, |sheet| form::place(sheet, &remark.field)),
        });
        let mut remarks = errors.chain(remarks).collect::<Vec<_>>();
        let more = remarks.len().saturating_sub(REMARKS);
        remarks.truncate(REMARKS);
        Self {
            linted: true,
            remarks,
            more,
            notes: lint.notes.clone(),
            ..Self::default()
        }
    }

    /// What a page shows before anything was tried.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }
}

fn grade(grade: Grade) -> Sign {
    match grade {
        Grade::Error => words::Sign {
            icon: "alert",
            tone: "bad",
            word: "Error",
        },
        Grade::Warning => words::Sign {
            icon: "warning",
            tone: "mind",
            word: "Warning",
        },
    }
}

impl Outcome {
    fn of(bench: &Bench, rule: &RuleId) -> Self {
        let finding = bench.finding();
        let (sign, words) =
            if let Some(wrong) = bench.errors.first().or(bench.reading.errors.first()) {
                (plain("stop", "bad", "Cannot be tried"), wrong.what.clone())
            } else if finding.is_some() {
                (plain("check", "good", "The draft matches"), String::new())
            } else if bench.is_undecided() {
                let what = "its words are there, and facts that it asks for are not known";
                (plain("half", "mind", "Undecided"), what.to_owned())
            } else {
                (
                    plain("cross", "plain", "The draft does not match"),
                    String::new(),
                )
            };
        let evidence = &bench.live.evidence;
        let proofs = finding.map_or(&[][..], |finding| &finding.because);
        let lines = evidence.sources.iter().take(4).map(|source| {
            let marks = marks(&source.name, proofs);
            (
                source.name.clone(),
                excerpt(&source.text, &marks, 1, LINES / 4),
            )
        });
        let mut conditions = Vec::new();
        if let Some(why) = &bench.why {
            add_conditions(&mut conditions, why, 0);
        }
        let walk = bench.walk().filter(|_| finding.is_some());
        Self {
            sign,
            confidence: finding.map(|finding| words::confidence(finding.confidence)),
            words,
            lines: lines.filter(|_| !proofs.is_empty()).collect(),
            conditions,
            passed: walk.as_ref().map(passed).unwrap_or_default(),
            now: walk.as_ref().map(now).unwrap_or_default(),
            live: format!(
                "Release {} says: {}",
                bench.live.release.number,
                words::verdict(bench.live.findings.verdict).word
            ),
            live_findings: live_findings(&bench.live, rule),
        }
    }
}

fn plain(icon: &'static str, tone: &'static str, word: &'static str) -> Sign {
    Sign { icon, tone, word }
}

fn live_findings(live: &Diagnosis, rule: &RuleId) -> Vec<(String, Sign, bool)> {
    let findings = live.findings.findings.iter().take(5).map(|finding| {
        let title = live.release.rules.get(&finding.rule);
        let title = title.map_or_else(|| finding.rule.to_string(), |rule| rule.file.title.clone());
        (
            title,
            words::confidence(finding.confidence),
            finding.rule == *rule,
        )
    });
    findings.collect()
}

fn add_conditions(rows: &mut Vec<ConditionRow>, told: &Explained, depth: usize) {
    let kind = match told.kind {
        "all" => "All of these",
        "any" => "Any of these",
        "not" => "Not",
        "phrase" => "Words",
        "regex" => "Regex",
        "code" => "Code",
        "event" => "Event",
        _ => "Fact",
    };
    rows.push(ConditionRow {
        depth: depth.min(8),
        sign: match told.truth {
            Truth::True => plain("check", "good", "true"),
            Truth::False => plain("cross", "bad", "false"),
            Truth::Unknown => plain("question", "mind", "unknown"),
        },
        kind,
        words: words::cut(&told.words, 160),
        why: told.why.clone(),
        decides: told.decides,
    });
    for part in &told.parts {
        add_conditions(rows, part, depth + 1);
    }
}

/// The steps that a walk passed: what was asked, what was answered, by whom.
pub(super) fn passed(walk: &Walk<'_>) -> Vec<(String, String, &'static str)> {
    let passed = walk.done.iter().map(|step| {
        let by = match step.by {
            By::Evidence => "from the evidence",
            By::Person(_) => "said by a person",
        };
        let answer = if step.label.is_empty() {
            step.answer.as_str()
        } else {
            step.label
        };
        (read(step.text), read(answer), by)
    });
    passed.collect()
}

/// What is asked or said where a walk stands.
pub(super) fn now(walk: &Walk<'_>) -> String {
    match &walk.now.kind {
        NowKind::Ask { ask, .. } => read(ask),
        NowKind::Checks { intro, .. } => read(intro.unwrap_or("Which of these is it?")),
        NowKind::Do(instruction) => read(&instruction.text),
        NowKind::Outcome(outcome) => {
            let end = words::end(outcome.outcome).word;
            format!("{end}: {}", read(&outcome.text))
        }
        NowKind::Broken(what) => what.clone(),
    }
}

fn read(text: &str) -> String {
    markdown::plain(&words_for_placeholders(text))
}
