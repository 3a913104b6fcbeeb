//! What `script/fuzz` feeds with bytes from anybody; not there in any other build.

#![allow(
    clippy::indexing_slicing,
    reason = "an index into a JSON value never panics"
)]

use std::time::{Duration, UNIX_EPOCH};

use jsonwebtoken::DecodingKey;
use secrecy::SecretString;
use url::Url;

use crate::authority::Kind;
use crate::id_token::{Expected, believe, key_id};
use crate::keys::SigningKey;
use crate::pending::PendingSignIn;
use crate::redirect::{self, RedirectError};
use crate::token_answer::TokenAnswer;

const STATE: &str = "q9Yv3Jm7T2kLx0aWb5Rc8ZdE1nHfGsUiOpKjVtXyMzQ";

/// A redirect: it is believed only with this sign-in's `state`, as `fuzz/seeds/redirect` has it.
pub fn redirect(text: &str) {
    let record = serde_json::json!({
        "state": STATE, "nonce": "n", "code_verifier": "v", "client_id": "c",
        "authority": "https://login.microsoftonline.com/common",
        "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "redirect_uri": "io.github.signetmail://auth", "scopes": [], "claims": null, "begun_at": 0,
    });
    let pending = PendingSignIn::unseal(&SecretString::from(record.to_string()), UNIX_EPOCH);
    assert!(pending.is_ok(), "the record has another shape");
    let Ok(pending) = pending else { return };
    let has_state = |url: Url| {
        url.query_pairs()
            .any(|pair| pair == ("state".into(), STATE.into()))
    };
    match redirect::read(&pending, text) {
        Ok(_) | Err(RedirectError::Refused(_)) => {
            assert!(Url::parse(text).is_ok_and(has_state), "{text}");
        }
        Err(_) => {}
    }
}

/// A token answer, and what it makes of the tokens.
pub fn token_answer(bytes: &[u8]) {
    if let Ok(answer) = serde_json::from_slice::<TokenAnswer>(bytes) {
        let asked = ["User.Read".to_owned()];
        assert_eq!(answer.tokens(&asked, UNIX_EPOCH).asked, asked);
    }
}

/// An ID token's header, and its claims as if the authority had signed them: whoever is believed is named in them.
pub fn id_token(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = key_id(text);
    }
    let key = SigningKey {
        kid: "k".to_owned(),
        issuer: None,
        key: DecodingKey::from_secret(b"k"),
    };
    for kind in [
        Kind::Entra {
            tenant: "common".to_owned(),
        },
        Kind::B2c {
            tenant: "contoso.com".to_owned(),
            policy: "b2c_1_a".to_owned(),
        },
        Kind::OpenId,
    ] {
        let expected = Expected {
            client_id: "c",
            nonce: Some("n"),
            issuer: "https://login.example/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
            kind: &kind,
            now: UNIX_EPOCH + Duration::from_secs(1_700_000_000),
        };
        // A member that nobody reads may hold what is no text: then there is nothing to compare with.
        let claims = serde_json::from_slice::<serde_json::Value>(bytes);
        if let Ok(claims) = claims
            && believe(bytes, &expected, &key)
        {
            assert_eq!(claims["nonce"], "n", "{claims}");
            assert_eq!(claims["iss"], expected.issuer, "{claims}");
        }
    }
}
