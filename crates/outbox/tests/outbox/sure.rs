//! Sure delivery: a draft in the mailbox, sent once, and looked for when nobody knows.

use std::sync::atomic::Ordering;
use std::time::Duration;

use outbox::{OutboxError, Refused, State, WaitReason, system_clock};
use tempfile::TempDir;

use crate::world::{
    ADA, Answer, HandClock, Server, Worker, as_of_version, execute, item, message, moving, open,
    until, until_told,
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_draft_is_made_and_sent() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::with_drafts([]));
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(&outbox, &[("Hello", "accepted")]).await;
    worker.stop().await;
    assert_eq!(
        (server.deliveries(), server.drafts.lock().unwrap().len()),
        (1, 1)
    );
}

/// What the server does with the draft and then with the message, and where it ends by the clock alone.
#[tokio::test]
async fn whatever_is_unclear_is_delivered_once() {
    let unclear = |stored| Answer::Unclear { stored };
    let busy = || Answer::Throttle {
        retry_after: MINUTE,
    };
    for (answers, expected, drafts) in [
        // The draft itself: another try looks first, and makes no second one.
        (vec![unclear(true)], "accepted", 1),
        (vec![unclear(false)], "accepted", 1),
        (vec![busy()], "accepted", 1),
        (vec![Answer::Panic], "accepted", 1),
        // Its submission: it is seen to have been sent, or seen not to have been, and then sent again.
        (vec![Answer::Accept, unclear(true)], "sent", 1),
        (vec![Answer::Accept, unclear(false)], "accepted", 1),
        (vec![Answer::Accept, busy()], "accepted", 1),
        (vec![Answer::Accept, Answer::Panic], "accepted", 1),
        (
            vec![Answer::Accept, unclear(false), unclear(true)],
            "sent",
            1,
        ),
        (
            vec![Answer::Accept, Answer::Wait(WaitReason::Network)],
            "accepted",
            1,
        ),
        // What is refused is not tried again.
        (vec![Answer::Refuse], "failed", 0),
        (vec![Answer::Accept, Answer::Refuse], "failed", 1),
    ] {
        let case = format!("{answers:?}");
        let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
        let (outbox, server) = (open(folder.path()), Server::with_drafts(answers));
        outbox
            .enqueue(ADA, None, &message("Hello", vec![]))
            .unwrap();
        let worker = Worker::start(&outbox, &server, clock.clock());
        let _moving = moving(&clock, &worker);
        let ended = || {
            matches!(
                item(&outbox, "Hello").state.code(),
                "accepted" | "sent" | "failed"
            )
        };
        until(&outbox, |_| ended(), || case.clone()).await;
        assert_eq!(item(&outbox, "Hello").state.code(), expected, "{case}");
        assert_eq!(server.drafts.lock().unwrap().len(), drafts, "{case}");
        assert_eq!(
            server.deliveries(),
            u32::from(expected != "failed"),
            "{case}"
        );
    }
}

#[tokio::test]
async fn a_draft_is_not_sent_again_before_it_was_looked_for_long_enough() {
    let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
    let unclear = Answer::Unclear { stored: false };
    let (outbox, server) = (
        open(folder.path()),
        Server::with_drafts([Answer::Accept, unclear]),
    );
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, clock.clock());
    until_told(&outbox, &[("Hello", "checking")]).await;
    // However often it is woken, nothing goes before its time.
    for looks in 1..=6 {
        worker.wake.notify_one();
        let looked = || server.looks.load(std::sync::atomic::Ordering::Relaxed) >= looks;
        until(&outbox, |_| looked(), || format!("{looks} looks")).await;
    }
    until_told(&outbox, &[("Hello", "checking")]).await;
    assert_eq!(server.deliveries(), 0);
    clock.advance(2 * MINUTE);
    worker.wake.notify_one();
    until_told(&outbox, &[("Hello", "accepted")]).await;
    worker.stop().await;
    assert_eq!(server.deliveries(), 1);
}

#[tokio::test]
async fn a_crash_at_any_step_is_looked_into_and_delivers_once() {
    for (answers, left_in) in [
        (vec![Answer::Silence], "creating"),
        (vec![Answer::Accept, Answer::Silence], "sending"),
    ] {
        let folder = TempDir::new().unwrap();
        let server = Server::with_drafts(answers);
        let outbox = open(folder.path());
        outbox
            .enqueue(ADA, None, &message("Hello", vec![]))
            .unwrap();
        let worker = Worker::start(&outbox, &server, system_clock());
        let is_out = || match left_in {
            "creating" => !server.drafts.lock().unwrap().is_empty(),
            _ => server.deliveries() > 0,
        };
        until(&outbox, |_| is_out(), || left_in.to_owned()).await;
        worker.switch_off().await;
        until_told(&outbox, &[("Hello", left_in)]).await;
        drop(outbox);

        let outbox = open(folder.path());
        let worker = Worker::start(&outbox, &server, system_clock());
        let ended = || matches!(item(&outbox, "Hello").state.code(), "accepted" | "sent");
        until(&outbox, |_| ended(), || left_in.to_owned()).await;
        worker.stop().await;
        assert_eq!(server.deliveries(), 1, "{left_in}");
        assert_eq!(server.drafts.lock().unwrap().len(), 1, "{left_in}");
    }
}

/// A message that went in one request is looked for as soon as that is allowed. What is found settles it; nothing is
/// sent for it.
#[tokio::test]
async fn what_was_unconfirmed_is_looked_for_when_it_is_allowed() {
    for (stored, expected) in [(true, "sent"), (false, "unconfirmed")] {
        let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
        let (outbox, server) = (
            open(folder.path()),
            Server::answering([Answer::Unclear { stored }]),
        );
        outbox
            .enqueue(ADA, None, &message("Hello", vec![]))
            .unwrap();
        let worker = Worker::start(&outbox, &server, clock.clock());
        until_told(&outbox, &[("Hello", "unconfirmed")]).await;
        server
            .is_open
            .store(true, std::sync::atomic::Ordering::Relaxed);
        let moving = moving(&clock, &worker);
        let settled = || match item(&outbox, "Hello").state {
            State::Unconfirmed { why, .. } => why == "not-found",
            State::Sent { .. } => true,
            _ => false,
        };
        until(&outbox, |_| settled(), || expected.to_owned()).await;
        drop(moving);
        until_told(&outbox, &[("Hello", expected)]).await;
        worker.stop().await;
        assert_eq!(server.deliveries(), u32::from(stored));
        assert_eq!(server.seen.lock().unwrap().len(), 1, "it was sent again");
        let why = match item(&outbox, "Hello").state {
            State::Unconfirmed { why, .. } => why,
            State::Sent { message_id } => message_id.unwrap(),
            state => panic!("{state:?}"),
        };
        assert!(
            why == "not-found" || why.ends_with("@signet.example>"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn what_is_looked_for_outlives_a_sign_out_and_an_older_database_has_none() {
    let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
    let unclear = Answer::Unclear { stored: true };
    let (outbox, server) = (
        open(folder.path()),
        Server::with_drafts([Answer::Accept, unclear]),
    );
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, clock.clock());
    until_told(&outbox, &[("Hello", "checking")]).await;
    outbox.account_signed_out(ADA, true).unwrap();
    let parked = State::Checking {
        next_look_at_ms: None,
    };
    assert_eq!(item(&outbox, "Hello").state, parked);
    worker.wake.notify_one();
    until_told(&outbox, &[("Hello", "sent")]).await;
    worker.stop().await;
    drop(outbox);
    as_of_version(folder.path(), 2);
    let outbox = open(folder.path());
    assert_eq!(item(&outbox, "Hello").state.code(), "sent");
}

/// What the person takes back is no draft in the mailbox any more; what may have been sent is left alone.
#[tokio::test]
async fn a_draft_that_was_never_sent_goes_with_its_message() {
    let unclear = || Answer::Unclear { stored: false };
    let offline = || Answer::Wait(WaitReason::Network);
    for (answers, state, discards, expected) in [
        (vec![Answer::Accept, Answer::Refuse], "failed", vec![], 1),
        (vec![Answer::Accept, offline()], "waiting", vec![], 1),
        // A removal that fails is tried again at the next call to wake.
        (
            vec![Answer::Accept, Answer::Refuse],
            "failed",
            vec![unclear(), unclear()],
            1,
        ),
        (vec![Answer::Accept, unclear()], "checking", vec![], 0),
        (vec![Answer::Refuse], "failed", vec![], 0),
    ] {
        let case = format!("{answers:?} {discards:?}");
        let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
        let (outbox, server) = (open(folder.path()), Server::with_drafts(answers));
        let id = outbox
            .enqueue(ADA, None, &message("Hello", vec![]))
            .unwrap();
        let worker = Worker::start(&outbox, &server, clock.clock());
        until_told(&outbox, &[("Hello", state)]).await;
        *server.answers.lock().unwrap() = discards;
        outbox.edit(id).unwrap();
        let gone = || server.discarded.lock().unwrap().len();
        for _ in 0..20 {
            worker.wake.notify_one();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        until(&outbox, |_| gone() >= expected, || case.clone()).await;
        worker.stop().await;
        assert_eq!(gone(), expected, "{case}");
    }
}

/// What is seen afterwards: among what was sent, and then a report.
#[tokio::test]
async fn what_was_sent_is_followed_until_a_report_comes() {
    let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
    let (outbox, server) = (open(folder.path()), Server::with_drafts([]));
    server.is_followed.store(true, Ordering::Relaxed);
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, clock.clock());
    until_told(&outbox, &[("Hello", "accepted")]).await;
    assert!(!outbox.is_busy().unwrap(), "nobody has to wait for this");
    clock.advance(Duration::from_secs(10));
    worker.wake.notify_one();
    until_told(&outbox, &[("Hello", "sent")]).await;
    worker.stop().await;

    // Another program, later on.
    *server.report.lock().unwrap() = Some("zoe@signet.example was not found".to_owned());
    let worker = Worker::start(&outbox, &server, clock.clock());
    clock.advance(Duration::from_secs(50));
    worker.wake.notify_one();
    until_told(&outbox, &[("Hello", "bounced")]).await;
    worker.stop().await;
    let State::Bounced { report } = item(&outbox, "Hello").state else {
        panic!("it came back");
    };
    assert_eq!(report, "zoe@signet.example was not found");
    assert_eq!(server.deliveries(), 1);
    // It can be written again, and is no draft by itself.
    let draft = outbox.edit(item(&outbox, "Hello").id).unwrap();
    assert_eq!(outbox.draft(&draft).unwrap().unwrap().subject, "Hello");
}

#[tokio::test]
async fn what_the_server_is_to_send_later_is_handed_over_at_once() {
    let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
    let (outbox, server) = (open(folder.path()), Server::with_drafts([]));
    server.is_followed.store(true, Ordering::Relaxed);
    let at_ms = 1_800_000_000_000 + 3_600_000;
    let hello = message("Hello", vec![]);
    let id = outbox.enqueue_deferred(ADA, None, &hello, at_ms).unwrap();
    let worker = Worker::start(&outbox, &server, clock.clock());
    until_told(&outbox, &[("Hello", "deferred")]).await;
    assert_eq!(server.seen.lock().unwrap()[0].defer_to_ms, Some(at_ms));
    for refused in [outbox.cancel(id), outbox.discard(id), outbox.retry(id)] {
        assert!(matches!(
            refused,
            Err(OutboxError::Refused(Refused::AlreadyAccepted))
        ));
    }
    clock.advance(60 * MINUTE + 2 * MINUTE);
    worker.wake.notify_one();
    until_told(&outbox, &[("Hello", "sent")]).await;
    worker.stop().await;
    assert_eq!(server.deliveries(), 1);
}

/// Its row cannot be read when it is to be followed: that is seen once, and nobody else waits for it.
#[tokio::test]
async fn what_is_damaged_after_it_was_sent_is_followed_no_more() {
    let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
    let (outbox, server) = (open(folder.path()), Server::with_drafts([]));
    server.is_followed.store(true, Ordering::Relaxed);
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, clock.clock());
    until_told(&outbox, &[("Hello", "accepted")]).await;
    worker.stop().await;
    execute(
        folder.path(),
        "UPDATE items SET message = replace(message, 'Hello', 'Hullo');",
    );
    let worker = Worker::start(&outbox, &server, clock.clock());
    clock.advance(Duration::from_secs(10));
    outbox.enqueue(ADA, None, &message("Next", vec![])).unwrap();
    until_told(&outbox, &[("Hullo", "damaged"), ("Next", "accepted")]).await;
    outbox
        .enqueue("another.tenant", None, &message("Another", vec![]))
        .unwrap();
    let expected = [
        ("Hullo", "damaged"),
        ("Next", "accepted"),
        ("Another", "accepted"),
    ];
    until_told(&outbox, &expected).await;
    worker.stop().await;
}
