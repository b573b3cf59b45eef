//! Word and Excel files (ECMA-376): zips of XML. Text alone is taken; no entity is expanded, nothing is fetched.
//!
//! ```xml
//! <w:p><w:r><w:t>The run failed: </w:t></w:r><w:r><w:t>0xC000015B</w:t></w:r></w:p>
//! ```

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::sheet;
use crate::evidence::archive::zip::Zip;
use crate::evidence::inbox::Inbox;
use crate::evidence::limits::{Cut, Metered};

/// XML that is read as it comes.
pub(super) type Xml<'a> = Reader<BufReader<&'a mut dyn Read>>;

/// The parts of a Word file that hold text, in reading order.
const WORD_PARTS: [&str; 4] = [
    "word/document.xml",
    "word/footnotes.xml",
    "word/endnotes.xml",
    "word/comments.xml",
];

/// The paragraphs of a Word file, one a line; cells of a table apart by tabs.
pub(in crate::evidence) fn word(inbox: &mut Inbox, name: &str, archive: &mut Zip<'_, '_>) {
    let mut text = String::new();
    for part in WORD_PARTS {
        let most = most(inbox).saturating_sub(text.len());
        with_part(inbox, name, archive, part, &mut |xml| {
            paragraphs(xml, &mut text, most)
        });
    }
    inbox.add(name, text);
    let pictures = archive
        .file_names_raw()
        .filter(|file| file.starts_with(b"word/media/"))
        .count();
    if pictures > 0 {
        let what = format!(
            "Pictures in this document were not read ({pictures}): Signpost reads text; in a Windows message box Ctrl+C copies its text."
        );
        inbox.problem(name, what);
    }
}

/// The sheets of an Excel file, each a source: a row a line, cells apart by tabs.
pub(in crate::evidence) fn excel(inbox: &mut Inbox, name: &str, archive: &mut Zip<'_, '_>) {
    let mut shared = Vec::new();
    let most_text = most(inbox);
    with_part(inbox, name, archive, "xl/sharedStrings.xml", &mut |xml| {
        sheet::shared_texts(xml, &mut shared, most_text)
    });
    let mut titles = Vec::new();
    with_part(inbox, name, archive, "xl/workbook.xml", &mut |xml| {
        sheet::titles(xml, &mut titles)
    });
    let mut number = 1;
    while archive.index_for_name(&part_of_sheet(number)).is_some() {
        let mut text = String::new();
        let most = most(inbox);
        with_part(inbox, name, archive, &part_of_sheet(number), &mut |xml| {
            sheet::rows(xml, &shared, &mut text, most)
        });
        let title = titles.get(number - 1).cloned();
        let title = title.unwrap_or_else(|| format!("Sheet{number}"));
        if !text.is_empty() {
            if !inbox.ledger.take_file() {
                inbox.problem(name, "Further sheets in it were left out: it is too much.");
                return;
            }
            inbox.add(&format!("{name}/{title}"), text);
        }
        number += 1;
    }
}

fn part_of_sheet(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

/// How many bytes of text may still be kept.
fn most(inbox: &Inbox) -> usize {
    usize::try_from(inbox.ledger.text_left()).unwrap_or(usize::MAX)
}

/// Reads one part where it is there. What the reading does not finish is said.
fn with_part(
    inbox: &mut Inbox,
    name: &str,
    archive: &mut Zip<'_, '_>,
    part: &str,
    read: &mut dyn FnMut(&mut Xml<'_>) -> Result<(), Cut>,
) {
    let Some(index) = archive.index_for_name(part) else {
        return;
    };
    let ledger = inbox.ledger.clone();
    let Ok(mut file) = archive.by_index(index) else {
        inbox.problem(
            name,
            "This document is damaged or encrypted: copy its text and paste it.",
        );
        return;
    };
    let packed = file.compressed_size();
    // One element may hold a whole part, so that a part is no larger than the text that may be kept.
    let left = ledger.text_left();
    let mut unpacked = Metered::unpacked(&mut file, &ledger, Some(packed)).at_most(left, Cut::Text);
    let done = {
        let stream: &mut dyn Read = &mut unpacked;
        let mut xml = Reader::from_reader(BufReader::new(stream));
        xml.config_mut().check_end_names = false;
        read(&mut xml)
    };
    if let Some(cut) = unpacked.cut().or(done.err()) {
        let count = unpacked.count();
        inbox.cut(name, count, cut);
    }
}

/// Walks over the XML; a torn end is the end.
pub(super) fn walk(
    xml: &mut Xml<'_>,
    mut seen: impl FnMut(Event<'_>) -> Result<(), Cut>,
) -> Result<(), Cut> {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(event) => seen(event)?,
        }
    }
}

/// The letter of one of XML's own five entities or of a number; those that a document defines mean nothing here.
pub(super) fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

fn paragraphs(xml: &mut Xml<'_>, text: &mut String, most: usize) -> Result<(), Cut> {
    let most = text.len().saturating_add(most);
    let mut in_text = false;
    let mut cell = 0;
    walk(xml, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => in_text = true,
                "tr" => cell = 0,
                "tc" => {
                    if cell > 0 {
                        while text.ends_with('\n') {
                            text.pop();
                        }
                        text.push('\t');
                    }
                    cell += 1;
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_text = false,
                "p" => text.push('\n'),
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "tab" => text.push('\t'),
                "br" | "cr" | "p" => text.push('\n'),
                "noBreakHyphen" => text.push('-'),
                _ => {}
            },
            Event::Text(words) if in_text => text.push_str(&words),
            Event::CData(words) if in_text => text.push_str(&words),
            Event::GeneralRef(name) if in_text => text.extend(reference(&name)),
            _ => {}
        }
        if text.len() > most {
            return Err(Cut::Text);
        }
        Ok(())
    })
}
