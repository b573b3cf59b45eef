//! Two entries as plain values, field by field.

use serde_json::{Map, Value};

use super::written::{condition, written};
use super::{FieldDiff, How, Piece, Side, by_lines, compare_texts};

/// Fields that hold a condition.
const CONDITIONS: [&str; 5] = ["match", "when", "offer", "found_when", "ruled_out_when"];
/// By what the members of a list are recognised, the first that all of them have.
const NAMES: [&str; 3] = ["id", "name", "url"];

/// Every field in which the two differ, in the order of the newer one.
pub(super) fn compare(before: &Value, after: &Value) -> Vec<FieldDiff> {
    let mut found = Vec::new();
    either("", before, after, &mut found);
    found
}

fn either(path: &str, before: &Value, after: &Value, found: &mut Vec<FieldDiff>) {
    if before == after {
        return;
    }
    let name = path.rsplit('.').next().unwrap_or_default();
    if CONDITIONS.contains(&name) && !(before.is_null() || after.is_null()) {
        let pieces = by_lines(&condition(before), &condition(after));
        found.push(field(path, How::Changed, pieces));
        return;
    }
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => objects(path, before, after, found),
        (Value::Array(before), Value::Array(after)) => lists(path, before, after, found),
        (Value::Null, after) => found.push(whole(path, Side::After, after)),
        (before, Value::Null) => found.push(whole(path, Side::Before, before)),
        (before, after) => {
            let pieces = compare_texts(&written(before), &written(after));
            found.push(field(path, How::Changed, pieces));
        }
    }
}

fn objects(
    path: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    found: &mut Vec<FieldDiff>,
) {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    for name in after.keys().chain(gone) {
        let side = |of: &Map<String, Value>| of.get(name).cloned().unwrap_or_default();
        either(&below(path, name), &side(before), &side(after), found);
    }
}

fn lists(path: &str, before: &[Value], after: &[Value], found: &mut Vec<FieldDiff>) {
    let Some(key) = NAMES
        .into_iter()
        .find(|key| are_named(before, key) && are_named(after, key))
    else {
        return members(path, before, after, found);
    };
    let name = |member: &Value| member[key].as_str().unwrap_or_default().to_owned();
    let old = before.iter().map(name).collect::<Vec<_>>();
    for member in after {
        let path = below(path, &name(member));
        match old.iter().position(|old| *old == name(member)) {
            Some(at) => either(&path, &before[at], member, found),
            None => found.push(whole(&path, Side::After, member)),
        }
    }
    let new = after.iter().map(name).collect::<Vec<_>>();
    for member in before {
        if !new.contains(&name(member)) {
            found.push(whole(&below(path, &name(member)), Side::Before, member));
        }
    }
    let kept = |names: &[String], other: &[String]| {
        let kept = names.iter().filter(|name| other.contains(name));
        kept.cloned().collect::<Vec<_>>()
    };
    let (old, new) = (kept(&old, &new), kept(&new, &old));
    if old != new {
        let pieces = compare_texts(&old.join(", "), &new.join(", "));
        found.push(field(path, How::Moved, pieces));
    }
}

/// Whether each member has a name of its own under this key.
fn are_named(members: &[Value], key: &str) -> bool {
    let names = members.iter().map(|member| member.get(key)?.as_str());
    let Some(mut names) = names.collect::<Option<Vec<_>>>() else {
        return false;
    };
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() == count
}

/// Members without names: those that both have are left out; one that went where one came is one that changed.
fn members(path: &str, before: &[Value], after: &[Value], found: &mut Vec<FieldDiff>) {
    let texts = |members: &[Value]| members.iter().map(written).collect::<Vec<_>>();
    let (old, new) = (texts(before), texts(after));
    let one_word = |text: &String| !text.contains('\n') && text.len() < 120;
    if old.iter().chain(&new).all(one_word) {
        let pieces = by_lines(&in_lines(&old), &in_lines(&new));
        found.push(field(path, How::Changed, pieces));
        return;
    }
    for op in similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new) {
        if op.tag() == similar::DiffTag::Equal {
            continue;
        }
        let (mut gone, mut come) = (op.old_range(), op.new_range());
        loop {
            let at = |index: usize| format!("{path}[{index}]");
            match (gone.next(), come.next()) {
                (Some(old), Some(new)) => either(&at(new), &before[old], &after[new], found),
                (Some(old), None) => found.push(whole(&at(old), Side::Before, &before[old])),
                (None, Some(new)) => found.push(whole(&at(new), Side::After, &after[new])),
                (None, None) => break,
            }
        }
    }
}

fn in_lines(texts: &[String]) -> String {
    let mut all = texts.join("\n");
    if !texts.is_empty() {
        all.push('\n');
    }
    all
}

fn whole(path: &str, side: Side, value: &Value) -> FieldDiff {
    let name = path.rsplit('.').next().unwrap_or_default();
    let text = if CONDITIONS.contains(&name) {
        condition(value)
    } else {
        written(value)
    };
    let how = if side == Side::Before {
        How::Removed
    } else {
        How::Added
    };
    field(path, how, vec![Piece { side, text }])
}

fn field(path: &str, how: How, pieces: Vec<Piece>) -> FieldDiff {
    FieldDiff {
        field: path.to_owned(),
        how,
        pieces,
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
