//! Where things lie: the programs under test, the logs, the screenshots.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::theme::Theme;

/// Names the folder with `signet` and `signet-sandbox`, for a build that is not
/// the workspace's own release build.
const PROGRAMS_VARIABLE: &str = "WALK_PROGRAMS";

/// Where cargo leaves the programs of this workspace in the one profile it has.
const RELEASE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release");

/// The path of a program of this workspace.
pub fn program(name: &str) -> Result<PathBuf> {
    let folder = std::env::var_os(PROGRAMS_VARIABLE).map_or_else(|| RELEASE.into(), PathBuf::from);
    folder
        .join(name)
        .canonicalize()
        .with_context(|| format!("`{name}` is not built: looked in {}", folder.display()))
}

/// The folder everything the stories write goes to.
pub fn output() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/walk")
}

/// The folder of one story's logs, emptied.
pub fn logs_of(story: &str) -> Result<PathBuf> {
    let folder = output().join("logs").join(story);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// The folder of the screenshots in one theme.
pub fn screenshots(theme: Theme) -> Result<PathBuf> {
    let folder = output().join("screenshots").join(theme.name());
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}
