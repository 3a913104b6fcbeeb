//! The other side of the wire: a client without a browser's eyes, which fills
//! the sandbox's forms in and follows its links.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, Method, redirect};
use sandbox::{Running, Settings, start};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;
use url::form_urlencoded::{Serializer, parse};

pub const CLIENT_ID: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";
pub const WORK_TENANT: &str = "51673e70-7e4a-4b1d-8c3f-5a4d0b0c7e4a";
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
pub const REDIRECT: &str = "io.github.signetmail://auth";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const SIGN_IN: &str = "openid profile offline_access User.Read";
pub const CP1: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;

/// A sandbox of its own on free ports, and one browser's cookie.
pub struct Tenant {
    pub http: SocketAddr,
    pub control: SocketAddr,
    running: Option<Running>,
    client: Client,
    cookie: Mutex<String>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

pub type Pairs<'a> = &'a [(&'a str, &'a str)];

impl Tenant {
    pub async fn start() -> Self {
        Self::with_seed(1).await
    }

    pub async fn with_seed(seed: u64) -> Self {
        Self::with_seed_at(seed, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    pub async fn with_seed_at(seed: u64, http: SocketAddr) -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let settings = Settings {
            http: Some(http),
            control: Some(free),
            seed,
            ..Settings::default()
        };
        let running = start(&settings).await.unwrap();
        let mut tenant = Self::at(running.http.unwrap(), running.control.unwrap());
        tenant.running = Some(running);
        tenant
    }

    /// One that runs elsewhere.
    pub fn at(http: SocketAddr, control: SocketAddr) -> Self {
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none());
        Self {
            http,
            control,
            running: None,
            client: client.build().unwrap(),
            cookie: Mutex::default(),
        }
    }

    pub async fn stop(self) {
        self.running.unwrap().stop().await;
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    pub async fn send(&self, method: &str, url: &str, headers: Pairs<'_>, body: Vec<u8>) -> Answer {
        self.try_send(method, url, headers, body).await.unwrap()
    }

    pub async fn try_send(
        &self,
        method: &str,
        url: &str,
        headers: Pairs<'_>,
        body: Vec<u8>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self
            .client
            .request(Method::from_bytes(method.as_bytes()).unwrap(), url)
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await?;
        Ok(Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            bytes: answer.bytes().await?.to_vec(),
        })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", &self.url(path), &[], Vec::new()).await
    }

    /// A request with this browser's cookie, keeping the one that comes back.
    pub async fn browse(&self, method: &str, path: &str, form: Pairs<'_>) -> Answer {
        let cookie = self.cookie.lock().unwrap().clone();
        let headers = [
            ("cookie", cookie.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let answer = self
            .send(method, &self.url(path), &headers, encode(form).into_bytes())
            .await;
        if let Some(set) = answer.headers.get("set-cookie") {
            let set = set.to_str().unwrap().split(';').next().unwrap();
            set.clone_into(&mut self.cookie.lock().unwrap());
        }
        answer
    }

    /// The authorization request of a careful native client, with `changes`:
    /// an empty value takes a parameter out.
    pub async fn authorize(&self, tenant: &str, changes: Pairs<'_>) -> Answer {
        let query = encode(&borrowed(&authorization(changes)));
        let path = format!("/{tenant}/oauth2/v2.0/authorize?{query}");
        self.browse("GET", &path, &[]).await
    }

    /// The same as a form, which the query in `path` adds nothing to.
    pub async fn authorize_by_form(&self, path: &str, changes: Pairs<'_>) -> Answer {
        let form = authorization(changes);
        self.browse("POST", path, &borrowed(&form)).await
    }

    pub async fn log_in(&self, page: &Answer, user: &str, password: &str) -> Answer {
        let form = [
            ("flow", &*page.flow()),
            ("username", user),
            ("password", password),
        ];
        self.browse("POST", "/common/login", &form).await
    }

    pub async fn second_factor(&self, page: &Answer, code: &str) -> Answer {
        let form = [("flow", &*page.flow()), ("code", code)];
        self.browse("POST", "/common/second-factor", &form).await
    }

    pub async fn accept(&self, page: &Answer) -> Answer {
        self.browse("POST", "/common/consent", &[("flow", &page.flow())])
            .await
    }

    /// Signs in from the first page to the code.
    pub async fn code(&self, user: &str, changes: Pairs<'_>) -> String {
        let page = self.authorize("common", changes).await;
        let page = self.log_in(&page, user, "signet").await;
        let page = match page.shown_code() {
            Some(code) => self.second_factor(&page, &code).await,
            None => page,
        };
        let page = if page.text().contains("id=\"accept\"") {
            self.accept(&page).await
        } else {
            page
        };
        page.redirect()["code"].clone()
    }

    pub async fn token(&self, tenant: &str, fields: Pairs<'_>) -> Answer {
        let url = self.url(&format!("/{tenant}/oauth2/v2.0/token"));
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("client-request-id", "0a0a0a0a-1111-4222-8333-444444444444"),
        ];
        self.send("POST", &url, &headers, encode(fields).into_bytes())
            .await
    }

    pub async fn redeem(&self, code: &str, more: Pairs<'_>) -> Answer {
        let mut fields = vec![
            ("client_id", CLIENT_ID),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in more {
            fields.retain(|(known, _)| known != name);
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        self.token("common", &fields).await
    }

    pub async fn refresh(&self, refresh_token: &str, scope: &str) -> Answer {
        let fields = [
            ("client_id", CLIENT_ID),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("scope", scope),
        ];
        self.token("common", &fields).await
    }

    /// The token answer of a sign-in with these scopes.
    pub async fn sign_in(&self, user: &str, scope: &str) -> Value {
        let code = self
            .code(user, &[("scope", scope), ("prompt", "login")])
            .await;
        self.redeem(&code, &[]).await.json()
    }

    pub async fn access_token(&self, user: &str, scope: &str) -> String {
        string(&self.sign_in(user, scope).await["access_token"])
    }

    pub async fn graph(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("authorization", bearer.as_str())];
        let body = body.map(|body| {
            headers.push(("content-type", "application/json"));
            body.to_string().into_bytes()
        });
        let url = self.url(&format!("/v1.0{path}"));
        self.send(method, &url, &headers, body.unwrap_or_default())
            .await
    }

    pub async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let url = format!("http://{}{path}", self.control);
        let body = body
            .map(|body| body.to_string().into_bytes())
            .unwrap_or_default();
        self.send(method, &url, &[("content-type", "application/json")], body)
            .await
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn title(&self) -> String {
        between(&self.text(), "<title>", "</title>").unwrap()
    }

    /// The sealed sign-in that the page's form carries.
    pub fn flow(&self) -> String {
        between(&self.text(), "name=\"flow\" value=\"", "\"").expect("a page with a form")
    }

    /// The code of the second factor, which the page shows in place of a phone.
    pub fn shown_code(&self) -> Option<String> {
        between(
            &String::from_utf8_lossy(&self.bytes),
            "id=\"shown-code\">",
            "<",
        )
    }

    /// Where the element `id` leads.
    pub fn link(&self, id: &str) -> String {
        let element = between(&self.text(), &format!("id=\"{id}\""), ">").expect(id);
        unescape(&between(&element, "href=\"", "\"").expect("a link"))
    }

    /// The address the browser is sent to: by a redirect, or by the link of the
    /// page that asks for confirmation.
    pub fn address(&self) -> String {
        match self.headers.get(LOCATION) {
            Some(location) => location.to_str().unwrap().to_owned(),
            None => self.link("continue"),
        }
    }

    /// The parameters of that address.
    pub fn redirect(&self) -> std::collections::HashMap<String, String> {
        let url = Url::parse(&self.address()).unwrap();
        let query = url.query().or(url.fragment()).unwrap_or_default();
        parse(query.as_bytes()).into_owned().collect()
    }

    /// The error a token or metadata endpoint gives: `error` and the number.
    pub fn refusal(&self) -> (String, u64) {
        let body = self.json();
        (
            string(&body["error"]),
            body["error_codes"][0].as_u64().unwrap(),
        )
    }

    /// Graph's `error.code`.
    pub fn graph_code(&self) -> String {
        string(&self.json()["error"]["code"])
    }
}

/// An authorization request; a change to nothing leaves its parameter out.
fn authorization(changes: Pairs<'_>) -> Vec<(String, String)> {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut pairs = vec![
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", SIGN_IN),
        ("state", "s 1&=+é"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    pairs.into_iter().map(owned).collect()
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    let mut list = Vec::new();
    for (name, value) in pairs {
        list.push((name.as_str(), value.as_str()));
    }
    list
}

pub fn string(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

pub fn encode(pairs: Pairs<'_>) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0.to_owned())
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
