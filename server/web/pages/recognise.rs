//! How a rule's `match` reads for people: the codes, the words and the facts that give it away.

use crate::condition::shape::ConditionFile;
use crate::condition::{EventFile, Ids};
use crate::web::paths;

/// One sign of a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What is seen.
    pub(crate) text: String,
    /// `code`, `message`, `part of a message`, `product words`, `event`, `fact`.
    pub(crate) what: &'static str,
    /// The code's page.
    pub(crate) href: Option<String>,
}

/// Every positive sign, codes first, at most 40.
pub(crate) fn seen(matcher: &ConditionFile) -> Vec<Seen> {
    let mut all = Vec::new();
    leaves(matcher, &mut |leaf| {
        if let Some(seen) = sign(leaf).filter(|seen| !all.contains(seen)) {
            all.push(seen);
        }
    });
    all.sort_by_key(|seen| seen.href.is_none());
    all.truncate(40);
    all
}

/// A line of a condition as it reads: a group, or what is sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// How deep it stands, at most 8.
    pub(crate) depth: usize,
    /// `All of these`, `Any of these`, `None of this`; else what kind of thing is sought.
    pub(crate) what: &'static str,
    /// What is sought; empty for a group.
    pub(crate) text: String,
    /// Whether it proves little alone.
    pub(crate) weak: bool,
}

/// A whole condition, line by line.
pub(crate) fn lines(matcher: &ConditionFile) -> Vec<Line> {
    let mut lines = Vec::new();
    add_lines(matcher, 0, &mut lines);
    lines
}

fn add_lines(node: &ConditionFile, depth: usize, lines: &mut Vec<Line>) {
    let groups = [
        ("All of these", node.all.as_deref()),
        ("Any of these", node.any.as_deref()),
        (
            "None of this",
            node.not.as_deref().map(std::slice::from_ref),
        ),
    ];
    let mut is_leaf = true;
    for (what, parts) in groups {
        let Some(parts) = parts else { continue };
        is_leaf = false;
        lines.push(Line {
            depth: depth.min(8),
            what,
            text: String::new(),
            weak: false,
        });
        for part in parts {
            add_lines(part, depth + 1, lines);
        }
    }
    if is_leaf {
        let regex = node.regex.clone().map(|regex| (regex, "pattern"));
        let sought = regex.or_else(|| sign(node).map(|seen| (seen.text, seen.what)));
        lines.extend(sought.map(|(text, what)| Line {
            depth: depth.min(8),
            what,
            text,
            weak: node.weak,
        }));
    }
}

/// Visits every leaf that does not stand under a `not`.
pub(crate) fn leaves(node: &ConditionFile, visit: &mut impl FnMut(&ConditionFile)) {
    let inner = node.all.iter().chain(&node.any).flatten();
    let mut is_leaf = node.not.is_none();
    for part in inner {
        is_leaf = false;
        leaves(part, visit);
    }
    if is_leaf {
        visit(node);
    }
}

fn sign(leaf: &ConditionFile) -> Option<Seen> {
    if let Some(code) = &leaf.code {
        return Some(Seen {
            text: code.clone(),
            what: "code",
            href: Some(paths::code(code)),
        });
    }
    if let Some(event) = &leaf.event {
        return Some(Seen {
            text: event_words(event),
            what: "event",
            href: event.code.as_deref().map(paths::code),
        });
    }
    let (text, what) = if let Some(phrase) = &leaf.phrase {
        let what = match (leaf.sentence, leaf.context) {
            (true, _) => "message",
            (_, true) => "together with the word",
            _ => "part of a message",
        };
        (
            phrase
                .replace("\\*", "\u{0}")
                .replace('*', " … ")
                .replace('\u{0}', "*"),
            what,
        )
    } else if let Some(fact) = &leaf.fact {
        (fact_words(fact, leaf), "fact")
    } else {
        return None;
    };
    Some(Seen {
        text,
        what,
        href: None,
    })
}

fn event_words(event: &EventFile) -> String {
    let ids = match &event.id {
        None => Vec::new(),
        Some(Ids::One(id)) => vec![id.to_string()],
        Some(Ids::Many(ids)) => ids.iter().map(u32::to_string).collect(),
    };
    let mut said = Vec::new();
    if let Some(code) = &event.code {
        said.push(code.clone());
    }
    let fields = event.fields.iter();
    said.extend(fields.map(|(name, value)| format!("{name} {value}")));
    let event = if ids.is_empty() {
        "an event".to_owned()
    } else {
        format!("event {}", super::words::listed(&ids, "or"))
    };
    if said.is_empty() {
        event
    } else {
        format!("{event} with {}", super::words::listed(&said, "and"))
    }
}

fn fact_words(fact: &str, leaf: &ConditionFile) -> String {
    if let Some(value) = &leaf.is {
        format!("{fact} is {value}")
    } else if let Some(values) = &leaf.one_of {
        format!("{fact} is {}", super::words::listed(values, "or"))
    } else if let Some(value) = &leaf.contains {
        format!("{fact} has {value}")
    } else if let Some(value) = &leaf.at_least {
        format!("{fact} is at least {value}")
    } else if leaf.exists == Some(false) {
        format!("{fact} is not there")
    } else {
        format!("{fact} is there")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_condition_reads_line_by_line_with_what_must_not_be_there() {
        let matcher: ConditionFile = serde_json::from_value(serde_json::json!({
            "all": [
                { "any": [ { "code": "0xC000006D", "weak": true }, { "regex": "fail(ed|ure)" } ] },
                { "not": { "phrase": "never shown" } }
            ]
        }))
        .unwrap();
        let lines = lines(&matcher).into_iter();
        let lines = lines.map(|line| (line.depth, line.what, line.text, line.weak));
        let line = |depth, what, text: &str| (depth, what, text.to_owned(), false);
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                line(0, "All of these", ""),
                line(1, "Any of these", ""),
                (2, "code", "0xC000006D".to_owned(), true),
                line(2, "pattern", "fail(ed|ure)"),
                line(1, "None of this", ""),
                line(2, "part of a message", "never shown"),
            ]
        );
    }

    #[test]
    fn codes_come_first_and_stars_read_as_gaps() {
        let matcher: ConditionFile = serde_json::from_value(serde_json::json!({
            "any": [
                { "phrase": "cannot * sign in" },
                { "code": "0xC000006D" },
                { "not": { "phrase": "never shown" } },
                { "fact": "dsregcmd.AzureAdJoined", "exists": false }
            ]
        }))
        .unwrap();
        let texts = seen(&matcher)
            .into_iter()
            .map(|seen| seen.text)
            .collect::<Vec<_>>();
        assert_eq!(
            texts,
            [
                "0xC000006D",
                "cannot  …  sign in",
                "dsregcmd.AzureAdJoined is not there"
            ]
        );
    }
}
