//! Which limits a request counts against, and the refusal of one that must wait.
//!
//! Sources: "Microsoft Graph service-specific throttling limits" (Outlook,
//! insights, presence) and "Microsoft Graph throttling guidance".

use axum::http::{Method, StatusCode, header};

use super::fault::GraphFault;
use super::request::Call;
use crate::caller::Caller;
use crate::directory::{by_address, by_oid};
use crate::limits::{Account, Limit, Pass, Quota, Throttled};
use crate::operations::{Meter, Operation};
use crate::switches::Switches;
use crate::world::World;

/// In which time Outlook counts requests, and people and insights do.
const REQUESTS_MS: i64 = 10 * 60 * 1000;
/// In which time Outlook counts bytes.
const BYTES_MS: i64 = 5 * 60 * 1000;
/// People and insights: 10,000 requests in ten minutes, four at once.
const INSIGHTS_REQUESTS_MAX: u64 = 10_000;
const INSIGHTS_OPEN_MAX: u32 = 4;
/// Presence: 1,500 requests in thirty seconds.
const PRESENCE_REQUESTS_MAX: u64 = 1500;
const PRESENCE_MS: i64 = 30 * 1000;

/// What is known of a request when it arrives.
pub struct Arrival<'a> {
    /// The operation it asks for.
    pub operation: &'static Operation,
    /// Method.
    pub method: &'a Method,
    /// Path below `/v1.0`.
    pub path: &'a str,
    /// Length of the body, as far as it is known.
    pub bytes: u64,
}

/// Lets a request in, or says that it must wait. The pass is held until the
/// answer is made; there is none for what is not limited.
pub fn enter(
    world: &World,
    caller: Option<&Caller>,
    arrival: &Arrival<'_>,
) -> Result<Option<Pass>, GraphFault> {
    let Some(caller) = caller else {
        return Ok(None);
    };
    let account = account(caller, arrival);
    let switches = world.switches.for_person(&account.whose);
    let Some(quota) = quota(arrival.operation.meter, &switches) else {
        return Ok(None);
    };
    let writes = [Method::POST, Method::PATCH, Method::PUT].contains(arrival.method);
    let bytes = if writes { arrival.bytes } else { 0 };
    match world
        .limits
        .enter(account, quota, bytes, world.clock.now_ms())
    {
        Ok(pass) => Ok(Some(pass)),
        Err(throttled) => {
            let meter = arrival.operation.meter;
            Err(refusal(world, &switches, meter, &throttled))
        }
    }
}

/// Counts a body that came without `Content-Length`: `enter` could not know it.
pub fn count_unannounced(world: &World, call: &Call) {
    if call.headers.contains_key(header::CONTENT_LENGTH) {
        return;
    }
    let Some(operation) = call.resolved.operation else {
        return;
    };
    let bytes = u64::try_from(call.body.len()).unwrap_or(u64::MAX);
    if bytes > 0
        && operation.meter == Meter::Outlook
        && let Some(caller) = call.caller(world)
    {
        let arrival = Arrival {
            operation,
            method: &call.method,
            path: &call.path,
            bytes,
        };
        let account = account(&caller, &arrival);
        let now_ms = world.clock.now_ms();
        world.limits.add_bytes(&account, bytes, BYTES_MS, now_ms);
    }
}

/// Outlook counts for the mailbox, whoever uses it; the others for the person
/// or the tenant.
fn account(caller: &Caller, arrival: &Arrival<'_>) -> Account {
    let meter = arrival.operation.meter;
    let whose = match meter {
        Meter::Outlook => mailbox(arrival.path)
            .unwrap_or(caller.person.address)
            .to_ascii_lowercase(),
        Meter::Presence => caller.person.tenant_id.to_owned(),
        Meter::Insights | Meter::None => caller.person.address.to_ascii_lowercase(),
    };
    Account {
        client_id: caller.client_id.to_ascii_lowercase(),
        whose,
        meter,
    }
}

/// The mailbox that a path below `users` names, by its address if it is known.
fn mailbox(path: &str) -> Option<&str> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    if !segments.next()?.eq_ignore_ascii_case("users") {
        return None;
    }
    let named = segments.next()?;
    let person = by_oid(named).or_else(|| by_address(named));
    Some(person.map_or(named, |person| person.address))
}

fn quota(meter: Meter, switches: &Switches) -> Option<Quota> {
    match meter {
        Meter::Outlook => Some(Quota {
            open: Some(switches.concurrency_max),
            requests: (u64::from(switches.requests_per_10_min), REQUESTS_MS),
            bytes: Some((switches.upload_bytes_per_5_min, BYTES_MS)),
        }),
        Meter::Insights => Some(Quota {
            open: Some(INSIGHTS_OPEN_MAX),
            requests: (INSIGHTS_REQUESTS_MAX, REQUESTS_MS),
            bytes: None,
        }),
        Meter::Presence => Some(Quota {
            open: None,
            requests: (PRESENCE_REQUESTS_MAX, PRESENCE_MS),
            bytes: None,
        }),
        Meter::None => None,
    }
}

/// 429 with `Retry-After` as the switch has it. Outlook has a code of its own, and
/// only its sentence about concurrency is known word for word; everybody else
/// answers as the guidance's sample does.
fn refusal(world: &World, switches: &Switches, meter: Meter, throttled: &Throttled) -> GraphFault {
    let fault = match (meter, throttled.limit) {
        (Meter::Outlook, limit) => GraphFault::new(
            StatusCode::TOO_MANY_REQUESTS,
            "ApplicationThrottled",
            match limit {
                Limit::Concurrency => "Application is over its MailboxConcurrency limit.",
                Limit::Requests => "Application is over its request limit.",
                Limit::Bytes => "Application is over its upload limit.",
            },
        ),
        (Meter::Insights | Meter::Presence | Meter::None, _) => GraphFault::too_many_requests(),
    };
    match switches.retry_after.value(&world.clock, throttled.wait_ms) {
        Some(value) => fault.header(header::RETRY_AFTER, value.to_str().unwrap_or_default()),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::super::request::GraphIds;
    use super::*;

    /// "Microsoft Graph service-specific throttling limits".
    #[test]
    fn each_side_has_its_own_quota() {
        let of = |meter| {
            quota(meter, &Switches::default())
                .map(|quota| (quota.open, quota.requests, quota.bytes))
        };
        for (meter, expected) in [
            (
                Meter::Outlook,
                Some((Some(4), (10_000, 600_000), Some((150 << 20, 300_000)))),
            ),
            (Meter::Insights, Some((Some(4), (10_000, 600_000), None))),
            (Meter::Presence, Some((None, (1500, 30_000), None))),
            (Meter::None, None),
        ] {
            assert_eq!(of(meter), expected, "{meter:?}");
        }
    }

    /// "Microsoft Graph throttling guidance", sample response; Outlook's code is
    /// the one that its users report.
    #[test]
    fn only_outlook_throttles_in_words_of_its_own() {
        let world = World::new(1, false).unwrap();
        for (meter, code, inner) in [
            (Meter::Outlook, "ApplicationThrottled", None),
            (Meter::Insights, "TooManyRequests", Some("429")),
            (Meter::Presence, "TooManyRequests", Some("429")),
        ] {
            let throttled = Throttled {
                limit: Limit::Requests,
                wait_ms: 1000,
            };
            let ids = GraphIds::new(&world, &HeaderMap::new());
            let fault = refusal(&world, &Switches::default(), meter, &throttled);
            let reply = fault.reply(&world, &ids);
            let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(body["error"]["code"], code);
            let found = body["error"]["innerError"]["code"].as_str();
            assert_eq!(found, inner, "{meter:?}");
        }
    }

    #[test]
    fn a_shared_mailbox_is_counted_as_such() {
        for (path, expected) in [
            ("/me/messages", None),
            (
                "/users/Grace@signet.example/sendMail",
                Some("grace@signet.example"),
            ),
            (
                "/users/other@example.org/messages",
                Some("other@example.org"),
            ),
        ] {
            assert_eq!(mailbox(path), expected, "{path}");
        }
    }
}
