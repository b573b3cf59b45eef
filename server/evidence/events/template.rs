//! What a binary log's records of one kind are made by: the definition of a template, as far as a line of text needs it.
//!
//! A definition is XML in tokens, with places into which each record puts its values. Only what Windows writes for
//! events is taken, and each value in one place: `None` for anything else, whose records are read by way of their XML.
//! MS-EVEN6 2.2.12.

use std::ops::Range;

/// The head of a definition: the next one, a GUID, the size.
const HEAD: usize = 24;
/// No definition of Windows is nearly as long.
const LONGEST: usize = 12 * 1024;
/// A name is no longer, in letters.
const LONGEST_NAME: usize = 128;
/// An attribute's text is no longer, in letters.
pub(super) const LONGEST_ATTRIBUTE: usize = 512;
const MOST_ATTRIBUTES: usize = 6;
const DEEPEST: usize = 16;
/// The element depends on no value.
const NO_DEPENDENCY: u16 = 0xffff;

/// See the head of this file.
pub(super) struct Template {
    /// All names and texts, one behind the other.
    text: String,
    /// Elements, each before what it holds.
    pub(super) nodes: Vec<Node>,
    /// The values that attributes take.
    attribute_values: Vec<u16>,
}

/// One part of a template.
pub(super) enum Node {
    Element(Element),
    /// Where an element's children come from a value.
    Value(u16),
}

/// An element of a template.
pub(super) struct Element {
    pub(super) kind: Kind,
    name: Range<usize>,
    /// The value without which it is left out.
    pub(super) dependency: Option<u16>,
    /// The attribute that tells what a line of text needs.
    pub(super) told: Option<Told>,
    /// How many attributes it has.
    pub(super) attributes: usize,
    attribute_values: Range<usize>,
    pub(super) content: Content,
    /// One past the last node that it holds.
    pub(super) end: usize,
}

/// What an element is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    EventData,
    UserData,
    Data,
    Provider,
    TimeCreated,
    Security,
    EventId,
    Level,
    Computer,
    Channel,
    Other,
}

/// What an attribute says.
pub(super) enum Told {
    Text(Range<usize>),
    Value(u16),
}

/// What stands between an element's tags.
pub(super) enum Content {
    /// Nothing, and no tag that closes it.
    Closed,
    Empty,
    Text(Range<usize>),
    Value(u16),
    /// The nodes behind it.
    Nodes,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "EventData" => Self::EventData,
            "UserData" => Self::UserData,
            "Data" => Self::Data,
            "Provider" => Self::Provider,
            "TimeCreated" => Self::TimeCreated,
            "Security" => Self::Security,
            "EventID" => Self::EventId,
            "Level" => Self::Level,
            "Computer" => Self::Computer,
            "Channel" => Self::Channel,
            _ => Self::Other,
        }
    }

    /// The attribute that is read of such an element.
    fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Data | Self::Provider => Some("Name"),
            Self::TimeCreated => Some("SystemTime"),
            Self::Security => Some("UserID"),
            _ => None,
        }
    }
}

impl Template {
    /// The template that is defined at this place of a chunk.
    pub(super) fn at(chunk: &[u8], start: usize) -> Option<Self> {
        let size = Cursor::at(chunk, start.checked_add(HEAD - 4)?).four()? as usize;
        let body = start.checked_add(HEAD)?;
        let end = body.checked_add(size)?;
        if size > LONGEST || end > chunk.len() {
            return None;
        }
        let template = Self {
            text: String::new(),
            nodes: Vec::new(),
            attribute_values: Vec::new(),
        };
        let mut reader = Reader {
            cursor: Cursor::at(chunk, body),
            template,
            used: [0; 4],
            open: Vec::new(),
            tag: None,
        };
        while reader.cursor.at < end {
            let token = reader.cursor.one()?;
            if token == 0x00 {
                break;
            }
            reader.take(token)?;
        }
        // One element holds all the others.
        let is_whole = reader.open.is_empty() && reader.tag.is_none();
        let template = reader.template;
        let root = match template.nodes.first()? {
            Node::Element(root) => root.end,
            Node::Value(_) => return None,
        };
        (is_whole && root == template.nodes.len()).then_some(template)
    }

    pub(super) fn text(&self, range: &Range<usize>) -> &str {
        &self.text[range.clone()]
    }

    pub(super) fn name(&self, element: &Element) -> &str {
        self.text(&element.name)
    }

    /// The values that an element's attributes take.
    pub(super) fn attribute_values(&self, element: &Element) -> &[u16] {
        &self.attribute_values[element.attribute_values.clone()]
    }
}

/// An element whose tag has not ended.
struct Tag {
    kind: Kind,
    name: Range<usize>,
    dependency: Option<u16>,
    /// Names, and what each says.
    attributes: Vec<(Range<usize>, Option<Told>)>,
}

/// An element that has not ended.
struct Open {
    node: usize,
    text: Option<Range<usize>>,
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    template: Template,
    /// A bit for each value that has its place.
    used: [u64; 4],
    open: Vec<Open>,
    tag: Option<Tag>,
}

impl Reader<'_> {
    fn take(&mut self, token: u8) -> Option<()> {
        match token {
            0x01 | 0x41 => self.open_tag(token == 0x41),
            0x02 => {
                let node = self.end_tag(Content::Nodes)?;
                if self.open.len() == DEEPEST {
                    return None;
                }
                self.open.push(Open { node, text: None });
                Some(())
            }
            0x03 => self.end_tag(Content::Closed).map(drop),
            0x04 => self.close(),
            0x05 | 0x45 => self.value(),
            0x06 | 0x46 => {
                let name = self.name()?;
                let tag = self.tag.as_mut()?;
                tag.attributes.push((name, None));
                (tag.attributes.len() <= MOST_ATTRIBUTES).then_some(())
            }
            0x0d | 0x0e => self.place(),
            // The head of a fragment.
            0x0f => self.cursor.skip(3),
            _ => None,
        }
    }

    fn open_tag(&mut self, has_attributes: bool) -> Option<()> {
        // A second root, or a tag in a tag.
        if self.tag.is_some() || (self.open.is_empty() && !self.template.nodes.is_empty()) {
            return None;
        }
        let dependency = self.cursor.two()?;
        self.cursor.skip(4)?;
        let name = self.name()?;
        if has_attributes {
            self.cursor.skip(4)?;
        }
        let is_usual =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let said = self.template.text(&name);
        if said.is_empty() || !said.bytes().all(is_usual) {
            return None;
        }
        self.tag = Some(Tag {
            kind: Kind::of(said),
            name,
            dependency: (dependency != NO_DEPENDENCY).then_some(dependency),
            attributes: Vec::new(),
        });
        Some(())
    }

    /// Makes the element of a tag that ends here; gives its number.
    fn end_tag(&mut self, content: Content) -> Option<usize> {
        let tag = self.tag.take()?;
        let attributes = tag.attributes.len();
        let values = self.template.attribute_values.len();
        let mut told = None;
        for (at, (name, says)) in tag.attributes.into_iter().enumerate() {
            let says = says?;
            if let Told::Value(value) = says {
                self.template.attribute_values.push(value);
            }
            if Some(self.template.text(&name)) == tag.kind.attribute() {
                // Behind another one it may not be the first place where its name stands.
                if at > 0 {
                    return None;
                }
                told = Some(says);
            }
        }
        if attributes > 0 && told.is_none() && tag.kind.attribute().is_some() {
            return None;
        }
        let node = self.template.nodes.len();
        self.template.nodes.push(Node::Element(Element {
            kind: tag.kind,
            name: tag.name,
            dependency: tag.dependency,
            told,
            attributes,
            attribute_values: values..self.template.attribute_values.len(),
            content,
            end: node + 1,
        }));
        Some(node)
    }

    fn close(&mut self) -> Option<()> {
        if self.tag.is_some() {
            return None;
        }
        let open = self.open.pop()?;
        let nodes = &mut self.template.nodes;
        let held = &nodes[open.node + 1..];
        let content = match (open.text, held) {
            (None, []) => Content::Empty,
            (Some(text), []) => Content::Text(text),
            (None, [Node::Value(value)]) => {
                let value = *value;
                nodes.pop();
                Content::Value(value)
            }
            // What holds values alone may turn out to hold words.
            (None, held) if held.iter().any(|node| matches!(node, Node::Element(_))) => {
                Content::Nodes
            }
            _ => return None,
        };
        let end = nodes.len();
        let Some(Node::Element(element)) = nodes.get_mut(open.node) else {
            return None;
        };
        element.content = content;
        element.end = end;
        Some(())
    }

    fn value(&mut self) -> Option<()> {
        if self.cursor.one()? != 0x01 {
            return None;
        }
        let length = usize::from(self.cursor.two()?);
        let text = self.text(length)?;
        if text.is_empty() {
            return None;
        }
        if let Some(tag) = &mut self.tag {
            let (_, says) = tag.attributes.last_mut()?;
            let written = &self.template.text[text.clone()];
            let fits = text.len() <= LONGEST_ATTRIBUTE && written.bytes().all(is_plain);
            (fits && says.replace(Told::Text(text)).is_none()).then_some(())
        } else {
            let text = self.open.last_mut()?.text.replace(text);
            text.is_none().then_some(())
        }
    }

    /// Where a value is put in.
    fn place(&mut self) -> Option<()> {
        let value = self.cursor.two()?;
        let is_kind = matches!(self.cursor.one()?, 0x00..=0x15 | 0x21 | 0x81);
        let (word, bit) = (
            self.used.get_mut(usize::from(value) / 64)?,
            1 << (value % 64),
        );
        if !is_kind || *word & bit != 0 {
            return None;
        }
        *word |= bit;
        if let Some(tag) = &mut self.tag {
            let (_, says) = tag.attributes.last_mut()?;
            says.replace(Told::Value(value)).is_none().then_some(())
        } else {
            self.open.last()?;
            self.template.nodes.push(Node::Value(value));
            Some(())
        }
    }

    /// A name: where it stands in the chunk, and the name itself where that is right here.
    fn name(&mut self) -> Option<Range<usize>> {
        let at = self.cursor.four()? as usize;
        let mut there = Cursor::at(self.cursor.bytes, at.checked_add(6)?);
        let length = usize::from(there.two()?);
        if length > LONGEST_NAME {
            return None;
        }
        if at == self.cursor.at {
            self.cursor.skip(6 + 2 + 2 * length + 2)?;
        }
        let after = std::mem::replace(&mut self.cursor, there);
        let name = self.text(length);
        // Nothing stands behind a name that its end would not.
        self.cursor.skip(2)?;
        self.cursor = after;
        name
    }

    /// So many letters; they end where a zero is.
    fn text(&mut self, length: usize) -> Option<Range<usize>> {
        let letters = self.cursor.bytes(length.checked_mul(2)?)?;
        let units = letters.chunks_exact(2);
        let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        let start = self.template.text.len();
        for letter in char::decode_utf16(units.take_while(|unit| *unit != 0)) {
            // What XML does not allow is written in other ways.
            let is_usual =
                |letter: &char| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}');
            let letter = letter.ok().filter(is_usual)?;
            self.template.text.push(letter);
        }
        Some(start..self.template.text.len())
    }
}

/// Whether it stands in an attribute as it is.
pub(super) fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'&' | b'<' | b'>')
}

/// A place in bytes from which is read.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.bytes(count).map(drop)
    }

    pub(super) fn one(&mut self) -> Option<u8> {
        let bytes = self.bytes(1)?;
        Some(bytes[0])
    }

    pub(super) fn two(&mut self) -> Option<u16> {
        let bytes = self.bytes(2)?.try_into().ok()?;
        Some(u16::from_le_bytes(bytes))
    }

    pub(super) fn four(&mut self) -> Option<u32> {
        let bytes = self.bytes(4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes))
    }
}
