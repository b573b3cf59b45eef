//! The marks of one case in another: numbers of people and machines count within a case, so that two people would share
//! one if a text of the one were put beside a text of the other.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Mark;
use super::pseudonyms::Pseudonym;

/// What stands for people and machines; other marks are numbered within a round and stand for nobody.
const NUMBERED: [Mark; 5] = [Mark::User, Mark::Domain, Mark::Host, Mark::Ip, Mark::Sid];

/// So much is added to the numbers of a case that goes into another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renumber(BTreeMap<Mark, u32>);

impl Renumber {
    /// Behind the numbers that a case has given.
    pub fn behind(known: &[Pseudonym]) -> Self {
        let mut last = BTreeMap::new();
        for one in known {
            let last = last.entry(one.mark).or_insert(0);
            *last = one.number.max(*last);
        }
        Self(last)
    }

    /// A text with its marks renumbered.
    pub fn text(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        let mut renumbered = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('[') {
            let (before, mark) = rest.split_at(at);
            renumbered.push_str(before);
            if let Some((mark, number, behind)) = parse(mark) {
                let number = u64::from(number) + u64::from(self.added(mark));
                // Writing to a string cannot fail.
                let _ = write!(renumbered, "[{}:{number}]", mark.word());
                rest = behind;
            } else {
                renumbered.push('[');
                rest = &mark[1..];
            }
        }
        renumbered.push_str(rest);
        renumbered
    }

    /// The numbers that are taken from then on. Nobody gets one of them again: whom they stand for was hidden for the
    /// other case, and cannot be known again in this one.
    pub fn pseudonyms(&self, given: &[Pseudonym]) -> Vec<Pseudonym> {
        let given = given.iter().map(|one| Pseudonym {
            number: one.number.saturating_add(self.added(one.mark)),
            ..one.clone()
        });
        given.collect()
    }

    fn added(&self, mark: Mark) -> u32 {
        self.0.get(&mark).copied().unwrap_or(0)
    }
}

/// `[user:3]` at the start of a text, and what stands behind it.
fn parse(text: &str) -> Option<(Mark, u32, &str)> {
    let (word, rest) = text.strip_prefix('[')?.split_once(':')?;
    let mark = NUMBERED.into_iter().find(|mark| mark.word() == word)?;
    let (number, rest) = rest.split_once(']')?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((mark, number.parse().ok().filter(|_| plain)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(mark: Mark, number: u32) -> Pseudonym {
        Pseudonym {
            mark,
            mac: [1; 16],
            number,
        }
    }

    #[test]
    fn marks_of_people_and_machines_count_on_and_everything_else_stays() {
        let renumber = Renumber::behind(&[known(Mark::User, 2), known(Mark::Host, 7)]);
        let text =
            "[domain:1]\\[user:1] on [host:3], [password:2] [user:] [user:+1] [[user:10]] [x";
        let there =
            "[domain:1]\\[user:3] on [host:10], [password:2] [user:] [user:+1] [[user:12]] [x";
        assert_eq!(renumber.text(text), there);
        assert_eq!(Renumber::behind(&[]).text(text), text);
    }

    #[test]
    fn numbers_that_were_moved_are_given_to_nobody_else() {
        let first = [known(Mark::User, 2)];
        let second = [known(Mark::User, 1), known(Mark::Ip, 4)];
        let moved = Renumber::behind(&first).pseudonyms(&second);
        assert_eq!(
            moved.iter().map(|one| one.number).collect::<Vec<_>>(),
            [3, 4]
        );
        let both = [&first[..], &moved].concat();
        let mut next = super::super::Pseudonyms::new(&[7; 32], "a", &both);
        assert_eq!(next.number(Mark::User, "kim"), 4);
    }
}
