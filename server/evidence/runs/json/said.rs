//! What the members of a record say, with their places.

use super::super::{Said, cut};
use super::Walk;
use crate::evidence::Span;
use crate::evidence::json::{Value, parse};

impl Walk<'_> {
    /// The code of the error within, which says more, else its own.
    pub(super) fn code(&self, error: &Value) -> Option<Said> {
        let text = self.text.as_str();
        let inner = error.get(text, "innererror");
        inner
            .and_then(|inner| self.said(inner, &["code"]))
            .or_else(|| self.said(error, &["code", "errorCode"]))
    }

    /// The first of these members that says something, and the member.
    pub(super) fn first<'v>(
        &self,
        object: &'v Value,
        names: &[&str],
    ) -> Option<(String, &'v Value)> {
        names.iter().find_map(|name| {
            let value = object.get(self.text.as_str(), name)?;
            let said = value.said(self.text.as_str())?;
            let says = !said.as_str().trim().is_empty();
            says.then(|| (said.as_str().to_owned(), value))
        })
    }

    pub(super) fn said(&self, object: &Value, names: &[&str]) -> Option<Said> {
        let (value, found) = self.first(object, names)?;
        Some(Said {
            value,
            span: found.span(self.text),
        })
    }

    pub(super) fn message(&self, object: &Value, names: &[&str]) -> Option<Said> {
        let (mut value, found) = self.first(object, names)?;
        let said = found.said(self.text.as_str())?;
        let end = cut(&value);
        value.truncate(end);
        let range = said.original(0..end);
        Some(Said {
            value,
            span: self.span(range),
        })
    }

    /// A member of the JSON that a member holds as a string, however deep.
    pub(super) fn inside(&self, object: &Value, name: &str, names: &[&str]) -> Option<Said> {
        let held = object
            .get(self.text.as_str(), name)?
            .said(self.text.as_str())?;
        let document = parse(held.as_str(), 0)?;
        let mut found = None;
        document
            .value
            .for_each_leaf(held.as_str(), &mut |path, value| {
                let last = path.rsplit(['.', ']']).next().unwrap_or(path);
                if found.is_none() && names.iter().any(|name| name.eq_ignore_ascii_case(last)) {
                    let said = value.said(held.as_str());
                    found = said.map(|said| (said.as_str().to_owned(), value.start..value.end));
                }
            });
        let (value, range) = found.filter(|(value, _)| !value.trim().is_empty())?;
        let end = cut(&value);
        Some(Said {
            value: value[..end].to_owned(),
            span: self.span(held.original(range)),
        })
    }

    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span {
            source: 0,
            line: self.text.line_of(range.start),
            start: range.start,
            end: range.end,
        }
    }

    /// The product, proved by the name that only its records have.
    pub(super) fn product(&self, object: &Value, product: &str) -> Option<Said> {
        let first = object.members().first()?;
        Some(Said {
            value: product.to_owned(),
            span: self.span(first.name.clone()),
        })
    }
}
