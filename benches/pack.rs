//! The shipped pack: how long a start waits for it, on one core.
//!
//! `cargo bench --bench pack`. `read` is the YAML, `compile` what every start and every reload does with it.

use divan::{Bencher, black_box};
use signpost::knowledge;
use signpost::rules::Release;

fn main() {
    divan::main();
}

#[divan::bench]
fn read(bencher: Bencher) {
    bencher
        .with_inputs(knowledge::shipped)
        .bench_values(|texts| black_box(knowledge::read(texts).expect("the pack can be read")));
}

#[divan::bench]
fn compile(bencher: Bencher) {
    let files = knowledge::read(knowledge::shipped()).expect("the pack can be read");
    bencher
        .with_inputs(|| files.clone())
        .bench_values(|files| black_box(Release::compile(0, 0, files)));
}
