//! The front page: what this is, who can sign in, where the mail is.

use axum::response::{IntoResponse, Response};

use super::frame::{Page, text};
use crate::directory::{APPS, PASSWORD, PEOPLE, TENANTS};

/// `GET /`
pub fn home() -> Response {
    let people: String = PEOPLE
        .iter()
        .map(|person| {
            format!(
                "<tr><td>{}</td><td><a href=\"/mailbox/{address}\">{address}</a></td><td>{}</td></tr>",
                text(person.name),
                text(person.about),
                address = text(person.address),
            )
        })
        .collect();
    let apps: String = APPS
        .iter()
        .map(|app| {
            format!(
                "<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
                text(app.name),
                text(app.client_id),
                text(&app.redirect_uris.join(", ")),
            )
        })
        .collect();
    let tenants: String = TENANTS
        .iter()
        .map(|tenant| {
            format!(
                "<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
                text(tenant.name),
                text(tenant.domain),
                text(tenant.id)
            )
        })
        .collect();
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>A tenant of your own</h1>\
         <p>This program plays Microsoft Entra ID and Microsoft Graph for apps on this computer. \
         Mail sent here goes nowhere else: read it in the <a href=\"/mailbox\">mailboxes</a>.</p>\
         <h2>People</h2><p class=\"soft\">Everybody's password is <code>{PASSWORD}</code>.</p>\
         <table><thead><tr><th>Name<th>Address<th>About</thead><tbody>{people}</tbody></table>\
         <h2>Apps</h2><table><thead><tr><th>Name<th>Client ID<th>Redirect URIs</thead><tbody>{apps}</tbody></table>\
         <h2>Tenants</h2><table><thead><tr><th>Name<th>Domain<th>ID</thead><tbody>{tenants}</tbody></table>"
    );
    Page::wide("Sandbox tenant", body).into_response()
}
