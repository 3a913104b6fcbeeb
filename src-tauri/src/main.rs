//! The program: what must be decided before any thread exists, then the app.
#![cfg_attr(target_os = "windows", windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    signet::rendering::refuse_automation();
    signet::rendering::choose();
    signet::run()
}
