//! Everything around the machine.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::*;
use super::Machine;
use super::mailbox::Mailbox;

/// How long a server is waited for at most, whatever it asks for.
const HOLD_KEPT_MAX: Duration = Duration::from_secs(3600);

pub(super) struct World {
    random: StdRng,
    machine: Machine,
    /// The clock of this computer, which may be set back.
    now_ms: i64,
    /// The clock of the mailboxes, which goes on.
    server_ms: i64,
    online: bool,
    signed_in: bool,
    /// Whether drafts are allowed, by account.
    is_open: [bool; 2],
    /// What was committed; the only thing that outlives a crash.
    disk: BTreeMap<u64, Row>,
    /// What each message left at the server.
    mailboxes: BTreeMap<u64, Mailbox>,
    /// A message that went before the time that a server had asked for, or while it was held.
    too_early: Option<u64>,
    /// A message that left `failed` without the person.
    unasked: Option<u64>,
    /// A message that was submitted after the person had taken it back.
    unwanted: Option<u64>,
    /// What the person did with each message.
    person: BTreeMap<u64, Person>,
    pub(super) seen: Vec<&'static str>,
}

struct Row {
    account: u8,
    /// How many files are too large to go with the rest.
    files: u32,
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
    /// Its last word on it was to take it back.
    taken_back: bool,
}

impl World {
    pub(super) fn new(seed: u64, machine: Machine) -> World {
        World {
            random: StdRng::seed_from_u64(seed),
            machine,
            now_ms: 1_800_000_000_000,
            server_ms: 0,
            online: true,
            signed_in: true,
            is_open: [true, false],
            disk: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            too_early: None,
            unasked: None,
            unwanted: None,
            person: BTreeMap::new(),
            seen: Vec::new(),
        }
    }

    pub(super) fn something_happens(&mut self) {
        match self.random.random_range(0..100) {
            0..=19 => self.enqueue(),
            20..=59 => self.work(),
            60..=69 => {
                let passed_ms = self.random.random_range(0..600_000);
                self.pass(passed_ms);
            }
            70..=73 => self.change_network(),
            74..=77 => self.change_sign_in(),
            78..=79 => self.restart(),
            80 => self.change_consent(),
            82 => self.mailboxes.values_mut().for_each(Mailbox::clear_drafts),
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
        let files = [0, 0, 1, 3][self.random.random_range(0..4)];
        let held_until_ms = self
            .random
            .random_bool(0.5)
            .then(|| self.now_ms + self.random.random_range(1..60_000));
        let is_deferred = held_until_ms.is_none() && self.random.random_bool(0.3);
        let defer_to_ms = is_deferred.then(|| self.now_ms + self.random.random_range(1..4_000_000));
        let is_scheduled = self.random.random_bool(0.3);
        let progress = Progress {
            state: held_until_ms.map_or(State::Queued, |at_ms| match is_scheduled {
                true => State::Scheduled { at_ms },
                false => State::Held { until_ms: at_ms },
            }),
            attempts: 0,
            trace: Trace {
                defer_to_ms,
                ..Trace::default()
            },
        };
        self.seen.push(progress.state.code());
        self.disk.insert(
            id,
            Row {
                account,
                files,
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

    /// The person allows drafts, or takes it back.
    fn change_consent(&mut self) {
        let account = self.random.random_range(0..self.is_open.len());
        self.is_open[account] = !self.is_open[account];
        self.wake();
    }

    fn pass(&mut self, passed_ms: i64) {
        self.now_ms += passed_ms;
        self.server_ms += passed_ms;
    }

    fn wake(&mut self) {
        self.forget_holds();
        self.on_all(&Event::Woken);
        let unclear = |row: &Row| matches!(&row.progress.state, State::Unconfirmed { why, .. } if why != WHY_NOT_FOUND);
        let open = |row: &Row| self.is_open[usize::from(row.account)];
        let found: Vec<u64> = self
            .disk
            .iter()
            .filter(|(_, row)| unclear(row) && open(row))
            .map(|(id, _)| *id)
            .collect();
        for id in found {
            self.commit(id, &Event::Check);
        }
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
        if let (State::Failed { .. }, false) = (&row.progress.state, is_by_person(event)) {
            self.unasked = Some(id);
        }
        self.seen.push(step.progress.state.code());
        match step.effect {
            Effect::BecomeDraft | Effect::Remove => drop(self.disk.remove(&id)),
            Effect::None
            | Effect::Create { .. }
            | Effect::Attach(_)
            | Effect::Submit
            | Effect::SubmitDraft(_)
            | Effect::Look
            | Effect::Follow { .. }
            | Effect::HoldOthers(_) => row.progress = step.progress,
        }
        Some(step.effect)
    }

    /// The worker: what is due is queued, the oldest that is to be sent or looked for has its turn.
    fn work(&mut self) {
        self.on_all(&Event::TimeCame);
        let Some(id) = self.next() else {
            return;
        };
        let goes_out_after = match self.random.random_range(0..20) {
            steps @ 0..=4 => Some(steps),
            _ => None,
        };
        self.attempt(id, goes_out_after);
        if goes_out_after.is_some() {
            self.restart();
        }
    }

    /// The oldest message whose turn it is.
    fn next(&self) -> Option<u64> {
        let is_next = |row: &Row| match row.progress.state {
            State::Queued => true,
            State::Checking {
                next_look_at_ms: Some(at),
            } => is_due(at, self.now_ms),
            _ => false,
        };
        let is_to_follow = |row: &Row| {
            let at = row.progress.trace.follow_at_ms;
            at.is_some_and(|at| at <= self.now_ms)
        };
        let found = self.disk.iter().find(|(_, row)| is_next(row));
        let found = found.or_else(|| self.disk.iter().find(|(_, row)| is_to_follow(row)));
        found.map(|(id, _)| *id)
    }

    /// Carries out effect after effect, until nothing is left to do at once or the machine goes out: before a step is
    /// written, before its request leaves, or before its answer is written.
    fn attempt(&mut self, id: u64, goes_out_after: Option<u32>) {
        let mut left = goes_out_after.unwrap_or(u32::MAX);
        let mut goes_on = || match left.checked_sub(1) {
            Some(less) => {
                left = less;
                true
            }
            None => false,
        };
        let mut event = Event::Turn;
        let account = self.disk.get(&id).map(|row| row.account);
        loop {
            if !goes_on() {
                return;
            }
            let Some(effect) = self.commit(id, &event) else {
                if let (Some(account), Some(hold)) = (account, event.hold(self.now_ms)) {
                    self.hold_others(id, account, hold);
                }
                return;
            };
            if let (Some(account), Effect::HoldOthers(hold)) = (account, &effect) {
                self.hold_others(id, account, *hold);
            }
            if !goes_on() {
                return;
            }
            if self.random.random_bool(0.1) {
                // The person does not wait for the answer.
                self.person_acts();
            }
            let Some(answer) = self.carry_out(id, effect) else {
                return;
            };
            event = answer;
        }
    }

    fn carry_out(&mut self, id: u64, effect: Effect) -> Option<Event> {
        let row = self.disk.get(&id);
        let (account, files) = row.map_or((0, 0), |row| (usize::from(row.account), row.files));
        let defer_to_ms = row.and_then(|row| row.progress.trace.defer_to_ms);
        let deferred_for_ms = defer_to_ms.map_or(0, |at| (at - self.now_ms).max(0));
        let (may_leave, is_open) = (self.may_leave(), self.is_open[account]);
        self.note_if_too_early(id, &effect);
        let is_submitted = matches!(effect, Effect::Submit | Effect::SubmitDraft(_));
        if is_submitted && self.person[&id].taken_back {
            self.unwanted = Some(id);
        }
        let (random, now_ms) = (&mut self.random, self.server_ms);
        let mailbox = self.mailboxes.entry(id).or_default();
        let event = match effect {
            Effect::Create { .. } if !is_open => Event::Created(match (files, defer_to_ms) {
                (0, None) => Creation::Plain,
                _ => Creation::Waiting(WaitReason::Drafts),
            }),
            Effect::Create { look_first } => Event::Created(match may_leave {
                Ok(()) => mailbox.create(random, look_first, files, now_ms),
                Err(reason) => Creation::Waiting(reason),
            }),
            Effect::Attach(draft) => Event::Attached(match may_leave {
                Ok(()) if is_open => mailbox.attach(random, &draft, files, now_ms),
                Ok(()) => Attached::Waiting(WaitReason::Drafts),
                Err(reason) => Attached::Waiting(reason),
            }),
            Effect::Submit => Event::Answered(match may_leave {
                Ok(()) => mailbox.submit(random, now_ms),
                Err(reason) => Submission::Waiting(reason),
            }),
            Effect::SubmitDraft(draft) => Event::Answered(match may_leave {
                Ok(()) => mailbox.submit_draft(random, &draft, files, (now_ms, deferred_for_ms)),
                Err(reason) => Submission::Waiting(reason),
            }),
            Effect::Look => Event::Looked(match may_leave {
                Ok(()) if is_open => mailbox.look(random, now_ms),
                Ok(()) => unanswered(WaitReason::Consent),
                Err(reason) => unanswered(reason),
            }),
            Effect::Follow { .. } => Event::Followed(match may_leave {
                Ok(()) if is_open => mailbox.follow(random, now_ms),
                Ok(()) => Followed::NotAllowed,
                Err(_) => Followed::Unanswered { hold: None },
            }),
            Effect::None | Effect::HoldOthers(_) | Effect::BecomeDraft | Effect::Remove => {
                return None;
            }
        };
        if let Some(hold) = asked_hold(&event) {
            self.note_hold(id, hold);
        }
        Some(event)
    }

    fn may_leave(&self) -> Result<(), WaitReason> {
        match (self.signed_in, self.online) {
            (false, _) => Err(WaitReason::SignIn),
            (true, false) => Err(WaitReason::Network),
            (true, true) => Ok(()),
        }
    }

    /// What goes as a draft that was made before a wall is not held back by it.
    fn note_if_too_early(&mut self, id: u64, effect: &Effect) {
        let row = self.disk.get(&id);
        let not_before_ms = row.and_then(|row| match effect {
            Effect::Create { .. } => row.not_before_ms.max(row.held_until_ms),
            _ => row.held_until_ms,
        });
        if not_before_ms.is_some_and(|at| at > self.now_ms) {
            self.too_early = Some(id);
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

    fn hold_others(&mut self, id: u64, account: u8, hold: Hold) {
        let others: Vec<u64> = self.others(id, account).map(|(other, _)| other).collect();
        for other in others {
            self.commit(other, &Event::Walled(hold));
        }
    }

    fn person_acts(&mut self) {
        if self.disk.is_empty() {
            return;
        }
        let nth = self.random.random_range(0..self.disk.len());
        let id = *self.disk.keys().nth(nth).unwrap();
        let event = match self.random.random_range(0..12) {
            0..=3 => Event::Cancel,
            4 => Event::Retry,
            10 => Event::Check,
            11 => Event::Forgotten,
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
            (Event::Again, _) => {
                person.copies_allowed += 1;
                person.taken_back = false;
            }
            (Event::Retry, _) => person.taken_back = false,
            (Event::Cancel, _) => person.taken_back = true,
            (Event::Edit | Event::TakeBack | Event::Discard | Event::Forgotten, _) => {
                person.removed = true;
            }
            _ => {}
        }
    }

    /// What must be true at every moment.
    pub(super) fn check(&self) -> Result<(), String> {
        if let Some(id) = self.too_early {
            return Err(format!("message {id} went before its time"));
        }
        if let Some(id) = self.unasked {
            return Err(format!("message {id} had failed and went on unasked"));
        }
        if let Some(id) = self.unwanted {
            return Err(format!("message {id} was taken back and went all the same"));
        }
        for (id, person) in &self.person {
            let mailbox = self.mailboxes.get(id);
            let stored = mailbox.map_or(0, |mailbox| mailbox.delivered);
            if mailbox.is_some_and(|mailbox| mailbox.went_incomplete) {
                return Err(format!("message {id} went without its files"));
            }
            if stored > person.copies_allowed {
                return Err(format!("message {id} was delivered {stored} times"));
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
                State::Accepted { .. } | State::Deferred { .. } | State::Sent { .. } => stored > 0,
                State::Bounced { .. } => {
                    stored > 0 && mailbox.is_some_and(|mailbox| mailbox.bounces)
                }
                State::Held { .. }
                | State::Scheduled { .. }
                | State::Queued
                | State::Creating
                | State::Attaching
                | State::Waiting { .. } => stored == 0 || !first_time,
                State::Failed { .. } | State::Cancelled => stored == 0,
                State::Sending | State::Checking { .. } | State::Unconfirmed { .. } => true,
                State::Damaged { .. } => false,
            };
            if !tells_the_truth {
                return Err(format!(
                    "message {id} is {state:?} and was delivered {stored} times"
                ));
            }
        }
        Ok(())
    }

    fn next_scheduled(&self) -> Option<i64> {
        let at_ms = |row: &Row| match row.progress.state {
            State::Scheduled { at_ms } => Some(at_ms),
            State::Deferred { until_ms } => Some(until_ms),
            _ => None,
        };
        self.disk.values().filter_map(at_ms).min()
    }

    /// With the network back and the person signed in, everything comes to
    /// rest by the clock alone, and where it rests is where it may rest.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        self.online = true;
        if !self.signed_in {
            self.change_sign_in();
        }
        for _ in 0..10_000 {
            self.on_all(&Event::TimeCame);
            if let Some(id) = self.next() {
                self.attempt(id, None);
            } else if self.disk.values().any(moves_by_itself) {
                self.pass(60_000);
            } else if let Some(at_ms) = self.next_scheduled() {
                // Under a clock that was set back it may be far away.
                self.pass(at_ms - self.now_ms);
            } else {
                return self.check();
            }
            self.check()?;
        }
        Err("something never came to rest".to_owned())
    }
}

fn moves_by_itself(row: &Row) -> bool {
    match &row.progress.state {
        State::Held { .. }
        | State::Queued
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Checking { .. } => true,
        State::Waiting { reason, .. } => *reason == WaitReason::Network,
        State::Scheduled { .. }
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => false,
    }
}

fn unanswered(reason: WaitReason) -> Look {
    Look::Unanswered { reason, hold: None }
}

fn is_by_person(event: &Event) -> bool {
    use Event::{Again, Cancel, Check, Discard, Edit, Forgotten, Release, Retry, TakeBack};
    matches!(
        event,
        Again | Cancel | Check | Discard | Edit | Forgotten | Release | Retry | TakeBack
    )
}

/// What a server has asked for, apart from what the machine makes of it.
fn asked_hold(event: &Event) -> Option<Duration> {
    match event {
        Event::Created(Creation::Unclear { hold, .. })
        | Event::Attached(Attached::Unclear { hold, .. })
        | Event::Answered(Submission::Unconfirmed { hold, .. })
        | Event::Looked(Look::Unanswered { hold, .. })
        | Event::Followed(Followed::Unanswered { hold }) => *hold,
        _ => None,
    }
}
