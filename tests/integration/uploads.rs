//! Files made to do harm, torn files, files that are no text: the rest is judged, and what was not read is said.

use std::io::{Cursor, Write};

use reqwest::multipart::Form;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use zip::write::SimpleFileOptions;

use crate::forms::{file, said, send_form};
use crate::{Server, json as json_of};

const ERROR: &[u8] = b"the run failed with 0xC000015B\n";

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The sources that prove the first finding.
fn proving(answer: &Value) -> Vec<&str> {
    let proofs = answer["findings"][0]["because"].as_array().unwrap();
    let sources = proofs.iter().map(|proof| proof["source"].as_str());
    sources.map(Option::unwrap).collect()
}

/// Diagnoses files together with a log that holds an error.
async fn with_an_error(server: &Server, files: &[(&str, &[u8])]) -> Value {
    let form = files.iter().fold(Form::new(), |form, (name, bytes)| {
        form.part("file", file(bytes, name))
    });
    let form = form.part("file", file(ERROR, "run.log"));
    let answer = json_of(send_form(server, form).await, StatusCode::OK).await;
    assert_eq!(answer["verdict"], "matched", "{answer}");
    answer
}

#[tokio::test]
async fn every_hostile_file_is_said_and_costs_no_finding() {
    let server = Server::start().await;
    let words = packed(&[("a.txt", b"words"), ("b.txt", ERROR)]);
    let mut claims = words.clone();
    let entry = claims
        .windows(4)
        .position(|at| at == b"PK\x01\x02")
        .unwrap();
    claims[entry + 24..entry + 28].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut nested = words.clone();
    for level in 0..4 {
        nested = packed(&[(&format!("{level}.zip"), &nested)]);
    }
    let bomb = gzipped(&vec![b'a'; 12 * 1024 * 1024]);
    let laughs = format!(
        "<!DOCTYPE w:document [<!ENTITY a \"{}\"><!ENTITY b \"{}\">]><w:document><w:p><w:t>&b;&b;</w:t></w:p></w:document>",
        "ha".repeat(500),
        "&a;".repeat(500)
    );
    let laughing = packed(&[("word/document.xml", laughs.as_bytes())]);
    let mut program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
    program.extend((0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    let binary = program[16..].to_vec();
    let wide = "0xC0000234\r\n".encode_utf16();
    let mut wide = wide.flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    wide.push(0x30);
    let files: &[(&str, &[u8])] = &[
        ("half.zip", &words[..words.len() / 2]),
        ("claims.zip", &claims),
        ("nested.zip", &nested),
        ("bomb.gz", &bomb),
        ("laughs.docx", &laughing),
        ("laughs.xml", laughs.as_bytes()),
        ("evil.zip", &packed(&[("../../evil.txt", b"x")])),
        ("program.exe", &program),
        ("binary.log", &binary),
        ("nuls.log", &[0; 9000]),
        ("empty.log", b""),
        ("shot.png", b"\x89PNG\r\n\x1a\n\0\0"),
        ("torn.evtx", b"ElfFile\0\0\0\0\0torn"),
        (
            "torn.txt",
            b"pr\xc3\xbcfen \xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3",
        ),
        ("wide.txt", &wide),
    ];
    let answer = with_an_error(&server, files).await;
    for (source, what) in [
        ("half.zip", "damaged or cut off"),
        ("claims.zip/a.txt", "may unpack to 1024 MiB"),
        ("nested.zip/3.zip/2.zip/1.zip", "in 3 others"),
        ("bomb.gz", "more than 250 times"),
        ("evil.zip", "points outside"),
        ("program.exe", "a program"),
        ("binary.log", "not text"),
        ("nuls.log", "NULs"),
        ("empty.log", "empty"),
        ("shot.png", "Ctrl+C"),
        ("torn.txt", "not valid UTF-8"),
        ("wide.txt", "not valid UTF-16LE"),
    ] {
        // The deepest name differs by the order of packing.
        if source.starts_with("nested") {
            let problems = answer["problems"].to_string();
            assert!(problems.contains(what), "{problems}");
        } else {
            said(&answer, source, what);
        }
    }
    assert!(answer["codes"].to_string().contains("wide.txt"));
    assert_eq!(
        proving(&answer),
        ["half.zip/b.txt", "claims.zip/b.txt", "run.log"]
    );
}

#[tokio::test]
async fn a_line_of_ten_megabytes_is_read() {
    let server = Server::start().await;
    let mut line = vec![b'x'; 10 * 1024 * 1024];
    line.extend_from_slice(b" 0xC000015B ");
    let answer = with_an_error(&server, &[("line.log", &line)]).await;
    assert_eq!(proving(&answer), ["line.log", "run.log"]);
}

#[tokio::test]
async fn three_thousand_files_are_read_as_far_as_they_may_be() {
    let server = Server::start().await;
    let names = (0..3000).map(|n| format!("logs/{n}.txt"));
    let names = names.collect::<Vec<_>>();
    let files = names.iter().map(|name| (name.as_str(), ERROR));
    let files = files.collect::<Vec<_>>();
    let zip = packed(&files);
    let form = Form::new().part("file", file(&zip, "many.zip"));
    let answer = json_of(send_form(&server, form).await, StatusCode::OK).await;
    assert_eq!(answer["verdict"], "matched");
    said(
        &answer,
        "many.zip/logs/1999.txt",
        "and 1000 more were left out",
    );
}

#[tokio::test]
async fn folders_dropped_into_a_page_keep_their_paths() {
    let server = Server::start().await;
    let form = Form::new()
        .part("file", file(ERROR, "report/logs/run.log"))
        .part("file", file(ERROR, "../../etc/run.log"));
    let answer = json_of(send_form(&server, form).await, StatusCode::OK).await;
    assert_eq!(proving(&answer), ["report/logs/run.log", "etc/run.log"]);
}

#[tokio::test]
async fn documents_and_mails_give_their_text_and_what_is_attached() {
    let server = Server::start().await;
    let page = b"<!DOCTYPE html><title>x</title><table><tr><td>Code<td>0xC000015B</table>";
    let word = packed(&[(
        "word/document.xml",
        b"<w:document xmlns:w='x'><w:p><w:r><w:t>It failed with </w:t></w:r><w:r><w:t>0xC00</w:t></w:r><w:r><w:t>0015B</w:t></w:r></w:p></w:document>",
    )]);
    let excel = packed(&[
        ("xl/workbook.xml", b"<workbook><sheets><sheet name='Runs'/></sheets></workbook>"),
        ("xl/sharedStrings.xml", b"<sst><si><t>Error</t></si><si><r><t>0xC0000</t></r><r><t>15B</t></r></si></sst>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c><v>1385</v></c></row></sheetData></worksheet>"),
    ]);
    let mail = concat!(
        "From: Kim Vogel <kim@contoso.example>\r\nSubject: =?utf-8?Q?Ger=C3=A4t?=\r\nMIME-Version: 1.0\r\n",
        "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nIt failed with 0xC0000=\r\n15B =C3=BC\r\n",
        "--b1\r\nContent-Type: application/octet-stream; name=run.log\r\nContent-Disposition: attachment; filename=run.log\r\n",
        "Content-Transfer-Encoding: base64\r\n\r\nZmFpbGVkIHdpdGggMHhDMDAwMDE1Qgo=\r\n--b1--\r\n",
    );
    let form = Form::new()
        .part("file", file(page, "page.txt"))
        .part("file", file(&word, "word.docx"))
        .part("file", file(&excel, "book.xlsx"))
        .part("file", file(mail.as_bytes(), "mail.eml"));
    let answer = json_of(send_form(&server, form).await, StatusCode::OK).await;
    assert_eq!(answer["verdict"], "matched");
    assert_eq!(
        proving(&answer),
        [
            "page.txt",
            "word.docx",
            "book.xlsx/Runs",
            "mail.eml",
            "mail.eml/run.log"
        ],
        "{answer}"
    );
}

/// Guards against uploads that are held in memory a second time to compare them.
#[tokio::test]
async fn a_large_upload_with_a_key_is_answered_once_and_again() {
    let server = Server::start().await;
    let mut log = ERROR.to_vec();
    log.resize(3 * 1024 * 1024, b'\n');
    let mut ids = Vec::new();
    for round in 0..2 {
        // The same bytes: a boundary is made anew for every form.
        let body = [
            &b"--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"run.log\"\r\n\r\n"
                [..],
            &log,
            b"\r\n--b1--\r\n",
        ];
        let sent = server
            .request(Method::POST, "/api/v1/cases")
            .header("content-type", "multipart/form-data; boundary=b1")
            .header("idempotency-key", "large")
            .body(body.concat());
        let answer = sent.send().await.unwrap();
        let replayed = answer.headers().contains_key("idempotent-replayed");
        assert_eq!(replayed, round == 1);
        let case = json_of(answer, StatusCode::CREATED).await;
        assert_eq!(case["verdict"], "matched");
        ids.push(case["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
}
