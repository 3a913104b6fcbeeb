//! What a person may do with a message, and what not any more.

use super::super::{Effect, Moment, Progress, Refused, State, Step};

/// What was looked for in vain is looked for once more only when a person says so.
pub(in crate::machine) fn check(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        State::Unconfirmed { .. } => Ok(progress.in_doubt(moment).become_state(State::Checking {
            next_look_at_ms: Some(moment.now_ms),
        })),
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Checking { .. }
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Waiting { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

/// What a person had sent again is taken back, and stands where it stood: the earlier submission cannot be.
pub(in crate::machine) fn cancel(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Attaching
        | State::Waiting { .. }
            if progress.trace.sends > 0 =>
        {
            Ok(progress.leave_in_doubt(None))
        }
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Attaching
        | State::Waiting { .. }
        | State::Cancelled => Ok(progress.become_state(State::Cancelled)),
        State::Failed { .. } => Err(Refused::NotApplicable),
        State::Creating | State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. } => Err(Refused::AlreadyAccepted),
        State::Checking { .. } | State::Unconfirmed { .. } => Err(Refused::MayHaveBeenSent),
        State::Damaged { .. } => Err(Refused::Damaged),
    }
}

/// What a person saw a moment ago may be unconfirmed by now: that wants another word of theirs.
///
/// A draft that was submitted in vain is looked for first: it may have gone after all.
pub(in crate::machine) fn retry(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    match progress.state {
        State::Failed { .. } if progress.trace.sends > 0 => {
            Ok(progress.in_doubt(moment).become_state(State::Checking {
                next_look_at_ms: Some(moment.now_ms),
            }))
        }
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Waiting { .. }
        | State::Failed { .. }
        | State::Cancelled => Ok(progress.become_state(State::Queued)),
        State::Creating | State::Attaching | State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. } => Err(Refused::AlreadyAccepted),
        State::Checking { .. } | State::Unconfirmed { .. } => Err(Refused::MayHaveBeenSent),
        State::Damaged { .. } => Err(Refused::Damaged),
    }
}

/// The one way from `unconfirmed` back into the queue: a person who knows what
/// is not known and says "send it again".
pub(in crate::machine) fn again(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Unconfirmed { .. } => Ok(progress
            .with_sends(progress.trace.sends.max(1))
            .become_state(State::Queued)),
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Creating
        | State::Attaching
        | State::Sending
        | State::Checking { .. }
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Waiting { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Err(Refused::NotApplicable),
    }
}

/// A damaged row may be edited too: the store says whether its message can be
/// read, and what was written is worth more than a tidy list.
pub(in crate::machine) fn edit(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Attaching
        | State::Waiting { .. }
        | State::Checking { .. }
        | State::Bounced { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Ok(progress.go(Effect::BecomeDraft)),
        State::Creating | State::Sending => Err(Refused::BeingSent),
        State::Accepted { .. } | State::Deferred { .. } | State::Sent { .. } => {
            Err(Refused::AlreadyAccepted)
        }
    }
}

/// Undo. Whoever presses it believes that nothing has left, and it must be so: what may have been sent is no draft again
/// before it was said so.
pub(in crate::machine) fn take_back(progress: &Progress) -> Result<Step, Refused> {
    match cancel(progress)?.progress.state {
        State::Cancelled => Ok(progress.go(Effect::BecomeDraft)),
        _ => Err(Refused::MayHaveBeenSent),
    }
}

/// "Send now" beside Undo: never a second time what has gone already.
pub(in crate::machine) fn release(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Held { .. } => Ok(progress.become_state(State::Queued)),
        State::Scheduled { .. }
        | State::Queued
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

pub(in crate::machine) fn discard(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Creating | State::Sending => Err(Refused::BeingSent),
        // The server sends it all the same: off the list it would be out of sight.
        State::Deferred { .. } => Err(Refused::AlreadyAccepted),
        State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Attaching
        | State::Waiting { .. }
        | State::Checking { .. }
        | State::Accepted { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Ok(progress.go(Effect::Remove)),
    }
}

/// The account has signed out and its mail goes. What is being made is no mail yet.
pub(in crate::machine) fn forgotten(progress: &Progress) -> Result<Step, Refused> {
    match progress.state {
        State::Sending => Err(Refused::BeingSent),
        State::Creating
        | State::Attaching
        | State::Held { .. }
        | State::Scheduled { .. }
        | State::Queued
        | State::Waiting { .. }
        | State::Checking { .. }
        | State::Accepted { .. }
        | State::Deferred { .. }
        | State::Sent { .. }
        | State::Bounced { .. }
        | State::Unconfirmed { .. }
        | State::Failed { .. }
        | State::Cancelled
        | State::Damaged { .. } => Ok(progress.go(Effect::Remove)),
    }
}
