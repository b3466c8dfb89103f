//! What happens before anything else: no core dumps, and not dumpable. What the window does for itself as well.

/// Hardens this process. Call first in `main`.
pub fn harden() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
        // Both fail only where the kernel forbids them altogether; then there is nothing more that we could do.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn a_crash_leaves_no_core_behind() {
        super::harden();
        assert!(matches!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable)));
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    }
}
