//! Settings, categories, MailTips and presence. Sources: Graph v1.0 reference, "Get
//! user mailbox settings", "outlookCategory resource type", "user: getMailTips",
//! "Get presence".

use serde_json::{Value, json};

use crate::browser::{Tenant, string};
use crate::people::{ADA, NOOR, check, list};

#[tokio::test]
async fn presence_is_ones_own_unless_the_scope_is_for_all() {
    let tenant = Tenant::start().await;
    let own = tenant.access_token(ADA, "Presence.Read").await;
    let presence = tenant.graph("GET", "/me/presence", &own, None).await.json();
    assert_eq!(
        (&presence["availability"], &presence["activity"]),
        (&json!("Available"), &json!("Available"))
    );
    check(
        &tenant,
        &own,
        &[("/users/grace@signet.example/presence", 403, "accessDenied")],
    )
    .await;
    let all = tenant.access_token(ADA, "Presence.Read.All").await;
    let id = "c4a21e50-1791-4d10-8f3a-51673e700007";
    let charles = tenant
        .graph(
            "GET",
            &format!("/communications/presences/{id}"),
            &all,
            None,
        )
        .await
        .json();
    assert_eq!(charles["outOfOfficeSettings"]["isOutOfOffice"], true);
    assert!(string(&charles["outOfOfficeSettings"]["message"]).contains("at the works"));
    assert_eq!(charles["workLocation"]["workLocationType"], "timeOff");
    assert_eq!(charles["statusMessage"], Value::Null);
    let grace = tenant
        .graph("GET", "/users/grace@signet.example/presence", &all, None)
        .await
        .json();
    assert_eq!(
        grace["statusMessage"]["message"]["content"],
        "Call me when it matters."
    );
    assert_eq!(grace["workLocation"]["workLocationType"], "remote");
    assert_eq!(charles["id"], id);
    check(
        &tenant,
        &all,
        &[("/users/nobody/presence", 404, "NotFound")],
    )
    .await;
    let noor = tenant.access_token(NOOR, "Presence.Read").await;
    check(&tenant, &noor, &[("/me/presence", 403, "accessDenied")]).await;
}

#[tokio::test]
async fn settings_are_read_and_changed_by_their_parts() {
    let tenant = Tenant::start().await;
    let reader = tenant.access_token(ADA, "MailboxSettings.Read").await;
    let token = tenant.access_token(ADA, "MailboxSettings.ReadWrite").await;
    let settings = tenant
        .graph("GET", "/me/mailboxSettings", &token, None)
        .await
        .json();
    assert_eq!(
        (
            &settings["userPurpose"],
            &settings["automaticRepliesSetting"]["status"]
        ),
        (&json!("user"), &json!("disabled"))
    );
    for (pointer, expected) in [
        ("/timeZone", "GMT Standard Time"),
        ("/language/locale", "en-GB"),
        ("/dateFormat", "dd/MM/yyyy"),
        ("/timeFormat", "HH:mm"),
        ("/workingHours/startTime", "08:00:00.0000000"),
        ("/workingHours/daysOfWeek/0", "monday"),
    ] {
        let found = settings.pointer(pointer);
        assert_eq!(found, Some(&json!(expected)), "{pointer}");
    }
    let changed = json!({"automaticRepliesSetting": {"status": "alwaysEnabled", "internalReplyMessage": "Away."}});
    let answer = tenant
        .graph("PATCH", "/me/mailboxSettings", &token, Some(changed))
        .await;
    assert_eq!(answer.status, 200);
    let reply = tenant
        .graph(
            "GET",
            "/me/mailboxSettings/automaticRepliesSetting",
            &token,
            None,
        )
        .await
        .json();
    assert_eq!(
        (
            &reply["status"],
            &reply["internalReplyMessage"],
            &reply["externalAudience"]
        ),
        (&json!("alwaysEnabled"), &json!("Away."), &json!("all"))
    );
    let zone = tenant
        .graph("GET", "/me/mailboxSettings/timeZone", &token, None)
        .await
        .json();
    assert_eq!(zone["value"], "GMT Standard Time");
    for (body, code) in [
        (
            json!({"automaticRepliesSetting": {"status": "sometimes"}}),
            "ErrorInvalidArgument",
        ),
        (
            json!({"automaticRepliesSetting": {"colour": "red"}}),
            "RequestBodyRead",
        ),
        (json!({"userPurpose": "room"}), "ErrorInvalidArgument"),
        (json!({"shoeSize": 1}), "RequestBodyRead"),
        (
            json!({"automaticRepliesSetting": {
                "scheduledStartDateTime": {"dateTime": "2026-02-02T00:00:00", "timeZone": "UTC"},
                "scheduledEndDateTime": {"dateTime": "2026-02-01T00:00:00", "timeZone": "UTC"},
            }}),
            "ErrorInvalidTimeInterval",
        ),
    ] {
        let answer = tenant
            .graph("PATCH", "/me/mailboxSettings", &token, Some(body.clone()))
            .await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (400, code),
            "{body}"
        );
    }
    let refused = tenant
        .graph("PATCH", "/me/mailboxSettings", &reader, Some(json!({})))
        .await;
    assert_eq!(
        (refused.status, &*refused.graph_code()),
        (403, "ErrorAccessDenied")
    );
    let without = tenant
        .access_token("no-mailbox@signet.example", "MailboxSettings.Read")
        .await;
    check(
        &tenant,
        &without,
        &[("/me/mailboxSettings", 404, "MailboxNotEnabledForRESTAPI")],
    )
    .await;
}

#[tokio::test]
async fn a_category_keeps_its_name_and_changes_its_colour() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "MailboxSettings.ReadWrite").await;
    let all = tenant
        .graph("GET", "/me/outlook/masterCategories", &token, None)
        .await
        .json();
    assert_eq!(
        (list(&all).len(), &all["value"][0]["color"]),
        (6, &json!("preset0"))
    );
    let body = json!({"displayName": "Engines", "color": "preset24"});
    let made = tenant
        .graph(
            "POST",
            "/me/outlook/masterCategories",
            &token,
            Some(body.clone()),
        )
        .await;
    assert_eq!(made.status, 201);
    let path = format!(
        "/me/outlook/masterCategories/{}",
        string(&made.json()["id"])
    );
    for (method, path, body, expected) in [
        ("POST", "/me/outlook/masterCategories", body, 409),
        (
            "POST",
            "/me/outlook/masterCategories",
            json!({"displayName": "X", "color": "preset25"}),
            400,
        ),
        ("PATCH", &*path, json!({"color": "none"}), 200),
        ("PATCH", &*path, json!({"displayName": "Other"}), 400),
        ("DELETE", &*path, json!({}), 204),
        ("DELETE", &*path, json!({}), 404),
    ] {
        let answer = tenant.graph(method, path, &token, Some(body.clone())).await;
        assert_eq!(answer.status, expected, "{method} {body}");
    }
}

#[tokio::test]
async fn mail_tips_tell_what_awaits_a_mail() {
    const ALL: &str = "automaticReplies, mailboxFullStatus, externalMemberCount, totalMemberCount, maxMessageSize, deliveryRestriction, moderationStatus, recipientScope, customMailTip";
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "MailTips.ReadBasic.Shared").await;
    let full = json!({"person": "grace@signet.example", "mailbox": "full"});
    tenant.control("POST", "/switches", Some(full)).await;
    let body = json!({
        "EmailAddresses": [
            "charles@signet.example",
            "grace@signet.example",
            "engine-research@signet.example",
            "announcements@signet.example",
            "hedy@northwind.example",
            "somebody@elsewhere.example",
            "nobody@signet.example",
        ],
        "MailTipsOptions": ALL,
    });
    let answer = tenant
        .graph("POST", "/me/getMailTips", &token, Some(body))
        .await
        .json();
    let tips = &answer["value"];
    for (index, pointer, expected) in [
        (0, "/emailAddress/name", json!("Charles Babbage")),
        (0, "/maxMessageSize", json!(36_700_160)),
        (0, "/recipientScope", json!("internal")),
        (0, "/totalMemberCount", Value::Null),
        (1, "/mailboxFull", json!(true)),
        (1, "/automaticReplies/message", json!("")),
        (2, "/totalMemberCount", json!(5)),
        (2, "/externalMemberCount", json!(2)),
        (
            2,
            "/recipientScope",
            json!("internal, external, externalPartner, externalNonPartner"),
        ),
        (3, "/deliveryRestricted", json!(true)),
        (3, "/isModerated", json!(true)),
        (4, "/recipientScope", json!("external, externalPartner")),
        (5, "/recipientScope", json!("external, externalNonPartner")),
        (5, "/error", Value::Null),
        (6, "/error/code", json!("ErrorInvalidRecipients")),
    ] {
        let found = tips[index].pointer(pointer).unwrap_or(&Value::Null);
        assert_eq!(found, &expected, "{index} {pointer}");
    }
    assert!(string(&tips[0]["automaticReplies"]["message"]).contains("at the works"));
    assert!(string(&tips[3]["customMailTip"]).contains("moderator"));
    let other_spelling = json!({"emailAddresses": [ADA], "mailTipsOptions": "mailboxFullStatus"});
    let answer = tenant
        .graph(
            "POST",
            "/me/microsoft.graph.getMailTips",
            &token,
            Some(other_spelling),
        )
        .await
        .json();
    assert_eq!(answer["value"][0]["mailboxFull"], false);
    for (body, code) in [
        (
            json!({"EmailAddresses": [], "MailTipsOptions": ALL}),
            "ErrorInvalidArgument",
        ),
        (
            json!({"EmailAddresses": [ADA], "MailTipsOptions": "horoscope"}),
            "RequestBodyRead",
        ),
        (
            json!({"EmailAddresses": [ADA], "MailTipsOptions": ALL, "x": 1}),
            "BadRequest",
        ),
    ] {
        let answer = tenant
            .graph("POST", "/me/getMailTips", &token, Some(body.clone()))
            .await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (400, code),
            "{body}"
        );
    }
}
