//! A pack of two rules that know one code each: small, so that it is checked at once.

use std::fs;
use std::path::{Path, PathBuf};

/// The rule `demo.alpha` as it is published.
pub(crate) const ALPHA: &str = include_str!("demo.alpha.yaml");

/// The rule `demo.beta`, which knows another code.
fn beta() -> String {
    ALPHA
        .replace("demo.alpha", "demo.beta")
        .replace("demo_alpha", "demo_beta")
        .replace("The first", "The second")
        .replace("AlphaBetaGamma", "OmegaPsiChi")
}

/// Writes the pack and answers where it is.
pub(crate) fn write(folder: &Path) -> PathBuf {
    let pack = folder.join("pack");
    fs::create_dir_all(pack.join("demo")).unwrap();
    fs::write(pack.join("products.yaml"), "- { id: demo, name: Demo }\n").unwrap();
    fs::write(pack.join("demo/demo.alpha.yaml"), ALPHA).unwrap();
    fs::write(pack.join("demo/demo.beta.yaml"), beta()).unwrap();
    pack
}
