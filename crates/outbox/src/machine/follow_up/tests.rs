use super::super::{Event, Trace, step};
use super::*;

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const NOW: Moment = Moment {
    now_ms: 1_000 * HOUR,
    seed: 1,
};

fn accepted() -> State {
    State::Accepted { request_id: None }
}

fn sent() -> State {
    State::Sent {
        message_id: Some("<m@signet.example>".to_owned()),
    }
}

fn progress(state: State, sent_ago_ms: i64) -> Progress {
    Progress {
        state,
        attempts: 1,
        trace: Trace {
            draft: Some("d".to_owned()),
            sends: 1,
            sent_at_ms: NOW.now_ms - sent_ago_ms,
            follow_at_ms: Some(NOW.now_ms),
            ..Trace::default()
        },
    }
}

#[test]
fn what_became_of_it_is_asked_less_and_less_and_no_more_after_two_days() {
    let found = || Followed::Sent { message_id: None };
    let report = || Followed::Bounced {
        report: "not found".to_owned(),
    };
    let unanswered = |seconds: u64| Followed::Unanswered {
        hold: Some(Duration::from_secs(seconds)),
    };
    // Where it stood, how long ago it was sent, what was seen; then where it stands, and in how long it is asked again.
    for (state, sent_ago_ms, followed, expected, next_ms) in [
        (accepted(), 10 * SECOND, found(), "sent", Some(50 * SECOND)),
        (
            accepted(),
            10 * SECOND,
            Followed::Nothing,
            "accepted",
            Some(50 * SECOND),
        ),
        (sent(), 60 * SECOND, found(), "sent", Some(240 * SECOND)),
        (sent(), 26 * HOUR, found(), "sent", Some(23 * HOUR)),
        (sent(), 49 * HOUR, found(), "sent", None),
        (accepted(), 49 * HOUR, Followed::Nothing, "accepted", None),
        (accepted(), 10 * SECOND, report(), "bounced", None),
        (sent(), 30 * HOUR, report(), "bounced", None),
        (sent(), 10 * SECOND, Followed::NotAllowed, "sent", None),
        // No shorter than a server asks for, and no longer than an hour.
        (
            sent(),
            10 * SECOND,
            unanswered(700),
            "sent",
            Some(700 * SECOND),
        ),
        (
            sent(),
            10 * SECOND,
            unanswered(u64::MAX),
            "sent",
            Some(HOUR),
        ),
        (sent(), 49 * HOUR, unanswered(0), "sent", None),
    ] {
        let case = format!("{state:?} {sent_ago_ms} {followed:?}");
        let before = progress(state, sent_ago_ms);
        let after = step(&before, &Event::Followed(followed), NOW).expect(&case);
        assert_eq!(after.progress.state.code(), expected, "{case}");
        let next = after.progress.trace.follow_at_ms.map(|at| at - NOW.now_ms);
        assert_eq!(next, next_ms, "{case}");
    }
}

#[test]
fn the_message_id_is_kept_once_it_is_known() {
    let seen = Followed::Sent { message_id: None };
    let after = step(&progress(sent(), SECOND), &Event::Followed(seen), NOW).unwrap();
    assert_eq!(after.progress.state, sent());
}

#[test]
fn its_turn_comes_with_its_time() {
    for (follow_at_ms, expected) in [
        (None, Err(Refused::NotApplicable)),
        (Some(NOW.now_ms + 1), Err(Refused::NotApplicable)),
        (
            Some(NOW.now_ms),
            Ok(Effect::Follow {
                message_id: Some("<m@signet.example>".to_owned()),
            }),
        ),
    ] {
        let mut before = progress(sent(), SECOND);
        before.trace.follow_at_ms = follow_at_ms;
        let turn = step(&before, &Event::Turn, NOW).map(|step| step.effect);
        assert_eq!(turn, expected);
    }
}

/// Where the mailbox may not be asked, nothing is planned.
#[test]
fn only_what_went_as_a_draft_is_followed() {
    for (draft, is_followed) in [(Some("d"), true), (None, false)] {
        let mut before = progress(State::Sending, 0);
        before.trace.draft = draft.map(str::to_owned);
        before.trace.follow_at_ms = None;
        let accepted = super::super::Submission::Accepted { request_id: None };
        let after = step(&before, &Event::Answered(accepted), NOW).unwrap();
        let follow_at_ms = after.progress.trace.follow_at_ms;
        assert_eq!(
            follow_at_ms,
            is_followed.then_some(NOW.now_ms + 10 * SECOND)
        );
    }
}

#[test]
fn what_the_server_is_to_send_later_is_looked_for_when_its_time_has_come() {
    let later = NOW.now_ms + HOUR;
    let mut before = progress(State::Sending, 0);
    before.trace.follow_at_ms = None;
    before.trace.defer_to_ms = Some(later);
    let accepted = || {
        Event::Answered(super::super::Submission::Accepted {
            request_id: Some("r".to_owned()),
        })
    };
    let deferred = step(&before, &accepted(), NOW).unwrap().progress;
    assert_eq!(deferred.state, State::Deferred { until_ms: later });
    assert_eq!(deferred.trace.follow_at_ms, None);
    assert!(step(&deferred, &Event::TimeCame, NOW).is_err());
    let due = Moment {
        now_ms: later,
        ..NOW
    };
    let looked_for = step(&deferred, &Event::TimeCame, due).unwrap().progress;
    assert_eq!(looked_for.trace.sent_at_ms, later);
    assert_eq!(looked_for.state.code(), "checking");
    // Whose time has passed is sent at once.
    before.trace.defer_to_ms = Some(NOW.now_ms);
    let at_once = step(&before, &accepted(), NOW).unwrap().progress;
    assert_eq!(at_once.state.code(), "accepted");
}
