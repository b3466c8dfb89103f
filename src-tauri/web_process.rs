//! The processes that WebKitGTK runs pages in, so that a lock can wait for the end of the one that showed something.
//!
//! Elsewhere the system's webview keeps its processes to itself, and destroying the view is all that can be done.

/// The web processes of this program at one moment.
#[derive(Default)]
pub struct WebProcesses {
    #[cfg(target_os = "linux")]
    processes: Vec<linux::WebProcess>,
}

impl WebProcesses {
    /// Those that run now.
    pub fn running() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            processes: linux::running(),
        }
    }

    /// Waits until they have ended. Their views have to be destroyed: then they end by themselves, and one that does not,
    /// because a page keeps it busy, is ended.
    pub async fn ended(self) {
        #[cfg(target_os = "linux")]
        {
            let wait = || self.processes.into_iter().for_each(linux::WebProcess::ended);
            let _ = tauri::async_runtime::spawn_blocking(wait).await;
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{fs, os::fd::OwnedFd};

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
    };

    /// How long a process may take to end by itself. logind waits five seconds before it lets the computer sleep.
    const PATIENCE: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
    /// The kernel keeps 15 letters of a name.
    const NAME: &str = "WebKitWebProces";

    /// By a handle and not by its number, which the system may give to another process.
    pub(super) struct WebProcess(OwnedFd);

    pub(super) fn running() -> Vec<WebProcess> {
        let own = std::process::id();
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let pages = ids.filter(|id| is_page_of(*id, own));
        pages
            .filter_map(|id| pidfd_open(Pid::from_raw(id)?, PidfdFlags::empty()).ok())
            .map(WebProcess)
            .collect()
    }

    /// `/proc/PID/stat` (proc(5)): the number, the name in parentheses, the state, the parent.
    fn is_page_of(id: i32, parent: u32) -> bool {
        fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| is_page(&stat, parent))
    }

    pub(super) fn is_page(stat: &str, parent: u32) -> bool {
        let Some((head, tail)) = stat.rsplit_once(')') else { return false };
        let name = head.split_once('(').map(|(_, name)| name);
        let of = tail.split_whitespace().nth(1).and_then(|of| of.parse().ok());
        name == Some(NAME) && of == Some(parent)
    }

    impl WebProcess {
        /// Waits; not on a thread of the runtime.
        pub(super) fn ended(self) {
            if self.has_ended_within(PATIENCE) {
                return;
            }
            tracing::warn!("a web process did not end by itself");
            if pidfd_send_signal(&self.0, Signal::KILL).is_ok() {
                self.has_ended_within(PATIENCE);
            }
        }

        /// The handle becomes readable when the process has ended.
        fn has_ended_within(&self, time: Timespec) -> bool {
            matches!(poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&time)), Ok(1..))
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        os::unix::process::ExitStatusExt,
        process::{Child, Command},
    };

    use super::*;

    /// A child of this process under the name of a web process.
    fn page(folder: &std::path::Path, script: &str) -> Child {
        let program = folder.join("WebKitWebProcess");
        if !program.exists() {
            std::fs::copy("/bin/sh", &program).expect("a copy of the shell");
        }
        Command::new(program).args(["-c", script]).spawn().expect("a shell")
    }

    fn finds_all(count: usize) {
        let begun = std::time::Instant::now();
        while WebProcesses::running().processes.len() < count {
            assert!(begun.elapsed() < std::time::Duration::from_secs(30), "not found");
            std::thread::yield_now();
        }
    }

    #[tokio::test]
    async fn a_lock_waits_for_the_end_and_brings_it_about() {
        let folder = tempfile::tempdir().expect("folder");
        let mut ends = page(folder.path(), "exit 3");
        let mut stays = page(folder.path(), "kill -STOP $$");
        finds_all(2);
        WebProcesses::running().ended().await;
        // Both have ended: neither is waited for.
        let status = |child: &mut Child| child.try_wait().expect("a child").expect("it has ended");
        let _ = status(&mut ends);
        assert_eq!(status(&mut stays).signal(), Some(9), "it did not go by itself");
        assert!(WebProcesses::running().processes.is_empty());
    }

    #[test]
    fn only_web_processes_of_this_program_are_meant() {
        assert!(linux::is_page("7 (WebKitWebProces) S 5 7 7 0", 5));
        assert!(!linux::is_page("7 (WebKitWebProces) S 6 7 7 0", 5), "of another program");
        assert!(!linux::is_page("7 (WebKitNetworkPr) S 5 7 7 0", 5));
        assert!(!linux::is_page("7 (a) (WebKitWebProces) S 6 5 7 0", 5), "a name may hold anything");
        assert!(!linux::is_page("", 5));
    }
}
