//! The sign-in page: the list of accounts, an address, a password.

use axum::response::{IntoResponse, Response};

use super::frame::{Page, text};
use crate::directory::{PASSWORD, PEOPLE, Person, Quirk};
use crate::entra::{Flow, Prompt, Refusal, Session, form_target, leaves_the_browser};
use crate::world::World;

/// The page. With a `username` it asks for that one's password; without, it
/// lists who can sign in as well. `refusal` says what was wrong with the last try.
pub fn sign_in(
    world: &World,
    flow: &Flow,
    session: &Session,
    username: Option<&str>,
    refusal: Option<&Refusal>,
) -> Response {
    let username = username.filter(|username| !username.is_empty());
    let sealed = flow.seal(world);
    let (title, head, list) = match (username, flow.ask.prompt) {
        (Some(_), _) => ("Enter password", another(flow, &sealed), String::new()),
        (None, Prompt::Create) => (
            "Create account",
            "<p class=\"soft\">Accounts cannot be added to the sandbox: one of those above will do.</p>".to_owned(),
            accounts(flow, session, &sealed),
        ),
        (None, Prompt::SelectAccount) => (
            "Pick an account",
            String::new(),
            accounts(flow, session, &sealed),
        ),
        (None, _) => ("Sign in", String::new(), accounts(flow, session, &sealed)),
    };
    let body = format!(
        "<div id=\"here\"><div class=\"mark\"><i></i>Sandbox tenant</div><h1>{title}</h1>\
         <p>to continue to <b>{app}</b></p>{alert}{list}{head}{form}</div>{gone}",
        app = text(flow.app_name()),
        alert = alert(refusal),
        form = form(flow, &sealed, username.unwrap_or_default()),
        gone = gone(flow.app_name()),
    );
    Page::new(&format!("{title} · Sandbox tenant"), body)
        .forms_may_reach(form_target(&flow.ask.redirect_uri))
        .notes_leaving()
        .into_response()
}

/// What is shown in place of the page once the person left for the app.
pub fn gone(app: &str) -> String {
    format!(
        "<div id=\"gone\" hidden role=\"status\"><div class=\"mark\"><i></i>Sandbox tenant</div><h1></h1>\
         <p>You can close this tab and return to {}.</p></div>",
        text(app)
    )
}

/// What the page says once a link was followed to the app; web redirects bring
/// a page of their own.
pub fn leaves(redirect_uri: &str, sentence: &str) -> String {
    if leaves_the_browser(redirect_uri) {
        format!(" data-leaves=\"{}\"", text(sentence))
    } else {
        String::new()
    }
}

fn form(flow: &Flow, sealed: &str, username: &str) -> String {
    let (focus_name, focus_word) = if username.is_empty() {
        (" autofocus", "")
    } else {
        ("", " autofocus")
    };
    format!(
        "<form method=\"post\" action=\"/{tenant}/login\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">\
         <label for=\"username\">Email</label>\
         <input id=\"username\" name=\"username\" type=\"text\" inputmode=\"email\" autocomplete=\"username\" spellcheck=\"false\" value=\"{username}\"{focus_name}>\
         <label for=\"password\">Password</label>\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\"{focus_word}>\
         <p class=\"soft\">Everybody's password here is <code>{PASSWORD}</code>.</p>\
         <div class=\"actions\"><a class=\"button\" id=\"cancel\" href=\"/{tenant}/cancel?flow={flow}\"{leaves}>Cancel</a>\
         <button class=\"button primary\" id=\"sign-in\">Sign in</button></div></form>",
        tenant = text(&flow.ask.tenant),
        flow = text(sealed),
        username = text(username),
        leaves = leaves(&flow.ask.redirect_uri, "Sign-in cancelled"),
    )
}

fn accounts(flow: &Flow, session: &Session, sealed: &str) -> String {
    let mut people: Vec<&Person> = PEOPLE.iter().filter(|person| flow.offers(person)).collect();
    people.sort_by_key(|person| !session.has(person));
    let items: String = people
        .into_iter()
        .map(|person| account(person, session.has(person)))
        .collect();
    format!(
        "<form method=\"post\" action=\"/{tenant}/login\"><input type=\"hidden\" name=\"flow\" value=\"{flow}\">\
         <ul class=\"accounts\" aria-label=\"Pick an account\">{items}</ul></form>",
        tenant = text(&flow.ask.tenant),
        flow = text(sealed),
    )
}

fn account(person: &Person, signed_in: bool) -> String {
    format!(
        "<li><button id=\"account-{address}\" name=\"pick\" value=\"{address}\">\
         <span class=\"initials\" aria-hidden=\"true\">{initials}</span><b>{name}</b>\
         <small title=\"{about}\">{address}{note}</small></button></li>",
        address = text(person.address),
        initials = text(&initials(person)),
        name = text(person.name),
        note = text(&note(person, signed_in)),
        about = text(person.about),
    )
}

/// What tells the accounts apart at a glance.
fn note(person: &Person, signed_in: bool) -> String {
    let kind = match person.quirk {
        Quirk::NeedsAdmin => " · needs an administrator",
        Quirk::Disabled => " · disabled",
        Quirk::Locked => " · locked",
        Quirk::PasswordExpired => " · password expired",
        Quirk::MustDoMfa | Quirk::MustBeStrong => " · second factor",
        Quirk::MustSetUpMfa | Quirk::MustSetUpMfaHere => " · second factor to set up",
        Quirk::MfaExpires => " · second factor expires",
        Quirk::ProvenElsewhere => " · another provider",
        Quirk::DeviceNotJoined => " · device not joined",
        Quirk::DeviceNotInDomain => " · device outside the domain",
        Quirk::BlockedByTenant => " · blocked by the tenant",
        Quirk::BlockedByDefaults => " · blocked by default",
        Quirk::DeviceNotRegistered => " · device not registered",
        Quirk::DeviceNotCompliant => " · device not compliant",
        Quirk::Blocked => " · blocked",
        Quirk::NotAssigned => " · not assigned",
        Quirk::Declines => " · declines",
        Quirk::None if !person.guest_in.is_empty() => " · also a guest",
        Quirk::None if !person.has_mailbox => " · no mailbox",
        Quirk::None if person.is_personal() => " · personal account",
        Quirk::None if person.is_admin => " · administrator",
        Quirk::None => "",
    };
    let session = if signed_in { " · signed in" } else { "" };
    format!("{kind}{session}")
}

/// What stands for a photo.
pub fn initials(person: &Person) -> String {
    [person.given_name, person.surname]
        .iter()
        .filter_map(|name| name.chars().next())
        .collect()
}

fn another(flow: &Flow, sealed: &str) -> String {
    format!(
        "<p class=\"soft\"><a id=\"other-account\" href=\"/{tenant}/other-account?flow={flow}\">Use another account</a></p>",
        tenant = text(&flow.ask.tenant),
        flow = text(sealed),
    )
}

/// What was wrong with the last try.
pub fn alert(refusal: Option<&Refusal>) -> String {
    refusal.map_or_else(String::new, |refusal| {
        format!(
            "<div class=\"alert\" id=\"error\" role=\"alert\">{} <span class=\"soft\">AADSTS{}</span></div>",
            text(&refusal.sentence),
            refusal.code
        )
    })
}
