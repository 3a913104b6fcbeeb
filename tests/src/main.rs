//! Walks the main job by itself, in a virtual display, and says what it does.
//!
//! Ends with 0 only if the sandbox really delivered the mail that was written.

use std::process::ExitCode;

use anyhow::Result;
use walk::main_job::{self, COLLEAGUE};
use walk::places::{output, screenshots};
use walk::theme::Theme;
use walk::{Setting, Stage};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let walked = match runtime {
        Ok(runtime) => runtime.block_on(walk()),
        Err(error) => Err(error.into()),
    };
    for theme in [Theme::Light, Theme::Dark] {
        if let Ok(folder) = screenshots(theme) {
            println!("Screenshots of every view: {}", folder.display());
        }
    }
    match walked {
        Ok(()) => {
            println!("The mail was delivered as it was written.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("The walk ended early: {error:#}");
            eprintln!("Logs: {}", output().join("logs/walk").display());
            ExitCode::FAILURE
        }
    }
}

async fn walk() -> Result<()> {
    println!("A display, a session, a keyring, the sandbox tenant and a browser are put up");
    let mut stage = Stage::put_up("walk", Setting::default(), None).await?;
    let begun = std::time::Instant::now();
    let say = |step: &str| println!("{:5.1} s  {step}", begun.elapsed().as_secs_f32());
    let walked = main_job::tell(&mut stage, COLLEAGUE, &say).await;
    if walked.is_err() {
        stage.keep_evidence().await;
    }
    walked
}
