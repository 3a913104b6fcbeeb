//! What is done with one twin: looked at before anything else, then written over or removed in the version that was seen.
//!
//! A twin is ours while it has the version that we left, or says what we left or were about to write. Whatever else is there
//! is somebody's writing, and is neither written over nor removed unasked.

use graph::{Found, Graph, GraphError, KeepOutcome, KeptDraft, LookError};
use message::Draft;
use outbox::{Digest, Outbox, There, Twin, TwinState};

use super::{Again, with};

/// What is in the mailbox.
enum Seen {
    /// The twin as we left it, in this version; the person has let files lie there that are not here.
    Ours { there: There, has_files: bool },
    /// The twin as somebody else left it.
    Theirs(There),
    /// It was sent, moved or removed.
    Gone,
    /// It was not made yet.
    Nothing,
}

/// Finds out whether somebody changed it, and writes that down.
pub(super) async fn look(outbox: &Outbox, graph: &Graph, twin: Twin) -> Result<(), Again> {
    let seen = see(graph, &twin).await?;
    with(outbox, move |outbox| match seen {
        Seen::Ours { there, .. } if Some(&there) == twin.there.as_ref() => Ok(()),
        Seen::Ours { there, .. } => outbox.twin_kept(&twin.draft, &there, None),
        Seen::Theirs(there) => outbox.twin_changed(&twin.draft, &there),
        Seen::Gone => outbox.twin_gone(&twin.draft),
        Seen::Nothing => Ok(()),
    })
    .await
}

/// A draft on its way to its twin.
struct Prepared {
    draft: Draft,
    is_empty: bool,
    words: Digest,
    digest: Digest,
}

/// To be done where blocking is allowed: a draft may have megabytes.
fn prepared((draft, digest): (Draft, Digest)) -> Prepared {
    let (is_empty, draft) = (draft.is_empty(), draft.cleaned());
    Prepared {
        words: Digest::of_words(&draft),
        draft,
        is_empty,
        digest,
    }
}

/// Writes the draft to its twin, making it where there is none.
pub(super) async fn write(outbox: &Outbox, graph: &Graph, twin: Twin) -> Result<(), Again> {
    let id = twin.draft.clone();
    let saved = with(outbox, move |outbox| {
        Ok(outbox.draft_to_keep(&id)?.map(prepared))
    });
    let Some(Prepared {
        draft,
        is_empty,
        words,
        digest,
    }) = saved.await?
    else {
        // It is gone, or cannot be read: what is in the mailbox is the better one.
        let id = twin.draft.clone();
        return with(outbox, move |outbox| outbox.leave_twin(&id)).await;
    };
    let id = twin.draft.clone();
    // Nothing is made for a window in which nobody wrote.
    if is_empty && !may_be_there(&twin) {
        return with(outbox, move |outbox| outbox.twin_refused(&id, &digest)).await;
    }
    let ours = match see(graph, &twin).await? {
        Seen::Ours { there, .. } => Some(there),
        Seen::Nothing => None,
        Seen::Theirs(there) => {
            return with(outbox, move |outbox| outbox.twin_changed(&id, &there)).await;
        }
        Seen::Gone => return with(outbox, move |outbox| outbox.twin_gone(&id)).await,
    };
    let (tried, version) = (twin.draft.clone(), ours.clone());
    with(outbox, move |outbox| {
        if let Some(there) = version {
            outbox.twin_kept(&tried, &there, None)?;
        }
        outbox.twin_tried(&tried, &words)
    })
    .await?;
    let outcome = match ours {
        Some(there) => {
            graph
                .update_draft(&there.message, &there.etag, &draft)
                .await
        }
        None => graph.keep_draft(&draft, &twin.key).await,
    };
    match outcome {
        KeepOutcome::Kept(kept) => {
            let there = version_of(*kept)?;
            with(outbox, move |outbox| {
                outbox.twin_kept(&id, &there, Some(&digest))
            })
            .await
        }
        KeepOutcome::Gone => with(outbox, move |outbox| outbox.twin_gone(&id)).await,
        // Somebody was quicker, or the mailbox did something with it by itself: the next look tells which.
        KeepOutcome::Changed => Err(Again::default()),
        KeepOutcome::TooLarge => {
            with(outbox, move |outbox| outbox.twin_refused(&id, &digest)).await
        }
        KeepOutcome::Failed(error) if error.stays() => {
            tracing::warn!(%error, "the mailbox does not take a draft");
            with(outbox, move |outbox| outbox.twin_refused(&id, &digest)).await
        }
        KeepOutcome::Failed(error) => Err(error.into()),
    }
}

/// Removes the twin of a draft that was sent or discarded, if it is as we left it. What somebody else has written stays, and
/// so does one with files that are nowhere else.
pub(super) async fn remove(outbox: &Outbox, graph: &Graph, twin: Twin) -> Result<(), Again> {
    if let Seen::Ours {
        there,
        has_files: false,
    } = see(graph, &twin).await?
    {
        match graph.delete_version(&there.message, &there.etag).await {
            Ok(true) => {}
            Ok(false) => tracing::info!("a draft in the mailbox was changed just now, and stays"),
            Err(error) if error.stays() => {
                tracing::warn!(%error, "a draft in the mailbox cannot be removed");
            }
            Err(error) => return Err(error.into()),
        }
    }
    forget(outbox, twin).await
}

/// Whatever lies in the mailbox stays there.
pub(super) async fn forget(outbox: &Outbox, twin: Twin) -> Result<(), Again> {
    with(outbox, move |outbox| outbox.forget_twin(&twin.draft)).await
}

/// The twin as it stands there, made harmless, and its version. `None` where it is not there any more.
pub(super) async fn theirs(graph: &Graph, twin: &Twin) -> Result<Option<(Draft, There)>, Again> {
    let Some(there) = &twin.there else {
        return Ok(None);
    };
    let found = graph.message(&there.message).await?;
    let Some(found) = found.filter(|found| is_in_place(found, there)) else {
        return Ok(None);
    };
    let draft = found.draft.clone().cleaned();
    Ok(Some((draft, version_of(found)?)))
}

/// Whether something of ours may lie in the mailbox, where it may be removed.
pub(super) fn may_be_there(twin: &Twin) -> bool {
    twin.state == TwinState::Kept && (twin.there.is_some() || twin.tried.is_some())
}

async fn see(graph: &Graph, twin: &Twin) -> Result<Seen, Again> {
    let id = match (&twin.there, &twin.tried) {
        (Some(there), _) => Some(there.message.clone()),
        (None, Some(_)) => match graph.find_by_key(&twin.key).await? {
            Found::Nothing => None,
            Found::Sent { .. }
            | Found::Draft {
                submitted: true, ..
            } => return Ok(Seen::Gone),
            Found::Draft { ids, .. } => ids.into_iter().next(),
        },
        (None, None) => None,
    };
    let Some(id) = id else {
        return Ok(Seen::Nothing);
    };
    let there = twin.there.as_ref();
    let found = graph.message(&id).await?;
    let is_in_place =
        |found: &KeptDraft| found.is_draft && there.is_none_or(|there| is_in_place(found, there));
    let Some(found) = found.filter(is_in_place) else {
        return Ok(Seen::Gone);
    };
    let (draft, has_files) = (found.draft.clone(), found.has_files);
    let version = version_of(found)?;
    let is_same = there.is_some_and(|there| there.etag == version.etag);
    let says_the_same =
        there.is_some_and(|there| there.seen == version.seen) || says_what_was_tried(twin, &draft);
    // Files are not in what it says: with some, only the very version that we left is ours.
    Ok(match is_same || (says_the_same && !has_files) {
        true => Seen::Ours {
            there: version,
            has_files,
        },
        false => Seen::Theirs(version),
    })
}

fn says_what_was_tried(twin: &Twin, found: &Draft) -> bool {
    let tried = twin.tried.as_ref();
    tried.is_some_and(|tried| *tried == Digest::of_words(found))
}

/// What was thrown away still has its id, and lies in another folder.
fn is_in_place(found: &KeptDraft, there: &There) -> bool {
    found.is_draft && found.folder == there.folder
}

fn version_of(found: KeptDraft) -> Result<There, Again> {
    Ok(There {
        seen: Digest::of(&found.draft).map_err(|_| Again::default())?,
        message: found.id,
        etag: found.etag,
        folder: found.folder,
    })
}

impl From<GraphError> for Again {
    fn from(error: GraphError) -> Self {
        Self {
            after: error.retry_after(),
            is_alone: matches!(error, GraphError::Unreadable(_)),
        }
    }
}

impl From<LookError> for Again {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Unclear { retry_after } => Self {
                after: retry_after,
                ..Self::default()
            },
            LookError::Offline | LookError::SignInRequired | LookError::Refused => Self::default(),
        }
    }
}
