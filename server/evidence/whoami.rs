//! What `whoami`, `/user`, `/groups`, `/priv`, `/all` and `/upn` print, as a table, `/fo list` or `/fo csv`.
//!
//! ```text
//! User Name         SID
//! ================= ============================================
//! contoso\svc-robot S-1-5-21-1004336348-1177238915-682003330-512
//! ```
//!
//! The headings are in the machine's language, so a row is told by its shape: a name and a SID is the account; a name,
//! a kind, a SID and attributes is a group; a name that begins with `Se` is a privilege. The tables of one sign-in
//! follow its account, so that outputs of several accounts in one text are told apart.

use super::reading::shared;
use super::{About, Fact, FactKey, FactValue, Reader, Reading, Span, Text};

mod rows;

use rows::{Group, Row};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "whoami",
    marks: &[
        "whoami",
        "====",
        "\"S-1-",
        "SID:",
        "SID :",
        "SeChangeNotifyPrivilege",
    ],
    read,
};

/// Reads every output. Closes nothing: a list of groups is that of one sign-in.
fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut run = Run::default();
    for found in rows::rows(text) {
        reading
            .claimed
            .push(text.range_of_lines(found.first, found.last));
        if let Row::Account(name, _) = &found.row
            && run.is_another(name)
        {
            std::mem::take(&mut run).facts(&mut reading);
        }
        run.take(found.row, found.span);
    }
    run.facts(&mut reading);
    reading
}

/// What one sign-in's tables say.
#[derive(Debug, Default)]
struct Run {
    account: Option<String>,
    named: Vec<(&'static str, FactValue, Span)>,
    groups: Vec<Group>,
    groups_span: Option<Span>,
    privileges: Vec<(String, String, Span)>,
}

impl Run {
    /// Whether an account's name begins another sign-in's output.
    fn is_another(&self, name: &str) -> bool {
        let known = self.account.as_deref();
        known.is_some_and(|known| !known.eq_ignore_ascii_case(name))
    }

    fn take(&mut self, row: Row, span: Span) {
        match row {
            Row::Account(name, sid) => {
                if self.account.is_none() {
                    self.named.push(("User", name.as_str().into(), span));
                }
                self.account = Some(name);
                if let Some(sid) = sid {
                    self.named.push(("SID", sid.as_str().into(), span));
                }
            }
            Row::Upn(name) => self.named.push(("UPN", name.as_str().into(), span)),
            Row::Group(group) => {
                self.groups.push(group);
                self.groups_span = Some(joined(self.groups_span, span));
            }
            Row::Privilege(name, state) => self.privileges.push((name, state, span)),
            Row::Heading => {}
        }
    }

    fn facts(self, reading: &mut Reading) {
        let level = self
            .groups
            .iter()
            .find_map(|group| integrity(&group.sid).map(|level| (level, group.span)));
        let about = shared(About {
            account: self.account.clone(),
            taken_by: self.account,
            elevated: level.map(|((_, elevated), _)| elevated),
            ..About::default()
        });
        let mut push = |key: &str, value: FactValue, span| {
            reading.facts.push(Fact {
                key: FactKey::new(format!("whoami.{key}")),
                value,
                span,
                about: about.clone(),
                round: 0,
            });
        };
        for (key, value, span) in self.named {
            push(key, value, span);
        }
        if let Some(span) = self.groups_span {
            let list = |of: &dyn Fn(&Group) -> Option<String>| {
                FactValue::List(self.groups.iter().filter_map(of).collect())
            };
            push("Groups", list(&|group| Some(group.name.clone())), span);
            push("GroupSids", list(&|group| Some(group.sid.clone())), span);
            let denying = |group: &Group| group.deny_only.then(|| group.name.clone());
            push("DenyOnlyGroups", list(&denying), span);
        }
        if let Some(((level, _), span)) = level {
            push("IntegrityLevel", level.into(), span);
        }
        let (Some(first), Some(last)) = (self.privileges.first(), self.privileges.last()) else {
            return;
        };
        let names = self.privileges.iter().map(|(name, ..)| name.clone());
        let all = FactValue::List(names.collect());
        push("Privileges", all, joined(Some(first.2), last.2));
        for (name, state, span) in &self.privileges {
            if !state.is_empty() {
                push(&format!("Privilege.{name}"), state.as_str().into(), *span);
            }
        }
    }
}

fn joined(first: Option<Span>, last: Span) -> Span {
    first.map_or(last, |first| Span {
        end: first.end.max(last.end),
        ..first
    })
}

/// The level a label's SID stands for, and whether it is that of an elevated program (MS-DTYP 2.4.2.4).
fn integrity(sid: &str) -> Option<(&'static str, bool)> {
    Some(match sid {
        "S-1-16-0" => ("Untrusted", false),
        "S-1-16-4096" => ("Low", false),
        "S-1-16-8192" => ("Medium", false),
        "S-1-16-8448" => ("Medium Plus", false),
        "S-1-16-12288" => ("High", true),
        "S-1-16-16384" => ("System", true),
        _ => return None,
    })
}

#[cfg(test)]
#[path = "whoami/tests.rs"]
mod tests;
