//! Knowledge as files: what leaves as a folder or a zip, and what comes in.
//!
//! | file | what |
//! |---|---|
//! | `export` | a release, or a part of it, as files |
//! | `import` | what files would change, and a proposal of it |
//! | `three_way` | what the rules here began from, what comes, and what answers here |
//! | `upgrade` | a new version of the rules: published as it comes, or one proposal |

mod export;
mod import;
mod three_way;
mod upgrade;

pub use export::{Exported, export_pack, export_zip, not_from_here};
pub use import::{
    BringRequest, Bringing, Change, Incoming, compare, is_whole, look_at, propose_files,
};
pub use upgrade::{Coming, KEPT_OURS, Line, Proposing, coming, propose_pack, taken, waiting};
