//! Behind the proxy: every cloud under its own names. Sources: "National clouds";
//! "Microsoft Graph national cloud deployments".

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Client;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::browser::{CLIENT_ID, SIGN_IN, VERIFIER, WORK_TENANT, between, encode, string};
use crate::transport::{METADATA, Place, challenge, raw, status};

const FEDERAL: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0006";

#[tokio::test]
async fn behind_the_proxy_every_cloud_speaks_for_its_own_names() {
    let place = Place::open().await;
    for (login, issuer, graph, instance) in [
        (
            "login.microsoftonline.com",
            "login.microsoftonline.com",
            "graph.microsoft.com",
            "microsoftonline.com",
        ),
        (
            "login.windows.net",
            "login.microsoftonline.com",
            "graph.microsoft.com",
            "microsoftonline.com",
        ),
        (
            "login.microsoftonline.us",
            "login.microsoftonline.us",
            "graph.microsoft.us",
            "microsoftonline.us",
        ),
        (
            "login.chinacloudapi.cn",
            "login.partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
            "partner.microsoftonline.cn",
        ),
    ] {
        let body = place
            .json(true, &format!("https://{login}{METADATA}"))
            .await;
        assert_eq!(
            body["issuer"],
            format!("https://{issuer}/{{tenantid}}/v2.0"),
            "{login}"
        );
        assert_eq!(
            body["token_endpoint"],
            format!("https://{login}/common/oauth2/v2.0/token")
        );
        assert_eq!(
            body["userinfo_endpoint"],
            format!("https://{graph}/oidc/userinfo")
        );
        assert_eq!(body["msgraph_host"], graph);
        assert_eq!(body["cloud_instance_name"], instance);
        assert_eq!(
            challenge(&place, true, &format!("https://{graph}")).await,
            format!("https://{issuer}/common/oauth2/authorize")
        );
    }
}

/// A program with Microsoft's hosts built in signs in and sends, in each cloud.
#[tokio::test]
async fn a_whole_sign_in_and_a_mail_go_through_the_proxy() {
    let place = Place::open().await;
    let client = place.client(true);
    for (login, graph) in [
        ("login.microsoftonline.com", "graph.microsoft.com"),
        ("login.microsoftonline.us", "dod-graph.microsoft.us"),
        (
            "login.partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
        ),
    ] {
        let named = if login.ends_with(".us") {
            "graph.microsoft.us"
        } else {
            graph
        };
        let scope = format!("https://{named}/Mail.Send openid");
        let tokens = sign_in(&client, CLIENT_ID, &format!("https://{login}"), &scope).await;
        assert!(
            string(&tokens["scope"]).contains(&format!("https://{named}/Mail.Send")),
            "{tokens}"
        );
        let claims = string(&tokens["id_token"]);
        let claims = URL_SAFE_NO_PAD
            .decode(claims.split('.').nth(1).unwrap())
            .unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["iss"], format!("https://{login}/{WORK_TENANT}/v2.0"));
        let sent = client
            .post(format!("https://{graph}/v1.0/me/sendMail"))
            .bearer_auth(string(&tokens["access_token"]))
            .header("content-type", "application/json")
            .body(json!({"message": crate::mail::plain()}).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), 202, "{graph}");
    }
}

/// Sources: "National clouds"; "Error codes", 900439.
#[tokio::test]
async fn an_app_of_one_cloud_signs_in_there_alone_and_so_do_its_tokens_serve() {
    let place = Place::open().await;
    let client = place.client(true);
    let query = encode(&[
        ("client_id", FEDERAL),
        ("response_type", "code"),
        ("redirect_uri", "http://localhost"),
        ("scope", "openid"),
    ]);
    for (host, status) in [
        ("login.microsoftonline.com", 400),
        ("login.chinacloudapi.cn", 400),
        ("login.microsoftonline.us", 200),
    ] {
        let url = format!("https://{host}/common/oauth2/v2.0/authorize?{query}");
        let page = client.get(url).send().await.unwrap();
        assert_eq!(page.status(), status, "{host}");
        let refused = page.text().await.unwrap().contains("AADSTS900439:");
        assert_eq!(refused, status == 400, "{host}");
    }
    for (app, login, scope, own) in [
        (
            FEDERAL,
            "login.microsoftonline.us",
            "https://graph.microsoft.us/User.Read openid",
            ["graph.microsoft.us", "dod-graph.microsoft.us"].as_slice(),
        ),
        (
            CLIENT_ID,
            "login.microsoftonline.com",
            "User.Read openid",
            &["graph.microsoft.com"],
        ),
    ] {
        let tokens = sign_in(&client, app, &format!("https://{login}"), scope).await;
        for graph in [
            "graph.microsoft.com",
            "graph.microsoft.us",
            "dod-graph.microsoft.us",
            "microsoftgraph.chinacloudapi.cn",
        ] {
            let answer = client
                .get(format!("https://{graph}/v1.0/me"))
                .bearer_auth(string(&tokens["access_token"]))
                .send()
                .await
                .unwrap();
            let admitted = own.contains(&graph);
            assert_eq!(answer.status(), if admitted { 200 } else { 401 }, "{graph}");
            let body = answer.bytes().await.unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            if !admitted {
                assert_eq!(body["error"]["code"], "InvalidAuthenticationToken");
                assert!(string(&body["error"]["message"]).ends_with("Invalid audience."));
            }
        }
    }
}

/// The clouds are instances apart from each other: what one of them issued is no
/// grant to another. Source: "National clouds".
#[tokio::test]
async fn a_code_and_a_refresh_token_are_redeemed_in_the_cloud_that_issued_them() {
    let place = Place::open().await;
    let client = place.client(true);
    let own = "https://login.microsoftonline.com";
    let code = code(&client, CLIENT_ID, own, SIGN_IN).await;
    let tokens = sign_in(&client, CLIENT_ID, own, SIGN_IN).await;
    let refresh_token = string(&tokens["refresh_token"]);
    let form = [
        ("client_id", CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh_token),
        ("scope", SIGN_IN),
    ];
    for (host, expected) in [
        ("login.microsoftonline.us", 400),
        ("login.partner.microsoftonline.cn", 400),
        // The same cloud under another of its names.
        ("login.windows.net", 200),
    ] {
        let authority = format!("https://{host}");
        let url = format!("{authority}/common/oauth2/v2.0/token");
        for (status, body) in [
            redeem(&client, CLIENT_ID, &authority, &code).await,
            post_form(&client, &url, &form).await,
        ] {
            assert_eq!(status, expected, "{host}: {body}");
            if status == 400 {
                assert_eq!(body["error"], "invalid_grant", "{host}");
                assert_eq!(body["error_codes"], json!([70000]), "{host}");
            }
        }
    }
}

/// Parts of a large file go to the Outlook of the cloud that was asked, which the
/// proxy leads here as well. Source: "Microsoft 365 URLs and IP address ranges", and
/// its pages for the US Government and China.
#[tokio::test]
async fn behind_the_proxy_uploads_go_to_the_outlook_of_their_cloud() {
    /// The least that an upload session takes.
    const FILE_BYTES: usize = 3 * 1024 * 1024;
    let place = Place::open().await;
    let client = place.client(true);
    for (login, graph, outlook) in [
        (
            "login.microsoftonline.com",
            "graph.microsoft.com",
            "outlook.office.com",
        ),
        (
            "login.microsoftonline.us",
            "graph.microsoft.us",
            "outlook.office365.us",
        ),
        (
            "login.microsoftonline.us",
            "dod-graph.microsoft.us",
            "outlook-dod.office365.us",
        ),
        (
            "login.partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
            "partner.outlook.cn",
        ),
    ] {
        let tokens = sign_in(
            &client,
            CLIENT_ID,
            &format!("https://{login}"),
            "Mail.ReadWrite openid",
        )
        .await;
        let post = async |path: &str, body: Value| -> Value {
            let answer = client
                .post(format!("https://{graph}/v1.0/me/messages{path}"))
                .bearer_auth(string(&tokens["access_token"]))
                .header("content-type", "application/json")
                .body(body.to_string())
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 201, "{graph}{path}");
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
        };
        let draft = post("", crate::mail::plain()).await;
        let item = json!({"attachmentType": "file", "name": "a.txt", "size": FILE_BYTES});
        let path = format!("/{}/attachments/createUploadSession", string(&draft["id"]));
        let session = post(&path, json!({"AttachmentItem": item})).await;
        let url = string(&session["uploadUrl"]);
        let home = format!("https://{outlook}/api/v2.0/");
        assert!(url.starts_with(&home), "{url}");
        let put = client
            .put(url)
            .header(
                "content-range",
                format!("bytes 0-{}/{FILE_BYTES}", FILE_BYTES - 1),
            )
            .body(vec![b'x'; FILE_BYTES])
            .send()
            .await
            .unwrap();
        assert_eq!(put.status(), 201, "{outlook}");
        let location = put.headers()["location"].to_str().unwrap();
        assert!(location.starts_with(&home), "{location}");
    }
}

/// Signs in at an authority and redeems the code there.
async fn sign_in(client: &Client, client_id: &str, authority: &str, scope: &str) -> Value {
    let code = code(client, client_id, authority, scope).await;
    let (status, tokens) = redeem(client, client_id, authority, &code).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

/// Fills the pages of an authority in, from the first to the code.
async fn code(client: &Client, client_id: &str, authority: &str, scope: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let query = encode(&[
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", "http://localhost"),
        ("scope", scope),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let url = format!("{authority}/common/oauth2/v2.0/authorize?{query}");
    let mut answer = client.get(url).send().await.unwrap();
    let mut cookie = String::new();
    for path in ["/common/login", "/common/consent"] {
        if answer.status() != 200 {
            break;
        }
        let page = answer.text().await.unwrap();
        let flow = between(&page, "name=\"flow\" value=\"", "\"").expect("a form");
        let form = [
            ("flow", flow.as_str()),
            ("username", "ada@signet.example"),
            ("password", "signet"),
        ];
        answer = client
            .post(format!("{authority}{path}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &cookie)
            .body(encode(&form))
            .send()
            .await
            .unwrap();
        if let Some(set) = answer.headers().get("set-cookie") {
            let set = set.to_str().unwrap().split(';').next().unwrap();
            set.clone_into(&mut cookie);
        }
    }
    let location = answer.headers()["location"].to_str().unwrap();
    let (_, code) = Url::parse(location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .find(|(name, _)| name == "code")
        .unwrap();
    code
}

/// Redeems a code; status and body.
async fn redeem(client: &Client, client_id: &str, authority: &str, code: &str) -> (u16, Value) {
    let form = [
        ("client_id", client_id),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", "http://localhost"),
        ("code_verifier", VERIFIER),
    ];
    post_form(
        client,
        &format!("{authority}/common/oauth2/v2.0/token"),
        &form,
    )
    .await
}

async fn post_form(client: &Client, url: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let answer = client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encode(form))
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Source: the alias groups of instance discovery.
#[tokio::test]
async fn behind_the_proxy_instance_discovery_lists_the_alias_groups() {
    let place = Place::open().await;
    let ask = |host: &str| {
        let endpoint = format!("https://{host}/common/oauth2/v2.0/authorize");
        let query = encode(&[
            ("api-version", "1.1"),
            ("authorization_endpoint", &endpoint),
        ]);
        format!("https://login.microsoftonline.com/common/discovery/instance?{query}")
    };
    let body = place.json(true, &ask("login.windows.net")).await;
    assert_eq!(
        body["tenant_discovery_endpoint"],
        format!("https://login.windows.net{METADATA}")
    );
    let groups = body["metadata"].as_array().unwrap();
    let global = &groups[0];
    assert_eq!(global["preferred_network"], "login.microsoftonline.com");
    assert_eq!(global["preferred_cache"], "login.windows.net");
    assert_eq!(global["aliases"][3], "sts.windows.net");
    for network in [
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "login-us.microsoftonline.com",
        "login.microsoftonline.de",
        "login.sovcloud-identity.fr",
    ] {
        assert!(
            groups
                .iter()
                .any(|group| group["preferred_network"] == network),
            "{network}"
        );
    }
    let lone = place.json(true, &ask("login.microsoftonline.de")).await;
    assert_eq!(
        lone["tenant_discovery_endpoint"],
        format!("https://login.microsoftonline.de{METADATA}")
    );
    let url = format!("https://login.microsoftonline.com{METADATA}");
    let metadata = place.client(true).get(url).send().await.unwrap();
    let https = metadata.headers().get("strict-transport-security");
    assert_eq!(https.unwrap(), "max-age=31536000; includeSubDomains");
    let expected: [(&str, &str, &[&str]); 8] = [
        (
            "login.microsoftonline.com",
            "login.windows.net",
            &[
                "login.microsoftonline.com",
                "login.windows.net",
                "login.microsoft.com",
                "sts.windows.net",
            ],
        ),
        (
            "login.partner.microsoftonline.cn",
            "login.partner.microsoftonline.cn",
            &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        ),
        (
            "login.microsoftonline.us",
            "login.microsoftonline.us",
            &["login.microsoftonline.us", "login.usgovcloudapi.net"],
        ),
        alone(&"login-us.microsoftonline.com"),
        alone(&"login.microsoftonline.de"),
        alone(&"login.sovcloud-identity.fr"),
        alone(&"login.sovcloud-identity.de"),
        alone(&"login.sovcloud-identity.sg"),
    ];
    let expected = expected.map(|(network, cache, aliases)| {
        json!({"preferred_network": network, "preferred_cache": cache, "aliases": aliases})
    });
    assert_eq!(groups, &expected);
    let unknown = place.json(true, &ask("evil.example")).await;
    assert_eq!(unknown["error"], "invalid_instance");
}

/// A group of one name.
fn alone(name: &'static &'static str) -> (&'static str, &'static str, &'static [&'static str]) {
    (name, name, std::slice::from_ref(name))
}

#[tokio::test]
async fn the_proxy_opens_no_other_door() {
    let place = Place::open().await;
    let proxy = place.running.proxy.unwrap();
    for (request, expected) in [
        ("CONNECT evil.example:443 HTTP/1.1\r\n\r\n", 403),
        ("CONNECT localhost:443 HTTP/1.1\r\n\r\n", 403),
        ("CONNECT graph.microsoft.com:80 HTTP/1.1\r\n\r\n", 403),
        (
            "GET http://graph.microsoft.com/v1.0/me HTTP/1.1\r\n\r\n",
            405,
        ),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 405),
        ("nonsense\r\n\r\n", 400),
    ] {
        assert_eq!(status(&raw(proxy, request).await), expected, "{request}");
    }
    let endless = format!(
        "CONNECT graph.microsoft.com:443 HTTP/1.1\r\nX: {}",
        "y".repeat(16 * 1024)
    );
    assert!(!raw(proxy, &endless).await.contains("200"));
    let control = format!("http://{}/requests", place.running.control.unwrap());
    let journal = place.json(false, &control).await;
    let refused = &journal["requests"][0];
    assert_eq!(refused["method"], "CONNECT");
    assert_eq!(refused["path"], "evil.example:443");
    assert_eq!(refused["status"], 403);
}
