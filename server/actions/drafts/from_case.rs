//! The words of a case become an example of a rule: without secrets, people and machines, and only what an editor
//! looked through and kept.

use super::save::put;
use super::{Based, Content, SaveOutcome, Structure, read_draft};
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::actions::view::load;
use crate::condition::RuleId;
use crate::evidence::redact::Redact;
use crate::rules::{ExampleFile, Expect};
use crate::store::{CaseExample, CaseId, DraftKind, DraftName};

/// So much of each text is shown to be trimmed.
const MOST_SHOWN: usize = 64 * 1024;
/// An example is at most so long.
const LONGEST_EXAMPLE: usize = 16 * 1024;

/// The texts of a case, ready to be trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseWords {
    /// Name and text of each source, all fully redacted.
    pub texts: Vec<(String, String)>,
    /// Names of sources that were longer and are cut.
    pub cut: Vec<String>,
    /// What its reporter said who asked for a rule.
    pub said: String,
}

/// An example to be added to the draft of a rule.
#[derive(Debug, Clone)]
pub struct AddExample {
    /// The rule.
    pub rule: RuleId,
    /// What the change is based on.
    pub based: Based,
    /// The case that its words came from.
    pub case: Option<CaseId>,
    /// Its text, as the editor kept it.
    pub text: String,
    /// What must happen.
    pub expect: Expect,
}

/// The texts of a case without secrets, people and machines. Nothing is kept yet.
pub async fn case_words(desk: &Desk, caller: &Caller, id: &CaseId) -> Result<CaseWords, DeedError> {
    caller.need(Right::Edit)?;
    let view = load(desk, id).await?;
    let mut redactor = desk.redactor(id, Redact::People, Some(&view.record))?;
    let diagnosis = view.diagnosis.clone();
    let asked = view.record.asked;
    let said = asked.and_then(|asked| asked.words).unwrap_or_default();
    let sources = diagnosis.evidence.sources.iter();
    let size = sources.map(|source| source.text.as_str().len()).sum();
    desk.work(size, move || {
        let sources = &diagnosis.evidence.sources;
        let mut words = CaseWords {
            texts: Vec::new(),
            cut: Vec::new(),
            said,
        };
        for source in sources {
            redactor.learn(&source.name, source.text.as_str());
        }
        for source in sources {
            let name = redactor.name(&source.name);
            let text = source.text.as_str();
            let clean = redactor.text(&name, text);
            let mut clean = clean.unwrap_or_else(|| text.to_owned());
            if clean.len() > MOST_SHOWN {
                clean.truncate(clean.floor_char_boundary(MOST_SHOWN));
                words.cut.push(name.clone());
            }
            words.texts.push((name, clean));
        }
        words
    })
    .await
}

/// Adds an example to a draft, which must parse. What comes from a case is redacted once more, and it is remembered
/// which case it came from.
pub async fn add_example(
    desk: &Desk,
    caller: &Caller,
    example: AddExample,
) -> Result<SaveOutcome, DeedError> {
    caller.need(Right::Edit)?;
    if example.text.trim().is_empty() || example.text.len() > LONGEST_EXAMPLE {
        let what =
            format!("an example has 1 to {LONGEST_EXAMPLE} bytes; keep the part that matters");
        return Err(DeedError::refused("/text", what));
    }
    let text = match &example.case {
        Some(case) => {
            let view = load(desk, case).await?;
            let mut redactor = desk.redactor(case, Redact::People, Some(&view.record))?;
            redactor.typed(&example.text)
        }
        None => example.text.clone(),
    };
    let name = DraftName::new(DraftKind::Rule, example.rule.as_str());
    let before = match example.based {
        Based::Revision(_) => desk.store.draft(&name).await?.map(|draft| draft.text),
        Based::Release(release) => super::save::text_in(desk, release, &name).await?,
        Based::New => None,
    };
    let before = before.ok_or_else(|| super::save::nothing(&name))?;
    let Some(Structure::Rule(mut rule)) = read_draft(&name, &before).structure else {
        let what = "the draft does not parse; mend its text first";
        return Err(DeedError::refused("/rule", what));
    };
    rule.examples.push(ExampleFile {
        text: Some(text.clone()),
        facts: std::collections::BTreeMap::new(),
        expect: example.expect,
        also: Vec::new(),
    });
    let written = Structure::Rule(rule).text();
    let from = Some((&example, text.as_str()));
    put(desk, caller, &name, example.based, &written, false, from).await
}

/// The examples that came from a case: what its deletion leaves in the rules.
pub async fn examples_of_case(
    desk: &Desk,
    caller: &Caller,
    id: &CaseId,
) -> Result<Vec<CaseExample>, DeedError> {
    caller.need(Right::ReadDrafts)?;
    Ok(desk.store.examples_of_case(id.as_str()).await?)
}

impl Content {
    /// A rule.
    pub fn rule(rule: crate::rules::RuleFile) -> Self {
        Self::Structure(Structure::Rule(Box::new(rule)))
    }
}
