//! Whether a draft is worth keeping.

use super::{Body, Draft};
use crate::html;

impl Draft {
    /// Whether nobody has written anything: no text, no picture, no recipient, no attachment.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let body = match &self.body {
            Body::Text(text) => text.trim().is_empty(),
            Body::Html(source) => {
                !source.contains("<img") && html::text_alternative(source).trim().is_empty()
            }
        };
        body && self.subject.trim().is_empty()
            && self.attachments.is_empty()
            && [&self.to, &self.cc, &self.bcc]
                .into_iter()
                .all(Vec::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_wrote_is_empty() {
        let html = |html: &str| Draft {
            body: Body::Html(html.to_owned()),
            ..Draft::default()
        };
        assert!(Draft::default().is_empty());
        assert!(html("<div><br></div>").is_empty());
        assert!(!html("<div>Hello</div>").is_empty());
        assert!(!html("<div><img src=\"data:,\"></div>").is_empty());
        assert!(
            !Draft {
                subject: "x".to_owned(),
                ..Draft::default()
            }
            .is_empty()
        );
        assert!(
            !Draft {
                bcc: vec!["half".to_owned()],
                ..Draft::default()
            }
            .is_empty()
        );
    }
}
