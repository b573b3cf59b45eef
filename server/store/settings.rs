//! What a house sets for itself: how releases are published, and the values that fill `{{setting:NAME}}`.

use std::collections::BTreeMap;

use sqlx::{Sqlite, Transaction};

use super::audit::{self, Actor, Deed};
use super::{Store, StoreError, TimelineEntry};

/// The name of the setting that says whether another person than the author has to approve of a release.
pub const SECOND_PERSON: &str = "second_person";

/// Everything that a house set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HouseSettings {
    /// Grows with each change.
    pub revision: i64,
    /// Whether another person than the author has to approve of a release.
    pub second_person: bool,
    /// The values by name.
    pub values: BTreeMap<String, HouseValue>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseValue {
    /// What it is.
    pub value: String,
    /// Who set it.
    pub changed_by: String,
    /// When, unix milliseconds.
    pub changed_at: i64,
}

/// One change of what a house set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HouseChange {
    /// This name has this value.
    Set(String, String),
    /// This name has none any more.
    Remove(String),
    /// Whether another person than the author has to approve of a release.
    SecondPerson(bool),
}

const SETTING: &str = "SELECT value FROM settings WHERE name = $1";
const CHOOSE: &str = "INSERT INTO settings (name, value) VALUES ($1, $2) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const VALUES: &str = "SELECT name, value, changed_by, changed_at FROM house_settings ORDER BY name";
const SET: &str = "INSERT INTO house_settings (name, value, changed_by, changed_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
const REMOVE: &str = "DELETE FROM house_settings WHERE name = $1";
const REVISION: &str = "SELECT value FROM meta WHERE name = 'house_revision'";
const NEXT: &str = "INSERT INTO meta (name, value) VALUES ('house_revision', '1') \
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT) RETURNING value";
const LAST: &str = "SELECT at, who, action, subject FROM audit WHERE action IN ('setting.change', 'setting.remove') \
    ORDER BY number DESC LIMIT 1";

type Tx = Transaction<'static, Sqlite>;

impl Store {
    /// A setting of the desk; `None` while nobody chose.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(SETTING)
            .bind(name)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Everything that the house set.
    pub async fn house(&self) -> Result<HouseSettings, StoreError> {
        let mut tx = self.pool.begin().await?;
        read(&mut tx).await
    }

    /// Changes what the house set, all of it or nothing, and answers what holds then. What is so already is not changed.
    /// Refused when `expected` names another revision than the present one.
    pub async fn change_house(
        &self,
        actor: &Actor,
        expected: Option<i64>,
        changes: &[HouseChange],
        now: i64,
    ) -> Result<HouseSettings, StoreError> {
        let mut tx = self.begin().await?;
        let before = read(&mut tx).await?;
        if expected.is_some_and(|expected| expected != before.revision) {
            return Err(StoreError::Changed {
                revision: before.revision,
                since: last(&mut tx).await?,
            });
        }
        let mut news = false;
        for change in changes {
            news |= apply(&mut tx, actor, &before, change, now).await?;
        }
        if news {
            sqlx::query(NEXT).execute(&mut *tx).await?;
        }
        let after = read(&mut tx).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// Whether the change changed anything.
async fn apply(
    tx: &mut Tx,
    actor: &Actor,
    before: &HouseSettings,
    change: &HouseChange,
    now: i64,
) -> Result<bool, StoreError> {
    let (action, subject, detail) = match change {
        HouseChange::Set(name, value) => {
            if before.values.get(name).map(|had| &had.value) == Some(value) {
                return Ok(false);
            }
            sqlx::query(SET)
                .bind(name)
                .bind(value)
                .bind(&actor.who)
                .bind(now)
                .execute(&mut **tx)
                .await?;
            ("setting.change", format!("setting:{name}"), value.as_str())
        }
        HouseChange::Remove(name) => {
            let gone = sqlx::query(REMOVE).bind(name).execute(&mut **tx).await?;
            if gone.rows_affected() == 0 {
                return Ok(false);
            }
            ("setting.remove", format!("setting:{name}"), "")
        }
        HouseChange::SecondPerson(needed) => {
            if before.second_person == *needed {
                return Ok(false);
            }
            let word = if *needed { "yes" } else { "no" };
            sqlx::query(CHOOSE)
                .bind(SECOND_PERSON)
                .bind(word)
                .execute(&mut **tx)
                .await?;
            ("setting.change", SECOND_PERSON.to_owned(), word)
        }
    };
    let deed = Deed {
        action,
        subject: &subject,
        detail,
    };
    audit::write(tx, actor, deed, now).await?;
    Ok(true)
}

async fn read(tx: &mut Tx) -> Result<HouseSettings, StoreError> {
    let revision: Option<String> = sqlx::query_scalar(REVISION)
        .fetch_optional(&mut **tx)
        .await?;
    let revision = revision.map_or(Ok(0), |revision| revision.parse());
    let second_person: Option<String> = sqlx::query_scalar(SETTING)
        .bind(SECOND_PERSON)
        .fetch_optional(&mut **tx)
        .await?;
    let rows: Vec<(String, String, String, i64)> =
        sqlx::query_as(VALUES).fetch_all(&mut **tx).await?;
    let values = rows
        .into_iter()
        .map(|(name, value, changed_by, changed_at)| {
            let value = HouseValue {
                value,
                changed_by,
                changed_at,
            };
            (name, value)
        });
    Ok(HouseSettings {
        revision: revision.map_err(|_| StoreError::Broken("revision of the settings"))?,
        second_person: second_person.as_deref() == Some("yes"),
        values: values.collect(),
    })
}

/// The newest change, for who came too late.
async fn last(tx: &mut Tx) -> Result<Vec<TimelineEntry>, StoreError> {
    let row: Option<(i64, String, String, String)> =
        sqlx::query_as(LAST).fetch_optional(&mut **tx).await?;
    let entry = row.map(|(at, who, action, subject)| TimelineEntry {
        at,
        who: Some(who),
        what: match action.as_str() {
            "setting.remove" => format!("{subject} removed"),
            _ => format!("{subject} changed"),
        },
    });
    Ok(entry.into_iter().collect())
}
