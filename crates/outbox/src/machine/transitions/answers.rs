//! What follows from an answer of the mailbox's, or from none.

use super::super::{
    Attached, CODE_DRAFT_CHANGED, CODE_NOT_TAKEN_OVER, Creation, Hold, Look, Moment, Progress,
    Refused, State, Step, Submission, WHY_ATTEMPT_LOST, WHY_CANNOT_LOOK, WHY_NOT_ANSWERED,
    WHY_NOT_FOUND, WaitReason,
};
use crate::schedule;

/// How often a draft is sent that the mailbox has not taken over so far. Each time it was looked for in between, so that
/// this is about half an hour of a server that fails.
const SENDS_MAX: u32 = 10;

/// How many files are attached to a draft in a row, those twice that the mailbox did not show at first: a message has 250
/// at most. A mailbox that takes file after file and shows none is one that fails.
const ATTACHED_MAX: u32 = 500;

pub(in crate::machine) fn created(
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
pub(in crate::machine) fn attached(
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

pub(in crate::machine) fn answered(
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
pub(in crate::machine) fn looked(
    progress: &Progress,
    look: &Look,
    moment: Moment,
) -> Result<Step, Refused> {
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
