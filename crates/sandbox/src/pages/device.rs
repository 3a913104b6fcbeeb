//! The pages of the device code flow: the code, the app's name, the end.

use axum::response::{IntoResponse, Response};

use super::frame::{Page, text};
use crate::directory::Person;
use crate::entra::{DEVICE_CONFIRM_PATH, Refusal};

/// Asks for the code that the device shows. `refusal` says what was wrong with
/// the last one.
pub fn device_code(refusal: Option<&Refusal>) -> Response {
    let alert = refusal.map_or_else(String::new, |refusal| {
        format!(
            "<div class=\"alert\" id=\"error\" role=\"alert\">{} <span class=\"soft\">AADSTS{}</span></div>",
            text(&refusal.sentence),
            refusal.code
        )
    });
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><h1>Enter code</h1>\
         <p>Enter the code displayed on your app or device.</p>{alert}\
         <form method=\"post\" action=\"/devicelogin\"><label for=\"otc\">Code</label>\
         <input id=\"otc\" name=\"otc\" type=\"text\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" maxlength=\"18\" autofocus>\
         <div class=\"actions\"><button class=\"button primary\" id=\"next\">Next</button></div></form>"
    );
    Page::new("Sign in on a device · Sandbox tenant", body).into_response()
}

/// Asks whether this is the app that they meant. A code that somebody else sent
/// would lead here as well, and this page is what stands against it.
pub fn device_confirm(app: &str, person: &Person, sealed: &str) -> Response {
    let app = text(app).to_string();
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><div class=\"who\">{who}</div>\
         <h1>Are you trying to sign in to {app}?</h1>\
         <p>Only continue if you started this on a device or in an app of your own. Do not enter codes from people you do not know.</p>\
         <form method=\"post\" action=\"{DEVICE_CONFIRM_PATH}\"><input type=\"hidden\" name=\"device\" value=\"{sealed}\">\
         <div class=\"actions\"><button class=\"button\" id=\"cancel\" name=\"answer\" value=\"cancel\">Cancel</button>\
         <button class=\"button primary\" id=\"continue\" name=\"answer\" value=\"continue\" autofocus>Continue</button></div></form>",
        who = text(person.address),
        sealed = text(sealed),
    );
    Page::new("Sign in on a device · Sandbox tenant", body).into_response()
}

/// The end: signed in to `app`, or not.
pub fn device_done(app: Option<&str>) -> Response {
    let (head, rest) = match app {
        Some(app) => (
            format!("You have signed in to {} on your device", text(app)),
            "You may now close this window.",
        ),
        None => (
            "You did not sign in on your device".to_owned(),
            "Nothing was given to the app. You may now close this window.",
        ),
    };
    let body = format!(
        "<div class=\"mark\"><i></i>Sandbox tenant</div><h1 id=\"done\">{head}</h1><p>{rest}</p>"
    );
    Page::new("Sign in on a device · Sandbox tenant", body).into_response()
}
