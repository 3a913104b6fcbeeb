//! What the program is started with: a redirect, a `mailto:` link, or nothing. They come from anybody.
//!
//! None of them signs in, sends or attaches anything by itself: a redirect finishes only the sign-in it belongs to, and a
//! `mailto:` fills a form that a person confirms.

use message::Draft;
use tauri::{AppHandle, Manager};

use crate::{app::App, names::IDENTIFIER, session::Event, windows};

/// Longest argument that is read. A redirect carries a code of about a kilobyte; a `mailto:` may carry a body.
const ARGUMENT_BYTES_MAX: usize = 128 * 1024;

/// Arguments that are looked at.
const ARGUMENTS_MAX: usize = 16;

/// What one argument asks for.
#[derive(Debug, PartialEq)]
enum Wish {
    Redirect(String),
    Mailto(String),
}

/// Does what the arguments ask for, and otherwise shows the main window. The first argument is the program.
pub fn take(app: &AppHandle, arguments: Vec<String>) {
    let wishes: Vec<Wish> = arguments
        .into_iter()
        .skip(1)
        .take(ARGUMENTS_MAX)
        .filter_map(wish)
        .collect();
    if !wishes.iter().any(|wish| matches!(wish, Wish::Mailto(_))) {
        show_main(app);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        for wish in wishes {
            fulfil(&app, wish).await;
        }
    });
}

/// Shows the main window; without one the program is of no use, and says so where it can.
pub fn show_main(app: &AppHandle) {
    if let Err(error) = windows::main(app) {
        tracing::error!(%error, "the main window could not be shown");
    }
}

async fn fulfil(app: &AppHandle, wish: Wish) {
    match wish {
        Wish::Redirect(redirect) => {
            // The session outlives every window.
            let _ = app.state::<App>().tell(Event::Redirect(redirect)).await;
        }
        Wish::Mailto(link) => match message::mailto::parse(&link) {
            Ok(mailto) => {
                if windows::begin(app, Draft::from(mailto)).await.is_err() {
                    show_main(app);
                }
            }
            Err(error) => {
                tracing::info!(%error, "a mailto: link could not be read");
                show_main(app);
            }
        },
    }
}

fn wish(argument: String) -> Option<Wish> {
    if argument.len() > ARGUMENT_BYTES_MAX {
        tracing::info!(bytes = argument.len(), "an argument was dropped: too long");
        return None;
    }
    let (scheme, _) = argument.split_once(':')?;
    if scheme.eq_ignore_ascii_case(IDENTIFIER) {
        Some(Wish::Redirect(argument))
    } else if scheme.eq_ignore_ascii_case("mailto") {
        Some(Wish::Mailto(argument))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_a_redirect_a_link_or_nothing() {
        let redirect = format!("{IDENTIFIER}://auth/?code=c");
        for (argument, expected) in [
            (redirect.as_str(), Some(Wish::Redirect(redirect.clone()))),
            (
                "MAILTO:ana@example.com",
                Some(Wish::Mailto("MAILTO:ana@example.com".to_owned())),
            ),
            ("--help", None),
            ("file:///etc/passwd", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(wish(argument.to_owned()), expected, "{argument}");
        }
        let endless = format!("{IDENTIFIER}:{}", "x".repeat(ARGUMENT_BYTES_MAX));
        assert_eq!(wish(endless), None);
    }
}
