//! The seed: what is drawn is drawn again in a second run.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::browser::{Answer, CLIENT_ID, SIGN_IN, Tenant, string};

const ADA: &str = "ada@signet.example";
const SCOPES: &str = "openid profile offline_access User.Read Mail.ReadWrite Mail.Send";

/// Ids of refused requests, which need no sign-in before them.
async fn ids(tenant: &Tenant) -> [String; 4] {
    let graph = tenant.graph("GET", "/me", "any", None).await;
    let entra = tenant.redeem("any", &[]).await.json();
    let keys = tenant.get("/common/discovery/v2.0/keys").await;
    [
        graph.header("request-id").to_owned(),
        string(&graph.json()["error"]["innerError"]["request-id"]),
        string(&entra["trace_id"]),
        keys.header("x-ms-request-id").to_owned(),
    ]
}

#[tokio::test]
async fn ids_of_requests_repeat_with_the_seed_and_after_a_reset() {
    let tenant = Tenant::with_seed(7).await;
    let first = ids(&tenant).await;
    assert_eq!(first[0], first[1]);
    assert_ne!(ids(&tenant).await, first);
    tenant.control("POST", "/reset", Some(json!({}))).await;
    assert_eq!(ids(&tenant).await, first);
    assert_eq!(ids(&Tenant::with_seed(7).await).await, first);
    assert_ne!(ids(&Tenant::with_seed(8).await).await, first);
}

/// What a device and a sign-in are told, but for what is sealed.
async fn told(tenant: &Tenant) -> Vec<String> {
    let form = [("client_id", CLIENT_ID), ("scope", SIGN_IN)];
    let device = tenant
        .browse("POST", "/common/oauth2/v2.0/devicecode", &form)
        .await
        .json();
    let code = tenant.code(ADA, &[]).await;
    let tokens = tenant.redeem(&code, &[]).await.json();
    let mut told = vec![code];
    for name in ["device_code", "user_code"] {
        told.push(string(&device[name]));
    }
    for name in ["access_token", "id_token"] {
        for (index, claim) in [(0, "nonce"), (1, "aio"), (1, "rh"), (1, "uti")] {
            told.push(part(&string(&tokens[name]), index)[claim].to_string());
        }
    }
    told
}

/// A part of a JWT, read without its signature.
fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn codes_and_ids_in_tokens_repeat_with_the_seed() {
    let first = told(&Tenant::with_seed(7).await).await;
    assert_eq!(told(&Tenant::with_seed(7).await).await, first);
    let other = told(&Tenant::with_seed(8).await).await;
    assert!(first.iter().zip(&other).all(|(a, b)| a != b || a == "null"));
    assert!(first.iter().filter(|told| *told == "null").count() < 2);
}

/// A refresh token of an earlier run is good in the next one with the same seed,
/// and using it up leaves the next one's own alone.
#[tokio::test]
async fn refresh_tokens_of_two_runs_are_not_taken_for_each_other() {
    let refresh_token =
        async |tenant: &Tenant| string(&tenant.sign_in(ADA, SIGN_IN).await["refresh_token"]);
    let earlier = refresh_token(&Tenant::with_seed(7).await).await;
    let tenant = Tenant::with_seed(7).await;
    let strict = json!({"refresh_rotation": "strict"});
    tenant.control("POST", "/switches", Some(strict)).await;
    let own = refresh_token(&tenant).await;
    for (token, expected) in [(&earlier, 200), (&own, 200), (&own, 400)] {
        assert_eq!(tenant.refresh(token, SIGN_IN).await.status, expected);
    }
}

/// Signs in, refreshes, sends, lists, follows changes, asks in a batch and uploads;
/// every answer whole, headers included.
async fn conversation(tenant: &Tenant) -> Vec<Answer> {
    let stop = json!({"stopped_at": "2026-01-02T03:04:05Z"});
    let stopped = tenant.control("POST", "/clock", Some(stop)).await;
    let mut answers = vec![stopped];
    let page = tenant.authorize("common", &[("scope", SCOPES)]).await;
    let consent = tenant.log_in(&page, ADA, "signet").await;
    let done = tenant.accept(&consent).await;
    let tokens = tenant.redeem(&done.redirect()["code"], &[]).await;
    let refresh_token = string(&tokens.json()["refresh_token"]);
    let refreshed = tenant.refresh(&refresh_token, SCOPES).await;
    let token = string(&refreshed.json()["access_token"]);
    answers.extend([page, consent, done, tokens, refreshed]);
    let message = json!({"subject": "s", "body": {"contentType": "text", "content": "b"}, "toRecipients": [{"emailAddress": {"address": ADA}}]});
    let batch = json!({"requests": [
        {"id": "a", "method": "GET", "url": "/me", "headers": {"X-A": "1", "x-a": "2"}},
        {"id": "b", "method": "GET", "url": "/me/messages?$top=2"},
    ]});
    let size = 3 << 20;
    let item = json!({"AttachmentItem": {"attachmentType": "file", "name": "a", "size": size}});
    for (method, path, body) in [
        ("POST", "/me/sendMail", Some(json!({"message": message}))),
        ("GET", "/me/messages?$top=1", None),
        ("GET", "/me/mailFolders/inbox/messages/delta", None),
        ("POST", "/$batch", Some(batch)),
        ("POST", "/me/messages", Some(message)),
    ] {
        answers.push(tenant.graph(method, path, &token, body).await);
    }
    let draft = string(&answers.last().unwrap().json()["id"]);
    let path = format!("/me/messages/{draft}/attachments/createUploadSession");
    let session = tenant.graph("POST", &path, &token, Some(item)).await;
    let range = format!("bytes 0-{}/{size}", size - 1);
    let url = string(&session.json()["uploadUrl"]);
    let ranged = [("content-range", range.as_str())];
    let put = tenant.send("PUT", &url, &ranged, vec![7; size]).await;
    assert_eq!(put.status, 201, "{}", put.text());
    answers.extend([session, put, tenant.get("/mailbox").await]);
    answers
}

/// Both listen on one address, which stands in answers, one after the other.
#[tokio::test]
async fn the_same_conversation_is_answered_to_the_byte() {
    let first = Tenant::with_seed(7).await;
    let address = first.http;
    let told = conversation(&first).await;
    first.stop().await;
    for (seed, same) in [(7, true), (8, false)] {
        let tenant = Tenant::with_seed_at(seed, address).await;
        let again = conversation(&tenant).await;
        for (index, (answer, before)) in again.iter().zip(&told).enumerate().skip(1) {
            let equal = answer.status == before.status
                && answer.headers == before.headers
                && answer.bytes == before.bytes;
            // The last page lists mail without ids.
            let may_be_equal = same || index + 1 == told.len();
            assert!(equal || !same, "answer {index}: {before:?} {answer:?}");
            assert!(!equal || may_be_equal, "answer {index}: {before:?}");
        }
        tenant.stop().await;
    }
}
