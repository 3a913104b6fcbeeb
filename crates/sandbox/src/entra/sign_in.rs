//! What the pages' forms and links do.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::facts::{
    ADMIN_NEEDED, CONSENT_DECLINED, NOT_IN_TENANT, PASSWORD_EXPIRED, REQUEST_MALFORMED,
    USER_DISABLED, USER_LOCKED, USER_UNKNOWN, WRONG_PASSWORD,
};
use super::flow::{self, Flow};
use super::outcome;
use super::refusal::{Ids, Refusal};
use super::session::Session;
use crate::directory::{App, PASSWORD, Person, Quirk, Tenancy, by_address, by_oid};
use crate::entra::authorize::Prompt;
use crate::pages;
use crate::world::World;

/// What the forms of the pages send.
#[derive(Deserialize)]
pub struct Fields {
    flow: String,
    /// An account that was clicked in the list.
    #[serde(default)]
    pick: Option<String>,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: Option<String>,
}

/// `POST /{tenant}/login`
pub async fn login(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let Some(flow) = Flow::open(&world, &fields.flow) else {
        return stale(&world, &headers);
    };
    let session = Session::read(&world, &headers);
    match &fields.pick {
        Some(picked) => pick(&world, flow, &session, picked),
        None => check_password(&world, flow, session, &fields),
    }
}

/// `POST /{tenant}/consent`
pub async fn consent(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let Some((mut flow, person)) = signed_in(&world, &fields.flow) else {
        return stale(&world, &headers);
    };
    if person.quirk == Quirk::NeedsAdmin || flow.ask.scopes.needs_admin() {
        return flow::refuse(
            &world,
            &flow.ask,
            &Refusal::from(&ADMIN_NEEDED),
            &flow.ids(),
        );
    }
    world
        .consents
        .add(person.oid, &flow.ask.client_id, &flow.ask.scopes);
    flow.consented = true;
    flow::proceed(&world, flow, person)
}

/// `GET /{tenant}/cancel`: nobody signed in.
pub async fn cancel(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Query(fields): Query<Fields>,
) -> Response {
    match Flow::open(&world, &fields.flow) {
        Some(flow) => flow::send(&flow.ask, &outcome::cancelled(&flow.ask)),
        None => stale(&world, &headers),
    }
}

/// `GET /{tenant}/decline`: signed in, but no consent was given; where only an
/// administrator could have given it, the answer says so.
pub async fn decline(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Query(fields): Query<Fields>,
) -> Response {
    let Some((flow, person)) = signed_in(&world, &fields.flow) else {
        return stale(&world, &headers);
    };
    let admin = person.quirk == Quirk::NeedsAdmin || flow.ask.scopes.needs_admin();
    let fact = if admin {
        &ADMIN_NEEDED
    } else {
        &CONSENT_DECLINED
    };
    flow::refuse(&world, &flow.ask, &Refusal::from(fact), &flow.ids())
}

/// `GET /{tenant}/other-account`: back to the list.
pub async fn other_account(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Query(fields): Query<Fields>,
) -> Response {
    match Flow::open(&world, &fields.flow) {
        Some(flow) => {
            let session = Session::read(&world, &headers);
            pages::sign_in(&world, &flow, &session, None, None)
        }
        None => stale(&world, &headers),
    }
}

/// `GET /{tenant}/oauth2/v2.0/logout`: ends the browser's session, nothing else.
pub async fn sign_out() -> Response {
    flow::with_cookie(pages::signed_out(), Some(Session::end_cookie()))
}

fn pick(world: &World, flow: Flow, session: &Session, picked: &str) -> Response {
    match by_address(picked) {
        Some(person) if session.has(person) && flow.ask.prompt != Prompt::Login => {
            flow::proceed(world, flow, person)
        }
        _ => pages::sign_in(world, &flow, session, Some(picked), None),
    }
}

fn check_password(world: &World, flow: Flow, mut session: Session, fields: &Fields) -> Response {
    let username = fields.username.trim();
    let Some(password) = fields.password.as_deref().filter(|_| !username.is_empty()) else {
        return pages::sign_in(world, &flow, &session, Some(username), None);
    };
    match verify(&flow, username, password) {
        Err(refusal) => pages::sign_in(world, &flow, &session, Some(username), Some(&refusal)),
        Ok(person) => {
            session.add(world, person);
            flow::with_cookie(flow::proceed(world, flow, person), session.cookie(world))
        }
    }
}

fn verify(flow: &Flow, username: &str, password: &str) -> Result<&'static Person, Refusal> {
    let app = flow.app().ok_or(&NOT_IN_TENANT)?;
    check_credentials(app, flow.tenancy(), username, password)
}

/// Whose password this is, if they may sign in to `app` here.
pub fn check_credentials(
    app: &App,
    tenancy: Tenancy,
    username: &str,
    password: &str,
) -> Result<&'static Person, Refusal> {
    let person = by_address(username).ok_or(&USER_UNKNOWN)?;
    let seat = tenancy.seat(person).ok_or(&NOT_IN_TENANT)?;
    if !app.admits_tenant(seat.tenant.id) {
        return Err(Refusal::from(&NOT_IN_TENANT));
    }
    if password != PASSWORD {
        return Err(Refusal::from(&WRONG_PASSWORD));
    }
    match person.quirk {
        Quirk::Disabled => Err(Refusal::from(&USER_DISABLED)),
        Quirk::Locked => Err(Refusal::from(&USER_LOCKED)),
        Quirk::PasswordExpired => Err(Refusal::from(&PASSWORD_EXPIRED)),
        _ => Ok(person),
    }
}

fn signed_in(world: &World, text: &str) -> Option<(Flow, &'static Person)> {
    let flow = Flow::open(world, text)?;
    let person = by_oid(flow.oid.as_deref()?)?;
    Some((flow, person))
}

fn stale(world: &World, headers: &HeaderMap) -> Response {
    let refusal = Refusal::from(&REQUEST_MALFORMED)
        .saying("This page was open for too long, or belongs to another run of the sandbox. Start the sign-in again in the app.");
    pages::refusal(world, &refusal, &Ids::new(headers, None))
}
