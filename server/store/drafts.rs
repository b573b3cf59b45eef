//! Drafts: what editors change before it is published. They belong to nobody; each save names the revision that it was
//! based on, and one that came too late changes nothing.

use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use super::audit::{self, Actor, Deed};
use super::{Store, StoreError, case_examples, draft_texts};

/// At most so many drafts.
pub const MOST_DRAFTS: i64 = 2_000;
/// The revision of what is in a proposal and is no draft: somebody has another draft of the thing, which stays.
pub const BESIDE: i64 = 0;

/// What a draft is of.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DraftKind {
    /// A rule, by its id.
    Rule,
    /// A procedure, by its id.
    Procedure,
    /// A file of the whole pack: `collectors`, `products`, `cautions`, `unrelated`.
    List,
    /// That a rule is switched off, by the rule's id.
    Disabled,
    /// What the house adds to a rule, by the rule's id.
    Note,
}

/// Names a draft.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DraftName {
    /// What it is of.
    pub kind: DraftKind,
    /// Its id.
    pub id: String,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name.
    pub name: DraftName,
    /// Grows with each change; no two drafts ever have the same.
    pub revision: i64,
    /// The release that it began from.
    pub base_release: i64,
    /// The text that it began from; empty where there was none.
    pub base: String,
    /// Its text, which need not parse.
    pub text: String,
    /// Whether it says that the thing is to go.
    pub removed: bool,
    /// Who began it.
    pub created_by: String,
    /// When, unix milliseconds.
    pub created_at: i64,
    /// Who changed it last.
    pub changed_by: String,
    /// When, unix milliseconds.
    pub changed_at: i64,
}

/// A change of a draft.
#[derive(Debug, Clone)]
pub struct DraftChange<'a> {
    /// Which draft.
    pub name: &'a DraftName,
    /// The revision that it was based on; `None` where there must be no draft yet.
    pub expected: Option<i64>,
    /// The release and the text that it begins from, from now on. Needed where there is no draft yet.
    pub base: Option<(i64, &'a str)>,
    /// Its text.
    pub text: &'a str,
    /// Whether the thing is to go.
    pub removed: bool,
    /// The case that an example of it came from, and the example's text.
    pub example: Option<(&'a str, &'a str)>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftSaved {
    /// It is saved.
    Saved(Draft),
    /// It says what the draft says already.
    Same(Draft),
    /// Somebody else was faster: the draft as it is now, `None` where it is gone.
    Collided(Option<Draft>),
    /// There are too many drafts.
    Full,
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    id: String,
    revision: i64,
    base_release: i64,
    base: String,
    text: String,
    removed: i64,
    created_by: String,
    created_at: i64,
    changed_by: String,
    changed_at: i64,
}

const LIST: &str = "SELECT kind, id, revision, base_release, base, text, removed, created_by, created_at, changed_by, changed_at \
    FROM drafts ORDER BY kind, id";
const ONE: &str = "SELECT kind, id, revision, base_release, base, text, removed, created_by, created_at, changed_by, changed_at \
    FROM drafts WHERE kind = $1 AND id = $2";
const COUNT: &str = "SELECT CAST(count(*) AS BIGINT) FROM drafts";
const NEXT: &str = "INSERT INTO meta (name, value) VALUES ('draft_revision', '1') \
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT) RETURNING value";
const ADD: &str = "INSERT INTO drafts (kind, id, revision, base_release, base, text, removed, created_by, created_at, changed_by, changed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9)";
const CHANGE: &str = "UPDATE drafts SET revision = $3, base_release = $4, base = $5, text = $6, removed = $7, changed_by = $8, changed_at = $9 \
    WHERE kind = $1 AND id = $2";
const REMOVE: &str = "DELETE FROM drafts WHERE kind = $1 AND id = $2";

type Tx = Transaction<'static, Sqlite>;

impl Store {
    /// All drafts, by kind and id.
    pub async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(LIST).fetch_all(&self.pool).await?;
        rows.into_iter().map(draft).collect()
    }

    /// One draft.
    pub async fn draft(&self, name: &DraftName) -> Result<Option<Draft>, StoreError> {
        let row: Option<Row> = sqlx::query_as(ONE)
            .bind(name.kind.name())
            .bind(&name.id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(draft).transpose()
    }

    /// Begins or changes a draft, unless somebody else was faster.
    pub async fn save_draft(
        &self,
        actor: &Actor,
        change: DraftChange<'_>,
        now: i64,
    ) -> Result<DraftSaved, StoreError> {
        let mut tx = self.begin().await?;
        let before = find(&mut tx, change.name).await?;
        if before.as_ref().map(|draft| draft.revision) != change.expected {
            return Ok(DraftSaved::Collided(before));
        }
        let draft = match before {
            Some(before) if is_same(&before, &change) => return Ok(DraftSaved::Same(before)),
            Some(before) => update(&mut tx, actor, before, &change, now).await?,
            None => match begin(&mut tx, actor, &change, now).await? {
                Some(draft) => draft,
                None => return Ok(DraftSaved::Full),
            },
        };
        draft_texts::add(&mut tx, &draft).await?;
        if let Some((case, text)) = change.example {
            case_examples::add(&mut tx, actor, (case, &draft.name.id, text), now).await?;
        }
        let action = match (
            draft.removed,
            change.example.is_some(),
            change.base.is_some(),
        ) {
            (true, _, _) => "draft.remove",
            (_, true, _) => "draft.example",
            (_, _, true) if change.expected.is_some() => "draft.rebase",
            (_, _, true) => "draft.create",
            _ => "draft.save",
        };
        write(&mut tx, actor, action, &draft, now).await?;
        tx.commit().await?;
        Ok(DraftSaved::Saved(draft))
    }

    /// Throws a draft away.
    pub async fn discard_draft(
        &self,
        actor: &Actor,
        name: &DraftName,
        expected: i64,
        now: i64,
    ) -> Result<DraftSaved, StoreError> {
        let mut tx = self.begin().await?;
        match find(&mut tx, name).await? {
            Some(draft) if draft.revision == expected => {
                remove(&mut tx, name).await?;
                write(&mut tx, actor, "draft.discard", &draft, now).await?;
                tx.commit().await?;
                Ok(DraftSaved::Saved(draft))
            }
            before => Ok(DraftSaved::Collided(before)),
        }
    }
}

/// Takes the drafts away that were published as they are: name, revision and the text that was published. One that was
/// changed meanwhile stays, and begins from what was published.
pub(super) async fn settle(
    tx: &mut Tx,
    release: i64,
    published: &[(DraftName, i64, String)],
) -> Result<(), StoreError> {
    let drafted = published
        .iter()
        .filter(|(_, revision, _)| *revision != BESIDE);
    for (name, revision, text) in drafted {
        match find(tx, name).await? {
            Some(draft) if draft.revision == *revision => remove(tx, name).await?,
            Some(draft) => {
                let draft = Draft {
                    base_release: release,
                    base: text.clone(),
                    ..draft
                };
                store(tx, CHANGE, &draft).await?;
            }
            None => {}
        }
    }
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, name: &DraftName) -> Result<Option<Draft>, StoreError> {
    let row: Option<Row> = sqlx::query_as(ONE)
        .bind(name.kind.name())
        .bind(&name.id)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(draft).transpose()
}

fn is_same(before: &Draft, change: &DraftChange<'_>) -> bool {
    let base = change.base.unwrap_or((before.base_release, &before.base));
    before.text == change.text
        && before.removed == change.removed
        && (before.base_release, before.base.as_str()) == base
        && change.example.is_none()
}

pub(super) async fn begin(
    tx: &mut Tx,
    actor: &Actor,
    change: &DraftChange<'_>,
    now: i64,
) -> Result<Option<Draft>, StoreError> {
    let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut **tx).await?;
    if count >= MOST_DRAFTS {
        return Ok(None);
    }
    let (base_release, base) = change.base.unwrap_or_default();
    let draft = Draft {
        name: change.name.clone(),
        revision: next_revision(tx).await?,
        base_release,
        base: base.to_owned(),
        text: change.text.to_owned(),
        removed: change.removed,
        created_by: actor.who.clone(),
        created_at: now,
        changed_by: actor.who.clone(),
        changed_at: now,
    };
    store(tx, ADD, &draft).await?;
    Ok(Some(draft))
}

async fn update(
    tx: &mut Tx,
    actor: &Actor,
    before: Draft,
    change: &DraftChange<'_>,
    now: i64,
) -> Result<Draft, StoreError> {
    let (base_release, base) = match change.base {
        Some((release, base)) => (release, base.to_owned()),
        None => (before.base_release, before.base),
    };
    let draft = Draft {
        revision: next_revision(tx).await?,
        base_release,
        base,
        text: change.text.to_owned(),
        removed: change.removed,
        changed_by: actor.who.clone(),
        changed_at: now,
        name: before.name,
        created_by: before.created_by,
        created_at: before.created_at,
    };
    store(tx, CHANGE, &draft).await?;
    Ok(draft)
}

async fn next_revision(tx: &mut Tx) -> Result<i64, StoreError> {
    let next: String = sqlx::query_scalar(NEXT).fetch_one(&mut **tx).await?;
    next.parse()
        .map_err(|_| StoreError::Broken("draft revision"))
}

async fn store(tx: &mut Tx, statement: &'static str, draft: &Draft) -> Result<(), StoreError> {
    sqlx::query(statement)
        .bind(draft.name.kind.name())
        .bind(&draft.name.id)
        .bind(draft.revision)
        .bind(draft.base_release)
        .bind(&draft.base)
        .bind(&draft.text)
        .bind(i64::from(draft.removed))
        .bind(&draft.changed_by)
        .bind(draft.changed_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut Tx, name: &DraftName) -> Result<(), StoreError> {
    sqlx::query(REMOVE)
        .bind(name.kind.name())
        .bind(&name.id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn write(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    draft: &Draft,
    now: i64,
) -> Result<(), StoreError> {
    let detail = format!(
        "revision {} on release {}",
        draft.revision, draft.base_release
    );
    let deed = Deed {
        action,
        subject: &draft.name.to_string(),
        detail: &detail,
    };
    audit::write(tx, actor, deed, now).await
}

fn draft(row: Row) -> Result<Draft, StoreError> {
    let kind = DraftKind::parse(&row.kind).ok_or(StoreError::Broken("draft"))?;
    Ok(Draft {
        name: DraftName { kind, id: row.id },
        revision: row.revision,
        base_release: row.base_release,
        base: row.base,
        text: row.text,
        removed: row.removed != 0,
        created_by: row.created_by,
        created_at: row.created_at,
        changed_by: row.changed_by,
        changed_at: row.changed_at,
    })
}

impl DraftKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Rule,
        Self::Procedure,
        Self::List,
        Self::Disabled,
        Self::Note,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Procedure => "procedure",
            Self::List => "list",
            Self::Disabled => "disabled",
            Self::Note => "note",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }
}

impl DraftName {
    /// Names a draft.
    pub fn new(kind: DraftKind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
        }
    }
}

/// `pad.session`, `procedure retry`, `list collectors`.
impl std::fmt::Display for DraftName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            DraftKind::Rule => f.write_str(&self.id),
            kind => write!(f, "{} {}", kind.name(), self.id),
        }
    }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
