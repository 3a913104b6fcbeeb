//! What `script/fuzz` feeds with bytes from anybody; not there in any other build.

use std::time::{Duration, UNIX_EPOCH};

use secrecy::SecretString;

use crate::authority::Kind;
use crate::id_token::{Expected, validate};
use crate::pending::PendingSignIn;
use crate::redirect::{self, RedirectError};
use crate::token_answer::TokenAnswer;

const STATE: &str = "q9Yv3Jm7T2kLx0aWb5Rc8ZdE1nHfGsUiOpKjVtXyMzQ";

/// A redirect: it is believed only with this sign-in's `state`.
pub fn redirect(text: &str) {
    let record = serde_json::json!({
        "state": STATE, "nonce": "n", "code_verifier": "v", "client_id": "c",
        "authority": "https://login.microsoftonline.com/common",
        "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "redirect_uri": "io.github.signetmail://auth", "scopes": [], "claims": null, "begun_at": 0,
    });
    let pending = PendingSignIn::unseal(&SecretString::from(record.to_string()), UNIX_EPOCH);
    let Ok(pending) = pending else { return };
    match redirect::read(&pending, text) {
        Ok(_) | Err(RedirectError::Refused(_)) => assert!(text.contains("state"), "{text}"),
        Err(_) => {}
    }
}

/// A token answer, and what it makes of the tokens.
pub fn token_answer(bytes: &[u8]) {
    if let Ok(answer) = serde_json::from_slice::<TokenAnswer>(bytes) {
        let tokens = answer.tokens(&["User.Read".to_owned()], UNIX_EPOCH);
        assert!(tokens.access_token.expires_at >= UNIX_EPOCH);
    }
}

/// An ID token: without a key nothing is believed.
pub fn id_token(text: &str) {
    let kind = Kind::Entra {
        tenant: "common".to_owned(),
    };
    let expected = Expected {
        client_id: "c",
        nonce: Some("n"),
        issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
        kind: &kind,
        now: UNIX_EPOCH + Duration::from_secs(1_700_000_000),
    };
    assert!(validate(text, &expected, &[]).is_err());
}
