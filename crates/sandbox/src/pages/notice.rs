//! Pages that say one thing: confirm, refused, signed out, posted on.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::frame::{Page, text};
use super::sign_in::gone;
use crate::directory::Person;
use crate::entra::{Flow, Ids, Refusal, form_target};
use crate::world::World;

/// The page before a redirect that leaves the browser (AADSTS50199): a link to
/// click, because browsers start an app only for a click.
pub fn confirm(world: &World, flow: &Flow, person: &Person, address: &str) -> Response {
    let app = text(flow.app_name()).to_string();
    let body = format!(
        "<div id=\"here\"><div class=\"mark\"><i></i>Sandbox tenant</div><div class=\"who\">{who}</div>\
         <h1>Are you trying to sign in to {app}?</h1>\
         <p>Only continue if you downloaded the app from a store or website that you trust.</p>\
         <div class=\"actions\"><a class=\"button\" id=\"cancel\" href=\"/{tenant}/cancel?flow={flow}\" data-leaves=\"Sign-in cancelled\">Cancel</a>\
         <a class=\"button primary\" id=\"continue\" href=\"{address}\" data-leaves=\"You are signed in\" autofocus>Continue</a></div>\
         <p class=\"soft\">Your browser may ask whether it may open {app}. This page stays; you can then return to the app.</p>\
         </div>{gone}",
        who = text(person.address),
        tenant = text(&flow.ask.tenant),
        flow = text(&flow.seal(world)),
        address = text(address),
        gone = gone(flow.app_name()),
    );
    Page::new("Are you trying to sign in? · Sandbox tenant", body)
        .notes_leaving()
        .into_response()
}

/// A refusal that must not be redirected, with what support asks for.
pub fn refusal(world: &World, refusal: &Refusal, ids: &Ids) -> Response {
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>Sorry, but we're having trouble signing you in.</h1>\
         <p id=\"error\">AADSTS{code}: {sentence}</p><h2>Troubleshooting details</h2>\
         <dl><dt>Error</dt><dd><code>{error}</code></dd><dt>Correlation ID</dt><dd><code id=\"correlation-id\">{correlation}</code></dd>\
         <dt>Trace ID</dt><dd><code>{trace}</code></dd><dt>Timestamp</dt><dd>{timestamp}</dd></dl>",
        code = refusal.code,
        sentence = text(&refusal.sentence),
        error = text(&refusal.error),
        correlation = text(&ids.correlation_id),
        trace = text(&ids.trace_id),
        timestamp = text(&world.clock.entra_timestamp()),
    );
    Page::new("Sign in error · Sandbox tenant", body)
        .status(StatusCode::BAD_REQUEST)
        .into_response()
}

/// The page that carries an answer to the client as a form (OAuth 2.0 Form Post
/// Response Mode). A redirect URI without a path is posted to as it is.
pub fn form_post(redirect_uri: &str, parameters: &[(&'static str, String)]) -> Response {
    let fields: String = parameters
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
                text(value)
            )
        })
        .collect();
    let body = format!(
        "<h1>Working…</h1><form method=\"post\" action=\"{}\">{fields}\
         <p>If nothing happens, continue by hand.</p><button class=\"button primary\" id=\"continue\">Continue</button></form>",
        text(redirect_uri)
    );
    Page::new("Working…", body)
        .forms_may_reach(form_target(redirect_uri))
        .posts_itself()
        .into_response()
}

/// After sign-out.
pub fn signed_out() -> Response {
    let body = "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>You signed out of your account</h1>\
                <p>It's a good idea to close all browser windows.</p>";
    Page::new("Signed out · Sandbox tenant", body.to_owned()).into_response()
}

/// For people who follow a wrong link.
pub fn not_found() -> Response {
    let body = "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>Nothing is here</h1>\
                <p><a href=\"/\">What the sandbox has</a></p>";
    Page::new("Not found · Sandbox tenant", body.to_owned())
        .status(StatusCode::NOT_FOUND)
        .into_response()
}
