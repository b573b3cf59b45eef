//! The names that rule files use, each with its own type. A name is 1 to 100 of `a-z 0-9 . - _`, beginning with a letter or digit.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A name that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a name here: write 1 to 100 small letters, digits, dots, dashes or underscores, beginning with a letter or digit"
)]
pub struct BadId(String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the spelling.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let fits = (1..=100).contains(&text.len())
                    && text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
                    && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'));
                if fits { Ok(Self(text.to_owned())) } else { Err(BadId(text.chars().take(120).collect())) }
            }

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,99}$" })
            }
        }
    )*};
}

ids! {
    /// A rule: `pad.session.creation-error`.
    RuleId;
    /// A step of a guide. Inside a procedure that a step calls it is written `call.step`.
    StepId;
    /// An answer to a question, or a check.
    AnswerId;
    /// A way to get a piece of evidence.
    CollectorId;
    /// A piece of guide that several rules share.
    ProcedureId;
    /// A product.
    ProductId;
    /// What a procedure returns.
    ResultName;
    /// A named group of a regex.
    CaptureName;
}
