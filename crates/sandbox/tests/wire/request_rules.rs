//! What an authorization request may say. Sources: "OAuth 2.0 authorization code
//! flow"; "OpenID Connect on the Microsoft identity platform"; "Redirect URI
//! best practices and limitations"; RFC 7636; RFC 9207.

use serde_json::json;

use crate::browser::{CP1, Tenant, WORK_TENANT};

pub const BROWSER_APP: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0005";
pub const SPA_REDIRECT: &str = "http://localhost:5001/spa";
const LOOPBACK: (&str, &str) = ("redirect_uri", "http://localhost:5001");

/// Source: "Microsoft Entra authentication and authorization error codes".
#[tokio::test]
async fn faults_of_a_request_have_their_codes() {
    let tenant = Tenant::start().await;
    let long = "a".repeat(9000);
    let spa = [("client_id", BROWSER_APP), ("redirect_uri", SPA_REDIRECT)];
    for (changes, error, code) in [
        (
            &[("login_hint", "ada@signet.example"), ("sid", "s")][..],
            "invalid_request",
            90005,
        ),
        (&[("claims", "{not json")], "invalid_request", 9_002_313),
        (&[("max_age", "soon")], "invalid_request", 9_002_313),
        (&[("prompt", "login consent")], "invalid_request", 90023),
        (&[("prompt", "admin_consent")], "invalid_request", 90023),
        (
            &[("resource", "https://graph.microsoft.com")],
            "invalid_request",
            901_002,
        ),
        (
            &[(
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
            )],
            "invalid_request",
            501_491,
        ),
        (
            &[("code_challenge_method", "S512")],
            "invalid_request",
            501_491,
        ),
        (
            &[("response_type", "id_token")],
            "unsupported_response_type",
            700_054,
        ),
        (
            &[("response_type", "id_token token")],
            "unsupported_response_type",
            700_051,
        ),
        (
            &[("scope", "https://graph.microsoft.com/.default Mail.Send")],
            "invalid_scope",
            70011,
        ),
        (
            &[("scope", "openid https://outlook.office.com/.default")],
            "invalid_resource",
            650_057,
        ),
        (
            &[
                spa[0],
                spa[1],
                ("code_challenge", ""),
                ("code_challenge_method", ""),
            ],
            "invalid_request",
            9_002_325,
        ),
        (
            &[spa[0], spa[1], ("response_type", "id_token"), ("nonce", "")],
            "invalid_request",
            900_144,
        ),
        (
            &[
                spa[0],
                spa[1],
                ("response_type", "id_token"),
                ("scope", "User.Read"),
            ],
            "invalid_scope",
            70011,
        ),
        (
            &[
                spa[0],
                spa[1],
                ("response_type", "id_token"),
                ("response_mode", "query"),
            ],
            "invalid_request",
            70007,
        ),
    ] {
        let answer = tenant.authorize("common", changes).await;
        assert_eq!(answer.status, 302, "{changes:?}");
        let redirect = answer.redirect();
        let start = format!("AADSTS{code}: ");
        assert_eq!(redirect["error"], error, "{changes:?}");
        assert!(
            redirect["error_description"].starts_with(&start),
            "{changes:?}"
        );
        assert!(redirect["error_uri"].ends_with(&format!("/error?code={code}")));
        assert_eq!(redirect["state"], "s 1&=+é");
    }
    let page = tenant.authorize("common", &[("x", &long)]).await;
    assert!(page.status == 400 && page.text().contains("AADSTS90015"));
    for character in ["!", "$", "'", "(", ")", ",", ";"] {
        let uri = format!("io.github.signetmail://auth{character}");
        let page = tenant.authorize("common", &[("redirect_uri", &uri)]).await;
        assert!(
            page.status == 400 && page.text().contains("AADSTS50011"),
            "{character}"
        );
    }
}

/// Source: RFC 6749 §4.1.2, `state`: "the exact value received from the client".
#[tokio::test]
async fn a_state_that_is_not_text_comes_back_byte_for_byte() {
    let tenant = Tenant::start().await;
    let path = |prompt: &str| {
        let query = crate::browser::encode(&[
            ("client_id", crate::browser::CLIENT_ID),
            ("response_type", "code"),
            LOOPBACK,
            ("scope", "openid User.Read"),
            ("prompt", prompt),
        ]);
        format!("/common/oauth2/v2.0/authorize?{query}&state=%ff%FEa+%00b")
    };
    let refused = tenant.browse("GET", &path("none"), &[]).await.address();
    assert!(refused.contains("&state=%ff%FEa+%00b#"), "{refused}");
    let page = tenant.browse("GET", &path("login"), &[]).await;
    let page = tenant.log_in(&page, "ada@signet.example", "signet").await;
    let answered = tenant.accept(&page).await.address();
    assert!(answered.contains("&state=%ff%FEa+%00b&"), "{answered}");
}

/// The parts of a description stand on lines of their own on a redirect.
#[tokio::test]
async fn a_description_names_trace_correlation_and_time() {
    let tenant = Tenant::start().await;
    let id = "0a0a0a0a-1111-4222-8333-444444444444";
    let changes = [("prompt", "none"), ("client-request-id", id)];
    let redirect = tenant.authorize("common", &changes).await.redirect();
    let description = &redirect["error_description"];
    let lines: Vec<&str> = description.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{description}");
    assert!(lines[1].starts_with("Trace ID: "));
    assert_eq!(lines[2], format!("Correlation ID: {id}"));
    assert!(lines[3].starts_with("Timestamp: ") && lines[3].ends_with('Z'));
}

#[tokio::test]
async fn unknown_parameters_and_both_pkce_methods_pass() {
    let tenant = Tenant::start().await;
    let verifier = crate::browser::VERIFIER;
    for changes in [
        &[
            ("x-client-SKU", "msal.js.node"),
            ("mkt", "de-DE"),
            ("claims", CP1),
        ][..],
        &[
            ("code_challenge", verifier),
            ("code_challenge_method", "plain"),
        ],
        &[("code_challenge", verifier), ("code_challenge_method", "")],
        &[("code_challenge", ""), ("code_challenge_method", "")],
        &[("login_hint", "nobody@nowhere.example")],
        &[("domain_hint", "nowhere.example"), ("max_age", "0")],
    ] {
        let page = tenant.authorize("common", changes).await;
        assert_eq!(page.status, 200, "{changes:?}");
    }
}

/// RFC 7636 §4.6: under `plain`, which is meant where no method is named, the
/// verifier is the challenge itself.
#[tokio::test]
async fn a_plain_challenge_is_its_own_verifier() {
    let tenant = Tenant::start().await;
    for method in ["plain", ""] {
        let changes = [
            ("prompt", "login"),
            ("code_challenge", crate::browser::VERIFIER),
            ("code_challenge_method", method),
        ];
        let code = tenant.code("ada@signet.example", &changes).await;
        let other = [("code_verifier", &*"x".repeat(43))];
        assert_eq!(tenant.redeem(&code, &other).await.refusal().1, 501_481);
        let redeemed = tenant.redeem(&code, &[]).await;
        assert_eq!(redeemed.status, 200, "{method}: {}", redeemed.text());
    }
}

/// What rides along with a code is what was asked to.
#[tokio::test]
async fn the_answer_carries_what_was_asked_for_and_no_more() {
    let tenant = Tenant::start().await;
    tenant.code("ada@signet.example", &[LOOPBACK]).await;
    let plain = tenant.authorize("common", &[LOOPBACK]).await.redirect();
    let mut names: Vec<&str> = plain.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "session_state", "state"]);
    // Clients must have room for it: live codes are about a kilobyte long.
    assert!((800..1200).contains(&plain["code"].len()));
    assert!(uuid(&plain["session_state"]));
    let all = [
        LOOPBACK,
        ("client_info", "1"),
        ("clidata", "1"),
        ("instance_aware", "true"),
    ];
    let rich = tenant.authorize("common", &all).await.redirect();
    assert_eq!(rich["clientdata"], "e|||microsoftonline.com|EU");
    assert_eq!(rich["cloud_instance_name"], "microsoftonline.com");
    assert_eq!(rich["cloud_graph_host_name"], "graph.windows.net");
    assert_eq!(rich["cloud_instance_host_name"], tenant.http.to_string());
    assert_eq!(rich["msgraph_host"], tenant.http.to_string());
    assert!(rich.contains_key("client_info"));
    assert_eq!(rich["session_state"], plain["session_state"]);
}

/// Source: RFC 9207 §2. The live service sends no `iss`; a switch adds it.
#[tokio::test]
async fn a_switch_adds_the_issuer() {
    let tenant = Tenant::start().await;
    tenant.code("ada@signet.example", &[LOOPBACK]).await;
    let switch = json!({"authorization_response_iss": true});
    tenant.control("POST", "/switches", Some(switch)).await;
    let answer = tenant.authorize("common", &[LOOPBACK]).await.redirect();
    assert_eq!(answer["iss"], tenant.url(&format!("/{WORK_TENANT}/v2.0")));
    let refused = [LOOPBACK, ("scope", "User.Fly")];
    let refused = tenant.authorize("common", &refused).await.redirect();
    assert_eq!(refused["iss"], tenant.url("/{tenantid}/v2.0"));
}

/// A person has the switch as soon as it is known who signs in.
#[tokio::test]
async fn a_switch_adds_the_issuer_for_one_person() {
    let tenant = Tenant::start().await;
    let switch = json!({"person": "ada@signet.example", "authorization_response_iss": true});
    tenant.control("POST", "/switches", Some(switch)).await;
    for (user, has) in [
        ("ada@signet.example", true),
        ("grace@signet.example", false),
    ] {
        tenant.code(user, &[LOOPBACK, ("prompt", "login")]).await;
        let hint = [LOOPBACK, ("login_hint", user)];
        let answer = tenant.authorize("common", &hint).await.redirect();
        assert_eq!(answer.contains_key("iss"), has, "{user}");
        let silent = [
            hint[0],
            hint[1],
            ("prompt", "none"),
            ("scope", "Notes.Read"),
        ];
        let refused = tenant.authorize("common", &silent).await.redirect();
        assert_eq!(refused["error"], "consent_required");
        assert_eq!(refused.contains_key("iss"), has, "{user}");
    }
}

/// `sid` names one account of several, a domain hint leaves one over, and a
/// `max_age` asks for the password again.
#[tokio::test]
async fn hints_choose_among_sessions() {
    let tenant = Tenant::start().await;
    let mut sids = Vec::new();
    for user in ["ada@signet.example", "noor@outlook.example"] {
        tenant.code(user, &[LOOPBACK, ("prompt", "login")]).await;
        let hint = [LOOPBACK, ("login_hint", user)];
        let answer = tenant.authorize("common", &hint).await.redirect();
        sids.push(answer["session_state"].clone());
    }
    let silent = [LOOPBACK, ("prompt", "none")];
    let unclear = tenant.authorize("common", &silent).await.redirect();
    assert!(unclear["error_description"].starts_with("AADSTS16000:"));
    for (name, value, expected) in [
        ("sid", &*sids[0], Ok(&sids[0])),
        ("sid", &*sids[1], Ok(&sids[1])),
        ("sid", "somebody else's", Err("AADSTS50058:")),
        ("domain_hint", "consumers", Ok(&sids[1])),
        ("domain_hint", "organizations", Ok(&sids[0])),
        ("domain_hint", "signet.example", Ok(&sids[0])),
        ("login_hint", "noor@outlook.example", Ok(&sids[1])),
        ("login_hint", "grace@signet.example", Err("AADSTS50058:")),
    ] {
        let changes = [silent[0], silent[1], (name, value)];
        let answer = tenant.authorize("common", &changes).await.redirect();
        match expected {
            Ok(sid) => assert_eq!(&answer["session_state"], sid, "{name}={value}"),
            Err(code) => assert!(
                answer["error_description"].starts_with(code),
                "{name}={value}"
            ),
        }
    }
    let clock = json!({"offset_seconds": 120});
    tenant.control("POST", "/clock", Some(clock)).await;
    for (max_age, expected) in [("60", "login_required"), ("600", "")] {
        let changes = [
            silent[0],
            silent[1],
            ("sid", &*sids[0]),
            ("max_age", max_age),
        ];
        let answer = tenant.authorize("common", &changes).await.redirect();
        assert_eq!(answer.get("error").map_or("", String::as_str), expected);
    }
    let page = tenant
        .authorize("common", &[LOOPBACK, ("sid", &*sids[0]), ("max_age", "60")])
        .await;
    assert!(page.title().starts_with("Enter password"));
}

fn uuid(text: &str) -> bool {
    text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}
