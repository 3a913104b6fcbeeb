//! The system browser. Never a web view: a person signs in where they can see whose page it is (RFC 8252 §8.12).

/// Opens an address that Rust made, in the browser the desktop names.
pub async fn open(address: String) -> Result<(), tauri_plugin_opener::Error> {
    let opened =
        tokio::task::spawn_blocking(move || tauri_plugin_opener::open_url(address, None::<&str>));
    opened
        .await
        .unwrap_or_else(|_| Err(std::io::Error::other("the opener failed").into()))
}
