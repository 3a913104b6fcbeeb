//! Every AADSTS code a desktop app meets, asked for as a fault. Sources:
//! "Microsoft Entra authentication and authorization error codes" (codes and
//! names), "Handle errors and exceptions in MSAL" (suberrors), recordings of the
//! live service (which `error` goes with which code).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::browser::{CLIENT_ID, Tenant, encode, string};

const GRANT: &str = "invalid_grant";
const REQUEST: &str = "invalid_request";
const BUSY: &str = "temporarily_unavailable";

/// Code, error, suberror, status, whether claims come with it.
#[rustfmt::skip]
const EXPECTED: &[(u64, &str, Option<&str>, u16, bool)] = &[
    (50011, REQUEST, None, 400, false),
    (700_016, "unauthorized_client", None, 400, false),
    (7_000_218, "invalid_client", None, 401, false),
    (7_000_215, "invalid_client", None, 401, false),
    (700_025, "invalid_client", None, 401, false),
    (50194, "invalid_request", None, 400, false),
    (90002, "invalid_tenant", None, 400, false),
    (50020, GRANT, None, 400, false),
    (50034, GRANT, Some("bad_token"), 400, false),
    (50126, GRANT, None, 400, false),
    (50053, GRANT, None, 400, false),
    (50055, GRANT, Some("user_password_expired"), 400, false),
    (50057, GRANT, None, 400, false),
    (50058, "login_required", None, 400, false),
    (50059, REQUEST, None, 400, false),
    (50072, GRANT, Some("basic_action"), 400, true),
    (50074, GRANT, Some("basic_action"), 400, true),
    (50076, GRANT, Some("basic_action"), 400, true),
    (50078, GRANT, Some("basic_action"), 400, true),
    (50079, GRANT, Some("basic_action"), 400, true),
    (50097, GRANT, Some("device_authentication_failed"), 400, true),
    (50129, GRANT, Some("additional_action"), 400, false),
    (53000, GRANT, Some("additional_action"), 400, true),
    (53001, GRANT, Some("additional_action"), 400, true),
    (53003, GRANT, Some("message_only"), 400, true),
    (53005, "unauthorized_client", Some("protection_policy_required"), 400, false),
    (530_032, GRANT, Some("message_only"), 400, false),
    (530_035, GRANT, Some("message_only"), 400, false),
    (50105, GRANT, None, 400, false),
    (50132, GRANT, None, 400, false),
    (50133, GRANT, None, 400, false),
    (50173, GRANT, Some("bad_token"), 400, false),
    (700_081, GRANT, None, 400, false),
    (700_082, GRANT, Some("token_expired"), 400, false),
    (70008, GRANT, None, 400, false),
    (700_084, GRANT, None, 400, false),
    (50140, "interaction_required", None, 400, false),
    (50158, GRANT, Some("basic_action"), 400, true),
    (50196, GRANT, None, 400, false),
    (50199, "interaction_required", None, 400, false),
    (54005, GRANT, None, 400, false),
    (65001, GRANT, Some("consent_required"), 400, false),
    (65004, "access_denied", None, 400, false),
    (65004, "authorization_declined", None, 400, false),
    (650_057, "invalid_resource", None, 400, false),
    (70011, "invalid_scope", None, 400, false),
    (28000, REQUEST, None, 400, false),
    (700_022, REQUEST, None, 400, false),
    (70016, "authorization_pending", None, 400, false),
    (70016, "slow_down", None, 400, false),
    (70018, "bad_verification_code", None, 400, false),
    (70019, "expired_token", None, 400, false),
    (70020, "expired_token", None, 400, false),
    (70043, GRANT, Some("token_expired"), 400, false),
    (70044, GRANT, Some("token_expired"), 400, false),
    (70000, GRANT, None, 400, false),
    (70000, GRANT, Some("client_mismatch"), 400, false),
    (501_481, GRANT, None, 400, false),
    (700_005, GRANT, None, 400, false),
    (90006, BUSY, None, 503, false),
    (90012, BUSY, None, 504, false),
    (90024, BUSY, None, 503, false),
    (90033, BUSY, None, 503, false),
    (90055, BUSY, None, 429, false),
    (50033, BUSY, None, 503, false),
    (500_011, "invalid_resource", None, 400, false),
    (70007, REQUEST, None, 400, false),
    (50049, "invalid_instance", None, 400, false),
    (90015, REQUEST, None, 400, false),
    (90023, REQUEST, None, 400, false),
    (90005, REQUEST, None, 400, false),
    (70005, "unsupported_response_type", None, 400, false),
    (700_054, "unsupported_response_type", None, 400, false),
    (700_051, "unsupported_response_type", None, 400, false),
    (9_002_325, REQUEST, None, 400, false),
    (501_491, REQUEST, None, 400, false),
    (70003, "unsupported_grant_type", None, 400, false),
    (500_121, GRANT, None, 400, false),
    (70043, "login_required", None, 400, false),
    (65004, "permission_denied", None, 400, false),
    (9_002_332, "invalid_request", None, 400, false),
    (9_002_331, "invalid_request", None, 400, false),
    (50136, "interaction_required", None, 400, false),
    (500_208, REQUEST, None, 400, false),
    (900_561, REQUEST, None, 400, false),
    (90094, "access_denied", None, 400, false),
    (90095, "access_denied", None, 400, false),
    (900_144, REQUEST, None, 400, false),
    (9_000_411, REQUEST, None, 400, false),
    (9_002_313, REQUEST, None, 400, false),
    (90014, REQUEST, None, 400, false),
    (16000, "interaction_required", None, 400, false),
    (900_439, "invalid_request", None, 400, false),
    (90038, REQUEST, None, 400, false),
    (901_002, REQUEST, None, 400, false),
    (9_001_023, REQUEST, None, 400, false),
    (9_002_326, REQUEST, None, 400, false),
    (9_002_327, REQUEST, None, 400, false),
];

#[tokio::test]
async fn every_code_of_the_table_can_be_had_and_says_what_it_is() {
    let tenant = Tenant::start().await;
    for &(code, error, suberror, status, claims) in EXPECTED {
        let answer = json!({"kind": "aadsts", "code": code, "error": error, "suberror": suberror});
        let fault = json!({"route": "token", "answer": answer});
        assert_eq!(
            tenant.control("POST", "/faults", Some(fault)).await.status,
            200
        );
        let answer = tenant.redeem("any", &[]).await;
        assert_eq!(answer.refusal(), (error.to_owned(), code));
        assert_eq!(answer.status, status, "{code}");
        let body = answer.json();
        assert_eq!(body.get("suberror").and_then(Value::as_str), suberror);
        let demanded = body.get("claims").map(|claims| {
            let text = string(claims);
            serde_json::from_str::<Value>(&text).unwrap()["access_token"].is_object()
        });
        assert_eq!(demanded, claims.then_some(true), "{code}");
        let link = format!("https://login.microsoftonline.com/error?code={code}");
        assert_eq!(body["error_uri"], link);
        assert_eq!(
            answer.header("x-ms-clitelem"),
            format!("1,{code},0,,"),
            "{code}"
        );
        assert_eq!(answer.header("retry-after") == "60", status == 429);
    }
}

#[tokio::test]
async fn the_table_lists_exactly_these_codes_and_how_each_comes_about() {
    let tenant = Tenant::start().await;
    let listed = tenant.control("GET", "/aadsts", None).await.json();
    let rows = listed["aadsts"].as_array().unwrap();
    let told: BTreeSet<_> = rows
        .iter()
        .map(|row| {
            assert!(!string(&row["how"]).is_empty(), "{row}");
            let code = row["code"].as_u64().unwrap();
            let undocumented = [70044, 70020, 700_022].contains(&code);
            assert!(!undocumented || row["how"] == "a fault", "{row}");
            (
                row["code"].as_u64().unwrap(),
                string(&row["error"]),
                row["suberror"].as_str().map(str::to_owned),
                u16::try_from(row["status"].as_u64().unwrap()).unwrap(),
                row["claims"].is_string(),
            )
        })
        .collect();
    let expected: BTreeSet<_> = EXPECTED
        .iter()
        .map(|&(code, error, suberror, status, claims)| {
            let suberror = suberror.map(str::to_owned);
            (code, error.to_owned(), suberror, status, claims)
        })
        .collect();
    assert_eq!(told, expected);
    assert_eq!(rows.len(), EXPECTED.len());
}

/// An expired password brings the address where it is changed.
#[tokio::test]
async fn a_fault_may_have_its_own_suberror_claims_and_retry_after() {
    let tenant = Tenant::start().await;
    let claims = json!({"access_token": {"acrs": {"essential": true, "value": "c1"}}});
    let answer = json!({
        "kind": "aadsts", "code": 50076, "error": "interaction_required", "suberror": "message_only",
        "claims": claims, "retry_after": 7,
    });
    let fault = json!({"route": "token", "answer": answer});
    tenant.control("POST", "/faults", Some(fault)).await;
    let refused = tenant.redeem("any", &[]).await;
    let body = refused.json();
    assert_eq!(
        (&body["error"], &body["suberror"]),
        (&json!("interaction_required"), &json!("message_only"))
    );
    assert_eq!(
        serde_json::from_str::<Value>(&string(&body["claims"])).unwrap(),
        claims
    );
    assert_eq!(refused.header("retry-after"), "7");
    let fault = json!({"route": "token", "answer": {"kind": "aadsts", "code": 50055}});
    tenant.control("POST", "/faults", Some(fault)).await;
    let expired = tenant.redeem("any", &[]).await.json();
    assert!(string(&expired["password_change_url"]).ends_with("/ChangePassword.aspx"));
    let unknown = json!({"route": "token", "answer": {"kind": "aadsts", "code": 1}});
    assert_eq!(
        tenant
            .control("POST", "/faults", Some(unknown))
            .await
            .status,
        400
    );
}

/// At either authorize endpoint a fault goes to the redirect URI, like a refusal
/// of the sandbox's own, with what a refusal carries.
#[tokio::test]
async fn faults_at_authorize_are_redirected_in_both_versions() {
    let tenant = Tenant::start().await;
    let switch = json!({"authorization_response_iss": true});
    tenant.control("POST", "/switches", Some(switch)).await;
    let query = encode(&[
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", "http://localhost:5001"),
        ("scope", "openid"),
        ("state", "s"),
    ]);
    for path in ["/common/oauth2/v2.0/authorize", "/common/oauth2/authorize"] {
        let fault = json!({"route": "authorize", "answer": {"kind": "aadsts", "code": 50076}});
        tenant.control("POST", "/faults", Some(fault)).await;
        let answer = tenant.browse("GET", &format!("{path}?{query}"), &[]).await;
        assert_eq!(answer.status, 302, "{path}");
        let answer = answer.redirect();
        assert!(answer["error_description"].starts_with("AADSTS50076:"));
        assert_eq!(answer["state"], "s");
        assert_eq!(answer["iss"], tenant.url("/{tenantid}/v2.0"), "{path}");
    }
}
