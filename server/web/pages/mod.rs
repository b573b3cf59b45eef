//! Pages for people. A page struct stands beside its handler and holds ready-to-show values; its template, in the
//! folder of `templates/` that mirrors the address, only loops and branches.
//!
//! To add a page: 1. spell its address in `paths`; 2. write the struct, the function that fills it from what an
//! action answers, and the handler; 3. write the template on `base.html`; 4. add samples of it to `samples`.

mod case;
mod frame;
pub(crate) mod proof;
pub(crate) mod words;

pub(crate) use frame::{Frame, Html};
