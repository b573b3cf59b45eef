//! The visible text of a web page.
//!
//! ```html
//! <!DOCTYPE html><html><head><style>p {}</style></head>
//! <body><p>Run failed:&nbsp;<b>0xC000015B</b></p><table><tr><td>Host</td><td>RPA-VM-07</td></tr></table></body></html>
//! ```
//!
//! Not a parser of HTML: one pass over the tags, no tree, nothing is fetched or run.

/// What is not shown, up to its end tag.
const HIDDEN: [&str; 6] = ["script", "style", "template", "noscript", "title", "svg"];
/// Their beginning and end are a line break.
const BLOCKS: [&str; 32] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "section",
    "table",
    "tr",
    "ul",
    "option",
];
/// An entity is at most so long.
const LONGEST_ENTITY: usize = 12;

/// What a page shows.
pub(in crate::evidence) struct Page {
    pub(in crate::evidence) text: String,
    /// What is missing in it, in a sentence.
    pub(in crate::evidence) problem: Option<&'static str>,
}

/// The text that a reader of the page sees: a line a block, cells apart by tabs, `pre` as it stands.
pub(in crate::evidence) fn read(page: &str) -> Page {
    let mut shown = Shown::default();
    let mut rest = page;
    // A page that is opened is closed, though a piece of one may be neither.
    let (mut open, mut torn) = (false, false);
    while let Some(at) = rest.find('<') {
        shown.words(&rest[..at]);
        rest = &rest[at..];
        let (tag, after) = tag(rest);
        rest = after;
        let Some(tag) = tag else {
            shown.words("<");
            continue;
        };
        torn |= tag.torn;
        if tag.name == "html" {
            open = !tag.end;
        }
        if HIDDEN.contains(&tag.name.as_str()) && !tag.end && !tag.closed {
            let behind = behind_end(rest, &tag.name);
            torn |= behind.is_none();
            rest = behind.unwrap_or_default();
        } else {
            shown.tag(&tag);
        }
    }
    shown.words(rest);
    let problem = if torn {
        Some(
            "This page ends within a tag, a comment or a script: what stands before it was read. Save the page once more.",
        )
    } else if open {
        Some(
            "This page seems to be cut off, as it has no end: what is there was read. Save the page once more.",
        )
    } else if shown.text.trim().is_empty() {
        Some("This page holds no text: open it, and copy what it shows.")
    } else {
        None
    };
    Page {
        text: shown.text,
        problem,
    }
}

struct Tag {
    name: String,
    end: bool,
    closed: bool,
    /// It has no end.
    torn: bool,
}

/// The tag that begins here and what stands behind it; `None` and one letter where there is none.
fn tag(text: &str) -> (Option<Tag>, &str) {
    if let Some(comment) = text.strip_prefix("<!--") {
        let end = comment.find("-->");
        let rest = end.map_or("", |end| &comment[end + 3..]);
        return (Some(Tag::nameless(end.is_none())), rest);
    }
    let inner = &text[1..];
    let (end, name_at) = match inner.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, inner),
    };
    if !name_at.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?')) {
        return (None, inner);
    }
    let name = name_at
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let Some(close) = end_of_tag(name_at) else {
        return (Some(Tag::nameless(true)), "");
    };
    let tag = Tag {
        name: name.to_ascii_lowercase(),
        end,
        closed: name_at[..close].ends_with('/'),
        torn: false,
    };
    (Some(tag), &name_at[close + 1..])
}

/// A `>` within quotes does not end a tag.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    // A quote that never ends: then the first `>` does.
    text.find('>')
}

fn behind_end<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let found = rest.get(..name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return rest.find('>').map(|end| &rest[end + 1..]);
        }
    }
    None
}

impl Tag {
    fn nameless(torn: bool) -> Self {
        Self {
            name: String::new(),
            end: false,
            closed: true,
            torn,
        }
    }
}

#[derive(Default)]
struct Shown {
    text: String,
    /// A blank is due before the next word.
    blank: bool,
    pre: usize,
}

impl Shown {
    fn tag(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "pre" | "textarea" => {
                self.new_line();
                self.pre = if tag.end {
                    self.pre.saturating_sub(1)
                } else {
                    self.pre + 1
                };
            }
            "td" | "th" if !tag.end => {
                if !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push('\t');
                }
                self.blank = false;
            }
            "br" => {
                self.text.push('\n');
                self.blank = false;
            }
            name if BLOCKS.contains(&name) => self.new_line(),
            _ => {}
        }
    }

    fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.blank = false;
    }

    fn words(&mut self, raw: &str) {
        let mut rest = raw;
        while !rest.is_empty() {
            let at = rest.find('&').unwrap_or(rest.len());
            self.plain(&rest[..at]);
            rest = &rest[at..];
            if rest.is_empty() {
                return;
            }
            if let Some((letter, length)) = entity(rest) {
                self.letter(if letter == '\u{a0}' { ' ' } else { letter });
                rest = &rest[length..];
            } else {
                self.letter('&');
                rest = &rest[1..];
            }
        }
    }

    fn plain(&mut self, text: &str) {
        if self.pre > 0 {
            self.text.push_str(text);
            return;
        }
        for letter in text.chars() {
            if letter.is_ascii_whitespace() {
                self.blank = true;
            } else {
                self.letter(letter);
            }
        }
    }

    fn letter(&mut self, letter: char) {
        if std::mem::take(&mut self.blank)
            && !self.text.is_empty()
            && !self.text.ends_with(['\n', '\t', ' '])
        {
            self.text.push(' ');
        }
        self.text.push(letter);
    }
}

/// The letter that an entity means, and how long the entity is.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text
        .bytes()
        .take(LONGEST_ENTITY)
        .position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let number = name
        .strip_prefix('#')
        .map(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => digits.parse(),
        });
    let letter = match number {
        Some(number) => char::from_u32(number.ok()?)?,
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((letter, end + 1))
}

/// Those that mails and reports hold (HTML 4.01, 24.2 to 24.4).
const NAMED: [(&str, char); 62] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("shy", '\u{ad}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("sect", '§'),
    ("deg", '°'),
    ("times", '×'),
    ("rarr", '→'),
    ("larr", '←'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("agrave", 'à'),
    ("acirc", 'â'),
    ("aacute", 'á'),
    ("atilde", 'ã'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("uacute", 'ú'),
    ("ugrave", 'ù'),
    ("ucirc", 'û'),
    ("Eacute", 'É'),
    ("Egrave", 'È'),
    ("Agrave", 'À'),
    ("iexcl", '¡'),
    ("iquest", '¿'),
    ("oelig", 'œ'),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn to_text(page: &str) -> String {
        read(page).text
    }

    #[test]
    fn what_is_missing_in_a_page_is_said() {
        for (page, said) in [
            ("a<script>b", "ends within"),
            ("a<!-- b", "ends within"),
            ("a<b title", "ends within"),
            ("<html><body>a</body>", "cut off"),
            ("<html><script>show()</script></html>", "no text"),
        ] {
            assert!(
                read(page).problem.is_some_and(|what| what.contains(said)),
                "{page}"
            );
        }
        for page in ["<html><p>a</html>", "<p>a", "a < b"] {
            assert_eq!(read(page).problem, None, "{page}");
        }
    }

    #[test]
    fn a_page_gives_what_its_reader_sees() {
        let page = "<!DOCTYPE html><html><head><title>x</title><style>p { a: '<p>' }</style>\
            <script>if (1 < 2) { '</p>' }</script></head>\r\n<body>\n  <p>Run   failed:&nbsp;<b>0xC000</b>015B\n\
            &lt;again&gt; &#228;&#x20AC; &unknown; AT&T</p><table>\n<tr><td>Host</td> <td title='a > b'>RPA-VM-07</td></tr>\
            <tr><th>User<td>svc-robot</table><!-- gone --><pre>a\n  b</pre>one<br>two</body></html>";
        assert_eq!(
            to_text(page),
            "Run failed: 0xC000015B <again> ä€ &unknown; AT&T\nHost\tRPA-VM-07\nUser\tsvc-robot\na\n  b\none\ntwo\n"
        );
    }

    #[test]
    fn what_is_torn_ends_with_the_text_before_it() {
        assert_eq!(to_text("<p>a<b title=\"x>y"), "ay");
        assert_eq!(to_text("<p>a<b title=\"xy"), "a");
        assert_eq!(to_text("a < b <3"), "a < b <3");
        assert_eq!(to_text("a<script>b"), "a");
        assert_eq!(to_text("a<!-- b"), "a");
    }

    #[test]
    fn many_open_tags_cost_no_more_than_their_length() {
        let page = "<p title='".repeat(20_000);
        assert!(to_text(&page).len() <= page.len());
    }

    proptest! {
        #[test]
        fn any_page_gives_no_more_than_it_has(page in "(?s)(<[a-z/!\"'& ]{0,6}>?|&[a-z#0-9]{0,4};?|[ -~\\n]|ä){0,200}") {
            prop_assert!(to_text(&page).len() <= page.len() * 2);
        }
    }
}
