//! The consent page, and the page that says only an administrator can consent.

use axum::response::{IntoResponse, Response};

use super::frame::{Page, text};
use super::sign_in::{gone, leaves};
use crate::directory::Person;
use crate::entra::{Flow, Prompt, form_target};
use crate::scopes::ScopeSet;
use crate::world::World;

/// Lists what is asked and was not consented before.
pub fn consent(world: &World, flow: &Flow, person: &Person, missing: &ScopeSet) -> Response {
    let whole = flow.ask.prompt == Prompt::AdminConsent;
    let body = format!(
        "<div id=\"here\"><div class=\"mark\"><i></i>Sandbox tenant</div><div class=\"who\">{address}</div>\
         <h1>Permissions requested{whose}</h1><p><b>{app}</b> would like to:</p>{list}\
         <p class=\"soft\">Accepting means that you allow this app to use your data as listed here. \
         The sandbox forgets it when it ends.</p>\
         <form method=\"post\" action=\"/{tenant}/consent\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">{organization}\
         <div class=\"actions\">{decline}<button class=\"button primary\" id=\"accept\" autofocus>Accept</button>\
         </div></form></div>{gone}",
        address = text(person.address),
        app = text(flow.app_name()),
        list = list(missing),
        whose = if whole { " for your organisation" } else { "" },
        organization = organization(person, whole),
        tenant = text(&flow.ask.tenant),
        flow = text(&flow.seal(world)),
        decline = decline(world, flow, "Cancel", "Permissions declined"),
        gone = gone(flow.app_name()),
    );
    Page::new("Permissions requested · Sandbox tenant", body)
        .forms_may_reach(form_target(&flow.ask.redirect_uri))
        .notes_leaving()
        .into_response()
}

/// Says that an administrator must consent (AADSTS90094).
pub fn admin_needed(world: &World, flow: &Flow, person: &Person, missing: &ScopeSet) -> Response {
    let body = format!(
        "<div id=\"here\"><div class=\"mark\"><i></i>Sandbox tenant</div><div class=\"who\">{address}</div>\
         <h1>Need admin approval</h1><p><b>{app}</b> needs permission to access resources in your organisation \
         that only an administrator can grant. Ask an administrator to grant permission to this app before you can use it.</p>\
         {list}<p class=\"soft\">AADSTS90094 · Correlation ID {correlation}</p>\
         <div class=\"actions\">{decline}</div></div>{gone}",
        address = text(person.address),
        app = text(flow.app_name()),
        list = list(missing),
        correlation = text(&flow.ask.correlation_id),
        decline = decline(
            world,
            flow,
            "Return to the application without granting consent",
            "Approval by an administrator is needed"
        ),
        gone = gone(flow.app_name()),
    );
    Page::new("Need admin approval · Sandbox tenant", body)
        .notes_leaving()
        .into_response()
}

/// An administrator may consent for everybody; where that is all that was asked,
/// there is nothing to choose.
fn organization(person: &Person, whole: bool) -> &'static str {
    if whole {
        "<p class=\"soft\">If you accept, this app gets access for all users in your organisation, \
         who will not be asked.</p>"
    } else if person.is_admin {
        "<label class=\"choice\"><input type=\"checkbox\" id=\"organization\" name=\"organization\" value=\"true\"> \
         Consent on behalf of your organisation</label>"
    } else {
        ""
    }
}

fn list(scopes: &ScopeSet) -> String {
    let items: String = scopes
        .permissions()
        .map(|permission| {
            format!(
                "<li><b>{}</b> <code>{}</code><small>{}</small></li>",
                permission.title, permission.name, permission.detail
            )
        })
        .collect();
    format!("<ul class=\"scopes\" id=\"scopes\">{items}</ul>")
}

fn decline(world: &World, flow: &Flow, label: &str, after: &str) -> String {
    format!(
        "<a class=\"button\" id=\"decline\" href=\"/{tenant}/decline?flow={flow}\"{leaves}>{label}</a>",
        tenant = text(&flow.ask.tenant),
        flow = text(&flow.seal(world)),
        leaves = leaves(&flow.ask.redirect_uri, after),
        label = text(label),
    )
}
