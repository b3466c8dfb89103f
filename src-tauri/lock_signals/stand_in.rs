//! A stand-in for logind on a bus of its own. The window tests play it too (`tests/tests/locking`).

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use zbus::{
    Connection,
    connection::Builder,
    interface,
    object_server::SignalEmitter,
    zvariant::{ObjectPath, OwnedFd},
};

pub const MANAGER: &str = "/org/freedesktop/login1";
pub const SESSION: &str = "/org/freedesktop/login1/session/_37";

/// A bus that ends with this value.
pub struct Bus {
    daemon: Child,
    pub address: String,
}

impl Bus {
    pub fn start() -> Self {
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
pub struct Manager(Arc<Mutex<Vec<std::os::unix::net::UnixStream>>>);

impl Manager {
    /// Whether the newest inhibitor is still held, of how many.
    pub fn held(&self) -> (usize, bool) {
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
    pub async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

#[derive(Default)]
pub struct Session {
    pub locked: bool,
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
    pub async fn lock(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// On the bus, with a session or without one.
pub async fn serve(bus: &Bus, manager: &Manager, with_session: bool) -> Connection {
    let mut builder = Builder::address(bus.address.as_str())
        .and_then(|builder| builder.name("org.freedesktop.login1"))
        .and_then(|builder| builder.serve_at(MANAGER, manager.clone()))
        .expect("a server");
    if with_session {
        for path in [SESSION, "/org/freedesktop/login1/session/auto"] {
            builder = builder.serve_at(path, Session::default()).expect("a session");
        }
    }
    builder.build().await.expect("on the bus")
}

/// Where signals of an object come from.
pub fn emitter<'a>(server: &Connection, path: &'a str) -> SignalEmitter<'a> {
    SignalEmitter::new(server, path).expect("a path")
}

/// Says of the session whether it is locked.
pub async fn hint(server: &Connection, locked: bool) {
    let session = server.object_server().interface::<_, Session>(SESSION).await.expect("served");
    session.get_mut().await.locked = locked;
    session.get().await.locked_hint_changed(session.signal_emitter()).await.expect("sent");
}
