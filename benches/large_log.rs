//! A large text log, stage by stage: how fast each reads bytes, by as many cores as there are.
//!
//! `cargo bench --bench large_log`; on one core `taskset -c 0 cargo bench --bench large_log`. `whole` is what a submission
//! waits for.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use signpost::evidence::redact::Redactor;
use signpost::evidence::{self, ReadOptions, Submission, Text, Upload, codes, decode, entries};
use signpost::rules::Release;

/// As large as the promise says.
const SIZE: usize = 100 * 1024 * 1024;

fn main() {
    divan::main();
}

/// Lines of several services, with a planted error about every 4 MiB. The same at every run.
fn log() -> String {
    const LINES: [&str; 8] = [
        "INFO  [worker-{a}] http request GET /api/v2/items/{b}?page={a} finished in {a} ms, 200, user=u{b}",
        "DEBUG [scheduler] queue depth {a}, next wake in {b} ms; lease 7f3a{b}-11d2-4c0e-9f00-{b}{b} renewed",
        "INFO  [db] SELECT id, name, updated_at FROM orders WHERE customer = {b} took {a} ms ({a} rows)",
        "WARN  [cache] miss ratio 0.{a} over the last {b} look-ups, shrinking segment {a} to {b} KiB",
        "INFO  [robot] activity 'Click Submit' started; selector <wnd app='orders.exe' title='Order {b}' />",
        "INFO  [robot] activity 'Type Into' finished; output C:\\Data\\Orders\\2026\\order-{b}.xlsx",
        "TRACE [net] 10.20.{a}.7:50{a} -> 10.20.1.9:443 TLSv1.3 session resumed, {b} bytes in, {a} out",
        "INFO  [mail] message <{b}.{a}@mailer.fabrikam.test> queued for delivery, attempt {a} of 5",
    ];
    const PLANTED: [&str; 3] = [
        "ERROR [session] logon failed: 0xC000015B the user has not been granted the requested logon type",
        "ERROR [flow] WindowsIdentityIncorrect: the connection's user name or password is wrong",
        "ERROR [auth] AADSTS50126: Error validating credentials due to invalid username or password.",
    ];
    let mut log = String::with_capacity(SIZE + 512);
    let mut number: u32 = 12_345;
    let mut planted = 0;
    while log.len() < SIZE {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (a, b) = ((number >> 20) % 100, (number >> 8) % 100_000);
        let line = if log.len() > planted * 4 * 1024 * 1024 {
            planted += 1;
            PLANTED[planted % PLANTED.len()]
        } else {
            LINES[(number >> 28) as usize % LINES.len()]
        };
        let stamp = format!(
            "2026-03-{:02} {:02}:{:02}:{:02}.{a:03} ",
            a % 28 + 1,
            b % 24,
            a % 60,
            b % 60
        );
        log.push_str(&stamp);
        log.push_str(
            &line
                .replace("{a}", &a.to_string())
                .replace("{b}", &b.to_string()),
        );
        log.push_str("\r\n");
    }
    log
}

fn release() -> Release {
    let pack = signpost::knowledge::read(signpost::knowledge::shipped());
    Release::compile(0, 0, pack.expect("the pack inside the program")).0
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn decoding(bencher: Bencher) {
    let log = log();
    bencher
        .counter(BytesCount::of_str(&log))
        .bench(|| decode::decode(black_box(log.as_bytes())));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn redacting(bencher: Bencher) {
    let log = log();
    bencher
        .counter(BytesCount::of_str(&log))
        .bench(|| Redactor::secrets().text("", black_box(&log)));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn finding_codes(bencher: Bencher) {
    let text = Text::new(log());
    bencher
        .counter(BytesCount::of_str(text.as_str()))
        .bench(|| codes::find(black_box(&text), &[]));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn splitting_into_entries(bencher: Bencher) {
    let text = Text::new(log());
    bencher
        .counter(BytesCount::of_str(text.as_str()))
        .bench(|| entries::split(black_box(&text)));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn reading_decoded_text(bencher: Bencher) {
    let log = log();
    bencher
        .counter(BytesCount::of_str(&log))
        .with_inputs(|| vec![("big.log".to_owned(), log.clone())])
        .bench_values(|texts| evidence::read_texts(texts, 1));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn matching(bencher: Bencher) {
    let release = release();
    let read = evidence::read_texts(vec![("big.log".to_owned(), log())], 1);
    bencher
        .counter(BytesCount::of_str(read.sources[0].text.as_str()))
        .bench(|| signpost::rules::classify(&release, black_box(&read), None));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn whole(bencher: Bencher) {
    let release = release();
    let submission = Submission {
        files: vec![Upload::new("big.log", log().into_bytes())],
        ..Submission::default()
    };
    bencher.counter(BytesCount::new(SIZE)).bench(|| {
        let read = evidence::read(black_box(&submission), 1, &ReadOptions::default());
        signpost::rules::classify(&release, &read, None)
    });
}
