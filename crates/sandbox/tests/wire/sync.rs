//! A mailbox kept in step: folders, lists, searches, and what changed since.
//! Sources: Graph v1.0 reference, "List mailFolders", "Create mailFolder",
//! "Update mailFolder", "Delete mailFolder", "mailFolder: move", "mailFolder:
//! delta", "List messages", "message: delta"; "Use the $search query parameter";
//! "Outlook extended properties overview".

use serde_json::{Value, json};

use crate::browser::{Answer, Tenant, string};

const ADA: &str = "ada@signet.example";
const GRACE: &str = "grace@signet.example";
const ALL: &str = "Mail.ReadWrite Mail.Send";
const KEY: &str = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name OutboxKey";

/// Somebody's mailbox, as a client has it.
struct Client<'t> {
    tenant: &'t Tenant,
    token: String,
}

impl<'t> Client<'t> {
    async fn of(tenant: &'t Tenant, address: &str, scope: &str) -> Self {
        let token = tenant.access_token(address, scope).await;
        Self { tenant, token }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let path = path.split("/v1.0").last().unwrap();
        self.tenant.graph(method, path, &self.token, body).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    async fn preferring(&self, path: &str, preference: &str) -> Value {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("prefer", preference)];
        let url = self.tenant.url(&format!("/v1.0{path}"));
        self.tenant
            .send("GET", &url, &headers, Vec::new())
            .await
            .json()
    }

    async fn draft(&self, fields: Value) -> String {
        let answer = self.ask("POST", "/me/messages", Some(fields)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        string(&answer.json()["id"])
    }

    async fn send(&self, to: &str, subject: &str, text: &str) {
        let message = json!({"message": {
            "subject": subject,
            "body": {"contentType": "text", "content": text},
            "toRecipients": [{"emailAddress": {"address": to}}],
        }});
        let answer = self.ask("POST", "/me/sendMail", Some(message)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// Status and code of what is refused.
    async fn refusal(&self, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        let answer = self.ask(method, path, body).await;
        (answer.status, answer.graph_code())
    }
}

fn fields(answer: &Value, name: &str) -> Vec<String> {
    let items = answer["value"].as_array().expect("a list");
    items.iter().map(|item| string(&item[name])).collect()
}

/// Percent-encoded, as ids and filters must be.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[tokio::test]
async fn folders_are_made_renamed_moved_and_deleted() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    let made = ada
        .ask(
            "POST",
            "/me/mailFolders",
            Some(json!({"displayName": "Engines"})),
        )
        .await;
    assert_eq!(made.status, 201);
    let id = string(&made.json()["id"]);
    let path = format!("/me/mailFolders/{}", encoded(&id));
    let child = json!({"displayName": "Old ones", "isHidden": true});
    let child = ada
        .ask("POST", &format!("{path}/childFolders"), Some(child))
        .await;
    assert_eq!(
        (child.status, &child.json()["isHidden"]),
        (201, &json!(true))
    );
    assert_eq!(
        fields(
            &ada.get(&format!("{path}/childFolders")).await,
            "displayName"
        ),
        [""; 0]
    );
    let hidden = format!("{path}/childFolders?includeHiddenFolders=true");
    assert_eq!(fields(&ada.get(&hidden).await, "displayName"), ["Old ones"]);
    let renamed = ada
        .ask("PATCH", &path, Some(json!({"displayName": "Mills"})))
        .await;
    assert_eq!(
        (renamed.status, &renamed.json()["displayName"]),
        (200, &json!("Mills"))
    );
    let moved = ada
        .ask(
            "POST",
            &format!("{path}/move"),
            Some(json!({"destinationId": "archive"})),
        )
        .await;
    let archive = ada.get("/me/mailFolders/Archive").await;
    assert_eq!(
        (moved.status, &moved.json()["parentFolderId"]),
        (201, &archive["id"])
    );
    assert_eq!(archive["childFolderCount"], 1);
    assert_eq!(ada.ask("DELETE", &path, None).await.status, 204);
    assert_eq!(
        ada.refusal("GET", &path, None).await,
        (404, "ErrorItemNotFound".to_owned())
    );
    for (method, path, body, status, code) in [
        (
            "POST",
            "/me/mailFolders",
            json!({"displayName": "INBOX"}),
            409,
            "ErrorFolderExists",
        ),
        (
            "POST",
            "/me/mailFolders",
            json!({"displayName": ""}),
            400,
            "ErrorInvalidArgument",
        ),
        (
            "POST",
            "/me/mailFolders",
            json!({"name": "x"}),
            400,
            "RequestBodyRead",
        ),
        (
            "DELETE",
            "/me/mailFolders/inbox",
            json!({}),
            403,
            "ErrorDeleteDistinguishedFolder",
        ),
        (
            "POST",
            "/me/mailFolders/inbox/move",
            json!({"DestinationId": "archive"}),
            403,
            "ErrorMoveDistinguishedFolder",
        ),
        (
            "PUT",
            "/me/mailFolders",
            json!({}),
            405,
            "Request_BadRequest",
        ),
    ] {
        let found = ada.refusal(method, path, Some(body.clone())).await;
        assert_eq!(found, (status, code.to_owned()), "{method} {path} {body}");
    }
}

#[tokio::test]
async fn folders_are_listed_with_what_they_hold() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    let grace = Client::of(&tenant, GRACE, "Mail.ReadBasic").await;
    ada.send(GRACE, "One", "mill").await;
    let folders = grace.get("/me/mailFolders").await;
    assert_eq!(
        fields(&folders, "displayName"),
        [
            "Archive",
            "Deleted Items",
            "Drafts",
            "Inbox",
            "Junk Email",
            "Outbox",
            "Sent Items"
        ]
    );
    let inbox = &folders["value"][3];
    assert_eq!(
        (
            &inbox["totalItemCount"],
            &inbox["unreadItemCount"],
            &inbox["isHidden"]
        ),
        (&json!(1), &json!(1), &json!(false))
    );
    let some = grace
        .get("/me/mailFolders?$filter=displayName eq 'inbox'&$select=totalItemCount&$count=true")
        .await;
    assert_eq!(
        (&some["@odata.count"], &some["value"][0]["totalItemCount"]),
        (&json!(1), &json!(1))
    );
    assert!(some["value"][0].get("displayName").is_none());
    let root = grace
        .get("/me/mailFolders/msgfolderroot?$expand=childFolders($select=displayName)")
        .await;
    assert_eq!(root["childFolders"].as_array().unwrap().len(), 7);
    let page = grace.get("/me/mailFolders?$top=5").await;
    let rest = grace.get(&string(&page["@odata.nextLink"])).await;
    assert_eq!(fields(&rest, "displayName"), ["Outbox", "Sent Items"]);
    let refused = grace
        .refusal("POST", "/me/mailFolders", Some(json!({"displayName": "x"})))
        .await;
    assert_eq!(refused, (403, "ErrorAccessDenied".to_owned()));
}

#[tokio::test]
async fn messages_are_listed_newest_first_by_pages() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    for number in 1..=12 {
        ada.draft(json!({"subject": format!("Draft {number:02}")}))
            .await;
    }
    let first = ada
        .get("/me/mailFolders/drafts/messages?$select=subject&$count=true")
        .await;
    assert_eq!(
        (fields(&first, "subject").len(), &first["@odata.count"]),
        (10, &json!(12))
    );
    assert_eq!(first["value"][0]["subject"], "Draft 12");
    assert!(first["value"][0]["@odata.etag"].is_string() && first["value"][0]["id"].is_string());
    let second = ada.get(&string(&first["@odata.nextLink"])).await;
    assert_eq!(fields(&second, "subject"), ["Draft 02", "Draft 01"]);
    assert!(second.get("@odata.nextLink").is_none());
    for (query, expected) in [
        ("$orderby=subject&$top=2", vec!["Draft 01", "Draft 02"]),
        ("$filter=subject eq 'draft 05'", vec!["Draft 05"]),
        (
            "$filter=startswith(subject,'Draft 1') and isDraft eq true&$orderby=subject desc",
            vec!["Draft 12", "Draft 11", "Draft 10"],
        ),
        ("$skip=11", vec!["Draft 01"]),
        ("$filter=isRead eq null", vec![]),
    ] {
        let found = ada.get(&format!("/me/messages?{query}")).await;
        assert_eq!(fields(&found, "subject"), expected, "{query}");
    }
    let sized = ada.preferring("/me/messages", "odata.maxpagesize=3").await;
    assert_eq!(fields(&sized, "subject").len(), 3);
    let count = ada
        .ask("GET", "/me/mailFolders/drafts/messages/$count", None)
        .await;
    assert_eq!(count.text(), "12");
    for (query, code) in [
        ("$filter=subject eq 5", "BadRequest"),
        ("$filter=shoeSize eq 5", "BadRequest"),
        ("$orderby=body", "BadRequest"),
        ("$top=1001", "ErrorInvalidUrlQuery"),
        ("$skiptoken=x", "ErrorInvalidUrlQuery"),
        ("$apply=x", "ErrorInvalidUrlQuery"),
        ("$expand=extensions", "ErrorInvalidUrlQuery"),
        (
            "$filter=isRead eq false&$orderby=subject",
            "InefficientFilter",
        ),
        ("$search=\"x\"&$filter=isRead eq true", "SearchWithFilter"),
        ("$search=\"x\"&$orderby=subject", "SearchWithOrderBy"),
        ("$search=\"x\"&$skip=1", "ErrorInvalidUrlQuery"),
        ("$search=\"x", "BadRequest"),
    ] {
        let found = ada
            .refusal("GET", &format!("/me/messages?{query}"), None)
            .await;
        assert_eq!(found, (400, code.to_owned()), "{query}");
    }
    let nowhere = ada
        .refusal("GET", "/me/mailFolders/nowhere/messages", None)
        .await;
    assert_eq!(nowhere, (400, "ErrorInvalidIdMalformed".to_owned()));
}

#[tokio::test]
async fn a_message_is_found_by_its_extended_property() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    ada.draft(json!({"subject": "Other"})).await;
    ada.draft(json!({
        "subject": "Keyed",
        "singleValueExtendedProperties": [{"id": KEY, "value": "01jx"}],
    }))
    .await;
    let filter = |id: &str| {
        let filter = format!(
            "singleValueExtendedProperties/any(ep: ep/id eq '{id}' and ep/value eq '01JX')"
        );
        format!(
            "/me/mailFolders/Drafts/messages?$filter={}",
            encoded(&filter)
        )
    };
    let found = ada.get(&filter(KEY)).await;
    assert_eq!(fields(&found, "subject"), ["Keyed"]);
    assert!(
        found["value"][0]
            .get("singleValueExtendedProperties")
            .is_none()
    );
    assert_eq!(
        fields(&ada.get(&filter(&KEY.to_lowercase())).await, "subject"),
        [""; 0]
    );
    let expand = encoded(&format!(
        "singleValueExtendedProperties($filter=id eq '{KEY}')"
    ));
    let all = ada
        .get(&format!("/me/messages?$select=subject&$expand={expand}"))
        .await;
    assert_eq!(
        all["value"][0]["singleValueExtendedProperties"],
        json!([{"id": KEY, "value": "01jx"}])
    );
    assert!(
        all["value"][1]
            .get("singleValueExtendedProperties")
            .is_none()
    );
}

#[tokio::test]
async fn a_search_finds_mail_and_needs_more_than_headers() {
    let tenant = Tenant::start().await;
    let basic = Client::of(&tenant, GRACE, "Mail.ReadBasic").await;
    let grace = Client::of(&tenant, GRACE, "Mail.Read").await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    ada.send(GRACE, "Plans for the engine", "The mill turns.")
        .await;
    ada.send(GRACE, "Lunch", "At the store.").await;
    for (search, expected) in [
        ("\"mill\"", vec!["Plans for the engine"]),
        ("\"from:ada subject:lunch\"", vec!["Lunch"]),
        ("\"from:ada\"", vec!["Lunch", "Plans for the engine"]),
        ("\"from:noor\"", vec![]),
    ] {
        let found = grace
            .get(&format!("/me/messages?$search={}", encoded(search)))
            .await;
        assert_eq!(fields(&found, "subject"), expected, "{search}");
    }
    let first = grace.get("/me/messages?$search=\"from:ada\"&$top=1").await;
    let next = string(&first["@odata.nextLink"]);
    assert!(next.contains("$skiptoken="), "{next}");
    assert_eq!(
        fields(&grace.get(&next).await, "subject"),
        ["Plans for the engine"]
    );
    let refused = basic
        .refusal("GET", "/me/messages?$search=\"mill\"", None)
        .await;
    assert_eq!(refused, (403, "ErrorAccessDenied".to_owned()));
    let listed = basic.get("/me/messages").await;
    assert!(listed["value"][0].get("body").is_none());
    assert!(listed["value"][0]["subject"].is_string());
}

#[tokio::test]
async fn delta_tells_what_came_changed_and_went() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    let mut ids = Vec::new();
    for number in 1..=5 {
        ids.push(
            ada.draft(json!({"subject": format!("Draft {number}")}))
                .await,
        );
    }
    let start = "/me/mailFolders/drafts/messages/delta?$select=subject";
    let first = ada.preferring(start, "odata.maxpagesize=3").await;
    assert_eq!(fields(&first, "subject"), ["Draft 5", "Draft 4", "Draft 3"]);
    assert!(first.get("@odata.deltaLink").is_none());
    // What happens between the pages belongs to the next round.
    let path = |id: &str| format!("/me/messages/{}", encoded(id));
    ada.ask("DELETE", &path(&ids[4]), None).await;
    let second = ada.get(&string(&first["@odata.nextLink"])).await;
    assert_eq!(fields(&second, "subject"), ["Draft 2", "Draft 1"]);
    assert!(
        second["value"][0].get("body").is_none(),
        "the select of the first request holds"
    );
    ada.ask("PATCH", &path(&ids[0]), Some(json!({"subject": "Changed"})))
        .await;
    ids.push(ada.draft(json!({"subject": "New"})).await);
    let changed = ada.get(&string(&second["@odata.deltaLink"])).await;
    let seen: Vec<(String, bool)> = changed["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (string(&one["id"]), one.get("@removed").is_some()))
        .collect();
    assert_eq!(
        seen,
        [
            (ids[4].clone(), true),
            (ids[0].clone(), false),
            (ids[5].clone(), false)
        ]
    );
    assert_eq!(changed["value"][0]["@removed"]["reason"], "changed");
    assert_eq!(changed["value"][1]["subject"], "Changed");
    let quiet = ada.get(&string(&changed["@odata.deltaLink"])).await;
    assert_eq!(quiet["value"], json!([]));
    assert!(quiet["@odata.deltaLink"].is_string());
}

#[tokio::test]
async fn delta_takes_few_options_and_forgets() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    ada.draft(json!({"subject": "Draft"})).await;
    let start = "/me/mailFolders/drafts/messages/delta";
    let created = ada
        .get(&format!(
            "{start}?changeType=created&$filter=receivedDateTime ge 2020-01-01"
        ))
        .await;
    assert_eq!(fields(&created, "subject"), ["Draft"]);
    let none = ada.get(&format!("{start}?changeType=deleted")).await;
    assert_eq!(none["value"], json!([]));
    for (query, code) in [
        ("$filter=isRead eq false", "ErrorInvalidUrlQuery"),
        ("$orderby=subject", "ErrorInvalidUrlQuery"),
        ("$search=\"x\"", "ErrorInvalidUrlQuery"),
        ("changeType=seen", "ErrorInvalidUrlQuery"),
        ("$deltatoken=nonsense", "ErrorInvalidSyncStateData"),
    ] {
        let found = ada.refusal("GET", &format!("{start}?{query}"), None).await;
        assert_eq!(found, (400, code.to_owned()), "{query}");
    }
    let link = string(&created["@odata.deltaLink"]);
    let elsewhere = link.replace("/drafts/", "/inbox/");
    let found = ada.refusal("GET", &elsewhere, None).await;
    assert_eq!(found, (400, "ErrorInvalidSyncStateData".to_owned()));
    tenant.control("POST", "/reset", None).await;
    let gone = ada.ask("GET", &link, None).await;
    assert_eq!(
        (gone.status, &*gone.graph_code()),
        (410, "SyncStateNotFound")
    );
    assert!(gone.header("location").ends_with("/messages/delta"));
}

#[tokio::test]
async fn folders_have_a_delta_of_their_own() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    let first = ada
        .preferring(
            "/me/mailFolders/delta?$select=displayName",
            "odata.maxpagesize=4",
        )
        .await;
    let second = ada.get(&string(&first["@odata.nextLink"])).await;
    let mut names = fields(&first, "displayName");
    names.extend(fields(&second, "displayName"));
    names.sort();
    assert_eq!(
        names,
        [
            "Archive",
            "Deleted Items",
            "Drafts",
            "Inbox",
            "Junk Email",
            "Outbox",
            "Sent Items"
        ]
    );
    let made = ada
        .ask(
            "POST",
            "/me/mailFolders",
            Some(json!({"displayName": "Engines"})),
        )
        .await
        .json();
    let changed = ada.get(&string(&second["@odata.deltaLink"])).await;
    assert_eq!(fields(&changed, "displayName"), ["Engines"]);
    let id = string(&made["id"]);
    ada.ask("DELETE", &format!("/me/mailFolders/{}", encoded(&id)), None)
        .await;
    let gone = ada.get(&string(&changed["@odata.deltaLink"])).await;
    assert_eq!(
        gone["value"],
        json!([{"id": id, "@removed": {"reason": "deleted"}}])
    );
}

/// Source: "mailTips resource type", restricted recipients and members.
#[tokio::test]
async fn mail_to_a_group_reaches_its_members_or_comes_back() {
    let tenant = Tenant::start().await;
    let ada = Client::of(&tenant, ADA, ALL).await;
    let grace = Client::of(&tenant, GRACE, "Mail.Read").await;
    ada.send("Engine-Research@signet.example", "To all", "mill")
        .await;
    ada.send("announcements@signet.example", "News", "mill")
        .await;
    let inbox = "/me/mailFolders/inbox/messages?$select=subject";
    assert_eq!(fields(&grace.get(inbox).await, "subject"), ["To all"]);
    let own = fields(&ada.get(inbox).await, "subject");
    assert_eq!(own.len(), 2, "a copy as a member, and a report: {own:?}");
}

/// "mailFolder: copy": 201 with the copy, which has everything that lies in it.
#[tokio::test]
async fn a_folder_is_copied_with_everything_in_it() {
    let ada = crate::drafts::Desk::of(ADA, "Mail.ReadWrite").await;
    ada.draft().await;
    let made = |parent: &str, name: &str| {
        (
            format!("/me/mailFolders/{parent}/childFolders"),
            json!({"displayName": name}),
        )
    };
    let (path, body) = made("drafts", "Later");
    let inner = ada.call("POST", &path, body).await;
    assert_eq!(inner.status, 201);
    let copy = |to: &str| json!({"DestinationId": to});
    let path = "/me/mailFolders/drafts/copy";
    let copied = ada.call("POST", path, copy("archive")).await;
    assert_eq!(copied.status, 201, "{}", copied.text());
    let copied = copied.json();
    assert_eq!(
        (
            &copied["displayName"],
            &copied["totalItemCount"],
            &copied["childFolderCount"]
        ),
        (&json!("Drafts"), &json!(1), &json!(1))
    );
    let original = ada.get("/me/mailFolders/drafts").await.json();
    assert_eq!(original["totalItemCount"], 1);
    assert_ne!(original["id"], copied["id"]);
    for (to, code) in [
        ("archive", "ErrorFolderExists"),
        ("drafts", "ErrorMoveCopyFailed"),
        ("AAMkAGE=", "ErrorItemNotFound"),
    ] {
        let refused = ada.call("POST", path, copy(to)).await;
        assert_eq!(refused.graph_code(), code, "{to}");
    }
}
