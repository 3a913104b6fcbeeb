//! Whether a draft is worth keeping.

use super::{Body, Draft};
use crate::html;

impl Draft {
    /// Whether nobody has written anything: no text, no picture, no address, no attachment. What is
    /// asked for with it alone is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_empty_but_for("")
    }

    /// The same of a draft that was signed: the signature by itself is nobody's writing, however it is spaced.
    #[must_use]
    pub fn is_empty_but_for(&self, signature: &str) -> bool {
        self.says_nothing_but(signature)
            && self.subject.trim().is_empty()
            && self.attachments.is_empty()
            && [&self.to, &self.cc, &self.bcc, &self.reply_to]
                .into_iter()
                .all(Vec::is_empty)
    }

    fn says_nothing_but(&self, signature: &str) -> bool {
        let written = match &self.body {
            Body::Text(text) => text.clone(),
            Body::Html(source) if source.contains("<img") => return false,
            Body::Html(source) => html::text_alternative(source),
        };
        let mut words = written.split_whitespace().peekable();
        words.peek().is_none() || words.eq(signature.split_whitespace())
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
