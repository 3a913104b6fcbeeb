//! The files of a large message, on their way into its draft.
//!
//! What is attached, the mailbox is asked each time: that holds through a break, a crash and a session that has ended. A
//! session that a break has left open is gone on with, as long as this process lives: its URL is a secret, and is not
//! written down.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use graph::{
    AttachOutcome, Graph, NotSent, RANGE_BYTES_MAX, UPLOAD_BYTES_MIN, UploadSession, Why, Written,
};
use message::Attachment;
use outbox::{
    Attached, AttachmentCopy, AttachmentReader, CODE_ATTACHMENT_DAMAGED, Contents, OutboxError,
    Outgoing, Uploading, WaitReason,
};

use super::mailboxes::{not_sent, refusal};

/// How many sessions are kept at most: more than accounts are served at once.
const SESSIONS_MAX: usize = 16;

/// Upload sessions that a break has left open, by draft and place of the file in the message.
#[derive(Clone, Default)]
pub(super) struct Sessions(Arc<Mutex<HashMap<Place, UploadSession>>>);

type Place = (String, usize);

impl Sessions {
    fn take(&self, place: &Place) -> Option<UploadSession> {
        self.lock().remove(place)
    }

    fn keep(&self, place: Place, session: UploadSession) {
        let mut sessions = self.lock();
        if sessions.len() >= SESSIONS_MAX {
            sessions.clear();
        }
        sessions.insert(place, session);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, UploadSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Attaches the first file that is not attached yet.
pub(super) async fn attach(
    graph: &Graph,
    outgoing: &Outgoing,
    draft: String,
    uploading: &Uploading,
    sessions: &Sessions,
) -> Attached {
    let attachments = &told_apart(&outgoing.message.attachments);
    let copies = match &outgoing.contents {
        Contents::Apart(copies) => copies.as_slice(),
        Contents::Direct(_) => &[],
    };
    let names = match graph.attachments(&draft).await {
        Ok(names) => names,
        Err(outcome) => return attached(outcome),
    };
    let place = names.len();
    if !are_first(&names, attachments) {
        return Attached::Changed;
    }
    let Some(attachment) = attachments.get(place) else {
        return Attached::All;
    };
    let Some(copy) = copies.get(place) else {
        return attached(AttachOutcome::NotSent(NotSent::AttachmentsMissing));
    };
    let before = attachments
        .iter()
        .take(place)
        .map(|attachment| attachment.bytes);
    let file = File {
        graph,
        attachment,
        copy,
        draft,
        place,
        before: before.sum(),
        uploading,
    };
    let outcome = match attachment.bytes < UPLOAD_BYTES_MIN {
        true => file.add().await,
        false => match file.upload(sessions).await {
            AttachOutcome::Rejected(error) if error.code() == Some(TOO_SMALL) => file.add().await,
            outcome => outcome,
        },
    };
    // Whether it was the last one, the mailbox is asked once more.
    attached(outcome)
}

/// Where a megabyte has 1,048,576 bytes, a file of three million is none for an upload.
const TOO_SMALL: &str = "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize";

/// What of a name no mailbox changes.
fn bare(name: &str) -> String {
    let letters = name.chars().filter(|sign| sign.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The attachments under names that tell each from the others: one that was attached twice must not pass for another of the
/// same name.
fn told_apart(attachments: &[Attachment]) -> Vec<Attachment> {
    let mut taken = HashSet::new();
    let mut named = Vec::with_capacity(attachments.len());
    for attachment in attachments {
        let (stem, ending) = match attachment.name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
            _ => (attachment.name.as_str(), String::new()),
        };
        let numbered = (2..).map(|number| format!("{stem} ({number}){ending}"));
        let name = std::iter::once(attachment.name.clone())
            .chain(numbered)
            .find(|name| taken.insert(bare(name)));
        named.push(Attachment {
            name: name.unwrap_or_default(),
            ..attachment.clone()
        });
    }
    named
}

/// Whether these are the names of the first attachments, in whatever order the mailbox tells them, and whatever it makes of
/// signs and cases.
fn are_first(names: &[String], attachments: &[Attachment]) -> bool {
    let mut found: Vec<String> = names.iter().map(|name| bare(name)).collect();
    let first = attachments.iter().take(names.len());
    let mut expected: Vec<String> = first.map(|attachment| bare(&attachment.name)).collect();
    found.sort_unstable();
    expected.sort_unstable();
    found == expected
}

/// One file on its way.
struct File<'a> {
    graph: &'a Graph,
    attachment: &'a Attachment,
    copy: &'a AttachmentCopy,
    draft: String,
    place: usize,
    /// How many bytes of other files are there already.
    before: u64,
    uploading: &'a Uploading,
}

impl File<'_> {
    async fn add(&self) -> AttachOutcome {
        if !self.uploading.goes_on_after(self.before) {
            return not_wanted();
        }
        let length = usize::try_from(self.attachment.bytes).unwrap_or(usize::MAX);
        let contents = match self.read(None, length).await {
            Ok((_, contents)) => contents,
            Err(outcome) => return outcome,
        };
        self.graph
            .add_attachment(&self.draft, self.attachment, contents)
            .await
    }

    /// Goes on with the session that is left, once; then with a new one.
    async fn upload(&self, sessions: &Sessions) -> AttachOutcome {
        let place = (self.draft.clone(), self.place);
        if let Some(session) = sessions.take(&place)
            && let Some(outcome) = self.write_to(session, sessions).await
        {
            return outcome;
        }
        let graph = self.graph;
        match graph
            .create_upload_session(&self.draft, self.attachment)
            .await
        {
            Ok(session) => (self.write_to(session, sessions).await)
                .unwrap_or_else(|| unclear(Why::UnexpectedAnswer)),
            Err(outcome) => outcome,
        }
    }

    /// Writes what the session wants. `None`: it has ended.
    async fn write_to(
        &self,
        mut session: UploadSession,
        sessions: &Sessions,
    ) -> Option<AttachOutcome> {
        let mut reader = match self.skipped_to(session.next()).await {
            Ok(reader) => reader,
            Err(outcome) => return Some(outcome),
        };
        loop {
            if !self.uploading.goes_on_after(self.before + session.next()) {
                return Some(not_wanted());
            }
            let (rest, range) = match self.read(Some(reader), RANGE_BYTES_MAX).await {
                Ok(read) => read,
                Err(outcome) => return Some(outcome),
            };
            reader = rest;
            let length = range.len() as u64;
            let place = (self.draft.clone(), self.place);
            // Kept before: whoever waits for the answer may be gone when it comes.
            sessions.keep(place.clone(), session.clone());
            let written = self.graph.upload(&mut session, range).await;
            sessions.take(&place);
            match written {
                Written::More => {}
                Written::Attached => return Some(AttachOutcome::Attached),
                Written::Known => session.pass(length),
                Written::Ended => return None,
                Written::Not(outcome) => {
                    if leaves_open(&outcome) {
                        sessions.keep(place, session);
                    }
                    return Some(outcome);
                }
            }
        }
    }

    /// The file, read up to a byte: what was written already belongs to its digest.
    async fn skipped_to(&self, byte: u64) -> Result<AttachmentReader, AttachOutcome> {
        let (mut reader, _) = self.read(None, 0).await?;
        let mut left = byte;
        while left > 0 {
            let next =
                usize::try_from(left).map_or(RANGE_BYTES_MAX, |left| left.min(RANGE_BYTES_MAX));
            let (rest, skipped) = self.read(Some(reader), next).await?;
            reader = rest;
            match skipped.len() as u64 {
                0 => break,
                length => left = left.saturating_sub(length),
            }
        }
        Ok(reader)
    }

    /// Reads on, off the threads that answer; without a reader from the beginning.
    async fn read(
        &self,
        reader: Option<AttachmentReader>,
        bytes_max: usize,
    ) -> Result<(AttachmentReader, Vec<u8>), AttachOutcome> {
        let copy = self.copy.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut reader = match reader {
                Some(reader) => reader,
                None => copy.open()?,
            };
            let bytes = match bytes_max {
                0 => Vec::new(),
                _ => reader.next(bytes_max)?,
            };
            Ok::<_, OutboxError>((reader, bytes))
        });
        match read.await {
            Ok(Ok(read)) => Ok(read),
            Ok(Err(OutboxError::AttachmentDamaged)) => {
                Err(AttachOutcome::NotSent(NotSent::AttachmentsMissing))
            }
            Ok(Err(error)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a copy cannot be read"
                );
                Err(unclear(Why::UnexpectedAnswer))
            }
            Err(_) => Err(unclear(Why::UnexpectedAnswer)),
        }
    }
}

/// What is said of a message that was taken back: nobody hears it.
fn not_wanted() -> AttachOutcome {
    unclear(Why::UnexpectedAnswer)
}

/// Whether a session may be gone on with after this.
fn leaves_open(outcome: &AttachOutcome) -> bool {
    match outcome {
        AttachOutcome::NotSent(NotSent::Offline) => true,
        AttachOutcome::Unclear { why, .. } => !matches!(why, Why::UnexpectedAnswer),
        AttachOutcome::Attached
        | AttachOutcome::NotSent(_)
        | AttachOutcome::Gone
        | AttachOutcome::Rejected(_) => false,
    }
}

fn unclear(why: Why) -> AttachOutcome {
    AttachOutcome::Unclear {
        why,
        retry_after: None,
        request_id: None,
    }
}

fn attached(outcome: AttachOutcome) -> Attached {
    match outcome {
        AttachOutcome::Attached => Attached::More,
        AttachOutcome::NotSent(NotSent::ConsentRequired) => Attached::Waiting(WaitReason::Drafts),
        AttachOutcome::NotSent(NotSent::AttachmentsMissing) => Attached::Failed {
            code: CODE_ATTACHMENT_DAMAGED.to_owned(),
            request_id: None,
        },
        AttachOutcome::NotSent(why) => match not_sent(why) {
            Ok(reason) => Attached::Waiting(reason),
            Err(code) => Attached::Failed {
                code: code.to_owned(),
                request_id: None,
            },
        },
        AttachOutcome::Unclear {
            why,
            retry_after,
            request_id,
        } => Attached::Unclear {
            why: why.code().to_owned(),
            request_id,
            hold: retry_after,
        },
        AttachOutcome::Gone => Attached::Changed,
        AttachOutcome::Rejected(error) => {
            let (code, request_id) = refusal(&error);
            Attached::Failed { code, request_id }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<const COUNT: usize>(names: [&str; COUNT]) -> [Attachment; COUNT] {
        names.map(|name| Attachment {
            id: message::AttachmentId::new("a").unwrap(),
            name: name.to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: 1,
            sha256: String::new(),
            content_id: None,
        })
    }

    #[test]
    fn files_of_one_name_are_told_apart() {
        let attachments = named([
            "a.png",
            "a.png",
            "A-.png",
            "👋",
            "…",
            ".rc",
            "rc",
            "a (2).png",
        ]);
        let names: Vec<String> = (told_apart(&attachments).into_iter())
            .map(|attachment| attachment.name)
            .collect();
        let expected = [
            "a.png",
            "a (2).png",
            "A- (3).png",
            "👋",
            "… (2)",
            ".rc",
            "rc (2)",
            "a (2) (2).png",
        ];
        assert_eq!(names, expected);
    }

    // Each is called after its type where it was pasted, and the mailbox lists pictures and files alike.
    #[test]
    fn pictures_of_one_name_are_told_apart() {
        let mut attachments = named(["image.png", "image.png", "image.png"]);
        for attachment in attachments.iter_mut().take(2) {
            attachment.content_id = Some(message::ContentId::of(&attachment.id));
        }
        let told = told_apart(&attachments);
        let names: Vec<String> = told.iter().map(|one| one.name.clone()).collect();
        assert_eq!(names, ["image.png", "image (2).png", "image (3).png"]);
        assert_eq!(told[1].content_id, attachments[1].content_id);
        assert!(are_first(&names[..2], &told));
    }

    #[test]
    fn what_is_attached_is_known_by_its_names() {
        let attachments = named(["Plan: 1.pdf", "计划 👋.txt", "Plan: 1.pdf"]);
        for (names, first) in [
            (&[][..], true),
            (&["Plan: 1.pdf"], true),
            (&["plan_ 1.PDF"], true),
            (&["计划 .txt", "Plan: 1.pdf"], true),
            (&["Plan: 1.pdf", "Plan: 1.pdf"], false),
            (&["计划 👋.txt"], false),
            (&["another.pdf"], false),
            (&["Plan: 1.pdf", "Plan: 1.pdf", "计划.txt"], true),
            (&["Plan: 1.pdf", "Plan: 1.pdf", "计划.txt", "more"], false),
        ] {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(are_first(&names, &attachments), first, "{names:?}");
        }
    }
}
