use proptest::prelude::*;

use super::*;
use crate::evidence::{Reader, read_texts};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/tools/", $name))
    };
}

const READERS: &[Reader] = &[
    klist::READER,
    nltest::READER,
    pad_version::READER,
    services::READER,
    sessions::READER,
    settings::READER,
    systeminfo::READER,
    test_net::READER,
    w32tm::READER,
];

/// Each fixture with what must be read from it: `key = value`, and `@` for the machine it is said of.
const SAMPLES: &[(&str, &str, &[&str])] = &[
    (
        "systeminfo",
        fixture!("systeminfo-en.txt"),
        &[
            "systeminfo.Host Name = RPA-VM-07 @ RPA-VM-07",
            "systeminfo.OS Name = Microsoft Windows 11 Enterprise @ RPA-VM-07",
            "systeminfo.OS Version = 10.0.22631 @ RPA-VM-07",
            "systeminfo.OS Configuration = Member Workstation @ RPA-VM-07",
            "systeminfo.System Boot Time = 11/20/2026, 6:00:11 AM @ RPA-VM-07",
            "systeminfo.System Model = VMware7,1 @ RPA-VM-07",
            "systeminfo.Time Zone = (UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna @ RPA-VM-07",
            "systeminfo.Domain = fabrikam.test @ RPA-VM-07",
            "systeminfo.Logon Server = \\\\DC01 @ RPA-VM-07",
            "systeminfo.Hotfix(s) = 3 @ RPA-VM-07",
        ],
    ),
    (
        "systeminfo",
        fixture!("systeminfo-de.txt"),
        &[
            "systeminfo.Host Name = RPA-VM-08 @ RPA-VM-08",
            "systeminfo.OS Name = Microsoft Windows 10 Pro @ RPA-VM-08",
            "systeminfo.OS Version = 10.0.19045 @ RPA-VM-08",
            "systeminfo.OS Configuration = Eigenständige Arbeitsstation @ RPA-VM-08",
            "systeminfo.System Boot Time = 20.11.2026, 06:00:11 @ RPA-VM-08",
            "systeminfo.System Model = Virtual Machine @ RPA-VM-08",
            "systeminfo.Time Zone = (UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien @ RPA-VM-08",
            "systeminfo.Domain = WORKGROUP @ RPA-VM-08",
            "systeminfo.Logon Server = \\\\RPA-VM-08 @ RPA-VM-08",
            "systeminfo.Hotfix(s) = 2 @ RPA-VM-08",
        ],
    ),
    (
        "systeminfo",
        fixture!("systeminfo.csv"),
        &[
            "systeminfo.Host Name = RPA-VM-07 @ RPA-VM-07",
            "systeminfo.OS Name = Microsoft Windows Server 2022 Standard @ RPA-VM-07",
            "systeminfo.OS Version = 10.0.20348 @ RPA-VM-07",
            "systeminfo.OS Configuration = Member Server @ RPA-VM-07",
            "systeminfo.System Boot Time = 11/20/2026, 6:00:11 AM @ RPA-VM-07",
            "systeminfo.System Model = VMware7,1 @ RPA-VM-07",
            "systeminfo.Time Zone = (UTC) Coordinated Universal Time @ RPA-VM-07",
            "systeminfo.Domain = fabrikam.test @ RPA-VM-07",
            "systeminfo.Logon Server = \\\\DC01 @ RPA-VM-07",
            "systeminfo.Hotfix(s) = 2 @ RPA-VM-07",
        ],
    ),
    (
        "systeminfo",
        fixture!("computerinfo.txt"),
        &[
            "computerinfo.WindowsProductName = Windows 10 Enterprise @ RPA-VM-07",
            "computerinfo.WindowsVersion = 2009 @ RPA-VM-07",
            "computerinfo.CsDNSHostName = RPA-VM-07 @ RPA-VM-07",
            "computerinfo.CsDomain = fabrikam.test @ RPA-VM-07",
            "computerinfo.CsDomainRole = MemberWorkstation @ RPA-VM-07",
            "computerinfo.CsName = RPA-VM-07 @ RPA-VM-07",
            "computerinfo.CsPartOfDomain = True @ RPA-VM-07",
            "computerinfo.OsName = Microsoft Windows 11 Enterprise @ RPA-VM-07",
            "computerinfo.OsVersion = 10.0.22631 @ RPA-VM-07",
            "computerinfo.OsBuildNumber = 22631 @ RPA-VM-07",
            "computerinfo.OsLastBootUpTime = 11/20/2026 6:00:11 AM @ RPA-VM-07",
            "computerinfo.TimeZone = (UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna @ RPA-VM-07",
            "computerinfo.LogonServer = \\\\DC01 @ RPA-VM-07",
        ],
    ),
    (
        "quser",
        fixture!("quser-en.txt"),
        &[
            "session.users = administrator, svc-robot, kim @ RPA-VM-07",
            "session.active_users = administrator, kim @ RPA-VM-07",
            "session.disconnected_users = svc-robot @ RPA-VM-07",
            "session.count = 3 @ RPA-VM-07",
            "session.active_count = 2 @ RPA-VM-07",
            "session.disconnected_count = 1 @ RPA-VM-07",
        ],
    ),
    (
        "quser",
        fixture!("quser-de.txt"),
        &[
            "session.users = admin, svc-robot",
            "session.active_users = admin",
            "session.disconnected_users = svc-robot",
            "session.count = 2",
            "session.active_count = 1",
            "session.disconnected_count = 1",
        ],
    ),
    (
        "quser",
        fixture!("quser-ja.txt"),
        &[
            "session.users = administrator",
            "session.active_users = administrator",
            "session.disconnected_users = ",
            "session.count = 1",
            "session.active_count = 1",
            "session.disconnected_count = 0",
        ],
    ),
    (
        "quser",
        fixture!("quser-none.txt"),
        &[
            "session.users =  @ RPA-VM-09",
            "session.active_users =  @ RPA-VM-09",
            "session.disconnected_users =  @ RPA-VM-09",
            "session.count = 0 @ RPA-VM-09",
            "session.active_count = 0 @ RPA-VM-09",
            "session.disconnected_count = 0 @ RPA-VM-09",
        ],
    ),
    (
        "quser",
        fixture!("qwinsta.txt"),
        &[
            "session.users = administrator, svc-robot, kim",
            "session.active_users = administrator, kim",
            "session.disconnected_users = svc-robot",
            "session.count = 3",
            "session.active_count = 2",
            "session.disconnected_count = 1",
        ],
    ),
    (
        "quser",
        fixture!("qwinsta-es.txt"),
        &[
            "session.users = robot01",
            "session.active_users = robot01",
            "session.disconnected_users = ",
            "session.count = 1",
            "session.active_count = 1",
            "session.disconnected_count = 0",
        ],
    ),
    (
        "sc query",
        fixture!("sc-query.txt"),
        &[
            "service.UIFlowService.State = RUNNING",
            "service.UIFlowService.Win32ExitCode = 0",
            "service.UIFlowService.ServiceExitCode = 0",
            "service.TermService.State = STOPPED",
            "service.TermService.Win32ExitCode = 1077",
            "service.TermService.ServiceExitCode = 0",
            "service.TermService.PID = 0",
            "service.UIFlowService.StartType = AUTO_START",
            "service.UIFlowService.BinaryPath = \"C:\\Program Files (x86)\\Power Automate Desktop\\UIFlowService.exe\"",
            "service.UIFlowService.DisplayName = Power Automate service",
            "service.UIFlowService.Account = NT SERVICE\\UIFlowService",
        ],
    ),
    (
        "sc query",
        fixture!("sc-query-it.txt"),
        &[
            "service.UIFlowService.State = STOPPED",
            "service.UIFlowService.Win32ExitCode = 1069",
            "service.UIFlowService.ServiceExitCode = 0",
        ],
    ),
    (
        "sc query",
        fixture!("get-service.txt"),
        &[
            "service.UIFlowService.State = STOPPED",
            "service.TermService.State = RUNNING",
            "service.UIFlowService.State = STOPPED @ RPA-VM-07",
            "service.UIFlowService.StartType = AUTO_START @ RPA-VM-07",
            "service.UIFlowService.Account = fabrikam\\svc-pad @ RPA-VM-07",
            "service.UIFlowService.Win32ExitCode = 0 @ RPA-VM-07",
        ],
    ),
    (
        "klist",
        fixture!("klist-en.txt"),
        &[
            "klist.Tickets = 2",
            "klist.Client = svc-robot @ FABRIKAM.TEST",
            "klist.End Time = 11/22/2026 18:00:00 (local)",
            "klist.Servers = krbtgt/FABRIKAM.TEST @ FABRIKAM.TEST, cifs/fs07.fabrikam.test @ FABRIKAM.TEST",
        ],
    ),
    ("klist", fixture!("klist-de.txt"), &["klist.Tickets = 0"]),
    (
        "w32tm",
        fixture!("w32tm-status-en.txt"),
        &[
            "w32tm.Leap Indicator = 0",
            "w32tm.Stratum = 4",
            "w32tm.Precision = -23 (119.209ns per tick)",
            "w32tm.Root Delay = 0.0312500s",
            "w32tm.Root Dispersion = 0.0937500s",
            "w32tm.ReferenceId = 0x0A000001",
            "w32tm.Last Successful Sync Time = 11/22/2026 8:00:00 AM",
            "w32tm.Source = DC01.fabrikam.test",
            "w32tm.Poll Interval = 10 (1024s)",
            "w32tm.Phase Offset = -0.0001234s",
        ],
    ),
    (
        "w32tm",
        fixture!("w32tm-status-de.txt"),
        &[
            "w32tm.Leap Indicator = 3",
            "w32tm.Stratum = 0",
            "w32tm.Precision = -23 (119.209ns pro Tick)",
            "w32tm.Root Delay = 0.0000000s",
            "w32tm.Root Dispersion = 0.0000000s",
            "w32tm.ReferenceId = 0x00000000",
            "w32tm.Last Successful Sync Time = nicht angegeben",
            "w32tm.Source = Local CMOS Clock",
            "w32tm.Poll Interval = 6 (64s)",
        ],
    ),
    (
        "w32tm",
        fixture!("w32tm-stripchart.txt"),
        &[
            "w32tm.Source = Free-running System Clock",
            "w32tm.Offset = -312.457",
            "w32tm.Skew = 312",
        ],
    ),
    (
        "nltest",
        fixture!("nltest-good.txt"),
        &[
            "nltest.dsgetdc.DC = DC01.fabrikam.test",
            "nltest.dsgetdc.Status = NERR_Success",
            "nltest.dsgetdc.StatusCode = 0",
            "nltest.dsgetdc.Dom Name = fabrikam.test",
            "nltest.dsgetdc.Forest Name = fabrikam.test",
            "nltest.dsgetdc.Dc Site Name = Hamburg",
            "nltest.dsgetdc.Our Site Name = Hamburg",
            "nltest.sc_verify.DC = DC01.fabrikam.test",
            "nltest.sc_verify.ConnectionStatus = NERR_Success",
            "nltest.sc_verify.ConnectionStatusCode = 0",
            "nltest.sc_verify.Status = NERR_Success",
            "nltest.sc_verify.StatusCode = 0",
        ],
    ),
    (
        "nltest",
        fixture!("nltest-bad.txt"),
        &[
            "nltest.dsgetdc.Status = ERROR_NO_SUCH_DOMAIN",
            "nltest.dsgetdc.StatusCode = 1355",
            "nltest.sc_query.Status = ERROR_NO_LOGON_SERVERS",
            "nltest.sc_query.StatusCode = 1311",
            "nltest.sc_verify.Status = RPC_S_SERVER_UNAVAILABLE",
            "nltest.sc_verify.StatusCode = 1722",
            "secure_channel.Test-ComputerSecureChannel = False",
        ],
    ),
    (
        "Test-NetConnection",
        fixture!("test-net.txt"),
        &[
            "test_net.RPA-VM-07:3389.TcpTestSucceeded = False",
            "test_net.3389.TcpTestSucceeded = False",
            "test_net.login.microsoftonline.com:443.TcpTestSucceeded = True",
            "test_net.443.TcpTestSucceeded = True",
        ],
    ),
    (
        "Power Automate version",
        fixture!("pad-winget.txt"),
        &["pad.Version = 2.50.138.24312"],
    ),
    (
        "Power Automate version",
        fixture!("pad-uninstall.txt"),
        &["pad.Version = 2.23.114.22217"],
    ),
    (
        "Power Automate version",
        fixture!("pad-appx.txt"),
        &["pad.AppxVersion = 11.2410.232.0"],
    ),
    (
        "settings of the machine",
        fixture!("settings.txt"),
        &[
            "machine.hostname = RPA-VM-07 @ RPA-VM-07",
            "timezone.Id = W. Europe Standard Time",
            "winhttp.Proxy = proxy.fabrikam.test:8080",
            "winhttp.Bypass List = *.fabrikam.test",
            "ipconfig.Host Name = RPA-VM-07 @ RPA-VM-07",
            "ipconfig.Primary Dns Suffix = fabrikam.test @ RPA-VM-07",
            "cmdkey.Targets = TERMSRV/RPA-VM-07, git:https://dev.azure.test",
            "cmdkey.Users = fabrikam\\svc-robot",
        ],
    ),
    (
        "settings of the machine",
        fixture!("winhttp-direct-de.txt"),
        &["winhttp.Proxy = "],
    ),
];

fn reader(kind: &str) -> &'static Reader {
    READERS
        .iter()
        .find(|reader| reader.kind == kind)
        .expect("a reader of this kind")
}

/// As the pipeline reads it: only a reader with a mark in the text looks at it.
fn reading(kind: &str, text: &str) -> Reading {
    let reader = reader(kind);
    let lower = text.to_ascii_lowercase();
    let marks = reader.marks.iter();
    let has_mark = marks
        .clone()
        .any(|mark| lower.contains(&mark.to_ascii_lowercase()));
    if has_mark {
        (reader.read)("", &Text::new(text))
    } else {
        Reading::default()
    }
}

fn said(reading: &Reading) -> Vec<String> {
    let facts = reading.facts.iter().map(|fact| {
        let of = fact.about.machine.as_deref();
        let of = of
            .map(|machine| format!(" @ {machine}"))
            .unwrap_or_default();
        format!("{} = {}{of}", fact.key, fact.value)
    });
    facts.collect()
}

#[test]
fn every_sample_says_what_it_says() {
    for (kind, text, expected) in SAMPLES {
        assert_eq!(said(&reading(kind, text)), *expected, "{kind}: {text}");
        let windows = text.replace('\n', "\r\n");
        assert_eq!(said(&reading(kind, &windows)), *expected, "{kind}, CR LF");
    }
}

#[test]
fn no_reader_takes_the_sample_of_another() {
    for (kind, text, _) in SAMPLES {
        for reader in READERS.iter().filter(|reader| reader.kind != *kind) {
            let reading = reading(reader.kind, text);
            assert!(
                reading.facts.is_empty(),
                "{} of {kind}: {:?}",
                reader.kind,
                said(&reading)
            );
        }
    }
}

#[test]
fn a_service_that_is_not_installed_closes_its_keys() {
    for text in [
        fixture!("sc-missing.txt"),
        fixture!("get-service-missing.txt"),
    ] {
        let reading = reading("sc query", text);
        assert_eq!(reading.scopes.len(), 1, "{text}");
        assert!(
            reading.scopes[0]
                .closes
                .covers("service.uiflowservice.state")
        );
        assert!(!reading.scopes[0].closes.covers("service.termservice.state"));
    }
    let without_command = fixture!("sc-missing.txt")
        .lines()
        .skip(1)
        .collect::<Vec<_>>();
    assert!(
        reading("sc query", &without_command.join("\n"))
            .scopes
            .is_empty()
    );
}

#[test]
fn an_error_stays_to_be_found() {
    let searched = |kind: &str, text: &str, word: &str| {
        let at = text.find(word).expect("the word is there");
        let reading = reading(kind, text);
        !reading.claimed.iter().any(|range| range.contains(&at))
    };
    assert!(searched(
        "nltest",
        fixture!("nltest-bad.txt"),
        "ERROR_NO_SUCH_DOMAIN"
    ));
    assert!(searched(
        "nltest",
        fixture!("nltest-bad.txt"),
        "ERROR_NO_LOGON_SERVERS"
    ));
    assert!(searched("sc query", fixture!("sc-query-it.txt"), "1069"));
    assert!(searched("sc query", fixture!("sc-missing.txt"), "1060"));
    assert!(!searched(
        "nltest",
        fixture!("nltest-good.txt"),
        "Verification"
    ));
    assert!(!searched("sc query", fixture!("sc-query.txt"), "1077"));
}

#[test]
fn what_somebody_typed_behind_an_output_is_searched() {
    for (kind, text, _) in SAMPLES {
        let typed = "Error: it says 1385 (0xC000015B), see 22.11.2026";
        let whole = format!("{}\n{typed}\n", text.trim_end());
        let at = whole.find(typed).expect("it was just put there");
        let reading = reading(kind, &whole);
        let claimed = reading.claimed.iter().any(|range| range.contains(&at));
        assert!(!claimed, "{kind}: {whole}");
    }
}

#[test]
fn words_about_a_tool_are_no_output_of_it() {
    for text in [
        "Please run quser and look at the column ID of the session, STATE must be Active.",
        "sc query UIFlowService says STATE : 4 RUNNING here, is that right?",
        "Test-ComputerSecureChannel gives True on the others.",
        "nltest /sc_verify fails on one machine",
        "w32tm /query /source was asked for",
        "We have Power Automate since 2024 and version 2.49 of the runtime.",
        "the Host Name: is missing\nOS Version: 10.0.1 build",
    ] {
        for reader in READERS {
            let reading = reading(reader.kind, text);
            assert!(
                reading.facts.is_empty() && reading.claimed.is_empty() && reading.scopes.is_empty(),
                "{}: {text}",
                reader.kind
            );
        }
    }
}

#[test]
fn a_table_that_lost_its_columns_is_read() {
    let squeezed = "quser\n USERNAME SESSIONNAME ID STATE IDLE TIME LOGON TIME\n>kim rdp-tcp#5 3 Active . 11/22/2026 7:55 AM\n svc-robot 2 Disc 1:05 11/22/2026 7:12 AM\n";
    let reading = reading("quser", squeezed);
    assert!(
        said(&reading).contains(&"session.active_users = kim".to_owned()),
        "{:?}",
        said(&reading)
    );
    assert!(said(&reading).contains(&"session.disconnected_users = svc-robot".to_owned()));
}

#[test]
fn the_account_that_holds_tickets_is_who_took_them() {
    let reading = reading("klist", fixture!("klist-en.txt"));
    let about = &reading.facts[0].about;
    assert_eq!(about.taken_by.as_deref(), Some("svc-robot@FABRIKAM.TEST"));
    assert_eq!(about.account, None);
}

/// What holds for any reading of any text.
fn check(text: &Text, reading: &Reading) {
    let spans = reading.facts.iter().map(|fact| fact.span);
    for span in spans.chain(reading.scopes.iter().map(|scope| scope.span)) {
        assert!(
            text.as_str().get(span.start..span.end).is_some(),
            "{span:?}"
        );
        assert!(span.start < span.end, "{span:?}");
        assert_eq!(text.line_of(span.start), span.line, "{span:?}");
    }
    for range in &reading.claimed {
        assert!(text.as_str().get(range.clone()).is_some(), "{range:?}");
        let starts = range.start == 0 || text.as_str().as_bytes()[range.start - 1] == b'\n';
        let ends =
            range.end == text.as_str().len() || text.as_str().as_bytes()[range.end - 1] == b'\n';
        assert!(starts && ends, "{range:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read(text in "(?s).{0,300}") {
        let text = Text::new(text);
        for reader in READERS {
            check(&text, &(reader.read)("", &text));
        }
    }

    #[test]
    fn torn_and_mixed_samples_are_read(
        which in 0..SAMPLES.len(),
        other in 0..SAMPLES.len(),
        cut in 0..3000usize,
        hole in 0..300usize,
        noise in "[\\r\\n:|>\\[\\]\"=\\\\ ä(#0-9-]{0,12}",
    ) {
        let sample = SAMPLES[which].1;
        let from = sample.floor_char_boundary(cut.min(sample.len()));
        let to = sample.floor_char_boundary((from + hole).min(sample.len()));
        let text = format!("{}{noise}{}{}", &sample[..from], &sample[to..], SAMPLES[other].1);
        let text = Text::new(text);
        for reader in READERS {
            check(&text, &(reader.read)("", &text));
        }
        read_texts(vec![("paste".to_owned(), text.as_str().to_owned())], 1);
    }
}
