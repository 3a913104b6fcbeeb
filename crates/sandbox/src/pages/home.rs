//! The front page: what this is, who can sign in, what happened, and what can be
//! made to go wrong.

mod activity;
mod behaviour;
mod people;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

pub use behaviour::fault_answer;

use super::frame::{Page, text};
use crate::origin::Origin;
use crate::world::World;

/// `GET /`. `person` is whose switches are shown.
pub fn home(world: &World, origin: &Origin, person: Option<&str>) -> Response {
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>A tenant of your own</h1>\
         <p>This program plays Microsoft Entra ID and Microsoft Graph for apps on this computer. \
         Mail sent here goes nowhere else: read it in the <a href=\"/mailbox\">mailboxes</a>.</p>\
         {addresses}\
         <nav aria-label=\"On this page\"><a href=\"#people\">People</a><a href=\"#sign-ins\">Sign-ins</a>\
         <a href=\"#requests\">Requests</a><a href=\"#faults\">Faults</a><a href=\"#switches\">Switches</a>\
         <a href=\"#clock\">Clock</a><a href=\"#apps\">Apps</a></nav>\
         {people}{sign_ins}{requests}{behaviour}{apps}",
        addresses = addresses(origin),
        people = people::people(world),
        sign_ins = activity::sign_ins(world),
        requests = activity::requests(world),
        behaviour = behaviour::behaviour(world, person),
        apps = people::apps_and_tenants(),
    );
    Page::wide("Sandbox tenant", body)
        .posts_to_itself()
        .into_response()
}

/// Says why a form did nothing.
pub fn problem(status: StatusCode, why: &str) -> Response {
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>Nothing was changed</h1>\
         <div class=\"alert\" role=\"alert\">{}</div>\
         <div class=\"actions\"><a class=\"button primary\" href=\"/\">Back</a></div>",
        text(why)
    );
    Page::new("Nothing was changed · Sandbox tenant", body)
        .status(status)
        .into_response()
}

/// What an app is configured with, of the origin that the page was asked under.
fn addresses(origin: &Origin) -> String {
    let line = |label: &str, address: String| {
        format!("<dt>{label}</dt><dd><code>{}</code></dd>", text(&address))
    };
    format!(
        "<dl class=\"addresses\">{}{}</dl>",
        line("Authority", format!("{}/common", origin.login())),
        line("Graph", format!("{}/v1.0", origin.graph())),
    )
}

/// A part of the page with a heading that links can lead to.
fn section(id: &str, title: &str, body: &str) -> String {
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>{body}</section>"
    )
}

/// A table that scrolls by itself where it is wider than the window.
fn table(label: &str, columns: &[&str], rows: &str) -> String {
    let head: String = columns
        .iter()
        .map(|column| format!("<th scope=\"col\">{column}</th>"))
        .collect();
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\">\
         <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}
