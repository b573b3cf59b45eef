//! Rounds of evidence with their texts, compressed.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use sqlx::{Sqlite, Transaction};

use super::change::NewRound;
use super::record::{CaseId, Receipt, RoundRecord, SourceLine, StoredSource};
use super::{CASE_TEXT_LIMIT, Store, StoreError, to_json};
use crate::evidence::{FactValue, Round};

const NEXT: &str =
    "SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM rounds WHERE case_id = $1";
const KEPT: &str = "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM sources WHERE case_id = $1";
const ADD: &str = "INSERT INTO rounds (case_id, number, at, who, problems, receipt, redactions) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const ADD_SOURCE: &str = "INSERT INTO sources (case_id, round, position, name, size, text) VALUES ($1, $2, $3, $4, $5, $6)";
const ADD_FACT: &str =
    "INSERT INTO given_facts (case_id, round, position, name, value) VALUES ($1, $2, $3, $4, $5)";
const SET_RECEIPT: &str = "UPDATE cases SET verdict = $2, rules = $3 WHERE id = $1";
const ROUNDS: &str = "SELECT number, at, who, problems, receipt, redactions FROM rounds WHERE case_id = $1 ORDER BY number";
const SOURCES: &str =
    "SELECT round, name, size FROM sources WHERE case_id = $1 ORDER BY round, position";
const TEXTS: &str =
    "SELECT round, name, size, text FROM sources WHERE case_id = $1 ORDER BY round, position";
const FACTS: &str =
    "SELECT round, name, value FROM given_facts WHERE case_id = $1 ORDER BY round, position";

type Tx = Transaction<'static, Sqlite>;

/// A text as it is kept. Unpacking is work, which its caller does where it holds nobody up.
#[derive(Debug)]
pub struct PackedSource {
    /// The round it came with.
    pub round: Round,
    name: String,
    size: usize,
    text: Vec<u8>,
}

impl PackedSource {
    /// The text.
    pub fn unpack(self) -> Result<StoredSource, StoreError> {
        Ok(StoredSource {
            text: uncompressed(&self.text, self.size)?,
            name: self.name,
        })
    }
}

impl Store {
    /// All texts of a case, in the order they arrived.
    pub async fn texts(&self, id: &CaseId) -> Result<Vec<PackedSource>, StoreError> {
        let rows: Vec<(i64, String, i64, Vec<u8>)> = sqlx::query_as(TEXTS)
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await?;
        let texts = rows.into_iter();
        let texts = texts.map(|(round, name, size, text)| packed(round, name, size, text));
        texts.collect()
    }
}

/// A text out of its row.
pub(super) fn packed(
    round: i64,
    name: String,
    size: i64,
    text: Vec<u8>,
) -> Result<PackedSource, StoreError> {
    Ok(PackedSource {
        round: round_number(round)?,
        name,
        size: usize::try_from(size).unwrap_or_default(),
        text,
    })
}

pub(super) async fn add(
    tx: &mut Tx,
    id: &CaseId,
    mut round: NewRound,
    now: i64,
) -> Result<(), StoreError> {
    let number: i64 = sqlx::query_scalar(NEXT)
        .bind(id.as_str())
        .fetch_one(&mut **tx)
        .await?;
    let kept: i64 = sqlx::query_scalar(KEPT)
        .bind(id.as_str())
        .fetch_one(&mut **tx)
        .await?;
    let sources = within_limit(&mut round, usize::try_from(kept).unwrap_or(usize::MAX));
    sqlx::query(ADD)
        .bind(id.as_str())
        .bind(number)
        .bind(now)
        .bind(&round.who)
        .bind(to_json(&round.problems)?)
        .bind(to_json(&round.receipt)?)
        .bind(to_json(&round.redactions)?)
        .execute(&mut **tx)
        .await?;
    add_sources(tx, id, number, &sources).await?;
    add_facts(tx, id, number, &round.facts).await?;
    judged(tx, id, &round.receipt).await
}

/// What is said of a case in lists.
pub(super) async fn judged(tx: &mut Tx, id: &CaseId, receipt: &Receipt) -> Result<(), StoreError> {
    let rules = receipt.rules.iter().map(|(rule, _)| rule.as_str());
    sqlx::query(SET_RECEIPT)
        .bind(id.as_str())
        .bind(super::record::verdict_name(receipt.verdict))
        .bind(format!(" {} ", rules.collect::<Vec<_>>().join(" ")))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes out the sources that would pass the case's limit and says so among the problems.
fn within_limit(round: &mut NewRound, mut kept: usize) -> Vec<StoredSource> {
    let mut within = Vec::new();
    for source in std::mem::take(&mut round.sources) {
        if kept.saturating_add(source.text.len()) > CASE_TEXT_LIMIT {
            let limit = CASE_TEXT_LIMIT / (1024 * 1024);
            let what = format!(
                "Not kept: a case holds at most {limit} MiB of text. Open a new case for it."
            );
            round.problems.push((source.name, None, what));
        } else {
            kept += source.text.len();
            within.push(source);
        }
    }
    within
}

async fn add_sources(
    tx: &mut Tx,
    id: &CaseId,
    round: i64,
    sources: &[StoredSource],
) -> Result<(), StoreError> {
    for (position, source) in (0_i64..).zip(sources) {
        sqlx::query(ADD_SOURCE)
            .bind(id.as_str())
            .bind(round)
            .bind(position)
            .bind(&source.name)
            .bind(i64::try_from(source.text.len()).unwrap_or(i64::MAX))
            .bind(compressed(&source.text)?)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn add_facts(
    tx: &mut Tx,
    id: &CaseId,
    round: i64,
    facts: &[(String, FactValue)],
) -> Result<(), StoreError> {
    for (position, (name, value)) in (0_i64..).zip(facts) {
        sqlx::query(ADD_FACT)
            .bind(id.as_str())
            .bind(round)
            .bind(position)
            .bind(name)
            .bind(to_json(value)?)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn all(tx: &mut Tx, id: &CaseId) -> Result<Vec<RoundRecord>, StoreError> {
    let rows: Vec<(i64, i64, Option<String>, String, String, String)> = sqlx::query_as(ROUNDS)
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    let mut rounds = Vec::with_capacity(rows.len());
    for (number, at, who, problems, receipt, redactions) in rows {
        rounds.push(RoundRecord {
            number: round_number(number)?,
            at,
            who,
            sources: Vec::new(),
            problems: serde_json::from_str(&problems).map_err(|_| StoreError::Broken("problem"))?,
            facts: Vec::new(),
            receipt: serde_json::from_str(&receipt).map_err(|_| StoreError::Broken("receipt"))?,
            redactions: serde_json::from_str(&redactions)
                .map_err(|_| StoreError::Broken("redaction"))?,
        });
    }
    read_sources(tx, id, &mut rounds).await?;
    read_facts(tx, id, &mut rounds).await?;
    Ok(rounds)
}

async fn read_sources(
    tx: &mut Tx,
    id: &CaseId,
    rounds: &mut [RoundRecord],
) -> Result<(), StoreError> {
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(SOURCES)
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    for (round, name, size) in rows {
        let size = usize::try_from(size).unwrap_or_default();
        of_round(rounds, round)?
            .sources
            .push(SourceLine { name, size });
    }
    Ok(())
}

async fn read_facts(
    tx: &mut Tx,
    id: &CaseId,
    rounds: &mut [RoundRecord],
) -> Result<(), StoreError> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(FACTS)
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    for (round, name, value) in rows {
        let value = serde_json::from_str(&value).map_err(|_| StoreError::Broken("fact"))?;
        of_round(rounds, round)?.facts.push((name, value));
    }
    Ok(())
}

fn of_round(rounds: &mut [RoundRecord], number: i64) -> Result<&mut RoundRecord, StoreError> {
    let number = round_number(number)?;
    rounds
        .iter_mut()
        .find(|round| round.number == number)
        .ok_or(StoreError::Broken("round"))
}

fn round_number(number: i64) -> Result<Round, StoreError> {
    Round::try_from(number).map_err(|_| StoreError::Broken("round"))
}

fn compressed(text: &str) -> Result<Vec<u8>, StoreError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(text.as_bytes());
    written
        .and_then(|()| encoder.finish())
        .map_err(|_| StoreError::Broken("text"))
}

fn uncompressed(bytes: &[u8], size: usize) -> Result<String, StoreError> {
    let mut text = String::with_capacity(size.min(CASE_TEXT_LIMIT));
    ZlibDecoder::new(bytes)
        .take(CASE_TEXT_LIMIT as u64)
        .read_to_string(&mut text)
        .map_err(|_| StoreError::Broken("text"))?;
    Ok(text)
}
