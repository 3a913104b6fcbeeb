//! The page that a browser shows when it has brought an answer to this computer.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};

/// All that a page looks like; it loads and runs nothing.
const STYLE: &str = ":root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}\
main{max-width:28rem;padding:2rem;text-align:center}\
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}\
p{margin:0}";

/// The three pages of a loopback redirect.
#[derive(Debug, Clone)]
pub struct Pages {
    /// The answer has come: the person may close the tab and go back.
    pub finished: Page,
    /// The authority has refused: the program says why.
    pub refused: Page,
    /// Nothing that a sign-in waits for.
    pub unexpected: Page,
}

/// What a page says, in one language.
#[derive(Debug, Clone)]
pub struct Page {
    /// A language tag (RFC 5646), e.g. `en`.
    pub language: String,
    /// The heading, which is also the tab's title.
    pub title: String,
    /// What to do next, in a sentence or two.
    pub text: String,
}

impl Default for Pages {
    fn default() -> Self {
        let page = |title: &str, text: &str| Page {
            language: "en".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
        };
        Self {
            finished: page(
                "Signing in",
                "You can close this tab and go back to the app.",
            ),
            refused: page(
                "Not signed in",
                "Close this tab and go back to the app, which says why.",
            ),
            unexpected: page(
                "Nothing to do here",
                "No sign-in is waiting for this page. You can close this tab.",
            ),
        }
    }
}

impl Page {
    /// The page as an answer that is kept nowhere, framed by nobody, and tells no other site where it was.
    pub(super) fn response(&self, status: StatusCode) -> Response<String> {
        let mut response = Response::new(self.html());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(policy) = HeaderValue::from_str(&policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    fn html(&self) -> String {
        let [language, title, text] =
            [&self.language, &self.title, &self.text].map(|part| escaped(part));
        format!(
            "<!doctype html><html lang=\"{language}\" dir=\"auto\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style>\
             <main><h1>{title}</h1><p>{text}</p></main></html>"
        )
    }
}

/// Nothing may be loaded, framed or sent; one style is known by its hash (Content Security Policy Level 3).
fn policy() -> String {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{Page, Pages};

    #[test]
    fn a_text_cannot_become_markup() {
        let page = Page {
            language: "en\" onload=\"x".to_owned(),
            title: "<script>".to_owned(),
            text: "Fish & <b>chips</b>".to_owned(),
        };
        let html = page.html();
        assert!(!html.contains("<script>") && !html.contains("<b>") && !html.contains("\" onload"));
        assert!(html.contains("Fish &amp; &lt;b&gt;chips&lt;/b&gt;"));
    }

    #[test]
    fn nothing_is_loaded_kept_or_told() {
        let response = Pages::default().finished.response(StatusCode::OK);
        let header = |name| response.headers()[name].to_str().unwrap();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
    }
}
