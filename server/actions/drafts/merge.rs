//! Two people changed one text: what both began from, and the two texts, become one, or conflicts with both sides.

use serde::Serialize;
use similar::{MergeResolution, TextMerge};
use utoipa::ToSchema;

/// Texts of more lines are not compared: two different ones are one conflict.
const MOST_LINES: usize = 20_000;

/// Three texts, merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Merge {
    /// The text, piece by piece.
    pub pieces: Vec<Piece>,
    /// How many pieces are conflicts.
    pub conflicts: usize,
}

/// A piece of whole lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "from", rename_all = "lowercase")]
pub enum Piece {
    /// Nobody changed it.
    Base {
        /// The lines.
        text: String,
    },
    /// Only I did.
    Mine {
        /// The lines before.
        before: String,
        /// The lines.
        text: String,
    },
    /// Only the others did.
    Theirs {
        /// The lines before.
        before: String,
        /// The lines.
        text: String,
    },
    /// All did, in the same way.
    Both {
        /// The lines before.
        before: String,
        /// The lines.
        text: String,
    },
    /// All did, each in another way.
    Conflict {
        /// The lines before.
        before: String,
        /// As I have them.
        mine: String,
        /// As the others have them.
        theirs: String,
    },
}

/// Merges line by line.
pub fn merge(base: &str, theirs: &str, mine: &str) -> Merge {
    let (base, theirs, mine) = (whole(base), whole(theirs), whole(mine));
    let many = [&base, &theirs, &mine]
        .iter()
        .any(|text| text.lines().count() > MOST_LINES);
    if many {
        return Merge::of(vec![unlike(base, theirs, mine)]);
    }
    let merged = TextMerge::from_lines(base.as_str(), mine.as_str(), theirs.as_str());
    let pieces = merged.regions().iter().map(|region| {
        let before = region
            .base_range()
            .filter_map(|at| merged.base_line(at))
            .collect::<String>();
        let mine = region
            .ours_range()
            .filter_map(|at| merged.ours_line(at))
            .collect::<String>();
        let theirs = region
            .theirs_range()
            .filter_map(|at| merged.theirs_line(at))
            .collect::<String>();
        match region.resolution() {
            MergeResolution::Unchanged => Piece::Base { text: mine },
            MergeResolution::Ours => Piece::Mine { before, text: mine },
            MergeResolution::Theirs => Piece::Theirs {
                before,
                text: theirs,
            },
            MergeResolution::Both => Piece::Both { before, text: mine },
            _ => Piece::Conflict {
                before,
                mine,
                theirs,
            },
        }
    });
    Merge::of(pieces.collect())
}

impl Merge {
    fn of(pieces: Vec<Piece>) -> Self {
        let is_conflict = |piece: &&Piece| matches!(piece, Piece::Conflict { .. });
        let conflicts = pieces.iter().filter(is_conflict).count();
        Self { pieces, conflicts }
    }

    /// The merged text; `None` while there are conflicts.
    pub fn text(&self) -> Option<String> {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Base { text }
            | Piece::Mine { text, .. }
            | Piece::Theirs { text, .. }
            | Piece::Both { text, .. } => Some(text.as_str()),
            Piece::Conflict { .. } => None,
        });
        pieces.collect()
    }

    /// The merged text with one side of each conflict, in their order: `true` takes mine. Conflicts without a choice
    /// take mine too, so that nothing typed is lost.
    pub fn choose(&self, mine_of: &[bool]) -> String {
        let mut choices = mine_of.iter().copied();
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Conflict { mine, theirs, .. } => {
                if choices.next().unwrap_or(true) {
                    mine.as_str()
                } else {
                    theirs.as_str()
                }
            }
            Piece::Base { text }
            | Piece::Mine { text, .. }
            | Piece::Theirs { text, .. }
            | Piece::Both { text, .. } => text.as_str(),
        });
        pieces.collect()
    }
}

fn unlike(before: String, theirs: String, mine: String) -> Piece {
    if mine == theirs {
        Piece::Both { before, text: mine }
    } else if theirs == before {
        Piece::Mine { before, text: mine }
    } else if mine == before {
        Piece::Theirs {
            before,
            text: theirs,
        }
    } else {
        Piece::Conflict {
            before,
            mine,
            theirs,
        }
    }
}

/// The text with an end to its last line, so that pieces can stand behind each other.
fn whole(text: &str) -> String {
    let mut text = text.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changes_in_different_lines_become_one_text() {
        let merged = merge("a\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nd");
        assert_eq!(merged.conflicts, 0);
        assert_eq!(merged.text().as_deref(), Some("A\nb\nc\nD\n"));
    }

    #[test]
    fn a_line_that_both_changed_is_a_conflict_with_both_sides() {
        let merged = merge("a\nb\nc\n", "a\ntheirs\nc\n", "a\nmine\nc\n");
        assert_eq!((merged.conflicts, merged.text()), (1, None));
        let conflict = Piece::Conflict {
            before: "b\n".to_owned(),
            mine: "mine\n".to_owned(),
            theirs: "theirs\n".to_owned(),
        };
        assert!(merged.pieces.contains(&conflict), "{:?}", merged.pieces);
        assert_eq!(merged.choose(&[]), "a\nmine\nc\n");
        assert_eq!(merged.choose(&[false]), "a\ntheirs\nc\n");
    }

    #[test]
    fn a_very_long_text_is_one_conflict_and_not_a_long_wait() {
        let long = "x\n".repeat(MOST_LINES + 1);
        let merged = merge(&long, "theirs", "mine");
        assert_eq!(merged.conflicts, 1);
        assert_eq!(
            merge(&long, &long, "mine").text().as_deref(),
            Some("mine\n")
        );
    }

    proptest! {
        #[test]
        fn what_only_one_side_changed_is_taken_as_it_is(base in "([a-c]\n){0,8}", other in "([a-d]\n){0,8}") {
            prop_assert_eq!(merge(&base, &base, &other).text(), Some(other.clone()));
            prop_assert_eq!(merge(&base, &other, &base).text(), Some(other.clone()));
            prop_assert_eq!(merge(&base, &other, &other).text(), Some(other));
        }
    }
}
