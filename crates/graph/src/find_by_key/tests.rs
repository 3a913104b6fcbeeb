use http::Method;
use serde_json::json;

use super::*;

const KEY: &str = "01arz3ndektsv4rrffq69g5fav";

fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .body(body.as_bytes().to_vec())
        .unwrap()
}

// Source: "singleValueLegacyExtendedProperty: get", example 2, and "message: list", optional query parameters.
#[test]
fn the_request_names_the_key_and_asks_for_no_content() {
    let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
    for (place, path) in [
        (Place::Everywhere, "/v1.0/me/messages"),
        (Place::Drafts, "/v1.0/me/mailFolders/drafts/messages"),
    ] {
        let request = request(&base, place, "it's a key");
        assert_eq!(
            (request.method(), request.url().path()),
            (&Method::GET, path)
        );
        let asked: Vec<(String, String)> = request.url().query_pairs().into_owned().collect();
        let expected = [
            (
                "$filter",
                "singleValueExtendedProperties/any(ep: ep/id eq 'String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey' and ep/value eq 'it''s a key')",
            ),
            ("$select", "id,isDraft,internetMessageId"),
            (
                "$expand",
                "singleValueExtendedProperties($filter=id eq 'String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey' or id eq 'Integer 0x0E07')",
            ),
            ("$top", "10"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(asked, expected);
        assert_eq!(request.headers()["prefer"], "IdType=\"ImmutableId\"");
        assert!(request.body().is_none());
    }
    // What is a space in a form is a plus sign elsewhere, and the other way round.
    let plus = request(&base, Place::Drafts, "a+b c");
    let query = plus.url().query().unwrap();
    assert!(query.contains("a%2Bb%20c%27"), "{query}");
    assert!(!query.contains(['+', ' ']), "{query}");
}

/// The page with the key on each message.
fn stamped(mut page: Value) -> Value {
    let messages = page.get_mut("value").and_then(Value::as_array_mut);
    for message in messages.into_iter().flatten() {
        let stamp =
            json!({"id": "String {C1F1A6A0} Name SignetOutboxKey", "value": KEY.to_uppercase()});
        match message["singleValueExtendedProperties"].as_array_mut() {
            Some(properties) => properties.push(stamp),
            None => message["singleValueExtendedProperties"] = json!([stamp]),
        }
    }
    page
}

#[test]
fn what_a_page_says() {
    let draft = |id: &str, flags: &str| {
        json!({"id": id, "isDraft": true, "internetMessageId": "<d@x>", "singleValueExtendedProperties": [{
            "id": "Integer 0xe07", "value": flags,
        }]})
    };
    let bare = json!({"id": "a==", "isDraft": true});
    let sent = json!({"id": "s", "isDraft": false, "internetMessageId": "<m@x>"});
    let found_sent = |id: Option<&str>| {
        Some(Found::Sent {
            internet_message_id: id.map(str::to_owned),
        })
    };
    let found_draft = |id: &str, submitted| {
        Some(Found::Draft {
            ids: id.split(' ').map(str::to_owned).collect(),
            submitted,
        })
    };
    for (page, expected) in [
        (json!({"value": []}), Some(Found::Nothing)),
        (json!({"value": [sent]}), found_sent(Some("<m@x>"))),
        (json!({"value": [bare]}), found_draft("a==", false)),
        (json!({"value": [draft("a", "8")]}), found_draft("a", false)),
        (json!({"value": [draft("a", "12")]}), found_draft("a", true)),
        (
            json!({"value": [draft("a", "words")]}),
            found_draft("a", false),
        ),
        // Any that is on its way, and any that was sent, counts for all.
        (
            json!({"value": [bare, draft("b", "4")]}),
            found_draft("a== b", true),
        ),
        (
            json!({"value": [draft("a", "8"), sent]}),
            found_sent(Some("<m@x>")),
        ),
        (
            json!({"value": [{"id": "s", "isDraft": false, "internetMessageId": "<a\u{7}>"}]}),
            found_sent(None),
        ),
        (
            json!({"value": [{"id": "s", "isDraft": false, "internetMessageId": "m".repeat(999)}]}),
            found_sent(None),
        ),
        // A page that does not say enough says nothing.
        (json!({}), None),
        (json!({"value": {}}), None),
        (json!({"value": [{"id": "a"}]}), None),
        (json!({"value": [sent, {"id": "a", "isDraft": "no"}]}), None),
        (json!({"value": [{"isDraft": true}]}), None),
        (json!({"value": [{"id": "a b", "isDraft": true}]}), None),
        (json!({"value": [], "@odata.nextLink": "https://x"}), None),
        (
            json!({"value": [bare], "@odata.nextLink": "https://x"}),
            None,
        ),
        (json!([]), None),
    ] {
        let page = stamped(page);
        assert_eq!(
            read(&answer(200, &page.to_string()), KEY).ok(),
            expected,
            "{page}"
        );
    }
    // A page of a server that did not filter.
    for page in [
        json!({"value": [sent]}),
        json!({"value": [bare]}),
        json!({"value": [draft("a", "8")]}),
    ] {
        assert!(
            read(&answer(200, &page.to_string()), KEY).is_err(),
            "{page}"
        );
        let other = stamped(page);
        assert!(read(&answer(200, &other.to_string()), "another").is_err());
    }
    for body in ["", "<html>", "{\"value\": ["] {
        assert!(read(&answer(200, body), KEY).is_err(), "{body}");
    }
}

#[test]
fn what_a_refusal_means() {
    let unclear = || LookError::Unclear { retry_after: None };
    for (status, code, expected) in [
        (401, "InvalidAuthenticationToken", LookError::SignInRequired),
        (403, "ErrorAccessDenied", LookError::Refused),
        (404, "MailboxNotEnabledForRESTAPI", LookError::Refused),
        (400, "BadRequest", LookError::Refused),
        (429, "ApplicationThrottled", unclear()),
        (503, "ErrorServerBusy", unclear()),
        (504, "UnknownError", unclear()),
        (500, "", unclear()),
        (202, "", unclear()),
        (302, "", unclear()),
    ] {
        let body = json!({"error": {"code": code}}).to_string();
        let error = read(&answer(status, &body), KEY).unwrap_err();
        assert_eq!(LookError::from(error), expected, "{status} {code}");
    }
}
