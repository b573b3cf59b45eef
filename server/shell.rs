//! What keeps the server from a shell on it: accounts, API tokens, the audit log. Whoever can write the database may.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use signpost::actions::accounts::passwords::complain;
use signpost::actions::accounts::{
    NewTokenAsked, add_account, create_token, disable_account, enable_account, invite,
    list_accounts, list_tokens, revoke_token, set_password, set_roles,
};
use signpost::actions::audit::{export_audit, verify_audit};
use signpost::actions::{Caller, DeedError, Desk, Role, Scope};
use signpost::app::desk_of_shell;
use signpost::store::{AuditFilter, Chain};
use signpost::web::paths;

use super::command::{runtime, say};

/// Where the database is.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The SQLite file of the server
    #[arg(
        long,
        env = "SIGNPOST_DATABASE",
        value_name = "FILE",
        default_value = "data/signpost.db"
    )]
    database: PathBuf,
}

/// Keeps accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account; prints the link by which its owner sets the password
    Add {
        /// Its name
        name: String,
        /// What it is for; give it several times for several roles
        #[arg(long, value_enum, required = true)]
        role: Vec<RoleName>,
        /// Read the password from standard input instead of making a link
        #[arg(long)]
        stdin: bool,
        #[command(flatten)]
        at: Database,
    },
    /// Set another password: prints a link, or reads standard input
    Passwd {
        /// The account
        name: String,
        /// Read the password from standard input instead of making a link
        #[arg(long)]
        stdin: bool,
        #[command(flatten)]
        at: Database,
    },
    /// Give an account other roles
    Roles {
        /// The account
        name: String,
        /// What it is for; give it several times for several roles
        #[arg(long, value_enum, required = true)]
        role: Vec<RoleName>,
        #[command(flatten)]
        at: Database,
    },
    /// Keep an account from signing in and end its sessions
    Disable {
        /// The account
        name: String,
        #[command(flatten)]
        at: Database,
    },
    /// Let an account sign in again
    Enable {
        /// The account
        name: String,
        #[command(flatten)]
        at: Database,
    },
    /// List the accounts
    List {
        #[command(flatten)]
        at: Database,
    },
}

/// Keeps API tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it; it is never shown again
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What it may do; give it several times for several scopes
        #[arg(long, value_enum, required = true)]
        scope: Vec<ScopeName>,
        /// How many days it is good
        #[arg(long, default_value_t = 90)]
        days: u32,
        #[command(flatten)]
        at: Database,
    },
    /// Take a token back
    Revoke {
        /// Its id, as listed
        id: String,
        #[command(flatten)]
        at: Database,
    },
    /// List the tokens
    List {
        #[command(flatten)]
        at: Database,
    },
}

/// Reads the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Tell whether an entry was changed or removed; exit 0 when none was, 1 when one was
    Verify {
        #[command(flatten)]
        at: Database,
    },
    /// Print all entries as lines of JSON, newest first
    Export {
        #[command(flatten)]
        at: Database,
    },
}

/// A role, as it is written here.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    /// Sees and works on all cases
    Helpdesk,
    /// Writes rules
    Editor,
    /// Publishes releases
    Publisher,
    /// Keeps accounts, tokens, settings
    Admin,
}

/// A scope, as it is written here.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ScopeName {
    /// Diagnose without keeping anything
    Classify,
    /// Cases: open, read, change, list
    Cases,
    /// Read drafts and proposals
    #[value(name = "rules:read")]
    RulesRead,
    /// Change drafts and propose releases
    #[value(name = "rules:write")]
    RulesWrite,
    /// Publish and roll back
    Publish,
    /// Accounts, tokens, the audit log
    Admin,
}

/// `signpost user …`.
pub(crate) fn user(command: UserCommand) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let said = match command {
            UserCommand::Add {
                name,
                role,
                stdin,
                at,
            } => {
                let password = password(stdin, &name)?;
                let (desk, caller) = open(&at.database).await?;
                let link = told(add_account(&desk, &caller, &name, &roles(&role)).await)?;
                by_link_or(&desk, &caller, &name, link, password).await?
            }
            UserCommand::Passwd { name, stdin, at } => {
                let password = password(stdin, &name)?;
                let (desk, caller) = open(&at.database).await?;
                let link = told(invite(&desk, &caller, &name).await)?;
                by_link_or(&desk, &caller, &name, link, password).await?
            }
            UserCommand::Roles { name, role, at } => {
                let (desk, caller) = open(&at.database).await?;
                told(set_roles(&desk, &caller, &name, &roles(&role)).await)?;
                format!("{name} has these roles now.\n")
            }
            UserCommand::Disable { name, at } => {
                let (desk, caller) = open(&at.database).await?;
                told(disable_account(&desk, &caller, &name).await)?;
                format!("{name} cannot sign in any more.\n")
            }
            UserCommand::Enable { name, at } => {
                let (desk, caller) = open(&at.database).await?;
                told(enable_account(&desk, &caller, &name).await)?;
                format!("{name} can sign in again.\n")
            }
            UserCommand::List { at } => {
                let (desk, caller) = open(&at.database).await?;
                let accounts = told(list_accounts(&desk, &caller).await)?;
                let lines = accounts.iter().map(|account| {
                    let roles = account.roles.iter().map(|role| role.name());
                    let roles = roles.collect::<Vec<_>>().join(",");
                    let state = match (account.disabled_at, account.has_password) {
                        (Some(_), _) => "disabled",
                        (None, true) => "active",
                        (None, false) => "no password yet",
                    };
                    format!("{}\t{roles}\t{state}\n", account.name)
                });
                lines.collect()
            }
        };
        say(&said)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// `signpost token …`.
pub(crate) fn token(command: TokenCommand) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let said = match command {
            TokenCommand::Create {
                name,
                scope,
                days,
                at,
            } => {
                let (desk, caller) = open(&at.database).await?;
                let scopes = scope.into_iter().map(Scope::from).collect();
                let asked = NewTokenAsked { name, scopes, days };
                format!("{}\n", told(create_token(&desk, &caller, asked).await)?)
            }
            TokenCommand::Revoke { id, at } => {
                let (desk, caller) = open(&at.database).await?;
                told(revoke_token(&desk, &caller, &id).await)?;
                "The token is good no longer.\n".to_owned()
            }
            TokenCommand::List { at } => {
                let (desk, caller) = open(&at.database).await?;
                let tokens = told(list_tokens(&desk, &caller).await)?;
                let now = desk.now();
                let lines = tokens.iter().map(|token| {
                    let state = if token.revoked_at.is_some() {
                        "taken back"
                    } else if token.expires_at <= now {
                        "over"
                    } else {
                        "good"
                    };
                    format!("{}\t{}\t{}\t{state}\n", token.id, token.name, token.scopes)
                });
                lines.collect()
            }
        };
        say(&said)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// `signpost audit …`.
pub(crate) fn audit(command: &AuditCommand) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        match command {
            AuditCommand::Verify { at } => {
                let (desk, caller) = open(&at.database).await?;
                match told(verify_audit(&desk, &caller).await)? {
                    Chain::Whole(count, newest) => {
                        say(&format!("{count} entries, none changed or removed. The newest hash is {newest}; note it elsewhere to see later that none was cut off.\n"))?;
                        Ok(ExitCode::SUCCESS)
                    }
                    Chain::Broken(number) => {
                        say(&format!("Entry {number}, or one before it, was changed or removed.\n"))?;
                        Ok(ExitCode::from(1))
                    }
                }
            }
            AuditCommand::Export { at } => {
                let (desk, caller) = open(&at.database).await?;
                let entries = told(export_audit(&desk, &caller, &AuditFilter::default()).await)?;
                for entry in entries {
                    say(&format!("{}\n", serde_json::to_string(&entry)?))?;
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

/// A server that was never started has no database; making one here would only hide a wrong path.
async fn open(database: &Path) -> anyhow::Result<(Desk, Caller)> {
    if !database.exists() {
        bail!(
            "{} is not there: start the server once, or name its database with --database",
            database.display()
        );
    }
    desk_of_shell(database)
        .await
        .with_context(|| format!("{} cannot be used", database.display()))
}

async fn by_link_or(
    desk: &Desk,
    caller: &Caller,
    name: &str,
    link: String,
    password: Option<String>,
) -> anyhow::Result<String> {
    Ok(match password {
        Some(password) => {
            told(set_password(desk, caller, name, &password).await)?;
            format!("{name} can sign in with this password.\n")
        }
        None => format!(
            "Within three days, {name} sets the password at the server's address followed by {}\n",
            paths::setup(&link)
        ),
    })
}

/// The first line of standard input, where a password is to be read from it.
fn password(wanted: bool, name: &str) -> anyhow::Result<Option<String>> {
    if !wanted {
        return Ok(None);
    }
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .context("standard input cannot be read")?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    match complain(&password, &name.to_lowercase()) {
        Some(what) => bail!("{what}"),
        None => Ok(Some(password)),
    }
}

fn told<T>(done: Result<T, DeedError>) -> anyhow::Result<T> {
    done.map_err(|error| anyhow::anyhow!("{error}"))
}

fn roles(names: &[RoleName]) -> Vec<Role> {
    let roles = names.iter().map(|name| match name {
        RoleName::Helpdesk => Role::Helpdesk,
        RoleName::Editor => Role::Editor,
        RoleName::Publisher => Role::Publisher,
        RoleName::Admin => Role::Admin,
    });
    roles.collect()
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Classify => Self::Classify,
            ScopeName::Cases => Self::Cases,
            ScopeName::RulesRead => Self::RulesRead,
            ScopeName::RulesWrite => Self::RulesWrite,
            ScopeName::Publish => Self::Publish,
            ScopeName::Admin => Self::Admin,
        }
    }
}
