//! What happens before anything else: no core dumps, not dumpable, no variables that let others attach to the page, and
//! those by which libraries overwrite what they free.
//!
//! Code that runs as the same user is outside the threat model; this keeps honest accidents (a crash report with a key
//! in it, an inspector left on by an environment variable) from happening.

/// Variables by which a webview can be automated, inspected or made to load code.
#[cfg(not(feature = "e2e"))]
const ATTACHING: &[&str] =
    &["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];
#[cfg(not(feature = "e2e"))]
const ATTACHING_PREFIXES: &[&str] = &["WEBVIEW2_", "WEBKIT_INSPECTOR_"];

/// The C library overwrites what is freed, in the lists that it keeps for each thread (none then) too; and WebKit takes
/// its memory from there. Our own allocator wipes what Rust frees, but each answer to the page is copied by both, and was
/// found in their free memory long after a lock (`tests/tests/memory.rs`). Read once, when the program is loaded.
#[cfg(target_os = "linux")]
const WIPING: &[(&str, &str)] =
    &[("GLIBC_TUNABLES", "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"), ("Malloc", "1")];
/// Set where the program has started itself again, so that it does so once.
#[cfg(target_os = "linux")]
const STARTED_AGAIN: &str = "PORTICO_STARTED_AGAIN";

/// Hardens this process. Call first in `main`.
pub fn harden() {
    restart_with_safe_variables();
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
        // Both fail only where the kernel forbids them altogether; then there is nothing more that we could do.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// The variables are read by libraries at moments that we do not control, and changing the environment of a running
/// process is unsound; so the program starts itself again with others.
fn restart_with_safe_variables() {
    let attaching = attaching();
    #[cfg(target_os = "linux")]
    let wiping = std::env::var_os(STARTED_AGAIN).is_some();
    #[cfg(not(target_os = "linux"))]
    let wiping = true;
    if attaching.is_empty() && wiping {
        return;
    }
    let Ok(program) = std::env::current_exe() else { std::process::exit(1) };
    let mut again = std::process::Command::new(program);
    again.args(std::env::args_os().skip(1));
    for name in &attaching {
        again.env_remove(name);
    }
    #[cfg(target_os = "linux")]
    again.envs(WIPING.iter().copied()).env(STARTED_AGAIN, "1");
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Only returns when it failed; going on with the variables set is what must not happen.
        let _ = again.exec();
        std::process::exit(1);
    }
    #[cfg(not(unix))]
    {
        let code = again.status().ok().and_then(|status| status.code()).unwrap_or(1);
        std::process::exit(code);
    }
}

/// None of them: the driver of the end-to-end tests needs them.
#[cfg(feature = "e2e")]
fn attaching() -> Vec<std::ffi::OsString> {
    Vec::new()
}

/// Those that are set.
#[cfg(not(feature = "e2e"))]
fn attaching() -> Vec<std::ffi::OsString> {
    std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| {
            name.to_str().is_some_and(|name| {
                ATTACHING.contains(&name) || ATTACHING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            })
        })
        .collect()
}
