//! `cargo xtask start`: from a fresh clone to the welcome screen.

use std::path::PathBuf;

use clap::Args;

use crate::{
    command::{self, Failure, cargo, root},
    display, page,
    system::{self, Need},
};

#[derive(Args)]
pub struct Options {
    /// Under a virtual display, for machines without a screen
    #[arg(long)]
    headless: bool,
    /// Save a picture of the window and close it (with --headless)
    #[arg(long, value_name = "FILE", requires = "headless")]
    screenshot: Option<PathBuf>,
    /// The debug build: quicker to make, slower to run
    #[arg(long)]
    debug: bool,
    /// Folder for everything the program keeps; the system's place for program data otherwise
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
}

/// Width and height of the virtual screen and of the window on it.
const SCREEN: (u32, u32) = (1280, 800);

pub fn run(options: &Options) -> Result<(), Failure> {
    system::ensure(if options.headless { Need::Headless } else { Need::Window })?;
    page::build()?;
    let mut build = vec!["build", "--package", "portico", "--features", "custom-protocol"];
    if !options.debug {
        build.push("--release");
    }
    command::run("app build", &mut cargo(&build))?;

    let binary = root()
        .join("target")
        .join(if options.debug { "debug" } else { "release" })
        .join(if cfg!(windows) { "portico.exe" } else { "portico" });
    let binary = binary.to_string_lossy().into_owned();
    let mut arguments: Vec<String> = Vec::new();
    if let Some(profile) = &options.profile {
        arguments.extend(["--profile".to_owned(), profile.to_string_lossy().into_owned()]);
    }
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut program = command::command(&binary, &words);
    if !options.headless {
        return command::run("window", &mut program);
    }
    let Some(picture) = &options.screenshot else {
        return command::run("window", &mut display::headless(&program, SCREEN.0, SCREEN.1));
    };
    let target = std::path::absolute(picture)
        .map_err(|source| Failure::Missing { program: picture.to_string_lossy().into_owned(), source })?;
    display::picture(&binary, &words, SCREEN, &target)?;
    println!("picture {}", target.display());
    Ok(())
}
