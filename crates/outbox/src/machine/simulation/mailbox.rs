//! A mailbox as a client sees it, and as it is.
//!
//! A draft may be found late, so that a second one is made. One that was submitted stays among the drafts for a while, is nowhere to
//! be seen for a while, and then stands among what was sent. Submitting it once
//! more while it is on its way is taken here for a second delivery: a mailbox
//! may be kinder, a client must not count on it.

use rand::RngExt;
use rand::rngs::StdRng;

use super::super::*;

/// The longest that a submitted draft may look like one that was not.
const LOOKS_UNSUBMITTED_MAX_MS: i64 = 100_000;

/// The longest that a draft that is there is not found.
const FOUND_LATE_MAX_MS: i64 = 60_000;

/// The longest that it is nowhere to be seen.
const IN_TRANSIT_MAX_MS: i64 = 600_000;

/// What one message left in its mailbox.
#[derive(Default)]
pub(super) struct Mailbox {
    drafts: Vec<Draft>,
    made: u32,
    /// When each copy that was sent in one request stands among what was sent.
    plain: Vec<i64>,
    /// How often it was delivered.
    pub(super) delivered: u32,
    /// It was delivered without what was attached to it.
    pub(super) went_incomplete: bool,
    /// A report comes back, or came.
    pub(super) bounces: bool,
}

struct Draft {
    id: String,
    /// How many of the message's files are attached to it.
    files: u32,
    /// A look shows it from then on.
    found_from_ms: i64,
    submitted: Option<Submitted>,
}

struct Submitted {
    leaves_drafts_ms: i64,
    is_sent_ms: i64,
    /// The mailbox tells that a draft is on its way out.
    is_told: bool,
}

/// How an exchange ends when the mailbox has done its part, or has not.
enum Line {
    Answers,
    Unclear { done: bool },
    Refuses,
    NeedsConsent,
}

fn line(random: &mut StdRng) -> Line {
    match random.random_range(0..10) {
        0..=3 => Line::Answers,
        4..=6 => Line::Unclear { done: true },
        7 => Line::Unclear { done: false },
        8 => Line::NeedsConsent,
        _ => Line::Refuses,
    }
}

fn why(random: &mut StdRng) -> String {
    let whys = [
        "server-failed",
        "throttled",
        "connection-lost",
        "timed-out",
        "unexpected-answer",
    ];
    whys[random.random_range(0..whys.len())].to_owned()
}

fn hold(random: &mut StdRng) -> Option<Duration> {
    let holds = [None, Some(0), Some(30), Some(7_200), Some(u64::MAX)];
    holds[random.random_range(0..holds.len())].map(Duration::from_secs)
}

impl Mailbox {
    pub(super) fn create(
        &mut self,
        random: &mut StdRng,
        look_first: bool,
        files: u32,
        now_ms: i64,
    ) -> Creation {
        let draft = |ids| Creation::Draft {
            ids,
            is_whole: files == 0,
        };
        if look_first {
            match self.look(random, now_ms) {
                Look::Sent { message_id } => return Creation::Sent { message_id },
                Look::Draft { ids, .. } => return draft(ids),
                Look::Nothing => {}
                Look::Unanswered { reason, .. } => return Creation::Waiting(reason),
            }
        }
        match line(random) {
            Line::Answers => draft(vec![self.add_draft(random, now_ms)]),
            Line::Unclear { done } => {
                if done {
                    self.add_draft(random, now_ms);
                }
                Creation::Unclear {
                    why: why(random),
                    request_id: None,
                    hold: hold(random),
                }
            }
            Line::NeedsConsent => Creation::Waiting(WaitReason::Consent),
            Line::Refuses => Creation::Failed {
                code: "ErrorMessageSizeExceeded".to_owned(),
                request_id: None,
            },
        }
    }

    fn add_draft(&mut self, random: &mut StdRng, now_ms: i64) -> String {
        self.made += 1;
        let id = format!("draft {}", self.made);
        let late_ms = random.random_range(-FOUND_LATE_MAX_MS..FOUND_LATE_MAX_MS);
        self.drafts.push(Draft {
            id: id.clone(),
            files: 0,
            found_from_ms: now_ms + late_ms,
            submitted: None,
        });
        id
    }

    /// Attaches the next of `files` files to a draft, which somebody else may have removed or changed.
    pub(super) fn attach(
        &mut self,
        random: &mut StdRng,
        id: &str,
        files: u32,
        now_ms: i64,
    ) -> Attached {
        let draft = self.drafts.iter_mut().find(|draft| draft.id == id);
        let is_there = |draft: &&mut Draft| {
            let submitted = draft.submitted.as_ref();
            submitted.is_none_or(|submitted| submitted.leaves_drafts_ms > now_ms)
        };
        let Some(draft) = draft.filter(is_there) else {
            return Attached::Changed;
        };
        if random.random_bool(0.03) {
            return Attached::Changed;
        }
        let of_files = |draft: &Draft| match draft.files < files {
            true => Attached::More,
            false => Attached::All,
        };
        if draft.files == files {
            return Attached::All;
        }
        match line(random) {
            Line::Answers => {
                draft.files += 1;
                of_files(draft)
            }
            Line::Unclear { done } => {
                draft.files += u32::from(done);
                Attached::Unclear {
                    why: why(random),
                    request_id: None,
                    hold: hold(random),
                }
            }
            Line::NeedsConsent => Attached::Waiting(WaitReason::Consent),
            Line::Refuses => Attached::Failed {
                code: "ErrorMessageSizeExceeded".to_owned(),
                request_id: None,
            },
        }
    }

    /// Somebody removes the drafts that are no more than that.
    pub(super) fn clear_drafts(&mut self) {
        self.drafts.retain(|draft| draft.submitted.is_some());
    }

    pub(super) fn submit_draft(
        &mut self,
        random: &mut StdRng,
        id: &str,
        files: u32,
        (now_ms, deferred_for_ms): (i64, i64),
    ) -> Submission {
        let bounces = random.random_bool(0.2);
        let draft = self.drafts.iter_mut().find(|draft| draft.id == id);
        let is_there = |draft: &&mut Draft| {
            let submitted = draft.submitted.as_ref();
            submitted.is_none_or(|submitted| submitted.leaves_drafts_ms > now_ms)
        };
        let Some(draft) = draft.filter(is_there) else {
            // Not found: it may have been sent.
            return unclear(random);
        };
        let line = line(random);
        if let Line::Answers | Line::Unclear { done: true } = line {
            self.went_incomplete |= draft.files != files;
            draft.submit(random, now_ms + deferred_for_ms);
            self.delivered += 1;
            self.bounces |= bounces;
        }
        match line {
            Line::Answers => Submission::Accepted { request_id: None },
            Line::Unclear { .. } => unclear(random),
            Line::NeedsConsent => Submission::Waiting(WaitReason::Consent),
            Line::Refuses => refused(),
        }
    }

    pub(super) fn submit(&mut self, random: &mut StdRng, now_ms: i64) -> Submission {
        match line(random) {
            Line::Answers => {
                self.send_plain(random, now_ms);
                Submission::Accepted { request_id: None }
            }
            Line::Unclear { done } => {
                if done {
                    self.send_plain(random, now_ms);
                }
                unclear(random)
            }
            Line::NeedsConsent => Submission::Waiting(WaitReason::Consent),
            Line::Refuses => refused(),
        }
    }

    fn send_plain(&mut self, random: &mut StdRng, now_ms: i64) {
        self.delivered += 1;
        self.plain
            .push(now_ms + random.random_range(0..IN_TRANSIT_MAX_MS));
    }

    /// What a look after the message was taken over brings.
    pub(super) fn follow(&self, random: &mut StdRng, now_ms: i64) -> Followed {
        match self.look(random, now_ms) {
            Look::Sent { .. } if self.bounces && random.random_bool(0.7) => Followed::Bounced {
                report: "somebody did not get it".to_owned(),
            },
            Look::Sent { message_id } => Followed::Sent { message_id },
            Look::Draft { .. } | Look::Nothing => Followed::Nothing,
            Look::Unanswered { hold, .. } => Followed::Unanswered { hold },
        }
    }

    pub(super) fn look(&self, random: &mut StdRng, now_ms: i64) -> Look {
        if random.random_bool(0.2) {
            return Look::Unanswered {
                reason: WaitReason::Network,
                hold: hold(random),
            };
        }
        let is_sent = |draft: &Draft| {
            let submitted = draft.submitted.as_ref();
            submitted.is_some_and(|submitted| submitted.is_sent_ms <= now_ms)
        };
        if self.plain.iter().any(|sent_ms| *sent_ms <= now_ms) || self.drafts.iter().any(is_sent) {
            return Look::Sent { message_id: None };
        }
        let shown: Vec<&Draft> = self
            .drafts
            .iter()
            .filter(|draft| draft.found_from_ms <= now_ms)
            .filter(|draft| {
                let submitted = draft.submitted.as_ref();
                submitted.is_none_or(|submitted| submitted.leaves_drafts_ms > now_ms)
            })
            .collect();
        match shown.is_empty() {
            true => Look::Nothing,
            false => Look::Draft {
                ids: shown.iter().map(|draft| draft.id.clone()).collect(),
                submitted: shown
                    .iter()
                    .any(|draft| draft.submitted.as_ref().is_some_and(|told| told.is_told)),
            },
        }
    }
}

impl Draft {
    fn submit(&mut self, random: &mut StdRng, now_ms: i64) {
        let is_told = random.random_bool(0.3);
        let stays_ms = match is_told {
            true => IN_TRANSIT_MAX_MS,
            false => LOOKS_UNSUBMITTED_MAX_MS,
        };
        let leaves_drafts_ms = now_ms + random.random_range(0..stays_ms);
        self.submitted = Some(Submitted {
            leaves_drafts_ms,
            is_sent_ms: leaves_drafts_ms + random.random_range(0..IN_TRANSIT_MAX_MS),
            is_told,
        });
    }
}

fn unclear(random: &mut StdRng) -> Submission {
    Submission::Unconfirmed {
        why: why(random),
        request_id: None,
        hold: hold(random),
    }
}

fn refused() -> Submission {
    Submission::Failed {
        code: "ErrorInvalidRecipients".to_owned(),
        request_id: None,
    }
}
