//! Who can sign in, and to what.

use super::{section, table};
use crate::directory::{APPS, PASSWORD, PEOPLE, TENANTS};
use crate::pages::frame::text;
use crate::pages::mailbox::counts;
use crate::world::World;

/// Everybody, with what is special about them and what lies in their mailbox.
pub fn people(world: &World) -> String {
    let rows: String = PEOPLE
        .iter()
        .map(|person| {
            let (inbox, sent) = counts(world, person.address);
            format!(
                "<tr><th scope=\"row\">{name}<small><a href=\"/mailbox/{address}\">{address}</a></small></th>\
                 <td>{about}</td><td class=\"number\">{inbox}</td><td class=\"number\">{sent}</td></tr>",
                name = text(person.name),
                address = text(person.address),
                about = text(person.about),
            )
        })
        .collect();
    let body = format!(
        "<p class=\"soft\">Everybody's password is <code>{PASSWORD}</code>. An address leads to its mailbox.</p>{}",
        table(
            "People",
            &["Person", "What is special", "Inbox", "Sent"],
            &rows
        )
    );
    section("people", "People", &body)
}

/// The registrations and the directories.
pub fn apps_and_tenants() -> String {
    let apps: String = APPS
        .iter()
        .map(|app| {
            let uris: Vec<&str> = app
                .redirect_uris
                .iter()
                .chain(app.web_redirect_uris)
                .chain(app.spa_redirect_uris)
                .copied()
                .collect();
            format!(
                "<tr><th scope=\"row\">{}<small>{}</small></th><td><code>{}</code></td><td><code>{}</code></td></tr>",
                text(app.name),
                text(app.about),
                text(app.client_id),
                text(&uris.join(" ")),
            )
        })
        .collect();
    let tenants: String = TENANTS
        .iter()
        .map(|tenant| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td><code>{}</code></td></tr>",
                text(tenant.name),
                text(tenant.domain),
                text(tenant.id)
            )
        })
        .collect();
    let apps = table("Apps", &["App", "Client ID", "Redirect URIs"], &apps);
    let tenants = table("Tenants", &["Tenant", "Domain", "ID"], &tenants);
    section("apps", "Apps", &apps) + &section("tenants", "Tenants", &tenants)
}
