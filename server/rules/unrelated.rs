//! Texts that no rule may know: log lines and messages of many systems, made from word lists and formats.
//!
//! ```yaml
//! each: 12
//! words:
//!   host: [web-01, db-02]
//! texts:
//!   - 'sshd[{n:5}]: Accepted publickey for {user} from {ip} port {n:5}'
//! ```
//!
//! A name in braces is replaced by a word of its list; `n:5`, `hex:8` by so many digits, `ip`, `guid`, `time` and
//! `date` by one of that shape; `{{` is a brace. The same file always makes the same texts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The file `unrelated.yaml` of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnrelatedFile {
    /// So many texts are made of each format.
    pub each: usize,
    /// Word lists by name.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// The formats.
    pub texts: Vec<String>,
}

/// At most so many texts are made of a file.
const MOST: usize = 20_000;

impl UnrelatedFile {
    /// Whether a pack has none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The texts, or what is wrong with a format.
    pub fn make(&self) -> Result<Vec<String>, String> {
        let mut dice = Dice(0x5157_0057);
        let mut texts = Vec::new();
        for format in &self.texts {
            for _ in 0..self.each.max(1) {
                if texts.len() >= MOST {
                    return Ok(texts);
                }
                texts.push(self.fill(format, &mut dice)?);
            }
        }
        Ok(texts)
    }

    fn fill(&self, format: &str, dice: &mut Dice) -> Result<String, String> {
        let mut text = String::with_capacity(format.len() + 32);
        let mut rest = format;
        while let Some((before, behind)) = rest.split_once('{') {
            text.push_str(before);
            if let Some(more) = behind.strip_prefix('{') {
                text.push('{');
                rest = more;
                continue;
            }
            let (name, more) = behind
                .split_once('}')
                .ok_or_else(|| format!("`{format}` has a brace that does not end; write {{{{"))?;
            text.push_str(&self.word(name, dice)?);
            rest = more;
        }
        text.push_str(rest);
        Ok(text)
    }

    fn word(&self, name: &str, dice: &mut Dice) -> Result<String, String> {
        let (shape, size) = name.split_once(':').unwrap_or((name, "1"));
        let size = size.parse::<usize>().map_or(1, |size| size.min(64));
        Ok(match shape {
            "n" => dice.digits(size, b"0123456789", b"123456789"),
            "hex" => dice.digits(size, b"0123456789abcdef", b"0123456789abcdef"),
            "ip" => format!(
                "10.{}.{}.{}",
                dice.below(200),
                dice.below(256),
                dice.below(254) + 1
            ),
            "guid" => {
                let hex = b"0123456789abcdef";
                let part = [8, 4, 4, 4, 12].map(|size| dice.digits(size, hex, hex));
                part.join("-")
            }
            "time" => format!(
                "{:02}:{:02}:{:02}",
                dice.below(24),
                dice.below(60),
                dice.below(60)
            ),
            "date" => format!("2026-{:02}-{:02}", dice.below(12) + 1, dice.below(28) + 1),
            _ => {
                let words = self.words.get(name).filter(|words| !words.is_empty());
                let words = words.ok_or_else(|| format!("there is no word list `{name}`"))?;
                words[dice.below(words.len())].clone()
            }
        })
    }
}

/// Numbers that look like chance and are the same each time (Knuth's constants for a 64-bit linear congruence).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % end.max(1)
    }

    fn digits(&mut self, size: usize, of: &[u8], first: &[u8]) -> String {
        let digit = (0..size).map(|at| {
            let from = if at == 0 { first } else { of };
            char::from(from[self.below(from.len())])
        });
        digit.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(texts: &[&str]) -> UnrelatedFile {
        UnrelatedFile {
            each: 3,
            words: BTreeMap::from([("host".to_owned(), vec!["web-01".to_owned()])]),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    #[test]
    fn every_shape_is_filled_and_the_same_file_makes_the_same_texts() {
        let file = file(&[
            "{host} {n:4} {hex:8} {ip} {time} {date} {guid} {{\"a\": 1}",
            "plain",
        ]);
        let texts = file.make().expect("a right file");
        assert_eq!(texts.len(), 6);
        assert_eq!(texts, file.make().expect("a right file"));
        assert_ne!(texts[0], texts[1]);
        assert_eq!(texts[5], "plain");
        let shape = regex::Regex::new(
            r#"^web-01 [1-9]\d{3} [0-9a-f]{8} 10(\.\d+){3} \d\d:\d\d:\d\d 2026-\d\d-\d\d [0-9a-f-]{36} \{"a": 1}$"#,
        );
        let shape = shape.expect("a regex");
        assert!(shape.is_match(&texts[0]), "{}", texts[0]);
    }

    #[test]
    fn what_is_wrong_with_a_format_is_said() {
        assert!(
            file(&["{nobody}"])
                .make()
                .is_err_and(|error| error.contains("nobody"))
        );
        assert!(
            file(&["{host"])
                .make()
                .is_err_and(|error| error.contains("does not end"))
        );
    }
}
