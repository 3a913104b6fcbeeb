//! The transitions, one function per event.
//!
//! Every `match` names every state: a state that is added later has to be
//! thought of here before it compiles.

mod answers;
mod person;
mod progress;

pub(super) use answers::{answered, attached, created, looked};
pub(super) use person::{
    again, cancel, check, discard, edit, forgotten, release, retry, take_back,
};

use super::{
    CODE_ATTACHMENT_DAMAGED, Effect, Hold, Moment, Progress, Refused, State, Step, WHY_INTERRUPTED,
    WHY_RECOVERED, WaitReason, follow_up,
};
use crate::schedule;

pub(super) fn turn(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        State::Queued => Ok(Step {
            effect: Effect::Create {
                look_first: progress.attempts > 0,
            },
            progress: Progress {
                state: State::Creating,
                attempts: progress.attempts.saturating_add(1),
                trace: progress.trace.clone(),
            },
        }),
        State::Checking {
            next_look_at_ms: Some(at),
        } if is_due(at, moment.now_ms) => Ok(progress.go(Effect::Look)),
        State::Accepted { .. } | State::Sent { .. } => follow_up::turn(progress, moment),
        State::Checking { .. }
        | State::Held { .. }
        | State::Scheduled { .. }
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Deferred { .. }
        | State::Bounced { .. }
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

/// What was being made is made again, after a look. What was being submitted may have been.
pub(super) fn interrupted(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        State::Creating | State::Attaching => Ok(progress.become_state(State::Queued)),
        State::Sending if progress.trace.draft.is_some() => Ok(progress.look_again(moment, None)),
        State::Sending => Ok(progress.become_state(State::Unconfirmed {
            why: WHY_INTERRUPTED.to_owned(),
            request_id: None,
        })),
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Checking { .. }
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Waiting { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
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
        // A look is a request too.
        State::Checking {
            next_look_at_ms: Some(at),
        } => match hold.until_ms {
            Some(until) if until > at => Ok(progress.become_state(State::Checking {
                next_look_at_ms: Some(until),
            })),
            Some(_) | None => Err(Refused::NotApplicable),
        },
        // Its time is the person's choice.
        State::Scheduled { .. }
        | State::Checking {
            next_look_at_ms: None,
        }
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
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
        State::Checking { .. } => Ok(progress.become_state(State::Checking {
            next_look_at_ms: None,
        })),
        // When its time has come it asks for itself.
        State::Scheduled { .. }
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

pub(super) fn time_came(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        // However far away: no schedule of ours gave it out.
        State::Scheduled { at_ms } if at_ms <= moment.now_ms => {
            Ok(progress.become_state(State::Queued))
        }
        // It goes about now, and is looked for from then on.
        State::Deferred { until_ms } if until_ms <= moment.now_ms => {
            let due = Moment {
                now_ms: until_ms,
                ..moment
            };
            let first = due.after(schedule::look(0));
            Ok(progress.in_doubt(due).become_state(State::Checking {
                next_look_at_ms: Some(first),
            }))
        }
        State::Held { until_ms: at }
        | State::Waiting {
            next_attempt_at_ms: Some(at),
            ..
        } if is_due(at, moment.now_ms) => Ok(progress.become_state(State::Queued)),
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Waiting { .. }
        | State::Queued
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Checking { .. }
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
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

pub(super) fn woken(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        State::Waiting { .. } => Ok(progress.become_state(State::Queued)),
        State::Checking { .. } => Ok(progress.become_state(State::Checking {
            next_look_at_ms: Some(moment.now_ms),
        })),
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

pub(super) fn unreadable(progress: &Progress) -> Result<Step, Refused> {
    match &progress.state {
        State::Damaged { .. } => Ok(progress.become_state(progress.state.clone())),
        // Nobody asks what became of it any more.
        other => Ok(progress.not_followed().become_state(State::Damaged {
            last: other.code().to_owned(),
        })),
    }
}

pub(super) fn attachments_unreadable(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Queued => Ok(progress.fail(CODE_ATTACHMENT_DAMAGED, None)),
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Checking { .. }
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
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
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Waiting { .. }
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Checking { .. } => State::Unconfirmed {
            why: WHY_RECOVERED.to_owned(),
            request_id: None,
        },
        settled @ (State::Accepted { .. }
        | State::Deferred { .. }
        | State::Bounced { .. }
        | State::Sent { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. }) => settled.clone(),
    }))
}
