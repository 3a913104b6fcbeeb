//! What tokens say of work accounts, guests and personal accounts. Sources:
//! "Access token claims reference", "ID token claims reference", "Optional
//! claims reference".

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::browser::{CLIENT_ID, CP1, SIGN_IN, Tenant, WORK_TENANT, string};
use crate::token::{fields, verify};

/// Source: "Access token claims reference", `amr`. A refresh keeps what it says.
#[tokio::test]
async fn a_second_factor_is_among_the_methods_of_the_sign_in() {
    let tenant = Tenant::start().await;
    for (user, expected) in [
        ("ada@signet.example", json!(["pwd"])),
        ("mfa@signet.example", json!(["pwd", "mfa"])),
    ] {
        let body = tenant.sign_in(user, SIGN_IN).await;
        assert_eq!(payload(&body["access_token"])["amr"], expected, "{user}");
        let refresh = string(&body["refresh_token"]);
        let body = tenant.refresh(&refresh, SIGN_IN).await.json();
        assert_eq!(payload(&body["access_token"])["amr"], expected, "{user}");
    }
}

fn payload(token: &Value) -> Value {
    let token = string(token);
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

/// Sources: "Access tokens in the Microsoft identity platform", token formats
/// and lifetime; "Access token claims reference".
#[tokio::test]
async fn access_tokens_are_graph_s_own_for_work_and_opaque_for_personal_accounts() {
    let tenant = Tenant::start().await;
    let code = tenant.code("ada@signet.example", &[("claims", CP1)]).await;
    let body = tenant.redeem(&code, &[]).await.json();
    let token = string(&body["access_token"]);
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("JWT"), &json!("RS256"))
    );
    assert!(header["nonce"].is_string());
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    for (name, value) in [
        ("aud", json!("00000003-0000-0000-c000-000000000000")),
        (
            "iss",
            json!(format!("https://sts.windows.net/{WORK_TENANT}/")),
        ),
        ("ver", json!("1.0")),
        ("appid", json!(CLIENT_ID)),
        ("scp", json!("User.Read email openid profile")),
        ("upn", json!("ada@signet.example")),
        ("xms_cc", json!(["CP1"])),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert!(claims.get("azp").is_none());
    let lives = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(lives, body["expires_in"].as_i64().unwrap());
    for forged in [
        format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode("{}"), parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        parts[2].to_owned(),
    ] {
        assert_eq!(tenant.graph("GET", "/me", &forged, None).await.status, 401);
    }
    let personal = tenant.access_token("noor@outlook.example", SIGN_IN).await;
    assert!(!personal.contains('.') && personal.len() > 1000);
    assert_eq!(
        tenant.graph("GET", "/me", &personal, None).await.status,
        200
    );
}

/// Sources: "Properties of a Microsoft Entra B2B collaboration user"; Graph v1.0
/// reference, "Get user". A guest's mail is at home.
#[tokio::test]
async fn a_guest_is_a_guest_at_graph_too() {
    let tenant = Tenant::start().await;
    let scope = "openid User.Read Mail.ReadWrite Mail.Send MailboxSettings.Read";
    let changes = [("scope", scope), ("prompt", "login")];
    let page = tenant.authorize("northwind.example", &changes).await;
    let page = tenant.log_in(&page, "alan@signet.example", "signet").await;
    let code = tenant.accept(&page).await.redirect()["code"].clone();
    let body = tenant.token("northwind.example", &fields(&code)).await;
    let body = body.json();
    let keys = tenant.get("/common/discovery/v2.0/keys").await.json();
    let claims = verify(&string(&body["id_token"]), &keys);
    let token = string(&body["access_token"]);
    let me = tenant
        .graph(
            "GET",
            "/me?$select=id,userPrincipalName,userType",
            &token,
            None,
        )
        .await
        .json();
    assert_eq!(me["id"], claims["oid"]);
    assert_eq!(
        me["userPrincipalName"],
        "alan_signet.example#EXT#@northwind.example"
    );
    assert_eq!(me["userType"], "Guest");
    let mail = json!({"message": {"subject": "s", "toRecipients": [
        {"emailAddress": {"address": "ada@signet.example"}}]}});
    for (method, path, body) in [
        ("GET", "/me/messages", None),
        ("GET", "/me/mailboxSettings", None),
        ("POST", "/me/sendMail", Some(mail)),
    ] {
        let answer = tenant.graph(method, path, &token, body).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.graph_code(), "MailboxNotEnabledForRESTAPI", "{path}");
    }
    let home = tenant.access_token("alan@signet.example", scope).await;
    let mail = tenant.graph("GET", "/me/messages", &home, None).await;
    assert_eq!(mail.status, 200);
}

/// Source: "ID token claims reference", `oid` and `tid` of guests; "Optional
/// claims reference"; the third column is what MSAL Node asks for each time.
#[tokio::test]
async fn guests_and_optional_claims() {
    let tenant = Tenant::start().await;
    let keys = tenant.get("/common/discovery/v2.0/keys").await.json();
    let asked = json!({"id_token": {
        "signin_state": {"essential": false}, "login_hint": {"essential": false},
        "tenant_region_sub_scope": {"essential": false}, "sid": null, "auth_time": null, "acct": null,
        "family_name": null, "given_name": null, "upn": null, "idp": null, "ctry": null,
        "tenant_region_scope": null, "xms_pl": null, "xms_tpl": null, "ipaddr": null,
        "verified_primary_email": null,
        "nobody_knows_this": null,
    }})
    .to_string();
    let changes = [("claims", asked.as_str()), ("prompt", "login")];
    let page = tenant.authorize("northwind.example", &changes).await;
    let page = tenant.log_in(&page, "alan@signet.example", "signet").await;
    let code = tenant.accept(&page).await.redirect()["code"].clone();
    let mut form = fields(&code);
    form.push(("client_info", "1"));
    let body = tenant.token("northwind.example", &form).await.json();
    let guest = verify(&string(&body["id_token"]), &keys);
    let code = tenant.code("alan@signet.example", &changes).await;
    let home = tenant.redeem(&code, &[("client_info", "1")]).await.json();
    assert_eq!(body["client_info"], home["client_info"]);
    let home = verify(&string(&home["id_token"]), &keys);
    assert_eq!(home["tid"], WORK_TENANT);
    assert_ne!(guest["oid"], home["oid"]);
    assert_ne!(guest["tid"], home["tid"]);
    assert_eq!(
        guest["iss"],
        tenant.url(&format!("/{}/v2.0", string(&guest["tid"])))
    );
    for (claim, at_home, as_guest) in [
        ("acct", json!(0), json!(1)),
        (
            "upn",
            json!("alan@signet.example"),
            json!("alan_signet.example#EXT#@northwind.example"),
        ),
        ("tenant_region_sub_scope", Value::Null, json!("GCC")),
        ("tenant_region_scope", json!("EU"), json!("NA")),
        ("ctry", json!("GB"), json!("GB")),
        ("xms_pl", json!("en-GB"), json!("en-GB")),
        ("xms_tpl", json!("en"), json!("en")),
        ("ipaddr", json!("127.0.0.1"), json!("127.0.0.1")),
        (
            "verified_primary_email",
            json!(["alan.turing@signet.example"]),
            json!(["alan.turing@signet.example"]),
        ),
        (
            "idp",
            Value::Null,
            json!(format!("https://sts.windows.net/{WORK_TENANT}/")),
        ),
        ("nobody_knows_this", Value::Null, Value::Null),
    ] {
        assert_eq!(
            (&home[claim], &guest[claim]),
            (&at_home, &as_guest),
            "{claim}"
        );
    }
    for claim in [
        "signin_state",
        "login_hint",
        "sid",
        "auth_time",
        "family_name",
        "given_name",
    ] {
        assert!(!home[claim].is_null(), "{claim}");
    }
    let hint = string(&home["login_hint"]);
    assert!(!hint.contains('@'), "opaque");
    let page = tenant
        .authorize("common", &[("login_hint", &hint), ("prompt", "login")])
        .await;
    assert!(
        page.title().starts_with("Enter password"),
        "{}",
        page.title()
    );
}

/// Source: "Refresh tokens in the Microsoft identity platform": they are bound to
/// a person and a client, not to a resource or tenant; error 50020 where the
/// account has no place.
#[tokio::test]
async fn a_refresh_token_serves_every_tenant_where_the_person_has_a_seat() {
    let tenant = Tenant::start().await;
    let keys = tenant.get("/common/discovery/v2.0/keys").await.json();
    for (user, authority, expected) in [
        (
            "alan@signet.example",
            "signet.example",
            Ok("signet.example"),
        ),
        (
            "alan@signet.example",
            "northwind.example",
            Ok("northwind.example"),
        ),
        ("alan@signet.example", "organizations", Ok("signet.example")),
        ("alan@signet.example", "consumers", Err(50020)),
        ("ada@signet.example", "northwind.example", Err(50020)),
        ("noor@outlook.example", "consumers", Ok("outlook.example")),
        ("noor@outlook.example", "organizations", Err(50020)),
    ] {
        let body = tenant.sign_in(user, SIGN_IN).await;
        let form = [
            ("client_id", CLIENT_ID),
            ("grant_type", "refresh_token"),
            ("refresh_token", &string(&body["refresh_token"])),
            ("scope", SIGN_IN),
        ];
        let answer = tenant.token(authority, &form).await;
        match expected {
            Err(code) => assert_eq!(answer.refusal().1, code, "{user} {authority}"),
            Ok(domain) => {
                let metadata = format!("/{domain}/v2.0/.well-known/openid-configuration");
                let issuer = tenant.get(&metadata).await.json()["issuer"].clone();
                let claims = verify(&string(&answer.json()["id_token"]), &keys);
                assert_eq!(claims["iss"], issuer, "{user} {authority}");
            }
        }
    }
}
