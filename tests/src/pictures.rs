//! The kept pictures, held against each other when all stories are told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::display::path;
use crate::places::screenshots;
use crate::process::Start;
use crate::theme::Theme;
use crate::wait::STARTING;

/// Of each picture by its name: the signature of its pixels, and how bright it is on average, from 0 to 1.
type Seen = BTreeMap<String, (String, f64)>;

/// Checks that every view has a picture in each theme, that a pair is really of two
/// themes, and gives how many views there are.
pub async fn compare() -> Result<usize> {
    let light = look_at(&screenshots(Theme::Light)?).await?;
    let dark = look_at(&screenshots(Theme::Dark)?).await?;
    check(&light, &dark)?;
    Ok(light.len())
}

/// How bright a picture is on average, from 0 to 1.
pub(crate) async fn brightness(file: &Path) -> Result<f64> {
    let said = identify("%[fx:mean]", [file.to_owned()]).await?;
    said.trim().parse().context("no brightness")
}

fn check(light: &Seen, dark: &Seen) -> Result<()> {
    ensure!(!light.is_empty(), "there are no pictures");
    for name in light.keys().chain(dark.keys()) {
        let (lit, dimmed) = light
            .get(name)
            .zip(dark.get(name))
            .with_context(|| format!("{name} is not there in both themes"))?;
        ensure!(lit.0 != dimmed.0, "{name} is the same in both themes");
        ensure!(
            lit.1 > dimmed.1,
            "{name} is brighter in the dark: {} than in the light: {}",
            dimmed.1,
            lit.1
        );
    }
    Ok(())
}

async fn look_at(folder: &Path) -> Result<Seen> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    if files.is_empty() {
        return Ok(Seen::new());
    }
    let lines = identify("%t %# %[fx:mean]\n", files).await?;
    lines
        .lines()
        .map(|line| {
            let mut words = line.split_whitespace();
            let (name, pixels, bright) = (words.next(), words.next(), words.next());
            let bright = bright.context("no brightness")?.parse()?;
            Ok((
                name.context("no name")?.to_owned(),
                (pixels.context("no pixels")?.to_owned(), bright),
            ))
        })
        .collect::<Result<Seen>>()
        .with_context(|| format!("of the pictures in {}", folder.display()))
}

async fn identify(format: &str, files: impl IntoIterator<Item = PathBuf>) -> Result<String> {
    Start::new("identify")
        .args(["-format", format])
        .args(files)
        .env(path())
        .output(STARTING)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(pictures: &[(&str, &str, f64)]) -> Seen {
        pictures
            .iter()
            .map(|(name, pixels, bright)| ((*name).to_owned(), ((*pixels).to_owned(), *bright)))
            .collect()
    }

    #[test]
    fn a_view_is_there_in_both_themes_and_not_the_same() {
        let light = seen(&[("card", "a", 0.9), ("outbox", "b", 0.9)]);
        for (dark, complaint) in [
            (seen(&[("card", "c", 0.1), ("outbox", "d", 0.1)]), None),
            (seen(&[("card", "c", 0.1)]), Some("outbox is not there")),
            (
                seen(&[("card", "c", 0.1), ("outbox", "d", 0.1), ("more", "e", 0.1)]),
                Some("more is not there"),
            ),
            (
                seen(&[("card", "c", 0.1), ("outbox", "b", 0.9)]),
                Some("outbox is the same"),
            ),
            (
                seen(&[("card", "c", 0.95), ("outbox", "d", 0.1)]),
                Some("card is brighter"),
            ),
        ] {
            let said = check(&light, &dark).err().map(|error| error.to_string());
            match complaint {
                None => assert_eq!(said, None),
                Some(part) => assert!(said.as_deref().unwrap_or("").contains(part), "{said:?}"),
            }
        }
        assert!(check(&Seen::new(), &Seen::new()).is_err());
    }
}
