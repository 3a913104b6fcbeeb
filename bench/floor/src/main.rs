//! An empty Tauri window: what Signet's start and memory are measured against.
//!
//! `floor [WIDTH HEIGHT]` opens one window of that size with one page that loads nothing and calls nothing.
#![cfg_attr(target_os = "windows", windows_subsystem = "windows")]

use std::process::ExitCode;

use tauri::{WebviewUrl, WebviewWindowBuilder};

/// The size of Signet's main window, in logical pixels.
const MAIN_WINDOW: (f64, f64) = (480.0, 720.0);

fn main() -> ExitCode {
    let result = tauri::Builder::default()
        .setup(|app| {
            let (width, height) = size();
            WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
                .title("Floor")
                .inner_size(width, height)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The floor could not start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn size() -> (f64, f64) {
    let mut numbers = std::env::args()
        .skip(1)
        .map_while(|number| number.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(width), Some(height)) => (width, height),
        _ => MAIN_WINDOW,
    }
}
