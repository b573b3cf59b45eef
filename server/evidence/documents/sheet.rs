//! The sheets of an Excel file (ECMA-376 part 1, 18.3 and 18.4).
//!
//! ```xml
//! <row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2"><v>1385</v></c><c r="C2" t="inlineStr"><is><t>x</t></is></c></row>
//! ```

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::office::{End, Xml, walk, write_reference};
use crate::evidence::limits::Cut;

/// A sheet as the workbook lists it.
pub(super) struct Title {
    pub(super) name: String,
    /// What leads to its part.
    pub(super) link: Option<String>,
}

/// So many sheets and parts are remembered.
const MOST: usize = 1000;

/// The sheets that the workbook lists, in their order.
pub(super) fn titles(xml: &mut Xml<'_>, titles: &mut Vec<Title>) -> Result<(), End> {
    walk(xml, |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && tag.local_name().as_ref() == "sheet"
            && titles.len() < MOST
        {
            titles.push(Title {
                name: attribute(&tag, "name").unwrap_or_else(|| "Sheet".to_owned()),
                link: attribute(&tag, "id"),
            });
        }
        Ok(())
    })
}

/// The parts that a document in this folder names, by what leads to them.
pub(super) fn targets(
    xml: &mut Xml<'_>,
    folder: &str,
    targets: &mut BTreeMap<String, String>,
) -> Result<(), End> {
    walk(xml, |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && let Some(link) = attribute(&tag, "Id")
            && let Some(target) = attribute(&tag, "Target")
            && targets.len() < MOST
        {
            let part = match target.strip_prefix('/') {
                Some(part) => part.to_owned(),
                None => format!("{folder}{target}"),
            };
            targets.insert(link, part);
        }
        Ok(())
    })
}

/// The texts that cells name by number.
pub(super) fn shared_texts(
    xml: &mut Xml<'_>,
    texts: &mut Vec<String>,
    most: usize,
) -> Result<(), End> {
    let mut in_text = false;
    let mut length = 0;
    walk(xml, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "si" => texts.push(String::new()),
                "t" => in_text = true,
                _ => {}
            },
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => texts.push(String::new()),
            Event::End(tag) if tag.local_name().as_ref() == "t" => in_text = false,
            event if in_text => {
                if let Some(last) = texts.last_mut() {
                    let before = last.len();
                    take(&event, last);
                    length += last.len() - before;
                }
            }
            _ => {}
        }
        // An empty text costs memory too.
        if length + texts.len() * size_of::<String>() > most {
            return Err(Cut::Text);
        }
        Ok(())
    })
}

/// The rows of a sheet, one a line; `wordless` counts the cells whose words are not among the shared ones.
pub(super) fn rows(
    xml: &mut Xml<'_>,
    shared: &[String],
    text: &mut String,
    wordless: &mut usize,
    most: usize,
) -> Result<(), End> {
    let mut value = String::new();
    let (mut in_value, mut is_shared, mut first) = (false, false, true);
    walk(xml, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "row" => first = true,
                "c" => {
                    is_shared = attribute(&tag, "t").as_deref() == Some("s");
                    value.clear();
                }
                "v" | "t" => in_value = true,
                _ => {}
            },
            Event::Empty(tag) if tag.local_name().as_ref() == "c" => cell(text, "", &mut first),
            Event::End(tag) => match tag.local_name().as_ref() {
                "v" | "t" => in_value = false,
                "c" if is_shared => {
                    let number = value.trim().parse::<usize>().ok();
                    let words = number.and_then(|number| shared.get(number));
                    *wordless += usize::from(words.is_none());
                    cell(text, words.map_or("", String::as_str), &mut first);
                }
                "c" => cell(text, &value, &mut first),
                "row" if !text.is_empty() && !text.ends_with('\n') => text.push('\n'),
                _ => {}
            },
            event if in_value => take(&event, &mut value),
            _ => {}
        }
        if text.len().saturating_add(value.len()) > most {
            return Err(Cut::Text);
        }
        Ok(())
    })
}

fn cell(text: &mut String, words: &str, first: &mut bool) {
    if !std::mem::take(first) {
        text.push('\t');
    }
    // A row is a line, whatever its cells hold.
    text.extend(
        words
            .chars()
            .map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }),
    );
}

fn take(event: &Event<'_>, into: &mut String) {
    match event {
        Event::Text(words) => into.push_str(words),
        Event::CData(words) => into.push_str(words),
        Event::GeneralRef(name) => write_reference(name, into),
        _ => {}
    }
}

/// An attribute without its escapes, which titles and types hold seldom.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.replace("&amp;", "&"))
}
