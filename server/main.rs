//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use signpost::config::Config;
use signpost::rules::evaluate::Scores;

mod command;
mod packs;
mod report;
mod shell;

/// Paste an error or upload a machine's report; see which known cause it is, with proof; be walked to the fix.
#[derive(Debug, Parser)]
#[command(name = "signpost", version, about, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Config,
}

const EXAMPLES: &str = "\
Examples:
  signpost                                        serve at http://127.0.0.1:8080, keep cases in data/signpost.db
  signpost serve --listen 127.0.0.1:9000          serve somewhere else
  signpost classify error.txt dsregcmd.txt        diagnose files without a server
  some-command 2>&1 | signpost classify -         diagnose what a command says
  signpost knowledge check knowledge              check a folder of rules
  signpost user add ann --role editor             make an account, print the link for its password";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API (what happens without a command)
    Serve(Box<Config>),
    /// Diagnose files or standard input, without server and database
    #[command(after_help = CLASSIFY_CODES)]
    Classify(ClassifyArgs),
    /// Check, export or import rules as files
    #[command(subcommand)]
    Knowledge(KnowledgeCommand),
    /// Keep accounts: add, passwd, roles, disable, enable, list
    #[command(subcommand)]
    User(shell::UserCommand),
    /// Keep API tokens: create, revoke, list
    #[command(subcommand)]
    Token(shell::TokenCommand),
    /// Read the audit log: verify, export
    #[command(subcommand)]
    Audit(shell::AuditCommand),
    /// Ask the running server whether it can answer; exit 0 when it can
    #[command(after_help = HEALTH_CODES)]
    Healthcheck {
        /// The address that the server listens on
        #[arg(
            long,
            env = "SIGNPOST_LISTEN",
            value_name = "ADDRESS:PORT",
            default_value = "127.0.0.1:8080"
        )]
        listen: SocketAddr,
    },
}

const CLASSIFY_CODES: &str = "\
Exit code:
  0  a known cause was found
  1  no rule knows it, or there is no error in it
  2  it could not be read, or something failed
  3  several causes are possible, or more evidence is needed";

const CHECK_CODES: &str = "\
Every remark names file, line and field, and what to write instead.

Exit code:
  0  it could be published
  2  it holds errors, or cannot be read";

const EVAL_CODES: &str = "\
A row is one line: {\"id\": \"r1\", \"text\": \"…\", \"label\": \"win.bad-password\"}. The label `none` asks for silence; `labels`
lists several faults; `acceptable_labels` are right in first place too; `hard` marks a text that looks alike.

Exit code:
  0  judged, and no threshold was missed
  2  a threshold was missed, or something cannot be read";

const HEALTH_CODES: &str = "\
Exit code:
  0  the server answers, and so does its database
  2  no server answers there, or it is not ready";

#[derive(Debug, Args)]
struct ClassifyArgs {
    /// Files to read, archives included; `-` or nothing reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Answer as JSON, as POST /api/v1/classify does
    #[arg(long)]
    json: bool,
    /// A folder of rule files to use instead of those that came with the program
    #[arg(long, env = "SIGNPOST_KNOWLEDGE", value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Raise the rules of this product
    #[arg(long, value_name = "ID")]
    product: Option<String>,
}

#[derive(Debug, Args)]
struct EvalArgs {
    /// The labelled submissions, one JSON object a line
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
    /// A folder of rule files to use instead of those that came with the program
    #[arg(long, env = "SIGNPOST_KNOWLEDGE", value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// The least share (0 to 1) of rows with a cause whose first finding is right
    #[arg(long, value_name = "SHARE")]
    min_top1: Option<f64>,
    /// The least share of wanted rules among the first three findings
    #[arg(long, value_name = "SHARE")]
    min_top3: Option<f64>,
    /// The least share of rows with several faults that find them all
    #[arg(long, value_name = "SHARE")]
    min_several: Option<f64>,
    /// The least share of findings whose proof stands in the text
    #[arg(long, value_name = "SHARE")]
    min_proof: Option<f64>,
    /// The greatest share of rows without a cause that are given one
    #[arg(long, value_name = "SHARE")]
    max_false: Option<f64>,
    /// The same among the hard ones
    #[arg(long, value_name = "SHARE")]
    max_false_hard: Option<f64>,
}

impl EvalArgs {
    /// What the scores miss of the asked shares, in words.
    fn missed(&self, scores: &Scores) -> Vec<String> {
        let least = [
            ("--min-top1", self.min_top1, scores.top1),
            ("--min-top3", self.min_top3, scores.top3),
            ("--min-several", self.min_several, scores.several),
            ("--min-proof", self.min_proof, scores.proved),
        ];
        let least = least.into_iter().filter_map(|(name, asked, share)| {
            let asked = asked.filter(|asked| share.ratio() < *asked)?;
            Some(format!("{name} {asked} is missed: {:.4}", share.ratio()))
        });
        let most = [
            ("--max-false", self.max_false, scores.silent),
            ("--max-false-hard", self.max_false_hard, scores.silent_hard),
        ];
        let most = most.into_iter().filter_map(|(name, asked, share)| {
            let wrong = 1.0 - share.ratio();
            let asked = asked.filter(|asked| wrong > *asked)?;
            Some(format!("{name} {asked} is missed: {wrong:.4}"))
        });
        least.chain(most).collect()
    }
}

#[derive(Debug, Subcommand)]
enum KnowledgeCommand {
    /// Check a folder of rules; exit 0 when it could be published
    #[command(after_help = CHECK_CODES)]
    Check {
        /// The folder with the .yaml files
        folder: PathBuf,
    },
    /// Judge labelled submissions and say how often the first finding is right
    #[command(after_help = EVAL_CODES)]
    Eval(EvalArgs),
    /// Write a release's rules as files: into a folder, or into a zip
    #[command(after_help = packs::EXPORT_CODES)]
    Export(packs::ExportArgs),
    /// Check rules as files and publish them as the next release; a running server takes it at its next start or within the hour
    #[command(after_help = packs::IMPORT_CODES)]
    Import(packs::ImportArgs),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return command::refuse(&error),
    };
    let done = match cli.command {
        None => command::serve(&cli.serve),
        Some(Command::Serve(config)) => command::serve(&config),
        Some(Command::Classify(args)) => command::classify(&args),
        Some(Command::Knowledge(KnowledgeCommand::Check { folder })) => command::check(&folder),
        Some(Command::Knowledge(KnowledgeCommand::Eval(args))) => command::eval(&args),
        Some(Command::Knowledge(KnowledgeCommand::Export(args))) => packs::export(&args),
        Some(Command::Knowledge(KnowledgeCommand::Import(args))) => packs::import(&args),
        Some(Command::User(user)) => shell::user(user),
        Some(Command::Token(token)) => shell::token(token),
        Some(Command::Audit(audit)) => shell::audit(&audit),
        Some(Command::Healthcheck { listen }) => command::healthcheck(listen),
    };
    done.unwrap_or_else(|error| {
        eprintln!("signpost: {error:#}");
        ExitCode::from(2)
    })
}
