//! Every error that Graph's mail side is known for, at each step that a message takes: where the message stands then, and
//! in which words.
//!
//! Sources: Graph, "Microsoft Graph error responses and resource types", "Throttling guidance"; Exchange, `ResponseCode` of
//! the web services; the codes that clients have reported.

use std::{path::Path, sync::Arc, time::Duration};

use message::{Attachment, Body, Draft, Message};
use outbox::{Outbox, State, system_clock};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    attach,
    stub::{ACCOUNT, Step, mailboxes, well},
    *,
};

/// How long a message may take to come to where it stays for a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many messages are under way at once.
const AT_ONCE: usize = 8;

/// Where a message stands: made a draft, given a file, sent as a draft, sent in one request, looked for.
type Stands = [&'static str; 5];

/// The server refuses, and says what the person can do.
const fn refused(sentence: &'static str) -> Stands {
    // A mailbox that cannot be looked through is for the person to judge.
    [
        sentence,
        sentence,
        sentence,
        sentence,
        "unconfirmed cannot-look",
    ]
}

/// The permission is missing: without it no drafts are made, and the message goes in one request, which is accepted.
const CONSENT: Stands = [
    "accepted",
    "waiting drafts",
    "waiting consent",
    "waiting consent",
    "unconfirmed cannot-look",
];

const SIGN_IN: Stands = [
    "waiting sign_in",
    "waiting sign_in",
    "waiting sign_in",
    "waiting sign_in",
    "checking",
];

/// It may have been done. A draft is made again later; what may have been sent is looked for where it can be.
const UNCLEAR: Stands = [
    "waiting network",
    "waiting network",
    "checking",
    "unconfirmed",
    "checking",
];

/// Nothing is there, or it was changed meanwhile: of a draft that may mean that it was sent.
const GONE: Stands = [
    "waiting network",
    "failed-draft-changed",
    "checking",
    "unconfirmed",
    "unconfirmed cannot-look",
];

#[rustfmt::skip]
fn rows() -> Vec<(&'static str, u16, Stands)> {
    vec![
        ("InvalidAuthenticationToken", 401, SIGN_IN),
        ("insufficient_claims", 401, SIGN_IN),
        ("insufficient_claims", 403, SIGN_IN),
        ("Authorization_RequestDenied", 403, CONSENT),
        ("accessDenied", 403, CONSENT),
        ("ErrorAccessDenied", 403, CONSENT),
        ("ErrorSendAsDenied", 403, refused("failed-send-as-denied")),
        ("MailboxNotEnabledForRESTAPI", 404, refused("failed-no-mailbox")),
        ("MailboxNotEnabledForRESTAPI", 400, refused("failed-no-mailbox")),
        ("MailboxNotSupportedForRESTAPI", 404, refused("failed-no-mailbox")),
        ("ErrorNonExistentMailbox", 404, refused("failed-no-mailbox")),
        ("ErrorMissingEmailAddress", 400, refused("failed-no-mailbox")),
        ("ErrorInvalidUser", 404, refused("failed-no-mailbox")),
        ("extensionError", 403, refused("failed-kept-out")),
        ("extensionError", 404, refused("failed-kept-out")),
        ("ErrorInvalidRecipients", 400, refused("failed-recipients")),
        ("ErrorExceededMaxRecipientLimit", 400, refused("failed-too-many-recipients")),
        ("ErrorExceededMaxRecipientLimit", 403, refused("failed-too-many-recipients")),
        ("ErrorMessageSizeExceeded", 400, refused("failed-too-large")),
        ("ErrorMessageSizeExceeded", 413, refused("failed-too-large")),
        ("RequestEntityTooLarge", 413, refused("failed-too-large")),
        ("", 413, refused("failed-too-large")),
        ("ErrorExceededMessageLimit", 403, parked("waiting paused")),
        ("ErrorExceededMessageLimit", 400, parked("waiting paused")),
        ("ErrorMessageSubmissionBlocked", 403, parked("waiting blocked")),
        ("ErrorAccountSuspend", 403, parked("waiting blocked")),
        ("ErrorQuotaExceeded", 507, parked("waiting mailbox_full")),
        ("ErrorQuotaExceeded", 403, parked("waiting mailbox_full")),
        ("quotaLimitReached", 507, parked("waiting mailbox_full")),
        ("BadRequest", 400, refused("failed-other")),
        ("RequestBodyRead", 400, refused("failed-other")),
        ("UnprocessableType", 422, refused("failed-other")),
        ("InvalidInternetMessageHeader", 400, refused("failed-other")),
        ("InvalidInternetMessageHeaderCollection", 400, refused("failed-other")),
        ("ErrorInvalidIdMalformed", 400, refused("failed-other")),
        ("", 400, refused("failed-rejected")),
        ("", 405, refused("failed-rejected")),
        ("", 403, refused("failed-forbidden")),
        ("ErrorItemNotFound", 404, GONE),
        ("ErrorIrresolvableConflict", 412, UNCLEAR),
        ("ApplicationThrottled", 429, UNCLEAR),
        ("TooManyRequests", 429, UNCLEAR),
        ("activityLimitReached", 429, UNCLEAR),
        ("ErrorServerBusy", 503, UNCLEAR),
        ("serviceNotAvailable", 503, UNCLEAR),
        ("ServiceUnavailable", 503, UNCLEAR),
        ("ErrorMailboxMoveInProgress", 503, UNCLEAR),
        ("ErrorMailboxStoreUnavailable", 503, UNCLEAR),
        ("UnknownError", 504, UNCLEAR),
        ("GatewayTimeout", 504, UNCLEAR),
        ("ErrorInternalServerTransientError", 500, UNCLEAR),
        ("ErrorInternalServerTransientError", 503, UNCLEAR),
        ("generalException", 500, UNCLEAR),
        ("ErrorInternalServerError", 500, UNCLEAR),
        ("", 500, UNCLEAR),
        ("", 502, UNCLEAR),
        ("", 408, UNCLEAR),
        ("", 509, UNCLEAR),
        // A refusal's code with a status that refuses nothing.
        ("ErrorInvalidRecipients", 503, UNCLEAR),
        ("ErrorSendAsDenied", 429, UNCLEAR),
    ]
}

/// All mail of the account waits; the mailbox may still be looked through.
const fn parked(waits: &'static str) -> Stands {
    [waits, waits, waits, waits, "checking"]
}

#[tokio::test]
async fn every_error_at_every_step() {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut cases = JoinSet::new();
    for (code, status, stands) in rows() {
        let steps = [
            Step::Create,
            Step::Attach,
            Step::SendDraft,
            Step::SendPlain,
            Step::Look,
        ];
        for (step, expected) in steps.into_iter().zip(stands) {
            let places = Arc::clone(&places);
            cases.spawn(async move {
                let _place = places.acquire().await.unwrap();
                let found = stands_after(step, status, code).await;
                (found != expected)
                    .then(|| format!("{code} {status} at {step:?}: {found} instead of {expected}"))
            });
        }
    }
    let wrong: Vec<String> = cases.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sends one message past a server that answers so at one step, and says where it stands.
async fn stands_after(step: Step, status: u16, code: &str) -> String {
    let mut answers = well();
    let body = format!(r#"{{"error": {{"code": "{code}", "message": "Not to be shown."}}}}"#);
    answers.insert(step, (status, body));
    if step == Step::Look {
        answers.insert(Step::SendDraft, (504, String::new()));
    }
    let mailboxes = mailboxes(answers, step != Step::SendPlain).await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap().outbox;
    let attachments = match step {
        Step::Attach => too_large_together(&outbox, folder.path()),
        _ => Vec::new(),
    };
    let message = Message::try_from(Draft {
        to: vec!["grace@signet.example".to_owned()],
        body: Body::Text("Hello".to_owned()),
        attachments,
        ..Draft::default()
    });
    outbox.enqueue(ACCOUNT, None, &message.unwrap()).unwrap();
    let (stop, stopped) = watch::channel(false);
    let delivering = tokio::spawn(outbox::deliver(
        outbox.clone(),
        Arc::new(mailboxes),
        system_clock(),
        Arc::new(Notify::new()),
        stopped,
    ));
    let mut changes = outbox.changes();
    let settled = async {
        loop {
            let state = outbox.summaries().unwrap().remove(0).state;
            match (step, &state) {
                (_, State::Queued | State::Creating | State::Attaching | State::Sending) => {}
                // The first look is due in two seconds, and moves the next one further away.
                (
                    Step::Look,
                    State::Checking {
                        next_look_at_ms: Some(at),
                    },
                ) if is_soon(*at) => {}
                _ => return words(&state),
            }
            let _ = tokio::time::timeout(Duration::from_millis(100), changes.changed()).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, settled).await;
    stop.send_replace(true);
    delivering.await.unwrap();
    found.unwrap_or_else(|_| "on its way".to_owned())
}

/// Two files that do not fit into one request.
fn too_large_together(outbox: &Outbox, folder: &Path) -> Vec<Attachment> {
    ["one.bin", "two.bin"]
        .map(|name| attach(outbox, folder, name, &vec![7; 1_500_000]))
        .to_vec()
}

#[allow(
    clippy::disallowed_methods,
    reason = "the outbox of this test goes by the system's clock"
)]
fn is_soon(at_ms: i64) -> bool {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now_ms = i64::try_from(now.unwrap().as_millis()).unwrap();
    at_ms < now_ms + 2_500
}

fn words(state: &State) -> String {
    match state_view(state, None, None) {
        OutboxState::Failed { message, .. } => message,
        OutboxState::Waiting { reason, .. } => {
            let reason = serde_json::to_value(reason).unwrap();
            format!("waiting {}", reason.as_str().unwrap())
        }
        OutboxState::Unconfirmed { why, .. } if why == "cannot-look" => {
            format!("unconfirmed {why}")
        }
        _ => state.code().to_owned(),
    }
}
