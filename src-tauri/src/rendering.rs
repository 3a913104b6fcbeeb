//! How the window is drawn, decided before anything of GTK exists.
//!
//! WebKitGTK draws through the GPU by default. Where there is none it does so in software, and a page with an editor takes
//! three times as long to paint and to echo a key as when it is told not to try. `script/bench start` measures both.

/// WebKitGTK's switch. A person who has set it knows better.
#[cfg(target_os = "linux")]
const DMABUF_VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Turns hardware acceleration off where the machine has no GPU that this person may use. Call it first in `main`.
#[cfg(target_os = "linux")]
pub fn choose() {
    if std::env::var_os(DMABUF_VARIABLE).is_none() && !has_render_node() {
        set_variable(DMABUF_VARIABLE, Some("1"));
    }
}

/// Other platforms' web views choose by themselves.
#[cfg(not(target_os = "linux"))]
pub fn choose() {}

/// Without the `automation` feature nobody drives the window: the variable that would let them is dropped.
pub fn refuse_automation() {
    #[cfg(not(feature = "automation"))]
    set_variable("TAURI_WEBVIEW_AUTOMATION", None);
}

/// A render node of the direct rendering manager that can be opened. Source: Linux kernel, "DRM render nodes".
#[cfg(target_os = "linux")]
fn has_render_node() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            entry.file_name().to_string_lossy().starts_with("renderD")
                && std::fs::OpenOptions::new()
                    .read(true)
                    .write(true)
                    .open(entry.path())
                    .is_ok()
        })
    })
}

#[cfg(any(target_os = "linux", not(feature = "automation")))]
#[allow(
    unsafe_code,
    reason = "the environment can only be changed before threads exist"
)]
fn set_variable(name: &str, value: Option<&str>) {
    // SAFETY: called from the first lines of `main`, while this is the only thread.
    match value {
        Some(value) => unsafe { std::env::set_var(name, value) },
        None => unsafe { std::env::remove_var(name) },
    }
}
