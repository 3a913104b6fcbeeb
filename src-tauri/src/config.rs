//! The configuration: client id, tenant, authority, Graph host, how the answer to a sign-in comes here, proxy and certificates.
//!
//! Three sources, the later one winning: the person's settings file, the environment, the administrator's managed file.
//! A faulty value is named and left out; what is sound beside it holds.

use std::path::{Path, PathBuf};

use entra::Authority;

use crate::{
    clouds, folders, http,
    names::{GLOBAL_AUTHORITY, GLOBAL_GRAPH, LOOPBACK_REDIRECT_URI, REDIRECT_URI, permissions},
    views::{Args, ConfigFault, ConfigSource, ConfigView, Settings, SignInMethod},
};

const SETTINGS_FILE: &str = "settings.toml";

/// The settings there are: key in the files, environment variable.
const KEYS: [(&str, &str); 9] = [
    ("client_id", "SIGNET_CLIENT_ID"),
    ("tenant", "SIGNET_TENANT"),
    ("authority", "SIGNET_AUTHORITY"),
    ("graph", "SIGNET_GRAPH"),
    ("sign_in", "SIGNET_SIGN_IN"),
    ("proxy", "SIGNET_PROXY"),
    ("ca_file", "SIGNET_CA_FILE"),
    ("undo_send", "SIGNET_UNDO_SEND"),
    ("drafts_in_mailbox", "SIGNET_DRAFTS_IN_MAILBOX"),
];

/// The ways a sign-in may go, as the files write them.
const SIGN_IN_METHODS: [(&str, SignInMethod); 4] = [
    ("automatic", SignInMethod::Automatic),
    ("scheme", SignInMethod::Scheme),
    ("loopback", SignInMethod::Loopback),
    ("device-code", SignInMethod::DeviceCode),
];

/// Long enough to see what one has done, and short enough to be no delay.
const UNDO_SEND_SECONDS: u8 = 5;

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
    /// For how many seconds a message can be taken back after "Send"; 0 where it leaves at once.
    pub undo_send_seconds: u8,
    /// Whether drafts are kept in the mailbox too.
    pub drafts_in_mailbox: bool,
    /// That comes from the environment or the administrator, and cannot be changed here.
    pub drafts_in_mailbox_is_fixed: bool,
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
            undo_send_seconds: UNDO_SEND_SECONDS,
            drafts_in_mailbox: false,
            drafts_in_mailbox_is_fixed: false,
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
            drafts_in_mailbox: self.drafts_in_mailbox,
            drafts_in_mailbox_is_fixed: self.drafts_in_mailbox_is_fixed,
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
            "undo_send" => (undo_send(value).is_some(), "config-undo-send"),
            "drafts_in_mailbox" => (value.parse::<bool>().is_ok(), "config-drafts-in-mailbox"),
            _ => (false, "config-unknown-key"),
        };
        let bytes_max = match key {
            "ca_file" => PATH_BYTES_MAX,
            _ => VALUE_BYTES_MAX,
        };
        if value.len() > bytes_max || !sound {
            return self.fault(message, source, [("key", key.chars().take(64).collect())]);
        }
        // These stand in no form of the registration.
        let is_shown = !matches!(key, "proxy" | "ca_file" | "undo_send" | "drafts_in_mailbox");
        self.managed |= source == ConfigSource::Managed && is_shown;
        let value = value.to_owned();
        match key {
            "client_id" => self.client_id = Some(value),
            "tenant" => self.tenant = value,
            "authority" => self.authority = value,
            "sign_in" => self.sign_in = sign_in_method(&value).unwrap_or_default(),
            "proxy" => self.proxy = Some(value),
            "ca_file" => self.ca_file = Some(value.into()),
            "undo_send" => self.undo_send_seconds = undo_send(&value).unwrap_or_default(),
            "drafts_in_mailbox" => {
                self.drafts_in_mailbox = value == "true";
                self.drafts_in_mailbox_is_fixed = source != ConfigSource::Settings;
            }
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
    let bytes = folders::read_small(path)
        .map_err(|_| fault("config-unreadable", source, [("path", shown(path))]))?;
    let Some(bytes) = bytes else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    text.parse::<toml::Table>().map(Some).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = 1 + text
            .bytes()
            .take(before)
            .filter(|byte| *byte == b'\n')
            .count();
        let args = [("path", shown(path)), ("line", line.to_string())];
        fault("config-file", source, args)
    })
}

/// Writes what the person may change to their settings, keeping the other keys; an empty client id takes it out.
///
/// Errors: the faults of the values, or the file that cannot be read or written.
pub fn save(config_folder: &Path, settings: &Settings) -> Result<(), Vec<ConfigFault>> {
    // What is usual is left out.
    let method = SIGN_IN_METHODS
        .iter()
        .find(|(_, method)| *method == settings.sign_in && *method != SignInMethod::Automatic);
    let values = [
        ("client_id", settings.client_id.trim()),
        ("tenant", settings.tenant.trim()),
        ("sign_in", method.map_or("", |(name, _)| name)),
    ];
    let mut checked = Configuration::default();
    for (key, value) in values {
        if !value.is_empty() {
            checked.take(key, value, ConfigSource::Settings);
        }
    }
    if !checked.faults.is_empty() {
        return Err(checked.faults);
    }
    let set = |value: &str| Some(value.into()).filter(|_| !value.is_empty());
    let values = values.map(|(key, value)| (key, set(value)));
    write(config_folder, values).map_err(|fault| vec![fault])
}

/// Writes whether drafts are kept in the mailbox too, keeping the other keys.
///
/// Errors: the file that cannot be read or written.
pub fn save_drafts_in_mailbox(config_folder: &Path, on: bool) -> Result<(), ConfigFault> {
    let value = on.then_some(toml::Value::Boolean(true));
    write(config_folder, [("drafts_in_mailbox", value)])
}

/// Writes these keys to the person's settings and takes those without a value out.
fn write<const N: usize>(
    config_folder: &Path,
    values: [(&str, Option<toml::Value>); N],
) -> Result<(), ConfigFault> {
    let path = config_folder.join(SETTINGS_FILE);
    // A file that cannot be understood is left as it is: somebody wrote it.
    let mut table = read_table(&path, ConfigSource::Settings)?.unwrap_or_default();
    for (key, value) in values {
        match value {
            Some(value) => drop(table.insert(key.to_owned(), value)),
            None => drop(table.remove(key)),
        }
    }
    folders::make_private(config_folder)
        .and_then(|()| folders::write_private(&path, table.to_string().as_bytes()))
        .map_err(|_| {
            let args = [("path", shown(&path))];
            fault("config-not-saved", ConfigSource::Settings, args)
        })
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

/// Seconds, up to what the outbox holds.
fn undo_send(value: &str) -> Option<u8> {
    let seconds: u8 = value.parse().ok()?;
    (u64::from(seconds) <= outbox::HOLD_MAX.as_secs()).then_some(seconds)
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

    fn settings(client_id: &str) -> Settings {
        Settings {
            client_id: client_id.to_owned(),
            tenant: "common".to_owned(),
            sign_in: SignInMethod::Automatic,
        }
    }

    #[test]
    fn seconds_are_a_number_or_a_text() {
        for (text, expected) in [
            ("", UNDO_SEND_SECONDS),
            ("undo_send = 0", 0),
            ("undo_send = 60", 60),
            ("undo_send = '10'", 10),
        ] {
            assert_eq!(check(text, &[]).undo_send_seconds, expected, "{text}");
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
    fn a_settings_file_that_cannot_be_understood_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        std::fs::write(&path, "graph = [").unwrap();
        let faults = save(folder.path(), &settings(ID)).unwrap_err();
        assert_eq!(faults[0].message, "config-file");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "graph = [");
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
            _ => None,
        });
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
            save_drafts_in_mailbox(folder.path(), on).unwrap();
            let configuration = read();
            assert_eq!(configuration.drafts_in_mailbox, on);
            assert_eq!(configuration.tenant, "contoso.com");
        }
        let mut configuration = read();
        configuration
            .take_environment(|name| (name == "SIGNET_DRAFTS_IN_MAILBOX").then(|| "true".into()));
        assert!(configuration.drafts_in_mailbox && configuration.drafts_in_mailbox_is_fixed);
    }

    #[test]
    fn saving_checks_and_keeps_the_other_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SETTINGS_FILE);
        std::fs::write(&path, "graph = 'https://graph.microsoft.us/v1.0'").unwrap();
        assert!(save(folder.path(), &settings("nonsense")).is_err());
        let chosen = Settings {
            sign_in: SignInMethod::DeviceCode,
            ..settings(&format!(" {ID} "))
        };
        save(folder.path(), &chosen).unwrap();
        let mut configuration = Configuration::default();
        configuration.take_file(&path, ConfigSource::Settings);
        assert_eq!(configuration.client_id.as_deref(), Some(ID));
        assert_eq!(configuration.graph, "https://graph.microsoft.us/v1.0");
        assert_eq!(configuration.sign_in, SignInMethod::DeviceCode);
        save(folder.path(), &settings("")).unwrap();
        assert!(
            !std::fs::read_to_string(&path)
                .unwrap()
                .contains("client_id")
        );
    }
}
