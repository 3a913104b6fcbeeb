//! What the pages' forms and links do.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::aadsts::MFA_NEEDED;
use super::ask::Prompt;
use super::facts::{
    ADMIN_NEEDED, CONSENT_DECLINED, NOT_IN_TENANT, PASSWORD_EXPIRED, REQUEST_MALFORMED,
    SECOND_FACTOR_WRONG, USER_DISABLED, USER_LOCKED, USER_UNKNOWN, WRONG_PASSWORD,
};
use super::flow::{self, Flow};
use super::hindrance::{Hindrance, second_factor_code};
use super::outcome;
use super::refusal::{Ids, Refusal};
use super::session::Session;
use crate::directory::{App, PASSWORD, Person, Quirk, Tenancy, by_address, by_oid};
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
    /// The code of the second factor.
    #[serde(default)]
    code: String,
    /// Whether to stay signed in: `yes` or `no`.
    #[serde(default)]
    stay: String,
    /// Whether an administrator consents for the organisation.
    #[serde(default)]
    organization: bool,
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

/// `POST /{tenant}/second-factor`
pub async fn second_factor(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let Some((mut flow, person)) = signed_in(&world, &fields.flow) else {
        return stale(&world, &headers);
    };
    let now_ms = world.clock.now_ms();
    if fields.code.trim() != second_factor_code(&flow) {
        let fact = match Hindrance::of(&flow, person, now_ms) {
            Some(Hindrance::SecondFactor(fact)) => fact,
            Some(Hindrance::Barred(_)) | None => &MFA_NEEDED,
        };
        let refusal = Refusal::from(&SECOND_FACTOR_WRONG);
        return pages::second_factor(&world, &flow, person, fact, Some(&refusal));
    }
    let mut session = Session::read(&world, &headers);
    session.strengthen(person, now_ms);
    flow.strong_at_ms = Some(now_ms);
    let cookie = session.cookie(&world);
    flow::with_cookie(flow::proceed(&world, flow, person), cookie)
}

/// `POST /{tenant}/stay`
pub async fn stay(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let Some((mut flow, person)) = signed_in(&world, &fields.flow) else {
        return stale(&world, &headers);
    };
    let mut session = Session::read(&world, &headers);
    session.stay(person, fields.stay == "yes");
    flow.asked_to_stay = true;
    let cookie = session.cookie(&world);
    flow::with_cookie(flow::proceed(&world, flow, person), cookie)
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
    let missing = flow::missing_consent(&world, &flow, person);
    let refused = if flow::admin_needed(&world, &flow, person, &missing) {
        Some(&ADMIN_NEEDED)
    } else {
        (person.quirk == Quirk::Declines).then_some(&CONSENT_DECLINED)
    };
    if let Some(fact) = refused {
        return flow.refuse(&world, Some(person), &Refusal::from(fact));
    }
    let (client_id, scopes) = (&flow.ask.client_id, &flow.ask.scopes);
    let whole = fields.organization || flow.ask.prompt == Prompt::AdminConsent;
    if let (true, Some(seat)) = (whole && person.is_admin, flow.seat(person)) {
        world.consents.add(seat.tenant.id, client_id, scopes);
    }
    world.consents.add(person.oid, client_id, scopes);
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
        Some(flow) => flow::send(&flow.ask, &outcome::cancelled(&world, &flow.ask, None)),
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
    if flow.ask.endpoint.is_admin_consent() {
        let parameters = outcome::cancelled(&world, &flow.ask, Some(person));
        return flow::send(&flow.ask, &parameters);
    }
    let missing = flow::missing_consent(&world, &flow, person);
    let admin = flow::admin_needed(&world, &flow, person, &missing);
    let fact = if admin {
        &ADMIN_NEEDED
    } else {
        &CONSENT_DECLINED
    };
    flow.refuse(&world, Some(person), &Refusal::from(fact))
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

fn pick(world: &World, flow: Flow, session: &Session, picked: &str) -> Response {
    match by_address(picked) {
        Some(person) if session.has(person) && flow.ask.prompt != Prompt::Login => {
            flow::signed_in(world, flow, session, person)
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
            let answer = flow::signed_in(world, flow, &session, person);
            flow::with_cookie(answer, session.cookie(world))
        }
    }
}

fn verify(flow: &Flow, username: &str, password: &str) -> Result<&'static Person, Refusal> {
    let app = flow.app().ok_or(&NOT_IN_TENANT)?;
    if by_address(username).is_some_and(|person| flow.seat(person).is_none()) {
        return Err(Refusal::from(&NOT_IN_TENANT));
    }
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

/// Who signed in on the page that carried `text`; nobody once that session was
/// revoked.
fn signed_in(world: &World, text: &str) -> Option<(Flow, &'static Person)> {
    let flow = Flow::open(world, text)?;
    let person = by_oid(flow.oid.as_deref()?)?;
    let revoked = world.revocations.of_grant(person.oid, flow.signed_in_ms);
    revoked.is_none().then_some((flow, person))
}

fn stale(world: &World, headers: &HeaderMap) -> Response {
    let refusal = Refusal::from(&REQUEST_MALFORMED)
        .saying("This page was open for too long, its session was ended, or it belongs to another run of the sandbox. Start the sign-in again in the app.");
    pages::refusal(world, &refusal, &Ids::new(world, headers, None))
}
