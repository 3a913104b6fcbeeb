//! What becomes of a message after the server took it over: seen among what was sent, and perhaps a report that it did
//! not reach somebody. Nothing here submits anything.

use std::time::Duration;

use super::{Effect, Hold, Moment, Progress, Refused, State, Step};
use crate::schedule;

/// What a look after a message was taken over brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It stands among what was sent, and no report has come.
    Sent {
        /// Its Message-ID, where the server told it.
        message_id: Option<String>,
    },
    /// A report says that somebody did not get it.
    Bounced {
        /// What the report says, as plain text.
        report: String,
    },
    /// It is not to be seen among what was sent.
    Nothing,
    /// The mailbox may not be looked through.
    NotAllowed,
    /// The mailbox did not answer.
    Unanswered {
        /// How long the server wants to be left alone.
        hold: Option<Duration>,
    },
}

/// Its turn has come, if it is to be followed and the time is there.
pub(super) fn turn(progress: &Progress, moment: Moment) -> Result<Step, Refused> {
    let is_time = |at: i64| at <= moment.now_ms;
    if !progress.trace.follow_at_ms.is_some_and(is_time) {
        return Err(Refused::NotApplicable);
    }
    let message_id = match &progress.state {
        State::Sent { message_id } => message_id.clone(),
        _ => None,
    };
    Ok(progress.go(Effect::Follow { message_id }))
}

pub(super) fn followed(
    progress: &Progress,
    followed: &Followed,
    moment: Moment,
) -> Result<Step, Refused> {
    let (State::Accepted { .. } | State::Sent { .. }) = progress.state else {
        return Err(Refused::NotApplicable);
    };
    Ok(match followed {
        Followed::Sent { message_id } => {
            let known = match &progress.state {
                State::Sent { message_id } => message_id.clone(),
                _ => None,
            };
            progress.to_be_followed(moment).become_state(State::Sent {
                message_id: message_id.clone().or(known),
            })
        }
        Followed::Bounced { report } => progress.not_followed().become_state(State::Bounced {
            report: report.clone(),
        }),
        Followed::Nothing => progress.to_be_followed(moment).go(Effect::None),
        Followed::NotAllowed => progress.not_followed().go(Effect::None),
        Followed::Unanswered { hold } => {
            let asked = hold.map(|hold| hold.min(schedule::RETRY_AFTER_MAX));
            progress
                .followed_later(asked, moment)
                .go(Effect::None)
                .holding_others(asked.map(|asked| Hold::network(moment.after(asked))))
        }
    })
}

impl Progress {
    /// The mailbox is asked what became of it, at the next of the times that are meant for that. Only a message that went
    /// as a draft: of any other the mailbox may not be asked.
    pub(super) fn to_be_followed(&self, moment: Moment) -> Progress {
        let sent_at_ms = self.trace.sent_at_ms;
        let since_ms = moment.now_ms.saturating_sub(sent_at_ms);
        let next = schedule::follow_up(since_ms).map(|next| {
            let sent = Moment {
                now_ms: sent_at_ms,
                ..moment
            };
            sent.after(next)
        });
        let mut progress = self.not_followed();
        progress.trace.follow_at_ms = next.filter(|_| self.trace.draft.is_some());
        progress
    }

    /// It could not be asked now. What was to be known long ago is not asked for any more.
    fn followed_later(&self, asked: Option<Duration>, moment: Moment) -> Progress {
        let mut progress = self.unanswered();
        let since_ms = moment.now_ms.saturating_sub(self.trace.sent_at_ms);
        let own = schedule::delay(progress.trace.unanswered, moment.seed);
        let delay = asked.map_or(own, |asked| asked.max(own));
        let is_to_go_on = !schedule::is_followed_enough(since_ms);
        progress.trace.follow_at_ms = is_to_go_on.then(|| moment.after(delay));
        progress
    }

    pub(super) fn not_followed(&self) -> Progress {
        let mut progress = self.clone();
        progress.trace.follow_at_ms = None;
        progress.trace.unanswered = 0;
        progress
    }
}

#[cfg(test)]
mod tests;
