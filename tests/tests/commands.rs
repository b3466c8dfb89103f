//! The command list, the permission list, the capability file and the page's calls name the same commands: a command
//! that one of them forgets is either out of reach or open to nobody's knowledge.

use std::{collections::BTreeSet, fs, path::PathBuf};

#[test]
fn the_four_lists_of_commands_are_one() {
    let handled = handled();
    assert!(handled.len() > 30, "found only {handled:?}");
    assert_eq!(handled, permitted(), "src-tauri/build.rs against src-tauri/commands/mod.rs");
    assert_eq!(handled, allowed(), "src-tauri/capabilities/main.json against src-tauri/commands/mod.rs");
    assert_eq!(handled, called(), "ui/src/ipc/tauri.ts against src-tauri/commands/mod.rs");
}

#[test]
fn the_capability_names_one_window_and_nothing_but_commands_and_events() {
    let capability = capability();
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    let others: Vec<String> =
        permissions(&capability).into_iter().filter(|permission| !permission.starts_with("allow-")).collect();
    assert_eq!(others, ["core:event:allow-listen", "core:event:allow-unlisten"]);
}

/// What `generate_handler!` takes, for a profile and for a start without one.
fn handled() -> BTreeSet<String> {
    let text = read("src-tauri/commands/mod.rs");
    let lists = text.split("generate_handler![").skip(1).filter_map(|rest| rest.split(']').next());
    lists
        .flat_map(|list| list.split(','))
        .filter_map(|path| path.trim().rsplit_once("::"))
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// What the build step makes permissions for.
fn permitted() -> BTreeSet<String> {
    let text = read("src-tauri/build.rs");
    let list = between(&text, "const COMMANDS: &[&str] = &[", "];");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What the capability gives to the window.
fn allowed() -> BTreeSet<String> {
    permissions(&capability())
        .iter()
        .filter_map(|permission| permission.strip_prefix("allow-"))
        .map(|name| name.replace('-', "_"))
        .collect()
}

/// What the page calls.
fn called() -> BTreeSet<String> {
    let text = read("ui/src/ipc/tauri.ts");
    text.split("call('")
        .skip(1)
        .filter_map(|rest| rest.split('\'').next())
        .filter(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
        .map(str::to_owned)
        .collect()
}

fn capability() -> serde_json::Value {
    serde_json::from_str(&read("src-tauri/capabilities/main.json")).expect("JSON")
}

fn permissions(capability: &serde_json::Value) -> Vec<String> {
    let list = capability["permissions"].as_array().expect("a list");
    list.iter().map(|permission| permission.as_str().expect("a name").to_owned()).collect()
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let rest = text.split_once(start).expect(start).1;
    rest.split_once(end).expect(end).0
}

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).expect(path)
}
