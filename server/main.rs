//! The command line.

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
    Healthcheck(Box<Config>),
}

const CLASSIFY_CODES: &str = "\
Exit code:
  0  a known cause was found
  1  no rule knows it, or there is no error in it
  2  it could not be read, or something failed
  3  several causes are possible, or more evidence is needed";

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
    Check {
        /// The folder
        folder: PathBuf,
    },
    /// Check a folder of rules and publish it as the next release; a running server takes it at its next start or within the hour
    Import {
        /// The folder
        folder: PathBuf,
        #[command(flatten)]
        config: Box<Config>,
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
        Some(Command::Knowledge(KnowledgeCommand::Import { folder, config })) => {
            command::import(&folder, &config)
        }
        Some(Command::Healthcheck(config)) => command::healthcheck(&config),
    };
    done.unwrap_or_else(|error| {
        eprintln!("signpost: {error:#}");
        ExitCode::from(2)
    })
}
