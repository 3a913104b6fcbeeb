//! The machine as a table: every state, every event.

use super::*;

const NOW: Moment = Moment {
    now_ms: 1_000_000,
    seed: 1,
};

fn states() -> [State; 16] {
    let request_id = Some("r1".to_owned());
    [
        State::Held {
            until_ms: NOW.now_ms,
        },
        State::Queued,
        State::Creating,
        State::Sending,
        State::Checking {
            next_look_at_ms: Some(NOW.now_ms),
        },
        State::Accepted {
            request_id: request_id.clone(),
        },
        State::Sent { message_id: None },
        State::Waiting {
            reason: WaitReason::Network,
            next_attempt_at_ms: Some(NOW.now_ms),
        },
        State::Unconfirmed {
            why: "server-failed".to_owned(),
            request_id: request_id.clone(),
        },
        State::Failed {
            code: "ErrorInvalidRecipients".to_owned(),
            request_id,
        },
        State::Cancelled,
        State::Damaged {
            last: "queued".to_owned(),
        },
        State::Attaching,
        State::Scheduled { at_ms: NOW.now_ms },
        State::Deferred {
            until_ms: NOW.now_ms,
        },
        State::Bounced {
            report: "not found".to_owned(),
        },
    ]
}

/// One row of the table: what each of the sixteen states becomes, in the order of `states`.
/// `=` stays, `-` refused, otherwise the new state's code, or `draft` and `gone`. Nothing is in the mailbox.
#[test]
fn every_event_in_every_state() {
    let network = Submission::Waiting(WaitReason::Network);
    let unclear = Submission::Unconfirmed {
        why: "server-failed".to_owned(),
        request_id: None,
        hold: None,
    };
    let refused = Submission::Failed {
        code: "ErrorInvalidRecipients".to_owned(),
        request_id: None,
    };
    let throttled = Submission::Unconfirmed {
        why: "throttled".to_owned(),
        request_id: None,
        hold: Some(Duration::from_secs(60)),
    };
    let draft = |is_whole| Creation::Draft {
        ids: vec!["d".to_owned()],
        is_whole,
    };
    let walled = |reason, until_ms| Event::Walled(Hold { reason, until_ms });
    let soon = Some(NOW.now_ms - 1);
    let late = Some(NOW.now_ms + 1);
    for (event, expected) in [
        // held queued creating sending checking accepted sent waiting unconfirmed failed cancelled damaged attaching scheduled deferred bounced
        (Event::Turn, "- creating - - = - - - - - - - - - - -"),
        (
            Event::Created(Creation::Plain),
            "- - sending - - - - - - - - - - - - -",
        ),
        (
            Event::Created(draft(true)),
            "- - sending - - - - - - - - - - - - -",
        ),
        (
            Event::Created(draft(false)),
            "- - attaching - - - - - - - - - - - - -",
        ),
        (
            Event::Created(Creation::Sent { message_id: None }),
            "- - sent - - - - - - - - - - - - -",
        ),
        (
            Event::Answered(Submission::Accepted { request_id: None }),
            "- - - accepted - - - - - - - - - - - -",
        ),
        (
            Event::Answered(network),
            "- - - waiting - - - - - - - - - - - -",
        ),
        (
            Event::Answered(unclear),
            "- - - unconfirmed - - - - - - - - - - - -",
        ),
        (
            Event::Answered(refused),
            "- - - failed - - - - - - - - - - - -",
        ),
        (
            Event::Answered(throttled),
            "- - - unconfirmed - - - - - - - - - - - -",
        ),
        (
            Event::Looked(Look::Nothing),
            "- - - - checking - - - - - - - - - - -",
        ),
        (
            Event::Looked(Look::Sent { message_id: None }),
            "- - - - sent - - - - - - - - - - -",
        ),
        (
            Event::Interrupted,
            "- - queued unconfirmed - - - - - - - - queued - - -",
        ),
        (
            walled(WaitReason::SignIn, None),
            "- waiting - - - - - waiting - - - - - - - -",
        ),
        (
            walled(WaitReason::Network, late),
            "held waiting - - checking - - waiting - - - - - - - -",
        ),
        (
            walled(WaitReason::Network, soon),
            "- waiting - - - - - - - - - - - - - -",
        ),
        (
            Event::Parked,
            "waiting waiting - - checking - - waiting - - - - - - - -",
        ),
        (
            Event::TimeCame,
            "queued - - - - - - queued - - - - - queued checking -",
        ),
        (Event::Woken, "- - - - = - - queued - - - - - - - -"),
        (
            Event::Unreadable,
            "damaged damaged damaged damaged damaged damaged damaged damaged damaged damaged damaged = damaged damaged damaged damaged",
        ),
        (
            Event::AttachmentsUnreadable,
            "- failed - - - - - - - - - - - - - -",
        ),
        (
            Event::Recovered,
            "unconfirmed unconfirmed unconfirmed unconfirmed unconfirmed = = unconfirmed = = = = unconfirmed unconfirmed = =",
        ),
        (Event::Check, "- - - - - - - - checking - - - - - - -"),
        (
            Event::Cancel,
            "cancelled cancelled - - - - - cancelled - - = - cancelled cancelled - -",
        ),
        (
            Event::Retry,
            "queued = - - - - - queued - queued queued - - queued - -",
        ),
        (Event::Again, "- - - - - - - - queued - - - - - - -"),
        (
            Event::Edit,
            "draft draft - - draft - - draft draft draft draft draft draft draft - draft",
        ),
        (
            Event::TakeBack,
            "draft draft - - - - - draft - - draft - draft draft - -",
        ),
        (Event::Release, "queued - - - - - - - - - - - - - - -"),
        (
            Event::Discard,
            "gone gone - - gone gone gone gone gone gone gone gone gone gone - gone",
        ),
        (
            Event::Followed(Followed::Sent { message_id: None }),
            "- - - - - sent = - - - - - - - - -",
        ),
        (
            Event::Followed(Followed::Bounced {
                report: "not found".to_owned(),
            }),
            "- - - - - bounced bounced - - - - - - - - -",
        ),
        (
            Event::Followed(Followed::Nothing),
            "- - - - - = = - - - - - - - - -",
        ),
    ] {
        for (state, expected) in states().into_iter().zip(expected.split(' ')) {
            check(&state, &event, expected);
        }
    }
}

fn check(state: &State, event: &Event, expected: &str) {
    let before = Progress {
        state: state.clone(),
        attempts: 3,
        trace: Trace::default(),
    };
    let found = match step(&before, event, NOW) {
        Err(_) => "-",
        Ok(Step {
            effect: Effect::BecomeDraft,
            ..
        }) => "draft",
        Ok(Step {
            effect: Effect::Remove,
            ..
        }) => "gone",
        Ok(Step { progress, effect }) => {
            let submits = matches!(effect, Effect::Submit | Effect::SubmitDraft(_));
            assert_eq!(submits, progress.state == State::Sending, "{event:?}");
            let begins = progress.state == State::Creating;
            assert_eq!(progress.attempts, 3 + u32::from(begins), "{event:?}");
            if progress.state == *state {
                "="
            } else {
                progress.state.code()
            }
        }
    };
    assert_eq!(found, expected, "{state:?} {event:?}");
}

#[test]
fn a_person_is_told_why_not() {
    for (state, event, expected) in [
        (State::Sending, Event::Cancel, Refused::BeingSent),
        (State::Sending, Event::Retry, Refused::BeingSent),
        (State::Sending, Event::Edit, Refused::BeingSent),
        (State::Sending, Event::Discard, Refused::BeingSent),
        (
            State::Accepted { request_id: None },
            Event::Cancel,
            Refused::AlreadyAccepted,
        ),
        (
            State::Accepted { request_id: None },
            Event::Retry,
            Refused::AlreadyAccepted,
        ),
        (
            State::Accepted { request_id: None },
            Event::Edit,
            Refused::AlreadyAccepted,
        ),
        (
            State::Unconfirmed {
                why: String::new(),
                request_id: None,
            },
            Event::Cancel,
            Refused::MayHaveBeenSent,
        ),
        (
            State::Unconfirmed {
                why: String::new(),
                request_id: None,
            },
            Event::Retry,
            Refused::MayHaveBeenSent,
        ),
        (
            State::Damaged {
                last: String::new(),
            },
            Event::Retry,
            Refused::Damaged,
        ),
    ] {
        let before = Progress {
            state,
            attempts: 1,
            trace: Trace::default(),
        };
        assert_eq!(
            step(&before, &event, NOW),
            Err(expected),
            "{before:?} {event:?}"
        );
    }
}

#[test]
fn what_an_answer_keeps_waiting_and_how_long() {
    let unclear = |hold| Submission::Unconfirmed {
        why: "throttled".to_owned(),
        request_id: None,
        hold,
    };
    let hour_ms = 3_600_000;
    let seconds = Duration::from_secs;
    // Whether others are held, for what, and for how many milliseconds; the first delay is 5 to 10 seconds.
    for (answer, expected) in [
        (
            Submission::Waiting(WaitReason::Network),
            Some((WaitReason::Network, Some(5_000..=10_000))),
        ),
        (
            Submission::Waiting(WaitReason::SignIn),
            Some((WaitReason::SignIn, None)),
        ),
        (
            Submission::Waiting(WaitReason::Consent),
            Some((WaitReason::Consent, None)),
        ),
        (
            Submission::Waiting(WaitReason::MailboxFull),
            Some((WaitReason::MailboxFull, Some(hour_ms..=hour_ms))),
        ),
        (unclear(None), None),
        (
            unclear(Some(seconds(120))),
            Some((WaitReason::Network, Some(120_000..=120_000))),
        ),
        (
            unclear(Some(Duration::ZERO)),
            Some((WaitReason::Network, Some(0..=0))),
        ),
        (
            unclear(Some(Duration::MAX)),
            Some((WaitReason::Network, Some(hour_ms..=hour_ms))),
        ),
        (Submission::Accepted { request_id: None }, None),
    ] {
        let sending = Progress {
            state: State::Sending,
            attempts: 1,
            trace: Trace::default(),
        };
        let step = step(&sending, &Event::Answered(answer.clone()), NOW).unwrap();
        let Effect::HoldOthers(hold) = step.effect else {
            assert_eq!((step.effect, expected), (Effect::None, None), "{answer:?}");
            continue;
        };
        let (reason, delay_ms) = expected.unwrap();
        assert_eq!(hold.reason, reason, "{answer:?}");
        match (hold.until_ms, delay_ms) {
            (Some(at), Some(range)) => assert!(range.contains(&(at - NOW.now_ms)), "{answer:?}"),
            (at, expected) => assert_eq!(at.is_some(), expected.is_some(), "{answer:?}"),
        }
        // The message itself waits with the others, or may have been sent.
        match (answer, step.progress.state) {
            (
                Submission::Waiting(_),
                State::Waiting {
                    reason,
                    next_attempt_at_ms,
                },
            ) => assert_eq!((reason, next_attempt_at_ms), (hold.reason, hold.until_ms)),
            (Submission::Unconfirmed { .. }, State::Unconfirmed { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_clock_that_was_set_back_does_not_hold_a_message_for_years() {
    let year_ms = 365 * 24 * 3600 * 1000;
    for (at, due) in [
        (NOW.now_ms, true),
        (NOW.now_ms + 1, false),
        (NOW.now_ms + 3_600_000, false),
        (NOW.now_ms + year_ms, true),
        (i64::MIN, true),
        (i64::MAX, true),
    ] {
        assert_eq!(is_due(at, NOW.now_ms), due, "{at}");
    }
}

/// A draft's way, with what has been submitted and looked for before.
#[test]
fn a_draft_is_sent_again_only_when_it_is_seen_unsubmitted() {
    let unclear = || Submission::Unconfirmed {
        why: "timed-out".to_owned(),
        request_id: None,
        hold: None,
    };
    let refused = || Submission::Failed {
        code: "ErrorInvalidRecipients".to_owned(),
        request_id: None,
    };
    let draft = |submitted| Look::Draft {
        ids: vec!["another".to_owned(), "d".to_owned()],
        submitted,
    };
    let another = || Look::Draft {
        ids: vec!["another".to_owned()],
        submitted: false,
    };
    let no_answer = || Look::Unanswered {
        reason: WaitReason::Network,
        hold: None,
    };
    let consent = || Look::Unanswered {
        reason: WaitReason::Consent,
        hold: None,
    };
    let (soon, past_grace, given_up) = (100_000, 120_000, 1_800_000);
    // Submitted so often, so long ago, seen so often since; then what happened, and what follows.
    for (sends, since_ms, looks, event, expected) in [
        (1, 0, 0, Event::Answered(unclear()), "checking"),
        (2, 0, 0, Event::Answered(unclear()), "checking"),
        (1, 0, 0, Event::Interrupted, "checking"),
        (1, 0, 0, Event::Answered(refused()), "failed"),
        // What is said of the second submission says nothing of the first.
        (2, 0, 0, Event::Answered(refused()), "checking"),
        (
            1,
            0,
            0,
            Event::Answered(Submission::Waiting(WaitReason::Network)),
            "waiting",
        ),
        (
            2,
            0,
            0,
            Event::Answered(Submission::Waiting(WaitReason::Network)),
            "checking",
        ),
        (1, soon, 9, Event::Looked(draft(false)), "checking"),
        (1, past_grace, 2, Event::Looked(draft(false)), "checking"),
        (1, past_grace, 3, Event::Looked(draft(false)), "sending"),
        (1, past_grace, 3, Event::Looked(draft(true)), "checking"),
        (1, past_grace, 3, Event::Looked(Look::Nothing), "checking"),
        (9, past_grace, 3, Event::Looked(draft(false)), "sending"),
        (10, past_grace, 3, Event::Looked(draft(false)), "failed"),
        (1, given_up, 3, Event::Looked(draft(true)), "unconfirmed"),
        (1, given_up, 3, Event::Looked(Look::Nothing), "unconfirmed"),
        (1, given_up, 2, Event::Looked(Look::Nothing), "checking"),
        (1, -1, 99, Event::Looked(draft(false)), "unconfirmed"),
        (1, past_grace, 9, Event::Looked(another()), "checking"),
        (1, soon, 0, Event::Looked(consent()), "unconfirmed"),
        (1, given_up, 9, Event::Looked(no_answer()), "checking"),
    ] {
        let looked = matches!(event, Event::Looked(_));
        let before = Progress {
            state: match looked {
                true => State::Checking {
                    next_look_at_ms: Some(NOW.now_ms),
                },
                false => State::Sending,
            },
            attempts: 1,
            trace: Trace {
                draft: Some("d".to_owned()),
                sends,
                sent_at_ms: NOW.now_ms - since_ms,
                looks,
                ..Trace::default()
            },
        };
        let case = format!("{sends} {since_ms} {looks} {event:?}");
        let after = step(&before, &event, NOW).expect(&case);
        assert_eq!(after.progress.state.code(), expected, "{case}");
        let submits = after.effect == Effect::SubmitDraft("d".to_owned());
        assert_eq!(submits, expected == "sending", "{case}");
        if submits {
            assert_eq!(after.progress.trace.sends, sends + 1, "{case}");
        }
    }
}

#[test]
fn a_draft_that_cannot_be_made_waits_and_is_given_up_after_a_day_of_failures() {
    let unclear = |hold| {
        Event::Created(Creation::Unclear {
            why: "server-failed".to_owned(),
            request_id: None,
            hold,
        })
    };
    let minute = Some(Duration::from_secs(60));
    for (unanswered, hold, expected, holds_others) in [
        (0, None, "waiting", true),
        (0, minute, "waiting", true),
        (299, None, "waiting", true),
        (300, None, "failed", false),
    ] {
        let before = Progress {
            state: State::Creating,
            // Most of them without a network, which counts for nothing.
            attempts: 5000,
            trace: Trace {
                unanswered,
                ..Trace::default()
            },
        };
        let case = format!("{unanswered} {hold:?}");
        let after = step(&before, &unclear(hold), NOW).unwrap();
        assert_eq!(after.progress.state.code(), expected, "{case}");
        let holds = matches!(after.effect, Effect::HoldOthers(_));
        assert_eq!(holds, holds_others, "{case}");
        let counted = after.progress.trace.unanswered - unanswered;
        assert_eq!(counted, u32::from(expected == "waiting"), "{case}");
    }
}

#[test]
fn looks_without_an_answer_become_rarer_and_end() {
    let unanswered = Event::Looked(Look::Unanswered {
        reason: WaitReason::Network,
        hold: None,
    });
    let mut progress = Progress {
        state: State::Checking {
            next_look_at_ms: Some(NOW.now_ms),
        },
        attempts: 1,
        trace: Trace::default(),
    };
    let mut waited_ms = 0;
    while let State::Checking { next_look_at_ms } = progress.state {
        waited_ms += next_look_at_ms.unwrap() - NOW.now_ms;
        progress = step(&progress, &unanswered, NOW).unwrap().progress;
    }
    assert_eq!(progress.state.code(), "unconfirmed");
    let hours = waited_ms / 3_600_000;
    assert!((11..=25).contains(&hours), "{hours} hours");
}

#[test]
fn what_was_submitted_in_vain_is_looked_for_before_it_is_sent_again() {
    for (sends, expected) in [(0, "queued"), (1, "checking")] {
        let before = Progress {
            state: State::Failed {
                code: CODE_NOT_TAKEN_OVER.to_owned(),
                request_id: None,
            },
            attempts: 1,
            trace: Trace {
                draft: Some("d".to_owned()),
                sends,
                ..Trace::default()
            },
        };
        let after = step(&before, &Event::Retry, NOW).unwrap();
        assert_eq!(after.progress.state.code(), expected);
        assert_eq!(after.effect, Effect::None);
    }
}

/// Sent in one request, with an unclear answer, and then once more at the person's word.
#[test]
fn what_may_have_been_sent_once_is_never_called_unsent() {
    let refused = || Submission::Failed {
        code: "ErrorInvalidRecipients".to_owned(),
        request_id: None,
    };
    let not_made = || Creation::Failed {
        code: "ErrorInvalidRecipients".to_owned(),
        request_id: None,
    };
    let offline = WaitReason::Network;
    let turn = [Event::Turn, Event::Created(Creation::Plain)];
    for (events, expected) in [
        (vec![Event::Cancel], "unconfirmed"),
        (vec![Event::AttachmentsUnreadable], "unconfirmed"),
        (vec![Event::Turn, Event::Created(not_made())], "unconfirmed"),
        (
            [&turn[..], &[Event::Answered(refused())]].concat(),
            "unconfirmed",
        ),
        (
            [
                &turn[..],
                &[
                    Event::Answered(Submission::Waiting(offline)),
                    Event::Woken,
                    Event::Cancel,
                ],
            ]
            .concat(),
            "unconfirmed",
        ),
        (vec![Event::Edit], "queued"),
        (vec![Event::Discard], "queued"),
    ] {
        let mut progress = Progress {
            state: State::Unconfirmed {
                why: "timed-out".to_owned(),
                request_id: None,
            },
            attempts: 1,
            // Of a version that did not count.
            trace: Trace {
                draft: Some("d".to_owned()),
                ..Trace::default()
            },
        };
        for event in [Event::Again].iter().chain(&events) {
            progress = step(&progress, event, NOW).expect("it applies").progress;
        }
        assert_eq!(progress.state.code(), expected, "{events:?}");
        assert_eq!(progress.trace.sends, 1, "{events:?}");
        // No draft goes by itself that a person has taken back.
        let is_left = progress.trace.draft.is_some();
        assert_eq!(is_left, expected == "queued", "{events:?}");
        if expected == "queued" {
            let undo = step(&progress, &Event::TakeBack, NOW);
            assert_eq!(undo, Err(Refused::MayHaveBeenSent));
        }
    }
}

#[test]
fn mail_of_an_account_that_is_gone_is_not_made_any_more() {
    for state in states() {
        let before = Progress {
            state,
            attempts: 1,
            trace: Trace::default(),
        };
        let forgotten = step(&before, &Event::Forgotten, NOW).map(|step| step.effect);
        let expected = match before.state {
            State::Sending => Err(Refused::BeingSent),
            _ => Ok(Effect::Remove),
        };
        assert_eq!(forgotten, expected, "{:?}", before.state);
    }
}

#[test]
fn files_follow_into_the_draft_before_it_is_sent() {
    let why = || "server-failed".to_owned();
    let unclear = || Attached::Unclear {
        why: why(),
        request_id: None,
        hold: None,
    };
    let refused = || Attached::Failed {
        code: "ErrorMessageSizeExceeded".to_owned(),
        request_id: None,
    };
    let (d, waits) = (Some("d"), Attached::Waiting(WaitReason::Network));
    // Submitted so often, failed so often; then what came of a file, what follows, and which draft is known then.
    for (sends, unanswered, event, expected, draft) in [
        (0, 7, Attached::More, "attaching", d),
        (0, 0, Attached::All, "sending", d),
        (1, 0, Attached::All, "sending", d),
        (0, 0, waits.clone(), "waiting", d),
        (0, 0, Attached::Waiting(WaitReason::Drafts), "waiting", d),
        (0, 299, unclear(), "waiting", d),
        (0, 300, unclear(), "failed", d),
        (1, 300, unclear(), "unconfirmed", None),
        (0, 0, refused(), "failed", d),
        (1, 0, refused(), "unconfirmed", None),
        // Another draft is made when the person says so, and nobody looks for this one.
        (0, 0, Attached::Changed, "failed", None),
        (1, 0, Attached::Changed, "unconfirmed", None),
    ] {
        let before = Progress {
            state: State::Attaching,
            attempts: 2,
            trace: Trace {
                draft: Some("d".to_owned()),
                sends,
                unanswered,
                ..Trace::default()
            },
        };
        let case = format!("{sends} {unanswered} {event:?}");
        let after = step(&before, &Event::Attached(event.clone()), NOW).unwrap();
        let progress = &after.progress;
        assert_eq!(progress.state.code(), expected, "{case}");
        assert_eq!(progress.trace.draft.as_deref(), draft, "{case}");
        let is_new = (progress.attempts, progress.trace.sends) == (0, 0);
        assert_eq!(is_new, draft.is_none() && sends == 0, "{case}");
        match (expected, event) {
            ("attaching", _) => {
                assert_eq!(after.effect, Effect::Attach("d".to_owned()));
                assert_eq!(progress.trace.unanswered, 0);
            }
            ("sending", _) => assert_eq!(after.effect, Effect::SubmitDraft("d".to_owned())),
            // What waits for drafts keeps nobody else back.
            ("waiting", Attached::Waiting(WaitReason::Drafts)) => {
                assert_eq!(after.effect, Effect::None);
            }
            ("waiting", _) => assert!(matches!(after.effect, Effect::HoldOthers(_)), "{case}"),
            _ => assert_eq!(after.effect, Effect::None, "{case}"),
        }
    }
}

#[test]
fn of_several_drafts_the_known_one_is_gone_on_with() {
    for (known, expected) in [(Some("two"), "two"), (Some("gone"), "one"), (None, "one")] {
        let before = Progress {
            state: State::Creating,
            attempts: 2,
            trace: Trace {
                draft: known.map(str::to_owned),
                ..Trace::default()
            },
        };
        let found = Creation::Draft {
            ids: vec!["one".to_owned(), "two".to_owned()],
            is_whole: false,
        };
        let after = step(&before, &Event::Created(found), NOW).unwrap();
        assert_eq!(after.effect, Effect::Attach(expected.to_owned()));
    }
}

#[test]
fn a_mailbox_that_takes_files_and_never_shows_them_is_given_up() {
    let mut progress = Progress {
        state: State::Attaching,
        attempts: 1,
        trace: Trace {
            draft: Some("d".to_owned()),
            ..Trace::default()
        },
    };
    let mut attached = 0;
    while progress.state == State::Attaching {
        progress = step(&progress, &Event::Attached(Attached::More), NOW)
            .unwrap()
            .progress;
        attached += 1;
        assert!(attached <= 501, "it goes on and on");
    }
    // From then on each file waits longer, until it has failed.
    let mut waited = 0;
    while progress.state.code() == "waiting" {
        progress.state = State::Attaching;
        progress = step(&progress, &Event::Attached(Attached::More), NOW)
            .unwrap()
            .progress;
        waited += 1;
    }
    assert_eq!(
        (attached, waited, progress.state.code()),
        (501, 300, "failed")
    );
}
