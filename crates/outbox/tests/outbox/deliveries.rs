//! The worker over a real database and a model server.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use outbox::{HOLD_MAX, State, WaitReason, system_clock};
use tempfile::TempDir;

use crate::world::{
    ADA, Answer, GRACE, HandClock, PATIENCE, Server, Worker, at_rest, check_told, execute, item,
    message, open, told, until, until_told,
};

#[tokio::test]
async fn what_is_queued_arrives_once_with_its_attachments() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (outbox, server) = (open(folder.path()), Server::answering([]));
    fs::write(files.path().join("α.bin"), [1, 2, 3]).unwrap();
    fs::write(files.path().join("empty"), []).unwrap();
    let attachments = ["α.bin", "empty"]
        .map(|name| outbox.attach(&files.path().join(name)).unwrap())
        .to_vec();
    let sent = message("Hello 你好", attachments);
    outbox.enqueue(ADA, None, &sent).unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(&outbox, &[("Hello 你好", "accepted")]).await;
    // Queued while the worker runs: it sees it by itself.
    outbox.enqueue(ADA, None, &message("Two", vec![])).unwrap();
    until_told(&outbox, &[("Hello 你好", "accepted"), ("Two", "accepted")]).await;
    worker.stop().await;

    let seen = server.seen.lock().unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!((&seen[0].message, seen[0].account.as_str()), (&sent, ADA));
    assert_eq!(seen[0].contents, [vec![1, 2, 3], vec![]]);
    let item = item(&outbox, "Hello 你好");
    assert_eq!(
        (item.key.as_str(), item.attempts),
        (seen[0].key.as_str(), 1)
    );
    assert_eq!(
        item.state,
        State::Accepted {
            request_id: Some("r1".to_owned())
        }
    );
}

#[tokio::test]
async fn nothing_unclear_is_sent_again_by_itself() {
    for (answer, expected) in [
        (Answer::Unclear { stored: true }, "unconfirmed"),
        (Answer::Unclear { stored: false }, "unconfirmed"),
        (Answer::Panic, "unconfirmed"),
        (Answer::Refuse, "failed"),
    ] {
        let folder = TempDir::new().unwrap();
        let (outbox, server, clock) = (
            open(folder.path()),
            Server::answering([answer]),
            HandClock::new(),
        );
        let id = outbox
            .enqueue(ADA, None, &message("Hello", vec![]))
            .unwrap();
        for _ in 0..3 {
            let worker = Worker::start(&outbox, &server, clock.clock());
            until_told(&outbox, &[("Hello", expected)]).await;
            clock.advance(Duration::from_secs(7 * 24 * 3600));
            worker.wake.notify_one();
            outbox
                .enqueue(
                    GRACE,
                    None,
                    &message("shows that the worker looked", vec![]),
                )
                .unwrap();
            until(&outbox, at_rest, String::new).await;
            worker.stop().await;
            execute(
                folder.path(),
                "DELETE FROM items WHERE account = 'grace.tenant'",
            );
        }
        let to_ada = || {
            server
                .seen
                .lock()
                .unwrap()
                .iter()
                .filter(|seen| seen.account == ADA)
                .count()
        };
        assert_eq!(to_ada(), 1);
        // Only a person sends it again.
        if expected == "unconfirmed" {
            assert!(outbox.retry(id).is_err(), "it takes the other word");
            outbox.send_again(id).unwrap();
        } else {
            assert!(outbox.send_again(id).is_err(), "nothing was sent");
            outbox.retry(id).unwrap();
        }
        let worker = Worker::start(&outbox, &server, clock.clock());
        until_told(&outbox, &[("Hello", "accepted")]).await;
        worker.stop().await;
        assert_eq!(to_ada(), 2);
    }
}

#[tokio::test]
async fn what_is_held_goes_when_its_time_has_come_or_a_person_says_so_and_is_taken_back_unseen() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::answering([]));
    let held = |subject: &str, hold| {
        let message = message(subject, vec![]);
        outbox.enqueue_held(ADA, None, &message, hold).unwrap()
    };
    held("by itself", Duration::from_millis(700));
    let now = held("at once", HOLD_MAX);
    let back = held("taken back", HOLD_MAX * 2);
    let State::Held { until_ms } = item(&outbox, "taken back").state else {
        panic!("it is not held");
    };
    let at_most_ms = item(&outbox, "taken back").created_at_ms + 60_000;
    assert!(until_ms <= at_most_ms, "bounded");
    let worker = Worker::start(&outbox, &server, system_clock());
    // A wake-up call is none of theirs.
    worker.wake.notify_one();
    outbox.release(now).unwrap();
    until_told(
        &outbox,
        &[
            ("by itself", "accepted"),
            ("at once", "accepted"),
            ("taken back", "held"),
        ],
    )
    .await;
    assert!(outbox.is_busy().unwrap());
    let draft = outbox.take_back(back).unwrap();
    assert!(!outbox.is_busy().unwrap());
    // What has gone is neither taken back nor sent again.
    assert!(outbox.take_back(now).is_err() && outbox.release(now).is_err());
    assert_eq!(outbox.draft(&draft).unwrap().unwrap().subject, "taken back");
    worker.stop().await;
    let mut sent = server.subjects();
    sent.sort();
    assert_eq!(sent, ["at once", "by itself"]);
}

#[tokio::test]
async fn without_a_network_it_waits_and_goes_by_the_clock_alone() {
    let folder = TempDir::new().unwrap();
    let server = Server::answering([Answer::Wait(WaitReason::Network)]);
    let (outbox, clock) = (open(folder.path()), HandClock::new());
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, clock.clock());
    until_told(&outbox, &[("Hello", "waiting")]).await;
    let State::Waiting {
        reason,
        next_attempt_at_ms: Some(at),
    } = item(&outbox, "Hello").state
    else {
        panic!("no time is set");
    };
    assert_eq!(
        (reason, (5_000..=10_000).contains(&(at - 1_800_000_000_000))),
        (WaitReason::Network, true)
    );
    clock.advance(Duration::from_secs(10));
    until_told(&outbox, &[("Hello", "accepted")]).await;
    assert_eq!(item(&outbox, "Hello").attempts, 2);
    worker.stop().await;
}

#[tokio::test]
async fn a_wake_up_call_sends_what_waits_for_whatever_reason() {
    for reason in [WaitReason::Network, WaitReason::SignIn, WaitReason::Consent] {
        let folder = TempDir::new().unwrap();
        let server = Server::answering([Answer::Wait(reason)]);
        let (outbox, clock) = (open(folder.path()), HandClock::new());
        for subject in ["1", "2", "3"] {
            outbox
                .enqueue(ADA, None, &message(subject, vec![]))
                .unwrap();
        }
        let worker = Worker::start(&outbox, &server, clock.clock());
        // One met the wall; the others wait with it and do not run into it as well.
        until_told(
            &outbox,
            &[("1", "waiting"), ("2", "waiting"), ("3", "waiting")],
        )
        .await;
        assert_eq!(server.subjects(), ["1"]);
        worker.wake.notify_one();
        until_told(
            &outbox,
            &[("1", "accepted"), ("2", "accepted"), ("3", "accepted")],
        )
        .await;
        assert_eq!(server.subjects(), ["1", "1", "2", "3"]);
        worker.stop().await;
    }
}

#[tokio::test]
async fn one_accounts_trouble_does_not_hold_up_another() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::answering([Answer::Silence]));
    outbox
        .enqueue(ADA, None, &message("stuck", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until(
        &outbox,
        |_| server.deliveries() == 1,
        || "nothing is stuck".to_owned(),
    )
    .await;
    for (account, subject) in [(ADA, "behind"), (GRACE, "free")] {
        outbox
            .enqueue(account, None, &message(subject, vec![]))
            .unwrap();
    }
    until_told(
        &outbox,
        &[
            ("stuck", "sending"),
            ("behind", "queued"),
            ("free", "accepted"),
        ],
    )
    .await;
    assert!(outbox.cancel(item(&outbox, "stuck").id).is_err());
    worker.switch_off().await;

    // The next worker finds it in `sending`, does not send it, and goes on.
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(
        &outbox,
        &[
            ("stuck", "unconfirmed"),
            ("behind", "accepted"),
            ("free", "accepted"),
        ],
    )
    .await;
    worker.stop().await;
    assert_eq!(
        server
            .subjects()
            .iter()
            .filter(|subject| *subject == "stuck")
            .count(),
        1
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_not_sent_and_holds_nothing_up() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (outbox, server) = (open(folder.path()), Server::answering([]));
    fs::write(files.path().join("a"), "contents").unwrap();
    let attachment = outbox.attach(&files.path().join("a")).unwrap();
    outbox
        .enqueue(ADA, None, &message("altered", vec![]))
        .unwrap();
    outbox
        .enqueue(
            ADA,
            None,
            &message("without its file", vec![attachment.clone()]),
        )
        .unwrap();
    outbox
        .enqueue(GRACE, None, &message("no account", vec![]))
        .unwrap();
    outbox
        .enqueue(ADA, None, &message("sound", vec![]))
        .unwrap();
    execute(
        folder.path(),
        "UPDATE items SET message = replace(message, 'altered', 'ALTERED');
         UPDATE items SET account = CAST(x'ff00' AS TEXT) WHERE account = 'grace.tenant';",
    );
    fs::write(
        folder.path().join("spool").join(attachment.id.as_str()),
        "CONTENTS",
    )
    .unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(
        &outbox,
        &[
            ("ALTERED", "damaged"),
            ("without its file", "failed"),
            ("no account", "damaged"),
            ("sound", "accepted"),
        ],
    )
    .await;
    worker.stop().await;
    assert_eq!(server.subjects(), ["sound"]);
    let State::Failed { code, .. } = item(&outbox, "without its file").state else {
        panic!()
    };
    assert_eq!(code, outbox::CODE_ATTACHMENT_DAMAGED);
}

#[tokio::test]
async fn one_delivers_at_a_time_and_another_takes_over() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (open(folder.path()), open(folder.path()));
    let (idle, busy) = (Server::answering([Answer::Silence]), Server::answering([]));
    first.enqueue(ADA, None, &message("taken", vec![])).unwrap();
    let holder = Worker::start(&first, &idle, system_clock());
    until_told(&first, &[("taken", "sending")]).await;
    let waiting = Worker::start(&second, &busy, system_clock());
    second
        .enqueue(GRACE, None, &message("from the other", vec![]))
        .unwrap();
    until_told(
        &second,
        &[("taken", "sending"), ("from the other", "accepted")],
    )
    .await;
    assert!(busy.subjects().is_empty());
    holder.switch_off().await;
    second
        .enqueue(GRACE, None, &message("afterwards", vec![]))
        .unwrap();
    until_told(
        &second,
        &[
            ("taken", "unconfirmed"),
            ("from the other", "accepted"),
            ("afterwards", "accepted"),
        ],
    )
    .await;
    waiting.stop().await;
    assert_eq!(
        (idle.subjects().len(), busy.subjects()),
        (2, vec!["afterwards".to_owned()])
    );
}

#[tokio::test]
async fn stopping_lets_an_answer_in() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::answering([]));
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until(
        &outbox,
        |_| !server.seen.lock().unwrap().is_empty(),
        String::new,
    )
    .await;
    worker.stop().await;
    check_told(&outbox, &[("Hello", "accepted")]);
}

// In real time: tokio's paused clock is a feature that would compile half the tree a second time.
#[tokio::test]
async fn a_stop_waits_for_an_answer_and_not_for_ever() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::answering([Answer::Silence]));
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until(
        &outbox,
        |_| !server.seen.lock().unwrap().is_empty(),
        String::new,
    )
    .await;
    // That it comes back is the claim; a busy machine may take its time.
    let stopped = tokio::time::timeout(PATIENCE, worker.stop()).await;
    assert!(stopped.is_ok(), "a stop waits for ever");
    let State::Unconfirmed { why, .. } = item(&outbox, "Hello").state else {
        panic!("its answer is not in")
    };
    assert_eq!(why, "interrupted");
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_is_for_as_long_as_it_says() {
    let folder = TempDir::new().unwrap();
    let server = Server::answering([Answer::Throttle {
        retry_after: Duration::from_secs(120),
    }]);
    let (outbox, clock) = (open(folder.path()), HandClock::new());
    for subject in ["1", "2", "3"] {
        outbox
            .enqueue(ADA, None, &message(subject, vec![]))
            .unwrap();
    }
    let worker = Worker::start(&outbox, &server, clock.clock());
    // What was said so about may have been sent; the others wait their time.
    until_told(
        &outbox,
        &[("1", "unconfirmed"), ("2", "waiting"), ("3", "waiting")],
    )
    .await;
    for subject in ["2", "3"] {
        assert_eq!(
            item(&outbox, subject).state,
            State::Waiting {
                reason: WaitReason::Network,
                next_attempt_at_ms: Some(1_800_000_120_000)
            }
        );
    }
    // Another account's mail goes meanwhile.
    clock.advance(Duration::from_secs(119));
    outbox.enqueue(GRACE, None, &message("4", vec![])).unwrap();
    until_told(
        &outbox,
        &[
            ("1", "unconfirmed"),
            ("2", "waiting"),
            ("3", "waiting"),
            ("4", "accepted"),
        ],
    )
    .await;
    clock.advance(Duration::from_secs(1));
    outbox.enqueue(GRACE, None, &message("5", vec![])).unwrap();
    until_told(
        &outbox,
        &[
            ("1", "unconfirmed"),
            ("2", "accepted"),
            ("3", "accepted"),
            ("4", "accepted"),
            ("5", "accepted"),
        ],
    )
    .await;
    worker.stop().await;
    let once = |subject: &str| {
        server
            .subjects()
            .iter()
            .filter(|seen| *seen == subject)
            .count()
    };
    assert_eq!(["1", "2", "3"].map(once), [1, 1, 1]);
}

#[tokio::test]
async fn copies_that_nothing_uses_are_swept_when_they_are_old() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(folder.path());
    fs::write(files.path().join("a"), "contents").unwrap();
    let [used, orphan, young] = [(); 3].map(|()| outbox.attach(&files.path().join("a")).unwrap());
    outbox
        .enqueue(ADA, None, &message("Hello", vec![used.clone()]))
        .unwrap();
    let spool = folder.path().join("spool");
    fs::write(spool.join("half.part"), "con").unwrap();
    let two_days_ago = system_clock()() - Duration::from_secs(2 * 24 * 3600);
    for name in [used.id.as_str(), orphan.id.as_str(), "half.part"] {
        fs::File::options()
            .write(true)
            .open(spool.join(name))
            .unwrap()
            .set_modified(two_days_ago)
            .unwrap();
    }
    let worker = Worker::start(&outbox, &Server::answering([]), system_clock());
    until_told(&outbox, &[("Hello", "accepted")]).await;
    worker.stop().await;
    assert!(outbox.contents(&used).is_ok() && outbox.contents(&young).is_ok());
    assert_eq!(fs::read_dir(spool).unwrap().count(), 2);
}

#[tokio::test]
async fn what_is_scheduled_goes_at_its_time_and_not_before() {
    let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
    let (outbox, server) = (open(folder.path()), Server::answering([]));
    let now_ms = millis_of(&clock);
    let hours = |hours: i64| now_ms + hours * 3_600_000;
    for (subject, at_ms) in [
        ("in a day", hours(24)),
        ("in a week", hours(7 * 24)),
        ("taken back", hours(24)),
        ("sent now", hours(48)),
        ("long ago", hours(-1)),
    ] {
        outbox
            .enqueue_at(ADA, None, &message(subject, vec![]), at_ms)
            .unwrap();
    }
    let id = |subject: &str| item(&outbox, subject).id;
    let stand = |subject: &str| item(&outbox, subject).state.code();
    let worker = Worker::start(&outbox, &server, clock.clock());
    let gone = |subjects: &'static [&str]| {
        until(
            &outbox,
            move |outbox| {
                subjects
                    .iter()
                    .all(|subject| item(outbox, subject).state.code() == "accepted")
            },
            move || format!("{subjects:?}"),
        )
    };
    gone(&["long ago"]).await;
    outbox.cancel(id("taken back")).unwrap();
    outbox.retry(id("sent now")).unwrap();
    gone(&["sent now"]).await;
    clock.advance(Duration::from_secs(24 * 3600 - 1));
    // Whatever wakes the queue, its time has not come.
    worker.wake.notify_one();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(stand("in a day"), "scheduled");
    worker.stop().await;

    // Its time comes while nothing runs.
    clock.advance(Duration::from_secs(3600));
    let worker = Worker::start(&outbox, &server, clock.clock());
    gone(&["in a day"]).await;
    assert_eq!(
        ["in a week", "taken back"].map(stand),
        ["scheduled", "cancelled"]
    );
    worker.stop().await;
    assert_eq!(server.deliveries(), 3);
}

#[tokio::test]
async fn a_person_sends_all_that_waits_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let offline = outbox::WaitReason::Network;
    let server = Server::answering([Answer::Unclear { stored: true }, Answer::Wait(offline)]);
    let outbox = open(folder.path());
    let (minute, week_ms) = (Duration::from_secs(60), 7 * 24 * 3_600_000);
    let week = millis_of_system() + week_ms;
    outbox
        .enqueue(GRACE, None, &message("unclear", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(&outbox, &[("unclear", "unconfirmed")]).await;
    outbox
        .enqueue(ADA, None, &message("waits", vec![]))
        .unwrap();
    outbox
        .enqueue_held(ADA, None, &message("held", vec![]), minute)
        .unwrap();
    outbox
        .enqueue_at(ADA, None, &message("scheduled", vec![]), week)
        .unwrap();
    let stand = |first, held| {
        [
            ("unclear", "unconfirmed"),
            ("waits", first),
            ("held", held),
            ("scheduled", "scheduled"),
        ]
    };
    until_told(&outbox, &stand("waiting", "held")).await;
    outbox.send_all().unwrap();
    until_told(&outbox, &stand("accepted", "accepted")).await;
    worker.stop().await;
}

fn millis_of_system() -> i64 {
    let now = system_clock()().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(now.unwrap().as_millis()).unwrap()
}

#[tokio::test]
async fn nothing_is_scheduled_for_ever() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    outbox
        .enqueue_at(ADA, None, &message("Hello", vec![]), i64::MAX)
        .unwrap();
    let outbox::State::Scheduled { at_ms } = item(&outbox, "Hello").state else {
        panic!("not scheduled");
    };
    let year_ms = i64::try_from(outbox::SCHEDULE_MAX.as_millis()).unwrap();
    let now_ms = millis_of_system();
    assert!((now_ms + year_ms - 60_000..=now_ms + year_ms).contains(&at_ms));
}

fn millis_of(clock: &HandClock) -> i64 {
    let now = clock.clock()().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(now.unwrap().as_millis()).unwrap()
}

#[tokio::test]
async fn what_was_sent_long_ago_is_history_without_its_words_and_files() {
    let (folder, files, clock) = (
        TempDir::new().unwrap(),
        TempDir::new().unwrap(),
        HandClock::new(),
    );
    let outbox = open(folder.path());
    fs::write(files.path().join("a"), "contents").unwrap();
    let [sent, cancelled] = [(); 2].map(|()| outbox.attach(&files.path().join("a")).unwrap());
    let server = Server::answering([]);
    outbox
        .enqueue(ADA, None, &message("sent", vec![sent.clone()]))
        .unwrap();
    let kept = outbox
        .enqueue_at(
            ADA,
            None,
            &message("cancelled", vec![cancelled.clone()]),
            i64::MAX,
        )
        .unwrap();
    outbox.cancel(kept).unwrap();
    let worker = Worker::start(&outbox, &server, clock.clock());
    until_told(&outbox, &[("sent", "accepted"), ("cancelled", "cancelled")]).await;
    let days = |days: u64| Duration::from_secs(days * 24 * 3600);
    clock.advance(days(29));
    worker.wake.notify_one();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(outbox.contents(&sent).is_ok());
    clock.advance(days(2));
    worker.wake.notify_one();
    until(
        &outbox,
        |outbox| outbox.contents(&sent).is_err(),
        || "it is kept".to_owned(),
    )
    .await;
    worker.stop().await;
    let [history, taken_back] = &outbox.items().unwrap()[..] else {
        panic!("a row is gone");
    };
    assert_eq!(
        (history.state.code(), history.message.text.as_str()),
        ("accepted", "")
    );
    let summary = &outbox.summaries().unwrap()[0];
    assert_eq!(summary.subject, "sent");
    assert_eq!(summary.recipients, ["Zoë Ångström", "noor@outlook.example"]);
    // What was not sent may still be.
    assert_eq!(
        taken_back.message,
        message("cancelled", vec![cancelled.clone()])
    );
    assert!(outbox.contents(&cancelled).is_ok());
}

#[tokio::test]
async fn a_change_is_announced() {
    let folder = TempDir::new().unwrap();
    let (outbox, other) = (open(folder.path()), open(folder.path()));
    let mut changes = outbox.changes();
    outbox.enqueue(ADA, None, &message("mine", vec![])).unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    // Another connection's change is seen by the worker within its look.
    let server: Arc<Server> = Server::answering([]);
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(&outbox, &[("mine", "accepted")]).await;
    other
        .enqueue(ADA, None, &message("theirs", vec![]))
        .unwrap();
    until_told(&outbox, &[("mine", "accepted"), ("theirs", "accepted")]).await;
    worker.stop().await;
    assert_eq!(told(&other).len(), 2);
}

#[tokio::test]
async fn an_answer_outlasts_a_disk_that_refuses_it() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::answering([]));
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    execute(
        folder.path(),
        "CREATE TRIGGER refuse BEFORE UPDATE ON items WHEN NEW.state = 'accepted'
         BEGIN SELECT RAISE(ABORT, 'refused'); END",
    );
    let worker = Worker::start(&outbox, &server, system_clock());
    until(
        &outbox,
        |_| !server.stored.lock().unwrap().is_empty(),
        String::new,
    )
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    check_told(&outbox, &[("Hello", "sending")]);
    execute(folder.path(), "DROP TRIGGER refuse");
    until_told(&outbox, &[("Hello", "accepted")]).await;
    worker.stop().await;
    assert_eq!(server.subjects().len(), 1);
}
