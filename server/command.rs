//! What the command line does.

use std::io::{ErrorKind, IsTerminal, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue};
use signpost::actions::{Diagnosis, HouseValues, Request, diagnose};
use signpost::app::{App, system};
use signpost::config::{Config, LogFormat};
use signpost::evidence::archive::Budget;
use signpost::evidence::{ReadSeek, Stored, Submission, Upload};
use signpost::knowledge;
use signpost::rules::evaluate::{Labelled, evaluate};
use signpost::rules::{Release, Verdict};
use signpost::web::api::body::DiagnosisBody;
use tracing_subscriber::EnvFilter;

use super::{ClassifyArgs, EvalArgs};

/// Help and versions go to standard output; a wrong setting is one line.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    if error.use_stderr()
        && error.kind() != clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        eprintln!("signpost: {} (try --help)", in_one_line(error));
        return ExitCode::from(2);
    }
    // Nothing can be done when even this cannot be printed.
    let _ = error.print();
    ExitCode::from(u8::from(error.use_stderr()) * 2)
}

/// What is wrong, with the values that would be right and the variable that may have brought the wrong one.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let mut line = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    if let Some(ContextValue::Strings(values)) = error.get(ContextKind::ValidValue)
        && !values.is_empty()
    {
        line = format!("{line}: write {}", values.join(" or "));
    }
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.split(' ').next(),
        _ => None,
    };
    if let Some(variable) = argument.and_then(variable_of) {
        line = format!("{line}; {variable} sets it too");
    }
    line
}

/// The environment variable that sets an option.
fn variable_of(option: &str) -> Option<String> {
    let name = option.strip_prefix("--")?;
    let command = super::Cli::command();
    let argument = command
        .get_arguments()
        .find(|argument| argument.get_long() == Some(name))?;
    Some(argument.get_env()?.to_string_lossy().into_owned())
}

pub(crate) fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    log(config);
    runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(config.listen)
            .await
            .with_context(|| {
                format!(
                    "{} cannot be listened on: stop what uses it, or choose another address with --listen",
                    config.listen
                )
            })?;
        let address = listener.local_addr()?;
        let app = App::build(config).await?;
        let open = config
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{}", reachable(address)));
        say(&format!(
            "Signpost {} ({}). Open {open}\n",
            env!("CARGO_PKG_VERSION"),
            app.news()
        ))?;
        if let Some(setup) = app.setup() {
            say(&format!(
                "There is no account yet. Make the first one, which can edit rules, at {open}{setup}\n"
            ))?;
        }
        app.serve(listener, told_to_stop()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

pub(crate) fn classify(args: &ClassifyArgs) -> anyhow::Result<ExitCode> {
    let texts = match &args.knowledge {
        Some(folder) => knowledge::from_folder(folder)?,
        None => knowledge::shipped(),
    };
    let (release, complaints) = Release::compile(0, 0, knowledge::read(texts)?);
    for complaint in complaints {
        eprintln!("signpost: {}: {}", complaint.path, complaint.what);
    }
    let release = release.as_of((system().clock)());
    let request = Request {
        submission: submission(args)?,
        product: args.product.clone(),
        ..Request::default()
    };
    let diagnosis = diagnose(&Arc::new(release), &request, Budget::default());
    let shown = if args.json {
        serde_json::to_string_pretty(&DiagnosisBody::of(&diagnosis, &HouseValues::new()))? + "\n"
    } else {
        super::report::report(&DiagnosisBody::of(&diagnosis, &HouseValues::new()))
    };
    say(&shown)?;
    Ok(ExitCode::from(exit_code(&diagnosis)))
}

pub(crate) fn check(folder: &Path) -> anyhow::Result<ExitCode> {
    let (files, report) = knowledge::lint(knowledge::from_folder(folder)?);
    for remark in &report.remarks {
        say(&format!("{remark}\n"))?;
    }
    for note in &report.notes {
        say(&format!("{note}\n"))?;
    }
    if report.passed() {
        let ready = format!("{} rules, ready to be published\n", files.rules.len());
        say(&ready)?;
        Ok(ExitCode::SUCCESS)
    } else {
        say("not ready: mend the errors above\n")?;
        Ok(ExitCode::from(2))
    }
}

pub(crate) fn eval(args: &EvalArgs) -> anyhow::Result<ExitCode> {
    let texts = match &args.knowledge {
        Some(folder) => knowledge::from_folder(folder)?,
        None => knowledge::shipped(),
    };
    let name = args.file.display();
    let file =
        std::fs::read_to_string(&args.file).with_context(|| format!("{name} cannot be read"))?;
    let rows = Labelled::lines(&file).map_err(|error| anyhow!("{name}: {error}"))?;
    let (release, complaints) = Release::compile(0, 0, knowledge::read(texts)?);
    for complaint in complaints {
        eprintln!("signpost: {}: {}", complaint.path, complaint.what);
    }
    let scores = evaluate(&release, &rows);
    let missed = args.missed(&scores);
    let shown = if args.json {
        serde_json::to_string_pretty(&scores)? + "\n"
    } else {
        super::report::scores(&scores)
    };
    say(&shown)?;
    for line in &missed {
        eprintln!("signpost: {line}");
    }
    Ok(ExitCode::from(u8::from(!missed.is_empty()) * 2))
}

/// A plain request: enough for one line of an answer.
pub(crate) fn healthcheck(listen: SocketAddr) -> anyhow::Result<ExitCode> {
    let patience = Duration::from_secs(3);
    let address = reachable(listen);
    let mut stream = TcpStream::connect_timeout(&address, patience)
        .with_context(|| format!("no server answers at {address}"))?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    write!(
        stream,
        "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = [0; 64];
    let mut read = 0;
    while read < 12 {
        match stream.read(&mut answer[read..])? {
            0 => break,
            more => read += more,
        }
    }
    let line = String::from_utf8_lossy(&answer[..read]);
    if line.starts_with("HTTP/1.1 200") {
        return Ok(ExitCode::SUCCESS);
    }
    bail!(
        "{address} is not ready: {}",
        line.lines().next().unwrap_or("no answer")
    )
}

/// An address that means "all of this machine's" is reached by loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    };
    SocketAddr::new(ip, listen.port())
}

fn submission(args: &ClassifyArgs) -> anyhow::Result<Submission> {
    let mut submission = Submission::default();
    let input = Path::new("-");
    if args.files.is_empty() || args.files.iter().any(|file| file == input) {
        take_input(&mut submission)?;
    }
    for path in args.files.iter().filter(|file| *file != input) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let bytes =
            OnDisk::new(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let name = name.to_string_lossy();
        let file = Upload::stored(name, Arc::new(bytes));
        submission.files.push(file);
    }
    Ok(submission)
}

fn take_input(submission: &mut Submission) -> anyhow::Result<()> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("Paste the error, then press Ctrl+D (Ctrl+Z and Enter on Windows).");
    }
    let mut bytes = Vec::new();
    input
        .read_to_end(&mut bytes)
        .context("standard input cannot be read")?;
    match String::from_utf8(bytes) {
        Ok(text) => submission.text = Some(text),
        Err(error) => submission
            .files
            .push(Upload::new("stdin", error.into_bytes())),
    }
    Ok(())
}

/// A file that was named on the command line, read where it lies.
#[derive(Debug)]
struct OnDisk {
    path: PathBuf,
    size: u64,
}

impl OnDisk {
    fn new(path: &Path) -> std::io::Result<Self> {
        let size = std::fs::File::open(path)?.metadata()?.len();
        let path = path.to_owned();
        Ok(Self { path, size })
    }
}

impl Stored for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn open(&self) -> std::io::Result<Box<dyn ReadSeek + '_>> {
        Ok(Box::new(std::fs::File::open(&self.path)?))
    }
}

/// Prints. A reader that has seen enough and hung up, as `head` does, is no failure.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout();
    let said = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    match said {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("standard output cannot be written")
        }
        _ => Ok(()),
    }
}

fn exit_code(diagnosis: &Diagnosis) -> u8 {
    match diagnosis.findings.verdict {
        Verdict::Matched => 0,
        Verdict::Unmatched | Verdict::NoErrorFound => 1,
        Verdict::Unreadable => 2,
        Verdict::Ambiguous | Verdict::InsufficientEvidence => 3,
    }
}

fn log(config: &Config) {
    // The filter was checked when the setting was read. The layer that refuses other sites logs addresses, and an
    // address may hold the name of a case.
    let filter = EnvFilter::try_new(format!("{},tower_http::csrf=off", config.log));
    let filter = filter.unwrap_or_default();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().with_span_list(false).init(),
    }
}

pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.context("no threads can be started")
}

/// Ends when the process is asked to stop, by Ctrl+C or by the system.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
