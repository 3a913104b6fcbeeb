//! Metadata, instance discovery and keys. Sources: OpenID Connect Discovery 1.0;
//! the metadata documents of the live service.

use crate::browser::{PERSONAL_TENANT, Tenant, WORK_TENANT, encode, string};

/// Every field of the live document of `common`.
const FIELDS: [&str; 25] = [
    "token_endpoint",
    "token_endpoint_auth_methods_supported",
    "jwks_uri",
    "response_modes_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "response_types_supported",
    "scopes_supported",
    "issuer",
    "request_uri_parameter_supported",
    "userinfo_endpoint",
    "authorization_endpoint",
    "device_authorization_endpoint",
    "http_logout_supported",
    "frontchannel_logout_supported",
    "end_session_endpoint",
    "claims_supported",
    "kerberos_endpoint",
    "tenant_region_scope",
    "cloud_instance_name",
    "cloud_graph_host_name",
    "msgraph_host",
    "rbac_url",
    "issuer",
    "jwks_uri",
];

/// Clients must not gate PKCE, revocation or RFC 9207 on what is not announced.
const ABSENT: [&str; 4] = [
    "code_challenge_methods_supported",
    "introspection_endpoint",
    "revocation_endpoint",
    "authorization_response_iss_parameter_supported",
];

#[tokio::test]
async fn every_authority_names_its_issuer() {
    let tenant = Tenant::start().await;
    for (segment, issuer, region) in [
        ("common", "{tenantid}", None),
        ("organizations", "{tenantid}", None),
        ("consumers", PERSONAL_TENANT, Some("WW")),
        (PERSONAL_TENANT, PERSONAL_TENANT, Some("WW")),
        (WORK_TENANT, WORK_TENANT, Some("EU")),
        ("signet.example", WORK_TENANT, Some("EU")),
    ] {
        let path = format!("/{segment}/v2.0/.well-known/openid-configuration");
        let answer = tenant.get(&path).await;
        let body = answer.json();
        assert_eq!(answer.status, 200, "{segment}");
        assert_eq!(
            string(&body["issuer"]),
            tenant.url(&format!("/{issuer}/v2.0"))
        );
        assert_eq!(body["tenant_region_scope"].as_str(), region, "{segment}");
        assert!(
            FIELDS.iter().all(|field| body.get(field).is_some()),
            "{segment}"
        );
        assert!(
            ABSENT.iter().all(|field| body.get(field).is_none()),
            "{segment}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn the_metadata_speaks_for_the_name_it_was_asked_under() {
    let tenant = Tenant::start().await;
    let port = tenant.http.port();
    let url = format!("http://localhost:{port}/common/v2.0/.well-known/openid-configuration");
    let body = tenant.send("GET", &url, &[], Vec::new()).await.json();
    let endpoint = format!("http://localhost:{port}/common/oauth2/v2.0/token");
    assert_eq!(string(&body["token_endpoint"]), endpoint);
}

/// Source: observed, msal 1.39.0 without an authority of its own.
#[tokio::test]
async fn a_doubled_slash_before_the_version_is_read_over() {
    let tenant = Tenant::start().await;
    let answer = tenant
        .get("/common//v2.0/.well-known/openid-configuration")
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn an_unknown_tenant_is_named_as_such() {
    let tenant = Tenant::start().await;
    for path in [
        "/nowhere.example/v2.0/.well-known/openid-configuration",
        "/nowhere.example/discovery/v2.0/keys",
    ] {
        let answer = tenant.get(path).await;
        assert_eq!(
            (answer.status, answer.refusal()),
            (400, ("invalid_tenant".to_owned(), 90002))
        );
    }
}

#[tokio::test]
async fn instance_discovery_vouches_for_loopback_only() {
    let tenant = Tenant::start().await;
    let ask = |host: &str| {
        let endpoint = format!("https://{host}/common/oauth2/v2.0/authorize");
        let query = encode(&[
            ("api-version", "1.1"),
            ("authorization_endpoint", &endpoint),
        ]);
        format!("/common/discovery/instance?{query}")
    };
    for host in [
        tenant.http.to_string(),
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
    ] {
        let body = tenant.get(&ask(&host)).await.json();
        let aliases = body["metadata"][0]["aliases"].as_array().unwrap();
        assert!(
            aliases.iter().any(|alias| alias.as_str() == Some(&host)),
            "{host}"
        );
        let endpoint = tenant.url("/common/v2.0/.well-known/openid-configuration");
        assert_eq!(string(&body["tenant_discovery_endpoint"]), endpoint);
    }
    let answer = tenant.get(&ask("login.evil.example")).await;
    assert_eq!(
        (answer.status, answer.refusal()),
        (400, ("invalid_instance".to_owned(), 50049))
    );
}

/// Source: RFC 7517 §4; "Access tokens", validate the signature (x5t, issuer).
#[tokio::test]
async fn the_key_set_has_several_keys_each_with_its_issuer() {
    let tenant = Tenant::start().await;
    let (open, personal) = ("{tenantid}", PERSONAL_TENANT);
    for (segment, issuers) in [
        ("common", &[open, open, personal, personal][..]),
        ("organizations", &[open, open, personal, personal]),
        (WORK_TENANT, &[open, open, personal, personal]),
        ("consumers", &[personal, personal]),
        (PERSONAL_TENANT, &[personal, personal]),
    ] {
        let path = format!("/{segment}/discovery/v2.0/keys");
        let answer = tenant.get(&path).await;
        let keys = answer.json()["keys"].as_array().unwrap().clone();
        assert_eq!(answer.header("cache-control"), "max-age=86400, private");
        assert_eq!(keys.len(), issuers.len(), "{segment}");
        for (key, issuer) in keys.iter().zip(issuers) {
            let issuer = tenant.url(&format!("/{issuer}/v2.0"));
            assert_eq!(string(&key["issuer"]), issuer, "{segment}");
            assert_eq!(key["kid"], key["x5t"]);
            assert_eq!(key["cloud_instance_name"], "microsoftonline.com");
            assert_eq!(
                (key["kty"].as_str(), key["use"].as_str(), key["e"].as_str()),
                (Some("RSA"), Some("sig"), Some("AQAB"))
            );
            let chain = key["x5c"].as_array().unwrap();
            assert!(chain.len() == 1 && string(&chain[0]).starts_with("MII"));
        }
    }
}

/// Source: "Signing key rollover in the Microsoft identity platform".
#[tokio::test]
async fn keys_rotate_on_demand_and_the_old_one_goes_after_a_day() {
    let tenant = Tenant::start().await;
    let kids = async || -> Vec<String> {
        let keys = tenant.get("/common/discovery/v2.0/keys").await.json();
        let keys = keys["keys"].as_array().unwrap().iter();
        keys.map(|key| string(&key["kid"])).collect()
    };
    let before = kids().await;
    let turned = tenant.control("POST", "/rotate-keys", None).await.json();
    assert_eq!(string(&turned["signing"][0]), before[1]);
    let after = kids().await;
    assert!(after.contains(&before[0]) && after.contains(&before[1]));
    let token = tenant.sign_in("ada@signet.example", "openid").await;
    let header = jsonwebtoken::decode_header(string(&token["id_token"])).unwrap();
    assert_eq!(header.kid.as_deref(), Some(before[1].as_str()));
    let day = serde_json::json!({"offset_seconds": 24 * 3600 + 60});
    tenant.control("POST", "/clock", Some(day)).await;
    assert!(!kids().await.contains(&before[0]));
}

/// Source: "Azure AD v1.0 endpoints" (OpenID Connect metadata).
#[tokio::test]
async fn the_v1_document_names_the_endpoints_without_a_version() {
    let tenant = Tenant::start().await;
    for (segment, issuer) in [
        ("common", "{tenantid}"),
        ("signet.example", WORK_TENANT),
        (WORK_TENANT, WORK_TENANT),
    ] {
        let path = format!("/{segment}/.well-known/openid-configuration");
        let body = tenant.get(&path).await.json();
        assert_eq!(
            string(&body["issuer"]),
            format!("https://sts.windows.net/{issuer}/")
        );
        for (field, end) in [
            ("authorization_endpoint", "/oauth2/authorize"),
            ("token_endpoint", "/oauth2/token"),
            ("device_authorization_endpoint", "/oauth2/devicecode"),
            ("jwks_uri", "/discovery/keys"),
            ("end_session_endpoint", "/oauth2/logout"),
        ] {
            assert!(string(&body[field]).ends_with(end), "{field}");
        }
    }
    let keys = tenant.get("/common/discovery/keys").await.json();
    let v2 = tenant.get("/common/discovery/v2.0/keys").await.json();
    assert_eq!(keys["keys"][0]["kid"], v2["keys"][0]["kid"]);
    let unknown = tenant
        .get("/nowhere/.well-known/openid-configuration")
        .await;
    assert_eq!(unknown.refusal(), ("invalid_tenant".to_owned(), 90002));
}

/// Source: "Access tokens", validate the signature; headers seen on the wire.
#[tokio::test]
async fn metadata_has_its_headers_and_leads_to_the_keys_of_an_app() {
    let tenant = Tenant::start().await;
    let path = "/common/v2.0/.well-known/openid-configuration?appid=a%20b";
    let answer = tenant.get(path).await;
    let uri = tenant.url("/common/discovery/v2.0/keys?appid=a+b");
    assert_eq!(string(&answer.json()["jwks_uri"]), uri);
    for (header, value) in [
        ("cache-control", "max-age=86400, private"),
        ("content-type", "application/json; charset=utf-8"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, OPTIONS"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(header), value, "{header}");
    }
    for header in ["p3p", "x-ms-request-id", "x-ms-ests-server"] {
        assert!(!answer.header(header).is_empty(), "{header}");
    }
    let apart = ["pragma", "expires", "x-ms-clitelem", "x-ms-srs"];
    for header in apart.into_iter().chain(["strict-transport-security"]) {
        assert!(!answer.headers.contains_key(header), "{header}");
    }
    let cookies = answer.headers.get_all("set-cookie").iter();
    let cookies: Vec<&str> = cookies
        .map(|one| one.to_str().unwrap().split('=').next().unwrap())
        .collect();
    assert_eq!(
        cookies,
        ["fpc", "esctx", "x-ms-gateway-slice", "stsservicecookie"]
    );
    let government = "/northwind.example/v2.0/.well-known/openid-configuration";
    let government = tenant.get(government).await.json();
    assert_eq!(government["tenant_region_sub_scope"], "GCC");
}
