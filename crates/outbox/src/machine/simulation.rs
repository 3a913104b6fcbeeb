//! Histories of the machine over a model of everything else: a disk that keeps
//! what was committed, mailboxes that store and then answer badly, a network, a
//! person, a clock moved by hand, and crashes at every step.
//!
//! A history is its seed. `OUTBOX_SEED=n` replays one, `OUTBOX_SEEDS=n` runs as many.

use std::collections::BTreeMap;

use super::*;

mod mailbox;
mod world;

use world::World;

const SEEDS: u64 = if cfg!(debug_assertions) {
    5_000
} else {
    100_000
};
const STEPS: usize = 80;

/// In so many histories a machine that breaks the promise must have been caught.
const MUTANT_SEEDS: u64 = 2_000;

type Machine = fn(&Progress, &Event, Moment) -> Result<Step, Refused>;

#[test]
fn no_message_is_submitted_twice_and_none_is_silently_gone() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seeds = match number("OUTBOX_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("OUTBOX_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        if let Err(fault) = history(seed, step) {
            panic!("OUTBOX_SEED={seed}: {fault}");
        }
    }
}

#[test]
fn the_histories_reach_every_state() {
    let mut seen = BTreeMap::new();
    for seed in 0..300 {
        for state in history(seed, step).unwrap() {
            *seen.entry(state).or_insert(0) += 1;
        }
    }
    for state in [
        "held",
        "scheduled",
        "queued",
        "creating",
        "attaching",
        "sending",
        "checking",
        "accepted",
        "deferred",
        "sent",
        "bounced",
        "waiting",
        "unconfirmed",
        "failed",
        "cancelled",
    ] {
        assert!(
            seen.get(state).is_some_and(|count| *count > 20),
            "{state}: {seen:?}"
        );
    }
}

#[test]
fn a_machine_that_breaks_the_promise_is_caught() {
    let mutants: [(&str, Machine); 23] = [
        ("sends twice for one word", |before, event, moment| {
            match (&before.state, event) {
                (State::Unconfirmed { .. }, Event::Retry) => step(before, &Event::Again, moment),
                _ => step(before, event, moment),
            }
        }),
        ("sends what is held", |before, event, moment| {
            match (&before.state, event) {
                (State::Held { .. } | State::Scheduled { .. }, Event::Woken) => {
                    step(before, &Event::Retry, moment)
                }
                _ => step(before, event, moment),
            }
        }),
        (
            "retries an ambiguous answer",
            |before, event, moment| match event {
                Event::Answered(Submission::Unconfirmed { .. }) => {
                    step(before, &answered_waiting(), moment)
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "queues what a crash interrupted",
            |before, event, moment| {
                let mut after = step(before, event, moment)?;
                if *event == Event::Interrupted {
                    after.progress.state = State::Queued;
                }
                Ok(after)
            },
        ),
        ("wakes the unconfirmed", |before, event, moment| {
            match (&before.state, event) {
                (State::Unconfirmed { .. }, Event::Woken) => step(before, &Event::Again, moment),
                _ => step(before, event, moment),
            }
        }),
        ("sends the failed again", |before, event, moment| {
            match (&before.state, event) {
                (State::Failed { .. }, Event::Woken) => step(before, &Event::Retry, moment),
                _ => step(before, event, moment),
            }
        }),
        (
            "lets go of what is being sent",
            |before, event, moment| match (&before.state, event) {
                (State::Sending, Event::Cancel) => Ok(Step {
                    progress: Progress {
                        state: State::Cancelled,
                        ..before.clone()
                    },
                    effect: Effect::None,
                }),
                _ => step(before, event, moment),
            },
        ),
        ("drops what failed", |before, event, moment| {
            let mut after = step(before, event, moment)?;
            if let (Event::Answered(_), State::Failed { .. }) = (event, &after.progress.state) {
                after.effect = Effect::Remove;
            }
            Ok(after)
        }),
        ("forgets to try again", |before, event, moment| {
            let mut after = step(before, event, moment)?;
            if let State::Waiting {
                next_attempt_at_ms, ..
            } = &mut after.progress.state
            {
                *next_attempt_at_ms = None;
            }
            Ok(after)
        }),
        (
            "lets others run into a server that wants none",
            |before, event, moment| {
                let mut after = step(before, event, moment)?;
                if let State::Unconfirmed { .. } = after.progress.state {
                    after.effect = Effect::None;
                }
                Ok(after)
            },
        ),
        (
            "waits for a year when a server says so",
            |before, event, moment| {
                let mut after = step(before, event, moment)?;
                if let Effect::HoldOthers(Hold {
                    until_ms: Some(until),
                    ..
                }) = &mut after.effect
                {
                    *until += 365 * 24 * 3_600_000;
                }
                Ok(after)
            },
        ),
        (
            "calls an ambiguous answer accepted",
            |before, event, moment| match event {
                Event::Answered(Submission::Unconfirmed { request_id, .. }) => {
                    let accepted = Submission::Accepted {
                        request_id: request_id.clone(),
                    };
                    step(before, &Event::Answered(accepted), moment)
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "sends an unclear draft at once",
            |before, event, moment| match (&before.trace.draft, event) {
                (Some(draft), Event::Answered(Submission::Unconfirmed { .. })) => {
                    let mut after = step(before, event, moment)?;
                    after.progress.state = State::Sending;
                    after.effect = Effect::SubmitDraft(draft.clone());
                    Ok(after)
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "sends a draft at the first look",
            |before, event, moment| {
                let long_ago = Progress {
                    trace: Trace {
                        sent_at_ms: 0,
                        looks: 50,
                        ..before.trace.clone()
                    },
                    ..before.clone()
                };
                match event {
                    Event::Looked(_) => step(&long_ago, event, moment),
                    _ => step(before, event, moment),
                }
            },
        ),
        (
            "sends a draft that is on its way out",
            |before, event, moment| match event {
                Event::Looked(Look::Draft { ids, .. }) => {
                    let unsubmitted = Look::Draft {
                        ids: ids.clone(),
                        submitted: false,
                    };
                    step(before, &Event::Looked(unsubmitted), moment)
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "sends whatever draft it finds",
            |before, event, moment| match event {
                Event::Looked(Look::Draft { ids, submitted }) => {
                    let mut ids = ids.clone();
                    ids.extend(before.trace.draft.clone());
                    let submitted = *submitted;
                    let mut after = step(
                        before,
                        &Event::Looked(Look::Draft {
                            ids: ids.clone(),
                            submitted,
                        }),
                        moment,
                    )?;
                    if let (Effect::SubmitDraft(id), Some(first)) = (&mut after.effect, ids.first())
                    {
                        id.clone_from(first);
                        after.progress.trace.draft = Some(first.clone());
                    }
                    Ok(after)
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "makes another when it finds nothing",
            |before, event, moment| {
                let mut after = step(before, event, moment)?;
                if let (Event::Looked(Look::Nothing), State::Checking { .. }) =
                    (event, &after.progress.state)
                {
                    after.progress.state = State::Queued;
                }
                Ok(after)
            },
        ),
        (
            "queues what a crash interrupted as a draft",
            |before, event, moment| {
                let mut after = step(before, event, moment)?;
                if let (Event::Interrupted, State::Checking { .. }) = (event, &after.progress.state)
                {
                    after.progress.state = State::Queued;
                }
                Ok(after)
            },
        ),
        (
            "forgets that it may have been sent before",
            |before, event, moment| {
                let mut after = step(before, event, moment)?;
                if *event == Event::Again {
                    after.progress.trace.sends = 0;
                }
                Ok(after)
            },
        ),
        (
            "sends a draft without its files",
            |before, event, moment| match event {
                Event::Created(Creation::Draft { ids, .. }) => {
                    let whole = Creation::Draft {
                        ids: ids.clone(),
                        is_whole: true,
                    };
                    step(before, &Event::Created(whole), moment)
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "sends again what the server is to send later",
            |before, event, moment| match event {
                Event::Looked(_) => {
                    let mut at_once = before.clone();
                    at_once.trace.defer_to_ms = None;
                    step(&at_once, event, moment)
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "calls what was sent come back",
            |before, event, moment| match event {
                Event::Followed(Followed::Sent { .. }) => {
                    let report = String::new();
                    step(
                        before,
                        &Event::Followed(Followed::Bounced { report }),
                        moment,
                    )
                }
                _ => step(before, event, moment),
            },
        ),
        (
            "calls what it cannot find sent",
            |before, event, moment| match event {
                Event::Looked(Look::Nothing) => {
                    let sent = Look::Sent { message_id: None };
                    step(before, &Event::Looked(sent), moment)
                }
                _ => step(before, event, moment),
            },
        ),
    ];
    for (name, mutant) in mutants {
        let caught = (0..MUTANT_SEEDS).find(|seed| history(*seed, mutant).is_err());
        assert!(caught.is_some(), "a machine that {name} passes");
    }
}

fn answered_waiting() -> Event {
    Event::Answered(Submission::Waiting(WaitReason::Network))
}

/// Plays one history. Returns the states that were seen, or what went wrong.
fn history(seed: u64, machine: Machine) -> Result<Vec<&'static str>, String> {
    let mut world = World::new(seed, machine);
    for _ in 0..STEPS {
        world.something_happens();
        world.check()?;
    }
    world.settle()?;
    Ok(world.seen)
}
