//! Opening a case: from a submission, or from a rule without evidence.

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::diagnose::{Request, product_named};
use super::inbox::after_reading;
use super::round::{in_words, machine_and_account, read_round};
use super::staff::products;
use super::view::load;
use crate::evidence::Evidence;
use crate::evidence::redact::{Redact, Redactor, without_secrets};
use crate::store::{CaseEdit, CaseId, Change, NewCase, TimelineEntry};

/// What a person says about a case when opening it.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The ticket.
    pub ticket: Option<String>,
    /// The machine.
    pub machine: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Who opens it.
    pub who: Option<String>,
    /// What is replaced in it.
    pub redact: Redact,
}

/// Opens a case from a submission. Machine and account are taken from the evidence where they are not said.
pub async fn open_case(
    desk: &Desk,
    request: Request,
    mut about: About,
) -> Result<CaseView, DeedError> {
    let id = desk.new_case_id();
    let redactor = begin(desk, &id, &mut about)?;
    let product = request
        .product
        .as_deref()
        .and_then(|name| product_named(&desk.live(), name));
    let read = read_round(
        desk,
        request.submission,
        Evidence::default(),
        request.product,
        about.clone(),
        redactor,
    )
    .await?;
    let (machine, account) = machine_and_account(&read.diagnosis.evidence);
    let what = format!("Case opened; {}", in_words(&read.diagnosis));
    let first = Change {
        products: Some(products(&read.diagnosis)),
        wants: Some(after_reading(&read.diagnosis)),
        edit: first_edit(&about, machine, account),
        redact: Some(about.redact),
        pseudonyms: read.pseudonyms,
        round: Some(read.round),
        timeline: vec![entry(desk, about.who, what)],
        ..Change::default()
    };
    save(desk, id, read.diagnosis.release.number, product, first).await
}

/// Opens a case that walks a rule's guide without any evidence.
pub async fn start_guide(desk: &Desk, rule: &str, mut about: About) -> Result<CaseView, DeedError> {
    let live = desk.live();
    let Some(rule) = live.rule(rule) else {
        let what = format!("there is no rule `{rule}` in release {}", live.number);
        return Err(DeedError::refused("/rule", what));
    };
    let what = format!("Guide started: {}", rule.file.title);
    let id = desk.new_case_id();
    let redactor = begin(desk, &id, &mut about)?;
    let first = Change {
        edit: first_edit(&about, None, None),
        redact: Some(about.redact),
        pseudonyms: redactor.fresh().to_vec(),
        chosen_rule: Some(Some(rule.file.id.clone())),
        timeline: vec![entry(desk, about.who, what)],
        ..Change::default()
    };
    save(desk, id, live.number, None, first).await
}

/// Something that happened just now.
pub(super) fn entry(desk: &Desk, who: Option<String>, what: String) -> TimelineEntry {
    TimelineEntry {
        at: desk.now(),
        who,
        what,
    }
}

/// What is replaced in a new case, and what was said about it without that.
fn begin(desk: &Desk, id: &CaseId, about: &mut About) -> Result<Redactor, DeedError> {
    about.redact = about.redact.max(desk.settings.redact);
    let mut redactor = desk.redactor(id, about.redact, None)?;
    about.machine = about.machine.as_deref().map(|name| redactor.machine(name));
    about.account = about.account.as_deref().map(|name| redactor.account(name));
    about.ticket = about.ticket.as_deref().map(|text| redactor.typed(text));
    about.who = about.who.as_deref().map(without_secrets);
    Ok(redactor)
}

fn first_edit(about: &About, machine: Option<String>, account: Option<String>) -> CaseEdit {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    CaseEdit {
        ticket: given(&about.ticket).map(Some),
        machine: given(&about.machine).or(machine).map(Some),
        account: given(&about.account).or(account).map(Some),
        note: None,
    }
}

async fn save(
    desk: &Desk,
    id: CaseId,
    release: i64,
    product: Option<crate::condition::ProductId>,
    first: Change,
) -> Result<CaseView, DeedError> {
    let case = NewCase {
        id: id.clone(),
        expires_at: desk.expiry(),
        product,
        release,
        first,
    };
    desk.store.open_case(case, desk.now()).await?;
    load(desk, &id).await
}
