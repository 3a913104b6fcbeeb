//! Oneself, colleagues and one's settings. Sources: Graph v1.0 reference, "Get
//! user", "Update user", "List users", "List manager", "List directReports",
//! "Get profilePhoto", "List people", "Get presence", "Get user mailbox
//! settings", "outlookCategory resource type", "user: getMailTips"; "Advanced
//! query capabilities on Microsoft Entra ID objects".

use serde_json::{Value, json};

use crate::browser::{Answer, SIGN_IN, Tenant, string};

pub const ADA: &str = "ada@signet.example";
pub const NOOR: &str = "noor@outlook.example";

/// A path and the status and code it is answered with; no code for success.
pub type Case<'a> = (&'a str, u16, &'a str);

pub async fn check(tenant: &Tenant, token: &str, cases: &[Case<'_>]) {
    for (path, status, code) in cases {
        let answer = tenant.graph("GET", path, token, None).await;
        let found = if answer.status < 400 {
            String::new()
        } else {
            answer.graph_code()
        };
        assert_eq!((answer.status, &*found), (*status, *code), "{path}");
    }
}

async fn names(tenant: &Tenant, token: &str, path: &str) -> Vec<String> {
    list(&tenant.graph("GET", path, token, None).await.json())
}

pub fn list(answer: &Value) -> Vec<String> {
    let items = answer["value"].as_array().expect("a list");
    items
        .iter()
        .map(|item| string(&item["displayName"]))
        .collect()
}

/// A request with `ConsistencyLevel: eventual`.
async fn eventual(tenant: &Tenant, token: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("consistencylevel", "eventual"),
    ];
    let url = tenant.url(&format!("/v1.0{path}"));
    tenant.send("GET", &url, &headers, Vec::new()).await
}

#[tokio::test]
async fn any_property_of_a_user_can_be_selected_and_no_other() {
    let tenant = Tenant::start().await;
    let ada = tenant.access_token(ADA, SIGN_IN).await;
    let me = tenant
        .graph(
            "GET",
            "/me?$select=id,Department,aboutMe,employeeId",
            &ada,
            None,
        )
        .await
        .json();
    assert_eq!(me["department"], "Engine Research");
    assert_eq!(
        (&me["aboutMe"], &me["employeeId"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        string(&me["@odata.context"]).ends_with("#users(id,department,aboutMe,employeeId)/$entity")
    );
    check(
        &tenant,
        &ada,
        &[
            ("/me?$select=shoeSize", 400, "BadRequest"),
            ("/me?$select=id&$select=mail", 400, "BadRequest"),
            ("/me?$filter=id eq '1'", 400, "Request_UnsupportedQuery"),
            ("/me?$levels=2", 400, "Request_UnsupportedQuery"),
            ("/me?$expand=memberOf", 400, "BadRequest"),
            ("/me?$expand=department", 400, "BadRequest"),
            ("/me?select=id", 200, ""),
            ("/me?own=parameter", 200, ""),
            ("/ME", 200, ""),
            ("/me/nonsense", 400, "BadRequest"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_manager_comes_by_expand_too() {
    let tenant = Tenant::start().await;
    let ada = tenant.access_token(ADA, SIGN_IN).await;
    let path = "/me?$select=id&$expand=manager($select=displayName)";
    let me = tenant.graph("GET", path, &ada, None).await.json();
    assert_eq!(me["manager"]["displayName"], "Grace Hopper");
    assert!(me["manager"].get("jobTitle").is_none());
    let switch = json!({"manager_needs_admin": true});
    tenant.control("POST", "/switches", Some(switch)).await;
    check(
        &tenant,
        &ada,
        &[
            (path, 403, "Authorization_RequestDenied"),
            ("/me/manager", 403, "Authorization_RequestDenied"),
        ],
    )
    .await;
}

#[tokio::test]
async fn one_changes_what_is_ones_own_and_nothing_else() {
    let tenant = Tenant::start().await;
    let reader = tenant.access_token(ADA, SIGN_IN).await;
    let token = tenant.access_token(ADA, "User.ReadWrite").await;
    for (body, status, code) in [
        (json!({"mobilePhone": "+44 7700 900001"}), 204, ""),
        (json!({"aboutMe": "I count.", "skills": ["notes"]}), 204, ""),
        (
            json!({"jobTitle": "Countess"}),
            403,
            "Authorization_RequestDenied",
        ),
        (
            json!({"mobilePhone": "1", "aboutMe": "x"}),
            400,
            "Request_BadRequest",
        ),
        (json!({"shoeSize": 40}), 400, "Request_BadRequest"),
        (json!({"mobilePhone": 40}), 400, "Request_BadRequest"),
    ] {
        let answer = tenant
            .graph("PATCH", "/me", &token, Some(body.clone()))
            .await;
        let found = if answer.bytes.is_empty() {
            String::new()
        } else {
            answer.graph_code()
        };
        assert_eq!((answer.status, &*found), (status, code), "{body}");
    }
    let me = tenant
        .graph(
            "GET",
            "/me?$select=mobilePhone,aboutMe,skills",
            &token,
            None,
        )
        .await
        .json();
    assert_eq!(
        (&me["mobilePhone"], &me["aboutMe"], &me["skills"]),
        (
            &json!("+44 7700 900001"),
            &json!("I count."),
            &json!(["notes"])
        )
    );
    let answer = tenant
        .graph("PATCH", "/me", &reader, Some(json!({"mobilePhone": "1"})))
        .await;
    assert_eq!(
        (answer.status, &*answer.graph_code()),
        (403, "Authorization_RequestDenied")
    );
}

#[tokio::test]
async fn others_are_read_as_far_as_the_scope_goes() {
    let tenant = Tenant::start().await;
    let own = tenant.access_token(ADA, SIGN_IN).await;
    let basic = tenant.access_token(ADA, "User.ReadBasic.All").await;
    let grace = tenant
        .graph("GET", "/users/grace%40signet.example", &basic, None)
        .await
        .json();
    assert_eq!(
        (&grace["displayName"], &grace["jobTitle"]),
        (&json!("Grace Hopper"), &Value::Null)
    );
    // The photo is read at a path of its own, and nobody here has a security
    // identifier, as accounts of the cloud alone have none that matters.
    let known: Vec<&String> = grace
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, value)| !name.starts_with('@') && !value.is_null() && *value != &json!([]))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        known,
        [
            "displayName",
            "givenName",
            "id",
            "mail",
            "surname",
            "userPrincipalName"
        ]
    );
    check(
        &tenant,
        &own,
        &[
            ("/users/ada@signet.example", 200, ""),
            ("/users('ADA@signet.example')", 200, ""),
            (
                "/users/grace@signet.example",
                403,
                "Authorization_RequestDenied",
            ),
            ("/users", 403, "Authorization_RequestDenied"),
        ],
    )
    .await;
    check(
        &tenant,
        &basic,
        &[
            ("/users/alan@signet.example/photo/$value", 200, ""),
            (
                "/users/nobody@signet.example",
                404,
                "Request_ResourceNotFound",
            ),
            (
                "/users/grace@signet.example/manager",
                403,
                "Authorization_RequestDenied",
            ),
        ],
    )
    .await;
    let signed_in = tenant.access_token(NOOR, SIGN_IN).await;
    check(
        &tenant,
        &signed_in,
        &[
            ("/me/manager", 404, "Request_ResourceNotFound"),
            ("/me/directReports", 404, "Request_ResourceNotFound"),
        ],
    )
    .await;
    let noor = tenant.access_token(NOOR, "User.ReadBasic.All").await;
    check(
        &tenant,
        &noor,
        &[
            ("/users/noor@outlook.example", 200, ""),
            (
                "/users/mo@studio.example",
                403,
                "Authorization_RequestDenied",
            ),
            ("/users", 403, "Authorization_RequestDenied"),
        ],
    )
    .await;
}

#[tokio::test]
async fn reports_are_those_who_have_one_as_manager() {
    let tenant = Tenant::start().await;
    let ada = tenant.access_token(ADA, SIGN_IN).await;
    assert_eq!(
        names(&tenant, &ada, "/me/directReports").await,
        ["Alan Turing"]
    );
    let some = tenant
        .graph("GET", "/me/directReports?$select=mail", &ada, None)
        .await
        .json();
    assert_eq!(some["value"][0]["@odata.type"], "#microsoft.graph.user");
    assert!(some["value"][0].get("displayName").is_none());
}

#[tokio::test]
async fn colleagues_are_listed_by_pages_and_conditions() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "User.ReadBasic.All").await;
    let first = tenant
        .graph("GET", "/users?$top=2&$select=displayName", &token, None)
        .await
        .json();
    assert_eq!(list(&first).len(), 2);
    let next = string(&first["@odata.nextLink"]);
    assert!(next.contains("$skiptoken="), "{next}");
    let path = next.split("/v1.0").nth(1).unwrap();
    let second = names(&tenant, &token, path).await;
    assert!(!second.contains(&list(&first)[0]));
    for (filter, expected) in [
        ("startswith(displayName,'Ada')", vec!["Ada Lovelace-Núñez"]),
        ("mail eq 'GRACE@signet.example'", vec!["Grace Hopper"]),
        (
            "surname in ('Turing','Hopper')",
            vec!["Alan Turing", "Grace Hopper"],
        ),
    ] {
        let path = format!("/users?$filter={filter}");
        assert_eq!(names(&tenant, &token, &path).await, expected, "{filter}");
    }
    check(
        &tenant,
        &token,
        &[
            (
                "/users?$filter=contains(displayName,'a')",
                400,
                "Request_UnsupportedQuery",
            ),
            (
                "/users?$filter=endswith(mail,'x')",
                400,
                "Request_UnsupportedQuery",
            ),
            (
                "/users?$filter=mail ne 'x'",
                400,
                "Request_UnsupportedQuery",
            ),
            (
                "/users?$filter=aboutMe eq 'x'",
                400,
                "Request_UnsupportedQuery",
            ),
            ("/users?$filter=displayName eq", 400, "BadRequest"),
            ("/users?$top=1000", 400, "Request_UnsupportedQuery"),
            ("/users?$top=0", 400, "Request_UnsupportedQuery"),
            ("/users?$top=x", 400, "BadRequest"),
            ("/users?$skip=1", 400, "Request_UnsupportedQuery"),
            ("/users?$count=true", 400, "Request_UnsupportedQuery"),
            (
                "/users?$search=\"displayName:ada\"",
                400,
                "Request_UnsupportedQuery",
            ),
            ("/users?$skiptoken=abc", 400, "Directory_ExpiredPageToken"),
        ],
    )
    .await;
}

#[tokio::test]
async fn advanced_queries_want_their_header() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "User.ReadBasic.All").await;
    for (query, expected) in [
        ("$search=\"displayName:ada\"", vec!["Ada Lovelace-Núñez"]),
        (
            "$search=\"displayName:love ada\"",
            vec!["Ada Lovelace-Núñez"],
        ),
        ("$search=\"displayName:lan tur\"", vec![]),
        (
            "$search=\"displayName:ada\" OR \"mail:grace\"",
            vec!["Ada Lovelace-Núñez", "Grace Hopper"],
        ),
        ("$search=\"displayName:ada\" AND \"mail:grace\"", vec![]),
        (
            "$count=true&$filter=endswith(mail,'grace@signet.example')",
            vec!["Grace Hopper"],
        ),
    ] {
        let answer = eventual(&tenant, &token, &format!("/users?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert_eq!(list(&answer.json()), expected, "{query}");
    }
    for query in [
        "$search=ada",
        "$search=\"jobTitle:x\"",
        "$search=\"displayName:a\" and \"mail:b\"",
    ] {
        let answer = eventual(&tenant, &token, &format!("/users?{query}")).await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (400, "Request_UnsupportedQuery"),
            "{query}"
        );
    }
    let counted = eventual(&tenant, &token, "/users?$count=true&$top=1")
        .await
        .json();
    let count = eventual(&tenant, &token, "/users/$count").await;
    assert_eq!(count.header("content-type"), "text/plain");
    assert_eq!(counted["@odata.count"].to_string(), count.text());
}

#[tokio::test]
async fn people_come_by_relevance_ten_at_a_time() {
    let tenant = Tenant::start().await;
    let reader = tenant.access_token("grace@signet.example", SIGN_IN).await;
    let token = tenant.access_token(ADA, "People.Read").await;
    let first = tenant.graph("GET", "/me/people", &token, None).await.json();
    assert_eq!(list(&first).len(), 10);
    assert_eq!(
        first["value"][0]["personType"],
        json!({"class": "Person", "subclass": "OrganizationUser"})
    );
    let scores: Vec<f64> = first["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            one["scoredEmailAddresses"][0]["relevanceScore"]
                .as_f64()
                .unwrap()
        })
        .collect();
    assert!(
        scores.is_sorted_by(|left, right| left >= right),
        "{scores:?}"
    );
    let near: Vec<String> = list(&first).into_iter().take(2).collect();
    assert_eq!(near, ["Grace Hopper", "Alan Turing"]);
    assert!(string(&first["@odata.nextLink"]).contains("$skip=10"));
    for (query, expected) in [
        ("$search=\"grcae\"&$top=1", vec!["Grace Hopper"]),
        (
            "$search=engine&$filter=personType/class eq 'Group'",
            vec!["Engine Research"],
        ),
        (
            "$filter=scoredEmailAddresses/any(a: a/address eq 'grace@signet.example')",
            vec!["Grace Hopper"],
        ),
    ] {
        assert_eq!(
            names(&tenant, &token, &format!("/me/people?{query}")).await,
            expected,
            "{query}"
        );
    }
    for (direction, ascends) in [("asc", true), ("desc", false)] {
        let path = format!("/me/people?$orderby=displayName {direction}");
        let found = names(&tenant, &token, &path).await;
        assert_eq!(found.is_sorted(), ascends, "{found:?}");
        assert_eq!(found.is_sorted_by(|left, right| left >= right), !ascends);
    }
    check(
        &tenant,
        &token,
        &[
            (
                "/me/people?$search=grace&$skip=1",
                400,
                "ErrorInvalidUrlQuery",
            ),
            ("/me/people?$expand=x", 400, "ErrorInvalidUrlQuery"),
            ("/me", 403, "Authorization_RequestDenied"),
        ],
    )
    .await;
    let noor = tenant.access_token(NOOR, "People.Read").await;
    assert_eq!(
        names(&tenant, &noor, "/me/people").await,
        Vec::<String>::new()
    );
    check(
        &tenant,
        &reader,
        &[("/me/people", 403, "ErrorAccessDenied")],
    )
    .await;
}

#[tokio::test]
async fn methods_and_media_types_that_are_not_served_are_refused() {
    let tenant = Tenant::start().await;
    let token = tenant
        .access_token(ADA, "User.ReadWrite MailboxSettings.ReadWrite")
        .await;
    for (method, path) in [
        ("DELETE", "/me"),
        ("POST", "/me/photo"),
        ("PUT", "/me/mailboxSettings"),
        ("GET", "/me/getMailTips"),
        ("POST", "/me/manager"),
    ] {
        let answer = tenant.graph(method, path, &token, None).await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (405, "Request_BadRequest"),
            "{method} {path}"
        );
    }
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let url = tenant.url("/v1.0/me");
    let answer = tenant.send("PATCH", &url, &headers, b"{}".to_vec()).await;
    assert_eq!(answer.status, 415);
    let answer = tenant.graph("PATCH", "/me", &token, Some(json!([1]))).await;
    assert_eq!((answer.status, &*answer.graph_code()), (400, "BadRequest"));
}

#[tokio::test]
async fn accounts_without_a_licence_have_no_sharepoint() {
    let tenant = Tenant::start().await;
    let token = tenant
        .access_token("no-mailbox@signet.example", SIGN_IN)
        .await;
    check(
        &tenant,
        &token,
        &[
            ("/me", 200, ""),
            ("/me?$select=displayName,skills", 404, "ResourceNotFound"),
        ],
    )
    .await;
}

/// Source: "Best practices for working with Microsoft Graph".
#[tokio::test]
async fn an_answer_gives_the_clients_id_back_and_says_who_answered() {
    const OWN: &str = "7b0a3f4e-0000-4000-8000-00000000c11e";
    let tenant = Tenant::start().await;
    let bearer = format!("Bearer {}", tenant.access_token(ADA, SIGN_IN).await);
    let headers = [
        ("authorization", bearer.as_str()),
        ("client-request-id", OWN),
    ];
    for path in ["/v1.0/me", "/v1.0/nowhere"] {
        let answer = tenant
            .send("GET", &tenant.url(path), &headers, Vec::new())
            .await;
        assert_eq!(answer.header("client-request-id"), OWN, "{path}");
        assert_eq!(answer.header("request-id").len(), OWN.len(), "{path}");
        assert!(answer.header("date").ends_with(" GMT"), "{path}");
        assert!(
            answer.header("x-ms-ags-diagnostic").contains("ServerInfo"),
            "{path}"
        );
    }
}

/// RFC 9110 §12.5.1 and §15.5.7.
#[tokio::test]
async fn a_client_that_takes_no_json_is_told_so() {
    let tenant = Tenant::start().await;
    let bearer = format!("Bearer {}", tenant.access_token(ADA, SIGN_IN).await);
    for (path, accept, status) in [
        ("/me", "text/html", 406),
        ("/me", "application/json;q=0, text/html", 406),
        ("/me", "text/html, */*;q=0.1", 200),
        ("/me", "application/json;odata.metadata=minimal", 200),
        ("/me", "Application/*", 200),
        ("/me/photo/$value", "image/jpeg", 200),
    ] {
        let headers = [("authorization", bearer.as_str()), ("accept", accept)];
        let url = tenant.url(&format!("/v1.0{path}"));
        let answer = tenant.send("GET", &url, &headers, Vec::new()).await;
        assert_eq!(answer.status, status, "{path} {accept}");
    }
}
