//! The logs of robots and their servers, a record a line: Alteryx Server's service and Gallery, the agents of Power
//! Automate and Automation Anywhere.
//!
//! ```text
//! 2026-11-20 06:00:04.377000,ERROR,7348,AlteryxService,,,,,,,,,"Logon failure: the user has not been granted … (1385)"
//! 2026-11-20T06:00:11.123Z|Error|UIFlowService|Session failed. CorrelationId: 5d20e1b3-77c4-4e0a-8f19-c2b9a6d40e83
//! 2026-Nov-20 Fri 06:00:11.123 ERROR [pool-1-thread-2] - com.automationanywhere.nodemanager.… - Login failed
//! ```
//!
//! A line has to name its product itself: a log of something else may lie beside it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{Record, Said, cut, newest};
use crate::evidence::tools::{lines_with, words};
use crate::evidence::{Line, Reader, Reading, Text};

/// Words that only the records of a product have, and the product.
const PRODUCTS: &[(&str, &str)] = &[
    ("AlteryxService", "Alteryx Server"),
    ("AlteryxServerHost", "Alteryx Server"),
    ("AlteryxGallery", "Alteryx Server"),
    ("AlteryxEngineCmd", "Alteryx Server"),
    ("UIFlowService", "Power Automate"),
    ("Microsoft.Flow.RPA", "Power Automate"),
    ("PAD.Console", "Power Automate"),
    ("PAD.Robot", "Power Automate"),
    ("com.automationanywhere", "Automation Anywhere"),
    ("UiPath.", "UiPath"),
    ("BluePrism.", "Blue Prism"),
];
/// Records of one time that are looked at, at most.
const MOST: usize = 20;

static LEVELS: LazyLock<AhoCorasick> = LazyLock::new(|| words(&["error", "fatal"]));
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"^[\["']?(?P<stamp>\d{4}-(?:\d{2}|[A-Z][a-z]{2})-\d{2}[T ,_](?:[A-Z][a-z]{2} )?\d{2}:\d{2}:\d{2}(?:[.,]\d{1,7})?"#,
        r#"(?:Z| ?[+-]\d{2}:?\d{2})?)["'\]]?(?P<between>[^A-Za-z]{0,12}|[^\r\n]{1,40}?[\[|,;\s]"?)"#,
        r#"(?P<level>ERROR|FATAL|Error|Fatal)\b"?\]?(?P<rest>.*)$"#
    ))
    .expect("a constant pattern")
});
/// The last field of a line of Alteryx, where it is quoted.
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^[^"]*,"(?P<message>.+?)"?\s*$"#).expect("a constant pattern"));
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:error ?code|errorcode|hresult|ntstatus)\b["']?\s*[:=]?\s*["']?(?P<said>[A-Za-z]{6,}|0x[0-9a-f]{8}|-?\d{2,10})\b"#)
        .expect("a constant pattern")
});
static CORRELATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\bcorrelation[ _-]?id["']?\s*[:=]\s*["']?(?P<said>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"#)
        .expect("a constant pattern")
});
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:user|user ?name|account|identity|principal|credential|as)\b["']?\s*[:=]?\s*["'<]?(?P<said>[^\s\x22'<>|:;,/\\@()\[\]]{1,64}\\[^\s\x22'<>|:;,/\\@()\[\]]{1,64}|[^\s\x22'<>|:;,/\\@()\[\]]{1,64}@[A-Za-z0-9.\-]{1,128}[A-Za-z0-9])"#)
        .expect("a constant pattern")
});
static MACHINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:machine ?name|computer ?name|host ?name|worker)["']?\s*[:=]\s*["'<]?(?P<said>[A-Za-z0-9_.\-]{2,253}[A-Za-z0-9])"#)
        .expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "robot log",
    marks: &[
        "AlteryxService",
        "AlteryxServerHost",
        "AlteryxGallery",
        "AlteryxEngineCmd",
        "UIFlowService",
        "Microsoft.Flow.RPA",
        "PAD.Console",
        "PAD.Robot",
        "com.automationanywhere",
        "UiPath.",
        "BluePrism.",
    ],
    read,
};

/// Reads the newest errors. Closes nothing, claims nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut best = "";
    let mut lines: Vec<Line<'_>> = Vec::new();
    for line in lines_with(text, &LEVELS) {
        let Some(found) = LINE.captures(line.text) else {
            continue;
        };
        let stamp = found.name("stamp").map_or("", |stamp| stamp.as_str());
        if stamp < best || product(line.text).is_none() {
            continue;
        }
        if stamp > best {
            best = stamp;
            lines.clear();
        }
        if lines.len() < MOST {
            lines.push(line);
        }
    }
    newest(lines.into_iter().filter_map(record).collect())
}

fn product(line: &str) -> Option<(std::ops::Range<usize>, &'static str)> {
    PRODUCTS.iter().find_map(|(word, product)| {
        let at = line.find(word)?;
        Some((at..at + word.len(), *product))
    })
}

fn record(line: Line<'_>) -> Option<Record> {
    let found = LINE.captures(line.text)?;
    let of = |name: &str| {
        found.name(name).map(|part| Said {
            value: part.as_str().to_owned(),
            span: line.span(part.range()),
        })
    };
    let rest = found.name("rest")?;
    let inside = |pattern: &Regex| {
        let said = pattern.captures(rest.as_str())?.name("said")?;
        Some(Said {
            value: said.as_str().to_owned(),
            span: line.span(rest.start() + said.start()..rest.start() + said.end()),
        })
    };
    let (at, product) = product(line.text)?;
    let message = QUOTED
        .captures(rest.as_str())
        .and_then(|found| found.name("message"))
        .map_or(0..rest.len(), |message| message.range());
    let written = &rest.as_str()[message.clone()];
    let lead = written.len()
        - written
            .trim_start_matches(['|', ',', ';', ':', '-', ']', '"', ' ', '\t'])
            .len();
    let written = &written[lead..];
    let written = written[..cut(written)].trim_end();
    let start = rest.start() + message.start + lead;
    Some(Record {
        product: Some(Said {
            value: product.to_owned(),
            span: line.span(at),
        }),
        status: of("level"),
        code: inside(&CODE),
        message: Some(Said {
            value: written.to_owned(),
            span: line.span(start..start + written.len()),
        }),
        machine: inside(&MACHINE),
        account: inside(&ACCOUNT),
        started: of("stamp"),
        correlation: inside(&CORRELATION),
        failed: true,
    })
}
