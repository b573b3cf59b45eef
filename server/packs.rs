//! Rules as files, from a shell on the server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use signpost::actions::packs::{
    BringRequest, Bringing, Change, Incoming, compare, export_pack, export_zip, is_whole, look_at,
    not_from_here, propose_files,
};
use signpost::actions::{Caller, Desk, Published, publish_imported};
use signpost::app::desk_of_shell;
use signpost::knowledge;
use signpost::rules::PackFiles;
use signpost::rules::diff::How;
use signpost::rules::pack::{CommentOf, Pack, PackText, Unreadable};
use signpost::rules::parts::{Selection, join};
use signpost::rules::write::pack_texts;

use super::command::{runtime, say};

/// So many comments are named where files are imported.
const COMMENTS: usize = 10;

pub(crate) const EXPORT_CODES: &str = "\
The same release always gives the same files, so that a difference in git is one of what the rules say. A folder is written
only where nothing is lost: a file that says something which no release here says stops the export. Files of rules that are
gone are taken away; with --rule or --product nothing is. Files that are no .yaml, and those whose names begin with a dot,
are left alone.

Exit code:
  0  written
  2  refused, or the database cannot be used";

pub(crate) const IMPORT_CODES: &str = "\
A whole pack, which has a products.yaml, takes the place of the newest release; a part is added to it. Files with errors
change nothing. With --as-proposal it becomes drafts and a proposal, which is checked and published at the desk.

Exit code:
  0  published, proposed, or the newest release has the same rules already; with --dry-run: it could be published
  1  with --dry-run: the linter would refuse it
  2  refused, or something cannot be read or used";

/// What to import, and how.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The folder with the .yaml files, or a zip of them
    #[arg(value_name = "DIR|ZIP")]
    path: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Make a proposal of it instead of publishing it; nothing is removed unless asked
    #[arg(long)]
    as_proposal: bool,
    /// Remove what the files do not have, also where they are a part
    #[arg(long)]
    remove_missing: bool,
    /// With --as-proposal: what the proposal is about
    #[arg(long, value_name = "WORDS", requires = "as_proposal")]
    title: Option<String>,
    /// The SQLite file; it and its folder are made where they are missing
    #[arg(
        long,
        env = "SIGNPOST_DATABASE",
        value_name = "FILE",
        default_value = "data/signpost.db"
    )]
    database: PathBuf,
}

/// What to export, and where to.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The folder to write to: a new one, an empty one, or one that was exported to before
    #[arg(
        value_name = "DIR",
        required_unless_present = "zip",
        conflicts_with = "zip"
    )]
    folder: Option<PathBuf>,
    /// Write this zip instead
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    /// An older release
    #[arg(long, value_name = "NUMBER")]
    release: Option<i64>,
    /// Only this rule, with what its guide names; may be given several times
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    /// Only the rules of this product, with what their guides name; may be given several times
    #[arg(long, value_name = "ID")]
    product: Vec<String>,
    /// The SQLite file of the server
    #[arg(
        long,
        env = "SIGNPOST_DATABASE",
        value_name = "FILE",
        default_value = "data/signpost.db"
    )]
    database: PathBuf,
}

pub(crate) fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    at_desk(&args.database, async |desk, caller| {
        let selection = Selection {
            rules: args.rule.clone(),
            products: args.product.clone(),
        };
        if let Some(file) = &args.zip {
            let (release, bytes) = export_zip(desk, caller, args.release, &selection).await?;
            knowledge::write_file(file, &bytes)?;
            say(&format!(
                "release {release} written to {}\n",
                file.display()
            ))?;
        } else if let Some(folder) = &args.folder {
            let exported = export_pack(desk, caller, args.release, &selection).await?;
            let done = to_folder(desk, folder, exported.texts, selection.is_all()).await?;
            let (release, folder) = (exported.release, folder.display());
            say(&format!("release {release} written to {folder}: {done}\n"))?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

pub(crate) fn import(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let texts = knowledge::from_path(&args.path)?;
    let whole = is_whole(&texts) && !args.as_proposal;
    let bringing = Bringing {
        texts,
        remove_missing: args.remove_missing || whole,
    };
    if args.dry_run && !args.database.exists() {
        let incoming = compare(&PackFiles::default(), bringing);
        let incoming = incoming.map_err(|wrong| unreadable(&wrong))?;
        return would(&incoming);
    }
    with_desk(&args.database, async |desk, caller| {
        let incoming = look_at(desk, caller, bringing).await?;
        if args.dry_run {
            return would(&incoming);
        }
        if args.as_proposal {
            let path = args.path.file_name().unwrap_or(args.path.as_os_str());
            let request = BringRequest {
                title: match &args.title {
                    Some(title) => title.clone(),
                    None => format!("Files of {}", path.display()),
                },
                ..BringRequest::default()
            };
            let number = propose_files(desk, caller, &incoming, &request).await?;
            tell_comments(&incoming);
            let page = signpost::web::paths::admin_proposal(number);
            say(&format!(
                "proposal {number} changes {}; have it checked at {page}\n",
                counted(&incoming.changes)
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        if !incoming.passed() {
            let lines = incoming.remarks.iter().map(ToString::to_string);
            bail!(
                "the knowledge was not published:\n{}",
                lines.collect::<Vec<_>>().join("\n")
            );
        }
        tell_comments(&incoming);
        let shipped = knowledge::read(knowledge::shipped())?;
        let published =
            publish_imported(&desk.store, &incoming.files, &shipped, desk.now()).await?;
        match published {
            Published::New(number) => say(&format!("published as release {number}\n"))?,
            Published::Already(number)
            | Published::KeptOurs(number)
            | Published::NothingNew {
                release: number, ..
            }
            | Published::Proposed {
                release: number, ..
            } => {
                say(&format!(
                    "nothing new: release {number} has the same rules\n"
                ))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Says what would change, and whether it could be published.
fn would(incoming: &Incoming) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::new();
    for item in &incoming.diff.items {
        let how = match item.how {
            How::Added => "new    ",
            How::Removed => "removed",
            How::Changed | How::Moved => "changed",
        };
        let fields = item.fields.iter().map(|field| field.field.as_str());
        let fields = fields.collect::<Vec<_>>().join(", ");
        let fields = if fields.is_empty() {
            fields
        } else {
            format!(": {fields}")
        };
        lines.push(format!("{how} {} {}{fields}", item.kind.word(), item.id));
    }
    for of in &incoming.comments {
        lines.push(comment(of));
    }
    lines.extend(incoming.remarks.iter().map(ToString::to_string));
    lines.extend(incoming.notes.iter().cloned());
    let ready = if incoming.passed() {
        "ready to be published"
    } else {
        "not ready: mend the errors above"
    };
    lines.push(match incoming.changes.as_slice() {
        [] => format!("nothing would change of release {}", incoming.base),
        changes => format!(
            "it would change {} of release {}; {ready}",
            counted(changes),
            incoming.base
        ),
    });
    say(&(lines.join("\n") + "\n"))?;
    Ok(ExitCode::from(u8::from(!incoming.passed())))
}

fn counted(changes: &[Change]) -> String {
    let gone = changes.iter().filter(|change| change.removed).count();
    let things = |count: usize| match count {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    match (changes.len() - gone, gone) {
        (put, 0) => things(put),
        (0, gone) => format!("{} by removing them", things(gone)),
        (put, gone) => format!("{} and remove {gone}", things(put)),
    }
}

/// Comments are no part of what a rule says: who wrote them is told where they went, of those that are lost first.
fn tell_comments(incoming: &Incoming) {
    let (noted, lost): (Vec<_>, Vec<_>) = incoming.comments.iter().partition(|of| of.kept);
    for of in lost.into_iter().chain(noted).take(COMMENTS) {
        eprintln!("signpost: {}", comment(of));
    }
    let more = incoming.comments.len().saturating_sub(COMMENTS);
    if more > 0 {
        eprintln!("signpost: {more} more comments; --dry-run names them all");
    }
}

fn comment(of: &CommentOf) -> String {
    let what = match (of.kept, of.comment.field.as_str()) {
        (false, _) => "this comment is lost, only rules and procedures keep comments".to_owned(),
        (true, "") => "this comment becomes a note".to_owned(),
        (true, field) => format!("this comment becomes a note of {field}"),
    };
    let text = of.comment.text.replace('\n', " ");
    format!("{}:{}: {what}: {text}", of.file, of.comment.line)
}

fn unreadable(wrong: &[Unreadable]) -> anyhow::Error {
    let lines = wrong.iter();
    let lines = lines.map(|wrong| format!("{}:{}: {}", wrong.file, wrong.line, wrong.what));
    anyhow!("{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Does something with the database of a server, which must be there.
fn at_desk(
    database: &Path,
    deed: impl AsyncFnOnce(&Desk, &Caller) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    if !database.exists() {
        bail!(
            "there is no database {}: name the server's with --database",
            database.display()
        );
    }
    with_desk(database, deed)
}

/// Does something with the database of a server, which is made where it is missing.
fn with_desk(
    database: &Path,
    deed: impl AsyncFnOnce(&Desk, &Caller) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let opened = desk_of_shell(database).await;
        let (desk, caller) =
            opened.with_context(|| format!("{} cannot be used", database.display()))?;
        let done = deed(&desk, &caller).await;
        desk.store.close().await;
        done
    })
}

/// The files of a part as they are to stand beside others: a list keeps what it has there.
fn beside(standing: &[PackText], part: Vec<PackText>) -> Vec<PackText> {
    let paths = part.iter().map(|file| file.path.clone());
    let paths = paths.collect::<BTreeSet<_>>();
    let (standing, _) = Pack::read(standing.to_vec());
    let (part, _) = Pack::read(part);
    let mut texts = pack_texts(&join(&standing.files, part.files));
    texts.retain(|file| paths.contains(&file.path));
    texts
}

/// Writes files where they are not as they should be; answers what was done, in words.
async fn to_folder(
    desk: &Desk,
    folder: &Path,
    texts: Vec<PackText>,
    whole: bool,
) -> anyhow::Result<String> {
    let standing = knowledge::standing_in(folder)?;
    let (_, wrong) = Pack::read(standing.clone());
    if let Some(wrong) = wrong.first() {
        bail!(
            "{} is no folder that was exported to: {}:{}: {}; mend or move it, or choose another folder",
            folder.display(),
            wrong.file,
            wrong.line,
            wrong.what
        );
    }
    let texts = if whole {
        texts
    } else {
        beside(&standing, texts)
    };
    let wanted = texts.iter().map(|file| (&file.path, &file.text));
    let wanted = wanted.collect::<BTreeMap<_, _>>();
    let (same, others): (Vec<_>, Vec<_>) = standing
        .into_iter()
        .filter(|file| whole || wanted.contains_key(&file.path))
        .partition(|file| wanted.get(&file.path) == Some(&&file.text));
    let gone = others.iter().map(|file| &file.path);
    let gone = gone.filter(|path| !wanted.contains_key(path)).cloned();
    let gone = gone.collect::<Vec<_>>();
    let changed = others.len() - gone.len();
    let by_hand = not_from_here(desk, others).await?;
    if !by_hand.is_empty() {
        bail!(
            "nothing was written, for no release here says what these files in {} say: {}. Import them first, move them, or choose another folder",
            folder.display(),
            by_hand.join(", ")
        );
    }
    let same = same.iter().map(|file| &file.path).collect::<Vec<_>>();
    let new = texts.len() - same.len() - changed;
    let write = texts.iter().filter(|file| !same.contains(&&file.path));
    let write = write.cloned().collect::<Vec<_>>();
    knowledge::write_to(folder, &write, &gone)?;
    Ok(format!(
        "{new} files new, {changed} changed, {} removed, {} as they were",
        gone.len(),
        same.len()
    ))
}
