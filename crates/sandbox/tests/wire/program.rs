//! The program itself: how it is started by another, how it ends, what it logs.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::{SIGN_IN, Tenant, string};

/// Far longer than the program takes, even on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// The program, killed when a test ends early.
struct Program {
    child: Child,
    folder: TempDir,
    ready: Value,
}

impl Program {
    fn start() -> Self {
        Self::start_with(&["--http", "127.0.0.1:0", "--control", "127.0.0.1:0"])
    }

    fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ready.json");
        let child = Command::new(env!("CARGO_BIN_EXE_signet-sandbox"))
            .args(arguments)
            .args(["--exit-with-stdin", "--ready"])
            .arg(&file)
            .current_dir(folder.path())
            .env("SIGNET_SANDBOX_LOG", "trace")
            .stdin(Stdio::piped())
            .stdout(fs::File::create(folder.path().join("out")).unwrap())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut program = Self {
            child,
            folder,
            ready: Value::Null,
        };
        program.ready = program.wait_for(|_| {
            fs::read(&file)
                .ok()
                .map(|text| serde_json::from_slice(&text).unwrap())
        });
        program
    }

    fn address(&self, name: &str) -> SocketAddr {
        string(&self.ready[name])
            .trim_start_matches("http://")
            .parse()
            .unwrap()
    }

    fn ended(&mut self) -> ExitStatus {
        self.wait_for(|child| child.try_wait().unwrap())
    }

    fn read(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        fs::read_to_string(path).unwrap()
    }

    fn wait_for<T>(&mut self, mut ready: impl FnMut(&mut Child) -> Option<T>) -> T {
        let started = Instant::now();
        while started.elapsed() < DEADLINE {
            if let Some(value) = ready(&mut self.child) {
                return value;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the program did not get there in time");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_ready_file_tells_how_to_begin() {
    let program = Program::start();
    let ready = &program.ready;
    assert!(ready["tenants"].is_array());
    assert_eq!(ready["people"][0]["address"], "ada@signet.example");
    assert_eq!(ready["people"][0]["password"], "signet");
    assert_eq!(
        ready["apps"][0]["redirect_uris"][0],
        "io.github.signetmail://auth"
    );
    let tenant = Tenant::at(program.address("http"), program.address("control"));
    assert_eq!(tenant.get("/").await.status, 200);
    assert!(program.read("out").contains(&tenant.url("/common")));
}

/// Every address that was asked for is in the ready file, and no other.
#[test]
fn the_ready_file_names_what_was_asked_for() {
    let program = Program::start_with(&[
        "--https",
        "127.0.0.1:0",
        "--proxy",
        "127.0.0.1:0",
        "--ca",
        "ca.pem",
    ]);
    let ready = &program.ready;
    assert!(string(&ready["https"]).starts_with("https://127.0.0.1:"));
    assert!(string(&ready["proxy"]).starts_with("http://127.0.0.1:"));
    let ca = program.folder.path().canonicalize().unwrap().join("ca.pem");
    assert_eq!(
        fs::canonicalize(string(&ready["ca"])).unwrap(),
        ca,
        "an absolute path"
    );
    assert!(PathBuf::from(string(&ready["ca"])).is_absolute());
    assert!(ready.get("http").is_none() && ready.get("control").is_none());
    for person in ready["people"].as_array().unwrap() {
        assert!(!string(&person["about"]).is_empty());
    }
}

/// What is printed can be pasted: it names the addresses of this run.
#[test]
fn it_prints_how_clients_are_pointed_here() {
    let mut program = Program::start_with(&[
        "--https",
        "127.0.0.1:0",
        "--proxy",
        "127.0.0.1:0",
        "--ca",
        "ca.pem",
    ]);
    drop(program.child.stdin.take());
    assert!(program.ended().success());
    let out = program.read("out");
    let https = string(&program.ready["https"]);
    let proxy = string(&program.ready["proxy"]);
    for line in [
        format!("authority=\"{https}/common\""),
        format!("authority: \"{https}/common\""),
        format!("adapter.base_url = \"{https}/v1.0\""),
        format!("baseUrl: \"{https}/\""),
        format!("HTTPS_PROXY={proxy}"),
        "ada@signet.example".to_owned(),
        "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001".to_owned(),
    ] {
        assert!(out.contains(&line), "{line}\n{out}");
    }
}

/// Without `--ca` the certificate is served, and the snippets begin with a way to
/// it; the line that a program reads first names the HTTP address.
#[tokio::test]
async fn what_is_printed_can_be_pasted_without_a_certificate_file() {
    let mut program = Program::start_with(&["--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]);
    let http = string(&program.ready["http"]);
    let https = string(&program.ready["https"]);
    let pem = Tenant::at(program.address("http"), program.address("http"))
        .get("/ca.pem")
        .await;
    assert_eq!(
        (pem.status, pem.header("content-type")),
        (200, "application/pem-certificate-chain")
    );
    let pem = pem.text();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n") && !pem.contains("KEY"));
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()])
        .build()
        .unwrap();
    assert_eq!(client.get(&https).send().await.unwrap().status(), 200);
    drop(program.child.stdin.take());
    assert!(program.ended().success());
    let out = program.read("out");
    assert!(out.lines().next().unwrap().contains(&http), "{out}");
    for line in [
        format!("curl -o ca.pem {http}/ca.pem"),
        "# MSAL Python".to_owned(),
        "verify=\"ca.pem\"".to_owned(),
        "// MSAL Node".to_owned(),
        "NODE_EXTRA_CA_CERTS=ca.pem".to_owned(),
        "# Graph SDK for Python, started with SSL_CERT_FILE=ca.pem".to_owned(),
        "// Graph client for JavaScript".to_owned(),
        format!("baseUrl: \"{https}/\""),
    ] {
        assert!(out.contains(&line), "{line}\n{out}");
    }
}

/// Plain HTTP alone has no authority to trust, and says how snippets are had.
#[tokio::test]
async fn plain_http_alone_has_no_certificate() {
    let mut program = Program::start();
    let tenant = Tenant::at(program.address("http"), program.address("control"));
    assert_eq!(tenant.get("/ca.pem").await.status, 404);
    drop(program.child.stdin.take());
    assert!(program.ended().success());
    let out = program.read("out");
    assert!(out.lines().next().unwrap().contains(&tenant.url("/")));
    assert!(
        out.contains("--https") && !out.contains("ca.pem\n"),
        "{out}"
    );
}

/// A body that a fault or a limit makes unwanted is read and not kept.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_a_fault_reads_away_is_not_kept() {
    const BODY_BYTES: usize = 60 * 1024 * 1024;
    /// Half of one such body.
    const GROWTH_KIB_MAX: u64 = 30 * 1024;
    let program = Program::start();
    let tenant = Tenant::at(program.address("http"), program.address("control"));
    let fault =
        json!({"route": "sendMail", "count": 2, "answer": {"kind": "status", "status": 503}});
    tenant.control("POST", "/faults", Some(fault)).await;
    let peak_kib = || -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", program.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        line.and_then(|line| line.split_whitespace().nth(1))
            .and_then(|number| number.parse().ok())
            .unwrap()
    };
    let send = async |body: Vec<u8>| {
        let url = tenant.url("/v1.0/me/sendMail");
        assert_eq!(tenant.send("POST", &url, &[], body).await.status, 503);
    };
    send(Vec::new()).await;
    let before = peak_kib();
    send(vec![b'x'; BODY_BYTES]).await;
    let growth = peak_kib() - before;
    assert!(growth < GROWTH_KIB_MAX, "{growth} KiB");
}

#[test]
fn help_explains_every_switch() {
    let output = Command::new(env!("CARGO_BIN_EXE_signet-sandbox"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for switch in [
        "--http",
        "--https",
        "--proxy",
        "--control",
        "--ca",
        "--ready",
        "--seed",
        "--any-app",
        "--exit-with-stdin",
    ] {
        let (_, after) = help.split_once(&format!("  {switch}")).expect(switch);
        let explained = after.lines().nth(1).unwrap_or_default().trim();
        assert!(explained.len() > 20, "{switch}: {explained}");
    }
    for host in [
        "login.microsoftonline.com",
        "dod-graph.microsoft.us",
        "outlook-dod.office365.us",
        "partner.outlook.cn",
        "www.microsoft.com",
    ] {
        assert!(help.contains(&format!(" {host}")), "{host}");
    }
    let (_, hosts) = help.split_once("stands in for these hosts").unwrap();
    assert!(hosts.lines().all(|line| line.len() <= 80), "{hosts}");
}

/// The files asked for stay, of this run; nothing else is written.
#[cfg(unix)]
#[test]
fn nothing_is_left_but_the_files_asked_for() {
    let mut program = Program::start_with(&["--https", "127.0.0.1:0", "--ca", "ca.pem"]);
    let pid = program.child.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(program.ended().success());
    let mut names: Vec<_> = fs::read_dir(program.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    // The log and the output are this test's own.
    assert_eq!(names, ["ca.pem", "log", "out", "ready.json"]);
}

#[test]
fn the_files_asked_for_must_be_two() {
    let folder = tempfile::tempdir().unwrap();
    let both = folder.path().join("both");
    let other = folder.path().join(".").join("both");
    let started = Command::new(env!("CARGO_BIN_EXE_signet-sandbox"))
        .args(["--http", "127.0.0.1:0", "--exit-with-stdin", "--ca"])
        .arg(&both)
        .arg("--ready")
        .arg(&other)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!started.status.success());
    let said = String::from_utf8(started.stderr).unwrap();
    assert!(said.contains("--ca and --ready"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn it_ends_with_its_input() {
    let mut program = Program::start();
    drop(program.child.stdin.take());
    assert!(program.ended().success());
}

#[cfg(unix)]
#[test]
fn it_ends_cleanly_when_told_to() {
    let mut program = Program::start();
    let pid = program.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert!(program.ended().success());
}

/// Even the most talkative log holds no token, code, subject, body or address.
#[tokio::test]
async fn the_log_holds_no_secret_and_no_mail() {
    let mut program = Program::start();
    let tenant = Tenant::at(program.address("http"), program.address("control"));
    let code = tenant
        .code(
            "ada@signet.example",
            &[("scope", &format!("{SIGN_IN} Mail.Send"))],
        )
        .await;
    let body = tenant.redeem(&code, &[]).await.json();
    let mut message = crate::mail::plain();
    message["subject"] = json!("A subject of their own");
    message["body"]["content"] = json!("A body of their own");
    let token = string(&body["access_token"]);
    let sent = tenant
        .graph(
            "POST",
            "/me/sendMail",
            &token,
            Some(json!({"message": message})),
        )
        .await;
    assert_eq!(sent.status, 202);
    tenant.get("/mailbox/grace@signet.example").await;
    drop(program.child.stdin.take());
    program.ended();
    let log = program.read("log");
    assert!(log.contains("sendMail"), "{log}");
    for name in ["access_token", "refresh_token", "id_token"] {
        assert!(!log.contains(&string(&body[name])), "{name}");
    }
    for secret in [&*code, "A subject", "A body", "@signet.example"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
