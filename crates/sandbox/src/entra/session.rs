//! The browser's session: who signed in with a password in this browser.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use serde::{Deserialize, Serialize};

use super::identifiers::session_id;
use crate::directory::{Person, by_oid};
use crate::world::World;

/// The cookie's name, that of the live service.
const COOKIE_NAME: &str = "ESTSAUTH";
/// A session lasts a day, and ninety where the person chose to stay signed in
/// ("Configure adaptive session lifetime policies").
const SESSION_MS: i64 = 24 * 3600 * 1000;
const KEPT_SECONDS: i64 = 90 * 24 * 3600;

/// Everyone who is signed in in one browser. Bounded by the people there are.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Session {
    people: Vec<SignedIn>,
}

/// One person's part of the session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedIn {
    oid: String,
    /// `session_state` of the answers and `sid` of the tokens, by which a client
    /// can name it.
    pub sid: String,
    /// When the password was given.
    pub at_ms: i64,
    /// When a second factor was given, if one was.
    pub strong_at_ms: Option<i64>,
    /// Whether the person was asked to stay signed in, and what they chose.
    pub stays: Option<bool>,
}

impl Session {
    /// Reads the cookie. What does not open, is too old or was revoked is absent.
    pub fn read(world: &World, headers: &HeaderMap) -> Self {
        let mut session: Self = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))
            .find_map(|sealed| world.seal.open("session", sealed))
            .unwrap_or_default();
        let now_ms = world.clock.now_ms();
        session.people.retain(|signed_in| {
            now_ms - signed_in.at_ms < signed_in.lifetime_ms()
                && world
                    .revocations
                    .of_grant(&signed_in.oid, signed_in.at_ms)
                    .is_none()
        });
        session
    }

    /// Everyone who is signed in.
    pub fn everybody(&self) -> impl Iterator<Item = &'static Person> + '_ {
        self.people
            .iter()
            .filter_map(|signed_in| by_oid(&signed_in.oid))
    }

    /// The person signed in, if it is one alone.
    pub fn only_person(&self) -> Option<&'static Person> {
        match self.people.as_slice() {
            [signed_in] => by_oid(&signed_in.oid),
            _ => None,
        }
    }

    /// Whether `person` need not give a password.
    pub fn has(&self, person: &Person) -> bool {
        self.of(person).is_some()
    }

    /// How `person` signed in.
    pub fn of(&self, person: &Person) -> Option<&SignedIn> {
        self.people
            .iter()
            .find(|signed_in| signed_in.oid == person.oid)
    }

    /// Whose part of the session has this id.
    pub fn by_sid(&self, sid: &str) -> Option<&'static Person> {
        let signed_in = self.people.iter().find(|signed_in| signed_in.sid == sid)?;
        by_oid(&signed_in.oid)
    }

    /// Adds somebody who just gave the right password.
    pub fn add(&mut self, world: &World, person: &Person) {
        self.remove(person);
        self.people.push(SignedIn {
            oid: person.oid.to_owned(),
            sid: session_id(person),
            at_ms: world.clock.now_ms(),
            strong_at_ms: None,
            stays: None,
        });
    }

    /// Notes that `person` gave a second factor.
    pub fn strengthen(&mut self, person: &Person, now_ms: i64) {
        if let Some(signed_in) = self.of_mut(person) {
            signed_in.strong_at_ms = Some(now_ms);
        }
    }

    /// Notes whether `person` stays signed in.
    pub fn stay(&mut self, person: &Person, stays: bool) {
        if let Some(signed_in) = self.of_mut(person) {
            signed_in.stays = Some(stays);
        }
    }

    /// Signs `person` out.
    pub fn remove(&mut self, person: &Person) {
        self.people.retain(|signed_in| signed_in.oid != person.oid);
    }

    /// The `Set-Cookie` value. Not `Secure`: the sandbox speaks HTTP on loopback.
    pub fn cookie(&self, world: &World) -> Option<String> {
        if self.people.is_empty() {
            return Some(format!(
                "{COOKIE_NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
            ));
        }
        let sealed = world.seal.seal("session", self)?;
        let stays = self.people.iter().any(SignedIn::stays);
        let age = if stays {
            format!("; Max-Age={KEPT_SECONDS}")
        } else {
            String::new()
        };
        Some(format!(
            "{COOKIE_NAME}={sealed}; Path=/; HttpOnly; SameSite=Lax{age}"
        ))
    }

    fn of_mut(&mut self, person: &Person) -> Option<&mut SignedIn> {
        self.people
            .iter_mut()
            .find(|signed_in| signed_in.oid == person.oid)
    }
}

impl SignedIn {
    fn stays(&self) -> bool {
        self.stays == Some(true)
    }

    fn lifetime_ms(&self) -> i64 {
        if self.stays() {
            KEPT_SECONDS * 1000
        } else {
            SESSION_MS
        }
    }
}
