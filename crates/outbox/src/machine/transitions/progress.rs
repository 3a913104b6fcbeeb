//! The pieces that transitions are made of.

use std::time::Duration;

use super::super::{Effect, Hold, Moment, Progress, State, Step, Trace, WHY_EARLIER, WaitReason};
use crate::schedule;

/// How often making a draft, or attaching a file to it, is tried while the server answers with failures, one time after the
/// other: about a day.
const MAKINGS_MAX: u32 = 300;

impl Progress {
    pub(in crate::machine) fn become_state(&self, state: State) -> Step {
        Step {
            progress: Progress {
                state,
                ..self.clone()
            },
            effect: Effect::None,
        }
    }

    pub(in crate::machine) fn seen_sent(&self, message_id: Option<&str>, moment: Moment) -> Step {
        self.to_be_followed(moment).become_state(State::Sent {
            message_id: message_id.map(str::to_owned),
        })
    }

    /// The draft that may have been submitted, if it is among those.
    pub(in crate::machine) fn own_draft(&self, ids: &[String]) -> Option<&str> {
        let own = self.trace.draft.as_deref()?;
        ids.iter().any(|id| id == own).then_some(own)
    }

    pub(in crate::machine) fn with_sends(&self, sends: u32) -> Progress {
        let mut progress = self.clone();
        progress.trace.sends = sends;
        progress
    }

    /// It may just have been submitted.
    pub(in crate::machine) fn in_doubt(&self, moment: Moment) -> Progress {
        let mut progress = self.with_looks(0);
        progress.trace.sent_at_ms = moment.now_ms;
        progress
    }

    pub(in crate::machine) fn with_looks(&self, looks: u32) -> Progress {
        let mut progress = self.clone();
        progress.trace.looks = looks;
        progress.trace.unanswered = 0;
        progress
    }

    pub(in crate::machine) fn go(&self, effect: Effect) -> Step {
        Step {
            progress: self.clone(),
            effect,
        }
    }

    /// This submission provably was none. Earlier ones may have been.
    pub(in crate::machine) fn not_submitted(&self) -> Progress {
        self.with_sends(self.trace.sends.saturating_sub(1))
    }

    pub(in crate::machine) fn unanswered(&self) -> Progress {
        let mut progress = self.clone();
        progress.trace.unanswered = progress.trace.unanswered.saturating_add(1);
        progress
    }

    /// A draft is sent, or the message in one request.
    pub(in crate::machine) fn submit(&self, draft: Option<&str>, moment: Moment) -> Step {
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

    pub(in crate::machine) fn attach(&self, draft: &str) -> Step {
        let mut progress = self.clone();
        progress.trace.draft = Some(draft.to_owned());
        progress.state = State::Attaching;
        progress.go(Effect::Attach(draft.to_owned()))
    }

    /// The server has failed to make something. That is done again after a while, and given up after many failures.
    pub(in crate::machine) fn make_again(
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
    pub(in crate::machine) fn fail(&self, code: &str, request_id: Option<&str>) -> Step {
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
    pub(in crate::machine) fn leave_in_doubt(&self, request_id: Option<String>) -> Step {
        let mut progress = self.clone();
        progress.trace.draft = None;
        progress.become_state(State::Unconfirmed {
            why: WHY_EARLIER.to_owned(),
            request_id,
        })
    }

    /// It may have been sent: it is looked for, not before the server wants to be asked.
    pub(in crate::machine) fn look_again(&self, moment: Moment, hold: Option<Duration>) -> Step {
        let first = schedule::look(0);
        let delay = hold.map_or(first, |hold| hold.max(first));
        self.in_doubt(moment).become_state(State::Checking {
            next_look_at_ms: Some(moment.after(delay)),
        })
    }

    /// It waits, and the account's other mail with it, unless the others may go without what it waits for.
    pub(in crate::machine) fn wait(&self, reason: WaitReason, moment: Moment) -> Step {
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
    pub(in crate::machine) fn wall(&self, reason: WaitReason, moment: Moment) -> Hold {
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
    pub(in crate::machine) fn kept(&self) -> Trace {
        Trace {
            defer_to_ms: self.defer_to_ms,
            ..Trace::default()
        }
    }
}

impl Step {
    /// A server that asks to be left alone is, with everything of the account.
    pub(in crate::machine) fn holding_others(self, hold: Option<Hold>) -> Step {
        Step {
            effect: hold.map_or(self.effect, Effect::HoldOthers),
            progress: self.progress,
        }
    }
}

impl Hold {
    pub(in crate::machine) fn network(until_ms: i64) -> Hold {
        Hold {
            reason: WaitReason::Network,
            until_ms: Some(until_ms),
        }
    }
}

impl Moment {
    pub(in crate::machine) fn after(self, delay: Duration) -> i64 {
        self.now_ms
            .saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX))
    }
}
