//! `Retry-After`, in the three forms servers write.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use jiff::fmt::rfc2822::DateTimeParser;

/// The longest wait that is believed. A mailbox is not held back longer because of one header.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

static DATES: DateTimeParser = DateTimeParser::new();

/// How long a server asks to be left alone, at most [`RETRY_AFTER_MAX`].
///
/// Whole seconds and dates are RFC 9110 §10.2.3; decimals are Graph's own ("2.128" in its throttling guidance). A date
/// is measured from the answer's own `Date`, so a wrong clock on this machine does no harm; without one it tells
/// nothing.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse::<f64>() {
        Ok(seconds) if seconds >= 0.0 => {
            Duration::try_from_secs_f64(seconds).unwrap_or(RETRY_AFTER_MAX)
        }
        Ok(_) => return None,
        Err(_) => until(value, headers.get(DATE)?.to_str().ok()?)?,
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

fn until(date: &str, now: &str) -> Option<Duration> {
    let (date, now) = (
        DATES.parse_timestamp(date).ok()?,
        DATES.parse_timestamp(now.trim()).ok()?,
    );
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, date: Option<&str>, expected: Option<Duration>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        assert_eq!(retry_after(&headers), expected, "{value:?}");
    }

    #[test]
    fn seconds_decimals_and_dates() {
        let now = Some("Wed, 21 Oct 2015 07:27:30 GMT");
        check("120", None, Some(Duration::from_secs(120)));
        check("2.128", None, Some(Duration::from_millis(2128)));
        check("0", None, Some(Duration::ZERO));
        check(
            "Wed, 21 Oct 2015 07:28:00 GMT",
            now,
            Some(Duration::from_secs(30)),
        );
        check("Wed, 21 Oct 2015 07:00:00 GMT", now, Some(Duration::ZERO));
        check("Wed, 21 Oct 2015 07:28:00 GMT", None, None);
    }

    #[test]
    fn odd_values_hold_nobody_back_for_long() {
        check("1e300", None, Some(RETRY_AFTER_MAX));
        check("inf", None, Some(RETRY_AFTER_MAX));
        for odd in ["NaN", "-1", "soon", ""] {
            check(odd, Some("Wed, 21 Oct 2015 07:27:30 GMT"), None);
        }
    }
}
