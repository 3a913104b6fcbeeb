//! From a request to its answer: who signs in, what they are asked, and how the
//! browser is sent on. What is known so far travels sealed in the pages' forms.

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::authorize::{Ask, Prompt, ResponseMode};
use super::facts::{CONFIRMATION_NEEDED, CONSENT_MISSING, NO_SESSION, SESSION_UNCLEAR};
use super::identifiers::{client_info, hinted};
use super::outcome::{self, Parameters};
use super::refusal::{Ids, Refusal};
use super::session::Session;
use crate::codes::Grant;
use crate::directory::{App, Person, Quirk, Tenancy, app};
use crate::pages;
use crate::scopes::ScopeSet;
use crate::world::World;

/// How long the pages of one sign-in may stay open.
const FLOW_MS: i64 = 30 * 60 * 1000;

/// A sign-in on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flow {
    /// What was asked.
    pub ask: Ask,
    /// Who signed in, once they did.
    pub oid: Option<String>,
    /// Whether the consent page was accepted in this sign-in.
    pub consented: bool,
    began_ms: i64,
}

impl Flow {
    /// A sign-in at its beginning.
    pub fn new(world: &World, ask: Ask) -> Self {
        Self {
            ask,
            oid: None,
            consented: false,
            began_ms: world.clock.now_ms(),
        }
    }

    /// The text that the pages carry.
    pub fn seal(&self, world: &World) -> String {
        world.seal.seal("flow", self).unwrap_or_default()
    }

    /// Reads what a page carried; `None` when it is too old or not ours.
    pub fn open(world: &World, text: &str) -> Option<Self> {
        let flow: Self = world.seal.open("flow", text)?;
        (world.clock.now_ms() - flow.began_ms < FLOW_MS).then_some(flow)
    }

    /// Which accounts are admitted.
    pub fn tenancy(&self) -> Tenancy {
        Tenancy::parse(&self.ask.tenant).unwrap_or(Tenancy::Common)
    }

    /// The app that asked. It was admitted when the flow began.
    pub fn app(&self) -> Option<&'static App> {
        app(&self.ask.client_id, true)
    }

    /// Its name.
    pub fn app_name(&self) -> &'static str {
        self.app().map_or("", |app| app.name)
    }

    /// The ids of this sign-in.
    pub fn ids(&self) -> Ids {
        Ids {
            trace_id: Uuid::new_v4().to_string(),
            correlation_id: self.ask.correlation_id.clone(),
        }
    }
}

/// The first page, or no page at all where the session suffices.
pub fn begin(world: &World, flow: Flow, session: Session) -> Response {
    let people = session.people(flow.tenancy());
    let hinted = flow.ask.login_hint.as_deref().and_then(hinted);
    let known = match hinted {
        Some(hinted) => people
            .iter()
            .copied()
            .find(|person| person.oid == hinted.oid),
        None if people.len() == 1 => people.first().copied(),
        None => None,
    };
    match (flow.ask.prompt, known) {
        (Prompt::None, Some(person)) => proceed(world, flow, person),
        (Prompt::None, None) => {
            let fact = if people.len() > 1 && hinted.is_none() {
                &SESSION_UNCLEAR
            } else {
                &NO_SESSION
            };
            refuse(world, &flow.ask, &Refusal::from(fact), &flow.ids())
        }
        (Prompt::AsNeeded | Prompt::Consent, Some(person)) => proceed(world, flow, person),
        (Prompt::SelectAccount, _) => pages::sign_in(world, &flow, &session, None, None),
        (Prompt::Login, _) | (_, None) => {
            let hint = flow.ask.login_hint.clone();
            pages::sign_in(world, &flow, &session, hint.as_deref(), None)
        }
    }
}

/// What follows once it is known who signs in: consent, confirmation, answer.
pub fn proceed(world: &World, mut flow: Flow, person: &Person) -> Response {
    flow.oid = Some(person.oid.to_owned());
    let missing = missing_consent(world, &flow, person);
    if !missing.is_empty() {
        if flow.ask.prompt == Prompt::None {
            let refusal = Refusal::from(&CONSENT_MISSING).under("consent_required");
            return refuse(world, &flow.ask, &refusal, &flow.ids());
        }
        if missing.needs_admin() || person.quirk == Quirk::NeedsAdmin {
            return pages::admin_needed(world, &flow, person, &missing);
        }
        return pages::consent(world, &flow, person, &missing);
    }
    finish(world, &flow, person)
}

/// Tells the client that its request is refused.
pub fn refuse(world: &World, ask: &Ask, refusal: &Refusal, ids: &Ids) -> Response {
    send(ask, &outcome::refused(world, ask, refusal, ids))
}

/// Sends the browser to the redirect URI with `parameters`.
pub fn send(ask: &Ask, parameters: &Parameters) -> Response {
    if ask.response_mode == ResponseMode::FormPost {
        return pages::form_post(&ask.redirect_uri, parameters);
    }
    match HeaderValue::from_str(&outcome::address(ask, parameters)) {
        Ok(address) => (StatusCode::FOUND, [(LOCATION, address)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Adds the session's cookie to an answer.
pub fn with_cookie(mut answer: Response, cookie: Option<String>) -> Response {
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        answer.headers_mut().insert(SET_COOKIE, value);
    }
    answer
}

/// Only what is new is asked; `prompt=consent` asks for all of it once.
fn missing_consent(world: &World, flow: &Flow, person: &Person) -> ScopeSet {
    if flow.ask.prompt == Prompt::Consent && !flow.consented {
        return flow.ask.scopes.clone();
    }
    let given = world.consents.of(person.oid, &flow.ask.client_id);
    flow.ask.scopes.minus(&given)
}

/// Issues the code. A redirect that leaves the browser needs a person's word
/// first (AADSTS50199), on a page with a link: browsers start an app for a click.
fn finish(world: &World, flow: &Flow, person: &Person) -> Response {
    let ask = &flow.ask;
    let leaves = outcome::leaves_the_browser(&ask.redirect_uri);
    if leaves && ask.prompt == Prompt::None {
        return refuse(
            world,
            ask,
            &Refusal::from(&CONFIRMATION_NEEDED),
            &flow.ids(),
        );
    }
    let code = world
        .codes
        .issue(grant(world, ask, person), world.clock.now_ms());
    let info = ask.client_info.then(|| client_info(person));
    let parameters = outcome::success(ask, code, Uuid::new_v4().to_string(), info);
    if leaves {
        pages::confirm(world, flow, person, &outcome::address(ask, &parameters))
    } else {
        send(ask, &parameters)
    }
}

fn grant(world: &World, ask: &Ask, person: &Person) -> Grant {
    Grant {
        oid: person.oid.to_owned(),
        client_id: ask.client_id.clone(),
        redirect_uri: ask.redirect_uri.clone(),
        tenant: ask.tenant.clone(),
        scopes: ask.scopes.clone(),
        long_scopes: ask.long_scopes,
        challenge: ask.challenge.clone(),
        nonce: ask.nonce.clone(),
        claims: ask.claims.clone(),
        signed_in_ms: world.clock.now_ms(),
        resource: None,
    }
}
