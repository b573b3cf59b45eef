//! The bench: a draft judged against a text or a stored case, beside what the live release says of the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ground::ground;
use super::reading::{Reading, TextError, read_draft};
use super::save::bounded;
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::actions::diagnose::{Diagnosis, Meant, Request, judge};
use crate::actions::view::load;
use crate::condition::{AnswerId, RuleId, StepId};
use crate::evidence::{NeverStop, Submission};
use crate::guide::walk::{GivenAnswer, Route, Walk, walk};
use crate::rules::explain::{Explained, explain};
use crate::rules::pack::line_of;
use crate::rules::{Finding, PackFiles, Release, RuleFile};
use crate::store::{CaseId, DraftKind, DraftName};

/// What a draft is tried against.
#[derive(Debug, Clone)]
pub enum Against {
    /// Something that was pasted or sent; nothing is kept.
    Submission(Submission),
    /// A stored case.
    Case(CaseId),
}

/// A draft to be tried.
#[derive(Debug, Clone)]
pub struct BenchRequest {
    /// The rule.
    pub rule: RuleId,
    /// Its text.
    pub text: String,
    /// What it is tried against.
    pub against: Against,
    /// What a person would answer in the guide, at the first visit of a step.
    pub answers: BTreeMap<StepId, AnswerId>,
}

/// How a draft fares.
#[derive(Debug, Clone)]
pub struct Bench {
    /// What the text says, or why it does not parse.
    pub reading: Reading,
    /// Why it cannot judge though it parses: a regex that does not compile, a short name that is none.
    pub errors: Vec<TextError>,
    /// What the draft alone says; `None` where it cannot judge.
    pub draft: Option<Diagnosis>,
    /// Each of its conditions.
    pub why: Option<Explained>,
    /// What the live release says of the same.
    pub live: Arc<Diagnosis>,
    rule: RuleId,
    answers: Vec<GivenAnswer>,
}

impl Bench {
    /// The draft's finding, with its proof.
    pub fn finding(&self) -> Option<&Finding> {
        self.draft.as_ref()?.finding(&self.rule)
    }

    /// Whether its words are there and only facts are missing.
    pub fn is_undecided(&self) -> bool {
        let draft = self.draft.as_ref();
        draft.is_some_and(|draft| draft.findings.undecided.contains(&self.rule))
    }

    /// The walk that this evidence gives.
    pub fn walk(&self) -> Option<Walk<'_>> {
        let draft = self.draft.as_ref()?;
        let rule = draft.release.rules.get(&self.rule)?;
        let route = Route {
            guide: &rule.guide,
            procedures: &draft.release.procedures,
        };
        Some(walk(route, &draft.evidence, &self.answers))
    }
}

/// Tries a draft. Nothing is saved.
pub async fn bench(
    desk: &Desk,
    caller: &Caller,
    request: BenchRequest,
) -> Result<Bench, DeedError> {
    caller.need(Right::ReadDrafts)?;
    bounded(&request.text)?;
    let live = match request.against {
        Against::Submission(submission) => {
            let request = Request {
                submission,
                ..Request::default()
            };
            Arc::new(desk.diagnose(request, None).await?)
        }
        Against::Case(id) => load(desk, &id).await?.diagnosis,
    };
    let files = ground(desk).await?.files;
    let sources = live.evidence.sources.iter();
    let size = sources.map(|source| source.text.as_str().len()).sum();
    let (rule, text, answers) = (request.rule, request.text, request.answers);
    desk.work(size, move || {
        let name = DraftName::new(DraftKind::Rule, rule.as_str());
        let reading = read_draft(&name, &text);
        let round = live.evidence.latest_round();
        let given = |(order, (step, answer))| GivenAnswer {
            step,
            visit: 1,
            answer,
            round,
            order,
            who: None,
            at: 0,
        };
        let mut bench = Bench {
            errors: Vec::new(),
            draft: None,
            why: None,
            live,
            rule,
            answers: (1..).zip(answers).map(given).collect(),
            reading,
        };
        if let Some(file) = bench.reading.rule().cloned() {
            try_on(&mut bench, file, &files, &text);
        }
        bench
    })
    .await
}

fn try_on(bench: &mut Bench, file: RuleFile, files: &PackFiles, text: &str) {
    let alone = PackFiles {
        rules: vec![file],
        products: files.products.clone(),
        collectors: files.collectors.clone(),
        cautions: files.cautions.clone(),
        procedures: files.procedures.clone(),
        ..PackFiles::default()
    };
    let (release, complaints) = Release::compile_all(alone);
    let own = format!("{}:", bench.rule);
    let own = complaints.into_iter().filter_map(|complaint| {
        let field = complaint.path.strip_prefix(&own)?;
        Some(TextError {
            line: line_of(text, field),
            column: 1,
            what: format!("{field}: {}", complaint.what),
        })
    });
    bench.errors = own.collect();
    if !release.rules.contains_key(&bench.rule) {
        return;
    }
    let release = Arc::new(release);
    let evidence = bench.live.evidence.clone();
    bench.why = explain(&release, &bench.rule, &evidence, &NeverStop);
    let meant = Meant {
        machine: evidence.machine.clone(),
        account: evidence.account.clone(),
    };
    let given = BTreeMap::new();
    bench.draft = Some(judge(&release, evidence, None, &given, &meant, &NeverStop));
}
