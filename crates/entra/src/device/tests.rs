use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{DeviceCode, Offer, Pace};
use crate::authority::Authority;
use crate::error::{EntraError, EntraErrorKind, Unreachable};

fn offer(change: &Value) -> Offer {
    let mut answer = json!({
        "user_code": "FJC3Z9Q7V", "device_code": "BAQABAAEAAAD", "expires_in": 900, "interval": 5,
        "verification_uri": "https://microsoft.com/devicelogin", "message": "To sign in, use a web browser",
    });
    for (name, value) in change.as_object().unwrap() {
        answer[name] = value.clone();
    }
    serde_json::from_value(answer).unwrap()
}

#[test]
fn a_page_is_https_or_the_authoritys_own() {
    for (authority, page, fits) in [
        (
            "https://login.microsoftonline.com/common",
            "https://microsoft.com/devicelogin",
            true,
        ),
        (
            "https://login.microsoftonline.com/common",
            "https://login.microsoft.com/device",
            true,
        ),
        (
            "https://login.microsoftonline.com/common",
            "http://microsoft.com/devicelogin",
            false,
        ),
        (
            "https://login.microsoftonline.com/common",
            "http://127.0.0.1:80/devicelogin",
            false,
        ),
        (
            "https://login.microsoftonline.com/common",
            "https://a:b@evil.example/",
            false,
        ),
        (
            "https://login.microsoftonline.com/common",
            "javascript:alert(1)",
            false,
        ),
        (
            "https://login.microsoftonline.com/common",
            "file:///etc/passwd",
            false,
        ),
        ("https://login.microsoftonline.com/common", "", false),
        (
            "http://127.0.0.1:8080/common",
            "http://127.0.0.1:8080/devicelogin",
            true,
        ),
        (
            "http://127.0.0.1:8080/common",
            "http://127.0.0.1:8081/devicelogin",
            false,
        ),
    ] {
        let authority = Authority::parse(authority).unwrap();
        let offer = offer(&json!({"verification_uri": page}));
        assert_eq!(offer.page(&authority).is_some(), fits, "{page}");
    }
}

#[test]
fn times_and_codes_keep_within_their_bounds() {
    for (stated, interval) in [
        (json!(5), 5),
        (json!("7"), 7),
        (json!(0), 1),
        (json!(-3), 5),
        (json!(1e9), 60),
        (Value::Null, 5),
    ] {
        let read = offer(&json!({"interval": stated})).interval();
        assert_eq!(read, Duration::from_secs(interval), "{stated}");
    }
    for (stated, lifetime) in [
        (json!(900), 900),
        (json!(u64::MAX), 1_800),
        (json!("x"), 900),
    ] {
        let read = offer(&json!({"expires_in": stated})).lifetime();
        assert_eq!(read, Duration::from_secs(lifetime), "{stated}");
    }
    for (stated, fits) in [
        (json!("FJC3Z9Q7V"), true),
        (json!("WDJB-MJHT"), true),
        (json!("123 456 789"), true),
        (json!(""), false),
        (json!("  "), false),
        (json!("call me\u{202e}"), false),
        (json!("A\nB"), false),
        (json!("A".repeat(33)), false),
        (json!(123), false),
    ] {
        let read = offer(&json!({"user_code": stated})).user_code();
        assert_eq!(read.is_some(), fits, "{stated}");
    }
    let long = "a".repeat(9_000);
    assert!(offer(&json!({"device_code": long})).device_code().is_none());
}

/// What the authority said, in short.
#[derive(Clone, Copy, Debug)]
enum Said {
    Pending,
    SlowDown,
    Nothing,
    Later(u64),
}

impl Said {
    fn error(self) -> EntraError {
        match self {
            Self::Pending => EntraError::new(EntraErrorKind::Other, "authorization_pending"),
            Self::SlowDown => EntraError::new(EntraErrorKind::Other, "slow_down"),
            Self::Nothing => {
                let kind = EntraErrorKind::Unreachable(Unreachable::Timeout);
                EntraError::new(kind, "unreachable")
            }
            Self::Later(seconds) => {
                let mut error = EntraError::new(EntraErrorKind::ServerDown, "server_down");
                error.retry_after = Some(Duration::from_secs(seconds));
                error
            }
        }
    }
}

#[test]
fn the_authority_sets_the_pace() {
    let mut pace = pace(5, 900);
    let mut waits = vec![pace.next_wait().unwrap().as_secs()];
    for said in [
        Said::Pending,
        Said::SlowDown,
        Said::Pending,
        Said::Nothing,
        Said::Nothing,
        Said::Nothing,
        Said::Later(90),
        Said::Pending,
    ] {
        pace.after(said.error()).unwrap();
        waits.push(pace.next_wait().unwrap().as_secs());
    }
    assert_eq!(waits, [5, 5, 10, 10, 20, 40, 60, 90, 10]);
}

#[test]
fn a_wait_beyond_the_life_of_the_code_says_why() {
    let mut patient = pace(5, 20);
    for _ in 0..3 {
        patient.next_wait().unwrap();
        patient.after(Said::Pending.error()).unwrap();
    }
    let error = patient.next_wait().unwrap_err();
    assert_eq!(error.kind, EntraErrorKind::DeviceCodeOver);

    let mut told = pace(5, 20);
    told.after(Said::Later(3_600).error()).unwrap();
    assert_eq!(
        told.next_wait().unwrap_err().kind,
        EntraErrorKind::ServerDown
    );

    let refusal = EntraError::new(EntraErrorKind::Declined, "authorization_declined");
    assert!(pace(5, 20).after(refusal).is_err());
}

proptest! {
    #[test]
    fn all_waits_together_are_no_longer_than_the_code_lives(
        said in proptest::collection::vec(prop_oneof![
            Just(Said::Pending), Just(Said::SlowDown), Just(Said::Nothing), (0_u64..4_000).prop_map(Said::Later),
        ], 0..2_000),
        interval in 1_u64..60,
        lifetime in 0_u64..1_800,
    ) {
        let mut pace = pace(interval, lifetime);
        let mut sum = Duration::ZERO;
        for said in said {
            let Ok(wait) = pace.next_wait() else { break };
            prop_assert!(wait >= Duration::from_secs(1));
            sum += wait;
            pace.after(said.error()).unwrap();
        }
        prop_assert!(sum <= Duration::from_secs(lifetime));
    }

    #[test]
    fn no_answer_panics(body in any::<Vec<u8>>()) {
        if let Ok(offer) = serde_json::from_slice::<Offer>(&body) {
            let _ = (offer.user_code(), offer.device_code(), offer.lifetime(), offer.interval());
        }
    }
}

fn pace(interval: u64, lifetime: u64) -> Pace {
    Pace::new(&DeviceCode {
        user_code: "FJC3Z9Q7V".to_owned(),
        verification_uri: "https://microsoft.com/devicelogin".parse().unwrap(),
        expires_at: SystemTime::UNIX_EPOCH,
        device_code: "BAQABAAEAAAD".into(),
        interval: Duration::from_secs(interval),
        lifetime: Duration::from_secs(lifetime),
        scopes: Vec::new(),
        claims: None,
        client_id: String::new(),
        authority: String::new(),
    })
}
