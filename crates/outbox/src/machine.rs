//! The life of one message: where it stands, what happened, what follows.
//!
//! This file decides and does nothing: no clock, no database, no network. What
//! it returns is committed first, and only then is the effect carried out, so a
//! crash between the two leaves a row that tells the truth.
//!
//! The promise lives here: **no message is submitted again without evidence
//! that it was not submitted before.** From [`State::Sending`] a row leaves by
//! a recorded answer or by [`Event::Interrupted`]; and back into the queue only
//! by an answer that proves that no byte of the message left, or because a
//! person says so.
//!
//! ```text
//! queued → sending → accepted | failed | unconfirmed
//!    ↑        └→ waiting (nothing left this machine) ─┐
//!    └────────────────────────────────────────────────┘
//! queued, waiting → cancelled
//! ```

use std::time::Duration;

use crate::schedule;

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// On disk, to be sent as soon as it is its turn.
    Queued,
    /// Handed to the server or about to be; the answer is not in.
    Sending,
    /// Taken over by the server for delivery (202). Not yet: delivered.
    Accepted {
        /// Graph's `request-id`, for support.
        request_id: Option<String>,
    },
    /// Nothing left this machine; it goes on by itself or when the reason ends.
    Waiting {
        /// What it waits for.
        reason: WaitReason,
        /// When it is tried again by itself, in milliseconds since 1970 (UTC).
        /// `None`: only when woken.
        next_attempt_at_ms: Option<i64>,
    },
    /// It may have been sent, and it may not. Only a person moves it on.
    Unconfirmed {
        /// A closed code for what happened, such as `interrupted`.
        why: String,
        /// Graph's `request-id`, for support.
        request_id: Option<String>,
    },
    /// Refused for good: it was not sent.
    Failed {
        /// A closed code, Graph's own or one of ours.
        code: String,
        /// Graph's `request-id`, for support.
        request_id: Option<String>,
    },
    /// Taken back by a person before it was sent.
    Cancelled,
    /// The row or its message cannot be read back. It is never sent; what can
    /// be read of it is shown.
    Damaged {
        /// The code of the last state that can be told, or `unknown`.
        last: String,
    },
}

impl State {
    /// The state's name, as it stands in the database and in logs.
    pub fn code(&self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Accepted { .. } => "accepted",
            State::Waiting { .. } => "waiting",
            State::Unconfirmed { .. } => "unconfirmed",
            State::Failed { .. } => "failed",
            State::Cancelled => "cancelled",
            State::Damaged { .. } => "damaged",
        }
    }
}

/// What a message waits for. In each case nothing of it has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The server cannot be reached.
    Network,
    /// The account must sign in again.
    SignIn,
    /// The account has not allowed sending.
    Consent,
}

/// `Unconfirmed`: the program ended between the request and its answer.
pub const WHY_INTERRUPTED: &str = "interrupted";
/// `Unconfirmed`: the attempt broke off inside this program.
pub const WHY_ATTEMPT_LOST: &str = "attempt_lost";
/// `Unconfirmed`: no answer came in the time that one attempt may take.
pub const WHY_TIMED_OUT: &str = "timed_out";
/// `Unconfirmed`: read back from a damaged database, whose last steps may be missing.
pub const WHY_RECOVERED: &str = "recovered";
/// `Failed`: the copy of an attachment is missing or is not what was attached.
pub const CODE_ATTACHMENT_DAMAGED: &str = "attachment_damaged";

/// What became of handing a message to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The server took it over (202 and nothing else).
    Accepted {
        /// Graph's `request-id`.
        request_id: Option<String>,
    },
    /// Provably no byte of the message left. With a network reason it is tried
    /// again after the schedule's delay or the given one, whichever is longer.
    Waiting(WaitReason, Option<Duration>),
    /// Anything unclear.
    Unconfirmed {
        /// A closed code.
        why: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
    },
    /// A definite refusal.
    Failed {
        /// A closed code.
        code: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
    },
}

/// What the machine knows of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// How often it was handed to the server.
    pub attempts: u32,
}

/// What happened to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is its turn.
    Turn,
    /// The answer to the attempt is in.
    Answered(Submission),
    /// Found in `sending` with nobody left to hear the answer.
    Interrupted,
    /// Another message of the account was told to wait; this one waits with it.
    Held {
        /// What for.
        reason: WaitReason,
        /// Until when.
        next_attempt_at_ms: Option<i64>,
    },
    /// The time of the next attempt has come.
    TimeCame,
    /// The network or the machine woke up, or the person signed in or consented.
    Woken,
    /// Its stored form cannot be read.
    Unreadable,
    /// Its attachments' copies cannot be read: it is not handed to the server.
    AttachmentsUnreadable,
    /// It was read back from a damaged database.
    Recovered,
    /// The person takes it back.
    Cancel,
    /// The person sends it (again).
    Retry,
    /// The person takes it back to change it.
    Edit,
    /// The person removes it from the list.
    Discard,
}

/// What follows, after the new state is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// Hand the message to the server, once.
    Submit,
    /// The message becomes a draft and the row goes, in one transaction.
    BecomeDraft,
    /// The row goes.
    Remove,
}

/// The outcome of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What to commit.
    pub progress: Progress,
    /// What to do then.
    pub effect: Effect,
}

/// Why an event does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The answer is still out: nobody can take it back now.
    #[error("the message is being sent")]
    BeingSent,
    /// The server has it.
    #[error("the message was accepted for delivery")]
    AlreadyAccepted,
    /// It may have been sent: it cannot be taken back, only sent again,
    /// edited or discarded.
    #[error("the message may have been sent")]
    MayHaveBeenSent,
    /// It cannot be read, so it cannot be sent.
    #[error("the message cannot be read")]
    Damaged,
    /// The event does not belong to this state, such as an answer nobody waits
    /// for. The row stays as it is.
    #[error("nothing to do in this state")]
    NotApplicable,
}

/// The surroundings of a step, as values.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The wall clock, in milliseconds since 1970 (UTC).
    pub now_ms: i64,
    /// The source of the schedule's jitter.
    pub seed: u64,
}

/// Decides what follows from `event` for a message that stands at `progress`.
pub fn step(progress: &Progress, event: &Event, moment: Moment) -> Result<Step, Refused> {
    match event {
        Event::Turn => turn(progress),
        Event::Answered(submission) => answered(progress, submission, moment),
        Event::Interrupted => interrupted(progress),
        Event::Held {
            reason,
            next_attempt_at_ms,
        } => held(progress, *reason, *next_attempt_at_ms),
        Event::TimeCame => time_came(progress, moment),
        Event::Woken => woken(progress),
        Event::Unreadable => unreadable(progress),
        Event::AttachmentsUnreadable => attachments_unreadable(progress),
        Event::Recovered => recovered(progress),
        Event::Cancel => cancel(progress),
        Event::Retry => retry(progress),
        Event::Edit => edit(progress),
        Event::Discard => discard(progress),
    }
}

fn turn(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued => Ok(Step {
            progress: Progress {
                state: State::Sending,
                attempts: progress.attempts.saturating_add(1),
            },
            effect: Effect::Submit,
        }),
        State::Sending
        | State::Accepted { .. }
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

fn answered(progress: &Progress, submission: &Submission, moment: Moment) -> Result<Step, Refused> {
    if progress.state != State::Sending {
        return Err(Refused::NotApplicable);
    }
    Ok(progress.become_state(match submission {
        Submission::Accepted { request_id } => State::Accepted {
            request_id: request_id.clone(),
        },
        Submission::Waiting(reason, retry_after) => State::Waiting {
            reason: *reason,
            next_attempt_at_ms: next_attempt(*reason, *retry_after, progress.attempts, moment),
        },
        Submission::Unconfirmed { why, request_id } => State::Unconfirmed {
            why: why.clone(),
            request_id: request_id.clone(),
        },
        Submission::Failed { code, request_id } => State::Failed {
            code: code.clone(),
            request_id: request_id.clone(),
        },
    }))
}

/// A network comes back unannounced, so it is asked again by the clock. A
/// sign-in or a consent does not happen without a person, who wakes the queue.
fn next_attempt(
    reason: WaitReason,
    retry_after: Option<Duration>,
    attempts: u32,
    moment: Moment,
) -> Option<i64> {
    let delay = match reason {
        WaitReason::Network => schedule::delay_with_retry_after(attempts, moment.seed, retry_after),
        WaitReason::SignIn | WaitReason::Consent => retry_after?.min(schedule::RETRY_AFTER_MAX),
    };
    let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    Some(moment.now_ms.saturating_add(delay_ms))
}

fn interrupted(progress: &Progress) -> Result<Step, Refused> {
    if progress.state != State::Sending {
        return Err(Refused::NotApplicable);
    }
    Ok(progress.become_state(State::Unconfirmed {
        why: WHY_INTERRUPTED.to_owned(),
        request_id: None,
    }))
}

fn held(
    progress: &Progress,
    reason: WaitReason,
    next_attempt_at_ms: Option<i64>,
) -> Result<Step, Refused> {
    match progress.state {
        State::Queued | State::Waiting { .. } => Ok(progress.become_state(State::Waiting {
            reason,
            next_attempt_at_ms,
        })),
        State::Sending
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

fn time_came(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        State::Waiting {
            next_attempt_at_ms: Some(at),
            ..
        } if is_due(at, moment.now_ms) => Ok(progress.become_state(State::Queued)),
        State::Waiting { .. }
        | State::Queued
        | State::Sending
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

/// Whether an attempt planned for `at_ms` is to be made now. A time too far
/// ahead for any schedule was written under a clock that has since been set
/// back; without this the message would wait for as long as the clock was wrong.
pub fn is_due(at_ms: i64, now_ms: i64) -> bool {
    at_ms <= now_ms || at_ms > due_horizon_ms(now_ms)
}

/// The latest due time that can have been planned under the present clock.
pub(crate) fn due_horizon_ms(now_ms: i64) -> i64 {
    let wait_max_ms = i64::try_from(schedule::WAIT_MAX.as_millis()).unwrap_or(i64::MAX);
    now_ms.saturating_add(wait_max_ms)
}

fn woken(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Waiting { .. } => Ok(progress.become_state(State::Queued)),
        State::Queued
        | State::Sending
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

fn unreadable(progress: &Progress) -> Result<Step, Refused> {
    match &progress.state {
        State::Damaged { .. } => Ok(progress.become_state(progress.state.clone())),
        other => Ok(progress.become_state(State::Damaged {
            last: other.code().to_owned(),
        })),
    }
}

fn attachments_unreadable(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued => Ok(progress.become_state(State::Failed {
            code: CODE_ATTACHMENT_DAMAGED.to_owned(),
            request_id: None,
        })),
        State::Sending
        | State::Accepted { .. }
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

/// A damaged database may have lost the last steps of any message that was
/// still to go, the one into `sending` included: none of them goes by itself.
fn recovered(progress: &Progress) -> Result<Step, Refused> {
    Ok(progress.become_state(match &progress.state {
        State::Queued | State::Waiting { .. } | State::Sending => State::Unconfirmed {
            why: WHY_RECOVERED.to_owned(),
            request_id: None,
        },
        settled @ (State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. }) => settled.clone(),
    }))
}

fn cancel(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued | State::Waiting { .. } | State::Cancelled => {
            Ok(progress.become_state(State::Cancelled))
        }
        State::Failed { .. } => Err(Refused::NotApplicable),
        State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. } => Err(Refused::AlreadyAccepted),
        State::Unconfirmed { .. } => Err(Refused::MayHaveBeenSent),
        State::Damaged { .. } => Err(Refused::Damaged),
    }
}

/// The one way from `unconfirmed` back into the queue: a person who knows what
/// is not known and says "send it again".
fn retry(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled => Ok(progress.become_state(State::Queued)),
        State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. } => Err(Refused::AlreadyAccepted),
        State::Damaged { .. } => Err(Refused::Damaged),
    }
}

/// A damaged row may be edited too: the store says whether its message can be
/// read, and what was written is worth more than a tidy list.
fn edit(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Ok(progress.go(Effect::BecomeDraft)),
        State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. } => Err(Refused::AlreadyAccepted),
    }
}

fn discard(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Sending => Err(Refused::BeingSent),
        State::Queued
        | State::Waiting { .. }
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Ok(progress.go(Effect::Remove)),
    }
}

impl Progress {
    /// A message that was just written to the queue.
    pub fn new() -> Progress {
        Progress {
            state: State::Queued,
            attempts: 0,
        }
    }

    fn become_state(&self, state: State) -> Step {
        Step {
            progress: Progress {
                state,
                attempts: self.attempts,
            },
            effect: Effect::None,
        }
    }

    fn go(&self, effect: Effect) -> Step {
        Step {
            progress: self.clone(),
            effect,
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
