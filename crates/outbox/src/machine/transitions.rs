//! The transitions, one function per event.
//!
//! Every `match` names every state: a state that is added later has to be
//! thought of here before it compiles.

use std::time::Duration;

use super::{
    Attached, CODE_ATTACHMENT_DAMAGED, CODE_DRAFT_CHANGED, CODE_NOT_TAKEN_OVER, Creation, Effect,
    Hold, Look, Moment, Progress, Refused, State, Step, Submission, Trace, WHY_ATTEMPT_LOST,
    WHY_CANNOT_LOOK, WHY_EARLIER, WHY_INTERRUPTED, WHY_NOT_ANSWERED, WHY_NOT_FOUND, WHY_RECOVERED,
    WaitReason, follow_up,
};
use crate::schedule;

/// How often a draft is sent that the mailbox has not taken over so far. Each time it was looked for in between, so that
/// this is about half an hour of a server that fails.
const SENDS_MAX: u32 = 10;

/// How often making a draft, or attaching a file to it, is tried while the server answers with failures, one time after the
/// other: about a day.
const MAKINGS_MAX: u32 = 300;

/// How many files are attached to a draft in a row, those twice that the mailbox did not show at first: a message has 250
/// at most. A mailbox that takes file after file and shows none is one that fails.
const ATTACHED_MAX: u32 = 500;

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

pub(super) fn created(
    progress: &Progress,
    creation: &Creation,
    moment: Moment,
) -> Result<Step, Refused> {
    if progress.state != State::Creating {
        return Err(Refused::NotApplicable);
    }
    Ok(match creation {
        Creation::Plain => progress.submit(None, moment),
        Creation::Draft { ids, is_whole } => {
            // The one that is known, rather than one that somebody else has changed.
            let known = progress.own_draft(ids);
            match (known.or(ids.first().map(String::as_str)), is_whole) {
                (Some(id), true) => progress.submit(Some(id), moment),
                (Some(id), false) => progress.attach(id),
                (None, _) => progress.make_again(WHY_ATTEMPT_LOST, None, None, moment),
            }
        }
        Creation::Sent { message_id } => progress.seen_sent(message_id.as_deref(), moment),
        Creation::Waiting(reason) => progress.wait(*reason, moment),
        Creation::Unclear {
            why,
            request_id,
            hold,
        } => progress.make_again(why, request_id.as_deref(), *hold, moment),
        Creation::Failed { code, request_id } => progress.fail(code, request_id.as_deref()),
    })
}

/// Files follow one another into the draft, and then it is sent.
pub(super) fn attached(
    progress: &Progress,
    attached: &Attached,
    moment: Moment,
) -> Result<Step, Refused> {
    let (State::Attaching, Some(draft)) = (&progress.state, progress.trace.draft.as_deref()) else {
        return Err(Refused::NotApplicable);
    };
    Ok(match attached {
        Attached::More if progress.trace.looks >= ATTACHED_MAX => {
            progress.make_again(WHY_ATTEMPT_LOST, None, None, moment)
        }
        Attached::More => progress
            .with_looks(progress.trace.looks.saturating_add(1))
            .attach(draft),
        Attached::All => progress.submit(Some(draft), moment),
        Attached::Waiting(reason) => progress.wait(*reason, moment),
        Attached::Unclear {
            why,
            request_id,
            hold,
        } => progress.make_again(why, request_id.as_deref(), *hold, moment),
        // It may have been sent earlier on, and be gone for that reason.
        Attached::Changed if progress.trace.sends > 0 => progress.fail(CODE_DRAFT_CHANGED, None),
        // Whoever changed it may want to keep it. Another one is made when the person says so, without a look for this one.
        Attached::Changed => Progress {
            attempts: 0,
            trace: progress.trace.kept(),
            ..progress.clone()
        }
        .fail(CODE_DRAFT_CHANGED, None),
        Attached::Failed { code, request_id } => progress.fail(code, request_id.as_deref()),
    })
}

pub(super) fn answered(
    progress: &Progress,
    submission: &Submission,
    moment: Moment,
) -> Result<Step, Refused> {
    if progress.state != State::Sending {
        return Err(Refused::NotApplicable);
    }
    // An earlier submission was unclear: what is said of this one says nothing of that one.
    let is_doubtful = progress.trace.sends > 1;
    let is_sure = progress.trace.draft.is_some();
    Ok(match submission {
        Submission::Accepted { .. }
            if let Some(until_ms) = progress.trace.defer_to_ms
                && until_ms > moment.now_ms =>
        {
            progress.become_state(State::Deferred { until_ms })
        }
        Submission::Accepted { request_id } => {
            progress
                .to_be_followed(moment)
                .become_state(State::Accepted {
                    request_id: request_id.clone(),
                })
        }
        Submission::Waiting(reason) if is_sure && is_doubtful => {
            let step = progress.look_again(moment, None);
            step.holding_others(Some(progress.wall(*reason, moment)))
        }
        Submission::Waiting(reason) => progress.not_submitted().wait(*reason, moment),
        Submission::Unconfirmed {
            why,
            request_id,
            hold,
        } => {
            let hold = hold.map(|hold| hold.min(schedule::RETRY_AFTER_MAX));
            let step = match is_sure {
                true => progress.look_again(moment, hold),
                false => progress.become_state(State::Unconfirmed {
                    why: why.clone(),
                    request_id: request_id.clone(),
                }),
            };
            step.holding_others(hold.map(|hold| Hold::network(moment.after(hold))))
        }
        Submission::Failed { .. } if is_sure && is_doubtful => progress.look_again(moment, None),
        Submission::Failed { code, request_id } => {
            progress.not_submitted().fail(code, request_id.as_deref())
        }
    })
}

/// A look decides only by what it sees. What is seen to be sent was sent. A draft that is seen unsubmitted through the
/// whole time of grace is sent again, and it alone. What is not seen at all may still be on its way.
pub(super) fn looked(progress: &Progress, look: &Look, moment: Moment) -> Result<Step, Refused> {
    let State::Checking { .. } = progress.state else {
        return Err(Refused::NotApplicable);
    };
    let looks = progress.trace.looks.saturating_add(1);
    let since_ms = moment.now_ms.saturating_sub(progress.trace.sent_at_ms);
    Ok(match look {
        Look::Sent { message_id } => progress.seen_sent(message_id.as_deref(), moment),
        Look::Draft {
            ids,
            submitted: true,
        } if let Some(until_ms) = progress.trace.defer_to_ms
            && until_ms > moment.now_ms
            && progress.own_draft(ids).is_some() =>
        {
            progress.become_state(State::Deferred { until_ms })
        }
        // It alone: of another draft with the same key it says nothing that this one is still there.
        Look::Draft {
            ids,
            submitted: false,
        } if let Some(id) = progress.own_draft(ids)
            // The server was told to send it by itself.
            && progress.trace.defer_to_ms.is_none()
            && schedule::is_past_grace(looks, since_ms) =>
        {
            match progress.trace.sends >= SENDS_MAX {
                // The person may have it tried as often again, and the earlier submissions stay in doubt.
                true => progress.with_sends(1).become_state(State::Failed {
                    code: CODE_NOT_TAKEN_OVER.to_owned(),
                    request_id: None,
                }),
                false => progress.submit(Some(id), moment),
            }
        }
        Look::Draft { .. } | Look::Nothing if schedule::is_looked_for_enough(looks, since_ms) => {
            progress.become_state(State::Unconfirmed {
                why: WHY_NOT_FOUND.to_owned(),
                request_id: None,
            })
        }
        Look::Draft { .. } | Look::Nothing => {
            let next = schedule::look(looks);
            progress.with_looks(looks).become_state(State::Checking {
                next_look_at_ms: Some(moment.after(next)),
            })
        }
        Look::Unanswered {
            reason: WaitReason::Consent | WaitReason::Drafts,
            ..
        } => progress.become_state(State::Unconfirmed {
            why: WHY_CANNOT_LOOK.to_owned(),
            request_id: None,
        }),
        Look::Unanswered {
            reason: WaitReason::SignIn,
            ..
        } => progress.become_state(State::Checking {
            next_look_at_ms: None,
        }),
        Look::Unanswered {
            reason:
                WaitReason::Network | WaitReason::MailboxFull | WaitReason::Paused | WaitReason::Blocked,
            hold,
        } => {
            let progress = progress.unanswered();
            if progress.trace.unanswered >= schedule::UNANSWERED_MAX {
                return Ok(progress.become_state(State::Unconfirmed {
                    why: WHY_NOT_ANSWERED.to_owned(),
                    request_id: None,
                }));
            }
            let own = schedule::delay(progress.trace.unanswered, moment.seed);
            let asked = hold.map(|hold| hold.min(schedule::RETRY_AFTER_MAX));
            progress
                .become_state(State::Checking {
                    next_look_at_ms: Some(moment.after(asked.map_or(own, |asked| asked.max(own)))),
                })
                .holding_others(asked.map(|asked| Hold::network(moment.after(asked))))
        }
    })
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

/// What was looked for in vain is looked for once more only when a person says so.
pub(super) fn check(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
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
        other => Ok(progress.become_state(State::Damaged {
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

/// What a person had sent again is taken back, and stands where it stood: the earlier submission cannot be.
pub(super) fn cancel(progress: &Progress) -> Result<Step, Refused> {
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
pub(super) fn retry(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
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
pub(super) fn again(progress: &Progress) -> Result<Step, Refused> {
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
pub(super) fn edit(progress: &Progress) -> Result<Step, Refused> {
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
pub(super) fn take_back(progress: &Progress) -> Result<Step, Refused> {
    match cancel(progress)?.progress.state {
        State::Cancelled => Ok(progress.go(Effect::BecomeDraft)),
        _ => Err(Refused::MayHaveBeenSent),
    }
}

/// "Send now" beside Undo: never a second time what has gone already.
pub(super) fn release(progress: &Progress) -> Result<Step, Refused> {
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

pub(super) fn discard(progress: &Progress) -> Result<Step, Refused> {
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
pub(super) fn forgotten(progress: &Progress) -> Result<Step, Refused> {
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

impl Progress {
    pub(super) fn become_state(&self, state: State) -> Step {
        Step {
            progress: Progress {
                state,
                ..self.clone()
            },
            effect: Effect::None,
        }
    }

    fn seen_sent(&self, message_id: Option<&str>, moment: Moment) -> Step {
        self.to_be_followed(moment).become_state(State::Sent {
            message_id: message_id.map(str::to_owned),
        })
    }

    /// The draft that may have been submitted, if it is among those.
    fn own_draft(&self, ids: &[String]) -> Option<&str> {
        let own = self.trace.draft.as_deref()?;
        ids.iter().any(|id| id == own).then_some(own)
    }

    fn with_sends(&self, sends: u32) -> Progress {
        let mut progress = self.clone();
        progress.trace.sends = sends;
        progress
    }

    /// It may just have been submitted.
    fn in_doubt(&self, moment: Moment) -> Progress {
        let mut progress = self.with_looks(0);
        progress.trace.sent_at_ms = moment.now_ms;
        progress
    }

    fn with_looks(&self, looks: u32) -> Progress {
        let mut progress = self.clone();
        progress.trace.looks = looks;
        progress.trace.unanswered = 0;
        progress
    }

    pub(super) fn go(&self, effect: Effect) -> Step {
        Step {
            progress: self.clone(),
            effect,
        }
    }

    /// This submission provably was none. Earlier ones may have been.
    fn not_submitted(&self) -> Progress {
        self.with_sends(self.trace.sends.saturating_sub(1))
    }

    pub(super) fn unanswered(&self) -> Progress {
        let mut progress = self.clone();
        progress.trace.unanswered = progress.trace.unanswered.saturating_add(1);
        progress
    }

    /// A draft is sent, or the message in one request.
    fn submit(&self, draft: Option<&str>, moment: Moment) -> Step {
        let draft = draft.map(str::to_owned);
        Step {
            effect: draft.clone().map_or(Effect::Submit, Effect::SubmitDraft),
            progress: Progress {
                state: State::Sending,
                attempts: self.attempts,
                trace: Trace {
                    draft,
                    sends: self.trace.sends.saturating_add(1),
                    sent_at_ms: moment.now_ms,
                    ..self.trace.kept()
                },
            },
        }
    }

    fn attach(&self, draft: &str) -> Step {
        let mut progress = self.clone();
        progress.trace.draft = Some(draft.to_owned());
        progress.state = State::Attaching;
        progress.go(Effect::Attach(draft.to_owned()))
    }

    /// The server has failed to make something. That is done again after a while, and given up after many failures.
    fn make_again(
        &self,
        why: &str,
        request_id: Option<&str>,
        hold: Option<Duration>,
        moment: Moment,
    ) -> Step {
        if self.trace.unanswered >= MAKINGS_MAX {
            return self.fail(why, request_id);
        }
        let own = schedule::delay(self.attempts, moment.seed);
        let asked = hold.map(|hold| hold.min(schedule::RETRY_AFTER_MAX));
        let step = self.unanswered().become_state(State::Waiting {
            reason: WaitReason::Network,
            next_attempt_at_ms: Some(moment.after(asked.map_or(own, |asked| asked.max(own)))),
        });
        // What fails for one is likely to fail for the next. It is a short wait, so that a message that always fails does
        // not keep the others back.
        let others = asked.unwrap_or(schedule::BREATH);
        step.holding_others(Some(Hold::network(moment.after(others))))
    }

    /// It is refused for good. Of an earlier submission that was unclear this says nothing.
    fn fail(&self, code: &str, request_id: Option<&str>) -> Step {
        let request_id = request_id.map(str::to_owned);
        match self.trace.sends {
            0 => self.become_state(State::Failed {
                code: code.to_owned(),
                request_id,
            }),
            _ => self.leave_in_doubt(request_id),
        }
    }

    /// It does not go this time, and nothing of it goes by itself any more: not the draft of an earlier time either, and
    /// not one that lacks files.
    fn leave_in_doubt(&self, request_id: Option<String>) -> Step {
        let mut progress = self.clone();
        progress.trace.draft = None;
        progress.become_state(State::Unconfirmed {
            why: WHY_EARLIER.to_owned(),
            request_id,
        })
    }

    /// It may have been sent: it is looked for, not before the server wants to be asked.
    fn look_again(&self, moment: Moment, hold: Option<Duration>) -> Step {
        let first = schedule::look(0);
        let delay = hold.map_or(first, |hold| hold.max(first));
        self.in_doubt(moment).become_state(State::Checking {
            next_look_at_ms: Some(moment.after(delay)),
        })
    }

    /// It waits, and the account's other mail with it, unless the others may go without what it waits for.
    fn wait(&self, reason: WaitReason, moment: Moment) -> Step {
        let wall = self.wall(reason, moment);
        let is_alone = reason == WaitReason::Drafts;
        self.become_state(State::Waiting {
            reason,
            next_attempt_at_ms: wall.until_ms,
        })
        .holding_others((!is_alone).then_some(wall))
    }

    /// A network comes back unannounced, so it is asked again by the clock. A sign-in or a consent does not happen
    /// without a person, who wakes the queue.
    fn wall(&self, reason: WaitReason, moment: Moment) -> Hold {
        match reason {
            WaitReason::Network => {
                Hold::network(moment.after(schedule::delay(self.attempts, moment.seed)))
            }
            WaitReason::SignIn | WaitReason::Consent | WaitReason::Drafts => Hold {
                reason,
                until_ms: None,
            },
            // It ends somewhere else, and nobody tells when.
            WaitReason::MailboxFull | WaitReason::Paused | WaitReason::Blocked => Hold {
                reason,
                until_ms: Some(moment.after(schedule::PARKED)),
            },
        }
    }
}

impl Trace {
    /// What stays of it when another draft is made.
    fn kept(&self) -> Trace {
        Trace {
            defer_to_ms: self.defer_to_ms,
            ..Trace::default()
        }
    }
}

impl Step {
    /// A server that asks to be left alone is, with everything of the account.
    pub(super) fn holding_others(self, hold: Option<Hold>) -> Step {
        Step {
            effect: hold.map_or(self.effect, Effect::HoldOthers),
            progress: self.progress,
        }
    }
}

impl Hold {
    pub(super) fn network(until_ms: i64) -> Hold {
        Hold {
            reason: WaitReason::Network,
            until_ms: Some(until_ms),
        }
    }
}

impl Moment {
    pub(super) fn after(self, delay: Duration) -> i64 {
        self.now_ms
            .saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX))
    }
}
