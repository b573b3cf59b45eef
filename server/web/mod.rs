//! HTTP.

pub(crate) mod markdown;
pub(crate) mod pages;
pub(crate) mod paths;
