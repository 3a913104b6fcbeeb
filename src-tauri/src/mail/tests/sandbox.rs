//! The sandbox tenant as a process of these tests, and a sign-in there by its pages' own forms.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Client, Method, Response, Url, header};
use serde_json::{Value, json};

const CLIENT_ID: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";
const REDIRECT_URI: &str = "http://localhost:1";

/// Source: RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A running tenant.
pub(super) struct Tenant {
    /// Where it answers, as `http://127.0.0.1:port`.
    pub(super) http: String,
    control: String,
    client: Client,
    process: Child,
}

impl Tenant {
    /// Starts it. It protects no mailbox from a busy client.
    pub(super) async fn start(folder: &Path) -> Self {
        let ready = folder.join("ready.json");
        let process = Command::new(program())
            .args([
                "--http",
                "127.0.0.1:0",
                "--control",
                "127.0.0.1:0",
                "--ready",
            ])
            .arg(&ready)
            .stdout(Stdio::null())
            .spawn()
            .expect("signet-sandbox is built with the other programs of the workspace");
        let listens = async {
            loop {
                let written = fs::read(&ready).unwrap_or_default();
                match serde_json::from_slice::<Value>(&written) {
                    Ok(told) => return told,
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(20), listens).await;
        let told = told.expect("the sandbox listens");
        let address = |name: &str| {
            let address = told[name].as_str().unwrap();
            let host = address.trim_start_matches("http://").trim_end_matches('/');
            format!("http://{host}")
        };
        let tenant = Self {
            http: address("http"),
            control: address("control"),
            client: crate::http::direct_client().unwrap(),
            process,
        };
        let no_limits = json!({
            "concurrency_max": 1_000, "requests_per_10_min": 1_000_000, "upload_bytes_per_5_min": 1_u64 << 40,
        });
        tenant.tell("switches", &no_limits).await;
        tenant
    }

    /// Says something to its control.
    pub(super) async fn tell(&self, what: &str, said: &Value) {
        let url = format!("{}/{what}", self.control);
        let answer = self.client.post(url).json(said).send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "{what}: {}",
            answer.text().await.unwrap()
        );
    }

    /// Nothing goes wrong any more.
    pub(super) async fn heal(&self) {
        let url = format!("{}/faults", self.control);
        self.client.delete(url).send().await.unwrap();
    }

    /// How often each key arrived in a mailbox.
    pub(super) async fn arrived(&self, address: &str) -> HashMap<String, usize> {
        let mut arrived = HashMap::new();
        for mail in self.delivered(address).await {
            let key = mail["key"].as_str().unwrap().to_owned();
            *arrived.entry(key).or_default() += 1;
        }
        arrived
    }

    /// What arrived in a mailbox.
    pub(super) async fn delivered(&self, address: &str) -> Vec<Value> {
        let mailbox = self.told(&format!("mailboxes/{address}")).await;
        mailbox["delivered"].as_array().unwrap().clone()
    }

    /// How often an operation was asked for, of the last requests.
    pub(super) async fn asked(&self, operation: &str) -> usize {
        let requests = self.told("requests").await;
        let requests = requests["requests"].as_array().unwrap().iter();
        requests
            .filter(|request| request["route"] == operation)
            .count()
    }

    /// Asks Graph for something of `/me`, as another program of the same person's.
    pub(super) async fn me(&self, token: &str, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("{}/v1.0/me/{path}", self.http);
        let request = self.client.request(method, url).bearer_auth(token);
        let request = request.header("prefer", "IdType=\"ImmutableId\"");
        let answer = match body {
            Value::Null => request,
            body => request.json(body),
        };
        let answer = answer.send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap_or_default()
    }

    /// The newest message in Sent Items, as MIME.
    pub(super) async fn sent_mime(&self, token: &str) -> Vec<u8> {
        let base = format!("{}/v1.0/me", self.http);
        let ask = async |path: String| {
            let request = self.client.get(format!("{base}/{path}")).bearer_auth(token);
            request.send().await.unwrap().error_for_status().unwrap()
        };
        let newest = "mailFolders/sentitems/messages?$select=id&$top=1";
        let list: Value = ask(newest.to_owned()).await.json().await.unwrap();
        let id = list["value"][0]["id"].as_str().expect("a sent message");
        let mime = ask(format!("messages/{id}/$value")).await;
        mime.bytes().await.unwrap().to_vec()
    }

    async fn told(&self, what: &str) -> Value {
        let url = format!("{}/{what}", self.control);
        let answer = self.client.get(url).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// An access token of a colleague's, with consent to these scopes.
    pub(super) async fn token(&self, scopes: &str) -> String {
        let asked = form(&[
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", scopes),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let url = format!("{}/common/oauth2/v2.0/authorize?{asked}", self.http);
        let mut page = self.client.get(url).send().await.unwrap();
        let mut cookies = String::new();
        for (path, person) in [
            (
                "login",
                &[("username", "ada@signet.example"), ("password", "signet")][..],
            ),
            ("consent", &[]),
        ] {
            if page.headers().contains_key(header::LOCATION) {
                break;
            }
            cookies.push_str(&kept_cookies(&page));
            let flow = flow(&page.text().await.unwrap());
            let filled = form(&[&[("flow", flow.as_str())], person].concat());
            page = self.post(&format!("common/{path}"), filled, &cookies).await;
        }
        let location = page.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned();
        let location = Url::parse(&location).unwrap();
        let code = location.query_pairs().find(|(name, _)| name == "code");
        let redeemed = form(&[
            ("client_id", CLIENT_ID),
            ("grant_type", "authorization_code"),
            ("code", &code.unwrap().1),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ]);
        let answer = self.post("common/oauth2/v2.0/token", redeemed, "").await;
        let tokens: Value = answer.json().await.unwrap();
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    async fn post(&self, path: &str, body: String, cookies: &str) -> Response {
        self.client
            .post(format!("{}/{path}", self.http))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookies)
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Beside the tests' own folder, where the workspace's programs lie.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.ancestors().nth(2).unwrap();
    built.join(format!("signet-sandbox{}", std::env::consts::EXE_SUFFIX))
}

fn form(fields: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params("http://form/", fields).unwrap();
    url.query().unwrap_or_default().to_owned()
}

fn flow(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"flow\" value=\"").unwrap();
    let (value, _) = rest.split_once('"').unwrap();
    value.replace("&amp;", "&")
}

fn kept_cookies(page: &Response) -> String {
    let set = page.headers().get_all(header::SET_COOKIE);
    set.iter()
        .filter_map(|cookie| Some(cookie.to_str().ok()?.split(';').next()?.to_owned() + "; "))
        .collect()
}
