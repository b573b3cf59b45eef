//! Mails, Office files and pages with bytes changed, cut short, torn or without a part: what they held is there, or it is
//! said that it is not.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use signpost::evidence::{Evidence, ReadOptions, read};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::engine::file;
use super::mutate::flipped;

const MAIL: &str = concat!(
    "From: Kim Vogel <kim@contoso.example>\r\nSubject: =?utf-8?Q?Ger=C3=A4t?=\r\nMIME-Version: 1.0\r\n",
    "Content-Type: multipart/mixed; boundary=p4\r\n\r\n--p4\r\nContent-Type: text/html; charset=utf-8\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>the run ended in 0xC0000=\r\n15B</p>\r\n",
    "--p4\r\nContent-Type: message/rfc822\r\n\r\nSubject: before\r\n\r\nit was 1326 then\r\n",
    "--p4\r\nContent-Type: application/octet-stream; name=run.log\r\n",
    "Content-Disposition: attachment; filename=run.log\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    "ZmFpbGVkIHdpdGggMHhDMDAwMDE1Qgo=\r\n--p4--\r\n",
);
const PAGE: &str = "<!DOCTYPE html><html><head><style>p {}</style></head><body><p>ended in 0xC000015B</p></body></html>";
const WORD: &[(&str, &str)] = &[
    (
        "word/_rels/document.xml.rels",
        "<Relationships><Relationship Id='rId1' Target='footnotes.xml'/></Relationships>",
    ),
    (
        "word/document.xml",
        "<w:document xmlns:w='x'><w:p><w:r><w:t>the run ended in 0xC000015B</w:t></w:r></w:p></w:document>",
    ),
    (
        "word/footnotes.xml",
        "<w:footnotes xmlns:w='x'><w:p><w:r><w:t>on 0xC0000234</w:t></w:r></w:p></w:footnotes>",
    ),
];
const EXCEL: &[(&str, &str)] = &[
    (
        "xl/workbook.xml",
        "<workbook xmlns:r='r'><sheets><sheet name='Runs' r:id='rId1'/><sheet name='More' r:id='rId2'/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/><Relationship Id='rId2' Target='/xl/worksheets/sheet2.xml'/></Relationships>",
    ),
    (
        "xl/sharedStrings.xml",
        "<sst><si><t>Error</t></si><si><t>0xC000015B</t></si></sst>",
    ),
    (
        "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row></sheetData></worksheet>",
    ),
    (
        "xl/worksheets/sheet2.xml",
        "<worksheet><sheetData><row><c t='inlineStr'><is><t>0xC0000234</t></is></c></row></sheetData></worksheet>",
    ),
];
/// What each document holds.
const HELD: [&[&str]; 4] = [
    &["ended in 0xC000015B", "1326", "failed with 0xC000015B"],
    &["ended in 0xC000015B"],
    &["0xC000015B", "0xC0000234"],
    &["0xC000015B", "0xC0000234"],
];

/// Stored and not deflated, so that a changed byte reaches the readers of what is inside.
fn packed<'a>(files: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn documents() -> [(&'static str, Vec<u8>); 4] {
    [
        ("mail.eml", MAIL.as_bytes().to_vec()),
        ("page.html", PAGE.as_bytes().to_vec()),
        ("word.docx", packed(WORD)),
        ("book.xlsx", packed(EXCEL)),
    ]
}

fn evidence(name: &str, bytes: &[u8]) -> Evidence {
    read(&file(name, bytes), 1, &ReadOptions::default())
}

/// The words that a document held and that are not read now.
fn lacks<'a>(which: usize, evidence: &Evidence) -> Vec<&'a str> {
    let sources = evidence.sources.iter();
    let all = sources.map(|one| one.text.as_str()).collect::<String>();
    let held = HELD[which].iter().copied();
    held.filter(|words| !all.contains(words)).collect()
}

/// Nothing grows beyond what was sent, which is small, and what is lost is said.
fn is_answered(which: usize, name: &str, bytes: &[u8]) {
    let evidence = evidence(name, bytes);
    let read = evidence.sources.iter().map(|one| one.text.as_str().len());
    assert!(read.sum::<usize>() < 16 * 1024, "{name}");
    let lost = lacks(which, &evidence);
    assert!(
        lost.is_empty() || !evidence.problems.is_empty(),
        "{name} lost {lost:?} without a word: {}",
        String::from_utf8_lossy(bytes)
    );
}

#[test]
fn documents_are_whole_before_they_are_changed() {
    for (which, (name, bytes)) in documents().into_iter().enumerate() {
        let evidence = evidence(name, &bytes);
        assert!(lacks(which, &evidence).is_empty(), "{name}: {evidence:?}");
        assert!(evidence.problems.is_empty(), "{:?}", evidence.problems);
    }
}

#[test]
fn a_document_that_was_cut_says_so() {
    for (which, (name, bytes)) in documents().into_iter().enumerate() {
        // A cut head of a mail is a text like any other, and so is a page without its first tag.
        let first = match name {
            "mail.eml" => MAIL.find("--p4\r\n").unwrap(),
            "page.html" => PAGE.find("<head>").unwrap(),
            _ => 5,
        };
        let last = bytes.len() - if name == "mail.eml" { 3 } else { 1 };
        for end in (first..last).step_by(3) {
            let problems = evidence(name, &bytes[..end]).problems;
            assert!(!problems.is_empty(), "{name} cut at {end}");
            is_answered(which, name, &bytes[..end]);
        }
    }
}

#[test]
fn every_byte_of_an_office_file_may_change() {
    for (which, (name, bytes)) in documents().into_iter().enumerate().skip(2) {
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 7);
            is_answered(which, name, &changed);
        }
    }
}

#[test]
fn a_part_that_is_missing_or_damaged_is_named_and_the_others_are_read() {
    let without = |files: &[(&'static str, &'static str)], part: &str| {
        packed(files.iter().filter(|(name, _)| *name != part))
    };
    let torn = |files: &[(&'static str, &'static str)], part: &str| {
        let cut = |(name, text): &(&'static str, &'static str)| {
            let half = text.find("0x").unwrap_or(text.len() / 2) + 4;
            (*name, if *name == part { &text[..half] } else { *text })
        };
        packed(&files.iter().map(cut).collect::<Vec<_>>())
    };
    let shared = "xl/sharedStrings.xml";
    let sheet = "xl/worksheets/sheet1.xml";
    for (name, bytes, what, kept) in [
        (
            "a.xlsx",
            without(EXCEL, shared),
            "lacks the words of 2 cells: they are missing",
            "0xC0000234",
        ),
        (
            "b.xlsx",
            torn(EXCEL, shared),
            "The part with the words of its cells is damaged",
            "0xC0000234",
        ),
        (
            "c.xlsx",
            without(EXCEL, sheet),
            "The sheet \u{201c}Runs\u{201d} is missing",
            "0xC0000234",
        ),
        (
            "d.xlsx",
            torn(EXCEL, sheet),
            "The sheet \u{201c}Runs\u{201d} is damaged",
            "0xC0000234",
        ),
        (
            "e.docx",
            without(WORD, "word/footnotes.xml"),
            "The part with the footnotes is missing",
            "0xC000015B",
        ),
        (
            "e.docx",
            torn(WORD, "word/footnotes.xml"),
            "The part with the footnotes is damaged",
            "0xC000015B",
        ),
        (
            "f.docx",
            torn(WORD, "word/document.xml"),
            "The text of this document is damaged",
            "0xC0000234",
        ),
    ] {
        let evidence = evidence(name, &bytes);
        let said = evidence
            .problems
            .iter()
            .map(|problem| problem.what.as_str());
        let said = said.collect::<Vec<_>>().join("\n");
        assert!(said.contains(what), "{name}: {said}");
        let mut texts = evidence.sources.iter().map(|one| one.text.as_str());
        assert!(texts.any(|text| text.contains(kept)), "{name}");
    }
}

#[test]
fn sheets_are_read_whatever_their_parts_are_called() {
    let book = packed(&[
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name='Runs'/></sheets></workbook>",
        ),
        (
            "xl/worksheets/sheet.xml",
            "<worksheet><row><c><v>1385</v></c></row></worksheet>",
        ),
        (
            "xl/worksheets/sheet7.xml",
            "<worksheet><row><c><v>1326</v></c></row></worksheet>",
        ),
    ]);
    let evidence = evidence("book.xlsx", &book);
    let names = evidence.sources.iter().map(|one| one.name.as_str());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["book.xlsx/sheet", "book.xlsx/sheet7"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn a_document_with_other_bytes_is_read(
        which in 0..4usize,
        from in any::<prop::sample::Index>(),
        hole in 0..80usize,
        flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..10),
    ) {
        let (name, bytes) = &documents()[which];
        evidence(name, &flipped(bytes.clone(), &flips));
        let from = from.index(bytes.len());
        let to = (from + hole).min(bytes.len());
        evidence(name, &[&bytes[..from], &bytes[to..]].concat());
        evidence(name, &[&bytes[..to], &bytes[from..]].concat());
    }
}
