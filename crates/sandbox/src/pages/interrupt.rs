//! Pages that interrupt a sign-in: a second factor, a closed door, the question
//! whether to stay signed in; and the one that asks who signs out.

use std::collections::HashMap;

use axum::response::{IntoResponse, Response};
use url::form_urlencoded::Serializer;

use super::frame::{Page, text};
use super::sign_in::{alert, gone, initials, leaves};
use crate::directory::Person;
use crate::entra::{Fact, Flow, Refusal, form_target, second_factor_code};
use crate::world::World;

/// Asks for the code of the second factor. The page shows it in place of a phone.
pub fn second_factor(
    world: &World,
    flow: &Flow,
    person: &Person,
    fact: &Fact,
    refusal: Option<&Refusal>,
) -> Response {
    let (title, lead) = match fact.code {
        50072 | 50079 => (
            "More information required",
            "Your organisation needs more information to keep your account secure. Set up a second way to prove who you are:",
        ),
        50158 => (
            "Verify with your organisation's provider",
            "Your organisation has another provider check who you are. Enter the code that it shows:",
        ),
        _ => (
            "Enter code",
            "Enter the code that your authenticator app shows:",
        ),
    };
    let body = format!(
        "<div id=\"here\"><div class=\"mark\"><i></i>Sandbox tenant</div><div class=\"who\">{address}</div>\
         <h1>{title}</h1>{alert}<p>{lead}</p>\
         <p class=\"soft\">There is no phone here. The code is <code class=\"digits\" id=\"shown-code\">{digits}</code></p>\
         <form method=\"post\" action=\"/{tenant}/second-factor\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">\
         <label for=\"code\">Code</label>\
         <input id=\"code\" name=\"code\" type=\"text\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"6\" required autofocus>\
         <div class=\"actions\">{cancel}<button class=\"button primary\" id=\"verify\">Verify</button></div></form></div>{gone}",
        address = text(person.address),
        alert = alert(refusal),
        digits = second_factor_code(flow),
        tenant = text(&flow.ask.tenant),
        flow = text(&flow.seal(world)),
        cancel = cancel(world, flow, "Cancel"),
        gone = gone(flow.app_name()),
    );
    Page::new(&format!("{title} · Sandbox tenant"), body)
        .forms_may_reach(form_target(&flow.ask.redirect_uri))
        .notes_leaving()
        .into_response()
}

/// Says that the organisation does not let this person in, and why. Nothing is
/// redirected until the person gives up.
pub fn barred(world: &World, flow: &Flow, person: &Person, refusal: &Refusal) -> Response {
    let title = match refusal.code {
        53003 | 530_032 | 530_035 => "You cannot access this right now",
        53000 | 53001 => "You can't get there from here",
        50097 | 50129 => "Set up your device to get access",
        _ => "Sorry, but we're having trouble signing you in.",
    };
    let ids = flow.ids(world);
    let body = format!(
        "<div id=\"here\"><div class=\"mark\"><i></i>Sandbox tenant</div><div class=\"who\">{address}</div>\
         <h1>{title}</h1><p id=\"error\">AADSTS{code}: {sentence}</p>\
         <p>Ask your administrator, or sign out and sign in with another account.</p>\
         <h2>Troubleshooting details</h2><dl><dt>App</dt><dd>{app}</dd>\
         <dt>Correlation ID</dt><dd><code id=\"correlation-id\">{correlation}</code></dd>\
         <dt>Trace ID</dt><dd><code>{trace}</code></dd><dt>Timestamp</dt><dd>{timestamp}</dd></dl>\
         <div class=\"actions\">{cancel}<a class=\"button primary\" id=\"other-account\" href=\"/{tenant}/other-account?flow={flow}\">Use another account</a></div>\
         </div>{gone}",
        address = text(person.address),
        code = refusal.code,
        sentence = text(&refusal.sentence),
        app = text(flow.app_name()),
        correlation = text(&ids.correlation_id),
        trace = text(&ids.trace_id),
        timestamp = text(&world.clock.entra_timestamp()),
        cancel = cancel(world, flow, "Return to the app"),
        tenant = text(&flow.ask.tenant),
        flow = text(&flow.seal(world)),
        gone = gone(flow.app_name()),
    );
    Page::new(&format!("{title} · Sandbox tenant"), body)
        .notes_leaving()
        .into_response()
}

/// Asks whether to stay signed in (the interrupt that AADSTS50140 names).
pub fn stay(world: &World, flow: &Flow, person: &Person) -> Response {
    let body = format!(
        "<div id=\"here\"><div class=\"mark\"><i></i>Sandbox tenant</div><div class=\"who\">{address}</div>\
         <h1>Stay signed in?</h1><p>Do this to reduce the number of times you are asked to sign in.</p>\
         <form method=\"post\" action=\"/{tenant}/stay\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">\
         <div class=\"actions\"><button class=\"button\" id=\"stay-no\" name=\"stay\" value=\"no\">No</button>\
         <button class=\"button primary\" id=\"stay-yes\" name=\"stay\" value=\"yes\" autofocus>Yes</button></div></form></div>",
        address = text(person.address),
        tenant = text(&flow.ask.tenant),
        flow = text(&flow.seal(world)),
    );
    Page::new("Stay signed in? · Sandbox tenant", body)
        .forms_may_reach(form_target(&flow.ask.redirect_uri))
        .into_response()
}

/// Asks which of several accounts signs out; each leads back to the same address
/// with a hint.
pub fn pick_sign_out(
    tenant: &str,
    people: &[&Person],
    query: &HashMap<String, String>,
) -> Response {
    let items: String = people
        .iter()
        .map(|person| {
            let mut link = Serializer::new(String::new());
            link.append_pair("logout_hint", person.address);
            for name in ["post_logout_redirect_uri", "state"] {
                if let Some(value) = query.get(name) {
                    link.append_pair(name, value);
                }
            }
            format!(
                "<li><a id=\"sign-out-{address}\" href=\"/{tenant}/oauth2/v2.0/logout?{link}\">\
                 <span class=\"initials\" aria-hidden=\"true\">{initials}</span><b>{name}</b><small>{address}</small></a></li>",
                address = text(person.address),
                tenant = text(tenant),
                link = text(&link.finish()),
                initials = text(&initials(person)),
                name = text(person.name),
            )
        })
        .collect();
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>Pick an account</h1>\
         <p>Which account do you want to sign out of?</p>\
         <ul class=\"accounts\" aria-label=\"Pick an account\">{items}</ul>"
    );
    Page::new("Sign out · Sandbox tenant", body).into_response()
}

fn cancel(world: &World, flow: &Flow, label: &str) -> String {
    format!(
        "<a class=\"button\" id=\"cancel\" href=\"/{tenant}/cancel?flow={flow}\"{leaves}>{label}</a>",
        tenant = text(&flow.ask.tenant),
        flow = text(&flow.seal(world)),
        leaves = leaves(&flow.ask.redirect_uri, "Sign-in cancelled"),
    )
}
