//! The configuration: client id, tenant, authority, Graph host, how the answer to a sign-in comes here, proxy and certificates,
//! and what a person prefers.
//!
//! Three sources, the later one winning: the person's settings file, the environment, the administrator's managed file.
//! A faulty value is named and left out; what is sound beside it holds.

mod writing;

use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
};

use entra::Authority;

use crate::{
    clouds, folders, http,
    names::{GLOBAL_AUTHORITY, GLOBAL_GRAPH, LOOPBACK_REDIRECT_URI, REDIRECT_URI, permissions},
    preferences::{Preference, Preferences},
    views::{Args, ConfigFault, ConfigSource, ConfigView, SignInMethod},
};

pub use writing::{prefer, save};

const SETTINGS_FILE: &str = "settings.toml";

/// The settings there are: key in the files, environment variable.
const KEYS: [(&str, &str); 11] = [
    ("client_id", "SIGNET_CLIENT_ID"),
    ("tenant", "SIGNET_TENANT"),
    ("authority", "SIGNET_AUTHORITY"),
    ("graph", "SIGNET_GRAPH"),
    ("sign_in", "SIGNET_SIGN_IN"),
    ("proxy", "SIGNET_PROXY"),
    ("ca_file", "SIGNET_CA_FILE"),
    ("undo_send", "SIGNET_UNDO_SEND"),
    ("drafts_in_mailbox", "SIGNET_DRAFTS_IN_MAILBOX"),
    ("theme", "SIGNET_THEME"),
    ("notifications", "SIGNET_NOTIFICATIONS"),
];

/// The ways a sign-in may go, as the files write them.
const SIGN_IN_METHODS: [(&str, SignInMethod); 4] = [
    ("automatic", SignInMethod::Automatic),
    ("scheme", SignInMethod::Scheme),
    ("loopback", SignInMethod::Loopback),
    ("device-code", SignInMethod::DeviceCode),
];

/// Longest value that is read but for a path. Entra ID allows 256 characters for a redirect URI; nothing here is longer.
const VALUE_BYTES_MAX: usize = 256;

/// Longest path: `PATH_MAX` of Linux.
const PATH_BYTES_MAX: usize = 4_096;

/// The configuration that is in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// Application (client) id, where there is one.
    pub client_id: Option<String>,
    /// `common`, `organizations`, `consumers`, a GUID or a domain.
    pub tenant: String,
    /// Authority without the tenant, such as `https://login.microsoftonline.com`.
    pub authority: String,
    /// Graph base, such as `https://graph.microsoft.com/v1.0`.
    pub graph: String,
    /// Whether somebody has set it: otherwise it follows the authority.
    pub graph_is_set: bool,
    /// How the answer to a sign-in comes here.
    pub sign_in: SignInMethod,
    /// Address of a proxy for all that leaves this computer, in place of the system's. It holds from the next start.
    pub proxy: Option<String>,
    /// A file with certificates that are trusted beside the system's. It holds from the next start.
    pub ca_file: Option<PathBuf>,
    /// What the person prefers.
    pub preferences: Preferences,
    /// Keys that somebody else than the person has set, and where.
    pub set_elsewhere: BTreeMap<String, ConfigSource>,
    /// The registration or the way to sign in comes from the administrator, and cannot be changed here.
    pub managed: bool,
    /// What is wrong, in the order it was found.
    pub faults: Vec<ConfigFault>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            client_id: None,
            tenant: "common".to_owned(),
            authority: GLOBAL_AUTHORITY.to_owned(),
            graph: GLOBAL_GRAPH.to_owned(),
            graph_is_set: false,
            sign_in: SignInMethod::Automatic,
            proxy: None,
            ca_file: None,
            preferences: Preferences::default(),
            set_elsewhere: BTreeMap::new(),
            managed: false,
            faults: Vec::new(),
        }
    }
}

impl Configuration {
    /// Reads all three sources.
    pub fn load(config_folder: &Path) -> Self {
        let mut configuration = Self::default();
        configuration.take_file(&config_folder.join(SETTINGS_FILE), ConfigSource::Settings);
        configuration.take_environment(|name| std::env::var_os(name));
        configuration.take_file(&managed_file(), ConfigSource::Managed);
        configuration.check_pair();
        configuration
    }

    /// Graph follows the authority. Where the two are set to two clouds nobody signs in: a token would go where it does not belong.
    fn check_pair(&mut self) {
        if !self.graph_is_set
            && let Some(graph) = clouds::graph_of(&self.authority)
        {
            self.graph = graph;
        }
        if clouds::belong_together(&self.authority, &self.graph) {
            return;
        }
        let args = [("key", "graph".to_owned())];
        self.fault("config-graph-elsewhere", ConfigSource::Settings, args);
        self.client_id = None;
    }

    /// What the interface shows.
    pub fn view(&self, sandbox_available: bool) -> ConfigView {
        ConfigView {
            client_id: self.client_id.clone(),
            tenant: self.tenant.clone(),
            redirect_uris: [REDIRECT_URI, LOOPBACK_REDIRECT_URI]
                .map(str::to_owned)
                .into(),
            sign_in: self.sign_in,
            permissions: permissions().map(str::to_owned).collect(),
            admin_consent_url: self.admin_consent_url(),
            managed: self.managed,
            proxy: self.proxy.clone(),
            ca_file: self.ca_file.as_deref().map(shown),
            preferences: self.preferences,
            set_elsewhere: self.set_elsewhere.clone(),
            faults: self.faults.clone(),
            sandbox_available,
        }
    }

    fn admin_consent_url(&self) -> Option<String> {
        let authority = Authority::parse(&self.authority()).ok()?;
        let permissions: Vec<&str> = permissions().collect();
        let client_id = self.client_id.as_deref()?;
        let url = authority.admin_consent_url(client_id, &permissions, REDIRECT_URI)?;
        Some(url.into())
    }

    /// Authority with the tenant.
    pub fn authority(&self) -> String {
        format!("{}/{}", self.authority.trim_end_matches('/'), self.tenant)
    }

    fn take_file(&mut self, path: &Path, source: ConfigSource) {
        let table = match read_table(path, source) {
            Ok(table) => table.unwrap_or_default(),
            Err(fault) => return self.faults.push(fault),
        };
        for (key, value) in table {
            match value {
                toml::Value::String(value) => self.take(&key, &value, source),
                toml::Value::Integer(value) if key == "undo_send" => {
                    self.take(&key, &value.to_string(), source);
                }
                toml::Value::Boolean(value) if key == "drafts_in_mailbox" => {
                    self.take(&key, &value.to_string(), source);
                }
                _ => self.fault("config-not-text", source, [("key", key)]),
            }
        }
    }

    fn take_environment(&mut self, variable: impl Fn(&str) -> Option<std::ffi::OsString>) {
        for (key, name) in KEYS {
            match variable(name).map(|value| value.into_string()) {
                None => {}
                Some(Ok(value)) if value.is_empty() => {}
                Some(Ok(value)) => self.take(key, &value, ConfigSource::Environment),
                Some(Err(_)) => self.fault(
                    "config-not-text",
                    ConfigSource::Environment,
                    [("key", name.to_owned())],
                ),
            }
        }
    }

    fn take(&mut self, key: &str, value: &str, source: ConfigSource) {
        let value = value.trim();
        let (sound, message) = match key {
            "client_id" => (entra::is_client_id(value), "config-client-id"),
            "tenant" => (is_tenant(value), "config-tenant"),
            "authority" => (is_authority(value), "config-authority"),
            "graph" => (graph::BaseUrl::parse(value).is_ok(), "config-graph"),
            "sign_in" => (sign_in_method(value).is_some(), "config-sign-in"),
            "proxy" => (http::is_proxy(value), "config-proxy"),
            "ca_file" => (http::is_ca_file(value), "config-ca-file"),
            "undo_send" => (is_preference(key, value), "config-undo-send"),
            "drafts_in_mailbox" => (is_preference(key, value), "config-drafts-in-mailbox"),
            "theme" => (is_preference(key, value), "config-theme"),
            "notifications" => (is_preference(key, value), "config-notifications"),
            _ => (false, "config-unknown-key"),
        };
        let bytes_max = match key {
            "ca_file" => PATH_BYTES_MAX,
            _ => VALUE_BYTES_MAX,
        };
        if value.len() > bytes_max || !sound {
            return self.fault(message, source, [("key", key.chars().take(64).collect())]);
        }
        let is_registration = matches!(
            key,
            "client_id" | "tenant" | "authority" | "graph" | "sign_in"
        );
        self.managed |= source == ConfigSource::Managed && is_registration;
        if source != ConfigSource::Settings {
            self.set_elsewhere.insert(key.to_owned(), source);
        }
        if let Some(preference) = Preference::read(key, value) {
            return preference.hold(&mut self.preferences);
        }
        let value = value.to_owned();
        match key {
            "client_id" => self.client_id = Some(value),
            "tenant" => self.tenant = value,
            "authority" => self.authority = value,
            "sign_in" => self.sign_in = sign_in_method(&value).unwrap_or_default(),
            "proxy" => self.proxy = Some(value),
            "ca_file" => self.ca_file = Some(value.into()),
            _ => {
                self.graph = value;
                self.graph_is_set = true;
            }
        }
    }

    fn fault<const N: usize>(
        &mut self,
        message: &str,
        source: ConfigSource,
        args: [(&str, String); N],
    ) {
        self.faults.push(fault(message, source, args));
    }
}

fn fault<const N: usize>(
    message: &str,
    source: ConfigSource,
    args: [(&str, String); N],
) -> ConfigFault {
    let args = args.map(|(key, value)| (key.to_owned(), value));
    ConfigFault {
        message: message.to_owned(),
        args: Args::from(args),
        source,
    }
}

/// Reads a settings file; `None` where there is none.
fn read_table(path: &Path, source: ConfigSource) -> Result<Option<toml::Table>, ConfigFault> {
    let Some(text) = read_text(path, source)? else {
        return Ok(None);
    };
    let table = text.parse::<toml::Table>();
    let table = table.map_err(|error| unreadable(path, source, &text, error.span()));
    table.map(Some)
}

fn read_text(path: &Path, source: ConfigSource) -> Result<Option<String>, ConfigFault> {
    let bytes = folders::read_small(path)
        .map_err(|_| fault("config-unreadable", source, [("path", shown(path))]))?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The fault of a file that is no TOML, with the line.
fn unreadable(
    path: &Path,
    source: ConfigSource,
    text: &str,
    span: Option<Range<usize>>,
) -> ConfigFault {
    let before = span.map_or(0, |span| span.start);
    let breaks = text.bytes().take(before).filter(|byte| *byte == b'\n');
    let line = 1 + breaks.count();
    let args = [("path", shown(path)), ("line", line.to_string())];
    fault("config-file", source, args)
}

/// Whether a file of the settings folder is the settings.
pub fn is_file(name: &str) -> bool {
    name == SETTINGS_FILE
}

fn managed_file() -> PathBuf {
    if cfg!(target_os = "windows") {
        let base = std::env::var_os("ProgramData").unwrap_or_else(|| r"C:\ProgramData".into());
        PathBuf::from(base).join("Signet").join(SETTINGS_FILE)
    } else if cfg!(target_os = "macos") {
        Path::new("/Library/Application Support/Signet").join(SETTINGS_FILE)
    } else {
        Path::new("/etc/signet").join(SETTINGS_FILE)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn sign_in_method(value: &str) -> Option<SignInMethod> {
    let known = SIGN_IN_METHODS.iter().find(|(name, _)| *name == value);
    known.map(|(_, method)| *method)
}

/// A tenant as it stands in an authority.
fn is_tenant(value: &str) -> bool {
    !value.contains('/') && Authority::parse(&format!("{GLOBAL_AUTHORITY}/{value}")).is_ok()
}

fn is_preference(key: &str, value: &str) -> bool {
    Preference::read(key, value).is_some()
}

/// An authority without its tenant.
fn is_authority(value: &str) -> bool {
    Authority::parse(&format!("{}/common", value.trim_end_matches('/'))).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";

    fn check(text: &str, faults: &[&str]) -> Configuration {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        std::fs::write(&path, text).unwrap();
        let mut configuration = Configuration::default();
        configuration.take_file(&path, ConfigSource::Settings);
        let found: Vec<_> = configuration
            .faults
            .iter()
            .map(|f| f.message.as_str())
            .collect();
        assert_eq!(found, faults, "{text}");
        configuration
    }

    #[test]
    fn seconds_are_a_number_or_a_text() {
        for (text, expected) in [
            ("", 5),
            ("undo_send = 0", 0),
            ("undo_send = 60", 60),
            ("undo_send = '10'", 10),
        ] {
            assert_eq!(
                check(text, &[]).preferences.undo_send_seconds,
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn each_fault_is_named_and_the_rest_holds() {
        let sound = check(&format!("client_id = '{ID}'\ntenant = 'contoso.com'"), &[]);
        assert_eq!(sound.client_id.as_deref(), Some(ID));
        assert_eq!(
            sound.authority(),
            "https://login.microsoftonline.com/contoso.com"
        );
        for (text, fault) in [
            ("client_id = 'my app'", "config-client-id"),
            ("client_id = 7", "config-not-text"),
            ("tenant = 'a b'", "config-tenant"),
            ("tenant = '-a.com'", "config-tenant"),
            ("tenant = 'contoso.com/b2c_1_x'", "config-tenant"),
            ("authority = 'http://login.example'", "config-authority"),
            (
                "authority = 'https://login.example/common'",
                "config-authority",
            ),
            (
                "authority = 'https://u:p@login.example'",
                "config-authority",
            ),
            ("graph = 'https://u@graph.example/v1.0'", "config-graph"),
            ("sign_in = 'carrier pigeon'", "config-sign-in"),
            ("proxy = 'proxy.contoso.com'", "config-proxy"),
            ("ca_file = 'ca.pem'", "config-ca-file"),
            ("undo_send = 61", "config-undo-send"),
            ("undo_send = -1", "config-undo-send"),
            ("undo_send = 'soon'", "config-undo-send"),
            ("undo_send = 1.5", "config-not-text"),
            ("drafts_in_mailbox = 'often'", "config-drafts-in-mailbox"),
            ("drafts_in_mailbox = 1", "config-not-text"),
            ("theme = 'sepia'", "config-theme"),
            ("notifications = 'some'", "config-notifications"),
            ("colour = 'red'", "config-unknown-key"),
            ("client_id = ", "config-file"),
            ("\u{0}\u{1}", "config-file"),
        ] {
            let configuration = check(text, &[fault]);
            assert_eq!(configuration.client_id, None, "{text}");
        }
        let half = check(
            &format!("tenant = '?'\nclient_id = '{ID}'"),
            &["config-tenant"],
        );
        assert_eq!(
            (half.client_id.as_deref(), half.tenant.as_str()),
            (Some(ID), "common")
        );
        let broken = check("tenant = 'common'\n\nclient_id = [", &["config-file"]);
        assert_eq!(broken.faults[0].args["line"], "3");
    }

    #[test]
    fn a_graph_of_another_cloud_leaves_nobody_signed_in() {
        let text = format!("client_id = '{ID}'\ngraph = 'https://graph.microsoft.us/v1.0'");
        let mut configuration = check(&text, &[]);
        configuration.check_pair();
        assert_eq!(configuration.client_id, None);
        assert_eq!(configuration.faults[0].message, "config-graph-elsewhere");
    }

    #[test]
    fn graph_follows_the_authority_unless_it_is_set() {
        let text = format!("client_id = '{ID}'\nauthority = 'https://login.microsoftonline.us'");
        for (line, expected) in [
            ("", "https://graph.microsoft.us/v1.0"),
            (
                "graph = 'https://dod-graph.microsoft.us/v1.0'",
                "https://dod-graph.microsoft.us/v1.0",
            ),
        ] {
            let mut configuration = check(&format!("{text}\n{line}"), &[]);
            configuration.check_pair();
            assert_eq!(configuration.graph, expected);
            assert!(configuration.client_id.is_some());
        }
    }

    #[test]
    fn a_proxy_of_the_administrators_locks_no_form() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        for (line, locked) in [
            ("proxy = 'http://proxy.contoso.com:8080'", false),
            ("tenant = 'contoso.com'", true),
        ] {
            std::fs::write(&path, line).unwrap();
            let mut configuration = Configuration::default();
            configuration.take_file(&path, ConfigSource::Managed);
            assert!(configuration.faults.is_empty());
            assert_eq!(configuration.managed, locked, "{line}");
        }
    }

    #[test]
    fn the_environment_wins_over_settings() {
        let mut configuration = check("tenant = 'consumers'", &[]);
        configuration.take_environment(|name| match name {
            "SIGNET_TENANT" => Some("organizations".into()),
            "SIGNET_AUTHORITY" => Some("http://127.0.0.1:9".into()),
            "SIGNET_THEME" => Some("dark".into()),
            _ => None,
        });
        let elsewhere: Vec<&str> = configuration
            .set_elsewhere
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(elsewhere, ["authority", "tenant", "theme"]);
        assert_eq!(
            configuration.authority(),
            "http://127.0.0.1:9/organizations"
        );
        assert!(configuration.faults.is_empty());
    }

    #[test]
    fn drafts_are_kept_in_the_mailbox_where_somebody_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let read = || {
            let mut configuration = Configuration::default();
            let path = folder.path().join(SETTINGS_FILE);
            configuration.take_file(&path, ConfigSource::Settings);
            assert!(configuration.faults.is_empty());
            configuration
        };
        std::fs::write(folder.path().join(SETTINGS_FILE), "tenant = 'contoso.com'").unwrap();
        for on in [false, true, false] {
            prefer(folder.path(), Preference::DraftsInMailbox(on)).unwrap();
            let configuration = read();
            assert_eq!(configuration.preferences.drafts_in_mailbox, on);
            assert_eq!(configuration.tenant, "contoso.com");
        }
        let mut configuration = read();
        configuration
            .take_environment(|name| (name == "SIGNET_DRAFTS_IN_MAILBOX").then(|| "true".into()));
        assert!(configuration.preferences.drafts_in_mailbox);
        assert_eq!(
            configuration.set_elsewhere["drafts_in_mailbox"],
            ConfigSource::Environment
        );
    }
}
