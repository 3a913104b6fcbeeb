//! What browser and app have in common: a WebDriver, and a page to look at.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;

use crate::wait::{SOON, STARTING, until};

/// One command of WebDriver. A driver that hangs must not hang the story.
const COMMAND_MAX: Duration = Duration::from_secs(30);

/// Pages under WebDriver: one at a time is the current one.
#[derive(Clone, Debug)]
pub struct Pages {
    client: Client,
}

impl Pages {
    /// Asks a driver on a local port for a session.
    pub async fn connect(port: u16, capabilities: Capabilities) -> Result<Self> {
        // Plain HTTP: the driver is on this machine.
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        until_listening(port).await?;
        let client = tokio::time::timeout(STARTING, builder.connect(&address))
            .await
            .context("the driver gave no session in time")??;
        Ok(Self { client })
    }

    /// The client itself, for what is said nowhere else.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for an element that is shown.
    pub async fn see(&self, css: &str) -> Result<Element> {
        self.see_within(css, SOON).await
    }

    /// Waits for an element that is shown, at most `limit`.
    pub async fn see_within(&self, css: &str, limit: Duration) -> Result<Element> {
        until(&format!("{css} to be shown"), limit, async || {
            self.shown(css).await
        })
        .await
    }

    /// Waits until nothing that matches is shown.
    pub async fn see_gone(&self, css: &str) -> Result<()> {
        until(&format!("{css} to be gone"), SOON, async || {
            Ok(self.shown(css).await?.is_none().then_some(()))
        })
        .await
    }

    /// Waits until an element's text contains `part`, and gives the text.
    pub async fn read(&self, css: &str, part: &str) -> Result<String> {
        until(&format!("{css} to say “{part}”"), SOON, async || {
            let Some(element) = self.shown(css).await? else {
                return Ok(None);
            };
            let text = element.text().await?;
            match text.contains(part) {
                true => Ok(Some(text)),
                false => bail!("it says “{text}”"),
            }
        })
        .await
    }

    /// The first matching element that is shown right now.
    pub async fn shown(&self, css: &str) -> Result<Option<Element>> {
        let all = within(self.client.find_all(Locator::Css(css))).await?;
        for element in all {
            if within(element.is_displayed()).await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Clicks an element once it is shown and takes clicks.
    pub async fn click(&self, css: &str) -> Result<()> {
        until(&format!("a click on {css}"), SOON, async || {
            let Some(element) = self.shown(css).await? else {
                return Ok(None);
            };
            within(element.click()).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Types into an element, behind what it holds.
    ///
    /// WebKit's driver drops characters beyond the Basic Multilingual Plane, so
    /// these are inserted as an input method would: by the editing command.
    pub async fn write(&self, css: &str, text: &str) -> Result<()> {
        let element = self.see(css).await?;
        for (astral, piece) in pieces(text) {
            if astral {
                let script = "document.execCommand('insertText', false, arguments[0])";
                self.run(script, vec![Value::from(piece)]).await?;
            } else {
                within(element.send_keys(&piece))
                    .await
                    .with_context(|| format!("at {css}"))?;
            }
        }
        Ok(())
    }

    /// Presses a combination of keys where the focus is.
    pub async fn press(&self, css: &str, keys: &[Key]) -> Result<()> {
        let element = self.see(css).await?;
        let keys: String = keys.iter().map(|key| char::from(*key)).collect();
        within(element.send_keys(&keys))
            .await
            .with_context(|| format!("at {css}"))
    }

    /// Replaces what a field holds, as one paste does.
    pub async fn paste(&self, css: &str, text: &str) -> Result<()> {
        self.see(css).await?;
        let script = "const field = document.querySelector(arguments[0]);\
                      field.focus(); field.select();\
                      document.execCommand('insertText', false, arguments[1]);";
        self.run(script, vec![Value::from(css), Value::from(text)])
            .await
            .map(drop)
    }

    /// What the clipboard holds, pasted by its keys into a field that is there for that alone.
    pub async fn clipboard(&self) -> Result<String> {
        let script = "const field = document.createElement('textarea');\
                      field.id = 'walk-clipboard';\
                      document.body.append(field); field.focus();";
        self.run(script, Vec::new()).await?;
        let field = "#walk-clipboard";
        let element = self.see(field).await?;
        let keys = format!("{}v{}", char::from(Key::Control), char::from(Key::Null));
        within(element.send_keys(&keys)).await?;
        let pasted = until("the clipboard's text", SOON, async || {
            Ok(Some(self.value(field).await?).filter(|text| !text.is_empty()))
        });
        let pasted = pasted.await?;
        let script = "document.getElementById('walk-clipboard').remove();";
        self.run(script, Vec::new()).await?;
        Ok(pasted)
    }

    /// Notes from now on, frame by frame, where the controls that match are drawn:
    /// once each, unless one moves or grows.
    pub async fn watch_places(&self, css: &str) -> Result<()> {
        let script = "const places = window.walkPlaces = {};\
                      const look = () => {\
                        for (const control of document.querySelectorAll(arguments[0])) {\
                          const {x, y, width, height} = control.getBoundingClientRect();\
                          const place = [x, y, width, height].map(Math.round).join(' ');\
                          const seen = places[control.dataset.testid] ??= [];\
                          if (seen.at(-1) !== place) seen.push(place);\
                        }\
                        requestAnimationFrame(look);\
                      };\
                      look();";
        self.run(script, vec![Value::from(css)]).await.map(drop)
    }

    /// Where each of the watched controls has been drawn since, by its test id.
    pub async fn watched_places(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let places = self.run("return window.walkPlaces", Vec::new()).await?;
        Ok(serde_json::from_value(places)?)
    }

    /// What a field holds.
    pub async fn value(&self, css: &str) -> Result<String> {
        let element = self.see(css).await?;
        Ok(within(element.prop("value")).await?.unwrap_or_default())
    }

    /// An attribute of an element that is shown.
    pub async fn attribute(&self, css: &str, name: &str) -> Result<Option<String>> {
        let element = self.see(css).await?;
        within(element.attr(name)).await
    }

    /// One attribute and the text of every element that matches.
    pub async fn rows(&self, css: &str, attribute: &str) -> Result<Vec<(String, String)>> {
        let mut rows = Vec::new();
        for element in within(self.client.find_all(Locator::Css(css))).await? {
            let value = within(element.attr(attribute)).await?.unwrap_or_default();
            rows.push((value, within(element.text()).await?));
        }
        Ok(rows)
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        within(self.client.execute(script, arguments)).await
    }

    /// Goes from window to window until one shows `css`; that one is then current.
    pub async fn go_to_window_with(&self, css: &str) -> Result<()> {
        until(&format!("a window with {css}"), SOON, async || {
            self.window_with(css).await
        })
        .await
    }

    /// Waits until no window shows `css`.
    pub async fn no_window_with(&self, css: &str) -> Result<()> {
        until(
            &format!("the window with {css} to close"),
            SOON,
            async || Ok(self.window_with(css).await?.is_none().then_some(())),
        )
        .await
    }

    async fn window_with(&self, css: &str) -> Result<Option<()>> {
        for window in within(self.client.windows()).await?.into_iter().rev() {
            // A window may close between the list and the visit.
            if within(self.client.switch_to_window(window)).await.is_err() {
                continue;
            }
            if matches!(self.shown(css).await, Ok(Some(_))) {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    /// Closes all windows or tabs but one.
    pub async fn keep_one_window(&self) -> Result<()> {
        let windows = within(self.client.windows()).await?;
        let (kept, others) = windows.split_first().context("there is no window")?;
        for other in others {
            within(self.client.switch_to_window(other.clone())).await?;
            within(self.client.close_window()).await?;
        }
        within(self.client.switch_to_window(kept.clone())).await
    }

    /// How many windows or tabs there are.
    pub async fn windows(&self) -> Result<usize> {
        Ok(within(self.client.windows()).await?.len())
    }

    /// The current page's source, for the record of a failure.
    pub async fn keep_source(&self, file: &Path) -> Result<()> {
        let source = within(self.client.source()).await?;
        Ok(std::fs::write(file, source)?)
    }

    /// Ends the session; the driver then ends the program.
    pub async fn close(self) -> Result<()> {
        within(self.client.close()).await
    }
}

/// Cuts a text into runs within and beyond the Basic Multilingual Plane.
fn pieces(text: &str) -> Vec<(bool, String)> {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for character in text.chars() {
        let astral = u32::from(character) > 0xFFFF;
        match pieces.last_mut() {
            Some((same, piece)) if *same == astral => piece.push(character),
            _ => pieces.push((astral, character.to_string())),
        }
    }
    pieces
}

/// An element by its test id, as a selector.
pub fn id(name: &str) -> String {
    format!("[data-testid=\"{name}\"]")
}

async fn within<T, E>(command: impl Future<Output = Result<T, E>>) -> Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let answer = tokio::time::timeout(COMMAND_MAX, command);
    // Its `Display` leaves out which error it is.
    answer
        .await
        .context("the driver does not answer")?
        .map_err(|error| anyhow!("{error:?}"))
}

async fn until_listening(port: u16) -> Result<()> {
    until(&format!("the driver on port {port}"), SOON, async || {
        Ok(Some(
            tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .map(drop)?,
        ))
    })
    .await
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
