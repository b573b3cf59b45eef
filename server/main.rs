//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use signpost::config::Config;

mod command;
mod report;

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
  signpost knowledge check knowledge              check a folder of rules";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API (what happens without a command)
    Serve(Box<Config>),
    /// Diagnose files or standard input, without server and database
    #[command(after_help = CLASSIFY_CODES)]
    Classify(ClassifyArgs),
    /// Check or import a folder of rules
    #[command(subcommand)]
    Knowledge(KnowledgeCommand),
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

const IMPORT_CODES: &str = "\
A folder with errors changes nothing.

Exit code:
  0  published, or the newest release has the same rules already
  2  refused, or the database cannot be used";

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

#[derive(Debug, Subcommand)]
enum KnowledgeCommand {
    /// Check a folder of rules; exit 0 when it could be published
    #[command(after_help = CHECK_CODES)]
    Check {
        /// The folder with the .yaml files
        folder: PathBuf,
    },
    /// Check a folder of rules and publish it as the next release; a running server takes it at its next start or within the hour
    #[command(after_help = IMPORT_CODES)]
    Import {
        /// The folder with the .yaml files
        folder: PathBuf,
        /// The SQLite file; it and its folder are made where they are missing
        #[arg(
            long,
            env = "SIGNPOST_DATABASE",
            value_name = "FILE",
            default_value = "data/signpost.db"
        )]
        database: PathBuf,
    },
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
        Some(Command::Knowledge(KnowledgeCommand::Import { folder, database })) => {
            command::import(&folder, &database)
        }
        Some(Command::Healthcheck { listen }) => command::healthcheck(listen),
    };
    done.unwrap_or_else(|error| {
        eprintln!("signpost: {error:#}");
        ExitCode::from(2)
    })
}
