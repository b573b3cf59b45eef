//! Writing that names errors, and its look-alikes that report them.

use proptest::prelude::*;

use super::only_names_errors;

/// Whether each place of the mark is in writing that only names errors; all places must say the same.
fn names(text: &str, mark: &str) -> bool {
    let places = text.match_indices(mark).map(|(at, _)| at..at + mark.len());
    let said = places
        .map(|place| only_names_errors(text, &(0..text.len()), &place))
        .collect::<Vec<_>>();
    assert!(!said.is_empty(), "{mark} is missing in {text}");
    assert!(said.iter().all(|one| *one == said[0]), "{said:?} {text}");
    said[0]
}

#[test]
fn code_that_branches_on_an_error_only_names_it() {
    for text in [
        "switch ($Code) {\n    'NoListener' { return $true }\n    'BadLogon' { return $false }\n    default { return $false }\n}",
        "public enum NtStatus : uint {\n    Wrong = 0xC000006A,\n    BadLogon = 0xC000006D,\n    Type = 0xC000015B,\n}",
        "if status == \"BadLogon\":\n    return retry(later)\nelse:\n    raise Stop()",
        "const RETRY = new Set(['Busy', 'BadLogon']);\nfunction again(code) {\n  return RETRY.has(code);\n}",
        "assert classify('BadLogon') == 'credentials'\nassert classify('Busy') == 'later'\ndef test_it(self):",
        "switch (e.Code)\n{\n    case \"BadLogon\":\n        return Kind.Credentials;\n}",
        "RETRYABLE = {\n    'Busy': True,\n    'BadLogon': False,\n    'Gone': False,\n}",
        "if ($run.error.code -eq 'BadLogon') {\n  Send-Mail $owner\n}",
        "function Get-Kind([string]$Code) {\n    # BadLogon = the password is wrong\n    # NoListener = nobody listens\n    switch ($Code) {\n        'a' { return 1 }\n    }\n}",
        "function Test-Kind {\n    <#\n    .EXAMPLE\n        Test-Kind 'BadLogon'\n    #>\n    param([string]$Text)\n    $Text -match '1326|BadLogon|other words'\n}",
        "class Final(StrEnum):\n    \"\"\"No second attempt.\"\"\"\n\n    BAD = \"BadLogon\"\n    GONE = \"Gone\"\n    BUSY = \"Busy\"\n",
        "$reason = @{\n    '1' = 'Locked.'\n    '2' = \"The account's BadLogon\"\n    '3' = 'Disabled.'\n}",
        "#define STATUS_A  ((NTSTATUS)0xC000006AL)\n#define STATUS_B  ((NTSTATUS)BadLogon)  // ntsubauth",
        "if (hr == HRESULT_FROM_WIN32(BadLogon)) return L\"locked\"; // BadLogon",
        "logger.error(\"it was BadLogon\")  # TODO text for the user",
        "print('BadLogon: locked')",
        "<entry key=\"logon.locked\">It is locked (BadLogon).</entry>\n<entry key=\"logon.old\">It is old.</entry>\n<entry key=\"logon.bad\">It is bad.</entry>",
        "switch (code) {\n    case unchecked((int)BadLogon): return 1;\n    default: return 2;\n}",
        "const texts = {\n  bad: \"it is BadLogon again\",\n  off: \"it is off\",\n};",
        "<rule name=\"a\">\n  <!-- fires when \"BadLogon\" is seen -->\n  <match>bad</match>\n</rule>",
        "a81f3c2 feat(mapper): show BadLogon in words",
        "PASS src/codes.test.ts\n  ✓ returns \"bad\" for BadLogon (3 ms)",
        "match status {\n    \"BadLogon\" => Action::Stop,\n    \"Gone\" => Action::Retry,\n    _ => Action::Stop,\n}",
        "ON BLOCK ERROR\n    IF Contains(LastError.Message, $'''BadLogon''', True) THEN\n        GOTO Again\n    END\nEND",
        "public enum RunError\n{\n    Unknown = 0,\n    BadLogon,\n    Gone,\n}",
        "import re\nPATTERNS = [\n    (re.compile(r\"the BadLogon came\", re.I), \"logon\"),\n]",
        "self.assertEqual(\n    parse(\"it failed, BadLogon\"), 7\n)",
        "assertThat(\n    name(0xD000006D),\n    is(\n        \"BadLogon\",\n    ));",
        "pub const BUSY: u32 = 7;\npub const WRONG: u32 = BadLogon;\npub const GONE: u32 = 9;",
        "    BUSY(\"it is busy\"),\n    WRONG(\"error, BadLogon\"),\n\n    GONE(\"it is gone\"),",
        "for text, want := range map[string]int{\n    \"it is busy.\\n\": 53,\n    \"it is BadLogon now\": 1219,\n    \"it is gone\": 67,\n}",
        "Status:\n    - '0xc000005e': 'NO SERVER'\n    - '0xc000006d': 'WRONG'\n    - '0xc0000070': 'BY LIST'\n    - 'BadLogon': 'NOT THIS WAY'",
        "        throw (New-Object System.Exception('it is', BadLogon))",
        "BadLogon. Subject:  ID:  %1  Name:  %2  Domain:  %3  Type:  %11  Status:  %8",
        "    if strings.Contains(text, \"it is Gone\") {\n        return false, \"Gone\", nil\n    }\n    if strings.Contains(text, \"it is busy\") {\n        return false, \"BadLogon\", nil\n    }",
        "    } else if (e.message().indexOf(\n            \"error, BadLogon\") > 0) {\n        return new Wrong(\n            \"it is wrong\");\n    } else if (e.message().indexOf(\n            \"error, Gone\") > 0) {\n        return new Gone(",
        "/* Quit if it is locked. */\nif (flags & LOCKED) {\n    DEBUG(2, (\"it is locked\"));\n    return BadLogon;\n}",
        "from remote.errors import Gone, BadLogon",
        "import { Gone, BadLogon } from \"./errors\";",
        "    raise ValueError(colored(f\"BadLogon for {user}\"))",
        "    None,\n\n    /// <summary>Shows 'BadLogon'.</summary>\n    Wrong,\n}",
        "FAIL  parse_test.go:58: Parse(\"-7\") = Gone, want BadLogon",
        "  ✗ parses the status: expected Gone, received BadLogon",
        "switch ($Sub.ToLower()) {\n    'a' { 'one' }\n    'BadLogon' { 'other' }\n}",
        "@pytest.mark.parametrize(\"line,rule\", [\n    (\"it is BadLogon here\", \"session\"),\n    (\"all fine\", None),\n])",
        "if \"BadLogon\" in response.text:\n    stop()\nelif \"BadLogon\" in text or \"Gone\" in text:\n    again()",
    ] {
        assert!(names(text, "BadLogon"), "{text}");
    }
}

#[test]
fn what_a_program_logs_is_no_code() {
    for text in [
        "{\n  \"error\": {\n    \"code\": \"BadLogon\",\n    \"message\": \"no\",\n    \"id\": \"7\",\n  }\n}",
        "status=BadLogon;\nsub=7;\nhost=a;",
        "password=[secret]\n{\n  \"name\": \"a\",\n  \"error\": {\n    \"code\": \"BadLogon\",\n    \"id\": \"7\"\n  }\n}",
        "{\"keywords\": \"BadLogon\", \"id\": 4625}",
        "At C:\\run.ps1:12 char:5\n+     Start-Flow $name\n+     ~~~~\n    + FullyQualifiedErrorId : BadLogon,Start-Flow",
        "   at Flow.Run(String code) in Run.cs:line 12\nSystem.Exception: BadLogon\n   at Main()",
        "    raise RunError(text)\nRunError: BadLogon",
        "{\n  \"error\": {\n    \"inner\": {\n      \"list\": [\n        {\n          \"code\": \"BadLogon\"\n        }\n      ]\n    }\n  }\n}",
        "if (tries > 3) {\n    Stop-Flow;\n    return $false;\n}\n\nthe script above says since today: BadLogon",
        "default: off\nRPA_7 says BadLogon\nreturn code (last run): 7\ncase 12 (open):",
        "RPA_7(it is up); then\nBOT_8(BadLogon);",
        "load: 7 %, disk: 8 %, cpu: 3 %, BadLogon",
        "from the log of bot 7: import stopped with BadLogon",
        "raise Stop(\n\nthe run says (again): BadLogon",
        "The run failed with BadLogon (see below).\n{\"code\": 1}",
        "run: failed;\ncode: BadLogon;\nmachine: vm1;",
        "We tried it. Then BadLogon came up.\n{\n  \"status\": 401\n}",
        "Case BadLogon, on vm1\n{\n  \"status\": 401\n}",
        "let us know: BadLogon\nfrom the portal, if it fails again:\nreturn code 1",
        "When I select the machine from the list I get BadLogon",
        "on the server where the robot runs in (unattended) mode: BadLogon",
        "I grep the log and see BadLogon",
        "Support query: BadLogon on vm1",
        "Trigger: BadLogon on vm1",
        "# BadLogon on vm1\n\nThe script:\n\nif ($x) {\n  return $true;\n}\n",
        "<Data Name=\"Status\">it is BadLogon</Data>\n<Data Name=\"Sub\">it is a</Data>\n<Data Name=\"User\">it is b</Data>",
        "see http://a.example; http://b.example BadLogon",
        "PS> if ($x) {\nPS> foreach ($y in $z) {\nBadLogon: it failed",
        "* BadLogon on vm1\n* the script:\nif ($x) {\n  Start-Flow;\n}",
    ] {
        assert!(!names(text, "BadLogon"), "{text}");
    }
}

#[test]
fn a_query_asks_for_errors_and_reports_none() {
    for text in [
        "SecurityEvent\n| where EventID == 4625 and SubStatus == \"BadLogon\"\n| summarize count() by Computer",
        "SecurityEvent\n| where EventID == 4625\n| extend Reason = case(\nSubStatus == 'Gone', 'nobody',\nSubStatus == 'BadLogon', 'somebody',",
        "+  | where EventID == 4625\n+  | extend Sub = tostring(Sub)\n+  // 'BadLogon' says that there is none",
        "let Events = datatable(\n    At: datetime,\n    Status: string\n)[\n    datetime(2026-01-02 10:00:01), \"srv\", \"BadLogon - wrong\",",
        "index=wineventlog BadLogon | stats count by host",
        "SELECT id FROM runs WHERE error_code = 'BadLogon' AND day > 7",
        "Get-Content run.log | Select-String BadLogon",
        "- alert: logon\n  expr: increase(errors{code=\"BadLogon\"}[5m]) > 3",
        "retry_on: BadLogon",
        "title: many\nlogsource:\n  product: windows\ndetection:\n  selection:\n    SubStatus: 'BadLogon'\n  condition: selection",
        "rule lockout {\n  meta:\n    author = \"soc\"\n  events:\n    $e.summary = \"BadLogon\"\n  condition:\n    $e\n}",
        "- alert: Locked\n  expr: sum(rate(failed[5m])) > 0\n  annotations:\n    summary: 'Locked (BadLogon) on {{ $labels.instance }}'",
        "alerts:\n  - name: offline\n    when: run.code in [\"NoListener\", \"BadLogon\"]\n    for: 10m",
        "schema:\n  type: string\n  enum: [NoListener, BadLogon]",
        "Kibana saved search: data.SubStatus:\"BadLogon\" and not user:\"x\"",
        "| Alarm | Condition | Recipient |\n|---|---|---|\n| A1 | Status BadLogon | Identity |",
        "UserParameter=a,powershell \"(Get-WinEvent -FilterHashtable @{Id=4625}).Count\"\n# Name: \"Many (BadLogon) on {HOST.NAME}\"",
        "| **Field** | **Value** |\n|---|---|\n| Rule Name | Night |\n| Exception Code | BadLogon |\n| Exception Count | 5 |\n| Send Alert | Yes |",
    ] {
        assert!(names(text, "BadLogon"), "{text}");
    }
    for answered in [
        "runs | where code == \"x\"\n\n2026-01-02 10:00 vm1 BadLogon",
        "what select message from runs where id = 7 says:\n\"BadLogon\"\none row",
        "condition: critical\nevents: 14\nmeta: BOT7\nmessage: BadLogon at sign-in",
        "Runs\n| where code == \"x\"\n| project host, code\nvm1 BadLogon",
        "| Field | Value |\n|---|---|\n| Run | 7 |\n| Error | BadLogon |\n| Retry count | 3 |\n| Send alert | yes |",
    ] {
        assert!(!names(answered, "BadLogon"), "{answered}");
    }
}

#[test]
fn a_glossary_explains_errors_and_a_table_of_runs_reports_them() {
    let glossary = "| code | http | ask |\n|---|---|---|\n| BadLogon | 401 | who? |\n| NoListener | 400 | where? |\n| GroupEmpty | 404 | why? |";
    assert!(names(glossary, "BadLogon"));
    let list = "BadLogon: the password is wrong\nNoListener: nobody listens\nGroupEmpty: the group holds nothing\nNoLicence: nobody bought one";
    assert!(names(list, "BadLogon"));
    let tabs = "BadLogon\tthe password is wrong\nNoListener\tnobody listens there\nGroupEmpty\tit holds nothing";
    assert!(names(tabs, "BadLogon"));
    let treated = "- code: BadLogon\n  retry: 0\n- code: NoListener\n  retry: 2\n- code: GroupEmpty\n  retry: 5";
    assert!(names(treated, "BadLogon"));
    for glossary in [
        "|Error code|HTTP status code|Run mode|Mitigation steps|\n|---|---|---|---|\n|BadLogon|401|Attended|Check the password of it.|\n|NoListener|400|Both|Nobody is listening there.|\n|GroupEmpty|400|Both|The group holds no machine.|",
        "// from our error table\n\"BadLogon\": \"secret wrong\", \"NoListener\": \"app unknown\"",
        "Possible errors\n- BadLogon … the password\n- NoListener … nobody listens",
        "エラーコード一覧\n・BadLogon パスワードの誤り\n・NoListener 接続なし",
        "Statistik Q1: BadLogon 41 %, NoListener 22 %, GroupEmpty 9 %",
        "error_map:\n  NoListener: offline\n  BadLogon: wrong-password\n  NoLicence: licence",
        "<Texts>\n  <Text id=\"E1\" code=\"BadLogon\">bad</Text>\n  <Text id=\"E2\" code=\"Gone\">gone</Text>\n  <Text id=\"E3\" code=\"Off\">off</Text>\n</Texts>",
        "Error code | Issue | Mitigation |\n---|---|---|\nBadLogon |\nIt is wrong | Enter it again. |",
        "#529 - wrong name\n#530 - wrong hour\n#531 - switched off\n#532 - BadLogon there\n#533 - not here",
        "Known:\n * NoListener: nobody listens\n * GroupEmpty: the group holds nothing\n * NoLicence: nobody bought one\n * NoMachine: there is none\n * It went wrong (BadLogon): the password",
    ] {
        assert!(names(glossary, "BadLogon"), "{glossary}");
    }
    for log in [
        "| flow | error |\n|---|---|\n| a | BadLogon |\n| b | NoListener |\n| c | GroupEmpty |",
        "| 10:01 | BadLogon |\n| 10:02 | NoListener |\n| 10:03 | GroupEmpty |",
        "| code | what |\n| BadLogon | the password is wrong |",
        "BadLogon: the password is wrong\nflow: invoices\nmachine: vm1",
        "a,BadLogon,b\na,BadLogon,c\na,BadLogon,d",
        "| error | run |\n|---|---|\n| BadLogon | 17 of the night |\n| NoListener | 18 of the night |\n| GroupEmpty | 19 of the night |",
        "what we see in the error list: BadLogon on vm1",
        "| Error | Resolution | Machine |\n|---|---|---|\n| BadLogon | none yet | vm1 |",
        "529 - one\n530 - other\n531 - BadLogon",
        "errors:\n  vm1: BadLogon\n  vm2: NoListener\n  vm3: GroupEmpty",
        "- code: BadLogon\n  machine: vm1\n- code: NoListener\n  machine: vm2\n- code: GroupEmpty\n  machine: vm3",
        "| Invoices | BadLogon |\n| Payroll | NoListener |\n| HR | GroupEmpty |",
        "BadLogon on machine seven, NoListener on machine eight, GroupEmpty for the third",
        "BadLogon: the password is wrong\nNoListener: nobody listens\nGroupEmpty: the group holds nothing",
    ] {
        assert!(!names(log, "BadLogon"), "{log}");
    }
}

#[test]
fn what_stands_beside_codes_in_a_table_of_a_page_explains_them() {
    let told = "the queue is full";
    let long = "and so on, ".repeat(60);
    let rows = |lead: [&str; 3]| {
        format!(
            "|{}|Ask whoever owns it, {long}|\n|{}|Wait: {told} there. {long}|\n|{}|Nobody is listening.|",
            lead[0], lead[1], lead[2]
        )
    };
    let page = rows(["BadLogon|401", "QueueFull|429", "NoListener|400"]);
    assert!(names(&page, told), "{page}");
    for log in [
        ["InvoiceRun|vm1", "PayrollRun|vm2", "ReportsRun|vm3"],
        ["InvoiceRun|", "PayrollRun|", "ReportsRun|"],
        ["10:01|401", "10:02|429", "10:03|400"],
        ["QueueFull|429", "QueueFull|429", "QueueFull|429"],
    ] {
        let table = rows(log);
        assert!(!names(&table, told), "{table}");
    }
}

#[test]
fn a_message_that_a_table_of_troubles_quotes_and_explains_is_no_report() {
    let table = |kinds: [&str; 2]| {
        format!(
            "| {} | `It stopped: BadLogon ...` — the template **gives out more** than it has |\n| {} | `Nobody is there.` — start one more, then wait |",
            kinds[0], kinds[1]
        )
    };
    assert!(names(
        &table(["Wrong sign-in", "No robot (night)"]),
        "BadLogon"
    ));
    let runs = table(["RPA-1", "RPA-2"]);
    let first = table(["Wrong sign-in", "No robot"]);
    let first = first.lines().next().unwrap();
    let unexplained = "| Wrong sign-in | `BadLogon` |\n| No robot | `Nobody is there.` |";
    for log in [runs.as_str(), first, unexplained] {
        assert!(!names(log, "BadLogon"), "{log}");
    }
}

#[test]
fn one_of_several_changes_is_no_report() {
    let changes = "4.2\n- Fixed: BadLogon is shown in words\n- Improved: the tray menu";
    assert!(names(changes, "BadLogon"));
    assert!(!names(
        "- fixed the proxy\n- still BadLogon on vm1",
        "BadLogon"
    ));
    assert!(!names("- New: BadLogon since the update", "BadLogon"));
}

proptest! {
    #[test]
    fn any_place_of_any_text_is_answered(
        text in "(?s).{0,60}|(\\| a \\| BadLogon \\||\t|é|\r\n|\n|case 'x': |= 0x12,|- Fixed ){0,30}",
        from in 0usize..80,
        size in 0usize..20,
    ) {
        let floor = |at: usize| text.floor_char_boundary(at.min(text.len()));
        let (start, end) = (floor(from), floor(from + size));
        only_names_errors(&text, &(0..text.len()), &(start..end));
        only_names_errors(&text, &(start..end), &(start..end));
    }
}
