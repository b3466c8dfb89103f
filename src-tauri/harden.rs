//! What happens before anything else: no core dumps, not dumpable, no variables that let others attach to the page.
//!
//! Code that runs as the same user is outside the threat model; this keeps honest accidents (a crash report with a key
//! in it, an inspector left on by an environment variable) from happening.

/// Variables by which a window or its page can be automated, inspected or made to tell what it does.
#[cfg(any(test, not(feature = "e2e")))]
const ATTACHING: &[&str] = &["TAURI_WEBVIEW_AUTOMATION", "GTK_DEBUG", "WEBKIT_DEBUG"];
/// `JSC_` are options of WebKit's JavaScript engine.
#[cfg(any(test, not(feature = "e2e")))]
const ATTACHING_PREFIXES: &[&str] = &["WEBVIEW2_", "WEBKIT_INSPECTOR_", "JSC_"];

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
        .filter(|name| name.to_str().is_some_and(attaches))
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

#[cfg(any(test, not(feature = "e2e")))]
fn attaches(name: &str) -> bool {
    // To Windows a name is the same in any case.
    let name = name.to_ascii_uppercase();
    ATTACHING.contains(&name.as_str()) || ATTACHING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    #[test]
    fn variables_that_attach_are_told_from_those_that_a_program_needs() {
        for name in ["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"] {
            assert!(super::attaches(name), "{name}");
        }
        for name in [
            "WEBVIEW2_USER_DATA_FOLDER",
            "WebView2_Additional_Browser_Arguments",
            "GTK_DEBUG",
            "JSC_useInspector",
            "JSC_logGC",
        ] {
            assert!(super::attaches(name), "{name}");
        }
        for name in ["WEBKIT_DISABLE_DMABUF_RENDERER", "GTK_THEME", "LANG", "DISPLAY", "GTK_IM_MODULE", ""] {
            assert!(!super::attaches(name), "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_crash_leaves_no_core_behind() {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};
        super::harden();
        assert!(matches!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable)));
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    }
}
