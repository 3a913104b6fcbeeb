use super::*;

fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .body(body.as_bytes().to_vec())
        .unwrap()
}

/// What is read about the one recipient of an answer.
fn one(tips: &Value) -> MailTips {
    let mut tips = tips.clone();
    tips["emailAddress"] = json!({"name": "", "address": "ana@signet.example"});
    let read = read(&answer(200, &json!({ "value": [tips] }).to_string())).unwrap();
    assert_eq!(read.len(), 1);
    read[0].clone()
}

fn nothing() -> MailTips {
    MailTips {
        address: "ana@signet.example".to_owned(),
        ..MailTips::default()
    }
}

// Source: "user: getMailTips", request body and example.
#[test]
fn the_request_names_addresses_and_one_string_of_tips() {
    let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
    let asked = ["ana@signet.example".to_owned(), "b@c.example".to_owned()];
    let request = request(&base, &asked);
    assert_eq!(
        (request.method(), request.url().path()),
        (&Method::POST, "/v1.0/me/getMailTips")
    );
    assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap();
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body["EmailAddresses"], json!(asked));
    let tips: Vec<&str> = body["MailTipsOptions"]
        .as_str()
        .unwrap()
        .split(", ")
        .collect();
    assert_eq!(tips.len(), 9);
    assert!(tips.contains(&"deliveryRestriction"));
}

#[test]
fn no_request_asks_about_more_than_its_limit() {
    let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
    let many: Vec<String> = (0..101).map(|at| format!("a{at}@b.example")).collect();
    let request = request(&base, &many);
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap();
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body["EmailAddresses"].as_array().unwrap().len(), 100);
}

// The first is the answer's example in "user: getMailTips".
#[test]
fn what_is_said_of_a_recipient() {
    let away = |text: &str, until: Option<&str>| MailTips {
        automatic_reply: Some(AutomaticReply {
            text: text.to_owned(),
            until: until.map(|until| until.parse().unwrap()),
        }),
        ..nothing()
    };
    let reply = |end: Value| json!({"automaticReplies": {"message": "<p>Away.<br></p>", "scheduledEndTime": end}});
    for (tips, expected) in [
        (
            json!({
                "automaticReplies": {
                    "message": "<style type=\"text/css\">\r\n<!--\r\np\r\n\t{margin-top:0}\r\n-->\r\n</style>\r\n<div dir=\"ltr\"><p>Hi, I am on vacation right now. I'll get back to you after I return.<br>\r\n</p>\r\n</div>",
                    "messageLanguage": {"locale": "en-US", "displayName": "English (United States)"},
                    "scheduledStartTime": {"dateTime": "2018-08-07T02:00:00.0000000", "timeZone": "UTC"},
                    "scheduledEndTime": {"dateTime": "2018-08-09T02:00:00.0000000", "timeZone": "UTC"},
                },
                "mailboxFull": false,
            }),
            away(
                "Hi, I am on vacation right now. I'll get back to you after I return.",
                Some("2018-08-09T02:00:00Z"),
            ),
        ),
        (
            json!({"automaticReplies": {"message": ""}, "mailboxFull": false}),
            nothing(),
        ),
        (
            json!({"automaticReplies": {"message": "<p> </p>"}}),
            nothing(),
        ),
        (json!({"automaticReplies": "yes"}), nothing()),
        (reply(Value::Null), away("Away.", None)),
        (
            reply(json!({"dateTime": "2026-12-05T08:00:00Z"})),
            away("Away.", Some("2026-12-05T08:00:00Z")),
        ),
        // What stands in another zone, and what is no day, is no end.
        (
            reply(json!({"dateTime": "2026-12-05T08:00:00", "timeZone": "Pacific Standard Time"})),
            away("Away.", None),
        ),
        (
            reply(json!({"dateTime": "9999-12-31T23:59:59.9999999", "timeZone": "UTC"})),
            away("Away.", None),
        ),
        (
            reply(json!({"dateTime": "Saint Nicholas", "timeZone": "UTC"})),
            away("Away.", None),
        ),
        (
            json!({"mailboxFull": true, "customMailTip": "<p>Closed on <b>Fridays</b></p>", "maxMessageSize": 36_700_160}),
            MailTips {
                mailbox_full: true,
                custom: Some("Closed on Fridays".to_owned()),
                message_bytes_max: Some(36_700_160),
                ..nothing()
            },
        ),
        (
            json!({"totalMemberCount": 1240, "externalMemberCount": 3, "isModerated": true, "deliveryRestricted": true}),
            MailTips {
                members: Some(1240),
                external_members: Some(3),
                moderated: true,
                delivery_restricted: true,
                ..nothing()
            },
        ),
        // Nonsense is nothing, and so is what is not known yet.
        (
            json!({"mailboxFull": "true", "isModerated": 1, "totalMemberCount": -1, "maxMessageSize": 0, "horoscope": "good"}),
            nothing(),
        ),
        (
            json!({"error": {"code": "ErrorInvalidRecipients", "message": "The recipient could not be resolved."}}),
            MailTips {
                error: Some("ErrorInvalidRecipients".to_owned()),
                ..nothing()
            },
        ),
    ] {
        let found = one(&tips);
        assert!(found == expected, "{tips}");
    }
}

#[test]
fn scopes_are_names_with_commas() {
    for (scope, expected) in [
        (json!("internal"), false),
        (json!("none"), false),
        (json!("external, externalPartner"), true),
        (json!("internal, external, externalNonPartner"), true),
        (json!("EXTERNALNONPARTNER"), true),
        (json!("externalGalaxy"), false),
        (json!(4), false),
        (Value::Null, false),
    ] {
        assert_eq!(
            one(&json!({"recipientScope": scope})).external,
            expected,
            "{scope}"
        );
    }
}

#[test]
fn texts_from_outside_have_an_end() {
    let long = "word ".repeat(100_000);
    let found = one(&json!({
        "customMailTip": long,
        "automaticReplies": {"message": format!("<div>{long}</div>")},
        "error": {"code": "E".repeat(10_000)},
    }));
    let reply = found.automatic_reply.unwrap().text;
    for text in [found.custom.unwrap(), reply] {
        assert_eq!(text.chars().count(), TIP_CHARS_MAX);
        assert!(text.ends_with('…'));
    }
    assert!(found.error.is_none());
}

#[test]
fn names_are_tidied_and_what_is_about_nobody_is_left_out() {
    let of =
        |name: &str, address: &str| json!({"emailAddress": {"name": name, "address": address}});
    let body = json!({"value": [
        of("Ana\u{202e} Diaz\n", "ana@signet.example"),
        of(&"n".repeat(300), "long@signet.example"),
        of("No address", ""),
        of("No address either", "ana at signet"),
        {"mailboxFull": true},
        7,
    ]});
    let read = read(&answer(200, &body.to_string())).unwrap();
    let found: Vec<_> = (read.iter())
        .map(|tips| (tips.address.as_str(), tips.name.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("ana@signet.example", Some("Ana Diaz")),
            ("long@signet.example", None)
        ]
    );
}

#[test]
fn other_answers_are_errors() {
    for (status, body, code) in [
        (
            403,
            r#"{"error": {"code": "ErrorAccessDenied", "message": "Access is denied."}}"#,
            Some("ErrorAccessDenied"),
        ),
        (503, "busy", None),
        (200, r#"{"value": {}}"#, None),
        (200, "<html>", None),
        (202, r#"{"value": []}"#, None),
    ] {
        let error = read(&answer(status, body)).unwrap_err();
        assert_eq!(error.code(), code, "{status} {body}");
    }
}
