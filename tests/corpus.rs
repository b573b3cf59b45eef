//! The whole pure engine against the shipped pack: reports as Windows machines write them, pastes as people send them,
//! and properties that hold whatever is sent.

#[path = "corpus/documents.rs"]
mod documents;
#[path = "corpus/engine.rs"]
mod engine;
#[path = "corpus/evaluation.rs"]
mod evaluation;
#[path = "corpus/first_questions.rs"]
mod first_questions;
#[path = "corpus/former.rs"]
mod former;
#[path = "corpus/healthy.rs"]
mod healthy;
#[path = "corpus/languages.rs"]
mod languages;
#[path = "corpus/mutate.rs"]
mod mutate;
#[path = "corpus/pack.rs"]
mod pack;
#[path = "corpus/pastes.rs"]
mod pastes;
#[path = "corpus/properties.rs"]
mod properties;
#[path = "corpus/redaction.rs"]
mod redaction;
#[path = "corpus/replay.rs"]
mod replay;
#[path = "corpus/reports.rs"]
mod reports;
#[path = "corpus/samples.rs"]
mod samples;
#[path = "corpus/size.rs"]
mod size;
#[path = "corpus/suggestions.rs"]
mod suggestions;
