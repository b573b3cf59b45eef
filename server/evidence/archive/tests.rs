use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use crate::evidence::{Budget, Evidence, ReadOptions, Submission, Upload, read};

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    packed_by(zip::CompressionMethod::Deflated, files)
}

fn packed_by(method: zip::CompressionMethod, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn within(budget: Budget, name: &str, bytes: &[u8]) -> Evidence {
    let submission = Submission {
        files: vec![Upload::new(name, bytes)],
        ..Submission::default()
    };
    let options = ReadOptions {
        budget,
        ..ReadOptions::default()
    };
    read(&submission, 1, &options)
}

fn of(name: &str, bytes: &[u8]) -> Evidence {
    within(Budget::default(), name, bytes)
}

fn texts(evidence: &Evidence) -> Vec<(&str, &str)> {
    let sources = evidence.sources.iter();
    sources
        .map(|source| (source.name.as_str(), source.text.as_str()))
        .collect()
}

#[track_caller]
fn said(evidence: &Evidence, source: &str, what: &str) {
    let problems = &evidence.problems;
    let found = problems
        .iter()
        .any(|problem| problem.source == source && problem.what.contains(what));
    assert!(found, "{source}: {what} not in {problems:#?}");
}

#[test]
fn files_are_unpacked_with_their_paths() {
    let files: &[(&str, &[u8])] = &[("report/a.txt", b"one"), ("b.txt", b"two")];
    for method in [
        zip::CompressionMethod::Stored,
        zip::CompressionMethod::Deflated,
    ] {
        let evidence = of("r.zip", &packed_by(method, files));
        let both = [("r.zip/report/a.txt", "one"), ("r.zip/b.txt", "two")];
        assert_eq!(texts(&evidence), both);
        assert!(evidence.problems.is_empty(), "{:?}", evidence.problems);
    }
    let evidence = of("r.tar", &tarred(files));
    let both = [("r.tar/report/a.txt", "one"), ("r.tar/b.txt", "two")];
    assert_eq!(texts(&evidence), both);
    let evidence = of("r.tgz", &gzipped(&tarred(files)));
    let both = [("r.tgz/report/a.txt", "one"), ("r.tgz/b.txt", "two")];
    assert_eq!(texts(&evidence), both);
    assert!(evidence.problems.is_empty(), "{:?}", evidence.problems);
}

#[test]
fn a_packed_file_keeps_its_name() {
    let evidence = of("run.log.gz", &gzipped(b"0xC000015B"));
    assert_eq!(texts(&evidence), [("run.log.gz", "0xC000015B")]);
}

#[test]
fn archives_in_archives_are_opened_to_a_depth() {
    let mut zip = packed(&[("a.txt", b"deep")]);
    for name in ["c.zip", "b.zip"] {
        zip = packed(&[(name, &zip)]);
    }
    let evidence = of("a.zip", &zip);
    assert_eq!(texts(&evidence), [("a.zip/b.zip/c.zip/a.txt", "deep")]);
    let deeper = packed(&[("z.zip", &zip), ("by.txt", b"the way")]);
    let evidence = of("y.zip", &deeper);
    assert_eq!(texts(&evidence), [("y.zip/by.txt", "the way")]);
    said(&evidence, "y.zip/z.zip/b.zip/c.zip", "in 3 others");
}

#[test]
fn more_bytes_than_the_budget_cost_that_file_only() {
    let zip = packed_by(
        zip::CompressionMethod::Stored,
        &[("big.txt", &[b'a'; 5000]), ("small.txt", b"ok")],
    );
    let budget = Budget {
        bytes: 100,
        ..Budget::default()
    };
    let evidence = within(budget, "r.zip", &zip);
    assert_eq!(texts(&evidence), [("r.zip/small.txt", "ok")]);
    said(&evidence, "r.zip/big.txt", "may unpack to 100 bytes");
}

#[test]
fn of_a_text_that_is_too_long_the_first_half_of_what_is_left_is_read_by_whole_lines() {
    let long = "0123456789abcde\n".repeat(1000);
    let budget = Budget {
        text: 1000,
        ..Budget::default()
    };
    let evidence = within(
        budget,
        "r.zip",
        &packed(&[("long.log", long.as_bytes()), ("b", b"ok")]),
    );
    assert_eq!(texts(&evidence)[0].1, &long[..496]);
    assert_eq!(texts(&evidence)[1], ("r.zip/b", "ok"));
    said(&evidence, "r.zip/long.log", "Only the first 496 bytes");
}

#[test]
fn what_grows_out_of_proportion_is_cut() {
    let bomb = gzipped(&vec![b'a'; 3 * 1024 * 1024]);
    let budget = Budget {
        ratio: 10,
        ..Budget::default()
    };
    let evidence = within(budget, "bomb.gz", &bomb);
    assert_eq!(evidence.sources[0].text.as_str().len(), 1024 * 1024);
    said(&evidence, "bomb.gz", "more than 10 times");
}

#[test]
fn a_file_that_lies_about_its_size_is_read_no_further_than_it_says() {
    let mut zip = packed(&[("bomb.txt", &vec![b'a'; 50_000]), ("small.txt", b"ok")]);
    let entry = zip.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    zip[entry + 24..entry + 28].copy_from_slice(&10u32.to_le_bytes());
    let evidence = of("r.zip", &zip);
    assert_eq!(texts(&evidence)[0].1.len(), 10);
    said(&evidence, "r.zip/bomb.txt", "only the first 10 bytes");
    assert_eq!(texts(&evidence)[1].1, "ok");
}

#[test]
fn a_claim_of_four_gigabytes_is_no_more_than_a_claim() {
    let mut zip = packed(&[("a.txt", b"words"), ("b.txt", b"ok")]);
    let entry = zip.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    zip[entry + 24..entry + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    let evidence = of("r.zip", &zip);
    said(&evidence, "r.zip/a.txt", "may unpack to 1024 MiB");
    assert_eq!(texts(&evidence), [("r.zip/b.txt", "ok")]);
}

#[test]
fn more_files_than_the_budget_are_counted() {
    let budget = Budget {
        files: 2,
        ..Budget::default()
    };
    let zip = packed(&[("a", b"1"), ("b", b"2"), ("c", b"3"), ("d", b"4")]);
    let evidence = within(budget, "r.zip", &zip);
    assert_eq!(texts(&evidence), [("r.zip/a", "1")]);
    said(&evidence, "r.zip/b", "and 2 more were left out");
}

#[test]
fn thousands_of_files_are_read_in_one_go() {
    let names = (0..5000).map(|n| format!("logs/{n}.txt"));
    let names = names.collect::<Vec<_>>();
    let files = names.iter().map(|name| (name.as_str(), &b"x"[..]));
    let zip = packed(&files.collect::<Vec<_>>());
    let evidence = of("r.zip", &zip);
    assert_eq!(evidence.sources.len(), 1999);
    said(
        &evidence,
        "r.zip/logs/1999.txt",
        "and 3000 more were left out",
    );
}

#[test]
fn names_that_point_outside_are_left_out() {
    let zip = packed(&[
        ("../../evil.txt", b"x"),
        ("/etc/evil.txt", b"x"),
        ("C:\\evil.txt", b"x"),
        ("a\\..\\..\\evil.txt", b"x"),
        ("a\\fine.txt", b"y"),
    ]);
    let evidence = of("r.zip", &zip);
    assert_eq!(texts(&evidence), [("r.zip/a/fine.txt", "y")]);
    assert_eq!(evidence.problems.len(), 4);
    said(&evidence, "r.zip", "points outside");
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    header.as_gnu_mut().unwrap().name[..9].copy_from_slice(b"../../bad");
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, &b"x"[..]).unwrap();
    let evidence = of("r.tar", &builder.into_inner().unwrap());
    assert!(evidence.sources.is_empty());
    said(&evidence, "r.tar", "points outside");
}

#[test]
fn links_and_devices_are_passed_over_and_said() {
    let mut builder = tar::Builder::new(Vec::new());
    for kind in [
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Block,
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        builder
            .append_link(&mut header, "x", "/etc/passwd")
            .unwrap();
    }
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    let long = format!("{}/a.txt", "folder".repeat(40));
    builder.append_data(&mut header, &long, &b"ok"[..]).unwrap();
    let evidence = of("r.tar", &builder.into_inner().unwrap());
    assert_eq!(texts(&evidence), [(format!("r.tar/{long}").as_str(), "ok")]);
    said(&evidence, "r.tar", "3 links or devices");
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("link", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let evidence = of("r.zip", &writer.finish().unwrap().into_inner());
    said(&evidence, "r.zip/link", "a link");
}

#[test]
fn overlapping_files_are_refused() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.start_file("a.txt", options).unwrap();
    writer.write_all(b"words").unwrap();
    writer.shallow_copy_file("a.txt", "b.txt").unwrap();
    let evidence = of("r.zip", &writer.finish().unwrap().into_inner());
    assert!(evidence.sources.is_empty());
    said(&evidence, "r.zip", "overlapping");
}

#[test]
fn an_empty_zip_is_a_sentence() {
    said(&of("r.zip", &packed(&[])), "r.zip", "no files");
}

#[test]
fn an_encrypted_file_is_said() {
    let mut zip = packed(&[("a.txt", b"words"), ("b.txt", b"ok")]);
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = zip.windows(4).position(|at| at == mark).unwrap();
        zip[at + flags] |= 1;
    }
    let evidence = of("r.zip", &zip);
    said(&evidence, "r.zip/a.txt", "encrypted");
    assert_eq!(texts(&evidence), [("r.zip/b.txt", "ok")]);
}

#[test]
fn of_half_a_zip_the_whole_files_are_read() {
    let noise = (0..4000_u32).map(|n| format!("{}\n", n.wrapping_mul(2_654_435_761)));
    let noise = noise.collect::<String>();
    let zip = packed(&[
        ("a.txt", b"first"),
        ("b.txt", b"second"),
        ("c.log", noise.as_bytes()),
    ]);
    let evidence = of("r.zip", &zip[..zip.len() / 2]);
    assert_eq!(
        texts(&evidence)[..2],
        [("r.zip/a.txt", "first"), ("r.zip/b.txt", "second")]
    );
    said(&evidence, "r.zip", "damaged or cut off");
    let (name, text) = texts(&evidence)[2];
    assert_eq!(name, "r.zip/c.log");
    assert!(
        noise.starts_with(text) && text.len() > 100,
        "{}",
        text.len()
    );
    assert!(evidence.problems.len() > 1, "{:?}", evidence.problems);
}

#[test]
fn sizes_that_stand_behind_a_file_are_no_hindrance_to_the_rescue() {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, text) in [("a.txt", "first words"), ("b.txt", "second words")] {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let zip = writer.finish().unwrap().into_inner();
    let directory = zip.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    let evidence = of("r.zip", &zip[..directory]);
    let both = [
        ("r.zip/a.txt", "first words"),
        ("r.zip/b.txt", "second words"),
    ];
    assert_eq!(texts(&evidence), both);
}

#[test]
fn a_torn_gzip_and_a_torn_tar_give_what_stands_before_the_tear() {
    let lines = (0..9000).map(|n| format!("{} line\n", n * 7919));
    let text = lines.collect::<String>();
    let gz = gzipped(text.as_bytes());
    let evidence = of("a.gz", &gz[..gz.len() / 2]);
    let (_, read) = texts(&evidence)[0];
    assert!(text.starts_with(read) && read.ends_with('\n') && read.len() > 1000);
    said(&evidence, "a.gz", "damaged");
    let tar = tarred(&[("a.txt", b"first"), ("b.txt", text.as_bytes())]);
    let evidence = of("a.tar", &tar[..tar.len() / 2]);
    assert_eq!(texts(&evidence)[0], ("a.tar/a.txt", "first"));
    assert!(!evidence.problems.is_empty());
}

/// What holds whatever was sent.
fn check(evidence: &Evidence, budget: Budget) {
    let sum = evidence
        .sources
        .iter()
        .map(|source| source.text.as_str().len());
    assert!(sum.sum::<usize>() as u64 <= budget.text);
    assert!(evidence.sources.len() <= budget.files);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn torn_and_mutated_archives_keep_to_the_budget(
        which in 0..5_usize,
        cut in 0..4000_usize,
        changes in proptest::collection::vec((0..4000_usize, any::<u8>()), 0..12),
    ) {
        let files: &[(&str, &[u8])] = &[("a.txt", b"some words\nand more\n"), ("b/c.txt", &[b'x'; 900]), ("d", &[0; 700])];
        let inner = packed(files);
        let mut bytes = match which {
            0 => inner,
            1 => packed(&[("i.zip", &inner), ("t.tar", &tarred(files))]),
            2 => tarred(files),
            3 => gzipped(&tarred(&[("i.zip", &inner)])),
            _ => packed_by(zip::CompressionMethod::Stored, files),
        };
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        bytes.truncate(bytes.len() - cut.min(bytes.len() / 3));
        let budget = Budget { files: 4, bytes: 3000, text: 1200, ..Budget::default() };
        check(&within(budget, "x", &bytes), budget);
    }

    #[test]
    fn arbitrary_bytes_behind_every_beginning_are_survived(
        beginning in proptest::sample::select(vec![
            &b"PK\x03\x04"[..], b"PK\x05\x06", b"\x1f\x8b\x08\0", b"ElfFile\0", b"<html>", b"From: a\nMIME-Version: 1.0\n",
        ]),
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let budget = Budget::default();
        check(&within(budget, "x", &[beginning, &bytes].concat()), budget);
    }
}
