//! What is said of each of several machines, accounts or flows: of each by itself.
//!
//! ```text
//! RPA-VM-01: 0xC000006D
//! RPA-VM-02: 0xC0000234
//!
//! 0xC000006D on vm14, and 0xC000015B on vm15. Robot 1: error 1326. Robot 2: error 1331.
//! 0xC000006D for svc-pay, 0xC0000072 for svc-print
//! ```

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::evidence::{Text, codes};

/// A list of machines is at most so long; what is longer is a log of another kind.
const MOST_LINES: usize = 200;
/// A text in which somebody says it in sentences is at most so long, in bytes.
const LONGEST: usize = 2_000;

/// Where another clause begins: what is said behind it may be about another machine.
static JOINT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\n|[.;,!?] |[;,] ?|。|、|\s(?:and|but|while|whereas|und|aber|während|et|mais|tandis que|y|e|pero|mientras)\s")
        .expect("a constant pattern; a test compiles it")
});

/// A name with a number of its own, or a thing that is counted or lettered.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:^|[^\w.\\/@-])(?:([A-Za-z][A-Za-z_.-]*?)(\d{1,4})|([A-Z]{2,}[-_])([A-Z])",
        r"|((?i:machine|host|server|robot|bot|vm|pc|node|client|account|user|flow|connection|conn",
        r"|maschine|rechner|konto|verbindung|serveur|poste|compte|connexion|equipo|máquina|servidor|cuenta|conexión",
        r"|マシン|ロボット|サーバー|端末)) ?(\d{1,3}|(?-i:[A-Z])))(?:$|[^\w@-])",
    ))
    .expect("a constant pattern; a test compiles it")
});

/// What counts things that are said of one machine.
const NO_NAMES: [&str; 12] = [
    "error", "code", "status", "event", "type", "step", "line", "port", "kb", "aadsts", "version",
    "v",
];

/// Behind an error, whose it is.
static WHOSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^["'`)\]]* (?:on|for|auf|für|bei|sur|pour|en|para) (?:(?:the|den|der|dem|die|das|le|la|les|el|los|las) )?([\p{L}\d][\p{L}\d ._\\@-]{1,40})"#)
        .expect("a constant pattern; a test compiles it")
});

/// The offsets at which something is said of another one; `None` where that is not so.
pub(super) fn starts(text: &Text) -> Option<Vec<usize>> {
    lines(text).or_else(|| clauses(text))
}

/// `RPA-VM-01: …` and `RPA-VM-02: …`: each line begins with another name of one family, and is about that one alone.
fn lines(text: &Text) -> Option<Vec<usize>> {
    if text.line_count() > MOST_LINES {
        return None;
    }
    let lines = text.lines().filter(|line| !line.text.trim().is_empty());
    let mut starts = Vec::new();
    let mut names = Vec::new();
    for line in lines {
        names.push(numbered_name(line.text)?);
        starts.push(line.start);
    }
    let family = |name: &str| name.replace(|letter: char| letter.is_ascii_digit(), "");
    let first = names.first()?;
    let akin = names
        .iter()
        .all(|name| family(name).eq_ignore_ascii_case(&family(first)));
    let differ = names.iter().any(|name| name != first);
    (akin && differ).then_some(starts)
}

/// A name with a number of at most four digits in it, as machines have, that a line or an item of a list begins with.
fn numbered_name(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '\t', '-', '*', '•', '|']);
    let end = line.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
    let name = &line[..end?];
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let named = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    (named && (1..=4).contains(&digits)).then_some(name)
}

/// In sentences, each clause names another one, and at least two of them a code.
fn clauses(text: &Text) -> Option<Vec<usize>> {
    let whole = text.as_str();
    if whole.len() > LONGEST {
        return None;
    }
    let codes = codes::find(text, &[]);
    let codes = codes.iter().map(|code| code.span.start..code.span.end);
    let codes = codes.collect::<Vec<_>>();
    if codes.len() < 2 {
        return None;
    }
    let clauses = clauses_of(whole);
    // By family, the clauses that name one of it, each with the first number.
    let mut families = BTreeMap::<String, Vec<(usize, String)>>::new();
    for clause in &clauses {
        for (family, number) in names(&whole[clause.clone()]) {
            let own = families.entry(family).or_default();
            if own.last().is_none_or(|(start, _)| *start != clause.start) {
                own.push((clause.start, number.to_owned()));
            }
        }
    }
    let owners = clauses.iter().filter_map(|clause| {
        let code = codes.iter().rfind(|code| within(code, clause))?;
        let named = WHOSE.captures(&whole[code.end..clause.end])?;
        Some((clause.start, named[1].trim_end().to_lowercase()))
    });
    let owners = std::iter::once_with(|| owners.collect());
    let mut all = families.into_values().chain(owners);
    all.find_map(|named| apart(&codes, &named))
}

fn clauses_of(whole: &str) -> Vec<Range<usize>> {
    let joints = JOINT.find_iter(whole).map(|joint| joint.end());
    let starts = std::iter::once(0).chain(joints).collect::<Vec<_>>();
    let ends = starts.iter().skip(1).copied().chain([whole.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| *start..end)
        .collect()
}

/// The names of a clause: what comes before their numbers, and these.
fn names(clause: &str) -> impl Iterator<Item = (String, &str)> {
    NUMBERED.captures_iter(clause).filter_map(|found| {
        let mut groups = found.iter().skip(1).flatten();
        let (family, number) = (groups.next()?, groups.next()?);
        let family = family.as_str().to_lowercase();
        let counts = NO_NAMES.contains(&family.trim_end_matches(['-', '_', '.']));
        (!counts).then_some((family, number.as_str()))
    })
}

fn within(one: &Range<usize>, other: &Range<usize>) -> bool {
    other.start <= one.start && one.end <= other.end
}

/// The starts of the clauses that are about another one than those before, where at least two of the parts hold a code.
fn apart(codes: &[Range<usize>], named: &[(usize, String)]) -> Option<Vec<usize>> {
    let others = named.windows(2).filter(|pair| pair[0].1 != pair[1].1);
    let starts = others.map(|pair| pair[1].0).collect::<Vec<_>>();
    let codes = codes.iter().map(|code| code.start);
    super::are_apart(codes, &starts).then_some(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let starts = starts(&Text::new(text)).unwrap_or_default();
        super::super::tests::pieces_at(text, starts)
    }

    #[test]
    fn lines_that_begin_with_names_of_one_family_are_about_one_each() {
        let list = "- VM1 failed: 0xC000006D\n- VM2 failed: 0xC0000234\n\n- vm12: fine\n";
        assert_eq!(pieces(list).len(), 3);
        for one in [
            "VM1 failed: 0xC000006D\nand again: 0xC0000234",
            "VM1: 0xC000006D\nVM1: 0xC0000234",
            "VM1: 0xC000006D\nNAS2: 0xC0000234",
            "AADSTS50126: one\nAADSTS50053: other",
            "0xC0000071 one\n0xC0000072 other",
            "VM1\nVM2",
        ] {
            assert_eq!(pieces(one).len(), 1, "{one}");
        }
    }

    #[test]
    fn clauses_that_name_another_machine_each_are_about_one_each() {
        for (text, parts) in [
            ("0xC000006D on RPA-VM-14, and 0xC000015B on RPA-VM-15", 2),
            ("vm14 says 0xC000006D, same as ever; vm15: 0xC000015B", 2),
            (
                "morning. On vm19 it is error 1326, on vm20 error 1331, on vm21 nothing",
                3,
            ),
            (
                "Ticket 5\nRobot 1: (código 1326) al abrir.\nRobot 2: Subestado: 0xC0000072.",
                2,
            ),
            ("flow A ends with 0x8007052E\nflow B with 0x80070569", 2),
            ("0xC000006D for svc-pay, 0xC0000072 for svc-print", 2),
            (
                "auf MUC-A kommt 0xC000015B und auf MUC-B steht einfach nur 0xC000006D ohne alles",
                2,
            ),
            (
                "STATUS_ACCOUNT_DISABLED on member servers, and STATUS_LOGON_FAILURE on domain controllers.",
                2,
            ),
            ("svc-rpa01 bekommt 0xC000006D und svc-rpa02 0xC0000234", 2),
        ] {
            assert_eq!(pieces(text).len(), parts, "{:?}", pieces(text));
        }
    }

    #[test]
    fn what_is_said_of_one_machine_stays_together() {
        for text in [
            "Status 0xC000006D, Sub Status 0xC0000064 on vm14 and on vm15",
            "On vm14: Status 0xC000006D, Sub Status 0xC0000064. Reboot of vm15 done.",
            "vm14: 0xC000006D and later 0xC0000234",
            "Event 4625: 0xC000006D, event 4776: 0xC0000064",
            "Error 1326, error 1331",
            "Step 1: error 1326. Step 2: error 1331.",
            "0xC000006D on vm14, 0xC0000064 on vm14",
            "0xC000006D for svc-pay, 0xC0000064 too",
            "Logon type 3, 0xC000006D, logon type 8, 0xC0000064",
        ] {
            assert_eq!(pieces(text).len(), 1, "{:?}", pieces(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn starts_ascend_within_the_text(text in "(vm1|vm2|0xC000006D|0xC0000234|, | and |ö|\n| on |: ){0,20}") {
            let starts = starts(&Text::new(text.clone())).unwrap_or_default();
            proptest::prop_assert!(starts.is_sorted() && starts.iter().all(|start| text.is_char_boundary(*start)));
        }
    }
}
