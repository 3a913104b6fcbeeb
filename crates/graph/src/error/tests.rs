use proptest::prelude::*;

use super::*;

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response<Vec<u8>> {
    let mut answer = Response::new(body.as_bytes().to_vec());
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        answer.headers_mut().append(*name, value.parse().unwrap());
    }
    answer
}

fn check_code(body: &str, expected: Option<&str>) {
    assert_eq!(
        Refusal::read(&answer(400, &[], body)).code.as_deref(),
        expected,
        "{body}"
    );
}

// Source: Graph, "Microsoft Graph error responses and resource types", the JSON representation.
#[test]
fn the_documented_error() {
    let body = r#"{"error":{"code":"badRequest","message":"Uploaded fragment overlaps with existing data.",
        "innerError":{"code":"fragmentOverlap","request-id":"8a0b1c2d-0000-4000-8000-000000000001","date":"2026-01-02T03:04:05"}}}"#;
    let refusal = Refusal::read(&answer(416, &[("client-request-id", "c-1")], body));
    assert_eq!(refusal.code.as_deref(), Some("fragmentOverlap"));
    assert_eq!(
        refusal.request_id.as_deref(),
        Some("8a0b1c2d-0000-4000-8000-000000000001")
    );
    assert_eq!(refusal.client_request_id.as_deref(), Some("c-1"));
}

#[test]
fn the_innermost_known_code_counts() {
    check_code(
        r#"{"error":{"code":"TooManyRequests","innerError":{"code":"429"}}}"#,
        Some("TooManyRequests"),
    );
    check_code(
        r#"{"error":{"code":"accessDenied","innererror":{"code":"ErrorAccessDenied","innererror":{"code":"Whatever"}}}}"#,
        Some("ErrorAccessDenied"),
    );
    check_code(
        r#"{"error":{"code":"","innerError":{"code":"ImageNotFound"}}}"#,
        Some("ImageNotFound"),
    );
    check_code(
        r#"{"error":{"code":"Outer","innerError":{"code":"Inner"}}}"#,
        Some("Outer"),
    );
    check_code(r#"{"error":{"code":"","message":"x"}}"#, None);
    check_code(r#"{"error":{"code":null,"innerError":null}}"#, None);
    check_code(
        r#"{"error":{"code":429,"message":["x"],"unknown":{}}}"#,
        Some("429"),
    );
    check_code(
        r#"{"error":"invalid_request","error_description":"x"}"#,
        Some("invalid_request"),
    );
}

#[test]
fn what_is_no_error_says_nothing() {
    for body in [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "<html><body>Bad gateway</body></html>",
        r#"{"error":{"code":"Err"#,
        "\u{0}",
    ] {
        check_code(body, None);
    }
    check_code(r#"{"error":{"code":"to: ada@signet.example <b>"}}"#, None);
    check_code(
        &format!(r#"{{"error":{{"code":"{}"}}}}"#, "A".repeat(200)),
        None,
    );
    let deep = format!(
        "{}{}",
        r#"{"error":{"innerError":"#.repeat(10_000),
        "}}".repeat(10_000)
    );
    check_code(&deep, None);
}

#[test]
fn each_status_is_its_own_kind() {
    let kind = |status| match GraphError::read(&answer(status, &[], "")) {
        GraphError::Unauthorized(_) => "unauthorized",
        GraphError::Forbidden(_) => "forbidden",
        GraphError::NotFound(_) => "not found",
        GraphError::Throttled(_) => "throttled",
        GraphError::TooLarge(_) => "too large",
        GraphError::Server(_) => "server",
        GraphError::Rejected(_) => "rejected",
        GraphError::Unreadable(_) => "unreadable",
        other => panic!("{other:?}"),
    };
    for (status, expected) in [
        (200, "unreadable"),
        (302, "unreadable"),
        (400, "rejected"),
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not found"),
        (408, "server"),
        (412, "rejected"),
        (413, "too large"),
        (429, "throttled"),
        (500, "server"),
        (503, "server"),
        (507, "server"),
    ] {
        assert_eq!(kind(status), expected, "{status}");
    }
}

#[test]
fn insufficient_claims_want_a_fresh_token_with_403_too() {
    let body = r#"{"error":{"code":"insufficient_claims"}}"#;
    assert!(matches!(
        GraphError::read(&answer(403, &[], body)),
        GraphError::Unauthorized(_)
    ));
    let error = GraphError::read(&answer(
        403,
        &[("www-authenticate", "Bearer claims=\"e30=\"")],
        "",
    ));
    assert_eq!(
        (error.claims(), error.class(Operation::Send)),
        (Some("{}"), Class::Refresh)
    );
}

#[test]
fn error_texts_hold_codes_and_ids_only() {
    let body = r#"{"error":{"code":"ErrorSendAsDenied","message":"ada@signet.example may not send 'Secret'"}}"#;
    let error = GraphError::read(&answer(403, &[("request-id", "r-1")], body));
    assert_eq!(
        error.to_string(),
        "not allowed: status 403, code ErrorSendAsDenied, request r-1"
    );
    assert!(!format!("{error:?}").contains("Secret"));
}

proptest! {
    #[test]
    fn any_body_is_read(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut any = answer(status, &[], "");
        *any.body_mut() = body;
        let _ = GraphError::read(&any).to_string();
    }

    #[test]
    fn any_json_is_read(body in "(\\{\"error\":)?(\\{|\\}|\"code\":|\"innerError\":|\"x\"|\"\"|null|1e9|\\[|\\]|,){0,12}") {
        let refusal = Refusal::read(&answer(400, &[("retry-after", "x")], &body));
        prop_assert!(refusal.code.is_none_or(|code| code.bytes().all(|b| b.is_ascii_graphic())));
    }
}

#[test]
fn only_what_neither_time_nor_a_sign_in_mends_stays() {
    for (status, code, stays) in [
        (400, "ErrorInvalidRecipients", true),
        (413, "", true),
        (404, "MailboxNotEnabledForRESTAPI", true),
        (401, "InvalidAuthenticationToken", false),
        (403, "ErrorAccessDenied", false),
        (429, "", false),
        (503, "", false),
        (507, "ErrorQuotaExceeded", false),
        (200, "", false),
    ] {
        let body = format!(r#"{{"error":{{"code":"{code}"}}}}"#).into_bytes();
        let answer = Response::builder().status(status).body(body).unwrap();
        assert_eq!(GraphError::read(&answer).stays(), stays, "{status} {code}");
    }
    assert!(!GraphError::Unreachable(Unreachable::TimedOut).stays());
}
