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
//! There are two ways to send. *Plain*: one request, and an unclear answer is
//! for the person to judge. *Sure*: a draft is made in the mailbox, which hurts
//! nobody if it happens twice, what is large is attached to it, and then that draft is sent. A mailbox sends a
//! draft once, and it can be looked for by the message's key: so an unclear
//! answer is followed by looking, and the same draft is sent again only after
//! it was seen, time and again, to be an unsubmitted draft.
//!
//! ```text
//! held | scheduled → queued → creating → attaching → sending → accepted | deferred | failed | unconfirmed (plain)
//!                       ↑         │          │          │└→ checking → sent | unconfirmed | failed
//!                       │         │          │          └←── (the same draft, seen unsubmitted)
//!                       └ waiting ┴──────────┴──────────┘ (provably not submitted)
//! held, scheduled, queued, attaching, waiting → cancelled
//! unconfirmed → queued (a person risks a second one) → unconfirmed (refused or taken back: never failed or cancelled)
//! unconfirmed → checking (it can be looked for now)
//! accepted → sent → bounced (what the mailbox shows afterwards), deferred → checking (its time has come)
//! ```

use std::time::Duration;

use crate::schedule;

mod follow_up;
mod transitions;

pub use follow_up::Followed;
pub(crate) use transitions::due_horizon_ms;
#[cfg(test)]
use transitions::is_due;

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// On disk, and nobody sees it before its time has come: it can be taken back.
    Held {
        /// When it is queued, in milliseconds since 1970 (UTC).
        until_ms: i64,
    },
    /// On disk, to be sent at a time that a person has chosen, or later where nothing runs at that time.
    Scheduled {
        /// The time, in milliseconds since 1970 (UTC).
        at_ms: i64,
    },
    /// On disk, to be sent as soon as it is its turn.
    Queued,
    /// On its way into the mailbox as a draft, where that is allowed. Not submitted.
    Creating,
    /// A draft in the mailbox, and its files on their way there. Not submitted.
    Attaching,
    /// Submitted or about to be; the answer is not in.
    Sending,
    /// It may have been sent: the mailbox is looked through for it.
    Checking {
        /// When the next look is due, in milliseconds since 1970 (UTC). `None`: only when woken.
        next_look_at_ms: Option<i64>,
    },
    /// Taken over by the server for delivery (202). Not yet: delivered.
    Accepted {
        /// Graph's `request-id`, for support.
        request_id: Option<String>,
    },
    /// Taken over by the server, which sends it at a time that a person has chosen.
    Deferred {
        /// The time, in milliseconds since 1970 (UTC).
        until_ms: i64,
    },
    /// Seen in the mailbox as a message that was sent.
    Sent {
        /// Its Message-ID, where the server told it.
        message_id: Option<String>,
    },
    /// It was sent, and a report came back: somebody did not get it.
    Bounced {
        /// What the report says, as plain text, cut where it is long.
        report: String,
    },
    /// Provably not submitted; it goes on by itself or when the reason ends.
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
            State::Held { .. } => "held",
            State::Scheduled { .. } => "scheduled",
            State::Queued => "queued",
            State::Creating => "creating",
            State::Attaching => "attaching",
            State::Sending => "sending",
            State::Checking { .. } => "checking",
            State::Accepted { .. } => "accepted",
            State::Deferred { .. } => "deferred",
            State::Sent { .. } => "sent",
            State::Bounced { .. } => "bounced",
            State::Waiting { .. } => "waiting",
            State::Unconfirmed { .. } => "unconfirmed",
            State::Failed { .. } => "failed",
            State::Cancelled => "cancelled",
            State::Damaged { .. } => "damaged",
        }
    }
}

/// What a message waits for. In each case it was not submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The server cannot be reached.
    Network,
    /// The account must sign in again.
    SignIn,
    /// The account has not allowed sending.
    Consent,
    /// The account has not allowed drafts, and the message is too large to go without.
    Drafts,
    /// The mailbox is full.
    MailboxFull,
    /// The server has paused sending from the account, for having sent too much or to be confirmed.
    Paused,
    /// The server has blocked sending from the account.
    Blocked,
}

/// `Unconfirmed`: the program ended between the request and its answer.
pub(crate) const WHY_INTERRUPTED: &str = "interrupted";
/// `Unconfirmed`: the attempt broke off inside this program.
pub const WHY_ATTEMPT_LOST: &str = "attempt-lost";
/// `Unconfirmed`: no answer came in the time that one attempt may take.
pub(crate) const WHY_TIMED_OUT: &str = "timed-out";
/// `Unconfirmed`: read back from a damaged database, whose last steps may be missing.
pub(crate) const WHY_RECOVERED: &str = "recovered";
/// `Unconfirmed`: it was looked for long enough, and found neither sent nor unsent.
pub(crate) const WHY_NOT_FOUND: &str = "not-found";
/// `Unconfirmed`: the mailbox could not be looked through for most of a day.
pub(crate) const WHY_NOT_ANSWERED: &str = "not-answered";
/// `Unconfirmed`: the account does not allow to look for it.
pub(crate) const WHY_CANNOT_LOOK: &str = "cannot-look";
/// `Unconfirmed`: it was not sent this time, and an earlier submission was unclear.
pub(crate) const WHY_EARLIER: &str = "earlier";
/// `Failed`: the server was asked again and again, and the draft still lies there unsubmitted.
pub const CODE_NOT_TAKEN_OVER: &str = "not-taken-over";
/// `Failed`: its draft in the mailbox was changed or removed while files were attached to it.
pub const CODE_DRAFT_CHANGED: &str = "draft-changed";
/// `Failed`: the copy of an attachment is missing or is not what was attached.
pub const CODE_ATTACHMENT_DAMAGED: &str = "attachment-damaged";

/// What became of handing a message to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The server took it over (202 and nothing else).
    Accepted {
        /// Graph's `request-id`.
        request_id: Option<String>,
    },
    /// Provably not submitted.
    Waiting(WaitReason),
    /// Anything unclear.
    Unconfirmed {
        /// A closed code.
        why: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
        /// How long the server wants to be left alone (`Retry-After`, with 429
        /// and 503): the account's other mail waits so long, up to an hour.
        hold: Option<Duration>,
    },
    /// A definite refusal.
    Failed {
        /// A closed code.
        code: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
    },
}

/// What became of making a draft of the message in the mailbox. In no case but `Sent` was it submitted by this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation {
    /// No drafts are allowed: it is to be sent in one request.
    Plain,
    /// It lies in the mailbox as an unsubmitted draft.
    Draft {
        /// Its id there; of several any will do that was not given up.
        ids: Vec<String>,
        /// All that belongs to it is in it. Otherwise files are to be attached.
        is_whole: bool,
    },
    /// The mailbox was looked through first, and has it as a sent message.
    Sent {
        /// Its Message-ID.
        message_id: Option<String>,
    },
    /// Nothing was done.
    Waiting(WaitReason),
    /// A draft may have been made.
    Unclear {
        /// A closed code.
        why: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
        /// How long the server wants to be left alone.
        hold: Option<Duration>,
    },
    /// A definite refusal.
    Failed {
        /// A closed code.
        code: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
    },
}

/// What became of attaching a file to a draft. In no case was it submitted by this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attached {
    /// It is attached, and another one is to be.
    More,
    /// All are attached.
    All,
    /// Nothing was done.
    Waiting(WaitReason),
    /// It may have been attached, or a part of it.
    Unclear {
        /// A closed code.
        why: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
        /// How long the server wants to be left alone.
        hold: Option<Duration>,
    },
    /// The draft is gone, or has something attached that does not belong to it.
    Changed,
    /// A definite refusal.
    Failed {
        /// A closed code.
        code: String,
        /// Graph's `request-id`.
        request_id: Option<String>,
    },
}

/// What a look through the mailbox brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It was sent.
    Sent {
        /// Its Message-ID.
        message_id: Option<String>,
    },
    /// It lies among the drafts.
    Draft {
        /// The ids of all drafts of it.
        ids: Vec<String>,
        /// The mailbox says that it is on its way out.
        submitted: bool,
    },
    /// It is nowhere to be seen.
    Nothing,
    /// The mailbox did not answer.
    Unanswered {
        /// What an answer waits for.
        reason: WaitReason,
        /// How long the server wants to be left alone.
        hold: Option<Duration>,
    },
}

/// What the machine knows of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Where it stands.
    pub(crate) state: State,
    /// How often it was its turn.
    pub(crate) attempts: u32,
    /// What of it is in the mailbox.
    pub(crate) trace: Trace,
}

impl Progress {
    /// The draft in the mailbox that is to go with the message: one that provably was never submitted.
    pub(crate) fn leftover(&self) -> Option<&str> {
        let draft = self.trace.draft.as_deref()?;
        let is_unsent = match self.state {
            State::Held { .. }
            | State::Scheduled { .. }
            | State::Queued
            | State::Waiting { .. }
            | State::Attaching
            | State::Failed { .. }
            | State::Cancelled => self.trace.sends == 0,
            State::Creating
            | State::Sending
            | State::Checking { .. }
            | State::Accepted { .. }
            | State::Deferred { .. }
            | State::Sent { .. }
            | State::Bounced { .. }
            | State::Unconfirmed { .. }
            | State::Damaged { .. } => false,
        };
        is_unsent.then_some(draft)
    }
}

impl Progress {
    /// The draft that is left behind when it goes on without: one that provably was never submitted, and that nobody else
    /// has changed.
    pub(crate) fn replaced_by(&self, after: &Progress) -> Option<&str> {
        let draft = self.trace.draft.as_deref()?;
        let is_ours = !matches!(after.state, State::Failed { .. });
        let is_left =
            is_ours && self.trace.sends == 0 && after.trace.draft.as_deref() != Some(draft);
        is_left.then_some(draft)
    }
}

/// What a message has left in the mailbox, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    /// The draft that is sent. `None`: it is sent in one request.
    pub(crate) draft: Option<String>,
    /// How often it may have been submitted, as the draft or in one request.
    pub(crate) sends: u32,
    /// When it was last known that it may just have been submitted, in milliseconds since 1970 (UTC).
    pub(crate) sent_at_ms: i64,
    /// How often the mailbox was looked through since then.
    pub(crate) looks: u32,
    /// How often the mailbox gave no answer, or failed to make a draft or take a file, one time after the other.
    pub(crate) unanswered: u32,
    /// When the server is to send it, where that is later, in milliseconds since 1970 (UTC).
    pub(crate) defer_to_ms: Option<i64>,
    /// When the mailbox is asked next what became of it, in milliseconds since 1970 (UTC).
    pub(crate) follow_at_ms: Option<i64>,
}

/// What happened to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It is its turn.
    Turn,
    /// What came of making a draft is in.
    Created(Creation),
    /// What came of attaching a file is in.
    Attached(Attached),
    /// The answer to the submission is in.
    Answered(Submission),
    /// What a look brought is in.
    Looked(Look),
    /// What a look after it was taken over brought is in.
    Followed(Followed),
    /// Found in `creating`, `attaching` or `sending` with nobody left to hear the answer.
    Interrupted,
    /// Another message of the account met a wall; this one waits with it, and
    /// no shorter than it waits already.
    Walled(Hold),
    /// The account signed out: it waits for the next sign-in.
    Parked,
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
    /// The person sends it, now that nothing of it has left.
    Retry,
    /// It can be looked for now, because the person asks for it or has allowed it.
    Check,
    /// The person sends it a second time, knowing that the first may have arrived.
    Again,
    /// The person takes it back to change it.
    Edit,
    /// The person who has just sent it takes it back.
    TakeBack,
    /// The person who has just sent it does not want it held any longer.
    Release,
    /// The person removes it from the list.
    Discard,
    /// The account signs out, and its mail goes.
    Forgotten,
}

impl Event {
    /// For how long the server wants to be left alone, whatever becomes of the message.
    pub(crate) fn hold(&self, now_ms: i64) -> Option<Hold> {
        let hold = match self {
            Event::Created(Creation::Unclear { hold, .. })
            | Event::Attached(Attached::Unclear { hold, .. })
            | Event::Answered(Submission::Unconfirmed { hold, .. })
            | Event::Looked(Look::Unanswered { hold, .. })
            | Event::Followed(Followed::Unanswered { hold }) => *hold,
            Event::Created(_)
            | Event::Attached(_)
            | Event::Answered(_)
            | Event::Looked(_)
            | Event::Followed(_)
            | Event::Turn
            | Event::Interrupted
            | Event::Walled(_)
            | Event::Parked
            | Event::TimeCame
            | Event::Woken
            | Event::Unreadable
            | Event::AttachmentsUnreadable
            | Event::Recovered
            | Event::Cancel
            | Event::Retry
            | Event::Check
            | Event::Again
            | Event::Edit
            | Event::TakeBack
            | Event::Release
            | Event::Discard
            | Event::Forgotten => None,
        };
        let hold = hold?.min(schedule::RETRY_AFTER_MAX);
        let moment = Moment { now_ms, seed: 0 };
        Some(Hold::network(moment.after(hold)))
    }
}

/// What follows, after the new state is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// Make a draft of it, where that is allowed.
    Create {
        /// It was tried before: the draft may be there.
        look_first: bool,
    },
    /// Attach the next file to the draft with this id.
    Attach(String),
    /// Hand the message to the server, once.
    Submit,
    /// Send the draft with this id, once.
    SubmitDraft(String),
    /// Look for it.
    Look,
    /// Look what became of it since it was taken over.
    Follow {
        /// Its Message-ID, where it is known.
        message_id: Option<String>,
    },
    /// What else is to go for the account waits too, in the same transaction.
    HoldOthers(Hold),
    /// The message becomes a draft and the row goes, in one transaction.
    BecomeDraft,
    /// The row goes.
    Remove,
}

/// For what, and until when, the mail of an account waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) reason: WaitReason,
    /// `None`: until woken.
    pub(crate) until_ms: Option<i64>,
}

/// The outcome of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What to commit.
    pub(crate) progress: Progress,
    /// What to do then.
    pub(crate) effect: Effect,
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
pub(crate) struct Moment {
    /// The wall clock, in milliseconds since 1970 (UTC).
    pub(crate) now_ms: i64,
    /// The source of the schedule's jitter.
    pub(crate) seed: u64,
}

/// Decides what follows from `event` for a message that stands at `progress`.
pub(crate) fn step(progress: &Progress, event: &Event, moment: Moment) -> Result<Step, Refused> {
    match event {
        Event::Turn => transitions::turn(progress, moment),
        Event::Created(creation) => transitions::created(progress, creation, moment),
        Event::Attached(attached) => transitions::attached(progress, attached, moment),
        Event::Answered(submission) => transitions::answered(progress, submission, moment),
        Event::Looked(look) => transitions::looked(progress, look, moment),
        Event::Followed(followed) => follow_up::followed(progress, followed, moment),
        Event::Interrupted => transitions::interrupted(progress, moment),
        Event::Walled(hold) => transitions::walled(progress, *hold),
        Event::Parked => transitions::parked(progress),
        Event::Check => transitions::check(progress, moment),
        Event::TimeCame => transitions::time_came(progress, moment),
        Event::Woken => transitions::woken(progress, moment),
        Event::Unreadable => transitions::unreadable(progress),
        Event::AttachmentsUnreadable => transitions::attachments_unreadable(progress),
        Event::Recovered => transitions::recovered(progress),
        Event::Cancel => transitions::cancel(progress),
        Event::Retry => transitions::retry(progress, moment),
        Event::Again => transitions::again(progress),
        Event::Edit => transitions::edit(progress),
        Event::TakeBack => transitions::take_back(progress),
        Event::Release => transitions::release(progress),
        Event::Discard => transitions::discard(progress),
        Event::Forgotten => transitions::forgotten(progress),
    }
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
