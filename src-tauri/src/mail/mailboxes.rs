//! The accounts' mailboxes at Graph, as the outbox uses them.

use std::{sync::Arc, time::Duration};

use graph::{CreateOutcome, Found, Graph, GraphError, LookError, NotSent, SendOutcome, Stamp, Why};
use outbox::{
    Answer, Attached, CODE_ATTACHMENT_DAMAGED, Contents, Creation, Followed, Look, Mailboxes,
    Outgoing, Submission, Uploading, WaitReason,
};
use tokio::sync::watch;

use super::attaching::{self, Sessions};
use crate::session::{Sender, Sending};

/// How long is waited for the account index to be read, where nothing is lost by not knowing.
pub(super) const KNOWN_MAX: Duration = Duration::from_secs(10);

/// Whoever is signed in, each with a Graph of their own.
#[derive(Clone)]
pub struct GraphMailboxes {
    sending: watch::Receiver<Sending>,
    sessions: Sessions,
}

impl GraphMailboxes {
    /// The mailboxes of whoever is signed in.
    pub(super) fn new(sending: watch::Receiver<Sending>) -> Self {
        Self {
            sending,
            sessions: Sessions::default(),
        }
    }

    /// Who sends for an account: each account's mail leaves with its own token, whichever is chosen.
    ///
    /// At a start the outbox is often open before the session knows who is signed in.
    pub(super) async fn sender(&self, account: &str) -> Result<Sender, WaitReason> {
        let mut sending = self.sending.clone();
        let known = sending.wait_for(|sending| !matches!(sending, Sending::Unknown));
        let known = known.await.ok();
        let sender = known.and_then(|sending| sending.sender(account).cloned());
        let sender = sender.ok_or(WaitReason::SignIn)?;
        match sender.is_ready().await {
            true => Ok(sender),
            false => Err(WaitReason::Network),
        }
    }
}

impl Mailboxes for GraphMailboxes {
    fn is_open(&self, account: String) -> Answer<bool> {
        let mailboxes = self.clone();
        Box::pin(async move {
            match tokio::time::timeout(KNOWN_MAX, mailboxes.sender(&account)).await {
                Ok(Ok(sender)) => sender.graph.is_sure().await,
                Ok(Err(_)) | Err(_) => false,
            }
        })
    }

    fn create(&self, outgoing: Arc<Outgoing>, look_first: bool) -> Answer<Creation> {
        let mailboxes = self.clone();
        Box::pin(async move {
            let sender = match mailboxes.sender(&outgoing.account).await {
                Ok(sender) => sender,
                Err(reason) => return Creation::Waiting(reason),
            };
            let contents = match &outgoing.contents {
                Contents::Direct(contents) => Some(contents.clone()),
                Contents::Apart(_) => None,
            };
            let is_whole = contents.is_some();
            let Outgoing {
                key,
                message,
                defer_to_ms,
                ..
            } = &*outgoing;
            let parts = Parts {
                is_whole,
                can_go_plain: is_whole && defer_to_ms.is_none(),
            };
            if !sender.graph.is_sure().await {
                return parts.without_drafts();
            }
            if look_first && let Some(known) = known(sender.graph.find_by_key(key).await, parts) {
                return known;
            }
            let stamp = Stamp {
                key,
                defer_to_ms: *defer_to_ms,
            };
            let graph = sender.graph.at_attempt(outgoing.attempt);
            creation(graph.create_message(message, stamp, contents).await, parts)
        })
    }

    fn attach(
        &self,
        outgoing: Arc<Outgoing>,
        draft: String,
        uploading: Uploading,
    ) -> Answer<Attached> {
        let mailboxes = self.clone();
        Box::pin(async move {
            let sender = match mailboxes.sender(&outgoing.account).await {
                Ok(sender) => sender,
                Err(reason) => return Attached::Waiting(reason),
            };
            let sessions = &mailboxes.sessions;
            attaching::attach(&sender.graph, &outgoing, draft, &uploading, sessions).await
        })
    }

    fn submit_draft(&self, account: String, draft: String) -> Answer<Submission> {
        let mailboxes = self.clone();
        Box::pin(async move {
            match mailboxes.sender(&account).await {
                Ok(sender) => submission(sender.graph.send_message(&draft).await),
                Err(reason) => Submission::Waiting(reason),
            }
        })
    }

    fn submit(&self, outgoing: Arc<Outgoing>) -> Answer<Submission> {
        let mailboxes = self.clone();
        Box::pin(async move {
            let sender = match mailboxes.sender(&outgoing.account).await {
                Ok(sender) => sender,
                Err(reason) => return Submission::Waiting(reason),
            };
            let Outgoing { key, message, .. } = &*outgoing;
            let Contents::Direct(contents) = &outgoing.contents else {
                return Submission::Waiting(WaitReason::Drafts);
            };
            let graph = sender.graph.at_attempt(outgoing.attempt);
            submission(graph.send_mail(message, key, contents.clone()).await)
        })
    }

    fn discard(&self, account: String, draft: String) -> Answer<bool> {
        let mailboxes = self.clone();
        Box::pin(async move {
            match mailboxes.sender(&account).await {
                Ok(sender) => sender.graph.delete_draft(&draft).await.is_ok(),
                Err(_) => false,
            }
        })
    }

    fn follow(&self, account: String, key: String, message_id: Option<String>) -> Answer<Followed> {
        let mailboxes = self.clone();
        Box::pin(async move {
            let unanswered = Followed::Unanswered { hold: None };
            match mailboxes.sender(&account).await {
                Ok(sender) if sender.graph.is_sure().await => {
                    let followed = followed(&sender.graph, &key, message_id).await;
                    followed.unwrap_or_else(not_followed)
                }
                Ok(_) => Followed::NotAllowed,
                Err(_) => unanswered,
            }
        })
    }

    fn look(&self, account: String, key: String) -> Answer<Look> {
        let mailboxes = self.clone();
        Box::pin(async move {
            let sender = match mailboxes.sender(&account).await {
                Ok(sender) => sender,
                Err(reason) => return Look::Unanswered { reason, hold: None },
            };
            look(sender.graph.find_by_key(&key).await)
        })
    }
}

/// Looks for the sent message, unless its Message-ID is known, and for a report that answers it.
async fn followed(
    graph: &Graph,
    key: &str,
    message_id: Option<String>,
) -> Result<Followed, LookError> {
    let message_id = match message_id {
        Some(known) => known,
        None => match graph.find_by_key(key).await? {
            Found::Sent {
                internet_message_id: Some(found),
            } => found,
            Found::Sent {
                internet_message_id: None,
            } => return Ok(Followed::Sent { message_id: None }),
            Found::Draft { .. } | Found::Nothing => return Ok(Followed::Nothing),
        },
    };
    Ok(match graph.find_report(&message_id).await? {
        Some(report) => Followed::Bounced { report },
        None => Followed::Sent {
            message_id: Some(message_id),
        },
    })
}

fn not_followed(error: LookError) -> Followed {
    match error {
        LookError::Refused => Followed::NotAllowed,
        LookError::Offline | LookError::SignInRequired => Followed::Unanswered { hold: None },
        LookError::Unclear { retry_after } => Followed::Unanswered { hold: retry_after },
    }
}

/// What is known of a message that may be in the mailbox already; `None` when it is not.
fn known(found: Result<Found, LookError>, parts: Parts) -> Option<Creation> {
    match found {
        Ok(Found::Sent {
            internet_message_id,
        }) => Some(Creation::Sent {
            message_id: internet_message_id,
        }),
        // On its way out: the next try finds it sent.
        Ok(Found::Draft {
            submitted: true, ..
        }) => Some(unclear_draft(Why::UnexpectedAnswer, None, None)),
        Ok(Found::Draft { ids, .. }) => Some(Creation::Draft {
            ids,
            is_whole: parts.is_whole,
        }),
        Ok(Found::Nothing) => None,
        Err(LookError::Offline) => Some(Creation::Waiting(WaitReason::Network)),
        Err(LookError::SignInRequired) => Some(Creation::Waiting(WaitReason::SignIn)),
        // What may not be looked for goes in one request: what waits here was not submitted.
        Err(LookError::Refused) => Some(parts.without_drafts()),
        Err(LookError::Unclear { retry_after }) => {
            Some(unclear_draft(Why::UnexpectedAnswer, None, retry_after))
        }
    }
}

/// In how many requests a message goes.
#[derive(Clone, Copy)]
struct Parts {
    /// The draft is made with all that belongs to it.
    is_whole: bool,
    /// It needs no draft: it fits into one request, and is to be sent at once.
    can_go_plain: bool,
}

impl Parts {
    /// What can go in one request does.
    fn without_drafts(self) -> Creation {
        match self.can_go_plain {
            true => Creation::Plain,
            false => Creation::Waiting(WaitReason::Drafts),
        }
    }
}

fn creation(outcome: CreateOutcome, parts: Parts) -> Creation {
    match outcome {
        CreateOutcome::Created { id } => Creation::Draft {
            ids: vec![id],
            is_whole: parts.is_whole,
        },
        // It was granted once and is no more.
        CreateOutcome::NotSent(NotSent::ConsentRequired) => parts.without_drafts(),
        CreateOutcome::NotSent(why) => match not_sent(why) {
            Ok(reason) => Creation::Waiting(reason),
            Err(code) => Creation::Failed {
                code: code.to_owned(),
                request_id: None,
            },
        },
        CreateOutcome::Unclear {
            why,
            retry_after,
            request_id,
        } => unclear_draft(why, request_id, retry_after),
        CreateOutcome::Rejected(error) => {
            let (code, request_id) = refusal(&error);
            Creation::Failed { code, request_id }
        }
    }
}

fn unclear_draft(why: Why, request_id: Option<String>, hold: Option<Duration>) -> Creation {
    Creation::Unclear {
        why: why.code().to_owned(),
        request_id,
        hold,
    }
}

fn submission(outcome: SendOutcome) -> Submission {
    match outcome {
        SendOutcome::Accepted { request_id } => Submission::Accepted { request_id },
        SendOutcome::Unclear {
            why,
            request_id,
            retry_after,
            ..
        } => Submission::Unconfirmed {
            why: why.code().to_owned(),
            request_id,
            hold: retry_after,
        },
        SendOutcome::Rejected(error) => {
            let (code, request_id) = refusal(&error);
            Submission::Failed { code, request_id }
        }
        SendOutcome::NotSent(why) => match not_sent(why) {
            Ok(reason) => Submission::Waiting(reason),
            Err(code) => Submission::Failed {
                code: code.to_owned(),
                request_id: None,
            },
        },
    }
}

fn look(found: Result<Found, LookError>) -> Look {
    let unanswered = |reason, hold| Look::Unanswered { reason, hold };
    match found {
        Ok(Found::Sent {
            internet_message_id,
        }) => Look::Sent {
            message_id: internet_message_id,
        },
        Ok(Found::Draft { ids, submitted }) => Look::Draft { ids, submitted },
        Ok(Found::Nothing) => Look::Nothing,
        Err(LookError::SignInRequired) => unanswered(WaitReason::SignIn, None),
        Err(LookError::Refused) => unanswered(WaitReason::Consent, None),
        Err(LookError::Offline) => unanswered(WaitReason::Network, None),
        Err(LookError::Unclear { retry_after }) => unanswered(WaitReason::Network, retry_after),
    }
}

/// What a message that did not leave waits for, or the code of what is wrong with it.
pub(super) fn not_sent(why: NotSent) -> Result<WaitReason, &'static str> {
    match why {
        NotSent::Offline | NotSent::Token(_) => Ok(WaitReason::Network),
        NotSent::SignInRequired { .. } => Ok(WaitReason::SignIn),
        NotSent::ConsentRequired => Ok(WaitReason::Consent),
        NotSent::MailboxFull => Ok(WaitReason::MailboxFull),
        NotSent::SendingPaused => Ok(WaitReason::Paused),
        NotSent::SendingBlocked => Ok(WaitReason::Blocked),
        NotSent::TooLarge => Err("too-large"),
        NotSent::AttachmentsMissing => Err(CODE_ATTACHMENT_DAMAGED),
    }
}

/// The code of a refusal, with a name for one that Graph gave none, and Graph's name for the request.
pub(super) fn refusal(error: &GraphError) -> (String, Option<String>) {
    let unnamed = match error {
        GraphError::TooLarge(_) => "too-large",
        GraphError::Forbidden(_) => "forbidden",
        _ => "rejected",
    };
    (
        error.code().unwrap_or(unnamed).to_owned(),
        error.request_id().map(str::to_owned),
    )
}
