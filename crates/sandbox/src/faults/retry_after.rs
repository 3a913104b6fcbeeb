//! `Retry-After` as a fault writes it, and as throttling does.
//!
//! RFC 9110 §10.2.3 has whole seconds or a date; "Microsoft Graph throttling
//! guidance" has a decimal in its sample.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::clock::{Clock, OFFSET_SECONDS_MAX};
use crate::switches::RetryAfter;

/// What a fault was asked to write.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RetryAfterText {
    /// A number, as it is.
    Number(Number),
    /// Any text, as it is.
    Text(String),
    /// The date so many seconds from now.
    Date {
        /// Seconds.
        http_date_in: i64,
    },
}

impl RetryAfterText {
    /// `Err` says why it cannot be written.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Text(text) if HeaderValue::from_str(text).is_err() => {
                Err("retry_after cannot be sent as a header".to_owned())
            }
            Self::Date { http_date_in }
                if !(-OFFSET_SECONDS_MAX..=OFFSET_SECONDS_MAX).contains(http_date_in) =>
            {
                Err("http_date_in is too far away".to_owned())
            }
            Self::Number(_) | Self::Text(_) | Self::Date { .. } => Ok(()),
        }
    }

    /// The header's value.
    pub fn value(&self, clock: &Clock) -> Option<HeaderValue> {
        let text = match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Date { http_date_in } => clock.http_date_in(http_date_in * 1000),
        };
        HeaderValue::from_str(&text).ok()
    }
}

impl RetryAfter {
    /// What a throttled client is told, in the form the switch asks for. Never
    /// less than what is meant: whole seconds are rounded up.
    pub fn value(self, clock: &Clock, wait_ms: i64) -> Option<HeaderValue> {
        let whole_seconds = (wait_ms.max(0) + 999) / 1000;
        let text = match self {
            Self::None => return None,
            Self::Seconds => whole_seconds.to_string(),
            Self::Decimal => format!("{}.{:03}", wait_ms.max(0) / 1000, wait_ms.max(0) % 1000),
            Self::HttpDate => clock.http_date_in((whole_seconds + 1) * 1000),
        };
        HeaderValue::from_str(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_written_as_the_switch_says() {
        let clock = Clock::default();
        for (form, expected) in [
            (RetryAfter::Seconds, Some("3")),
            (RetryAfter::Decimal, Some("2.128")),
            (RetryAfter::None, None),
        ] {
            let value = form.value(&clock, 2128);
            assert_eq!(
                value.as_ref().map(|value| value.to_str().unwrap()),
                expected
            );
        }
        let date = RetryAfter::HttpDate.value(&clock, 2128).unwrap();
        assert!(date.to_str().unwrap().ends_with(" GMT"));
    }
}
