//! From a request to its answer: who signs in, what they are asked, and how the
//! browser is sent on. What is known so far travels sealed in the pages' forms.

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::aadsts::PERSONAL_SESSION;
use super::ask::{Ask, Endpoint, Prompt, ResponseMode};
use super::facts::{
    CONFIRMATION_NEEDED, CONSENT_MISSING, NO_SESSION, SESSION_UNCLEAR, SIGN_IN_TOO_OLD,
};
use super::front_channel;
use super::hindrance::Hindrance;
use super::identifiers;
use super::outcome::{self, Parameters};
use super::refusal::{Ids, Refusal};
use super::session::Session;
use crate::codes::Grant;
use crate::directory::{App, Person, Quirk, Seat, Tenancy, app};
use crate::origin::Origin;
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
    /// The id of that person's part of the browser session.
    pub sid: String,
    /// When the password was given.
    pub signed_in_ms: i64,
    /// When a second factor was given, if one was.
    pub strong_at_ms: Option<i64>,
    /// Whether the person was asked to stay signed in.
    pub asked_to_stay: bool,
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
            sid: String::new(),
            signed_in_ms: world.clock.now_ms(),
            strong_at_ms: None,
            asked_to_stay: false,
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

    /// Whether `person` may sign in here: the authority, the app's registration
    /// and, on v1.0, the endpoint decide, for which personal accounts do not exist.
    pub fn seat(&self, person: &Person) -> Option<Seat> {
        let app = self.app()?;
        let v1 = matches!(
            self.ask.endpoint,
            Endpoint::AuthorizeV1 | Endpoint::AdminConsentV1
        );
        self.tenancy()
            .seat(person)
            .filter(|seat| app.admits_tenant(seat.tenant.id) && !(v1 && person.is_personal()))
    }

    /// Whether the list of accounts shows `person`: a domain hint narrows it.
    pub fn offers(&self, person: &Person) -> bool {
        let hinted = self.ask.domain_hint.as_deref().and_then(Tenancy::parse);
        self.seat(person).is_some() && hinted.is_none_or(|hinted| hinted.admits(person))
    }

    /// The app that asked. It was admitted when the flow began.
    pub fn app(&self) -> Option<&'static App> {
        app(&self.ask.client_id, true)
    }

    /// Its name.
    pub fn app_name(&self) -> &'static str {
        self.app().map_or("", |app| app.name)
    }

    /// A seed for the code of the second factor: another in every sign-in.
    pub fn seed(&self) -> String {
        format!("{}{}{}", self.sid, self.began_ms, self.ask.correlation_id)
    }

    /// The ids of this sign-in.
    pub fn ids(&self, world: &World) -> Ids {
        Ids {
            trace_id: world.dice.uuid().to_string(),
            correlation_id: self.ask.correlation_id.clone(),
        }
    }

    /// Tells the client that its request is refused, to `person` if it is known
    /// who signs in.
    pub fn refuse(&self, world: &World, person: Option<&Person>, refusal: &Refusal) -> Response {
        let ids = self.ids(world);
        send(
            &self.ask,
            &outcome::refused(world, &self.ask, person, refusal, &ids),
        )
    }
}

/// The first page, or no page at all where the session suffices.
pub fn begin(world: &World, flow: Flow, session: &Session) -> Response {
    let people: Vec<&'static Person> = session
        .everybody()
        .filter(|person| flow.offers(person))
        .collect();
    let hinted = flow.ask.login_hint.as_deref().and_then(identifiers::hinted);
    let known = match (&flow.ask.sid, &flow.ask.login_hint) {
        (Some(sid), _) => session.by_sid(sid).filter(|person| flow.offers(person)),
        (None, Some(_)) => hinted.and_then(|hinted| {
            people
                .iter()
                .copied()
                .find(|person| person.oid == hinted.oid)
        }),
        (None, None) if people.len() == 1 => people.first().copied(),
        (None, None) => None,
    };
    let fresh = known.filter(|person| is_fresh(world, &flow, session, person));
    match (flow.ask.prompt, fresh) {
        (Prompt::None, Some(person)) => signed_in(world, flow, session, person),
        (Prompt::None, None) => {
            let unnamed = flow.ask.sid.is_none() && flow.ask.login_hint.is_none();
            let several = people.len() > 1 && flow.ask.sid.is_none() && hinted.is_none();
            let fact = match known {
                Some(_) => &SIGN_IN_TOO_OLD,
                None if several => &SESSION_UNCLEAR,
                None if unnamed && is_personal_alone(&flow, session) => &PERSONAL_SESSION,
                None => &NO_SESSION,
            };
            flow.refuse(world, known, &Refusal::from(fact))
        }
        (Prompt::AsNeeded | Prompt::Consent | Prompt::AdminConsent, Some(person)) => {
            signed_in(world, flow, session, person)
        }
        (Prompt::SelectAccount | Prompt::Create, _) => {
            pages::sign_in(world, &flow, session, None, None)
        }
        (Prompt::Login, _) | (_, None) => {
            let hint = known.or(hinted).map(|person| person.address.to_owned());
            let hint = hint.or_else(|| flow.ask.login_hint.clone());
            pages::sign_in(world, &flow, session, hint.as_deref(), None)
        }
    }
}

/// Whether a personal account is the whole session, and the request is for others.
fn is_personal_alone(flow: &Flow, session: &Session) -> bool {
    session
        .only_person()
        .is_some_and(|person| person.is_personal() && flow.seat(person).is_none())
}

/// Goes on with somebody who is in the browser's session.
pub fn signed_in(world: &World, mut flow: Flow, session: &Session, person: &Person) -> Response {
    if let Some(signed_in) = session.of(person) {
        flow.sid.clone_from(&signed_in.sid);
        flow.signed_in_ms = signed_in.at_ms;
        flow.strong_at_ms = signed_in.strong_at_ms;
        flow.asked_to_stay = signed_in.stays.is_some();
    }
    proceed(world, flow, person)
}

/// What follows once it is known who signs in: the organisation's conditions, the
/// question whether to stay, consent, confirmation, answer.
pub fn proceed(world: &World, mut flow: Flow, person: &Person) -> Response {
    flow.oid = Some(person.oid.to_owned());
    let silent = flow.ask.prompt == Prompt::None;
    if let Some(hindrance) = Hindrance::of(&flow, person, world.clock.now_ms()) {
        if silent {
            let refusal = hindrance.refusal().under("interaction_required");
            return flow.refuse(world, Some(person), &refusal);
        }
        return match hindrance {
            Hindrance::SecondFactor(fact) => pages::second_factor(world, &flow, person, fact, None),
            Hindrance::Barred(_) => pages::barred(world, &flow, person, &hindrance.refusal()),
        };
    }
    let switches = world.switches.for_person(person.address);
    if switches.keep_signed_in_page && !flow.asked_to_stay && !silent {
        return pages::stay(world, &flow, person);
    }
    let missing = missing_consent(world, &flow, person);
    if !missing.is_empty() {
        if silent {
            let refusal = Refusal::from(&CONSENT_MISSING).under("consent_required");
            return flow.refuse(world, Some(person), &refusal);
        }
        if admin_needed(world, &flow, person, &missing) {
            return pages::admin_needed(world, &flow, person, &missing);
        }
        return pages::consent(world, &flow, person, &missing);
    }
    finish(world, &flow, person)
}

/// Whether nobody but an administrator may consent to `scopes` for `person`.
pub fn admin_needed(world: &World, flow: &Flow, person: &Person, scopes: &ScopeSet) -> bool {
    let whole = flow.ask.prompt == Prompt::AdminConsent;
    let switches = world.switches.for_person(person.address);
    let wanted = whole
        || person.quirk == Quirk::NeedsAdmin
        || switches.admin_consent_required && !person.is_personal() && scopes.touches_outlook()
        || scopes.needs_admin();
    let guest = flow.seat(person).is_some_and(|seat| seat.guest);
    wanted && (!person.is_admin || guest)
}

/// Tells the client that its request is refused, before it is known who signs in.
pub fn refuse(world: &World, ask: &Ask, refusal: &Refusal, ids: &Ids) -> Response {
    send(ask, &outcome::refused(world, ask, None, refusal, ids))
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

/// `max_age` (OpenID Connect Core 1.0 §3.1.2.1) asks for a sign-in that is not
/// older than so many seconds.
fn is_fresh(world: &World, flow: &Flow, session: &Session, person: &Person) -> bool {
    let age_ms = session
        .of(person)
        .map_or(i64::MAX, |signed_in| world.clock.now_ms() - signed_in.at_ms);
    flow.ask
        .max_age
        .is_none_or(|seconds| age_ms <= seconds.saturating_mul(1000))
}

/// Only what is new is asked; `prompt=consent` asks for all of it once. What an
/// administrator granted for the organisation counts for everybody in it.
pub fn missing_consent(world: &World, flow: &Flow, person: &Person) -> ScopeSet {
    let asks_again = matches!(flow.ask.prompt, Prompt::Consent | Prompt::AdminConsent);
    if asks_again && !flow.consented {
        return flow.ask.scopes.clone();
    }
    if let Some(seat) = flow.seat(person) {
        let tenant_wide = world.consents.of(seat.tenant.id, &flow.ask.client_id);
        if !tenant_wide.is_empty() {
            world
                .consents
                .add(person.oid, &flow.ask.client_id, &tenant_wide);
        }
    }
    let given = world.consents.of(person.oid, &flow.ask.client_id);
    flow.ask.scopes.minus(&given)
}

/// Answers. A redirect that leaves the browser needs a person's word first
/// (AADSTS50199), on a page with a link: browsers start an app for a click.
fn finish(world: &World, flow: &Flow, person: &Person) -> Response {
    let ask = &flow.ask;
    let leaves = outcome::leaves_the_browser(&ask.redirect_uri);
    if leaves && ask.prompt == Prompt::None {
        return flow.refuse(world, Some(person), &Refusal::from(&CONFIRMATION_NEEDED));
    }
    let Some(parameters) = answer(world, flow, person) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if leaves {
        pages::confirm(world, flow, person, &outcome::address(ask, &parameters))
    } else {
        send(ask, &parameters)
    }
}

fn answer(world: &World, flow: &Flow, person: &Person) -> Option<Parameters> {
    let ask = &flow.ask;
    let seat = flow.seat(person)?;
    if ask.endpoint.is_admin_consent() {
        return Some(outcome::admin_consented(ask, seat.tenant.id));
    }
    let now_ms = world.clock.now_ms();
    let code = ask
        .response_type
        .code
        .then(|| world.codes.issue(&world.dice, grant(flow, person), now_ms));
    let tokens = front_channel::tokens(world, flow, person, code.as_deref())?;
    Some(outcome::success(world, flow, person, code, tokens))
}

fn grant(flow: &Flow, person: &Person) -> Grant {
    let ask = &flow.ask;
    Grant {
        oid: person.oid.to_owned(),
        client_id: ask.client_id.clone(),
        redirect_uri: ask.redirect_uri.clone(),
        tenant: ask.tenant.clone(),
        graph_host: Origin(ask.issuer.clone())
            .served_cloud()
            .graph_host()
            .to_owned(),
        scopes: ask.scopes.clone(),
        long_scopes: ask.long_scopes,
        challenge: ask.challenge.clone(),
        nonce: ask.nonce.clone(),
        claims: ask.claims.clone(),
        signed_in_ms: flow.signed_in_ms,
        strong_at_ms: flow.strong_at_ms,
        resource: ask.resource.clone(),
    }
}
