//! Locks with the system: before the computer sleeps and when the desktop session is locked.
//!
//! On Linux by logind over D-Bus. On Windows and macOS nothing is listened to; there the clock of the idle lock,
//! which goes on while the computer sleeps, locks at the latest when it wakes up after the chosen time.

use tauri::AppHandle;

/// Whether this program locks when the system suspends or locks.
pub const WATCHED: bool = cfg!(target_os = "linux");

/// Listens until the program ends. Where there is no logind (a container, another init) nothing is heard.
pub fn watch(app: AppHandle) {
    #[cfg(target_os = "linux")]
    tauri::async_runtime::spawn(async move {
        let lock = move |why: logind::Why| {
            let app = app.clone();
            async move {
                tracing::info!(?why, "locked with the system");
                crate::open::lock(&app).await;
            }
        };
        let heard = match zbus::Connection::system().await {
            Ok(bus) => logind::watch(bus, std::env::var("XDG_SESSION_ID").ok(), lock).await,
            Err(error) => Err(error),
        };
        if let Err(error) = heard {
            tracing::info!(%error, "no logind: suspending and locking the desktop are not noticed");
        }
    });
    #[cfg(not(target_os = "linux"))]
    drop(app);
}

#[cfg(target_os = "linux")]
mod logind {
    //! `org.freedesktop.login1`: the manager says when the computer sleeps, the session when it is locked.

    use futures_util::{
        StreamExt,
        stream::{BoxStream, pending, select},
    };
    use zbus::{proxy, zvariant::OwnedFd, zvariant::OwnedObjectPath};

    /// Why a lock is due.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Why {
        Sleep,
        DesktopLocked,
    }

    #[proxy(
        interface = "org.freedesktop.login1.Manager",
        default_service = "org.freedesktop.login1",
        default_path = "/org/freedesktop/login1",
        gen_blocking = false
    )]
    trait Manager {
        fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
        fn get_session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;
        #[zbus(name = "GetSessionByPID")]
        fn get_session_by_pid(&self, pid: u32) -> zbus::Result<OwnedObjectPath>;
        #[zbus(signal)]
        fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
    }

    #[proxy(
        interface = "org.freedesktop.login1.Session",
        default_service = "org.freedesktop.login1",
        default_path = "/org/freedesktop/login1/session/auto",
        gen_blocking = false
    )]
    trait Session {
        #[zbus(property)]
        fn id(&self) -> zbus::Result<String>;
        #[zbus(property)]
        fn locked_hint(&self) -> zbus::Result<bool>;
        #[zbus(signal)]
        fn lock(&self) -> zbus::Result<()>;
    }

    enum Heard {
        Sleep(bool),
        Lock,
        LockedHint(bool),
    }

    /// Calls `lock` for each reason to lock, and holds the computer awake until it returned.
    pub(super) async fn watch<F: Future<Output = ()> + Send>(
        bus: zbus::Connection,
        session: Option<String>,
        lock: impl Fn(Why) -> F + Send,
    ) -> zbus::Result<()> {
        let manager = ManagerProxy::new(&bus).await?;
        let sleep = manager.receive_prepare_for_sleep().await?;
        let sleep = sleep.filter_map(|signal| async move { Some(Heard::Sleep(signal.args().ok()?.start)) });
        let locks = match desktop_locks(&bus, &manager, session).await {
            Ok(locks) => locks,
            // Started over ssh, or by a service: the computer sleeps all the same.
            Err(error) => {
                tracing::info!(%error, "no desktop session: only suspending is noticed");
                pending().boxed()
            }
        };
        let mut heard = select(sleep.boxed(), locks);
        let mut awake = hold_awake(&manager).await;
        while let Some(heard) = heard.next().await {
            match heard {
                Heard::Sleep(true) => {
                    lock(Why::Sleep).await;
                    // Giving it back is what lets the computer sleep.
                    awake = None;
                }
                Heard::Sleep(false) => awake = hold_awake(&manager).await,
                Heard::Lock | Heard::LockedHint(true) => lock(Why::DesktopLocked).await,
                Heard::LockedHint(false) => {}
            }
        }
        drop(awake);
        Ok(())
    }

    /// What the session says of being locked.
    async fn desktop_locks(
        bus: &zbus::Connection,
        manager: &ManagerProxy<'_>,
        named: Option<String>,
    ) -> zbus::Result<BoxStream<'static, Heard>> {
        let path = session_path(bus, manager, named).await?;
        let session = SessionProxy::builder(bus).path(path)?.build().await?;
        let locks = session.receive_lock().await?.map(|_| Heard::Lock);
        let hints = session.receive_locked_hint_changed().await;
        let hints =
            hints.filter_map(|change| async move { Some(Heard::LockedHint(change.get().await.ok()?)) });
        Ok(select(locks, hints.boxed()).boxed())
    }

    /// Without it the computer may sleep before the keys are gone. Not everybody may ask; the lock is tried all the same.
    async fn hold_awake(manager: &ManagerProxy<'_>) -> Option<OwnedFd> {
        match manager.inhibit("sleep", "Portico", "Locks before the computer sleeps", "delay").await {
            Ok(held) => Some(held),
            Err(error) => {
                tracing::debug!(%error, "sleep is not delayed");
                None
            }
        }
    }

    /// Signals come from the session's own path, not from the alias. A program that the person's service manager started
    /// belongs to no session by its process; then it is the session of its seat.
    async fn session_path(
        bus: &zbus::Connection,
        manager: &ManagerProxy<'_>,
        named: Option<String>,
    ) -> zbus::Result<OwnedObjectPath> {
        if let Some(id) = named {
            return manager.get_session(&id).await;
        }
        if let Ok(path) = manager.get_session_by_pid(std::process::id()).await {
            return Ok(path);
        }
        manager.get_session(&SessionProxy::new(bus).await?.id().await?).await
    }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "lock_signals/tests.rs"]
mod tests;
