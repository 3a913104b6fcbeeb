//! Seeded histories over the real database: a server that answers every way, a
//! worker that is switched off at any await, an outbox closed and opened again.
//!
//! `OUTBOX_SEED=n` replays a history's choices, `OUTBOX_SEEDS=n` runs as many.

use std::sync::atomic::Ordering;
use std::time::Duration;

use outbox::{State, WaitReason};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::world::{
    ADA, Answer, GRACE, HandClock, Server, Worker, at_rest, message, moving, open, until,
};

const SEEDS: u64 = 1_000;
const ROUNDS: usize = 4;
const AT_ONCE: usize = 32;

#[tokio::test]
async fn at_most_once_and_nothing_silently_gone() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seeds = match number("OUTBOX_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("OUTBOX_SEEDS").unwrap_or(SEEDS),
    };
    // Side by side: a history is mostly waiting for the disk.
    let mut histories = JoinSet::new();
    for seed in seeds {
        if histories.len() >= AT_ONCE {
            histories.join_next().await.unwrap().unwrap();
        }
        histories.spawn(history(seed));
    }
    while let Some(ended) = histories.join_next().await {
        ended.unwrap();
    }
}

async fn history(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
    let server = Server::answering([]);
    server
        .is_open
        .store(random.random_bool(0.5), Ordering::Relaxed);
    let mut queued = 0;
    for _ in 0..ROUNDS {
        let outbox = open(folder.path());
        *server.answers.lock().unwrap() = (0..3).map(|_| any_answer(&mut random)).collect();
        for _ in 0..random.random_range(0..4) {
            let account = if random.random_bool(0.5) { ADA } else { GRACE };
            outbox
                .enqueue(
                    account,
                    None,
                    &message(&format!("message {queued}"), vec![]),
                )
                .unwrap();
            queued += 1;
        }
        let worker = Worker::start(&outbox, &server, clock.clock());
        tokio::time::sleep(Duration::from_micros(random.random_range(0..30_000))).await;
        worker.switch_off().await;
        clock.advance(Duration::from_secs(random.random_range(0..100)));
        if random.random_bool(0.2) {
            server.is_open.fetch_not(Ordering::Relaxed);
        }
    }
    let outbox = open(folder.path());
    server.answers.lock().unwrap().clear();
    let worker = Worker::start(&outbox, &server, clock.clock());
    let _moving = moving(&clock, &worker);
    until(&outbox, at_rest, || {
        format!("OUTBOX_SEED={seed}: never at rest")
    })
    .await;
    worker.stop().await;

    let items = outbox.items().unwrap();
    assert_eq!(items.len(), queued, "OUTBOX_SEED={seed}: messages are gone");
    let stored = server.stored.lock().unwrap();
    for item in items {
        let copies = stored.get(&item.key).copied().unwrap_or(0);
        let allowed = match item.state {
            State::Accepted { .. } | State::Sent { .. } => 1..=1,
            State::Unconfirmed { .. } => 0..=1,
            State::Failed { .. } => 0..=0,
            ref state => panic!("OUTBOX_SEED={seed}: {state:?} at rest"),
        };
        assert!(
            allowed.contains(&copies),
            "OUTBOX_SEED={seed}: {:?} stored {copies} times",
            item.state
        );
    }
}

fn any_answer(random: &mut StdRng) -> Answer {
    match random.random_range(0..8) {
        0..=1 => Answer::Accept,
        2 => Answer::Unclear { stored: true },
        3 => Answer::Unclear { stored: false },
        4 => Answer::Refuse,
        5 => Answer::Wait(WaitReason::Network),
        6 => Answer::Wait(WaitReason::SignIn),
        _ => Answer::Silence,
    }
}
