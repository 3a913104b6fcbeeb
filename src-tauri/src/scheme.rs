//! The sign-in scheme and the desktop: makes sure that a redirect finds its way here.
//!
//! Only the sign-in scheme is ever registered by itself; `mailto:` is the person's to give. Done just before the browser
//! opens, when it is needed, so that it costs nothing at start.

/// Registers the scheme where nothing has yet. `false` where this desktop takes none, which is logged.
#[cfg(target_os = "linux")]
pub fn ensure_registered() -> bool {
    let registered = register();
    if let Err(error) = &registered {
        tracing::warn!(%error, "the sign-in scheme could not be registered with the desktop");
    }
    registered.is_ok()
}

/// Windows keeps schemes in the registry, macOS in the bundle: the plugin knows both.
#[cfg(not(target_os = "linux"))]
pub fn ensure_registered() -> bool {
    true
}

#[cfg(target_os = "linux")]
fn register() -> std::io::Result<()> {
    use crate::{desktop_entry, names::IDENTIFIER};

    let program = desktop_entry::program()?;
    let mime_type = format!("x-scheme-handler/{IDENTIFIER}");
    if desktop_entry::installed(&program, &mime_type).is_some() {
        return Ok(());
    }
    let file_name = format!("{IDENTIFIER}.desktop");
    let entry = desktop_entry::entry(&program, &mime_type, "")?;
    let is_there = desktop_entry::own(&file_name).is_some_and(|present| present == entry);
    if is_there && desktop_entry::default_for(&mime_type).as_ref() == Some(&file_name) {
        return Ok(());
    }
    desktop_entry::place(&file_name, &entry)?;
    desktop_entry::make_default(&file_name, &mime_type)
}
