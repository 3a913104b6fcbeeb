//! The front page's forms: who may use them, and what they do. Sources: Fetch,
//! "origin" header; "Cross-Site Request Forgery Prevention" (OWASP).

use std::net::{Ipv4Addr, SocketAddr};

use sandbox::{Settings, start};
use serde_json::json;

use crate::browser::{Answer, Tenant, between, encode};

/// The key that the page's forms carry.
fn key(page: &str) -> String {
    between(page, "name=\"key\" value=\"", "\"").expect("a form with a key")
}

async fn post(tenant: &Tenant, path: &str, from: &[(&str, &str)], form: &[(&str, &str)]) -> Answer {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend_from_slice(from);
    tenant
        .send(
            "POST",
            &tenant.url(path),
            &headers,
            encode(form).into_bytes(),
        )
        .await
}

/// The day that the sandbox's clock shows.
async fn today(tenant: &Tenant) -> String {
    let still = json!({"advance_seconds": 0});
    let clock = tenant.control("POST", "/clock", Some(still)).await.json();
    let (day, _) = clock["now"].as_str().unwrap().split_once('T').unwrap();
    day.to_owned()
}

#[tokio::test]
async fn only_the_page_itself_can_post_its_forms() {
    let tenant = Tenant::start().await;
    let key = key(&tenant.get("/").await.text());
    let origin = tenant.url("");
    let other = format!("http://localhost:{}", tenant.http.port());
    for (from, key, expected) in [
        (vec![("origin", origin.as_str())], key.as_str(), 303),
        (vec![("sec-fetch-site", "same-origin")], &key, 303),
        (
            vec![("origin", &origin), ("sec-fetch-site", "same-origin")],
            &key,
            303,
        ),
        (vec![], &key, 403),
        (vec![("origin", "http://evil.example")], &key, 403),
        (vec![("origin", "null")], &key, 403),
        (vec![("origin", &other)], &key, 403),
        (
            vec![("origin", &origin), ("sec-fetch-site", "cross-site")],
            &key,
            403,
        ),
        (vec![("sec-fetch-site", "same-site")], &key, 403),
        (vec![("origin", &origin)], "", 403),
        (vec![("origin", &origin)], "0123456789", 403),
    ] {
        for path in [
            "/desk/faults/forget",
            "/desk/switches",
            "/desk/switches/forget",
        ] {
            let answer = post(&tenant, path, &from, &[("key", key)]).await;
            assert_eq!(answer.status, expected, "{path} {from:?} {key}");
        }
    }
}

#[tokio::test]
async fn without_the_control_api_there_are_no_forms() {
    let settings = Settings {
        http: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        ..Settings::default()
    };
    let running = start(&settings).await.unwrap();
    let http = running.http.unwrap();
    let tenant = Tenant::at(http, http);
    let page = tenant.get("/").await.text();
    assert!(!page.contains("<form") && page.contains("--control"));
    let origin = tenant.url("");
    let answer = post(
        &tenant,
        "/desk/reset",
        &[("origin", &origin)],
        &[("key", "")],
    )
    .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_fault_can_be_added_and_forgotten() {
    let tenant = Tenant::start().await;
    let key = key(&tenant.get("/").await.text());
    let origin = tenant.url("");
    let from = [("origin", origin.as_str())];
    for (answer, count, expected) in [("429", "2", 303), ("429", "often", 400), ("418", "1", 400)] {
        let form = [
            ("key", key.as_str()),
            ("route", "me"),
            ("answer", answer),
            ("count", count),
        ];
        let answer = post(&tenant, "/desk/faults", &from, &form).await;
        assert_eq!(answer.status, expected, "{form:?}");
    }
    let refused = tenant.graph("GET", "/me", "none", None).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "5"));
    assert!(tenant.get("/").await.text().contains("<b>me</b> 1 ×"));
    post(&tenant, "/desk/faults/forget", &from, &[("key", &key)]).await;
    assert_eq!(tenant.graph("GET", "/me", "none", None).await.status, 401);
}

#[tokio::test]
async fn a_fault_can_be_for_one_person_for_later_and_by_chance() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", "User.Read").await;
    let page = tenant.get("/").await.text();
    for name in ["whom", "skip", "permille"] {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name}");
    }
    let key = key(&page);
    let origin = tenant.url("");
    let from = [("origin", origin.as_str())];
    for (whom, skip, permille, expected) in [
        ("ada@signet.example", "1", "1000", 303),
        ("", "", "", 303),
        ("nobody@signet.example", "0", "1000", 400),
        ("", "some", "1000", 400),
        ("", "0", "1001", 400),
        ("", "0", "-1", 400),
    ] {
        let route = if whom.is_empty() { "photo" } else { "me" };
        let form = [
            ("key", key.as_str()),
            ("route", route),
            ("answer", "503"),
            ("count", "1"),
            ("whom", whom),
            ("skip", skip),
            ("permille", permille),
        ];
        let answer = post(&tenant, "/desk/faults", &from, &form).await;
        assert_eq!(answer.status, expected, "{form:?}");
    }
    let page = tenant.get("/").await.text();
    assert!(page.contains("for ada@signet.example after 1 others"));
    for (token, expected) in [("none", 401), (&token, 200), (&token, 503), (&token, 200)] {
        assert_eq!(
            tenant.graph("GET", "/me", token, None).await.status,
            expected
        );
    }
    let form = [
        ("key", key.as_str()),
        ("route", "me"),
        ("answer", "503"),
        ("count", "1"),
        ("permille", "0"),
    ];
    post(&tenant, "/desk/faults", &from, &form).await;
    assert_eq!(tenant.graph("GET", "/me", &token, None).await.status, 200);
    assert!(
        tenant
            .get("/")
            .await
            .text()
            .contains("with 0 in a thousand")
    );
}

#[tokio::test]
async fn switches_are_set_for_everybody_or_for_one() {
    let tenant = Tenant::start().await;
    let key = key(&tenant.get("/").await.text());
    let origin = tenant.url("");
    let from = [("origin", origin.as_str())];
    for (person, name, value, expected) in [
        ("", "mailbox", "full", 303),
        ("ada@signet.example", "recipients_max", "7", 303),
        ("nobody@signet.example", "mailbox", "full", 400),
        ("", "mailbox", "gone", 400),
        ("", "recipients_max", "many", 400),
    ] {
        let form = [("key", key.as_str()), ("person", person), (name, value)];
        let answer = post(&tenant, "/desk/switches", &from, &form).await;
        assert_eq!(answer.status, expected, "{form:?}");
    }
    let set = tenant.control("GET", "/switches", None).await.json();
    assert_eq!(set["switches"]["mailbox"], "full");
    assert_eq!(
        set["people"],
        json!({"ada@signet.example": {"recipients_max": 7}})
    );
    post(&tenant, "/desk/switches/forget", &from, &[("key", &key)]).await;
    let set = tenant.control("GET", "/switches", None).await.json();
    assert_eq!(set["switches"]["mailbox"], "normal");
}

#[tokio::test]
async fn the_page_shows_people_sign_ins_and_requests() {
    let tenant = Tenant::start().await;
    tenant.access_token("ada@signet.example", "User.Read").await;
    let page = tenant.get("/").await.text();
    let part = |id: &str| between(&page, &format!("<section id=\"{id}\""), "</section>").unwrap();
    assert!(part("people").contains("href=\"/mailbox/ada@signet.example\""));
    assert!(part("sign-ins").contains("ada@signet.example"));
    assert!(part("requests").contains("POST /common/oauth2/v2.0/token"));
    let minutes = [("key", key(&page)), ("minutes", "1440".to_owned())];
    let form: Vec<_> = minutes
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let origin = tenant.url("");
    let before = today(&tenant).await;
    let moved = post(&tenant, "/desk/clock", &[("origin", &origin)], &form).await;
    assert_eq!(moved.header("location"), "/#clock");
    assert_ne!(today(&tenant).await, before, "a day has passed");
    let form = [("key", form[0].1)];
    post(&tenant, "/desk/reset", &[("origin", &origin)], &form).await;
    assert!(
        tenant
            .get("/")
            .await
            .text()
            .contains("Nobody has signed in yet")
    );
}
