//! The accounts' mailboxes at Graph, as the outbox uses them.

use std::{sync::Arc, time::Duration};

use graph::{CreateOutcome, Found, GraphError, LookError, NotSent, SendOutcome, Why};
use outbox::{
    Answer, Attached, CODE_ATTACHMENT_DAMAGED, Contents, Creation, Look, Mailboxes, Outgoing,
    Submission, Uploading, WaitReason,
};
use tokio::sync::watch;

use super::attaching::{self, Sessions};
use crate::session::{Sender, Sending};

/// How long is waited for the account index to be read, where nothing is lost by not knowing.
const KNOWN_MAX: Duration = Duration::from_secs(10);

/// Whoever is signed in, each with a Graph of their own.
#[derive(Clone)]
pub struct GraphMailboxes {
    sender: watch::Receiver<Sending>,
    sessions: Sessions,
}

impl GraphMailboxes {
    /// The mailboxes of whoever is signed in.
    pub(super) fn new(sender: watch::Receiver<Sending>) -> Self {
        Self {
            sender,
            sessions: Sessions::default(),
        }
    }

    /// Who sends for an account: each account's mail leaves with its own token, whichever is chosen.
    ///
    /// At a start the outbox is often open before the session knows who is signed in.
    async fn sender(&self, account: &str) -> Result<Sender, WaitReason> {
        let mut sender = self.sender.clone();
        let known = sender.wait_for(|sender| !matches!(sender, Sending::Unknown));
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
            if !sender.graph.is_sure().await {
                return without_drafts(is_whole);
            }
            let Outgoing { key, message, .. } = &*outgoing;
            if look_first && let Some(known) = known(sender.graph.find_by_key(key).await, is_whole)
            {
                return known;
            }
            creation(
                sender.graph.create_message(message, key, contents).await,
                is_whole,
            )
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
            submission(sender.graph.send_mail(message, key, contents.clone()).await)
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

/// What is known of a message that may be in the mailbox already; `None` when it is not.
fn known(found: Result<Found, LookError>, is_whole: bool) -> Option<Creation> {
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
        Ok(Found::Draft { ids, .. }) => Some(Creation::Draft { ids, is_whole }),
        Ok(Found::Nothing) => None,
        Err(LookError::Offline) => Some(Creation::Waiting(WaitReason::Network)),
        Err(LookError::SignInRequired) => Some(Creation::Waiting(WaitReason::SignIn)),
        // What may not be looked for goes in one request: what waits here was not submitted.
        Err(LookError::Refused) => Some(without_drafts(is_whole)),
        Err(LookError::Unclear { retry_after }) => {
            Some(unclear_draft(Why::UnexpectedAnswer, None, retry_after))
        }
    }
}

/// What can go in one request does.
fn without_drafts(is_whole: bool) -> Creation {
    match is_whole {
        true => Creation::Plain,
        false => Creation::Waiting(WaitReason::Drafts),
    }
}

fn creation(outcome: CreateOutcome, is_whole: bool) -> Creation {
    match outcome {
        CreateOutcome::Created { id } => Creation::Draft {
            ids: vec![id],
            is_whole,
        },
        // It was granted once and is no more.
        CreateOutcome::NotSent(NotSent::ConsentRequired) => without_drafts(is_whole),
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
