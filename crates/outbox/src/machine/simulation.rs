//! Thousands of histories of the machine over a model of everything else: a
//! disk that keeps what was committed, a server that stores and then answers
//! badly, a network, a person, a clock moved by hand, and crashes at every step.
//!
//! A history is its seed. `OUTBOX_SEED=n` replays one, `OUTBOX_SEEDS=n` runs more.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

const SEEDS: u64 = 5_000;
const STEPS: usize = 80;

/// How long a server is waited for at most, whatever it asks for.
const HOLD_KEPT_MAX: Duration = Duration::from_secs(3600);

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
        "queued",
        "sending",
        "accepted",
        "waiting",
        "unconfirmed",
        "failed",
        "cancelled",
    ] {
        assert!(
            seen.get(state).is_some_and(|count| *count > 100),
            "{state}: {seen:?}"
        );
    }
}

#[test]
fn a_machine_that_breaks_the_promise_is_caught() {
    let mutants: [(&str, Machine); 12] = [
        ("sends twice for one word", |before, event, moment| {
            match (&before.state, event) {
                (State::Unconfirmed { .. }, Event::Retry) => step(before, &Event::Again, moment),
                _ => step(before, event, moment),
            }
        }),
        ("sends what is held", |before, event, moment| {
            match (&before.state, event) {
                (State::Held { .. }, Event::Woken) => step(before, &Event::Retry, moment),
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
                (State::Sending, Event::Cancel) => step(
                    &Progress {
                        state: State::Queued,
                        ..before.clone()
                    },
                    event,
                    moment,
                ),
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
    ];
    for (name, mutant) in mutants {
        let caught = (0..200).find(|seed| history(*seed, mutant).is_err());
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

struct World {
    random: StdRng,
    machine: Machine,
    now_ms: i64,
    online: bool,
    signed_in: bool,
    /// What was committed; the only thing that outlives a crash.
    disk: BTreeMap<u64, Row>,
    /// How often the server stored each message.
    stored: BTreeMap<u64, u32>,
    /// How often the server refused each message for good.
    refused: BTreeMap<u64, u32>,
    /// A message that went before the time that a server had asked for, or while it was held.
    too_early: Option<u64>,
    /// What the person did with each message.
    person: BTreeMap<u64, Person>,
    seen: Vec<&'static str>,
}

struct Row {
    account: u8,
    progress: Progress,
    /// When it may go at the earliest, by what a server asked for.
    not_before_ms: Option<i64>,
    /// Until when the person may take it back unseen.
    held_until_ms: Option<i64>,
}

#[derive(Default)]
struct Person {
    /// How often a copy was risked: once by sending, and again by each retry of what may have been sent.
    copies_allowed: u32,
    removed: bool,
    failed_retries: u32,
}

/// How far the worker comes before the machine is switched off.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Ends {
    BeforeTheTurnIsWritten,
    BeforeTheRequestLeaves,
    BeforeTheAnswerIsWritten,
    Never,
}

impl World {
    fn new(seed: u64, machine: Machine) -> World {
        World {
            random: StdRng::seed_from_u64(seed),
            machine,
            now_ms: 1_800_000_000_000,
            online: true,
            signed_in: true,
            disk: BTreeMap::new(),
            stored: BTreeMap::new(),
            refused: BTreeMap::new(),
            too_early: None,
            person: BTreeMap::new(),
            seen: Vec::new(),
        }
    }

    fn something_happens(&mut self) {
        match self.random.random_range(0..100) {
            0..=19 => self.enqueue(),
            20..=59 => self.work(),
            60..=69 => self.now_ms += self.random.random_range(0..600_000),
            70..=73 => self.change_network(),
            74..=77 => self.change_sign_in(),
            78..=80 => self.restart(),
            // A clock that is set back.
            81 => {
                self.now_ms -= self.random.random_range(0..10_000_000_000_i64);
                self.forget_holds();
                for row in self.disk.values_mut() {
                    row.held_until_ms = None;
                }
            }
            _ => self.person_acts(),
        }
    }

    fn enqueue(&mut self) {
        let id = self.person.len() as u64;
        let account = self.random.random_range(0..2);
        let held_until_ms = self
            .random
            .random_bool(0.5)
            .then(|| self.now_ms + self.random.random_range(1..60_000));
        let progress = Progress {
            state: held_until_ms.map_or(State::Queued, |until_ms| State::Held { until_ms }),
            attempts: 0,
        };
        self.disk.insert(
            id,
            Row {
                account,
                progress,
                not_before_ms: None,
                held_until_ms,
            },
        );
        self.person.insert(
            id,
            Person {
                copies_allowed: 1,
                ..Person::default()
            },
        );
    }

    fn change_network(&mut self) {
        self.online = !self.online;
        if self.online {
            self.wake();
        }
    }

    fn change_sign_in(&mut self) {
        self.signed_in = !self.signed_in;
        if self.signed_in {
            self.wake();
        }
    }

    fn wake(&mut self) {
        self.forget_holds();
        self.on_all(&Event::Woken);
    }

    fn restart(&mut self) {
        self.on_all(&Event::Interrupted);
        self.wake();
    }

    /// After a call to wake, or under another clock, no server is waited for.
    fn forget_holds(&mut self) {
        for row in self.disk.values_mut() {
            row.not_before_ms = None;
        }
    }

    fn on_all(&mut self, event: &Event) {
        for id in self.disk.keys().copied().collect::<Vec<_>>() {
            self.commit(id, event);
        }
    }

    /// One step, committed. Whether it applied, and what follows.
    fn commit(&mut self, id: u64, event: &Event) -> Option<Effect> {
        let moment = Moment {
            now_ms: self.now_ms,
            seed: id,
        };
        let row = self.disk.get_mut(&id)?;
        let step = (self.machine)(&row.progress, event, moment).ok()?;
        self.seen.push(step.progress.state.code());
        match step.effect {
            Effect::BecomeDraft | Effect::Remove => drop(self.disk.remove(&id)),
            Effect::None | Effect::Submit | Effect::HoldOthers(_) => row.progress = step.progress,
        }
        Some(step.effect)
    }

    /// The worker: what is due is queued, the oldest of a free account is sent.
    fn work(&mut self) {
        self.on_all(&Event::TimeCame);
        let queued = |row: &Row| row.progress.state == State::Queued;
        let Some(id) = self
            .disk
            .iter()
            .find(|(_, row)| queued(row))
            .map(|(id, _)| *id)
        else {
            return;
        };
        let ends = match self.random.random_range(0..20) {
            0 => Ends::BeforeTheTurnIsWritten,
            1 => Ends::BeforeTheRequestLeaves,
            2 => Ends::BeforeTheAnswerIsWritten,
            _ => Ends::Never,
        };
        self.attempt(id, ends);
        if ends != Ends::Never {
            self.restart();
        }
    }

    fn attempt(&mut self, id: u64, ends: Ends) {
        if ends == Ends::BeforeTheTurnIsWritten
            || self.commit(id, &Event::Turn) != Some(Effect::Submit)
        {
            return;
        }
        if ends == Ends::BeforeTheRequestLeaves {
            return;
        }
        if self.random.random_bool(0.2) {
            // The person does not wait for the answer.
            self.person_acts();
        }
        let answer = self.submit(id);
        if ends == Ends::BeforeTheAnswerIsWritten {
            return;
        }
        let effect = self.commit(id, &Event::Answered(answer.clone()));
        if let Submission::Unconfirmed {
            hold: Some(hold), ..
        } = answer
        {
            self.note_hold(id, hold);
        }
        if let Some(Effect::HoldOthers(hold)) = effect {
            self.hold_others(id, hold);
        }
    }

    /// Remembers what a server asked for, apart from what the machine makes of it.
    fn note_hold(&mut self, id: u64, hold: Duration) {
        let Some(account) = self.disk.get(&id).map(|row| row.account) else {
            return;
        };
        let not_before_ms = self.now_ms + hold.min(HOLD_KEPT_MAX).as_millis() as i64;
        for (_, row) in self.others(id, account) {
            row.not_before_ms = row.not_before_ms.max(Some(not_before_ms));
        }
    }

    /// What else is to go for the account.
    fn others(&mut self, id: u64, account: u8) -> impl Iterator<Item = (u64, &mut Row)> {
        let to_go = |row: &Row| {
            matches!(
                row.progress.state,
                State::Held { .. } | State::Queued | State::Waiting { .. }
            )
        };
        self.disk
            .iter_mut()
            .filter(move |(other, row)| **other != id && row.account == account && to_go(row))
            .map(|(other, row)| (*other, row))
    }

    fn hold_others(&mut self, id: u64, hold: Hold) {
        let Some(account) = self.disk.get(&id).map(|row| row.account) else {
            return;
        };
        let others: Vec<u64> = self.others(id, account).map(|(other, _)| other).collect();
        for other in others {
            self.commit(other, &Event::Walled(hold));
        }
    }

    /// The server: stores or does not, and answers what it likes.
    fn submit(&mut self, id: u64) -> Submission {
        let row = self.disk.get(&id);
        let not_before_ms = row.and_then(|row| row.not_before_ms.max(row.held_until_ms));
        if not_before_ms.is_some_and(|at| at > self.now_ms) {
            self.too_early = Some(id);
        }
        if !self.signed_in {
            return Submission::Waiting(WaitReason::SignIn);
        }
        if !self.online {
            return Submission::Waiting(WaitReason::Network);
        }
        match self.random.random_range(0..10) {
            0..=3 => {
                self.store(id);
                Submission::Accepted {
                    request_id: Some("r".to_owned()),
                }
            }
            stored_or_not @ 4..=7 => {
                if stored_or_not < 7 {
                    self.store(id);
                }
                let whys = [
                    "server-failed",
                    "throttled",
                    "connection-lost",
                    "timed-out",
                    "unexpected-answer",
                ];
                let holds = [None, Some(0), Some(30), Some(7_200), Some(u64::MAX)];
                Submission::Unconfirmed {
                    why: whys[self.random.random_range(0..whys.len())].to_owned(),
                    request_id: None,
                    hold: holds[self.random.random_range(0..holds.len())].map(Duration::from_secs),
                }
            }
            8 => Submission::Waiting(WaitReason::Consent),
            _ => {
                *self.refused.entry(id).or_default() += 1;
                Submission::Failed {
                    code: "ErrorInvalidRecipients".to_owned(),
                    request_id: None,
                }
            }
        }
    }

    fn store(&mut self, id: u64) {
        *self.stored.entry(id).or_default() += 1;
    }

    fn person_acts(&mut self) {
        if self.disk.is_empty() {
            return;
        }
        let nth = self.random.random_range(0..self.disk.len());
        let id = *self.disk.keys().nth(nth).unwrap();
        let event = match self.random.random_range(0..10) {
            0..=3 => Event::Cancel,
            4 => Event::Retry,
            5 => Event::Again,
            6 => Event::Edit,
            7 => Event::TakeBack,
            8 => Event::Release,
            _ => Event::Discard,
        };
        let before = self.disk[&id].progress.state.clone();
        if self.commit(id, &event).is_none() {
            return;
        }
        let person = self.person.get_mut(&id).unwrap();
        if let Some(row) = self.disk.get_mut(&id) {
            row.not_before_ms = None;
            row.held_until_ms = None;
        }
        match (event, before) {
            (Event::Again, _) => person.copies_allowed += 1,
            (Event::Retry, State::Failed { .. }) => person.failed_retries += 1,
            (Event::Edit | Event::TakeBack | Event::Discard, _) => person.removed = true,
            _ => {}
        }
    }

    /// What must be true at every moment.
    fn check(&self) -> Result<(), String> {
        if let Some(id) = self.too_early {
            return Err(format!("message {id} went before its time"));
        }
        for (id, person) in &self.person {
            let stored = self.stored.get(id).copied().unwrap_or(0);
            if stored > person.copies_allowed {
                return Err(format!("message {id} was submitted {stored} times"));
            }
            let refused = self.refused.get(id).copied().unwrap_or(0);
            if refused > person.copies_allowed + person.failed_retries {
                return Err(format!(
                    "message {id} was refused {refused} times and sent again unasked"
                ));
            }
            let Some(row) = self.disk.get(id) else {
                if person.removed {
                    continue;
                }
                return Err(format!("message {id} is gone"));
            };
            let state = &row.progress.state;
            let first_time = person.copies_allowed == 1;
            let tells_the_truth = match state {
                State::Accepted { .. } => stored > 0,
                State::Held { .. }
                | State::Queued
                | State::Waiting { .. }
                | State::Failed { .. }
                | State::Cancelled => stored == 0 || !first_time,
                State::Sending | State::Unconfirmed { .. } => true,
                State::Damaged { .. } => false,
            };
            if !tells_the_truth {
                return Err(format!(
                    "message {id} is {state:?} and was stored {stored} times"
                ));
            }
        }
        Ok(())
    }

    /// With the network back and the person signed in, everything comes to
    /// rest by the clock alone, and where it rests is where it may rest.
    fn settle(&mut self) -> Result<(), String> {
        self.online = true;
        if !self.signed_in {
            self.change_sign_in();
        }
        for _ in 0..10_000 {
            self.on_all(&Event::TimeCame);
            let active = |row: &Row| match &row.progress.state {
                State::Held { .. } | State::Queued | State::Sending => true,
                State::Waiting { reason, .. } => *reason == WaitReason::Network,
                _ => false,
            };
            let Some(id) = self
                .disk
                .iter()
                .find(|(_, row)| active(row))
                .map(|(id, _)| *id)
            else {
                return self.check();
            };
            match self.disk[&id].progress.state {
                State::Queued => self.attempt(id, Ends::Never),
                _ => self.now_ms += 60_000,
            }
            self.check()?;
        }
        Err("something never came to rest".to_owned())
    }
}
