use super::*;
use crate::base_url::BaseUrl;
use crate::upload_url::UploadUrl;

fn session(next: u64, bytes: u64) -> UploadSession {
    let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
    let url = UploadUrl::believe(
        &base,
        "https://outlook.office.com/api/v2.0/S('t')?authtoken=t",
    );
    UploadSession {
        url: url.unwrap(),
        next,
        bytes,
    }
}

#[test]
fn a_range_says_where_it_belongs_and_bears_no_token() {
    for (next, length, bytes, expected) in [
        (0, 5, 10, Some("bytes 0-4/10")),
        (5, 5, 10, Some("bytes 5-9/10")),
        (5, 6, 10, None),
        (0, 0, 10, None),
        (u64::MAX, 1, 10, None),
    ] {
        let request = request(&session(next, bytes), vec![7; length]);
        let range = request
            .as_ref()
            .map(|request| request.headers()[CONTENT_RANGE].to_str().unwrap());
        assert_eq!(range, expected, "{next} {length}");
        let Some(request) = &request else { continue };
        assert_eq!(request.headers().len(), 2);
        assert_eq!(request.method(), Method::PUT);
    }
}

/// Outlook's own samples: a number without a dash, a capital letter, nothing but the status at the end.
#[test]
fn answers_move_the_session_on_or_end_it() {
    let inner = |code: &str| {
        format!(r#"{{"error":{{"code":"invalidRange","innerError":{{"code":"{code}"}}}}}}"#)
    };
    let overlap = inner("fragmentOverlap");
    let order = inner("fragmentOutOfOrder");
    let size = r#"{"error":{"code":"ErrorMessageSizeExceeded","message":""}}"#;
    // Of ten bytes, the first five are written.
    for (status, body, expected, next) in [
        (
            200,
            r#"{"ExpirationDateTime":"2026-01-02T09:00:00Z","nextExpectedRanges":["5"]}"#,
            "More",
            5,
        ),
        (200, r#"{"NextExpectedRanges":["5-"]}"#, "More", 5),
        (202, r#"{"nextExpectedRanges":["5-9"]}"#, "More", 5),
        (200, r#"{"nextExpectedRanges":[]}"#, "More", 5),
        (200, "", "More", 5),
        (200, r#"{"nextExpectedRanges":["0-"]}"#, "Ended", 0),
        (200, r#"{"nextExpectedRanges":["7-"]}"#, "Ended", 0),
        (416, overlap.as_str(), "Known", 0),
        (416, order.as_str(), "Ended", 0),
        (416, "", "Ended", 0),
        (
            404,
            r#"{"error":{"code":"uploadSessionNotFound","message":""}}"#,
            "Ended",
            0,
        ),
        (410, "", "Ended", 0),
        (
            401,
            r#"{"error":{"code":"InvalidAudience","message":""}}"#,
            "Ended",
            0,
        ),
        (403, "", "Ended", 0),
        (302, "", "Not(Unclear", 0),
        (429, "", "Not(Unclear", 0),
        (503, "", "Not(Unclear", 0),
        (400, size, "Not(Rejected", 0),
        (
            507,
            r#"{"error":{"code":"ErrorQuotaExceeded","message":""}}"#,
            "Not(NotSent(MailboxFull",
            0,
        ),
    ] {
        let answer = Response::builder()
            .status(status)
            .body(body.into())
            .unwrap();
        let mut session = session(0, 10);
        let read = format!("{:?}", read(&mut session, 5, &answer));
        assert!(read.starts_with(expected), "{status} {body}: {read}");
        assert_eq!(session.next, next, "{status} {body}");
    }
    // The last one.
    for (status, body, expected) in [
        (201, "", Written::Attached),
        (200, "", Written::Attached),
        (200, r#"{"nextExpectedRanges":[]}"#, Written::Attached),
        (200, r#"{"nextExpectedRanges":["5-"]}"#, Written::Ended),
    ] {
        let answer = Response::builder()
            .status(status)
            .body(body.into())
            .unwrap();
        let read = read(&mut session(5, 10), 10, &answer);
        assert_eq!(read, expected, "{status} {body}");
    }
}
