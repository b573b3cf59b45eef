//! Numbers of Microsoft Entra ID that stand without `AADSTS`, as the sign-in log and the sign-in page show them.
//!
//! ```text
//! Sign-in error code   50055
//! "status": {"errorCode": 50126, "failureReason": "Invalid username or password…"}
//! ResultType: 50053
//! Error Code: 53003   Request Id: …   Correlation Id: …
//! ```

use std::ops::Range;

use super::context::{self, Label};
use super::spelling;
use super::table::{self, number};
use super::tokens::{Token, goes_on_as_part};
use crate::evidence::CodeSpace;

/// How many digits they have.
pub(super) const DIGITS: std::ops::RangeInclusive<usize> = 5..=7;
/// So far from its number a record names the service, bytes.
const REACH: usize = 800;
/// The names of the number itself, white space and punctuation aside.
const NAMES: [&str; 4] = [
    "signinerrorcode",
    "anmeldefehlercode",
    "errorcodes",
    "resulttype",
];
/// What only a record of a sign-in to Entra ID says, small and without spaces.
const SURROUNDINGS: [&str; 12] = [
    "signinerrorcode",
    "anmeldefehlercode",
    "error_codes",
    "aadsts",
    "correlationid",
    "userprincipalname",
    "conditionalaccess",
    "microsoftonline",
    "entraid",
    "microsoftentra",
    "azuread",
    "signinlog",
];

/// The code, where the number is known and the words around it are those of a sign-in to Entra ID.
pub(super) fn read(text: &str, range: &Range<usize>) -> Option<Token> {
    let digits = &text[range.clone()];
    let value = spelling::decimal(digits).filter(|_| !digits.starts_with('0'))?;
    let counts = table::is_known(CodeSpace::Aadsts, value)
        && !text[..range.start].ends_with(['-', '+', '#', '/', '.', '$', '&', '@'])
        && !goes_on_as_part(text, range.end)
        && is_named(text, range.start)
        && is_of_sign_in(text, range);
    counts.then(|| Token {
        range: range.clone(),
        code: number(CodeSpace::Aadsts, value),
    })
}

fn is_named(text: &str, at: usize) -> bool {
    let lead = folded(context::line_before(text, at, 40));
    NAMES.iter().any(|name| lead.ends_with(name)) || context::label(text, at) == Label::Error
}

fn is_of_sign_in(text: &str, range: &Range<usize>) -> bool {
    let start = text.ceil_char_boundary(range.start.saturating_sub(REACH));
    let end = text.floor_char_boundary((range.end + REACH).min(text.len()));
    let around = text[start..end].to_lowercase();
    let around = around.split_whitespace().collect::<String>();
    let dashless = around.replace('-', "");
    SURROUNDINGS
        .iter()
        .any(|words| around.contains(words) || dashless.contains(words))
}

fn folded(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tokens::scan;
    use super::*;

    fn of_entra(text: &str) -> Vec<u32> {
        let codes = scan(text, 10).into_iter().map(|token| token.code);
        codes
            .filter(|code| code.space == CodeSpace::Aadsts)
            .map(|code| code.value)
            .collect()
    }

    #[test]
    fn the_number_alone_counts_in_a_record_of_a_sign_in() {
        for text in [
            "Application\tPower Automate\nSign-in error code\t50055\nFailure reason\tOther",
            "Sign-in error code: 50055",
            r#"{"userPrincipalName":"bot@contoso.test","status":{"errorCode":50055,"failureReason":"x"}}"#,
            r#"{"error":"invalid_grant","error_codes":[50055],"trace_id":"1"}"#,
            "UserPrincipalName: bot@contoso.test, ResultType: 50055, ResultDescription: x",
            "Request Id: 1\nCorrelation Id: 2\nError Code: 50055",
        ] {
            assert_eq!(of_entra(text), [50055], "{text}");
        }
        let longer = "Anmeldeprotokoll von Entra ID, Fehlercode 7000222";
        assert_eq!(of_entra(longer), [7_000_222]);
    }

    #[test]
    fn a_number_elsewhere_is_none() {
        for text in [
            "error code 50055",
            "Entra ID: 50055 users",
            "Sign-in error code 12345",
            "Correlation Id: 50055",
            "Entra ID, error code 50055.3",
        ] {
            assert!(of_entra(text).is_empty(), "{text}");
        }
    }
}
