//! Packs that come from outside: those that were taken, and proposals that bring changes of their own, as an import and an
//! upgrade do. Drafts and proposal come in one transaction.

use super::audit::{self, Actor, Deed};
use super::drafts::{self, BESIDE, Draft, DraftChange, DraftName};
use super::proposals::{self, NewProposal, Tx};
use super::{Store, StoreError, draft_texts, proposal_checks, to_json};
use crate::rules::PackFiles;

/// A pack that came.
#[derive(Debug, Clone, Copy)]
pub struct NewPack<'a> {
    /// With the program (`shipped`), or in the folder that it was started with (`folder`).
    pub line: &'a str,
    /// The hash of its files.
    pub hash: &'a str,
    /// The version of Signpost that took it.
    pub engine: &'a str,
    /// Its files.
    pub files: &'a PackFiles,
}

/// A proposal that brings a pack.
#[derive(Debug, Clone)]
pub struct Upgrade<'a> {
    /// The pack.
    pub pack: NewPack<'a>,
    /// The proposal.
    pub proposal: NewProposal<'a>,
    /// Its changes.
    pub changes: &'a [DraftChange<'a>],
    /// An older one that nobody published: it is withdrawn.
    pub instead_of: Option<i64>,
    /// Drafts of that one which nobody changed: they go.
    pub discard: &'a [DraftName],
}

const TAKEN: &str = "SELECT packs.hash, packs.files FROM packs LEFT JOIN proposals ON proposals.number = packs.proposal \
    WHERE packs.line = $1 AND (packs.proposal IS NULL OR proposals.state = 'published') \
    ORDER BY packs.number DESC LIMIT 1";
const KNOWN: &str = "SELECT CAST(count(*) AS BIGINT) FROM packs WHERE line = $1 AND hash = $2";
const WAITING: &str = "SELECT packs.proposal FROM packs JOIN proposals ON proposals.number = packs.proposal \
    WHERE packs.line = $1 AND proposals.state IN ('open', 'checking', 'checked') \
    ORDER BY packs.number DESC LIMIT 1";
const NEXT: &str = "SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM packs";
const KEEP: &str = "INSERT INTO packs (line, hash, number, at, engine, files, proposal) VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (line, hash) DO UPDATE SET number = excluded.number, at = excluded.at, engine = excluded.engine, \
    files = excluded.files, proposal = excluded.proposal";

/// What became of changes that were to be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// They are drafts of the proposal with this number.
    Proposed(i64),
    /// These things have another draft already; nothing was done.
    InTheWay(Vec<DraftName>),
    /// There would be too many drafts; nothing was done.
    Full,
}

impl Store {
    /// The pack of a line that was taken last, with the hash that it had then.
    pub async fn taken_pack(&self, line: &str) -> Result<Option<(String, PackFiles)>, StoreError> {
        let row: Option<(String, String)> = sqlx::query_as(TAKEN)
            .bind(line)
            .fetch_optional(&self.pool)
            .await?;
        let Some((hash, files)) = row else {
            return Ok(None);
        };
        let files = serde_json::from_str(&files).map_err(|_| StoreError::Broken("pack"))?;
        Ok(Some((hash, files)))
    }

    /// Whether a pack came before, be it that it was taken or that it was proposed.
    pub async fn knows_pack(&self, line: &str, hash: &str) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar(KNOWN)
            .bind(line)
            .bind(hash)
            .fetch_one(&self.pool)
            .await?;
        Ok(count > 0)
    }

    /// Writes down that a pack was taken, and in the audit log what is to be said about it.
    pub async fn take_pack(
        &self,
        pack: NewPack<'_>,
        said: Option<Deed<'_>>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        keep(&mut tx, pack, None, now).await?;
        if let Some(deed) = said {
            audit::write(&mut tx, &Actor::server(), deed, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The proposal of a line that nobody published or withdrew yet.
    pub async fn waiting_upgrade(&self, line: &str) -> Result<Option<i64>, StoreError> {
        Ok(sqlx::query_scalar(WAITING)
            .bind(line)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Makes a proposal that brings a pack, has it checked, and answers its number. A thing that somebody has a draft of is
    /// in the proposal alone, and that draft stays.
    pub async fn propose_upgrade(
        &self,
        upgrade: Upgrade<'_>,
        actor: &Actor,
        now: i64,
    ) -> Result<i64, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(number) = upgrade.instead_of {
            proposals::end(&mut tx, number, actor, now).await?;
        }
        for name in upgrade.discard {
            if let Some(draft) = drafts::find(&mut tx, name).await? {
                drafts::remove(&mut tx, name).await?;
                drafts::write(&mut tx, actor, "draft.discard", &draft, now).await?;
            }
        }
        let mut chosen = Vec::new();
        for change in upgrade.changes {
            chosen.push(match draft(&mut tx, change, actor, now).await? {
                Drafted::Draft(draft) => draft,
                Drafted::InTheWay | Drafted::Full => beside(change, actor, now),
            });
        }
        let number = propose(&mut tx, upgrade.proposal, &chosen, actor, now).await?;
        if !chosen.is_empty() {
            proposal_checks::begin(&mut tx, number, actor, now).await?;
        }
        keep(&mut tx, upgrade.pack, Some(number), now).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Drafts changes, none of which may have a draft that says something else, and makes a proposal of them.
    pub async fn bring(
        &self,
        new: NewProposal<'_>,
        changes: &[DraftChange<'_>],
        actor: &Actor,
        now: i64,
    ) -> Result<Brought, StoreError> {
        let mut tx = self.begin().await?;
        let mut chosen = Vec::new();
        let mut in_the_way = Vec::new();
        for change in changes {
            match draft(&mut tx, change, actor, now).await? {
                Drafted::Draft(draft) => chosen.push(draft),
                Drafted::InTheWay => in_the_way.push(change.name.clone()),
                Drafted::Full => return Ok(Brought::Full),
            }
        }
        if !in_the_way.is_empty() {
            return Ok(Brought::InTheWay(in_the_way));
        }
        let number = propose(&mut tx, new, &chosen, actor, now).await?;
        tx.commit().await?;
        Ok(Brought::Proposed(number))
    }
}

async fn keep(
    tx: &mut Tx,
    pack: NewPack<'_>,
    proposal: Option<i64>,
    now: i64,
) -> Result<(), StoreError> {
    let number: i64 = sqlx::query_scalar(NEXT).fetch_one(&mut **tx).await?;
    sqlx::query(KEEP)
        .bind(pack.line)
        .bind(pack.hash)
        .bind(number)
        .bind(now)
        .bind(pack.engine)
        .bind(to_json(pack.files)?)
        .bind(proposal)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A change that is in a proposal alone: its revision is none that a draft ever has.
fn beside(change: &DraftChange<'_>, actor: &Actor, now: i64) -> Draft {
    let (base_release, base) = change.base.unwrap_or_default();
    Draft {
        name: change.name.clone(),
        revision: BESIDE,
        base_release,
        base: base.to_owned(),
        text: change.text.to_owned(),
        removed: change.removed,
        created_by: actor.who.clone(),
        created_at: now,
        changed_by: actor.who.clone(),
        changed_at: now,
    }
}

/// What became of one change.
enum Drafted {
    /// It is this draft.
    Draft(Draft),
    /// There is another draft.
    InTheWay,
    /// There are too many.
    Full,
}

async fn draft(
    tx: &mut Tx,
    change: &DraftChange<'_>,
    actor: &Actor,
    now: i64,
) -> Result<Drafted, StoreError> {
    match drafts::find(tx, change.name).await? {
        Some(draft) if draft.text == change.text && draft.removed == change.removed => {
            Ok(Drafted::Draft(draft))
        }
        Some(_) => Ok(Drafted::InTheWay),
        None => {
            let Some(draft) = drafts::begin(tx, actor, change, now).await? else {
                return Ok(Drafted::Full);
            };
            draft_texts::add(tx, &draft).await?;
            let action = if draft.removed {
                "draft.remove"
            } else {
                "draft.create"
            };
            drafts::write(tx, actor, action, &draft, now).await?;
            Ok(Drafted::Draft(draft))
        }
    }
}

async fn propose(
    tx: &mut Tx,
    new: NewProposal<'_>,
    chosen: &[Draft],
    actor: &Actor,
    now: i64,
) -> Result<i64, StoreError> {
    let number = proposals::add(tx, new, None, actor, now).await?;
    for draft in chosen {
        proposals::add_draft(tx, number, draft).await?;
    }
    let deed = Deed {
        action: "proposal.open",
        subject: &number.to_string(),
        detail: new.title,
    };
    audit::write(tx, actor, deed, now).await?;
    Ok(number)
}
