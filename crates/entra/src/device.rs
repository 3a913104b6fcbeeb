//! Signing in on another device (RFC 8628; Entra, "Microsoft identity platform and the OAuth 2.0 device authorization
//! grant flow"): where no redirect can reach this computer, the person types a short code into a page wherever there is a
//! browser.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::header::{ACCEPT, CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::authority::Authority;
use crate::client::{Client, SignInAsk};
use crate::error::{EntraError, EntraErrorKind, Unreadable};
use crate::exchange::{Answer, Head, unreadable};
use crate::store::BoxFuture;
use crate::token_answer::TokenAnswer;
use crate::tokens::SignedIn;
use crate::{authority, claims, lenient, scopes};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The life of a code that states none, which RFC 8628 §3.2 does not allow: Entra's own.
const LIFETIME_UNSTATED: Duration = Duration::from_secs(15 * 60);

/// The longest life that is believed.
const LIFETIME_MAX: Duration = Duration::from_secs(30 * 60);

/// The wait between two questions where none is stated (RFC 8628 §3.2), and what `slow_down` adds to it (§3.5).
const INTERVAL_STEP: Duration = Duration::from_secs(5);

/// The longest wait between two questions, however often the authority says `slow_down` or cannot be reached.
const INTERVAL_MAX: Duration = Duration::from_secs(60);

/// The longest code a person is asked to type; Entra's has nine letters.
const USER_CODE_CHARS_MAX: usize = 32;

/// The longest code that is sent back; Entra's has about 250 letters.
const DEVICE_CODE_BYTES_MAX: usize = 8 * 1_024;

/// A way to wait, so that tests need not.
pub type Sleep<'a> = &'a (dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync);

/// A sign-in that is waiting for its code to be typed in. Its `Debug` shows neither code.
#[derive(Clone)]
pub struct DeviceCode {
    /// What the person types in.
    pub user_code: String,
    /// Where: HTTPS, or the authority's own address.
    pub verification_uri: Url,
    /// When the code ends, by this computer's clock.
    pub expires_at: SystemTime,
    device_code: SecretString,
    interval: Duration,
    lifetime: Duration,
    scopes: Vec<String>,
    claims: Option<String>,
    client_id: String,
    authority: String,
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("verification_uri", &self.verification_uri.as_str())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Begins a sign-in on another device. The prompt and the hint of `ask` have no place there and are left out.
    ///
    /// [`EntraErrorKind::Misconfigured`] where the authority knows no device code.
    pub async fn begin_on_other_device(&self, ask: SignInAsk) -> Result<DeviceCode, EntraError> {
        let metadata = self.metadata().await?;
        let endpoint = metadata
            .device_authorization_endpoint
            .as_ref()
            .ok_or_else(|| EntraError::new(EntraErrorKind::Misconfigured, "no_device_code_here"))?;
        let config = self.config();
        let scope = scopes::request(&ask.scopes).join(" ");
        let fields = [
            ("client_id", config.client_id.as_str()),
            ("scope", scope.as_str()),
        ];
        let answer = self.post_form(endpoint, &fields).await?;
        if answer.head.status != 200 {
            return Err(answer.refusal());
        }
        let offer: Offer = serde_json::from_slice(&answer.body).map_err(|_| answer.refusal())?;
        let incomplete = || unreadable(&answer.head, Unreadable::Incomplete);
        let lifetime = offer.lifetime();
        Ok(DeviceCode {
            user_code: offer.user_code().ok_or_else(incomplete)?,
            verification_uri: offer.page(&config.authority).ok_or_else(incomplete)?,
            expires_at: self.now().checked_add(lifetime).ok_or_else(incomplete)?,
            device_code: offer.device_code().ok_or_else(incomplete)?,
            interval: offer.interval(),
            lifetime,
            scopes: ask.scopes,
            claims: claims::request(&config.authority, ask.claims.as_deref()),
            client_id: config.client_id.clone(),
            authority: config.authority.as_str().to_owned(),
        })
    }

    /// Waits until the person has signed in on the other device, asking as often as the authority wants it and at most for
    /// the life of the code. To give up, drop the future.
    ///
    /// Trouble between two questions ends nothing: the wait doubles up to a minute, and `Retry-After` is obeyed (RFC 8628 §3.5).
    /// What fails after the tokens have come, as the fetch of the keys, ends the sign-in.
    /// [`EntraErrorKind::DeviceCodeOver`] when the code has ended, [`EntraErrorKind::Declined`] when the person said no.
    pub async fn await_other_device(
        &self,
        code: &DeviceCode,
        sleep: Sleep<'_>,
    ) -> Result<SignedIn, EntraError> {
        let config = self.config();
        self.must_have_begun(&code.client_id, &code.authority)?;
        let metadata = self.metadata().await?;
        let mut fields = vec![
            ("grant_type", GRANT_TYPE),
            ("client_id", config.client_id.as_str()),
            ("device_code", code.device_code.expose_secret()),
        ];
        fields.extend(code.claims.as_deref().map(|claims| ("claims", claims)));
        fields.extend(config.authority.is_entra().then_some(("client_info", "1")));
        let mut pace = Pace::new(code);
        loop {
            let wait = pace.next_wait()?;
            sleep(wait).await;
            let outcome = match self.post_form(&metadata.token_endpoint, &fields).await {
                Ok(answer) => read(answer),
                Err(error) => Err(error),
            };
            match outcome {
                // No nonce: this flow sends none, and no stranger can bring a token here (RFC 8628 §5.1).
                Ok((tokens, head)) => {
                    return self.signed_in(&tokens, &head, &code.scopes, None).await;
                }
                Err(error) => pace.after(error)?,
            }
            if self.now() >= code.expires_at {
                return Err(over());
            }
        }
    }

    async fn post_form(
        &self,
        endpoint: &Url,
        fields: &[(&str, &str)],
    ) -> Result<Answer, EntraError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = http::Request::post(endpoint.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(body.into_bytes());
        self.send(request).await
    }
}

fn read(answer: Answer) -> Result<(TokenAnswer, Head), EntraError> {
    if answer.head.status != 200 {
        return Err(answer.refusal());
    }
    match serde_json::from_slice(&answer.body) {
        Ok(tokens) => Ok((tokens, answer.head)),
        Err(_) => Err(answer.refusal()),
    }
}

fn over() -> EntraError {
    EntraError::new(EntraErrorKind::DeviceCodeOver, "expired_token")
}

/// How long to wait before each question. The sum of all waits is bounded by the life of the code, whatever the clock does.
struct Pace {
    interval: Duration,
    wait: Duration,
    left: Duration,
    /// What is said when the next wait would outlive the code.
    trouble: Option<EntraError>,
}

impl Pace {
    fn new(code: &DeviceCode) -> Self {
        Self {
            interval: code.interval,
            wait: code.interval,
            left: code.lifetime,
            trouble: None,
        }
    }

    fn next_wait(&mut self) -> Result<Duration, EntraError> {
        match self.left.checked_sub(self.wait) {
            Some(left) if !left.is_zero() => {
                self.left = left;
                Ok(self.wait)
            }
            _ => Err(self.trouble.take().unwrap_or_else(over)),
        }
    }

    /// Goes on after an answer that brought no tokens, or ends with it.
    fn after(&mut self, error: EntraError) -> Result<(), EntraError> {
        self.trouble = None;
        match error.error.as_str() {
            "authorization_pending" => self.wait = self.interval,
            "slow_down" => {
                self.interval = (self.interval + INTERVAL_STEP).min(INTERVAL_MAX);
                self.wait = self.interval;
            }
            _ if error.is_transient() => {
                let doubled = (self.wait * 2).min(INTERVAL_MAX);
                self.wait = doubled.max(error.retry_after.unwrap_or_default());
                self.trouble = Some(error);
            }
            _ => return Err(error),
        }
        Ok(())
    }
}

/// The answer to a device authorization request (RFC 8628 §3.2), as it came.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Offer {
    device_code: Value,
    user_code: Value,
    verification_uri: Value,
    expires_in: Value,
    interval: Value,
}

impl Offer {
    fn user_code(&self) -> Option<String> {
        let plain = |letter: char| letter.is_ascii_graphic() || letter == ' ';
        lenient::text(&self.user_code).filter(|code| {
            (1..=USER_CODE_CHARS_MAX).contains(&code.trim().len()) && code.chars().all(plain)
        })
    }

    /// The page is shown to a person and opened in a browser: anything but HTTPS would be a trap, except where the authority
    /// itself is on this machine.
    fn page(&self, authority: &Authority) -> Option<Url> {
        let page = Url::parse(&lenient::text(&self.verification_uri)?).ok()?;
        let fit = page.username().is_empty()
            && page.password().is_none()
            && authority::is_secure(&page)
            && (page.scheme() == "https" || authority.may_name_endpoint(&page));
        fit.then_some(page)
    }

    fn device_code(&self) -> Option<SecretString> {
        lenient::text(&self.device_code)
            .filter(|code| (1..=DEVICE_CODE_BYTES_MAX).contains(&code.len()))
            .map(SecretString::from)
    }

    fn lifetime(&self) -> Duration {
        lenient::number(&self.expires_in)
            .map_or(LIFETIME_UNSTATED, Duration::from_secs)
            .min(LIFETIME_MAX)
    }

    fn interval(&self) -> Duration {
        lenient::number(&self.interval)
            .map_or(INTERVAL_STEP, Duration::from_secs)
            .clamp(Duration::from_secs(1), INTERVAL_MAX)
    }
}

#[cfg(test)]
mod tests;
