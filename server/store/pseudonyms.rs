//! The numbers that stand for people and machines of a case. Names are kept as keyed hashes alone.

use sqlx::{Sqlite, Transaction};

use super::record::CaseId;
use super::{StoreError, hex};
use crate::evidence::redact::{Mark, Pseudonym};

const ADD: &str = "INSERT INTO pseudonyms (case_id, kind, mac, number) VALUES ($1, $2, $3, $4)";
const ALL: &str =
    "SELECT kind, mac, number FROM pseudonyms WHERE case_id = $1 ORDER BY kind, number";

type Tx = Transaction<'static, Sqlite>;

pub(super) async fn add(
    tx: &mut Tx,
    id: &CaseId,
    pseudonyms: &[Pseudonym],
) -> Result<(), StoreError> {
    for one in pseudonyms {
        sqlx::query(ADD)
            .bind(id.as_str())
            .bind(one.mark.word())
            .bind(hex(&one.mac))
            .bind(i64::from(one.number))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn all(tx: &mut Tx, id: &CaseId) -> Result<Vec<Pseudonym>, StoreError> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(ALL)
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    rows.into_iter()
        .map(|(kind, mac, number)| {
            Some(Pseudonym {
                mark: Mark::named(&kind)?,
                mac: bytes(&mac)?,
                number: u32::try_from(number).ok()?,
            })
        })
        .collect::<Option<_>>()
        .ok_or(StoreError::Broken("pseudonym"))
}

/// So many bytes from small hex digits.
pub(super) fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if hex.len() != 2 * N || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}
