//! `cargo xtask bundle`: packages for the system that this runs on. `cargo xtask test` makes them of the program that it
//! built anyway, installs one into a scratch folder, and waits for the installed program's window.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    command::{self, Failure, cargo, command, root},
    display, page,
    system::{self, Need},
};

#[derive(Args)]
pub struct Options {
    /// Of the debug build: for a look at the package, not for anybody else
    #[arg(long)]
    debug: bool,
    /// Install the Debian package into a scratch folder and start what was installed (under a virtual display)
    #[arg(long)]
    check: bool,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    system::ensure(if options.check { Need::Headless } else { Need::Window })?;
    page::build()?;
    let mut build = vec![
        "build",
        "--locked",
        "-p",
        "portico",
        "-p",
        "portico-ctl",
        "--features",
        "portico/custom-protocol",
    ];
    if !options.debug {
        build.push("--release");
    }
    command::run("build", &mut cargo(&build))?;
    let profile = if options.debug { "debug" } else { "release" };
    pack(profile, formats())?;
    for package in packages(profile)? {
        println!("package {}", package.display());
    }
    if options.check { installed(profile) } else { Ok(()) }
}

/// Packages of the programs in `target/debug`: one is installed and started, the other looked into. For `cargo xtask test`, which has just built them as
/// they ship.
pub fn check_debug() -> Result<(), Failure> {
    if !cfg!(target_os = "linux") || !command::found("dpkg") {
        eprintln!("no dpkg here: the package is made and tried on Debian systems");
        return Ok(());
    }
    page::install()?;
    pack("debug", formats())?;
    listed("debug")?;
    installed("debug")
}

/// What is made on this system.
fn formats() -> &'static str {
    if cfg!(target_os = "windows") {
        "nsis"
    } else if cfg!(target_os = "macos") {
        "app,dmg"
    } else {
        "deb,rpm"
    }
}

fn pack(profile: &str, formats: &str) -> Result<(), Failure> {
    let folder = bundles(profile);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|source| not_there(&folder, source))?;
    }
    let tool = root().join("ui/node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
    let more = beside_the_window(profile);
    let mut words = vec!["bundle", "--bundles", formats, "--config", &more, "--features", "custom-protocol"];
    if profile == "debug" {
        words.push("--debug");
    }
    command::run("packages", &mut command(&tool.to_string_lossy(), &words))
}

/// The command line goes into the package too, and so does the licence. Where they come from depends on the build.
fn beside_the_window(profile: &str) -> String {
    let program = if cfg!(windows) { "porticoctl.exe" } else { "porticoctl" };
    let built = format!("target/{profile}/{program}");
    if cfg!(target_os = "linux") {
        let files =
            format!(r#"{{"/usr/bin/porticoctl":"{built}","/usr/share/doc/portico/copyright":"LICENSE"}}"#);
        format!(r#"{{"bundle":{{"linux":{{"deb":{{"files":{files}}},"rpm":{{"files":{files}}}}}}}}}"#)
    } else {
        format!(r#"{{"bundle":{{"resources":{{"{built}":"{program}","LICENSE":"LICENSE"}}}}}}"#)
    }
}

fn bundles(profile: &str) -> PathBuf {
    root().join("target").join(profile).join("bundle")
}

/// Every package that was made; an app folder of macOS is none.
fn packages(profile: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let folder = bundles(profile);
    for kind in fs::read_dir(&folder).map_err(|source| not_there(&folder, source))?.flatten() {
        let Ok(files) = fs::read_dir(kind.path()) else { continue };
        let is_package = |path: &PathBuf| {
            path.is_file()
                && path
                    .extension()
                    .is_some_and(|end| ["deb", "rpm", "exe", "dmg"].iter().any(|one| end == *one))
        };
        found.extend(files.flatten().map(|file| file.path()).filter(is_package));
    }
    if found.is_empty() {
        return Err(Failure::Needed(format!("no package was made in {}", folder.display())));
    }
    found.sort();
    Ok(found)
}

/// What has to be in the package beside the window's program.
const INSTALLED: [&str; 6] = [
    "usr/bin/portico",
    "usr/bin/porticoctl",
    "usr/share/applications/Portico.desktop",
    "usr/share/icons/hicolor/32x32/apps/portico.png",
    "usr/share/icons/hicolor/128x128/apps/portico.png",
    "usr/share/doc/portico/copyright",
];

/// What a desktop has to be told of the program: under which name and sign it is listed, what to start, and that it takes
/// links. The bundler's own entry leaves `%u` out (tauri issue 16014), and a desktop then starts the program without the
/// link.
const ENTRY: [&str; 6] = [
    "Type=Application",
    "Name=Portico",
    "Exec=portico %u",
    "Icon=portico",
    "Terminal=false",
    "MimeType=x-scheme-handler/portico",
];

fn described(scratch: &Path) -> Result<(), Failure> {
    let file = scratch.join("usr/share/applications/Portico.desktop");
    let entry = fs::read_to_string(&file).map_err(|source| not_there(&file, source))?;
    let missing: Vec<&str> =
        ENTRY.into_iter().filter(|line| !entry.lines().any(|told| told == *line)).collect();
    let is_listed = entry.starts_with("[Desktop Entry]") && entry.contains("\nCategories=Office;");
    if missing.is_empty() && is_listed {
        return Ok(());
    }
    Err(Failure::Needed(format!("{}: {missing:?} is missing of:\n{entry}", file.display())))
}

/// How such a package begins, and how far its header may reach, in bytes: names stand there as they are, each ended by a zero,
/// in front of what is packed.
const RPM: ([u8; 4], u64) = ([0xed, 0xab, 0xee, 0xdb], 1 << 20);

/// Looks for the same files in the package for other distributions, whose tools no Debian system has.
fn listed(profile: &str) -> Result<(), Failure> {
    let package = package(profile, "rpm")?;
    let mut head = Vec::new();
    fs::File::open(&package)
        .and_then(|file| file.take(RPM.1).read_to_end(&mut head))
        .map_err(|source| not_there(&package, source))?;
    let name = |file: &str| format!("{}\0", file.rsplit('/').next().unwrap_or(file)).into_bytes();
    let is_there = |name: Vec<u8>| head.windows(name.len()).any(|bytes| bytes == name);
    let missing: Vec<&str> = INSTALLED.into_iter().filter(|file| !is_there(name(file))).collect();
    if head.starts_with(&RPM.0) && missing.is_empty() {
        return Ok(());
    }
    Err(Failure::Needed(format!("{} is no package, or without {missing:?}", package.display())))
}

fn package(profile: &str, kind: &str) -> Result<PathBuf, Failure> {
    let found = packages(profile)?.into_iter().find(|one| one.extension().is_some_and(|end| end == kind));
    found.ok_or_else(|| Failure::Needed(format!("no {kind} package was made")))
}

/// Installs with dpkg's own means into a folder with a database of its own: the machine stays as it is.
fn installed(profile: &str) -> Result<(), Failure> {
    let package = package(profile, "deb")?;
    let scratch = root().join("target/installed");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(|source| not_there(&scratch, source))?;
    }
    let database = scratch.join("var/lib/dpkg");
    for folder in ["info", "updates"] {
        fs::create_dir_all(database.join(folder)).map_err(|source| not_there(&database, source))?;
    }
    for file in ["status", "available"] {
        fs::write(database.join(file), "").map_err(|source| not_there(&database, source))?;
    }
    let place = format!("--root={}", scratch.display());
    let log = format!("--log={}", scratch.join("dpkg.log").display());
    // What the package needs is on the machine, where this database does not look.
    let words =
        [&place, &log, "--force-not-root", "--force-depends", "--install", &*package.to_string_lossy()];
    command::run("package installed", &mut command("dpkg", &words))?;
    for file in INSTALLED {
        let file = scratch.join(file);
        fs::metadata(&file).map_err(|source| not_there(&file, source))?;
    }
    described(&scratch)?;
    let program = |name: &str| scratch.join("usr/bin").join(name).to_string_lossy().into_owned();
    command::run("installed command line", &mut command(&program("porticoctl"), &["--version"]))?;
    let profile_folder = scratch.join("profile").to_string_lossy().into_owned();
    let picture = root().join("artefacts/installed.png");
    display::picture(&program("portico"), &["--profile", &profile_folder], (1280, 800), &picture)
}

fn not_there(path: &Path, source: std::io::Error) -> Failure {
    Failure::Needed(format!("{}: {source}", path.display()))
}
