//! A browser without eyes: it follows, keeps cookies, and fills in the one form of each page.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use url::Url;
use url::form_urlencoded::Serializer;

/// Pages until something must have gone wrong.
const PAGES_MAX: usize = 20;

pub struct Browser {
    http: reqwest::Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// Where a walk has ended.
#[derive(Debug)]
pub enum End {
    /// At an address that no web page has.
    App(String),
    /// At a page without a form, or with one that only a person can fill in.
    Page { url: Url, html: String },
}

struct Form {
    action: Url,
    fields: Vec<(String, String)>,
}

impl Browser {
    pub fn new() -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none());
        Self {
            http: http.build().unwrap(),
            cookies: Mutex::default(),
        }
    }

    /// Opens an address and goes on until there is nothing more to do, with these words for the fields that are empty.
    pub async fn walk(&self, address: &str, words: &[(&str, &str)]) -> End {
        let mut request = (Url::parse(address).unwrap(), None);
        for _ in 0..PAGES_MAX {
            let (url, body) = request;
            let response = self.send(&url, body).await;
            if let Some(location) = response.headers().get(LOCATION) {
                let to = url.join(location.to_str().unwrap()).unwrap();
                if !to.scheme().starts_with("http") {
                    return End::App(to.into());
                }
                request = (to, None);
                continue;
            }
            let html = response.text().await.unwrap();
            match form(&url, &html, words) {
                Some(form) => {
                    let body = Serializer::new(String::new())
                        .extend_pairs(&form.fields)
                        .finish();
                    request = (form.action, Some(body));
                }
                None => return End::Page { url, html },
            }
        }
        panic!("no end to the pages")
    }

    async fn send(&self, url: &Url, body: Option<String>) -> reqwest::Response {
        let request = match body {
            Some(body) => self
                .http
                .post(url.clone())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body),
            None => self.http.get(url.clone()),
        };
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().unwrap();
            let pairs = cookies.iter();
            pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        };
        let response = request.header(COOKIE, cookies.join("; ")).send().await;
        let response = response.unwrap();
        let mut kept = self.cookies.lock().unwrap();
        for set in response.headers().get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }
}

/// The first form of a page, filled in.
fn form(url: &Url, html: &str, words: &[(&str, &str)]) -> Option<Form> {
    let (_, form) = html.split_once("<form")?;
    let (form, _) = form.split_once("</form>")?;
    let (opening, content) = form.split_once('>')?;
    let word = |name: &str| words.iter().find(|(field, _)| *field == name);
    let mut fields = Vec::new();
    for input in content.split("<input").skip(1) {
        let name = attribute(input, "name")?;
        let value = attribute(input, "value").or(word(&name).map(|(_, word)| (*word).to_owned()));
        // A field that nothing is known for is for a person.
        fields.push((name, value?));
    }
    // A button is pressed where there is a word for it.
    for button in html.split("<button").skip(1) {
        if let Some((name, value)) = attribute(button, "name").and_then(|name| word(&name).copied())
        {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    Some(Form {
        action: url.join(&attribute(opening, "action")?).ok()?,
        fields,
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&quot;", "\"").replace("&amp;", "&"))
}
