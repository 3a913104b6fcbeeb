//! The transitions, one function per event.
//!
//! Every `match` names every state: a state that is added later has to be
//! thought of here before it compiles.

use std::time::Duration;

use super::{
    CODE_ATTACHMENT_DAMAGED, Effect, Hold, Moment, Progress, Refused, State, Step, Submission,
    WHY_INTERRUPTED, WHY_RECOVERED, WaitReason,
};
use crate::schedule;

pub(super) fn turn(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued => Ok(Step {
            progress: Progress {
                state: State::Sending,
                attempts: progress.attempts.saturating_add(1),
            },
            effect: Effect::Submit,
        }),
        State::Held { .. }
        | State::Sending
        | State::Accepted { .. }
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

pub(super) fn answered(
    progress: &Progress,
    submission: &Submission,
    moment: Moment,
) -> Result<Step, Refused> {
    if progress.state != State::Sending {
        return Err(Refused::NotApplicable);
    }
    let hold = hold(progress, submission, moment);
    let state = match submission {
        Submission::Accepted { request_id } => State::Accepted {
            request_id: request_id.clone(),
        },
        Submission::Waiting(reason) => State::Waiting {
            reason: *reason,
            next_attempt_at_ms: hold.and_then(|hold| hold.until_ms),
        },
        Submission::Unconfirmed {
            why, request_id, ..
        } => State::Unconfirmed {
            why: why.clone(),
            request_id: request_id.clone(),
        },
        Submission::Failed { code, request_id } => State::Failed {
            code: code.clone(),
            request_id: request_id.clone(),
        },
    };
    Ok(Step {
        effect: hold.map_or(Effect::None, Effect::HoldOthers),
        ..progress.become_state(state)
    })
}

/// How an answer keeps the mail of an account waiting.
///
/// A network comes back unannounced, so it is asked again by the clock. A
/// sign-in or a consent does not happen without a person, who wakes the queue.
/// A server that asks to be left alone is, with everything but the message it
/// said so about: that one may have been sent.
fn hold(progress: &Progress, submission: &Submission, moment: Moment) -> Option<Hold> {
    let after = |reason, delay: Duration| Hold {
        reason,
        until_ms: Some(
            moment
                .now_ms
                .saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX)),
        ),
    };
    match submission {
        Submission::Waiting(WaitReason::Network) => {
            let delay = schedule::delay(progress.attempts, moment.seed);
            Some(after(WaitReason::Network, delay))
        }
        Submission::Waiting(reason @ (WaitReason::SignIn | WaitReason::Consent)) => Some(Hold {
            reason: *reason,
            until_ms: None,
        }),
        Submission::Unconfirmed { hold, .. } => {
            let delay = (*hold)?.min(schedule::RETRY_AFTER_MAX);
            Some(after(WaitReason::Network, delay))
        }
        Submission::Accepted { .. } | Submission::Failed { .. } => None,
    }
}

pub(super) fn interrupted(progress: &Progress) -> Result<Step, Refused> {
    if progress.state != State::Sending {
        return Err(Refused::NotApplicable);
    }
    Ok(progress.become_state(State::Unconfirmed {
        why: WHY_INTERRUPTED.to_owned(),
        request_id: None,
    }))
}

pub(super) fn walled(progress: &Progress, hold: Hold) -> Result<Step, Refused> {
    let waits_longer = |at: Option<i64>| match (at, hold.until_ms) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(at), Some(until)) => at >= until,
    };
    match progress.state {
        State::Waiting {
            next_attempt_at_ms, ..
        } if waits_longer(next_attempt_at_ms) => Err(Refused::NotApplicable),
        State::Queued | State::Waiting { .. } => Ok(progress.become_state(State::Waiting {
            reason: hold.reason,
            next_attempt_at_ms: hold.until_ms,
        })),
        // It is held already, and finds out for itself what only a person can end.
        State::Held { until_ms } => match hold.until_ms {
            Some(until) if until > until_ms => {
                Ok(progress.become_state(State::Held { until_ms: until }))
            }
            Some(_) | None => Err(Refused::NotApplicable),
        },
        State::Sending
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

pub(super) fn parked(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. } | State::Queued | State::Waiting { .. } => {
            Ok(progress.become_state(State::Waiting {
                reason: WaitReason::SignIn,
                next_attempt_at_ms: None,
            }))
        }
        State::Sending
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

pub(super) fn time_came(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        State::Held { until_ms: at }
        | State::Waiting {
            next_attempt_at_ms: Some(at),
            ..
        } if is_due(at, moment.now_ms) => Ok(progress.become_state(State::Queued)),
        State::Held { .. }
        | State::Waiting { .. }
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
pub(super) fn is_due(at_ms: i64, now_ms: i64) -> bool {
    at_ms <= now_ms || at_ms > due_horizon_ms(now_ms)
}

/// The latest due time that can have been planned under the present clock.
pub(crate) fn due_horizon_ms(now_ms: i64) -> i64 {
    let wait_max_ms = i64::try_from(schedule::WAIT_MAX.as_millis()).unwrap_or(i64::MAX);
    now_ms.saturating_add(wait_max_ms)
}

pub(super) fn woken(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Waiting { .. } => Ok(progress.become_state(State::Queued)),
        State::Held { .. }
        | State::Queued
        | State::Sending
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

pub(super) fn unreadable(progress: &Progress) -> Result<Step, Refused> {
    match &progress.state {
        State::Damaged { .. } => Ok(progress.become_state(progress.state.clone())),
        other => Ok(progress.become_state(State::Damaged {
            last: other.code().to_owned(),
        })),
    }
}

pub(super) fn attachments_unreadable(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued => Ok(progress.become_state(State::Failed {
            code: CODE_ATTACHMENT_DAMAGED.to_owned(),
            request_id: None,
        })),
        State::Held { .. }
        | State::Sending
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
pub(super) fn recovered(progress: &Progress) -> Result<Step, Refused> {
    Ok(progress.become_state(match &progress.state {
        State::Held { .. } | State::Queued | State::Waiting { .. } | State::Sending => {
            State::Unconfirmed {
                why: WHY_RECOVERED.to_owned(),
                request_id: None,
            }
        }
        settled @ (State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. }) => settled.clone(),
    }))
}

pub(super) fn cancel(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. } | State::Queued | State::Waiting { .. } | State::Cancelled => {
            Ok(progress.become_state(State::Cancelled))
        }
        State::Failed { .. } => Err(Refused::NotApplicable),
        State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. } => Err(Refused::AlreadyAccepted),
        State::Unconfirmed { .. } => Err(Refused::MayHaveBeenSent),
        State::Damaged { .. } => Err(Refused::Damaged),
    }
}

/// What a person saw a moment ago may be unconfirmed by now: that wants another word of theirs.
pub(super) fn retry(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. }
        | State::Queued
        | State::Waiting { .. }
        | State::Failed { .. }
        | State::Cancelled => Ok(progress.become_state(State::Queued)),
        State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. } => Err(Refused::AlreadyAccepted),
        State::Unconfirmed { .. } => Err(Refused::MayHaveBeenSent),
        State::Damaged { .. } => Err(Refused::Damaged),
    }
}

/// The one way from `unconfirmed` back into the queue: a person who knows what
/// is not known and says "send it again".
pub(super) fn again(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Unconfirmed { .. } => Ok(progress.become_state(State::Queued)),
        State::Held { .. }
        | State::Queued
        | State::Sending
        | State::Accepted { .. }
        | State::Waiting { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

/// A damaged row may be edited too: the store says whether its message can be
/// read, and what was written is worth more than a tidy list.
pub(super) fn edit(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. }
        | State::Queued
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Ok(progress.go(Effect::BecomeDraft)),
        State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. } => Err(Refused::AlreadyAccepted),
    }
}

/// Undo. Whoever presses it believes that nothing has left, and it must be so: what may have been sent is no draft again
/// before it was said so.
pub(super) fn take_back(progress: &Progress) -> Result<Step, Refused> {
    cancel(progress)?;
    Ok(progress.go(Effect::BecomeDraft))
}

/// "Send now" beside Undo: never a second time what has gone already.
pub(super) fn release(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. } => Ok(progress.become_state(State::Queued)),
        State::Queued
        | State::Sending
        | State::Accepted { .. }
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

pub(super) fn discard(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Sending => Err(Refused::BeingSent),
        State::Held { .. }
        | State::Queued
        | State::Waiting { .. }
        | State::Accepted { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Ok(progress.go(Effect::Remove)),
    }
}

impl Progress {
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
