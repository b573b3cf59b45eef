//! Markdown of rules becomes HTML that is safe to show, and plain text for messages.
//!
//! What holds here: no raw HTML (its source is shown as text), no images, and only links that are relative or lead
//! to `http`, `https` or `mailto`. [`Rendered`] can be made by this module alone, and is the one type that templates
//! print without escaping.

use std::fmt;

use askama::filters::HtmlSafe;
use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html};

/// HTML made by [`render`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rendered(String);

impl Rendered {
    /// Whether there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The HTML.
    #[cfg(test)]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Rendered {}

/// Paragraphs, lists, emphasis, code and links as HTML.
pub(crate) fn render(markdown: &str) -> Rendered {
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, safe_events(markdown).into_iter());
    Rendered(out)
}

/// A single sentence as HTML without the paragraph around it, for headings, labels and list items.
pub(crate) fn render_inline(markdown: &str) -> Rendered {
    let events = safe_events(markdown).into_iter().filter(|event| {
        !matches!(
            event,
            Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_))
                | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::List(_))
        )
    });
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    Rendered(out.trim().to_owned())
}

/// The words without markup, for messages and tickets. Lists keep a dash.
pub(crate) fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(&text);
            }
            Event::SoftBreak => out.push(' '),
            Event::HardBreak => out.push('\n'),
            Event::Start(Tag::Item) => {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                out.push_str("- ");
            }
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock) => {
                out.push('\n');
            }
            _ => {}
        }
    }
    out.trim().to_owned()
}

/// Text that Markdown leaves as it is.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!'
        ) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// A code span around text that may hold backticks itself.
pub(crate) fn code_span(text: &str) -> String {
    let longest = text
        .split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if longest > 0 { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

fn safe_events(markdown: &str) -> Vec<Event<'_>> {
    let mut links = Vec::new();
    let mut events = Vec::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            // What stood in a block of HTML is shown as a paragraph of text.
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            // A heading inside a rule's text would break the order of the page's headings.
            Event::Start(Tag::Heading { .. }) => {
                events.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]);
            }
            Event::End(TagEnd::Heading(_)) => {
                events.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]);
            }
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                let keep = is_safe_link(dest_url);
                links.push(keep);
                if keep {
                    events.push(event);
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop().unwrap_or(false) {
                    events.push(event);
                }
            }
            Event::Start(Tag::CodeBlock(_)) => events.push(Event::Start(Tag::CodeBlock(
                pulldown_cmark::CodeBlockKind::Fenced(CowStr::Borrowed("")),
            ))),
            other => events.push(other),
        }
    }
    events
}

/// Whether a link leads to `http`, `https`, `mailto`, or is relative to this site.
pub(crate) fn is_safe_link(address: &str) -> bool {
    if address
        .chars()
        .any(|letter| letter.is_control() || letter.is_whitespace())
    {
        return false;
    }
    let scheme = address
        .split(['/', '?', '#'])
        .next()
        .and_then(|head| head.split_once(':'))
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme {
        None => !address.contains('\\'),
        Some(scheme) => matches!(scheme.as_str(), "http" | "https" | "mailto"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scraper::{Html, Selector};

    use super::*;

    fn nodes(html: &str, selector: &str) -> usize {
        let selector = Selector::parse(selector).unwrap();
        Html::parse_fragment(html).select(&selector).count()
    }

    #[test]
    fn emphasis_code_lists_and_links_become_html() {
        let html = render("Set **it** to `0`:\n\n- one\n- [two](https://example.org/a?b=c)");
        for selector in ["p strong", "p code", "ul > li", "li a[href^=https]"] {
            assert_ne!(nodes(html.as_str(), selector), 0, "{selector} in {html}");
        }
    }

    #[test]
    fn raw_html_is_shown_as_its_own_source() {
        for markdown in [
            "<script>alert(1)</script>",
            "a <b onclick=x>b</b>",
            "<div\nonload=1>\n\ntext",
        ] {
            let html = render(markdown);
            assert_eq!(
                nodes(html.as_str(), "script, b, div, [onclick], [onload]"),
                0,
                "{html}"
            );
            assert!(html.as_str().contains("&lt;"), "{html}");
        }
    }

    #[test]
    fn links_that_run_code_lose_their_address() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
        ] {
            let html = render(&format!("[go]({address}) <{address}>"));
            assert_eq!(nodes(html.as_str(), "a"), 0, "{html}");
        }
        for address in [
            "/rules/x",
            "#step",
            "?q=1",
            "mailto:it@example.org",
            "http://example.org",
        ] {
            assert_eq!(
                nodes(render(&format!("[go]({address})")).as_str(), "a"),
                1,
                "{address}"
            );
        }
    }

    #[test]
    fn images_leave_only_their_words() {
        let html = render("![what it shows](https://example.org/x.png)");
        assert_eq!(nodes(html.as_str(), "img"), 0);
        assert!(html.as_str().contains("what it shows"));
    }

    #[test]
    fn headings_do_not_disturb_the_headings_of_the_page() {
        assert_eq!(nodes(render("# Big").as_str(), "h1, h2, h3, h4, h5, h6"), 0);
    }

    #[test]
    fn plain_text_keeps_the_words_and_drops_the_markup() {
        assert_eq!(
            plain("Set `x` to **0**.\n\n- a\n- b"),
            "Set x to 0.\n- a\n- b"
        );
    }

    #[test]
    fn a_sentence_can_stand_inside_a_heading() {
        assert_eq!(
            render_inline("Is it **1**?").as_str(),
            "Is it <strong>1</strong>?"
        );
    }

    proptest! {
        #[test]
        fn escaped_text_stays_what_it_is(text in "[ -~]{0,60}") {
            let text = format!("x{}x", text.split_whitespace().collect::<Vec<_>>().join(" "));
            prop_assert_eq!(plain(&escape(&text)), text.clone());
            let code = plain(&code_span(&text));
            prop_assert_eq!(code.trim(), text);
        }

        #[test]
        fn no_markdown_brings_a_script_a_handler_or_a_running_link(
            text in r#"(<script>|</p>|<a href=|onclick=|javascript:|\[|\]|\(|\)|!|<|>|"|'|`|\*|&|#|\n| |x|:|//|data:){0,40}"#
        ) {
            for html in [render(&text), render_inline(&text)] {
                let page = Html::parse_fragment(html.as_str());
                for node in page.tree.values().filter_map(scraper::Node::as_element) {
                    let known = ["html", "head", "body", "p", "ul", "ol", "li", "a", "em", "strong", "code", "pre", "blockquote", "br", "hr"];
                    prop_assert!(known.contains(&node.name()), "<{}> in {}", node.name(), html);
                    for (name, value) in node.attrs() {
                        prop_assert!(matches!(name, "href" | "title" | "start" | "class"), "{name} in {html}");
                        prop_assert!(name != "href" || is_safe_link(value), "{value} in {html}");
                    }
                }
            }
        }
    }
}
