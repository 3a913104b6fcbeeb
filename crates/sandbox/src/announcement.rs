//! What the program prints for the person who started it: where everything is,
//! who can sign in, and how a program is pointed here.

use std::net::SocketAddr;
use std::path::Path;

use crate::directory::{APPS, App, PASSWORD, PEOPLE};
use crate::serve::Running;

/// Every address, person and app, and snippets to paste.
pub fn announcement(running: &Running) -> String {
    let mut lines = Vec::new();
    addresses(running, &mut lines);
    lines.push(format!("\nPeople, each with the password {PASSWORD}"));
    for person in PEOPLE.iter() {
        lines.push(format!("  {:<32} {}", person.address, person.about));
    }
    lines.push("\nApps".to_owned());
    for app in APPS {
        lines.push(format!("  {}  {}: {}", app.client_id, app.name, app.about));
        for uri in redirect_uris(app) {
            lines.push(format!("  {:<36}  {uri}", ""));
        }
    }
    if let Some(app) = APPS.first() {
        lines.push(snippets(running, app.client_id));
    }
    lines.join("\n")
}

fn addresses(running: &Running, lines: &mut Vec<String>) {
    // HTTP stands first: a program that asked for it alone reads one line.
    let served = [("http", running.http), ("https", running.https)];
    for (scheme, address) in served {
        let Some(address) = address else { continue };
        let name = scheme.to_uppercase();
        lines.push(format!("{name:<12} {scheme}://{address}/"));
        lines.push(format!("  Authority  {scheme}://{address}/common"));
        lines.push(format!("  Graph      {scheme}://{address}/v1.0"));
        lines.push(format!("  Mailboxes  {scheme}://{address}/mailbox"));
    }
    for (name, address) in [("Proxy", running.proxy), ("Control API", running.control)] {
        if let Some(address) = address {
            lines.push(format!("{name:<12} http://{address}/"));
        }
    }
    if let Some(authority) = Authority::of(running) {
        lines.push(format!("{:<12} {}", "CA to trust", authority.place()));
    }
}

/// How clients come by the certificate of this run's authority.
enum Authority<'r> {
    /// It was written to a file.
    Written(&'r Path),
    /// It is served, and lies where its reader put it.
    Served(SocketAddr),
}

impl<'r> Authority<'r> {
    /// None if there is no authority, or no way to it.
    fn of(running: &'r Running) -> Option<Self> {
        if let Some(path) = &running.ca {
            return Some(Self::Written(path));
        }
        running.https.or(running.proxy)?;
        running.http.map(Self::Served)
    }

    fn place(&self) -> String {
        match self {
            Self::Written(path) => path.display().to_string(),
            Self::Served(http) => format!("http://{http}/ca.pem"),
        }
    }

    /// As the snippets name it.
    fn file(&self) -> &Path {
        match self {
            Self::Written(path) => path,
            Self::Served(_) => Path::new(FETCHED),
        }
    }
}

/// What the certificate is called where the snippets run, if it was fetched.
const FETCHED: &str = "ca.pem";

fn redirect_uris(app: &App) -> impl Iterator<Item = &&'static str> {
    app.redirect_uris
        .iter()
        .chain(app.web_redirect_uris)
        .chain(app.spa_redirect_uris)
}

/// How Microsoft's clients are pointed here. They speak HTTPS only, and each
/// takes the authority's certificate in its own way.
fn snippets(running: &Running, client_id: &str) -> String {
    let Some(authority) = Authority::of(running) else {
        return "\nMicrosoft's clients speak HTTPS only. Start with --https 127.0.0.1:0 --ca ca.pem \
                to get snippets for them,\nand with --proxy 127.0.0.1:0 for programs that have \
                Microsoft's hosts built in."
            .to_owned();
    };
    let ca = authority.file();
    let mut text = String::new();
    if let Authority::Served(_) = authority {
        text.push_str(&fetch(&authority.place()));
    }
    if let Some(https) = running.https {
        text.push_str(&msal_python(https, client_id, ca));
        text.push_str(&msal_node(https, client_id, ca));
        text.push_str(&graph_python(https, client_id, ca));
        text.push_str(&graph_node(https, client_id, ca));
    }
    if let Some(proxy) = running.proxy {
        text.push_str(&through_proxy(proxy, ca));
    }
    text
}

fn fetch(address: &str) -> String {
    format!(
        "\n# First, in the folder where the snippets run: the CA, made anew at every start\n\
         curl -o {FETCHED} {address}\n"
    )
}

fn msal_python(at: SocketAddr, client_id: &str, ca: &Path) -> String {
    format!(
        r#"
# MSAL Python, with REQUESTS_CA_BUNDLE unset: it would outrank verify
import msal
app = msal.PublicClientApplication(
    "{client_id}", authority="https://{at}/common",
    instance_discovery=False, verify={ca:?})
print(app.acquire_token_interactive(["User.Read", "Mail.Send"]))
"#
    )
}

fn msal_node(at: SocketAddr, client_id: &str, ca: &Path) -> String {
    format!(
        r#"
// MSAL Node, as an .mjs file, started with NODE_EXTRA_CA_CERTS={ca}
import {{ PublicClientApplication }} from "@azure/msal-node";
const app = new PublicClientApplication({{ auth: {{
  clientId: "{client_id}", authority: "https://{at}/common", knownAuthorities: ["{at}"] }} }});
console.log(await app.acquireTokenByDeviceCode({{
  scopes: ["User.Read", "Mail.Send"], deviceCodeCallback: (code) => console.log(code.message) }}));
"#,
        ca = ca.display()
    )
}

fn graph_python(at: SocketAddr, client_id: &str, ca: &Path) -> String {
    format!(
        r#"
# Graph SDK for Python, started with SSL_CERT_FILE={ca_path}
import asyncio
from azure.identity import InteractiveBrowserCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
credential = InteractiveBrowserCredential(
    client_id="{client_id}", tenant_id="common", authority="https://{at}",
    disable_instance_discovery=True, connection_verify={ca:?})
provider = AzureIdentityAuthenticationProvider(
    credential, scopes=["User.Read"], allowed_hosts=["{host}"])
adapter = GraphRequestAdapter(provider)
adapter.base_url = "https://{at}/v1.0"
print(asyncio.run(GraphServiceClient(request_adapter=adapter).me.get()))
"#,
        host = at.ip(),
        ca_path = ca.display()
    )
}

fn graph_node(at: SocketAddr, client_id: &str, ca: &Path) -> String {
    format!(
        r#"
// Graph client for JavaScript, as an .mjs file, started with NODE_EXTRA_CA_CERTS={ca}
import {{ PublicClientApplication }} from "@azure/msal-node";
import {{ Client }} from "@microsoft/microsoft-graph-client";
const app = new PublicClientApplication({{ auth: {{
  clientId: "{client_id}", authority: "https://{at}/common", knownAuthorities: ["{at}"] }} }});
const {{ accessToken }} = await app.acquireTokenByDeviceCode({{
  scopes: ["User.Read"], deviceCodeCallback: (code) => console.log(code.message) }});
const graph = Client.init({{
  authProvider: (done) => done(null, accessToken),
  baseUrl: "https://{at}/", customHosts: new Set(["{host}"]) }});
console.log(await graph.api("/me").get());
"#,
        host = at.ip(),
        ca = ca.display()
    )
}

fn through_proxy(at: SocketAddr, ca: &Path) -> String {
    let ca = ca.display();
    format!(
        "\n# Any program, unchanged, with Microsoft's own host names (Node from version 24 on)\n\
         HTTPS_PROXY=http://{at} NO_PROXY=localhost,127.0.0.1 NODE_USE_ENV_PROXY=1 \\\n\
         REQUESTS_CA_BUNDLE={ca} SSL_CERT_FILE={ca} \\\n\
         NODE_EXTRA_CA_CERTS={ca} your-program\n"
    )
}
