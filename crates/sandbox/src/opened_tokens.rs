//! Access tokens that were opened lately. A client sends the same one with every
//! request for an hour, and opening it costs more than many an answer.
//!
//! Whether a token still holds is not kept: that is asked each time it is used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::guard::lock;
use crate::tokens::AccessToken;

/// How many tokens are kept: each person of the directory with a few apps. When
/// there are more, all are forgotten, and opened again.
const TOKENS_MAX: usize = 256;
/// How much of a token's end tells it from others: most of its seal's tag.
const END_BYTES: usize = 16;

/// What was opened, by the end of its text.
#[derive(Default)]
pub struct OpenedTokens {
    kept: Mutex<HashMap<[u8; END_BYTES], Opened>>,
}

struct Opened {
    text: String,
    token: Arc<AccessToken>,
}

impl OpenedTokens {
    /// The token that `text` is, which `open` reads if it was not read before.
    pub fn get(
        &self,
        text: &str,
        open: impl FnOnce(&str) -> Option<AccessToken>,
    ) -> Option<Arc<AccessToken>> {
        let end = *text.as_bytes().last_chunk()?;
        if let Some(known) = lock(&self.kept)
            .get(&end)
            .filter(|known| known.text == text)
        {
            return Some(Arc::clone(&known.token));
        }
        let token = Arc::new(open(text)?);
        let mut kept = lock(&self.kept);
        if kept.len() >= TOKENS_MAX {
            kept.clear();
        }
        let opened = Opened {
            text: text.to_owned(),
            token: Arc::clone(&token),
        };
        kept.insert(end, opened);
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scopes::{Audience, ScopeSet};

    #[test]
    fn only_the_very_same_text_is_known() {
        let opened = OpenedTokens::default();
        let first = opened.get(&text("a"), |_| Some(token())).unwrap();
        let again = opened.get(&text("a"), |_| None).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        for other in [text("b"), "short".to_owned(), String::new()] {
            assert!(opened.get(&other, |_| None).is_none(), "{other}");
        }
    }

    #[test]
    fn they_are_bounded() {
        let opened = OpenedTokens::default();
        for number in 0..=TOKENS_MAX {
            let text = format!("a token that ends in {number:020}");
            opened.get(&text, |_| Some(token())).unwrap();
        }
        assert_eq!(lock(&opened.kept).len(), 1);
    }

    /// Differs from others in its beginning alone.
    fn text(start: &str) -> String {
        format!("{start}.the same end for each of them")
    }

    fn token() -> AccessToken {
        AccessToken {
            oid: String::new(),
            tenant_id: String::new(),
            client_id: String::new(),
            graph_host: String::new(),
            audience: Audience::Graph,
            scopes: ScopeSet::default(),
            issued_ms: 0,
            expires_ms: 0,
            cp1: false,
            acrs: Vec::new(),
        }
    }
}
