//! One attempt: request after request, each from a row on disk to a written-down answer.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::holder::Holder;
use super::queue::Turn;
use super::{Mailboxes, Outgoing};
use crate::id::ItemId;
use crate::machine::{
    Attached, Creation, Effect, Event, Followed, Look, Submission, WHY_ATTEMPT_LOST, WHY_TIMED_OUT,
    WaitReason,
};
use crate::outbox::Uploading;
use crate::store::leftovers::Leftover;

/// The longest that one call of a mailbox may take: a backstop for one that has
/// lost its own bounds. Those come first: an exchange with Graph ends after
/// three minutes, a fresh token in less than two, both happen twice when a
/// token is refused, and three exchanges look for a draft before it is made.
/// A large file may take longer on a slow line: it goes on where it was.
/// Ending a call earlier would make unclear what is about to be answered.
const CALL_MAX: Duration = Duration::from_secs(60 * 60);

/// Does what is to be done for a message until nothing is left to do at once.
///
/// An answer is written down before the next request leaves, and again and
/// again while the disk refuses: what is known must not turn into what is not.
pub(crate) async fn attempt(holder: Holder, mailboxes: Arc<dyn Mailboxes>, turn: Turn) {
    let Turn {
        id,
        mut effect,
        outgoing,
    } = turn;
    let uploading = holder
        .outbox()
        .uploading(id, outgoing.message.attachment_bytes());
    while let Some(event) = carried_out(&mailboxes, &outgoing, effect, &uploading).await {
        tracing::info!(item = %id, outcome = outcome(&event), "answered");
        effect = written_down(&holder, id, outgoing.account.clone(), event).await;
    }
}

/// Removes a draft that a message has left in its mailbox.
pub(crate) async fn discard(holder: Holder, mailboxes: Arc<dyn Mailboxes>, leftover: Leftover) {
    let Leftover { id, account, draft } = leftover;
    let gone = call(async move { mailboxes.discard(account, draft).await }).await;
    if gone == Ok(true) {
        holder
            .try_once("a leftover is not forgotten", move |outbox, _| {
                outbox.leftover_gone(id)
            })
            .await;
    }
}

/// Carries an effect out that asks something of the mailbox, and gives the answer as an event.
async fn carried_out(
    mailboxes: &Arc<dyn Mailboxes>,
    outgoing: &Arc<Outgoing>,
    effect: Effect,
    uploading: &Uploading,
) -> Option<Event> {
    let mailboxes = mailboxes.clone();
    let (account, key) = (outgoing.account.clone(), outgoing.key.clone());
    let outgoing = outgoing.clone();
    Some(match effect {
        Effect::Create { look_first } => Event::Created(
            call(async move { mailboxes.create(outgoing, look_first).await })
                .await
                .unwrap_or_else(|why| Creation::Unclear {
                    why: why.to_owned(),
                    request_id: None,
                    hold: None,
                }),
        ),
        Effect::Attach(draft) => {
            let uploading = uploading.clone();
            Event::Attached(
                call(async move { mailboxes.attach(outgoing, draft, uploading).await })
                    .await
                    .unwrap_or_else(|why| Attached::Unclear {
                        why: why.to_owned(),
                        request_id: None,
                        hold: None,
                    }),
            )
        }
        Effect::Submit => {
            Event::Answered(submitted(async move { mailboxes.submit(outgoing).await }).await)
        }
        Effect::SubmitDraft(draft) => Event::Answered(
            submitted(async move { mailboxes.submit_draft(account, draft).await }).await,
        ),
        Effect::Look => Event::Looked(
            call(async move { mailboxes.look(account, key).await })
                .await
                .unwrap_or(Look::Unanswered {
                    reason: WaitReason::Network,
                    hold: None,
                }),
        ),
        Effect::Follow { message_id } => Event::Followed(
            call(async move { mailboxes.follow(account, key, message_id).await })
                .await
                .unwrap_or(Followed::Unanswered { hold: None }),
        ),
        Effect::None | Effect::HoldOthers(_) | Effect::BecomeDraft | Effect::Remove => return None,
    })
}

async fn submitted(call_of: impl Future<Output = Submission> + Send + 'static) -> Submission {
    call(call_of)
        .await
        .unwrap_or_else(|why| Submission::Unconfirmed {
            why: why.to_owned(),
            request_id: None,
            hold: None,
        })
}

/// Runs a call apart, so that a panic in it, too, is an answer: why there is none.
async fn call<T: Send + 'static>(
    call: impl Future<Output = T> + Send + 'static,
) -> Result<T, &'static str> {
    let task = tokio::spawn(tokio::time::timeout(CALL_MAX, call));
    let _abort = AbortOnDrop(task.abort_handle());
    match task.await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(WHY_TIMED_OUT),
        Err(_) => Err(WHY_ATTEMPT_LOST),
    }
}

async fn written_down(holder: &Holder, id: ItemId, account: String, event: Event) -> Effect {
    holder
        .until_done("cannot write an answer down", move |outbox, now_ms| {
            outbox.record((id, &account), &event, now_ms)
        })
        .await
}

fn outcome(event: &Event) -> &'static str {
    match event {
        Event::Created(creation) => match creation {
            Creation::Plain => "no drafts",
            Creation::Draft { .. } => "draft made",
            Creation::Sent { .. } => "found sent",
            Creation::Waiting(_) => "waiting",
            Creation::Unclear { .. } => "draft unclear",
            Creation::Failed { .. } => "failed",
        },
        Event::Attached(attached) => match attached {
            Attached::More => "file attached",
            Attached::All => "files attached",
            Attached::Waiting(_) => "waiting",
            Attached::Unclear { .. } => "file unclear",
            Attached::Changed => "draft changed",
            Attached::Failed { .. } => "failed",
        },
        Event::Answered(submission) => match submission {
            Submission::Accepted { .. } => "accepted",
            Submission::Waiting(_) => "waiting",
            Submission::Unconfirmed { .. } => "unclear",
            Submission::Failed { .. } => "failed",
        },
        Event::Looked(look) => match look {
            Look::Sent { .. } => "found sent",
            Look::Draft { .. } => "found as a draft",
            Look::Nothing => "not found",
            Look::Unanswered { .. } => "not answered",
        },
        Event::Followed(followed) => match followed {
            Followed::Sent { .. } => "seen sent",
            Followed::Bounced { .. } => "came back",
            Followed::Nothing => "not seen",
            Followed::NotAllowed => "not to be seen",
            Followed::Unanswered { .. } => "not answered",
        },
        _ => "",
    }
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
