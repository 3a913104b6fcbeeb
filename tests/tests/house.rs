//! The house keeps its shape: arrows between crates, who may know what, names, and files nobody should find here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Direct dependencies of each member, by name; those of the tests left out.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let members = metadata["packages"].as_array().unwrap();
    members
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let names = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned());
            (
                package["name"].as_str().unwrap().to_owned(),
                names.collect(),
            )
        })
        .collect()
}

#[test]
fn arrows_between_crates_point_one_way() {
    let dependencies = dependencies();
    let house = [
        "signet", "entra", "graph", "keychain", "message", "outbox", "recorder", "sandbox",
    ];
    for (name, allowed) in [
        (
            "signet",
            &["entra", "graph", "keychain", "message", "outbox"][..],
        ),
        ("entra", &[]),
        ("keychain", &[]),
        ("message", &[]),
        ("graph", &["message"]),
        ("outbox", &["message"]),
        ("recorder", &[]),
        ("sandbox", &[]),
        ("walk", &[]),
        ("floor", &[]),
    ] {
        let found: Vec<_> = dependencies[name]
            .iter()
            .filter(|name| house.contains(&name.as_str()))
            .collect();
        for neighbour in &found {
            assert!(
                allowed.contains(&neighbour.as_str()),
                "{name} must not know {neighbour}"
            );
        }
    }
}

#[test]
fn each_outside_thing_has_one_owner() {
    for (thing, owners) in [
        ("tauri", &["signet", "floor"][..]),
        ("rusqlite", &["outbox"]),
        ("keyring-core", &["keychain"]),
        ("oauth2", &["entra"]),
        ("axum", &["sandbox"]),
    ] {
        for (name, dependencies) in &dependencies() {
            let knows = dependencies.iter().any(|dependency| dependency == thing);
            assert!(
                !knows || owners.contains(&name.as_str()),
                "{name} must not know {thing}"
            );
        }
    }
}

/// The files git knows or would take, with their text where they are text.
fn files() -> Vec<(PathBuf, String)> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|path| {
            let text = fs::read_to_string(root().join(path)).ok()?;
            Some((PathBuf::from(path), text))
        })
        .collect()
}

#[test]
fn only_the_generated_bindings_call_the_bridge() {
    // `window.ts` asks the window for its title and its closing; it calls no command.
    let import = ["@tauri", "-apps/"].concat();
    for (path, text) in files() {
        let ours = path.starts_with("ui/src")
            && !path.ends_with("bindings.ts")
            && !path.ends_with("window.ts");
        assert!(
            !ours || !text.contains(&import),
            "{} calls the bridge",
            path.display()
        );
    }
}

#[test]
fn no_name_says_that_its_owner_was_not_found() {
    for (path, _) in files() {
        let stem = path.file_stem().unwrap().to_string_lossy().to_lowercase();
        for word in [
            "utils", "util", "helpers", "helper", "common", "misc", "manager", "service",
        ] {
            // Graph calls its resource so.
            let graph = path.ends_with("graph/src/manager.rs");
            assert!(
                stem != word || graph || path.starts_with("crates/sandbox"),
                "{}",
                path.display()
            );
        }
        assert!(
            !path.ends_with("mod.rs"),
            "{}: a module is a file with its own name",
            path.display()
        );
    }
}

#[test]
fn code_outside_tests_forbids_what_can_panic() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for lint in [
        "unwrap_used",
        "expect_used",
        "indexing_slicing",
        "panic",
        "string_slice",
    ] {
        assert!(manifest.contains(&format!("{lint} = \"deny\"")), "{lint}");
    }
    for (path, text) in files() {
        // What script/fuzz builds is a test, in a workspace of its own.
        let is_product = path.ends_with("Cargo.toml") && !path.starts_with("fuzz");
        if is_product && text.contains("[package]") {
            assert!(
                text.contains("[lints]\nworkspace = true"),
                "{}",
                path.display()
            );
        }
    }
}
