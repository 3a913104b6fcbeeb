use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn answer(parts: Value) -> Response<Vec<u8>> {
    Response::new(json!({ "responses": parts }).to_string().into_bytes())
}

fn part(id: &str, status: u16, body: Value) -> Value {
    json!({"id": id, "status": status, "headers": {"Content-Type": "application/json"}, "body": body})
}

fn me() -> Value {
    part("me", 200, json!({"id": "1", "displayName": "Ada"}))
}

fn photo(status: u16, bytes: &str) -> Value {
    json!({"id": "photo", "status": status, "headers": {"Content-Type": "image/jpeg", "etag": "\"p1\""}, "body": bytes})
}

#[test]
fn the_card_is_one_request() {
    let request = request(
        &BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap(),
        Some("\"p1\""),
    );
    assert_eq!(
        request.url().as_str(),
        "https://graph.microsoft.com/v1.0/$batch"
    );
    let body: Value = serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
    let urls: Vec<_> = body["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["url"].as_str().unwrap())
        .collect();
    assert!(
        urls[0].starts_with("/me?$select=id,displayName,")
            && !urls[0].contains(char::is_whitespace),
        "{urls:?}"
    );
    assert_eq!(urls[1], "/me/photo/$value");
    assert!(urls[2].starts_with("/me/manager?$select="), "{urls:?}");
    assert_eq!(body["requests"][1]["headers"]["If-None-Match"], "\"p1\"");
}

// Source: Graph v1.0 reference, "Get a user", the example's answer, with what else comes along in the field.
#[test]
fn a_full_card() {
    let user = json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
        "businessPhones": ["+1 425 555 0109", null, 5],
        "displayName": "Adele Vance", "givenName": "Adele", "jobTitle": "Retail Manager",
        "mail": "AdeleV@contoso.com", "mobilePhone": 4255550109_u64, "officeLocation": "18/2111",
        "preferredLanguage": "en-US", "surname": "Vance", "userPrincipalName": "AdeleV@contoso.com",
        "id": "87d349ed-44d7-43e1-9a83-5f2406dee5bd", "department": null, "companyName": "", "new": {"a": []},
    });
    let manager = json!({
        "id": "2", "displayName": "Grace Hopper", "mail": "grace@contoso.com", "jobTitle": "Rear Admiral",
        "businessPhones": ["+1 425 555 0110"], "department": null,
    });
    let profile = read(&answer(json!([
        part("manager", 200, manager),
        photo(200, "/9j/4AAQ"),
        part("me", 200, user)
    ])))
    .unwrap();
    let me = &profile.me;
    assert_eq!(
        (me.display_name.as_str(), me.address()),
        ("Adele Vance", Some("AdeleV@contoso.com"))
    );
    assert_eq!(
        (me.mobile_phone.as_deref(), &me.department, &me.company_name),
        (Some("4255550109"), &None, &None)
    );
    assert_eq!(me.business_phones, ["+1 425 555 0109", "5"]);
    assert_eq!(
        [&me.given_name, &me.surname, &me.preferred_language].map(Option::as_deref),
        [Some("Adele"), Some("Vance"), Some("en-US")]
    );
    let Part::Present(photo) = &profile.photo else {
        panic!("{profile:?}")
    };
    assert_eq!(
        (photo.etag.as_deref(), photo.bytes[0]),
        (Some("\"p1\""), 0xff)
    );
    let Part::Present(manager) = &profile.manager else {
        panic!("{profile:?}")
    };
    assert_eq!(manager.display_name, "Grace Hopper");
    assert_eq!(manager.job_title.as_deref(), Some("Rear Admiral"));
    assert_eq!(manager.business_phones, ["+1 425 555 0110"]);
    assert_eq!((&manager.department, &manager.mobile_phone), (&None, &None));
}

#[test]
fn a_personal_account_has_little() {
    let user = json!({"id": 1234567890123_u64, "displayName": null, "givenName": "Noor", "mail": null, "userPrincipalName": "noor@outlook.example"});
    let profile = read(&answer(json!([part("me", 200, user)]))).unwrap();
    assert_eq!(
        (profile.me.id.as_str(), profile.me.display_name.as_str()),
        ("1234567890123", "Noor")
    );
    assert_eq!(profile.me.address(), Some("noor@outlook.example"));
    assert_eq!(
        (profile.photo, profile.manager),
        (Part::Unknown, Part::Unknown)
    );
}

#[test]
fn a_guests_sign_in_name_is_no_address() {
    let guest = Me {
        user_principal_name: Some("ada_signet.example#EXT#@contoso.example".to_owned()),
        ..Me::default()
    };
    assert_eq!(guest.address(), None);
}

fn check_photo(photo: Value, expected: &str) {
    let profile = read(&answer(json!([me(), photo]))).unwrap();
    let found = match profile.photo {
        Part::Present(_) => "present",
        Part::Absent => "absent",
        Part::Unknown => "unknown",
    };
    assert_eq!(found, expected, "{photo}");
}

// Every code a missing photo was answered with, and the one-pixel stand-in.
#[test]
fn photos_there_and_not_there() {
    for code in [
        "ImageNotFound",
        "ErrorEntityNotFound",
        "ErrorItemNotFound",
        "ProfileNotFound",
        "ErrorNonExistentMailbox",
        "ConsumerPhotoIsNotSupported",
        "",
        "New",
    ] {
        check_photo(
            part("photo", 404, json!({"error": {"code": code}})),
            "absent",
        );
    }
    check_photo(
        photo(
            200,
            "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
        ),
        "absent",
    );
    for picture in [
        "iVBORw0KGgo=",
        "/9j/4AAQ",
        "R0lGODlhAgACAA==",
        "UklGRgAAAABXRUJQ",
    ] {
        check_photo(photo(200, picture), "present");
    }
    check_photo(photo(200, "UklGRgAAAABXQVZF"), "unknown");
    check_photo(part("photo", 403, json!({})), "absent");
    check_photo(photo(200, "PGh0bWw+"), "unknown");
    check_photo(photo(304, ""), "unknown");
    for status in [401, 408, 429, 500, 503, 504, 302] {
        check_photo(part("photo", status, json!(null)), "unknown");
    }
}

#[test]
fn managers_there_and_not_there() {
    for (status, body, expected) in [
        (
            404,
            json!({"error": {"code": "Request_ResourceNotFound"}}),
            Part::Absent,
        ),
        (
            403,
            json!({"error": {"code": "Authorization_RequestDenied"}}),
            Part::Absent,
        ),
        (
            429,
            json!({"error": {"code": "TooManyRequests"}}),
            Part::Unknown,
        ),
        (500, json!(null), Part::Unknown),
        (200, json!({"id": "2"}), Part::Unknown),
        (200, json!("<html>"), Part::Unknown),
    ] {
        let profile = read(&answer(json!([
            me(),
            part("manager", status, body.clone())
        ])))
        .unwrap();
        assert_eq!(profile.manager, expected, "{status} {body}");
    }
}

#[test]
fn without_the_person_there_is_no_card() {
    let code = |parts: Value| {
        let error = read(&answer(parts)).unwrap_err();
        (error.status().unwrap(), error.retry_after())
    };
    assert_eq!(code(json!([photo(200, "/9j/")])), (200, None));
    assert_eq!(code(json!([part("me", 200, json!({}))])), (200, None));
    assert_eq!(
        code(json!([part("me", 200, json!({"id": "1"}))])),
        (200, None)
    );
    assert_eq!(code(json!([part("me", 200, json!("<html>"))])), (200, None));
    assert_eq!(code(json!([part("me", 503, json!(null))])).0, 503);
    let throttled =
        json!([{"id": "me", "status": 429, "headers": {"Retry-After": "2.128"}, "body": null}]);
    assert_eq!(code(throttled), (429, Some(Duration::from_millis(2128))));
    let unauthorized = read(&answer(json!([part(
        "me",
        401,
        json!({"error": {"code": "InvalidAuthenticationToken"}})
    )])));
    assert!(matches!(unauthorized, Err(GraphError::Unauthorized(_))));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("me")),
        Just(json!(200)),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop_oneof![
            Just("responses"),
            Just("id"),
            Just("status"),
            Just("headers"),
            Just("body"),
            Just("displayName"),
            Just("error"),
            Just("code"),
            Just("businessPhones"),
            Just("mail"),
            Just("Retry-After"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6).prop_map(|pairs| pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_a_card_or_an_error(root in any_json(), parts in any_json(), me in any_json()) {
        let _ = read(&Response::new(root.to_string().into_bytes()));
        let _ = read(&answer(parts));
        if let Ok(profile) = read(&answer(json!([{"id": "me", "status": 200, "body": me.clone()}, {"id": "photo", "status": 200, "body": me}]))) {
            prop_assert!(!profile.me.id.is_empty() && !profile.me.display_name.is_empty());
        }
    }

    #[test]
    fn any_bytes_are_a_card_or_an_error(body in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&Response::new(body)).is_err());
    }
}
