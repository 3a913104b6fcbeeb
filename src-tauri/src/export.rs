//! Everything that Signet keeps for a person, copied into a folder of their choice, in files that other programs read.
//!
//! Drafts and messages go as JSON, cards, signatures and settings as they lie. Never a token: those are in the credential store
//! alone. Nor the copies of attachments: they are named, and the person has the files they came from.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use message::{Draft, Message};
use outbox::{Outbox, OutboxError};
use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeSeq},
};

use crate::{
    card, config,
    folders::{self, Folders},
    mail, signatures,
    views::OutboxItemView,
};

const NAME: &str = "Signet export";

/// Exports that may lie side by side in one folder.
const EXPORTS_MAX: u32 = 100;

/// A draft, as `drafts.json` holds it.
#[derive(Serialize)]
struct ExportedDraft {
    /// Its name in Signet.
    id: String,
    /// When it was saved, in milliseconds since 1970.
    saved_at_ms: i64,
    #[serde(flatten)]
    draft: Draft,
}

/// A message, as `outbox.json` holds it. One that was sent long ago is a line without its text.
#[derive(Serialize)]
struct ExportedItem {
    #[serde(flatten)]
    item: OutboxItemView,
    /// The account it is sent from.
    account: String,
    message: Message,
}

/// Writes everything into a fresh folder inside `into`, and gives that folder. One that could not be filled is removed again.
///
/// Errors: what the disk or the outbox says.
pub fn write(into: &Path, folders: &Folders, outbox: &Outbox) -> io::Result<PathBuf> {
    let folder = fresh_folder(into)?;
    let filled = fill(&folder, folders, outbox);
    if filled.is_err() {
        // What is left over says by its name what it is.
        let _ = fs::remove_dir_all(&folder);
    }
    filled.map(|()| folder)
}

fn fill(folder: &Path, folders: &Folders, outbox: &Outbox) -> io::Result<()> {
    let drafts = outbox.draft_summaries().map_err(io::Error::other)?;
    write_json(&folder.join("drafts.json"), drafts, |summary| {
        let draft = outbox.draft(&summary.id)?;
        Ok(draft.map(|draft| ExportedDraft {
            id: summary.id.to_string(),
            saved_at_ms: summary.saved_at_ms,
            draft,
        }))
    })?;
    let items = outbox.summaries().map_err(io::Error::other)?;
    write_json(&folder.join("outbox.json"), items, |summary| {
        let item = match outbox.item(summary.id) {
            // It was taken off the list meanwhile.
            Err(OutboxError::NotFound) => return Ok(None),
            item => item?,
        };
        Ok(Some(ExportedItem {
            item: mail::item_view(outbox, summary),
            account: item.account,
            message: item.message,
        }))
    })?;
    let settings = |name: &str| config::is_file(name) || signatures::is_file(name);
    copy(&folders.config, folder, settings)?;
    copy(&folders.cache, folder, card::is_file)
}

/// One after another: they need not all find room in memory.
fn write_json<S, T: Serialize>(
    path: &Path,
    summaries: Vec<S>,
    read: impl Fn(S) -> Result<Option<T>, OutboxError>,
) -> io::Result<()> {
    let mut file = BufWriter::new(File::create_new(path)?);
    let mut json = serde_json::Serializer::pretty(&mut file);
    let mut list = json.serialize_seq(None)?;
    for summary in summaries {
        if let Some(whole) = read(summary).map_err(serde_json::Error::custom)? {
            list.serialize_element(&whole)?;
        }
    }
    SerializeSeq::end(list)?;
    file.flush()?;
    file.get_ref().sync_all()
}

fn copy(from: &Path, to: &Path, is_ours: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&is_ours)
            && let Some(contents) = folders::read_small(&entry.path())?
        {
            folders::write_private(&to.join(entry.file_name()), &contents)?;
        }
    }
    Ok(())
}

/// A folder that nothing else lies in.
fn fresh_folder(into: &Path) -> io::Result<PathBuf> {
    for number in 1..=EXPORTS_MAX {
        let folder = into.join(match number {
            1 => NAME.to_owned(),
            _ => format!("{NAME} {number}"),
        });
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| folder),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use message::Body;
    use outbox::DraftId;
    use serde_json::Value;

    use super::*;

    #[test]
    fn everything_is_there_to_be_read_and_nothing_is_written_over() {
        let root = tempfile::tempdir().unwrap();
        let folder = |name: &str| root.path().join(name);
        let folders = Folders {
            config: folder("config"),
            data: folder("data"),
            cache: folder("cache"),
        };
        folders.prepare().unwrap();
        fs::write(folders.config.join("settings.toml"), "theme = 'dark'").unwrap();
        fs::write(folders.config.join("notes.txt"), "mine").unwrap();
        signatures::keep(&folders.config, "ada", "Ada").unwrap();
        fs::write(folders.cache.join("card-1.json"), "{}").unwrap();
        let outbox = Outbox::open(&folders.data).unwrap().outbox;
        let draft = Draft {
            to: vec!["zoe@signet.example".to_owned()],
            subject: "Engine".to_owned(),
            body: Body::Text("It weaves.".to_owned()),
            ..Draft::default()
        };
        outbox.save_draft(&DraftId::generate(), &draft).unwrap();
        let message = Message::try_from(draft).unwrap();
        outbox.enqueue("ada", None, &message).unwrap();

        let first = write(root.path(), &folders, &outbox).unwrap();
        let second = write(root.path(), &folders, &outbox).unwrap();

        assert_ne!(first, second);
        let mut names: Vec<_> = fs::read_dir(&second)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !signatures::is_file(name))
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["card-1.json", "drafts.json", "outbox.json", "settings.toml"]
        );
        for (name, kind) in [
            ("drafts.json", Value::Null),
            ("outbox.json", "queued".into()),
        ] {
            let text = fs::read_to_string(second.join(name)).unwrap();
            let list: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(list.as_array().map(Vec::len), Some(1), "{name}");
            assert_eq!(list[0]["state"]["kind"], kind);
            assert!(text.contains("It weaves."), "{name}");
        }
    }

    #[test]
    fn an_export_that_cannot_be_filled_is_not_left_half_done() {
        let root = tempfile::tempdir().unwrap();
        let folder = |name: &str| root.path().join(name);
        let folders = Folders {
            config: folder("none"),
            data: folder("data"),
            cache: folder("cache"),
        };
        let outbox = Outbox::open(&folders.data).unwrap().outbox;
        assert!(write(root.path(), &folders, &outbox).is_err());
        assert!(!root.path().join(NAME).exists());
    }
}
