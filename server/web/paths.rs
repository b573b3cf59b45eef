//! Each address spelled once. Routes use the constants, links and redirects the functions.

use std::fmt::Write;

/// The page to paste into.
pub const HOME: &str = "/";
/// Opens a case from a form; also the staff's list.
pub const CASES: &str = "/cases";
/// A case.
pub const CASE: &str = "/cases/{id}";
/// The cases that fit, as a file.
pub const CASES_EXPORT: &str = "/cases/export";
/// Takes a case on or leaves it, from a form.
pub const CASE_CLAIM: &str = "/cases/{id}/claim";
/// Asks for a rule, from a form.
pub const CASE_ASK: &str = "/cases/{id}/ask";
/// Opens a case again, from a form.
pub const CASE_REOPEN: &str = "/cases/{id}/reopen";
/// Where a case goes that belongs to another; moves it, from a form.
pub const CASE_MERGE: &str = "/cases/{id}/merge";
/// A case on paper.
pub const CASE_PRINT: &str = "/cases/{id}/print";
/// A case's source, from 0.
pub const CASE_SOURCE: &str = "/cases/{id}/sources/{n}";
/// Every file of a case.
pub const CASE_FILES: &str = "/cases/{id}/files";
/// Every fact of a case.
pub const CASE_FACTS: &str = "/cases/{id}/facts";
/// Every event of a case.
pub const CASE_EVENTS: &str = "/cases/{id}/events";
/// Another round of evidence, from a form.
pub const CASE_EVIDENCE: &str = "/cases/{id}/evidence";
/// An answer, from a form.
pub const CASE_ANSWERS: &str = "/cases/{id}/answers";
/// Back to a step, from a form.
pub const CASE_TAKE_BACK: &str = "/cases/{id}/answers/take-back";
/// How it ended, from a form.
pub const CASE_OUTCOME: &str = "/cases/{id}/outcome";
/// Ticket, machine, account and note, from a form.
pub const CASE_EDIT: &str = "/cases/{id}/edit";
/// Deletes a case, from a form.
pub const CASE_DELETE: &str = "/cases/{id}/delete";
/// Chooses the rule whose guide is walked, from a form.
pub const CASE_CHOOSE: &str = "/cases/{id}/choose";
/// Takes the live release for the walks, from a form.
pub const CASE_RELEASE: &str = "/cases/{id}/release";
/// All rules by product.
pub const RULES: &str = "/rules";
/// A rule.
pub const RULE: &str = "/rules/{id}";
/// Starts a rule's guide without evidence, from a form.
pub const RULE_START: &str = "/rules/{id}/start";
/// An error code.
pub const CODE: &str = "/codes/{code}";
/// Rules by words.
pub const SEARCH: &str = "/search";
/// Where one signs in.
pub const LOGIN: &str = "/login";
/// Signs out, from a form.
pub const LOGOUT: &str = "/logout";
/// Where a link leads by which a password is set, that of the first account too.
pub const SETUP: &str = "/setup";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// Ends sessions of one's own, from a form.
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// Leads to the first admin page that one may see.
pub const ADMIN: &str = "/admin";
/// What editors are asked for.
pub const ADMIN_INBOX: &str = "/admin/inbox";
/// Does something with a form of the inbox, from a form.
pub const ADMIN_INBOX_FORM: &str = "/admin/inbox/{form}";
/// All rules, to be edited.
pub const ADMIN_RULES: &str = "/admin/rules";
/// Begins a rule.
pub const ADMIN_RULE_NEW: &str = "/admin/rules/new";
/// Releases and proposals; proposes, from a form.
pub const ADMIN_RELEASES: &str = "/admin/releases";
/// What differs between two releases.
pub const ADMIN_COMPARE: &str = "/admin/releases/compare";
/// Files to be brought in: what they would change, and a proposal of it, from forms.
pub const ADMIN_IMPORT: &str = "/admin/releases/import";
/// Switches a rule off at once, from a form.
pub const ADMIN_SWITCH_OFF: &str = "/admin/releases/switch-off";
/// A release as it was published.
pub const ADMIN_RELEASE: &str = "/admin/releases/{n}";
/// A release, or a part of it, as a zip of files.
pub const ADMIN_EXPORT: &str = "/admin/releases/{n}/export";
/// Publishes an older release again, from a form.
pub const ADMIN_BACK: &str = "/admin/releases/{n}/back";
/// A proposal; everything that is done with it, from forms.
pub const ADMIN_PROPOSAL: &str = "/admin/releases/proposals/{n}";
/// A rule to be edited, or another thing of the pack: `procedure:retry`, `list:collectors`.
pub const ADMIN_RULE: &str = "/admin/rules/{id}";
/// Two texts of it become one.
pub const ADMIN_RULE_MERGE: &str = "/admin/rules/{id}/merge";
/// Local notes on a rule.
pub const ADMIN_RULE_NOTES: &str = "/admin/rules/{id}/notes";
/// Tries what is typed, and keeps nothing.
pub const ADMIN_RULE_TRY: &str = "/admin/rules/{id}/try";
/// Accounts.
pub const ADMIN_USERS: &str = "/admin/users";
/// Changes an account, from a form.
pub const ADMIN_USER: &str = "/admin/users/{name}";
/// API tokens.
pub const ADMIN_TOKENS: &str = "/admin/tokens";
/// Takes a token back, from a form.
pub const ADMIN_TOKEN_REVOKE: &str = "/admin/tokens/{id}/revoke";
/// What the house sets.
pub const ADMIN_SETTINGS: &str = "/admin/settings";
/// Who did what.
pub const ADMIN_AUDIT: &str = "/admin/audit";
/// The same as a file.
pub const ADMIN_AUDIT_EXPORT: &str = "/admin/audit/export";
/// Styles, scripts, icons.
pub const STATIC: &str = "/static/{*path}";
/// The OpenAPI document.
pub const OPENAPI: &str = "/openapi.json";
/// The API for people.
pub const API_DOCS: &str = "/api/docs";
/// The process is alive.
pub const HEALTHZ: &str = "/healthz";
/// It can answer.
pub const READYZ: &str = "/readyz";
/// Numbers for Prometheus.
pub const METRICS: &str = "/metrics";
/// Everything under here is the API, version 1.
pub const API: &str = "/api/v1";

/// A case's page.
pub fn case(id: &str) -> String {
    filled(CASE, &[id])
}

/// A case's page with the walk of a rule.
pub fn case_with_rule(id: &str, rule: &str) -> String {
    format!("{}?rule={}", case(id), escaped(rule))
}

/// A case on paper.
pub fn case_print(id: &str) -> String {
    filled(CASE_PRINT, &[id])
}

/// A case's source, from 0.
pub fn case_source(id: &str, n: usize) -> String {
    filled(CASE_SOURCE, &[id, &n.to_string()])
}

/// One of the case's forms or lists: `CASE_ANSWERS`, `CASE_FACTS` and so on.
pub fn case_form(form: &str, id: &str) -> String {
    filled(form, &[id])
}

/// A rule's page.
pub fn rule(id: &str) -> String {
    filled(RULE, &[id])
}

/// Starts a rule's guide without evidence.
pub fn rule_start(id: &str) -> String {
    filled(RULE_START, &[id])
}

/// A code's page.
pub fn code(code: &str) -> String {
    filled(CODE, &[code])
}

/// A search.
pub fn search(words: &str) -> String {
    format!("{SEARCH}?q={}", escaped(words))
}

/// The page of a link by which a password is set.
pub fn setup(key: &str) -> String {
    format!("{SETUP}?key={}", escaped(key))
}

/// Does something with a form of the inbox.
pub fn admin_inbox_form(form: &str) -> String {
    filled(ADMIN_INBOX_FORM, &[form])
}

/// A new rule from what a case shows.
pub fn rule_from_case(id: &str) -> String {
    format!("{ADMIN_RULE_NEW}?case={}", escaped(id))
}

/// A release as it was published.
pub fn admin_release(number: i64) -> String {
    filled(ADMIN_RELEASE, &[&number.to_string()])
}

/// A release as a zip of files.
pub fn admin_export(number: i64) -> String {
    filled(ADMIN_EXPORT, &[&number.to_string()])
}

/// Publishes an older release again.
pub fn admin_back(number: i64) -> String {
    filled(ADMIN_BACK, &[&number.to_string()])
}

/// What differs between two releases.
pub fn admin_compare(before: i64, after: i64) -> String {
    format!("{ADMIN_COMPARE}?from={before}&to={after}")
}

/// A proposal.
pub fn admin_proposal(number: i64) -> String {
    filled(ADMIN_PROPOSAL, &[&number.to_string()])
}

/// The cases of a proposal that change in one way.
pub fn admin_proposal_way(number: i64, way: &str) -> String {
    format!("{}?way={}#cases", admin_proposal(number), escaped(way))
}

/// A page of a thing that is edited: `ADMIN_RULE`, `ADMIN_RULE_MERGE`, `ADMIN_RULE_TRY`.
pub fn admin_rule(page: &str, id: &str) -> String {
    filled(page, &[id])
}

/// Changes an account.
pub fn admin_user(name: &str) -> String {
    filled(ADMIN_USER, &[name])
}

/// Takes a token back.
pub fn admin_token_revoke(id: &str) -> String {
    filled(ADMIN_TOKEN_REVOKE, &[id])
}

/// A file under `static/`.
pub fn asset(name: &str) -> String {
    format!("/static/{name}")
}

/// A case in the API.
pub fn api_case(id: &str) -> String {
    format!("{API}/cases/{}", escaped(id))
}

/// A rule in the API.
pub fn api_rule(id: &str) -> String {
    format!("{API}/rules/{}", escaped(id))
}

/// What stands behind a question mark; empty values are left out.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let pairs = pairs.map(|(name, value)| format!("{name}={}", escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn filled(pattern: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let pieces = pattern.split('/').map(|piece| {
        if piece.starts_with('{') {
            escaped(values.next().copied().unwrap_or_default())
        } else {
            piece.to_owned()
        }
    });
    pieces.collect::<Vec<_>>().join("/")
}

/// Percent-encodes everything that is not unreserved.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_filled_and_escaped() {
        assert_eq!(case_source("abc", 2), "/cases/abc/sources/2");
        assert_eq!(code("-1073741477"), "/codes/-1073741477");
        assert_eq!(search("a b&c/d"), "/search?q=a%20b%26c%2Fd");
        assert_eq!(code("%%2313"), "/codes/%25%252313");
    }
}
