//! The browser's session: who signed in with a password in this browser.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use serde::{Deserialize, Serialize};

use crate::directory::{Person, Tenancy, by_oid};
use crate::world::World;

/// The cookie's name, that of the live service.
const COOKIE_NAME: &str = "ESTSAUTH";
/// A session lasts a day.
const SESSION_MS: i64 = 24 * 3600 * 1000;

/// Everyone who is signed in in one browser. Bounded by the people there are.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Session {
    people: Vec<SignedIn>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SignedIn {
    oid: String,
    at_ms: i64,
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
            now_ms - signed_in.at_ms < SESSION_MS
                && world
                    .revocations
                    .of_grant(&signed_in.oid, signed_in.at_ms)
                    .is_none()
        });
        session
    }

    /// The people signed in whom `tenancy` admits.
    pub fn people(&self, tenancy: Tenancy) -> Vec<&'static Person> {
        self.people
            .iter()
            .filter_map(|signed_in| by_oid(&signed_in.oid))
            .filter(|person| tenancy.admits(person))
            .collect()
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
        self.people
            .iter()
            .any(|signed_in| signed_in.oid == person.oid)
    }

    /// Adds somebody who just gave the right password.
    pub fn add(&mut self, world: &World, person: &Person) {
        self.people.retain(|signed_in| signed_in.oid != person.oid);
        self.people.push(SignedIn {
            oid: person.oid.to_owned(),
            at_ms: world.clock.now_ms(),
        });
    }

    /// The `Set-Cookie` value. Not `Secure`: the sandbox speaks HTTP on loopback.
    pub fn cookie(&self, world: &World) -> Option<String> {
        let sealed = world.seal.seal("session", self)?;
        Some(format!(
            "{COOKIE_NAME}={sealed}; Path=/; HttpOnly; SameSite=Lax"
        ))
    }

    /// The `Set-Cookie` value that ends the session.
    pub fn end_cookie() -> String {
        format!("{COOKIE_NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    }
}
