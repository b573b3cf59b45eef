//! Editing what is known: drafts of rules and procedures, and everything an editor does with one.
//!
//! A draft is a text. What it says is read from it each time, so that one which does not parse is kept as well as any
//! other. Who saves names what the text was based on; who comes too late is given both texts merged.
//!
//! | file | what |
//! |---|---|
//! | `reading` | a draft's text as a structure, or its errors with their lines; drafts laid over a pack |
//! | `view` | the list, and one thing with its published text and its draft |
//! | `save` | saving, new ones, removals, throwing away, switching rules off |
//! | `merge` | three texts become one, or conflicts |
//! | `notes` | local notes on a rule, one by one |
//! | `from_case` | the words of a case become an example |
//! | `ground` | the pack that a draft is checked and tried in |
//! | `lint` | what the linter says about one draft |
//! | `walks` | the walks that a rule lacks, written |
//! | `bench` | a draft judged against a text or a case |

mod bench;
mod from_case;
mod ground;
mod lint;
mod merge;
mod notes;
mod reading;
mod save;
mod view;
mod walks;

pub use bench::{Against, Bench, BenchRequest, bench};
pub use from_case::{AddExample, CaseWords, add_example, case_words, examples_of_case};
pub use lint::{Lint, lint};
pub use merge::{Merge, Piece, merge};
pub use notes::{
    NoteAsked, NoteLine, NotesView, TextLine, notes_of, put_note, read as read_note, remove_note,
};
pub use reading::{Reading, Structure, TextError, all_texts, lay_over, published_text, read_draft};
pub use save::{
    Based, Collision, Content, NewRule, SaveOutcome, begin, disable, discard, enable, rebase,
    remove, save,
};
pub use view::{
    DraftLine, DraftState, DraftView, OfferedProcedure, Published, behind, list, products, view,
};
pub use walks::{WrittenWalks, write_walks, written_walks};

/// A draft's text is at most so long.
pub const MOST_TEXT: usize = 256 * 1024;

#[cfg(test)]
mod bench_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walks_tests;
