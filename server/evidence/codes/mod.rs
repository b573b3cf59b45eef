//! Error codes as tokens: every spelling of a code becomes one identity, [`Code`].
//!
//! ```text
//! 0xC000015B   c000015b   -1073741477   3221225819   STATUS_LOGON_TYPE_NOT_GRANTED     one NTSTATUS
//! 0x80070569   -2147023511   (1385)   ERROR_LOGON_TYPE_NOT_GRANTED                     one Win32 error
//! ```
//!
//! A code is a whole token, never a part of a longer number, GUID, address or identifier. Spellings that
//! could be any number (`1385`, `c000015b`, `0x18`) count only where the words around them make them a code.
//! Named codes of products are not found here: they are the names that a release's rules use.

use std::ops::Range;

use super::{Code, CodeSeen, CodeSpace, Span, Text};

mod anatomy;
mod broken;
mod candidates;
mod context;
mod contrast;
mod entra;
mod faces;
mod kin;
mod spelling;
mod table;
#[cfg(test)]
mod tests;
mod tokens;
mod weaken;

pub use anatomy::{Parts, Wrapping, parts, spellings, wrapping};
pub use faces::{Face, faces};
pub use kin::{Kin, kin};
pub use spelling::parse;
#[cfg(test)]
use table::by_meaning;
pub(super) use table::number;

/// The most codes listed of one text.
pub const LIMIT: usize = 10_000;

/// What is known about a code, and its spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its symbol, such as `STATUS_LOGON_FAILURE`.
    pub symbol: Option<&'static str>,
    /// One plain sentence on what it means.
    pub meaning: Option<&'static str>,
    /// In hex: `0xC000006D`; short for Win32 and Kerberos, `0x52E`.
    pub hex: Option<String>,
    /// As a signed number, where programs print it so.
    pub signed: Option<i32>,
    /// As an unsigned number.
    pub unsigned: Option<u32>,
}

/// Finds the codes of a text, in order; `span.source` is left 0. `claimed` is sorted and apart.
pub fn find(text: &Text, claimed: &[Range<usize>]) -> Vec<CodeSeen> {
    let mut tokens = tokens::scan(text.as_str(), LIMIT);
    contrast::add(text.as_str(), &mut tokens);
    let mut seen = tokens
        .into_iter()
        .map(|token| CodeSeen {
            code: token.code,
            span: Span {
                source: 0,
                line: text.line_of(token.range.start),
                start: token.range.start,
                end: token.range.end,
            },
            weakened: None,
        })
        .collect::<Vec<_>>();
    weaken::weaken(text.as_str(), claimed, &mut seen);
    seen
}

/// The names, numbers and meaning of a code.
pub fn describe(code: &Code) -> Described {
    let value = code.value;
    let (hex, signed, unsigned) = match code.space {
        CodeSpace::Ntstatus | CodeSpace::Hresult | CodeSpace::Sspi => (
            Some(format!("0x{value:08X}")),
            Some(value.cast_signed()),
            Some(value),
        ),
        CodeSpace::Win32 | CodeSpace::Kerberos => (Some(format!("0x{value:X}")), None, Some(value)),
        CodeSpace::Reason | CodeSpace::Aadsts => (None, None, Some(value)),
        CodeSpace::Name => (None, None, None),
    };
    Described {
        symbol: table::symbol(code),
        meaning: table::meaning(code),
        hex,
        signed,
        unsigned,
    }
}
