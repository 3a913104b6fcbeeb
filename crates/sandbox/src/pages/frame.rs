//! The frame around every page, and the policy it is served under.

use std::fmt;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");
/// Marks the page as left once a link to an app was clicked; it stays open then.
const LEAVE: &str = include_str!("leave.js");

/// Text from outside, escaped where it is written into HTML or an attribute.
pub struct Text<'a>(&'a str);

/// Escapes `raw` when it is displayed.
pub fn text(raw: &str) -> Text<'_> {
    Text(raw)
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for character in self.0.chars() {
            match character {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                other => out.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A page about to be answered.
pub struct Page {
    title: String,
    body: String,
    status: StatusCode,
    wide: bool,
    form_target: Option<String>,
    script: Option<&'static str>,
    mail_styles: bool,
    posts_to_itself: bool,
}

impl Page {
    /// A narrow page, the kind that signs in. `body` is HTML.
    pub fn new(title: &str, body: String) -> Self {
        Self {
            title: title.to_owned(),
            body,
            status: StatusCode::OK,
            wide: false,
            form_target: None,
            script: None,
            mail_styles: false,
            posts_to_itself: false,
        }
    }

    /// A page of lists and mail.
    pub fn wide(title: &str, body: String) -> Self {
        Self {
            wide: true,
            ..Self::new(title, body)
        }
    }

    /// Answers with another status than 200.
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Lets the page's forms end at `target`, an origin or a scheme, because
    /// browsers hold redirects after a form to the form's policy.
    pub fn forms_may_reach(self, target: Option<String>) -> Self {
        Self {
            form_target: target,
            ..self
        }
    }

    /// Tells the person that the app goes on, once they left for it.
    pub fn notes_leaving(self) -> Self {
        Self {
            script: Some(LEAVE),
            ..self
        }
    }

    /// Sends the page's only form at once.
    pub fn posts_itself(self) -> Self {
        Self {
            script: Some("document.forms[0].submit()"),
            ..self
        }
    }

    /// Lets `style` attributes work, which mail is full of.
    pub fn shows_mail(self) -> Self {
        Self {
            mail_styles: true,
            ..self
        }
    }

    /// Lets the page's forms say where they come from. Under `no-referrer` a
    /// browser sends `Origin: null` with them (Fetch, "origin" header).
    pub fn posts_to_itself(self) -> Self {
        Self {
            posts_to_itself: true,
            ..self
        }
    }

    /// Made from the page's own contents, so that the same page is the same to
    /// the byte. What is written into a page cannot carry it: it would have to
    /// hold 128 bits of a hash of itself.
    fn nonce(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.title.as_bytes());
        hash.update([0]);
        hash.update(self.body.as_bytes());
        let hex = hash.finalize();
        hex.iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn policy(&self, nonce: &str) -> String {
        let forms = self.form_target.as_deref().unwrap_or_default();
        let attributes = if self.mail_styles {
            "style-src-attr 'unsafe-inline'; "
        } else {
            ""
        };
        format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; {attributes}script-src 'nonce-{nonce}'; \
             img-src data:; form-action 'self' {forms}; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let nonce = self.nonce();
        let class = if self.wide { "wide" } else { "narrow" };
        let script = self
            .script
            .map(|script| format!("<script nonce=\"{nonce}\">{script}</script>"))
            .unwrap_or_default();
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">\
             <title>{title}</title><style nonce=\"{nonce}\">{STYLE}</style></head>\
             <body class=\"{class}\"><main>{body}</main>\
             <footer>Sandbox tenant on this computer. Not Microsoft; nothing leaves the machine.</footer>\
             {script}</body></html>",
            title = text(&self.title),
            body = self.body,
        );
        let policy = self.policy(&nonce);
        let referrer = if self.posts_to_itself {
            "same-origin"
        } else {
            "no-referrer"
        };
        let mut answer = (self.status, Html(html)).into_response();
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, policy.as_str()),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, referrer),
            (HeaderName::from_static("x-frame-options"), "DENY"),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let written = text("<b a=\"1\" c='2'>&").to_string();
        assert_eq!(written, "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
    }
}
