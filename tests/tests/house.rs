//! The rules of the house as tests: what of `crates/README.md` can be read off the tree, this file finds there.
//!
//! It reads manifests and sources as text and asks no build tool, so that a rule fails on the line that breaks it. The
//! page's own arrows are held by `ui/src/test/arrows.test.ts`.

#[macro_use]
#[path = "../../crates/protocol/tests/support/never.rs"]
mod never;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// Which crate may depend on which, and no others. `tests` may depend on anything and `xtask` on nothing of the house.
const ARROWS: [(&str, &[&str]); 13] = [
    ("portico", &["client", "profile", "estate", "vault", "demo", "service"]),
    ("ctl", &["client", "profile", "estate", "vault", "demo", "service"]),
    ("client", &["profile", "estate", "vault", "protocol", "crypto"]),
    ("demo", &["service", "vault", "protocol", "crypto"]),
    ("profile", &["cache", "vault", "estate", "protocol", "crypto"]),
    ("vault", &["protocol", "crypto", "collation"]),
    ("estate", &["protocol", "collation"]),
    ("cache", &["crypto"]),
    ("crypto", &["protocol"]),
    ("service", &["protocol"]),
    ("protocol", &[]),
    ("collation", &[]),
    ("xtask", &[]),
];

/// Libraries that only some crates may use, with the reason for a reader whose build just failed.
const CONFINED: [(&[&str], &[&str], &str); 7] = [
    (&["tauri"], &["portico"], "everything below the shell builds and tests without a webview"),
    (
        &["reqwest", "ureq", "isahc", "curl", "hyper", "tungstenite", "tokio-tungstenite"],
        &["client"],
        "that reading is offline can be read off the manifests",
    ),
    // Its client comes along; nothing but its server is what a service names (below).
    (&["axum", "hyper-util", "tower-http", "actix-web", "warp"], &["service"], "one server, in one place"),
    (&["csv"], &["estate"], "one rule against formulas, for every table"),
    (&["rusqlite", "sqlx", "diesel", "libsqlite3-sys"], &["cache", "service"], "nobody else knows of tables"),
    (
        &["tokio", "tokio-util", "futures", "futures-util", "async-trait", "async-std", "smol"],
        &["portico", "ctl", "client", "service"],
        "profile and everything below it is synchronous",
    ),
    (
        &["aes", "cbc", "pbkdf2", "argon2", "hkdf", "rsa", "aes-gcm", "openssl", "native-tls"],
        &["crypto"],
        "one place to audit",
    ),
];

/// Crates whose sources hold no `async` at all.
const SYNCHRONOUS: [&str; 7] = ["protocol", "collation", "crypto", "vault", "estate", "cache", "profile"];

/// A file that grows beyond this many lines tells more than one story.
const MAX_LINES: usize = 600;

/// Longer files, each with the reason why it is one story all the same.
const LONG_FILES: [(&str, &str); 0] = [];

/// What may stand nowhere in the tree. Written in halves, so that this file does not find itself.
const FORBIDDEN: [(&str, &str, &str); 10] = [
    ("#[ign", "ore", "a test that does not run proves nothing"),
    ("todo", "!(", "nothing is left for later"),
    ("unimple", "mented!(", "nothing is left for later"),
    ("TO", "DO", "nothing is left for later"),
    ("FIX", "ME", "nothing is left for later"),
    ("cla", "ude", "the project speaks of itself alone"),
    ("anthr", "opic", "the project speaks of itself alone"),
    ("AI assis", "tant", "the project speaks of itself alone"),
    ("language mo", "del", "the project speaks of itself alone"),
    ("/work", "/", "no path of one machine"),
];

#[test]
fn crates_depend_on_each_other_along_the_arrows_only() {
    let mut wrong = Vec::new();
    for manifest in manifests() {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == manifest.name) else {
            assert_eq!(manifest.name, "tests", "a crate that the arrows do not know");
            continue;
        };
        for (dependency, _) in manifest.dependencies() {
            if let Some(house) = dependency.strip_prefix("portico-")
                && !allowed.contains(&house)
            {
                wrong.push(format!("{} → {house}", manifest.name));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that do not exist: {wrong:?}");
}

/// Development dependencies may point anywhere but in a circle, with one exception: the service is proved to stand
/// without cryptography by never linking it, in tests neither.
#[test]
fn the_service_never_sees_what_opens_a_value() {
    let service = manifests().into_iter().find(|manifest| manifest.name == "service");
    let Some(service) = service else { panic!("there is no service") };
    for (dependency, _) in service.all_dependencies() {
        let opens = ["crypto", "vault", "estate", "cache", "profile", "client", "demo"];
        assert!(
            dependency.strip_prefix("portico-").is_none_or(|house| !opens.contains(&house)),
            "service → {dependency}"
        );
    }
}

#[test]
fn libraries_stay_in_the_crates_that_may_use_them() {
    let mut wrong = Vec::new();
    for manifest in manifests().iter().filter(|manifest| manifest.name != "tests") {
        for (dependency, _) in manifest.dependencies() {
            for (libraries, allowed, reason) in CONFINED {
                let is_one = libraries.contains(&dependency.as_str())
                    || libraries.contains(&"tauri") && dependency.starts_with("tauri");
                if is_one && !allowed.contains(&manifest.name.as_str()) {
                    wrong.push(format!("{} uses {dependency}: {reason}", manifest.name));
                }
            }
        }
    }
    for file in files_below(&root().join("crates/service/src"), &["rs"]) {
        let text = std::fs::read_to_string(&file).expect("a source");
        if text.contains("hyper_util::client") {
            wrong.push(format!("{} is a client", shown(&file)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_waits_in_profile_and_below() {
    let mut wrong = Vec::new();
    for name in SYNCHRONOUS {
        for file in files_below(&root().join("crates").join(name).join("src"), &["rs"]) {
            for (number, line) in lines(&file) {
                let code = line.split("//").next().unwrap_or_default();
                if code.contains("async fn") || code.contains("async move") || code.contains(".await") {
                    wrong.push(format!("{}:{number}", shown(&file)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "async in {wrong:?}");
}

/// Versions stand in one table, and every crate obeys the same lints; but for `fuzz` and the yardstick, which are not read.
#[test]
fn manifests_take_versions_and_lints_from_the_workspace() {
    let mut wrong = Vec::new();
    for manifest in manifests() {
        for (dependency, value) in manifest.all_dependencies() {
            let is_shared = value.get("workspace").and_then(Value::as_bool) == Some(true);
            if !is_shared {
                wrong.push(format!("{}: {dependency} has a version of its own", manifest.name));
            }
        }
        let lints = manifest.table.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(Value::as_bool) != Some(true) {
            wrong.push(format!("{} has lints of its own", manifest.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A program that `cargo xtask test` does not name would never run.
#[test]
fn each_test_of_the_window_is_run() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("a file of the workspace");
    let (manifest, chore) = (read("tests/Cargo.toml"), read("xtask/src/test.rs"));
    let manifest: toml::Table = manifest.parse().expect("a manifest");
    let (_, named) = chore.split_once("const WINDOW").expect("the list of the chore");
    let (named, _) = named.split_once("];").expect("the list ends");
    let opens = |test: &&Value| {
        test.get("required-features").is_some_and(|needs| needs.to_string().contains("window"))
    };
    let tests = manifest["test"].as_array().expect("tests").iter().filter(opens);
    let names: BTreeSet<&str> = tests.filter_map(|test| test.get("name")?.as_str()).collect();
    let run: BTreeSet<&str> = named.split('"').skip(1).step_by(2).collect();
    assert_eq!(names, run);
}

#[test]
fn each_dependency_has_a_reason_in_the_map() {
    let map = fs::read_to_string(root().join("crates/README.md")).expect("crates/README.md is the map");
    let unexplained: BTreeSet<String> = manifests()
        .iter()
        .flat_map(Manifest::all_dependencies)
        .map(|(dependency, _)| dependency)
        .filter(|name| !name.starts_with("portico-") && !map.contains(&format!("`{name}`")))
        .collect();
    assert!(unexplained.is_empty(), "no reason in crates/README.md for {unexplained:?}");
}

/// `crypto, vault (in tests: profile)`: what is built, and what only tests and benches link. The crate `tests` is built for
/// nothing else, and stands with the first.
#[test]
fn the_map_says_where_each_library_is() {
    let map = fs::read_to_string(root().join("crates/README.md")).expect("crates/README.md is the map");
    let (manifests, mut wrong, mut checked) = (manifests(), Vec::new(), 0);
    for row in map.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        if cells[1].starts_with("nearly everywhere") || cells[1].starts_with("wherever") {
            continue;
        }
        let named = |text: &str| -> BTreeSet<String> {
            let words = text.split(|letter: char| !letter.is_alphanumeric());
            words.filter(|word| manifests.iter().any(|one| one.name == *word)).map(str::to_owned).collect()
        };
        let (built, tested) = cells[1].split_once("in tests:").unwrap_or((cells[1], ""));
        let (built, tested) = (named(built), named(tested));
        for library in cells[0].split('`').skip(1).step_by(2) {
            let links = |tables: &[&str]| -> BTreeSet<String> {
                let has = |one: &&Manifest| one.tables(tables).iter().any(|(name, _)| name == library);
                manifests.iter().filter(has).map(|one| one.name.clone()).collect()
            };
            let mut linked = links(&["dependencies", "build-dependencies"]);
            let mut dev = links(&["dev-dependencies"]);
            linked.extend(dev.take("tests"));
            dev.retain(|name| !linked.contains(name));
            if (&linked, &dev) != (&built, &tested) {
                wrong.push(format!("{library}: {linked:?}, in tests {dev:?}"));
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} libraries were found in the map");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_crate_has_its_paragraph_in_the_map() {
    let map = fs::read_to_string(root().join("crates/README.md")).expect("crates/README.md is the map");
    for (name, _) in ARROWS.iter().filter(|(name, _)| *name != "portico") {
        assert!(map.contains(&format!("**`{name}`**")), "{name} has no paragraph");
    }
}

#[test]
fn files_tell_one_story() {
    let excused: BTreeMap<&str, &str> = LONG_FILES.into_iter().collect();
    let mut wrong = Vec::new();
    for file in files_below(&root(), &["rs", "ts", "svelte", "css"]) {
        let length = lines(&file).count();
        match (length > MAX_LINES, excused.contains_key(&*shown(&file))) {
            (true, false) => wrong.push(format!("{} has {length} lines", shown(&file))),
            (false, true) => wrong.push(format!("{} is short again: drop its excuse", shown(&file))),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_module_is_a_drawer_for_everything() {
    let drawers = ["utils", "util", "common", "helpers", "helper", "misc"];
    for file in files_below(&root(), &["rs", "ts", "svelte"]) {
        let names = file.strip_prefix(root()).unwrap_or(&file).iter();
        for name in names.filter_map(|name| name.to_str()) {
            let stem = name.split('.').next().unwrap_or_default();
            assert!(!drawers.contains(&stem), "{} has no subject", shown(&file));
        }
    }
}

#[test]
fn nothing_is_left_for_later_and_nothing_points_outside() {
    let mut wrong = Vec::new();
    for file in
        files_below(&root(), &["rs", "ts", "svelte", "css", "toml", "md", "json", "html", "yml", "sh"])
    {
        for (number, line) in lines(&file) {
            for (first, second, reason) in FORBIDDEN {
                let word = format!("{first}{second}");
                let is_shouted = word.contains(|letter: char| letter.is_ascii_uppercase());
                if line.contains(&word) || !is_shouted && line.to_lowercase().contains(&word) {
                    wrong.push(format!("{}:{number}: {word}: {reason}", shown(&file)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

// What is open stays in memory.
never!(portico_crypto::SymmetricKey: serde::Serialize);
never!(portico_crypto::MasterKey: serde::Serialize);
never!(portico_crypto::PrivateKey: serde::Serialize);
never!(portico_crypto::AuthorizationHash: serde::Serialize);
never!(portico_vault::Secret: serde::Serialize);
never!(portico_vault::Item: serde::Serialize);
never!(portico_vault::ItemOverview: serde::Serialize);
never!(portico_vault::Opened<String>: serde::Serialize);
never!(portico_vault::NewItem: serde::Serialize);
never!(portico_vault::Totp: serde::Serialize);
never!(portico_profile::Unlocked: serde::Serialize);
never!(portico_profile::SessionKey: serde::Serialize);

/// One member of the workspace; the desktop package is `portico`, the others lose that prefix.
struct Manifest {
    name: String,
    table: Table,
}

impl Manifest {
    /// What the built crate links.
    fn dependencies(&self) -> Vec<(String, Value)> {
        self.tables(&["dependencies", "build-dependencies"])
    }

    /// The same and what its tests link.
    fn all_dependencies(&self) -> Vec<(String, Value)> {
        self.tables(&["dependencies", "build-dependencies", "dev-dependencies"])
    }

    fn tables(&self, names: &[&str]) -> Vec<(String, Value)> {
        let platforms = self.table.get("target").and_then(Value::as_table);
        let platforms = platforms.into_iter().flat_map(|target| target.values()).filter_map(Value::as_table);
        std::iter::once(&self.table)
            .chain(platforms)
            .flat_map(|table| names.iter().filter_map(|name| table.get(*name)?.as_table()))
            .flat_map(|table| table.iter().map(|(name, value)| (name.clone(), value.clone())))
            .collect()
    }
}

fn manifests() -> Vec<Manifest> {
    let mut paths =
        vec![root().join("Cargo.toml"), root().join("tests/Cargo.toml"), root().join("xtask/Cargo.toml")];
    let crates = fs::read_dir(root().join("crates")).expect("crates/ is there");
    paths.extend(crates.flatten().map(|entry| entry.path().join("Cargo.toml")).filter(|path| path.exists()));
    let manifests: Vec<Manifest> = paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let table: Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = table["package"]["name"].as_str().unwrap_or_default();
            Manifest { name: name.strip_prefix("portico-").unwrap_or(name).to_owned(), table }
        })
        .collect();
    assert!(manifests.len() >= 14, "every member but `fuzz` and the yardstick is read");
    manifests
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_path_buf()
}

/// Files that people wrote, by extension.
fn files_below(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let made = ["target", "node_modules", "dist", "gen", "bindings", "artefacts", "autogenerated", ".git"];
    let locks = ["package-lock.json"];
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !made.contains(&name) {
            files.extend(files_below(&path, extensions));
        } else if path.is_file() && !locks.contains(&name) {
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if extensions.contains(&extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn lines(file: &Path) -> impl Iterator<Item = (usize, String)> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    (1..).zip(lines)
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).to_string_lossy().replace('\\', "/")
}
