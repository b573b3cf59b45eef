//! A pack of two rules that know one code each: small, so that it is checked at once.

use std::fs;
use std::path::{Path, PathBuf};

/// The rule `demo.alpha` as it is published.
pub(crate) const ALPHA: &str = r"id: demo.alpha
title: The first demo failure
product: demo
severity: error
owner: desk
automation: { reason: demo_alpha, retryable: 'no', who_can_fix: it }
match:
  any:
    - code: AlphaBetaGammaDelta
cause: The first thing is wrong.
guide:
  start: end
  steps:
    - { id: end, outcome: resolved, text: Done. }
references:
  - { title: A page, url: 'https://example.com/alpha', verified: '2026-01-01' }
examples:
  - { text: 'failed: AlphaBetaGammaDelta', expect: match }
  - { text: 'error AlphaBetaGammaDelta in step 2', expect: match }
  - { text: AlphaBetaGamma, expect: silent }
walks:
  - { name: ends, path: [], end: end }
";

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
