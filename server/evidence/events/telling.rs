//! What a record of a binary log tells, taken from its template and its values as [`Row::scan`] takes it from its XML.

use std::borrow::Cow;
use std::ops::Range;

use super::instance::{Chunk, Value, kinds};
use super::row::Row;
use super::template::{Content, Element, Kind, LONGEST_ATTRIBUTE, Node, Template, Told, is_plain};
use super::value;

/// What a record tells, written one behind the other; memory that is used again.
#[derive(Default)]
pub(super) struct Written {
    text: Vec<u8>,
    heads: [Range<usize>; 6],
    data: Vec<(Range<usize>, Range<usize>)>,
}

/// The places of [`Written::heads`].
#[derive(Clone, Copy)]
enum Head {
    Time,
    Id,
    Level,
    Computer,
    Provider,
    Channel,
}

/// A record that is not built as usual.
struct Unusual;

impl Written {
    /// Takes what a record of this chunk tells.
    pub(super) fn take(&mut self, chunk: &Chunk<'_>, record: usize) -> Option<()> {
        self.text.clear();
        self.heads = Default::default();
        self.data.clear();
        let mut scan = Scan {
            chunk,
            told: self,
            in_data: false,
            in_user_data: false,
            unnamed: 0,
            opened: 0,
        };
        scan.instance(record)
    }

    pub(super) fn row(&self) -> Option<Row<'_>> {
        let text = std::str::from_utf8(&self.text).ok()?;
        let said = |range: &Range<usize>| Cow::Borrowed(&text[range.clone()]);
        let head = |head: Head| said(&self.heads[head as usize]);
        Some(Row {
            time: head(Head::Time),
            id: text[self.heads[Head::Id as usize].clone()].trim(),
            level: text[self.heads[Head::Level as usize].clone()].trim(),
            computer: head(Head::Computer),
            provider: head(Head::Provider),
            channel: head(Head::Channel),
            data: self
                .data
                .iter()
                .map(|(name, value)| (said(name), said(value)))
                .collect(),
        })
    }
}

/// Goes along a record as [`Row::scan`] goes along its XML.
struct Scan<'c, 'w> {
    chunk: &'c Chunk<'c>,
    told: &'w mut Written,
    in_data: bool,
    in_user_data: bool,
    unnamed: usize,
    /// How many elements there were.
    opened: usize,
}

impl<'c> Scan<'c, '_> {
    fn instance(&mut self, number: usize) -> Option<()> {
        let chunk = self.chunk;
        let instance = chunk.instances.get(number)?;
        let (_, template) = &chunk.templates[instance.template];
        let values = &chunk.values[instance.values.clone()];
        self.nodes(template, values, 0..template.nodes.len())
    }

    fn nodes(
        &mut self,
        template: &'c Template,
        values: &'c [Value],
        nodes: Range<usize>,
    ) -> Option<()> {
        let mut at = nodes.start;
        while at < nodes.end {
            match &template.nodes[at] {
                Node::Value(value) => {
                    match values.get(usize::from(*value)) {
                        Some(value) if value.instance.is_some() => {
                            self.instance(value.instance?)?;
                        }
                        Some(value) if !self.is_empty(value) => return None,
                        _ => {}
                    }
                    at += 1;
                }
                Node::Element(element) => {
                    let on = element
                        .dependency
                        .and_then(|value| values.get(usize::from(value)));
                    // Nothing holds the root that could be without it.
                    if at == 0 || !on.is_some_and(Value::is_null) {
                        self.element(template, values, at, element)?;
                    }
                    at = element.end;
                }
            }
        }
        Some(())
    }

    fn element(
        &mut self,
        template: &'c Template,
        values: &'c [Value],
        at: usize,
        element: &'c Element,
    ) -> Option<()> {
        let attributes = template.attribute_values(element).iter();
        for value in attributes.filter_map(|value| values.get(usize::from(*value))) {
            if !self.is_attribute(value) {
                return None;
            }
        }
        if let Content::Value(value) = element.content
            && let Some(value) = values.get(usize::from(value))
            && value.kind == kinds::TEXTS
            && !value.bytes.is_empty()
        {
            if element.kind != Kind::Data || element.attributes > 0 {
                return None;
            }
            // The element comes once for each of them.
            let texts = self.bytes(value);
            let ends = texts
                .chunks_exact(2)
                .enumerate()
                .filter(|(_, unit)| **unit == [0, 0]);
            let mut start = value.bytes.start;
            for (end, _) in ends {
                let end = value.bytes.start + end * 2;
                let field = self.open(template, values, element).ok()?;
                let text = Value {
                    kind: kinds::TEXT,
                    bytes: start..end,
                    instance: None,
                };
                let written = self.write(&text)?;
                self.content(element.kind, field, written);
                start = end + 2;
            }
            return Some(());
        }
        let field = self.open(template, values, element).ok()?;
        let written = match &element.content {
            Content::Closed => return Some(()),
            Content::Empty => 0..0,
            Content::Text(text) => self.put(template.text(text)),
            Content::Nodes => {
                let before = self.opened;
                self.nodes(template, values, at + 1..element.end)?;
                // What held elements is no field; what would have and holds none is empty.
                if self.opened != before {
                    return Some(());
                }
                0..0
            }
            Content::Value(value) => match values.get(usize::from(*value)) {
                Some(value) if value.instance.is_some() => return self.instance(value.instance?),
                Some(value) if field.is_some() || is_head(element.kind) => self.write(value)?,
                _ => 0..0,
            },
        };
        self.content(element.kind, field, written);
        Some(())
    }

    /// The tag that opens an element; gives the name of the field that it makes.
    fn open(
        &mut self,
        template: &'c Template,
        values: &'c [Value],
        element: &'c Element,
    ) -> Result<Option<Range<usize>>, Unusual> {
        self.opened += 1;
        let mut field = None;
        match element.kind {
            Kind::EventData => self.in_data = true,
            Kind::UserData => {
                self.in_data = true;
                self.in_user_data = true;
            }
            Kind::Data => {
                let named = self.told(template, values, element)?;
                field = Some(named.unwrap_or_else(|| {
                    self.unnamed += 1;
                    let start = self.told.text.len();
                    self.told.text.extend_from_slice(b"param");
                    value::decimal(self.unnamed as u64, &mut self.told.text);
                    start..self.told.text.len()
                }));
            }
            _ if self.in_user_data => field = Some(self.put(template.name(element))),
            Kind::Provider if !self.in_data => {
                let name = self.told(template, values, element)?;
                self.told.heads[Head::Provider as usize] = name.unwrap_or_default();
            }
            Kind::TimeCreated if !self.in_data => {
                let time = self.told(template, values, element)?;
                self.told.heads[Head::Time as usize] = time.unwrap_or_default();
            }
            Kind::Security if !self.in_data => {
                if let Some(user) = self.told(template, values, element)? {
                    let name = self.put("UserID");
                    self.told.data.push((name, user));
                }
            }
            _ => {}
        }
        Ok(field)
    }

    fn content(&mut self, kind: Kind, field: Option<Range<usize>>, written: Range<usize>) {
        if let Some(field) = field {
            self.told.data.push((field, written));
            return;
        }
        let head = match kind {
            Kind::EventId => Head::Id,
            Kind::Level => Head::Level,
            Kind::Computer => Head::Computer,
            Kind::Channel => Head::Channel,
            _ => return,
        };
        if !self.in_data {
            self.told.heads[head as usize] = written;
        }
    }

    /// What the attribute says that a line needs; nothing where it is left out.
    fn told(
        &mut self,
        template: &Template,
        values: &[Value],
        element: &Element,
    ) -> Result<Option<Range<usize>>, Unusual> {
        match &element.told {
            None => Ok(None),
            Some(Told::Text(text)) => Ok(Some(self.put(template.text(text)))),
            Some(Told::Value(value)) => match values.get(usize::from(*value)) {
                Some(value) if !self.is_empty(value) => self.write(value).map(Some).ok_or(Unusual),
                // Then another one comes first.
                _ if element.attributes > 1 => Err(Unusual),
                _ => Ok(None),
            },
        }
    }

    fn put(&mut self, text: &str) -> Range<usize> {
        let start = self.told.text.len();
        self.told.text.extend_from_slice(text.as_bytes());
        start..self.told.text.len()
    }

    fn write(&mut self, value: &Value) -> Option<Range<usize>> {
        let start = self.told.text.len();
        value::write(value.kind, self.bytes(value), &mut self.told.text)?;
        Some(start..self.told.text.len())
    }

    fn bytes(&self, value: &Value) -> &'c [u8] {
        &self.chunk.data[value.bytes.clone()]
    }

    /// Whether nothing is written for a value: a text ends at a zero.
    fn is_empty(&self, value: &Value) -> bool {
        value.is_empty() || value.kind == kinds::TEXT && self.bytes(value).starts_with(&[0, 0])
    }

    /// Whether a value stands in a tag as it is, and leaves that tag short.
    fn is_attribute(&self, value: &Value) -> bool {
        let bytes = self.bytes(value);
        match value.kind {
            kinds::TEXT => {
                bytes.len() <= 2 * LONGEST_ATTRIBUTE
                    && bytes
                        .chunks_exact(2)
                        .all(|unit| unit[1] == 0 && is_plain(unit[0]))
            }
            kinds::SID => bytes.len() <= 8 + 15 * 4,
            kinds::ANSI | kinds::BINARY | kinds::TEXTS | kinds::BIN_XML => bytes.is_empty(),
            _ => true,
        }
    }
}

fn is_head(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::EventId | Kind::Level | Kind::Computer | Kind::Channel
    )
}
