//! What happens before anything else: no core dumps, not dumpable, no variables that let others attach to the page.
//!
//! Code that runs as the same user is outside the threat model; this keeps honest accidents (a crash report with a key
//! in it, an inspector left on by an environment variable) from happening.

/// Variables by which a webview can be automated, inspected or made to load code.
#[cfg(not(feature = "e2e"))]
const ATTACHING: &[&str] =
    &["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];
#[cfg(not(feature = "e2e"))]
const ATTACHING_PREFIXES: &[&str] = &["WEBVIEW2_", "WEBKIT_INSPECTOR_"];

/// Hardens this process. Call first in `main`.
pub fn harden() {
    #[cfg(not(feature = "e2e"))]
    restart_without_attaching_variables();
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
        // Both fail only where the kernel forbids them altogether; then there is nothing more that we could do.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// The variables are read by libraries at moments that we do not control, and changing the environment of a running
/// process is unsound; so the program starts itself again without them.
#[cfg(not(feature = "e2e"))]
fn restart_without_attaching_variables() {
    let attaching: Vec<_> = std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| {
            name.to_str().is_some_and(|name| {
                ATTACHING.contains(&name) || ATTACHING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            })
        })
        .collect();
    if attaching.is_empty() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { std::process::exit(1) };
    let mut again = std::process::Command::new(program);
    again.args(std::env::args_os().skip(1));
    for name in &attaching {
        again.env_remove(name);
    }
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
