//! The words of the message files, for what Rust says itself: notifications, and the page in the browser.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

const ENGLISH: &str = include_str!("../../ui/messages/en.ftl");

/// The language of what [`text`] gives (RFC 5646).
pub const LANGUAGE: &str = "en";

/// The sentence called `message`, its arguments filled in; `None` for one that the files do not know.
pub fn text(message: &str, arguments: &[(&str, &str)]) -> Option<String> {
    // A message file with a fault still gives the messages that are sound.
    let resource = match FluentResource::try_new(ENGLISH.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let language = LANGUAGE.parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![language]);
    bundle.add_resource_overriding(resource);
    let mut args = FluentArgs::new();
    for (name, value) in arguments {
        args.set(*name, *value);
    }
    let pattern = bundle.get_message(message)?.value()?;
    let text = bundle.format_pattern(pattern, Some(&args), &mut Vec::new());
    Some(text.into_owned())
}
