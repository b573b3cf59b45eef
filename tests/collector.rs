//! The collector script: that it parses, that it can only read, and that it fits the collectors of the shipped pack.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use signpost::rules::CollectorFile;
use tree_sitter::{Node, Parser, Tree};

/// What the script may call, besides its own functions.
const CALLS: &[&str] = &[
    "Add-Type",
    "ConvertTo-Json",
    "ForEach-Object",
    "Get-Culture",
    "Get-Date",
    "Get-ItemProperty",
    "Get-Location",
    "Get-UICulture",
    "Join-Path",
    "New-Object",
    "Out-String",
    "Remove-Item",
    "Test-Path",
    "Where-Object",
    "Write-Output",
    "Write-Warning",
];

/// The tools that sections may run, each with the words after it that only read.
const READS: &[(&str, &str)] = &[
    ("dsregcmd", "^/status$"),
    (
        "Get-ItemProperty",
        r"^HKLM:\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\\* \| Where-Object DisplayName -like 'Power Automate\*' \| Format-List DisplayName, DisplayVersion$",
    ),
    ("gpresult", "^/(r|z)( |$)"),
    ("klist", "^$"),
    (
        "net",
        "^((accounts|user NAME)( /domain)?|localgroup \"Remote Desktop Users\")$",
    ),
    ("netstat", "^-ano$"),
    ("nltest", "^/dsgetdc:DOMAIN /force$"),
    ("qwinsta", "^$"),
    ("query", "^session$"),
    ("quser", "^$"),
    ("reg", "^query \"HKLM[^\"]+\"( /s| /v \\w+)?$"),
    ("sc", "^(query|queryex|qc) \\w+$"),
    (
        "secedit",
        "^/export /areas USER_RIGHTS /cfg %TEMP%.rights.inf$",
    ),
    ("systeminfo", "^$"),
    (
        "Test-NetConnection",
        "^login.microsoftonline.com -Port 443$",
    ),
    ("Test-ComputerSecureChannel", "^-Verbose$"),
    (
        "w32tm",
        "^(/query /status|/stripchart /computer:DC /samples:3)$",
    ),
    (
        "wevtutil",
        "^qe [\\w-]+(/\\w+)? /q:\"[^\"]+\" /f:xml /c:200 /rd:true$",
    ),
    ("whoami", "^/all$"),
];

/// Parts of names that no read-only script has.
const FORBIDDEN: &[&str] = &[
    "webclient",
    "httpclient",
    "webrequest",
    "restmethod",
    "bitstransfer",
    "download",
    "sockets",
    "iwr ",
    "iex ",
    "expression",
    "frombase64",
    "assembly]::load",
    "getmethod",
    "setvalue",
    "createsubkey",
    "deletesubkey",
    "deletevalue",
    "appendall",
    "streamwriter",
    "::delete",
    "::move",
    "::copy",
    "set-",
    "clear-",
    "stop-",
    "start-",
    "restart-",
    "enable-",
    "disable-",
    "register-",
    "new-item",
    "new-service",
    "out-file",
    "add-content",
    "reg add",
    "reg delete",
    "reg import",
    "cmdkey",
    "vaultcmd",
    "mimikatz",
    "lsass",
    "defaultpassword\"",
];

static SECTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)    @\{ Id = '(.*?) \}\n").unwrap());
static FIELD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)(\w+) = (?:'((?:[^']|'')*)'|(\$true|\d+))").unwrap());

/// One section as the script's table has it.
#[derive(Debug)]
struct Section {
    fields: Vec<(String, String)>,
}

impl Section {
    fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    fn id(&self) -> &str {
        self.get("Id").expect("every section has an id")
    }

    fn command(&self) -> &str {
        self.get("Command")
            .unwrap_or_else(|| panic!("{}", self.id()))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script() -> String {
    std::fs::read_to_string(root().join("static/collect.ps1")).expect("the script is there")
}

fn sections() -> Vec<Section> {
    let script = script();
    let blocks = SECTION.find_iter(&script);
    let sections = blocks.map(|block| Section {
        fields: FIELD
            .captures_iter(block.as_str())
            .map(|field| {
                let value = field.get(2).or(field.get(3)).expect("a value");
                (field[1].to_owned(), value.as_str().replace("''", "'"))
            })
            .collect(),
    });
    sections.collect()
}

fn collectors() -> Vec<CollectorFile> {
    let text = std::fs::read_to_string(root().join("knowledge/collectors.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn parsed(script: &str) -> Tree {
    let mut parser = Parser::new();
    let language = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&language).expect("a grammar");
    parser.parse(script, None).expect("a tree")
}

fn each<'t>(node: Node<'t>, visit: &mut dyn FnMut(Node<'t>)) {
    visit(node);
    for at in 0..node.child_count() {
        let child = node.child(u32::try_from(at).unwrap()).unwrap();
        each(child, visit);
    }
}

fn named(tree: &Tree, script: &str, kind: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    each(tree.root_node(), &mut |node| {
        if node.kind() == kind {
            found.insert(script[node.byte_range()].to_owned());
        }
    });
    found
}

#[test]
fn the_script_is_powershell_without_an_error() {
    let script = script();
    let tree = parsed(&script);
    let mut wrong = Vec::new();
    each(tree.root_node(), &mut |node| {
        if node.is_error() || node.is_missing() {
            let line = node.start_position().row + 1;
            wrong.push(format!("line {line}: {}", &script[node.byte_range()]));
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
    assert!(!tree.root_node().has_error());
}

#[test]
fn a_broken_script_would_be_noticed() {
    for broken in ["if ($true) { 'a'", "foreach ($a of $b) { }", "@( 'a', "] {
        assert!(parsed(broken).root_node().has_error(), "{broken}");
    }
}

/// Windows PowerShell 5.1 takes a file without a byte order mark for ANSI, so nothing but ASCII is safe in it. Line feeds
/// alone are fine for it; one kind keeps the sum of the file the same wherever it is checked out.
#[test]
fn the_script_is_plain_ascii_with_line_feeds() {
    let script = script();
    assert!(script.is_ascii());
    assert!(!script.contains('\r'));
    assert!(!script.contains('\t'));
    assert!(script.ends_with("}\nexit 1\n") || script.ends_with("exit 1\n"));
}

/// 5.1 knows neither `??`, `?.`, `&&` and `||` between commands, nor the ternary operator and `-Parallel`.
#[test]
fn the_script_holds_nothing_that_came_after_5_1() {
    let script = script();
    for newer in ["??", "?.", " && ", " || ", " ? ", "-Parallel", "::new("] {
        assert!(!script.contains(newer), "{newer}");
    }
}

#[test]
fn the_script_calls_nothing_but_what_reads() {
    let script = script();
    let tree = parsed(&script);
    let own = named(&tree, &script, "function_name");
    for call in named(&tree, &script, "command_name") {
        let known = own.contains(&call) || CALLS.contains(&call.as_str());
        assert!(known, "{call} is not among what the script may call");
    }
    let operators = named(&tree, &script, "command_invokation_operator");
    assert!(operators.is_empty(), "{operators:?} runs what a text says");
    let redirected = named(&tree, &script, "redirection");
    assert!(redirected.is_empty(), "{redirected:?} writes a file");
}

#[test]
fn the_script_names_nothing_that_writes_or_downloads() {
    let script = script();
    // The help says what is not done; the code is what counts.
    let (_, code) = script.split_once("#>").expect("help at its head");
    let code = code.to_lowercase();
    for word in FORBIDDEN {
        assert!(!code.contains(word), "{word}");
    }
    // Its own folder is the only thing that it removes, and there are three places where it writes.
    assert_eq!(code.matches("remove-item").count(), 1);
    assert!(code.contains("remove-item -literalpath $work -recurse"));
    assert_eq!(code.matches("::writealltext(").count(), 2);
    assert!(code.contains("::writealltext($path, "));
    assert!(code.contains("::writealltext((join-path $work "));
    assert_eq!(code.matches("::createdirectory(").count(), 1);
    assert_eq!(code.matches("::createfromdirectory(").count(), 1);
    assert!(!code.contains("winlogon'") && !code.contains("winlogon\""));
}

#[test]
fn every_section_runs_a_tool_that_reads() {
    let sections = sections();
    assert!(sections.len() >= 8, "{sections:?}");
    let shown = script().matches("@{ Id = '").count();
    assert_eq!(sections.len(), shown, "a section is written in another way");
    for section in &sections {
        let commands = [Some(section.command()), section.get("Then")];
        for command in commands.into_iter().flatten() {
            let (tool, rest) = command.split_once(' ').unwrap_or((command, ""));
            let allowed = READS.iter().find(|(name, _)| *name == tool);
            let (_, pattern) =
                allowed.unwrap_or_else(|| panic!("{command}: a tool not on the list"));
            assert!(Regex::new(pattern).unwrap().is_match(rest), "{command}");
        }
    }
}

#[test]
fn every_section_says_what_it_reads_and_why_and_has_a_limit_and_a_file_of_its_own() {
    let mut ids = BTreeSet::new();
    let mut files = BTreeSet::new();
    let plain = Regex::new("^[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    for section in sections() {
        let id = section.id().to_owned();
        assert!(plain.is_match(&id), "{id}");
        for field in ["Reads", "Why", "Command", "File"] {
            let value = section.get(field);
            assert!(value.is_some_and(|value| !value.is_empty()), "{id} {field}");
        }
        let limit = section.get("Seconds").and_then(|limit| limit.parse().ok());
        assert!(
            limit.is_some_and(|limit: u32| (5..=180).contains(&limit)),
            "{id}"
        );
        let file = section.get("File").unwrap().to_owned();
        assert_ne!(file, "report.json");
        assert!(files.insert(file), "{id} shares its file");
        assert!(ids.insert(id.clone()), "{id} stands twice");
    }
}

#[test]
fn what_speaks_with_other_computers_says_so() {
    for section in sections() {
        let command = section.command();
        let network = [
            "nltest",
            "Test-NetConnection",
            "Test-ComputerSecureChannel",
            "/stripchart",
            "/domain",
        ];
        let speaks = network.iter().any(|word| command.contains(word));
        let said = section.get("Network") == Some("$true");
        assert_eq!(speaks, said, "{command}");
        for (word, need) in [("NAME", "Account"), ("DOMAIN|DC", "Domain")] {
            let placed = Regex::new(&format!(r"\b({word})\b")).unwrap();
            assert_eq!(
                placed.is_match(command),
                section.get("Needs") == Some(need),
                "{command}"
            );
        }
    }
}

#[test]
fn sections_and_collectors_fit() {
    let sections = sections();
    let collectors = collectors();
    for collector in &collectors {
        let Some(name) = &collector.section else {
            continue;
        };
        let section = sections.iter().find(|section| section.id() == name);
        let section = section.unwrap_or_else(|| panic!("{}: no section {name}", collector.id));
        let command = collector.command.as_deref().expect(name);
        let mut own = section.command().to_owned();
        if let Some(then) = section.get("Then") {
            own = format!("{own}\n{then}");
        }
        assert_eq!(own, command, "{name}");
        let elevated = section.get("Elevated") == Some("$true");
        assert_eq!(elevated, collector.elevated, "{name}");
    }
    for section in &sections {
        let mut named = collectors.iter();
        let named = named.any(|collector| collector.section.as_deref() == Some(section.id()));
        assert!(named, "no collector is got by section {}", section.id());
    }
}
