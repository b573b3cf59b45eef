//! Every reader on a large input that is made here, in two sizes: the larger takes four times as long where reading
//! costs what it reads, and much longer where it does not.
//!
//! `cargo bench --bench readers`. To add one: a row of [`CASES`].

use std::fmt::{self, Display, Formatter, Write as _};
use std::io::{Cursor, Write as _};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use signpost::evidence::{self, ReadOptions, Submission, Upload};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MIB: usize = 1024 * 1024;
const SIZES: [usize; 2] = [MIB, 4 * MIB];

/// How copies of a sample make one file.
#[derive(Clone, Copy)]
enum Made {
    /// One behind the other, a blank line between.
    Listed,
    /// The same, each copy one line or several without a blank line between.
    Lined,
    /// In the array that the sample is, or in one of their own.
    Array,
    /// Between what opens and what closes.
    Within(&'static str, &'static str),
    /// The first line once, the others again and again.
    Table,
    /// A Word document with a paragraph for each line.
    Word,
    /// A workbook with a row for each line.
    Excel,
}

/// Name, sample, what in it is another number in each copy, and how copies make a file.
type Row = (&'static str, &'static str, &'static str, Made);

macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!("../tests/fixtures/", $path))
    };
}

const LINES: &str = "2026-03-01 10:00:01 INFO worker 318204 took an order from the queue\n";
const WORDS: &str = "INFO worker 318204 took an order from the queue; ";
const MAIL: &str =
    "2026-03-01 10:00:01 the run 318204 of M=FCller ended with 0xC000015B, see =\nthe log\n";
const HTML: &str = "<tr><td>318204</td><td><b>M&uuml;ller</b></td><td>the run ended<br>with 0xC000015B</td></tr>\n";

const CASES: &[Row] = &[
    (
        "dsregcmd",
        fixture!("dsregcmd/hybrid.txt"),
        "2026",
        Made::Listed,
    ),
    (
        "reg query",
        fixture!("registry/query-key.txt"),
        "TSMM",
        Made::Listed,
    ),
    (
        ".reg",
        fixture!("registry/policy.reg"),
        "Policies",
        Made::Listed,
    ),
    (
        "credential providers",
        fixture!("credential_providers/export.reg"),
        "Windows",
        Made::Listed,
    ),
    (
        "secedit",
        fixture!("secedit/export.inf"),
        "svc-robot",
        Made::Lined,
    ),
    ("whoami", fixture!("whoami/all.txt"), "robot", Made::Listed),
    ("net user", fixture!("net/user.txt"), "robot", Made::Listed),
    (
        "systeminfo",
        fixture!("tools/systeminfo-en.txt"),
        "RPA-VM",
        Made::Listed,
    ),
    (
        "quser",
        fixture!("tools/quser-en.txt"),
        "robot",
        Made::Listed,
    ),
    (
        "sc query",
        fixture!("tools/sc-query.txt"),
        "UIFlow",
        Made::Listed,
    ),
    (
        "klist",
        fixture!("tools/klist-en.txt"),
        "krbtgt",
        Made::Listed,
    ),
    (
        "w32tm",
        fixture!("tools/w32tm-status-en.txt"),
        "Stratum",
        Made::Listed,
    ),
    (
        "w32tm chart",
        fixture!("tools/w32tm-stripchart.txt"),
        "-312.",
        Made::Listed,
    ),
    (
        "nltest",
        fixture!("tools/nltest-bad.txt"),
        "fabrikam",
        Made::Listed,
    ),
    (
        "Test-NetConnection",
        fixture!("tools/test-net.txt"),
        "443",
        Made::Listed,
    ),
    (
        "settings",
        fixture!("tools/settings.txt"),
        "RPA",
        Made::Listed,
    ),
    (
        "event XML",
        fixture!("events/4625.xml"),
        "318204",
        Made::Within("<Events>", "</Events>"),
    ),
    (
        "event text",
        fixture!("events/4625.en.txt"),
        "0x3E7",
        Made::Listed,
    ),
    (
        "event text, de",
        fixture!("events/4625.de.txt"),
        "0x3E7",
        Made::Listed,
    ),
    (
        "event list",
        fixture!("events/get-winevent-list.txt"),
        "RPA-VM",
        Made::Listed,
    ),
    (
        "event CSV",
        fixture!("events/event-viewer.csv"),
        "6:00:11",
        Made::Table,
    ),
    (
        "winlogbeat",
        fixture!("events/winlogbeat.json"),
        "06:00:11",
        Made::Lined,
    ),
    ("NXLog", fixture!("events/nxlog.json"), "88126", Made::Lined),
    (
        "Wazuh",
        fixture!("events/wazuh.json"),
        "06:00:11",
        Made::Array,
    ),
    (
        "Get-WinEvent JSON",
        fixture!("events/get-winevent.json"),
        "88128",
        Made::Array,
    ),
    (
        "Splunk",
        fixture!("events/splunk.txt"),
        "88131",
        Made::Listed,
    ),
    (
        "run history",
        fixture!("runs/run-history.json"),
        "0858470",
        Made::Array,
    ),
    (
        "flowsession",
        fixture!("runs/flowsession.json"),
        "8f0c1111",
        Made::Array,
    ),
    (
        "UiPath log",
        fixture!("runs/uipath-execution.log"),
        "06:00:1",
        Made::Lined,
    ),
    (
        "PAD log",
        fixture!("runs/pad-service.log"),
        "2026",
        Made::Lined,
    ),
    (
        "Alteryx log",
        fixture!("runs/alteryx-service.log"),
        "2026",
        Made::Lined,
    ),
    (
        "collector report",
        fixture!("reports/collector-healthy/input/report.json"),
        "2026",
        Made::Array,
    ),
    (
        "any JSON",
        "{\"a\":[318204,null,{\"code\":\"0x80070569\",\"b\":\"c d e\"}]}",
        "318204",
        Made::Array,
    ),
    ("text", LINES, "318204", Made::Lined),
    ("one line", WORDS, "318204", Made::Within("", "")),
    (
        "mail",
        MAIL,
        "318204",
        Made::Within(
            "From: a@fabrikam.test\r\nTo: b@fabrikam.test\r\nSubject: run\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
            "\r\n",
        ),
    ),
    (
        "HTML",
        HTML,
        "318204",
        Made::Within(
            "<!DOCTYPE html><html><body><table>",
            "</table></body></html>",
        ),
    ),
    (".docx", LINES, "318204", Made::Word),
    (".xlsx", LINES, "318204", Made::Excel),
];

/// A row in one size.
#[derive(Clone, Copy)]
struct Case(&'static Row, usize);

impl Display for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self((name, ..), size) = self;
        write!(f, "{name}, {} MiB", size / MIB)
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let rows = CASES.iter();
    rows.flat_map(|row| SIZES.iter().map(move |size| Case(row, *size)))
}

fn main() {
    divan::main();
}

#[divan::bench(args = cases(), sample_count = 3, sample_size = 1)]
fn reading(bencher: Bencher, case: Case) {
    let file = file(case);
    let submission = Submission {
        files: vec![Upload::new("file", file)],
        ..Submission::default()
    };
    let options = ReadOptions::default();
    let read = || evidence::read(black_box(&submission), 1, &options);
    let texts = read().sources;
    let bytes = texts.iter().map(|source| source.text.as_str().len());
    let bytes = bytes.sum::<usize>();
    assert!(bytes * 2 > case.1 / 2, "{case} is read as what it is");
    bencher.counter(BytesCount::new(bytes)).bench(read);
}

/// About as many bytes as asked for.
fn file(Case((_, sample, number, made), size): Case) -> Vec<u8> {
    assert!(sample.contains(number), "{number} is in its sample");
    let mut whole = String::with_capacity(size + 2 * sample.len());
    let (first, sample) = match made {
        Made::Table => sample.split_at(sample.find('\n').map_or(0, |end| end + 1)),
        Made::Within(open, _) => (*open, *sample),
        Made::Array => ("[", inside(sample)),
        _ => ("", *sample),
    };
    whole.push_str(first);
    let mut copy = 1_000_000;
    while whole.len() < size {
        copy += 1;
        if matches!(made, Made::Array) && copy > 1_000_001 {
            whole.push(',');
        }
        whole.push_str(&sample.replace(number, &format!("{number}{copy}")));
        match made {
            Made::Listed => whole.push_str("\n\n"),
            Made::Lined | Made::Table if !whole.ends_with('\n') => whole.push('\n'),
            _ => {}
        }
    }
    match made {
        Made::Array => whole.push(']'),
        Made::Within(_, close) => whole.push_str(close),
        Made::Word => return word(&whole),
        Made::Excel => return excel(&whole),
        _ => {}
    }
    whole.into_bytes()
}

/// What stands in an array; anything else is one element.
fn inside(sample: &str) -> &str {
    let trimmed = sample.trim();
    trimmed
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(trimmed)
}

fn word(text: &str) -> Vec<u8> {
    let mut document = String::from("<w:document xmlns:w=\"w\"><w:body>");
    for line in text.lines() {
        let _ = write!(document, "<w:p><w:r><w:t>{line}</w:t></w:r></w:p>");
    }
    document.push_str("</w:body></w:document>");
    zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", &document),
    ])
}

fn excel(text: &str) -> Vec<u8> {
    let mut sheet = String::from("<worksheet><sheetData>");
    for line in text.lines() {
        let _ = write!(
            sheet,
            "<row><c t=\"inlineStr\"><is><t>{line}</t></is></c><c><v>7</v></c></row>"
        );
    }
    sheet.push_str("</sheetData></worksheet>");
    zip(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"a\"/></sheets></workbook>",
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // Stored: such a text packs so well that it would be taken for a bomb.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in files {
        zip.start_file(*name, options).expect("a zip in memory");
        zip.write_all(text.as_bytes()).expect("a zip in memory");
    }
    zip.finish().expect("a zip in memory").into_inner()
}

/// Many little files in one zip: four times as many take four times as long.
#[divan::bench(args = [1250, 5000], sample_count = 5, sample_size = 1)]
fn a_zip_of_entries(bencher: Bencher, entries: usize) {
    let text = LINES.repeat(8);
    let names = (0..entries).map(|n| format!("logs/{}/run.log", n % 50 * 100 + n / 50));
    let names = names.collect::<Vec<_>>();
    let files = names.iter().map(|name| (name.as_str(), text.as_str()));
    zip_of(bencher, &files.collect::<Vec<_>>());
}

/// The same where all have one name in the end: control characters go.
#[divan::bench(args = [1250, 5000], sample_count = 5, sample_size = 1)]
fn a_zip_of_entries_of_one_name(bencher: Bencher, entries: usize) {
    let text = LINES.repeat(8);
    let sign = |number: usize| char::from_u32(u32::try_from(number % 8 + 1).unwrap_or(1));
    let names = (0..entries).map(|n| {
        let digits = [n, n / 8, n / 64, n / 512, n / 4096].into_iter();
        format!("{}run.log", digits.filter_map(sign).collect::<String>())
    });
    let names = names.collect::<Vec<_>>();
    let files = names.iter().map(|name| (name.as_str(), text.as_str()));
    zip_of(bencher, &files.collect::<Vec<_>>());
}

fn zip_of(bencher: Bencher, files: &[(&str, &str)]) {
    let submission = Submission {
        files: vec![Upload::new("report.zip", zip(files))],
        ..Submission::default()
    };
    let mut options = ReadOptions::default();
    options.budget.files = 6000;
    let read = || evidence::read(black_box(&submission), 1, &options);
    let count = read().sources.len();
    assert_eq!(count, files.len());
    bencher
        .counter(divan::counter::ItemsCount::new(count))
        .bench(read);
}
