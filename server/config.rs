//! Every setting, its environment variable and its default; the only reader of the environment.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How the server runs.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// The address to listen on
    #[arg(
        long,
        env = "SIGNPOST_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// The SQLite file; it and its folder are made where they are missing
    #[arg(
        long,
        env = "SIGNPOST_DATABASE",
        value_name = "FILE",
        default_value = "data/signpost.db"
    )]
    pub database: PathBuf,
    /// A folder of rule files to use instead of those that came with the program
    #[arg(long, env = "SIGNPOST_KNOWLEDGE", value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// Cases are kept for so many days; 0 keeps them for ever
    #[arg(long, env = "SIGNPOST_CASE_DAYS", value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub case_days: u32,
    /// What is replaced in every case before it is kept
    #[arg(long, env = "SIGNPOST_REDACT", value_enum, default_value_t = RedactSetting::Secrets)]
    pub redact: RedactSetting,
    /// The file of the key that hides names of people and machines; it is made when it is needed first, beside the database
    #[arg(long, env = "SIGNPOST_REDACT_KEY", value_name = "FILE")]
    pub redact_key: Option<PathBuf>,
    /// The address people use, where it differs: `https://signpost.example.org`
    #[arg(long, env = "SIGNPOST_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(
        long,
        env = "SIGNPOST_TRUSTED_PROXIES",
        value_name = "ADDRESS,…",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpAddr>,
    /// What people may do without signing in: triage where this machine alone is listened on and no public URL is set, else nothing
    #[arg(long, env = "SIGNPOST_ANONYMOUS", value_enum)]
    pub anonymous: Option<Anonymous>,
    /// The most KiB of a paste
    #[arg(long, env = "SIGNPOST_PASTE_KIB", value_name = "KIB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub paste_kib: u32,
    /// The most MiB of an upload
    #[arg(long, env = "SIGNPOST_UPLOAD_MIB", value_name = "MIB", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub upload_mib: u32,
    /// The most files of an upload, those in archives counted
    #[arg(long, env = "SIGNPOST_FILES", value_name = "COUNT", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub files: u32,
    /// The most MiB that an upload's archives unpack to
    #[arg(long, env = "SIGNPOST_UNPACKED_MIB", value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub unpacked_mib: u32,
    /// The most MiB of text that is read of an upload, which is held in memory
    #[arg(long, env = "SIGNPOST_TEXT_MIB", value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub text_mib: u32,
    /// A file in an archive unpacks to at most so many times its packed size
    #[arg(long, env = "SIGNPOST_UNPACK_RATIO", value_name = "TIMES", default_value_t = 250, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub unpack_ratio: u32,
    /// So many archives may lie in each other
    #[arg(long, env = "SIGNPOST_NESTING", value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub nesting: u32,
    /// Seconds for reading one file
    #[arg(long, env = "SIGNPOST_FILE_SECONDS", value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub file_seconds: u32,
    /// Seconds for reading all of an upload
    #[arg(long, env = "SIGNPOST_READ_SECONDS", value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub read_seconds: u32,
    /// What is logged: a level, or levels by module (`info,signpost=debug`)
    #[arg(long, env = "SIGNPOST_LOG", value_name = "FILTER", default_value = "info,sqlx=warn", value_parser = log_filter)]
    pub log: String,
    /// How log lines are written
    #[arg(long, env = "SIGNPOST_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// What people may do without signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Anonymous {
    /// Diagnose, open cases and work on those whose link they have
    Triage,
    /// Nothing but signing in
    Nothing,
}

/// What is replaced in every case before it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RedactSetting {
    /// Passwords, tokens and keys; a case may choose people and machines too
    Secrets,
    /// Also names and addresses of people and machines, in every case
    People,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl Config {
    /// The file of the key that hides names.
    pub fn names_key(&self) -> PathBuf {
        self.redact_key
            .clone()
            .unwrap_or_else(|| self.database.with_extension("key"))
    }

    /// Whether everyone who reaches the server may diagnose and work on cases.
    pub fn open_to_all(&self) -> bool {
        match self.anonymous {
            Some(Anonymous::Triage) => true,
            Some(Anonymous::Nothing) => false,
            // A proxy on the same machine makes a loopback server public, and its address is how one tells.
            None => self.listen.ip().is_loopback() && self.public_url.is_none(),
        }
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let host = trimmed
        .strip_prefix("https://")
        .or_else(|| trimmed.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => {
            Ok(trimmed.to_owned())
        }
        _ => Err("write http:// or https:// and a host name, without a path".to_owned()),
    }
}

fn log_filter(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!(
            "{error}; write a level such as info, or module=level pairs"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_a_scheme_and_a_host() {
        assert_eq!(
            public_url("https://a.example/"),
            Ok("https://a.example".to_owned())
        );
        for wrong in ["a.example", "ftp://a", "https://", "https://a/b"] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}
