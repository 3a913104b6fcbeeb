//! Options of OData at operations that do not serve them. Source: "Customize
//! Microsoft Graph responses with query parameters": support for an option
//! depends on the operation, and what is not supported is an error.

use serde_json::{Value, json};

use crate::browser::{Tenant, string};

const ADA: &str = "ada@signet.example";
const SCOPES: &str = "openid User.ReadWrite People.Read Presence.Read MailboxSettings.ReadWrite Mail.ReadWrite Mail.Send";

/// Every option, with a value that can be read.
const OPTIONS: [(&str, &str); 12] = [
    ("select", "id"),
    ("expand", "x"),
    ("filter", "id eq '1'"),
    ("search", "\"x\""),
    ("orderby", "id"),
    ("top", "1"),
    ("skip", "1"),
    ("count", "true"),
    ("skiptoken", "x"),
    ("deltatoken", "x"),
    ("format", "json"),
    ("levels", "2"),
];

const NONE: &str = "";
const ALONE: &str = "select format";
const LINKED: &str = "select expand format";
const LIST: &str = "select expand filter orderby top skip count format";
const PLAIN: &str = "select filter orderby top skip count format";
const USERS: &str = "select expand filter search orderby top count skiptoken format";
const MESSAGES: &str = "select expand filter search orderby top skip count skiptoken format";

/// Each operation by its name, an address of it, and what it serves.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("batch", "POST /$batch", NONE),
    ("me", "GET /me", LINKED),
    ("me.update", "PATCH /me", NONE),
    ("users.list", "GET /users", USERS),
    ("users.list", "GET /users/$count", USERS),
    ("users.get", "GET /users/ada@signet.example", LINKED),
    (
        "revokeSignInSessions",
        "POST /me/revokeSignInSessions",
        NONE,
    ),
    ("photo", "GET /me/photo", ALONE),
    ("photo", "GET /me/photos", ALONE),
    ("photo", "GET /me/photos/48x48", ALONE),
    ("photo", "GET /me/photo/48x48", ALONE),
    ("photo", "GET /me/photo/$value", NONE),
    ("photo", "GET /me/photo/48x48/$value", NONE),
    ("photo", "GET /me/photos/48x48/$value", NONE),
    ("photo", "GET /users/ada@signet.example/photo/$value", NONE),
    ("manager", "GET /me/manager", LINKED),
    ("directReports", "GET /me/directReports", USERS),
    (
        "people",
        "GET /me/people",
        "select filter search orderby top skip count format",
    ),
    ("presence", "GET /me/presence", ALONE),
    ("presence", "GET /communications/presences/x", ALONE),
    ("mailboxSettings", "GET /me/mailboxSettings", ALONE),
    (
        "mailboxSettings",
        "GET /me/mailboxSettings/timeZone",
        "format",
    ),
    ("mailboxSettings.update", "PATCH /me/mailboxSettings", NONE),
    (
        "masterCategories",
        "GET /me/outlook/masterCategories",
        PLAIN,
    ),
    (
        "masterCategories",
        "GET /me/outlook/masterCategories/x",
        ALONE,
    ),
    (
        "masterCategories.change",
        "POST /me/outlook/masterCategories",
        NONE,
    ),
    (
        "masterCategories.change",
        "PATCH /me/outlook/masterCategories/x",
        NONE,
    ),
    (
        "masterCategories.change",
        "DELETE /me/outlook/masterCategories/x",
        NONE,
    ),
    ("getMailTips", "POST /me/getMailTips", NONE),
    ("sendMail", "POST /me/sendMail", NONE),
    ("sendMail", "POST /users/ada@signet.example/sendMail", NONE),
    ("messages.list", "GET /me/messages", MESSAGES),
    ("messages.list", "GET /me/messages/$count", MESSAGES),
    (
        "messages.list",
        "GET /me/mailFolders/inbox/messages",
        MESSAGES,
    ),
    ("messages.create", "POST /me/messages", NONE),
    (
        "messages.delta",
        "GET /me/mailFolders/inbox/messages/delta",
        "select filter orderby top skiptoken deltatoken format",
    ),
    ("messages.get", "GET /me/messages/x", LINKED),
    ("messages.update", "PATCH /me/messages/x", NONE),
    ("messages.delete", "DELETE /me/messages/x", NONE),
    ("messages.mime", "GET /me/messages/x/$value", NONE),
    ("messages.send", "POST /me/messages/x/send", NONE),
    ("messages.reply", "POST /me/messages/x/reply", NONE),
    ("messages.replyAll", "POST /me/messages/x/replyAll", NONE),
    ("messages.forward", "POST /me/messages/x/forward", NONE),
    (
        "messages.createReply",
        "POST /me/messages/x/createReply",
        NONE,
    ),
    (
        "messages.createReplyAll",
        "POST /me/messages/x/createReplyAll",
        NONE,
    ),
    (
        "messages.createForward",
        "POST /me/messages/x/createForward",
        NONE,
    ),
    ("messages.move", "POST /me/messages/x/move", NONE),
    ("messages.copy", "POST /me/messages/x/copy", NONE),
    (
        "messages.permanentDelete",
        "POST /me/messages/x/permanentDelete",
        NONE,
    ),
    ("attachments.list", "GET /me/messages/x/attachments", LIST),
    (
        "attachments.count",
        "GET /me/messages/x/attachments/$count",
        NONE,
    ),
    ("attachments.add", "POST /me/messages/x/attachments", NONE),
    (
        "attachments.createUploadSession",
        "POST /me/messages/x/attachments/createUploadSession",
        NONE,
    ),
    (
        "attachments.get",
        "GET /me/messages/x/attachments/y",
        LINKED,
    ),
    (
        "attachments.value",
        "GET /me/messages/x/attachments/y/$value",
        NONE,
    ),
    (
        "attachments.delete",
        "DELETE /me/messages/x/attachments/y",
        NONE,
    ),
    ("mailFolders.list", "GET /me/mailFolders", LIST),
    (
        "mailFolders.list",
        "GET /me/mailFolders/inbox/childFolders",
        LIST,
    ),
    ("mailFolders.create", "POST /me/mailFolders", NONE),
    (
        "mailFolders.create",
        "POST /me/mailFolders/inbox/childFolders",
        NONE,
    ),
    (
        "mailFolders.delta",
        "GET /me/mailFolders/delta",
        "select top skiptoken deltatoken format",
    ),
    ("mailFolders.move", "POST /me/mailFolders/x/move", NONE),
    ("mailFolders.copy", "POST /me/mailFolders/x/copy", NONE),
    ("mailFolders.get", "GET /me/mailFolders/inbox", LINKED),
    ("mailFolders.update", "PATCH /me/mailFolders/x", NONE),
    ("mailFolders.delete", "DELETE /me/mailFolders/x", NONE),
];

#[tokio::test]
async fn an_option_that_an_operation_does_not_serve_is_400() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SCOPES).await;
    for (_, request, served) in OPERATIONS {
        let (method, path) = request.split_once(' ').unwrap();
        for (name, value) in OPTIONS {
            if served.split(' ').any(|one| one == name) {
                continue;
            }
            let path = format!("{path}?${name}={value}");
            let answer = tenant.graph(method, &path, &token, None).await;
            assert_eq!(answer.status, 400, "{method} {path}");
            let message = string(&answer.json()["error"]["message"]);
            assert!(
                message.contains(&format!("query option '${name}'")),
                "{method} {path}: {message}"
            );
        }
    }
}

/// Endpoints of Entra ID and the host of uploads take no options of OData.
#[tokio::test]
async fn every_operation_of_graph_says_what_it_serves() {
    const NOT_GRAPH: [&str; 23] = [
        "graph",
        "entra",
        "token",
        "authorize",
        "devicecode",
        "deviceauth",
        "logout",
        "metadata",
        "instance",
        "keys",
        "adminconsent",
        "login",
        "consent",
        "second-factor",
        "stay",
        "cancel",
        "decline",
        "other-account",
        "devicelogin",
        "userinfo",
        "attachments.upload",
        "attachments.cancelUpload",
        "",
    ];
    let tenant = Tenant::start().await;
    let routes = tenant.control("GET", "/routes", None).await.json();
    for route in routes["routes"].as_array().unwrap() {
        let route = string(route);
        assert!(
            NOT_GRAPH.contains(&&*route) || OPERATIONS.iter().any(|(name, ..)| *name == route),
            "{route}"
        );
    }
}

#[tokio::test]
async fn settings_presence_and_photos_are_selected_from() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SCOPES).await;
    for (path, expected) in [
        (
            "/me/mailboxSettings?$select=timeZone,ArchiveFolder",
            json!({"timeZone": "GMT Standard Time", "archiveFolder": null}),
        ),
        (
            "/me/presence?$select=availability",
            json!({"availability": "Available"}),
        ),
        ("/me/photos/48x48?$select=height", json!({"height": 48})),
    ] {
        let answer = tenant.graph("GET", path, &token, None).await.json();
        let shown: serde_json::Map<String, Value> = answer
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| !name.starts_with('@'))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        assert_eq!(Value::Object(shown), expected, "{path}");
    }
    let unknown = tenant
        .graph("GET", "/me/presence?$select=mood", &token, None)
        .await;
    assert_eq!(unknown.status, 400);
}
