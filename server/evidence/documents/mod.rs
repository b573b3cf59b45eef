//! Documents give their text: web pages, mails with what is attached, Word and Excel files.

pub(super) mod html;
pub(super) mod mail;
pub(super) mod office;
mod sheet;
