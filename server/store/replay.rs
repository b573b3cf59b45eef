//! All cases once, a piece at a time, with no more of each than judging it again takes.

use super::rounds::{PackedSource, packed};
use super::{CaseId, Store, StoreError};
use crate::condition::ProductId;

/// A case as it is judged again.
#[derive(Debug)]
pub struct ReplayCase {
    /// Its name.
    pub id: CaseId,
    /// The product the sender named.
    pub product: Option<ProductId>,
    /// The machine that is meant.
    pub machine: Option<String>,
    /// The account that is meant.
    pub account: Option<String>,
    /// Its texts, in the order they arrived.
    pub texts: Vec<PackedSource>,
}

/// A piece holds at most so many cases.
const MOST_CASES: i64 = 256;
/// A piece holds about so many bytes of text at most, or one case.
const MOST_BYTES: i64 = 16 * 1024 * 1024;

const COUNT: &str = "SELECT count(*) FROM cases c WHERE (c.expires_at IS NULL OR c.expires_at > $1) \
    AND EXISTS (SELECT 1 FROM rounds r WHERE r.case_id = c.id)";
const CASES: &str = "SELECT c.id, c.product, c.machine, c.account, \
    (SELECT CAST(coalesce(sum(s.size), 0) AS BIGINT) FROM sources s WHERE s.case_id = c.id) FROM cases c \
    WHERE c.id > $1 AND (c.expires_at IS NULL OR c.expires_at > $2) \
    AND EXISTS (SELECT 1 FROM rounds r WHERE r.case_id = c.id) ORDER BY c.id LIMIT $3";
const TEXTS: &str = "SELECT case_id, round, name, size, text FROM sources \
    WHERE case_id >= $1 AND case_id <= $2 ORDER BY case_id, round, position";

type CaseRow = (String, Option<String>, Option<String>, Option<String>, i64);

impl Store {
    /// How many cases there are to be judged again.
    pub async fn replay_count(&self, now: i64) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(COUNT)
            .bind(now)
            .fetch_one(&self.pool)
            .await?)
    }

    /// The next cases behind the one of that name, by name; none when all were seen. Guides that were started without
    /// evidence are left out: no release says anything about them.
    pub async fn replay_piece(&self, after: &str, now: i64) -> Result<Vec<ReplayCase>, StoreError> {
        let mut rows: Vec<CaseRow> = sqlx::query_as(CASES)
            .bind(after)
            .bind(now)
            .bind(MOST_CASES)
            .fetch_all(&self.pool)
            .await?;
        let mut bytes = 0;
        let within = rows.iter().take_while(|row| {
            let first = bytes == 0;
            bytes += row.4.max(1);
            first || bytes <= MOST_BYTES
        });
        let within = within.count();
        rows.truncate(within);
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(Vec::new());
        };
        let texts: Vec<(String, i64, String, i64, Vec<u8>)> = sqlx::query_as(TEXTS)
            .bind(&first.0)
            .bind(&last.0)
            .fetch_all(&self.pool)
            .await?;
        let mut texts = texts.into_iter().peekable();
        let mut cases = Vec::with_capacity(rows.len());
        for (id, product, machine, account, _) in rows {
            // What lies between two cases belongs to one whose time is over.
            while texts.next_if(|text| text.0 < id).is_some() {}
            let mut own = Vec::new();
            while let Some((_, round, name, size, text)) = texts.next_if(|text| text.0 == id) {
                own.push(packed(round, name, size, text)?);
            }
            cases.push(ReplayCase {
                id: CaseId::parse(&id).ok_or(StoreError::Broken("case"))?,
                product: product.and_then(|product| ProductId::parse(&product).ok()),
                machine,
                account,
                texts: own,
            });
        }
        Ok(cases)
    }
}
