//! Profile, photo, manager and batch. Sources: Graph v1.0 reference, "Get user",
//! "Get profilePhoto", "List manager"; "Combine multiple HTTP requests using
//! JSON batching"; "Continuous access evaluation", claims challenge.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::{CP1, SIGN_IN, Tenant, string};

#[tokio::test]
async fn me_has_the_default_properties_and_others_on_request() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", SIGN_IN).await;
    let me = tenant.graph("GET", "/me", &token, None).await.json();
    let names: Vec<&String> = me.as_object().unwrap().keys().collect();
    let expected = [
        "@odata.context",
        "businessPhones",
        "displayName",
        "givenName",
        "id",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
    ];
    assert_eq!(names, expected);
    assert_eq!(me["displayName"], "Ada Lovelace-Núñez");
    let some = tenant
        .graph("GET", "/me?$select=id,department,companyName", &token, None)
        .await
        .json();
    assert_eq!(some["department"], "Engine Research");
    assert_eq!(some.as_object().unwrap().len(), 4);
    let unknown = tenant
        .graph("GET", "/me?$select=shoeSize", &token, None)
        .await;
    assert_eq!(
        (unknown.status, unknown.graph_code()),
        (400, "BadRequest".to_owned())
    );
}

#[tokio::test]
async fn a_personal_account_has_no_organisation() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("noor@outlook.example", SIGN_IN).await;
    let me = tenant.graph("GET", "/me", &token, None).await.json();
    assert_eq!((&me["mail"], &me["jobTitle"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&me["userPrincipalName"], &me["id"]),
        (&json!("noor@outlook.example"), &json!("51673e7000000003"))
    );
}

#[tokio::test]
async fn photos_come_in_every_size_or_not_at_all() {
    let tenant = Tenant::start().await;
    let ada = tenant.access_token("ada@signet.example", SIGN_IN).await;
    for (path, side) in [
        ("/me/photo/$value", 648),
        ("/me/photo/%24value", 648),
        ("/me/photos/48x48/$value", 48),
        ("/me/photo/240x240/$value", 240),
        ("/me/photos/648X648/$value", 648),
    ] {
        let answer = tenant.graph("GET", path, &ada, None).await;
        let picture = image::load_from_memory(&answer.bytes).unwrap();
        assert_eq!(
            (
                answer.header("content-type"),
                picture.width(),
                picture.height()
            ),
            ("image/jpeg", side, side)
        );
    }
    let grace = tenant.access_token("grace@signet.example", SIGN_IN).await;
    for (path, token) in [
        ("/me/photo/$value", &grace),
        ("/me/photo", &grace),
        ("/me/photos/50x50/$value", &ada),
    ] {
        let answer = tenant.graph("GET", path, token, None).await;
        assert_eq!(
            (answer.status, answer.graph_code()),
            (404, "ImageNotFound".to_owned())
        );
    }
}

#[tokio::test]
async fn an_unchanged_photo_is_not_sent_again() {
    let tenant = Tenant::start().await;
    let token = format!(
        "Bearer {}",
        tenant.access_token("ada@signet.example", SIGN_IN).await
    );
    let url = tenant.url("/v1.0/me/photo/$value");
    let first = tenant
        .send("GET", &url, &[("authorization", &token)], Vec::new())
        .await;
    let known = [
        ("authorization", token.as_str()),
        ("if-none-match", first.header("etag")),
    ];
    let again = tenant.send("GET", &url, &known, Vec::new()).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}

#[tokio::test]
async fn a_manager_may_be_missing() {
    let tenant = Tenant::start().await;
    let ada = tenant.access_token("ada@signet.example", SIGN_IN).await;
    let manager = tenant
        .graph("GET", "/me/manager?$select=displayName,mail", &ada, None)
        .await
        .json();
    assert_eq!(manager["mail"], "grace@signet.example");
    let grace = tenant.access_token("grace@signet.example", SIGN_IN).await;
    let none = tenant.graph("GET", "/me/manager", &grace, None).await;
    assert_eq!(
        (none.status, none.graph_code()),
        (404, "Request_ResourceNotFound".to_owned())
    );
}

#[tokio::test]
async fn access_follows_from_the_token() {
    let tenant = Tenant::start().await;
    let mail_only = tenant
        .access_token("grace@signet.example", "Mail.Send")
        .await;
    for (path, code) in [
        ("/me", "Authorization_RequestDenied"),
        ("/me/manager", "Authorization_RequestDenied"),
        ("/me/photo/$value", "ErrorAccessDenied"),
    ] {
        let answer = tenant.graph("GET", path, &mail_only, None).await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (403, code),
            "{path}"
        );
    }
    for token in ["", "nonsense", "eyJnonsense"] {
        let answer = tenant.graph("GET", "/me", token, None).await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (401, "InvalidAuthenticationToken")
        );
        assert!(
            answer
                .header("www-authenticate")
                .starts_with("Bearer realm=\"\", authorization_uri=")
        );
    }
}

#[tokio::test]
async fn errors_have_graphs_shape() {
    let tenant = Tenant::start().await;
    let answer = tenant.get("/v1.0/me").await;
    let inner = &answer.json()["error"]["innerError"];
    assert_eq!(string(&inner["request-id"]), answer.header("request-id"));
    assert_eq!(
        string(&inner["client-request-id"]),
        answer.header("client-request-id")
    );
    assert_eq!(string(&inner["date"]).len(), "2026-01-02T03:04:05".len());
}

#[tokio::test]
async fn a_revoked_session_is_a_claims_challenge_for_those_who_can_take_one() {
    let tenant = Tenant::start().await;
    let plain = tenant.access_token("ada@signet.example", SIGN_IN).await;
    let code = tenant
        .code(
            "ada@signet.example",
            &[("claims", CP1), ("prompt", "login")],
        )
        .await;
    let cp1 = string(&tenant.redeem(&code, &[]).await.json()["access_token"]);
    tenant
        .control(
            "POST",
            "/revoke",
            Some(json!({"user": "ada@signet.example"})),
        )
        .await;
    let answer = tenant.graph("GET", "/me", &plain, None).await;
    assert!(!answer.header("www-authenticate").contains("claims="));
    let answer = tenant.graph("GET", "/me", &cp1, None).await;
    assert_eq!(answer.status, 401);
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("error=\"insufficient_claims\""));
    let claims = challenge
        .split("claims=\"")
        .nth(1)
        .unwrap()
        .trim_end_matches('"');
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["access_token"]["nbf"]["essential"], true);
}

#[tokio::test]
async fn access_tokens_expire_by_the_movable_clock() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", SIGN_IN).await;
    tenant
        .control("POST", "/clock", Some(json!({"offset_seconds": 5500})))
        .await;
    let answer = tenant.graph("GET", "/me", &token, None).await;
    assert_eq!(
        (answer.status, &*answer.graph_code()),
        (401, "InvalidAuthenticationToken")
    );
}

#[tokio::test]
async fn a_batch_answers_each_request_in_its_own_right() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("grace@signet.example", SIGN_IN).await;
    // More than a map of headers can hold.
    let many: BTreeMap<String, String> = (0..33_000)
        .map(|index| (format!("x-{index}"), String::new()))
        .collect();
    let requests = json!({"requests": [
        {"id": "me", "method": "GET", "url": "/me?$select=displayName"},
        {"id": "photo", "method": "GET", "url": "/me/photo/$value"},
        {"id": "then", "method": "GET", "url": "/me", "dependsOn": ["photo"]},
        {"id": "nested", "method": "POST", "url": "/$batch", "body": {}, "headers": {"Content-Type": "application/json"}},
        {"id": "absolute", "method": "GET", "url": "https://graph.microsoft.com/v1.0/me"},
        {"id": "address in a query", "method": "GET", "url": "/me?$select=displayName&x=https://a.example"},
        {"id": "many headers", "method": "GET", "url": "/me", "headers": many},
    ]});
    let answer = tenant
        .graph("POST", "/$batch", &token, Some(requests))
        .await;
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    let statuses: BTreeMap<&str, u64> = answer["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|response| {
            (
                response["id"].as_str().unwrap(),
                response["status"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        statuses,
        BTreeMap::from([
            ("me", 200),
            ("photo", 404),
            ("then", 424),
            ("nested", 400),
            ("absolute", 400),
            ("address in a query", 200),
            ("many headers", 400)
        ])
    );
    assert_eq!(
        answer["responses"][0]["body"]["displayName"],
        "Grace Hopper"
    );
}

#[tokio::test]
async fn an_address_in_a_batch_begins_below_the_version() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", SIGN_IN).await;
    for (url, status) in [("/me", 200), ("/v1.0/me", 400), ("v1.0/me", 400)] {
        let requests = json!({"requests": [{"id": "1", "method": "GET", "url": url}]});
        let answer = tenant
            .graph("POST", "/$batch", &token, Some(requests))
            .await
            .json();
        assert_eq!(answer["responses"][0]["status"], status, "{url}");
    }
}

#[tokio::test]
async fn a_photo_in_a_batch_is_base64() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", SIGN_IN).await;
    let requests =
        json!({"requests": [{"id": "1", "method": "GET", "url": "me/photos/96x96/$value"}]});
    let answer = tenant
        .graph("POST", "/%24batch", &token, Some(requests))
        .await
        .json();
    let response = &answer["responses"][0];
    assert_eq!(response["headers"]["Content-Type"], "image/jpeg");
    let bytes = STANDARD.decode(string(&response["body"])).unwrap();
    assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 96);
}

/// Source: "Combine multiple HTTP requests using JSON batching", sequencing and
/// throttling.
#[tokio::test]
async fn an_item_waits_for_what_it_depends_on_and_may_be_throttled_alone() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", SIGN_IN).await;
    let fault = json!({"route": "photo", "answer": {
        "kind": "status", "status": 429, "code": "TooManyRequests", "retry_after": "2.128",
    }});
    tenant.control("POST", "/faults", Some(fault)).await;
    let requests = json!({"requests": [
        {"id": "last", "method": "GET", "url": "/me?$select=id", "dependsOn": ["first"]},
        {"id": "first", "method": "GET", "url": "/me/manager?$select=id"},
        {"id": "photo", "method": "GET", "url": "/me/photo/$value"},
    ]});
    let answer = tenant
        .graph("POST", "/$batch", &token, Some(requests))
        .await
        .json();
    let responses = answer["responses"].as_array().unwrap();
    let place = |id: &str| responses.iter().position(|one| one["id"] == id).unwrap();
    assert!(place("first") < place("last"));
    assert_eq!(responses[place("last")]["status"], 200);
    let photo = &responses[place("photo")];
    assert_eq!(
        (&photo["status"], &photo["headers"]["Retry-After"]),
        (&json!(429), &json!("2.128"))
    );
    assert_eq!(photo["body"]["error"]["code"], "TooManyRequests");
}

#[tokio::test]
async fn malformed_batches_are_refused_whole() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", SIGN_IN).await;
    let item = |id: usize| json!({"id": id.to_string(), "method": "GET", "url": "/me"});
    for requests in [
        json!({}),
        json!({"requests": []}),
        json!({"requests": (0..21).map(item).collect::<Vec<_>>()}),
        json!({"requests": [item(1), item(1)]}),
        json!({"requests": [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]}]}),
        json!({"requests": [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["1"]}]}),
        json!({"requests": [{"id": "", "method": "GET", "url": "/me"}]}),
        json!({"requests": [{"id": "1", "method": "PATCH", "url": "/me", "body": {"mobilePhone": "1"}}]}),
    ] {
        let answer = tenant
            .graph("POST", "/$batch", &token, Some(requests.clone()))
            .await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (400, "BadRequest"),
            "{requests}"
        );
    }
}
