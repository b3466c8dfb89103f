//! A stand-in for logind on a bus of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::mpsc;
use zbus::{
    connection::Builder,
    interface,
    object_server::SignalEmitter,
    zvariant::{ObjectPath, OwnedFd},
};

use super::logind::{self, Why};

const SESSION: &str = "/org/freedesktop/login1/session/_37";

struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start() -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon (package dbus)");
        let mut address = String::new();
        let output = daemon.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut address).expect("an address");
        Self { daemon, address: address.trim().to_owned() }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// Hands out inhibitors and remembers the other end of each.
#[derive(Clone, Default)]
struct Manager(Arc<Mutex<Vec<std::os::unix::net::UnixStream>>>);

impl Manager {
    /// Whether the newest inhibitor is still held, of how many.
    fn held(&self) -> (usize, bool) {
        let ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = ends.last().is_some_and(|end| {
            end.set_nonblocking(true).expect("a socket");
            // At its end there is nothing to read; while it is held reading would wait.
            let mut end: &std::os::unix::net::UnixStream = end;
            std::io::Read::read(&mut end, &mut [0]).is_err()
        });
        (ends.len(), held)
    }
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
        assert_eq!((what, mode), ("sleep", "delay"));
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair of sockets");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(ours);
        Ok(OwnedFd::from(std::os::fd::OwnedFd::from(theirs)))
    }

    fn get_session(&self, id: &str) -> zbus::fdo::Result<ObjectPath<'static>> {
        assert_eq!(id, "7");
        Ok(ObjectPath::from_static_str_unchecked(SESSION))
    }

    #[zbus(name = "GetSessionByPID")]
    fn get_session_by_pid(&self, _pid: u32) -> zbus::fdo::Result<ObjectPath<'static>> {
        Err(zbus::fdo::Error::Failed("belongs to no session".to_owned()))
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

struct Session {
    locked: bool,
}

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn id(&self) -> &str {
        "7"
    }

    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.locked
    }

    #[zbus(signal)]
    async fn lock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// The session is named by the environment, or found by the alias of the seat.
#[tokio::test(flavor = "multi_thread")]
async fn sleeping_and_locking_lock_before_the_computer_goes_on() {
    for named in [Some("7".to_owned()), None] {
        let bus = Bus::start();
        let manager = Manager::default();
        let server = Builder::address(bus.address.as_str())
            .and_then(|builder| builder.name("org.freedesktop.login1"))
            .and_then(|builder| builder.serve_at("/org/freedesktop/login1", manager.clone()))
            .and_then(|builder| builder.serve_at(SESSION, Session { locked: false }))
            .and_then(|builder| {
                builder.serve_at("/org/freedesktop/login1/session/auto", Session { locked: false })
            })
            .expect("a server")
            .build()
            .await
            .expect("on the bus");
        let ours =
            Builder::address(bus.address.as_str()).expect("address").build().await.expect("on the bus");
        let (told, mut locks) = mpsc::unbounded_channel();
        let asked = manager.clone();
        let watching = tokio::spawn(async move {
            let lock = move |why: Why| {
                told.send((why, asked.held())).expect("somebody listens");
                std::future::ready(())
            };
            logind::watch(ours, named, lock).await
        });
        until(|| manager.held() == (1, true)).await;

        let at = |path| SignalEmitter::new(&server, path).expect("a path");
        Manager::prepare_for_sleep(&at("/org/freedesktop/login1"), true).await.expect("sent");
        // While it locks the computer is held awake, afterwards it is let go.
        assert_eq!(locks.recv().await, Some((Why::Sleep, (1, true))));
        until(|| manager.held() == (1, false)).await;
        Manager::prepare_for_sleep(&at("/org/freedesktop/login1"), false).await.expect("sent");
        until(|| manager.held() == (2, true)).await;

        Session::lock(&at(SESSION)).await.expect("sent");
        assert_eq!(locks.recv().await.map(|(why, _)| why), Some(Why::DesktopLocked));
        let session = server.object_server().interface::<_, Session>(SESSION).await.expect("served");
        for locked in [true, false, true] {
            session.get_mut().await.locked = locked;
            session.get().await.locked_hint_changed(session.signal_emitter()).await.expect("sent");
            if locked {
                assert_eq!(locks.recv().await.map(|(why, _)| why), Some(Why::DesktopLocked));
            }
        }
        assert!(locks.try_recv().is_err(), "unlocking the desktop locks nothing");
        watching.abort();
    }
}

/// No session is named, none belongs to the process, and the seat has none.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_sleeping_still_locks() {
    let bus = Bus::start();
    let manager = Manager::default();
    let server = Builder::address(bus.address.as_str())
        .and_then(|builder| builder.name("org.freedesktop.login1"))
        .and_then(|builder| builder.serve_at("/org/freedesktop/login1", manager.clone()))
        .expect("a server")
        .build()
        .await
        .expect("on the bus");
    let ours = Builder::address(bus.address.as_str()).expect("address").build().await.expect("on the bus");
    let (told, mut locks) = mpsc::unbounded_channel();
    let watching = tokio::spawn(async move {
        let lock = move |why: Why| {
            told.send(why).expect("somebody listens");
            std::future::ready(())
        };
        logind::watch(ours, None, lock).await
    });
    until(|| watching.is_finished() || manager.held() == (1, true)).await;
    assert!(!watching.is_finished(), "it goes on without a session");
    let at = SignalEmitter::new(&server, "/org/freedesktop/login1").expect("a path");
    Manager::prepare_for_sleep(&at, true).await.expect("sent");
    assert_eq!(locks.recv().await, Some(Why::Sleep));
    until(|| manager.held() == (1, false)).await;
    watching.abort();
}

async fn until(mut condition: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !condition() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "not within half a minute");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
