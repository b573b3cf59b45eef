//! Reading the audit log. Taking it away as a file is itself written down.

use super::caller::{Caller, Right};
use super::desk::{DeedError, Desk};
use crate::store::{AuditEntry, AuditFilter, Chain, Deed};

/// A page of the log holds so many entries.
pub const PAGE: u32 = 100;
/// An export holds at most so many.
pub const EXPORT: u32 = 100_000;

/// A page of the log, newest first, and whether there is more.
pub async fn read_audit(
    desk: &Desk,
    caller: &Caller,
    filter: &AuditFilter,
) -> Result<(Vec<AuditEntry>, bool), DeedError> {
    caller.need(Right::Admin)?;
    let mut entries = desk.store.audit_entries(filter, PAGE + 1).await?;
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    Ok((entries, more))
}

/// All entries that the filter leaves, newest first, at most [`EXPORT`].
pub async fn export_audit(
    desk: &Desk,
    caller: &Caller,
    filter: &AuditFilter,
) -> Result<Vec<AuditEntry>, DeedError> {
    caller.need(Right::Admin)?;
    let deed = Deed {
        action: "audit.export",
        subject: "audit",
        detail: "",
    };
    desk.store.audit(&caller.actor, deed, desk.now()).await?;
    Ok(desk.store.audit_entries(filter, EXPORT).await?)
}

/// Whether an entry was changed or removed.
pub async fn verify_audit(desk: &Desk, caller: &Caller) -> Result<Chain, DeedError> {
    caller.need(Right::Admin)?;
    Ok(desk.store.verify_audit().await?)
}
