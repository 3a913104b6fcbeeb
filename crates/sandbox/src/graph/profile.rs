//! Which operation a path of the profile side means: oneself, colleagues and the
//! settings of one's mailbox.

use super::fault::GraphFault;
use super::reply::Reply;
use super::request::Call;
use super::{categories, mail_tips, me, people, photo, presence, settings, users};
use crate::world::World;

/// Runs the operation at `segments`; `None` for a path of another side.
pub fn run(world: &World, call: &Call, segments: &[&str]) -> Option<Result<Reply, GraphFault>> {
    let method = call.method.as_str();
    let (id, rest) = match segments {
        ["me", rest @ ..] => (None, rest),
        ["users"] => return Some(read_only(method, || users::list(world, call))),
        ["users", "$count"] => return Some(read_only(method, || users::count(world, call))),
        ["users", id, rest @ ..] => (Some(*id), rest),
        ["communications", "presences", id] => {
            return Some(read_only(method, || presence::of(world, call, id)));
        }
        _ => return None,
    };
    match id {
        None => own(world, call, method, rest).or_else(|| shared(world, call, method, None, rest)),
        Some(id) => shared(world, call, method, Some(id), rest),
    }
}

/// What one has for oneself alone.
fn own(
    world: &World,
    call: &Call,
    method: &str,
    rest: &[&str],
) -> Option<Result<Reply, GraphFault>> {
    let done = match (method, rest) {
        ("GET", []) => me::get(world, call),
        ("PATCH", []) => me::patch(world, call),
        (_, ["people"]) => read_only(method, || people::list(world, call)),
        (_, ["presence"]) => read_only(method, || presence::own(world, call)),
        ("GET", ["mailboxSettings"]) => settings::get(world, call, None),
        ("PATCH", ["mailboxSettings"]) => settings::patch(world, call),
        (_, ["mailboxSettings", name]) => {
            read_only(method, || settings::get_one(world, call, None, name))
        }
        ("GET", ["outlook", "masterCategories"]) => categories::list(world, call),
        ("POST", ["outlook", "masterCategories"]) => categories::post(world, call),
        ("GET", ["outlook", "masterCategories", id]) => categories::get(world, call, id),
        ("PATCH", ["outlook", "masterCategories", id]) => categories::patch(world, call, id),
        ("DELETE", ["outlook", "masterCategories", id]) => categories::delete(world, call, id),
        ("POST", ["getMailTips"]) => mail_tips::post(world, call),
        (
            _,
            []
            | ["mailboxSettings" | "getMailTips"]
            | ["outlook", "masterCategories"]
            | ["outlook", "masterCategories", _],
        ) => Err(GraphFault::wrong_method()),
        _ => return None,
    };
    Some(done)
}

/// What others have too, as far as one may read it.
fn shared(
    world: &World,
    call: &Call,
    method: &str,
    id: Option<&str>,
    rest: &[&str],
) -> Option<Result<Reply, GraphFault>> {
    let done = match (id, rest) {
        (Some(id), []) => read_only(method, || users::get(world, call, id)),
        (Some(id), ["presence"]) => read_only(method, || presence::of(world, call, id)),
        (Some(id), ["mailboxSettings"]) => {
            read_only(method, || settings::get(world, call, Some(id)))
        }
        (Some(id), ["mailboxSettings", name]) => {
            read_only(method, || settings::get_one(world, call, Some(id), name))
        }
        (_, ["manager"]) => read_only(method, || users::manager(world, call, id)),
        (_, ["directReports"]) => read_only(method, || users::direct_reports(world, call, id)),
        (_, ["photo"]) => read_only(method, || photo::metadata(world, call, id, None)),
        (_, ["photo", "$value"]) => read_only(method, || photo::value(world, call, id, None)),
        (_, ["photos"]) => read_only(method, || photo::list(world, call, id)),
        (_, ["photo" | "photos", size]) => {
            read_only(method, || photo::metadata(world, call, id, Some(size)))
        }
        (_, ["photo" | "photos", size, "$value"]) => {
            read_only(method, || photo::value(world, call, id, Some(size)))
        }
        _ => return None,
    };
    Some(done)
}

fn read_only(
    method: &str,
    run: impl FnOnce() -> Result<Reply, GraphFault>,
) -> Result<Reply, GraphFault> {
    if method == "GET" {
        run()
    } else {
        Err(GraphFault::wrong_method())
    }
}
