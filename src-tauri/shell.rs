//! What the shell keeps while it runs: the profile, where the session stands, and one value that is dropped on lock.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use portico_client::{ApiClient, ClientDraft, ServerAddress};
use portico_estate::{ClientStructure, EventList, LockPolicies};
use portico_profile::{Authority, HeadSummary, Profile, ProfileError, UnlockError, Unlocked};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::{
    clipboard::Clipboard,
    dto::{
        error::{AppError, ErrorCode},
        sync::{Connection, SyncStatus},
    },
    held::held,
    idle::{IdleEnd, LogOuts, Touched, idle_end},
    keychain::SystemKeychain,
    reprompt::Reprompts,
    rotation::Rotation,
    session::Session,
};

/// State of the program, managed by Tauri.
pub struct Shell {
    pub profile: Profile,
    pub clipboard: Clipboard,
    #[cfg(feature = "demo")]
    pub hosting: crate::hosting::Hosting,
    session: Mutex<Session<Open>>,
    touched: Mutex<Touched>,
    log_outs: Mutex<LogOuts>,
    /// What waits between two steps of signing in after a key rotation elsewhere.
    pub rotation: Rotation,
    /// The unlock or sign-in under way; a newer one, a lock or a choice takes its effect away.
    opening: Mutex<CancellationToken>,
    /// The certificate authority that the person chose for the sign-in under way.
    authority: Mutex<Option<Authority>>,
}

/// An open account. Dropping the last one is the lock: keys and everything opened go with it.
pub struct Open {
    pub unlocked: Unlocked,
    /// Ends whatever works in the account's name when it is locked.
    pub closing: CancellationToken,
    /// None while the address of the embedded service is not known.
    api: Mutex<Option<ApiClient>>,
    /// How its syncs stand, shown or not.
    status: Mutex<SyncStatus>,
    /// The sync that runs, if one does.
    pub syncing: Mutex<Option<CancellationToken>>,
    /// Clients whose collections the person opened since the unlock: the logs say it once.
    pub collections_opened: Mutex<HashSet<Uuid>>,
    /// The master password that items ask for again.
    pub reprompts: Reprompts,
    /// Files that are being fetched, by their ids.
    pub fetching: Mutex<HashMap<String, CancellationToken>>,
    /// What the organizations demand of locking, as of the picture that is shown.
    policies: Mutex<LockPolicies>,
    /// The file is older than what this computer has seen.
    older_file: AtomicBool,
    /// The client looked at last: its pages are asked for one after the other.
    client: Mutex<Option<Looked>>,
    /// Clients that the person looked at since they were last read: the next sync reads them first.
    looked_at: Mutex<HashSet<Uuid>>,
    /// The provider whose portal is on the page, if one is: it is looked at now and then.
    portal: Mutex<Option<Uuid>>,
    /// The event log looked at last, with names put to it.
    pub events: Mutex<Option<Arc<KeptEvents>>>,
    /// What the person is having done, if anything.
    acting: Mutex<Option<CancellationToken>>,
    /// The keys of the client that is being made.
    pub client_draft: Mutex<Option<Draft>>,
}

/// The log of a provider as of one picture.
pub struct KeptEvents {
    pub provider: Uuid,
    /// Of the sync status: it moves with everything that is read.
    pub revision: u32,
    pub list: EventList,
    /// Parts of the log that do not open any more.
    pub damaged: usize,
}

/// The keys of one new client, for as long as its dialog asks for it.
pub struct Draft {
    pub dialog: String,
    pub keys: Arc<ClientDraft>,
}

struct Looked {
    organization: Uuid,
    head: Option<HeadSummary>,
    structure: Arc<ClientStructure>,
}

impl Shell {
    /// Opens the profile folder; nothing is unlocked. The account that was shown last is chosen, or the first one.
    pub fn open(folder: &Path) -> Result<Self, ProfileError> {
        let profile = Profile::open(folder)?.with_keychain(Arc::new(SystemKeychain));
        let last = profile.settings().last_account;
        let mut accounts = profile.accounts()?;
        accounts.retain(|account| !account.signed_out);
        let chosen = accounts.iter().find(|account| Some(account.id) == last).or(accounts.first());
        let mut session = Session::locked(chosen.map(|account| account.id));
        if let Some(file) = profile.settings_set_aside() {
            session.say(AppError { code: ErrorCode::SettingsSetAside, detail: Some(file.to_owned()) });
        }
        // An account that cannot be shown is in no list: who looks for it has to be told why.
        if let Some((account, error)) = profile.unusable_accounts()?.into_iter().next() {
            tracing::warn!(%account, %error, "the account's file cannot be used");
            session.say(UnlockError::from(error).into());
        }
        let log_outs = LogOuts::of_settings(&profile.settings().due_log_outs);
        Ok(Self {
            #[cfg(feature = "demo")]
            hosting: crate::hosting::Hosting::new(folder),
            profile,
            clipboard: Clipboard::default(),
            session: Mutex::new(session),
            touched: Mutex::new(Touched::now()),
            log_outs: Mutex::new(log_outs),
            rotation: Rotation::default(),
            opening: Mutex::new(CancellationToken::new()),
            authority: Mutex::new(None),
        })
    }

    pub fn session(&self) -> MutexGuard<'_, Session<Open>> {
        held(&self.session)
    }

    /// The open account that is on the page, if there is one.
    pub fn unlocked(&self) -> Option<Arc<Open>> {
        self.session().on_page().map(Arc::clone)
    }

    /// How the syncs of the account on the page stand.
    pub fn status(&self) -> SyncStatus {
        // A locked page learns nothing of an account.
        self.unlocked().map_or_else(idle_status, |open| open.status().clone())
    }

    /// Changes the sync status of an account and says whether it is the one on the page: what runs for another, or for
    /// one that was locked, must not be told.
    pub fn update_status(&self, open: &Open, change: impl FnOnce(&mut SyncStatus)) -> bool {
        change(&mut open.status());
        self.session().on_page().is_some_and(|shown| std::ptr::eq(Arc::as_ptr(shown), open))
    }

    /// The certificate authority that was chosen for the sign-in under way.
    pub fn chosen_authority(&self) -> MutexGuard<'_, Option<Authority>> {
        held(&self.authority)
    }

    /// Begins to open an account; whatever was being opened before has no effect any more.
    pub fn begin_opening(&self) -> CancellationToken {
        let mut opening = held(&self.opening);
        opening.cancel();
        *opening = CancellationToken::new();
        opening.clone()
    }

    /// The unlock or sign-in that is under way.
    pub fn opening(&self) -> CancellationToken {
        held(&self.opening).clone()
    }

    /// The person is there.
    pub fn touch(&self) {
        *held(&self.touched) = Touched::now();
    }

    /// What is due because the window was left alone for longer than the settings, or an organization, allow. The
    /// strictest of all open accounts counts for the window.
    pub fn idle_end(&self) -> Option<IdleEnd> {
        let open: Vec<Arc<Open>> = self.session().all_open().map(Arc::clone).collect();
        let policies: Vec<_> = open.iter().map(|open| (open.account(), open.lock_policies())).collect();
        let touched = self.touched();
        let idle = touched.ago();
        let mut anything_new = false;
        for (account, policies) in &policies {
            anything_new |= self.log_outs().note(*account, policies, touched);
        }
        if anything_new {
            self.save_log_outs();
        }
        let is_open = |account| open.iter().any(|open| open.account() == account);
        let over = self.log_outs().over(is_open);
        idle_end(self.profile.settings().lock_after_minutes, &policies, over, idle)
    }

    /// An account was locked, and may have to be signed out yet.
    pub fn keep_log_out(&self, open: &Open) {
        let since = self.touched();
        self.log_outs().keep(open.account(), &open.lock_policies(), since);
        self.save_log_outs();
    }

    /// The account is signed out, or gone.
    pub fn forget_log_out(&self, account: Uuid) {
        self.log_outs().forget(account);
        self.save_log_outs();
    }

    /// A program that starts anew goes on counting.
    fn save_log_outs(&self) {
        let due = self.log_outs().for_settings();
        if self.profile.settings().due_log_outs == due {
            return;
        }
        if let Err(error) = self.profile.change_settings(|settings| settings.due_log_outs = due) {
            tracing::warn!(%error, "a restart of the program would forget a log-out by policy");
        }
    }

    pub fn log_outs(&self) -> MutexGuard<'_, LogOuts> {
        held(&self.log_outs)
    }

    fn touched(&self) -> Touched {
        *held(&self.touched)
    }

    /// Before the program ends.
    pub fn close(&self) {
        self.clipboard.clear();
        self.rotation.forget();
        let (open, _) = self.session().close_all();
        for open in open {
            open.closing.cancel();
            self.keep_log_out(&open);
        }
    }
}

impl Open {
    pub fn new(unlocked: Unlocked, api: Option<ApiClient>) -> Self {
        Self {
            unlocked,
            closing: CancellationToken::new(),
            api: Mutex::new(api),
            status: Mutex::new(idle_status()),
            syncing: Mutex::new(None),
            collections_opened: Mutex::default(),
            reprompts: Reprompts::default(),
            fetching: Mutex::default(),
            policies: Mutex::default(),
            older_file: AtomicBool::new(false),
            client: Mutex::new(None),
            looked_at: Mutex::default(),
            portal: Mutex::new(None),
            events: Mutex::new(None),
            acting: Mutex::new(None),
            client_draft: Mutex::new(None),
        }
    }

    pub fn account(&self) -> Uuid {
        self.unlocked.account()
    }

    pub fn api(&self) -> Option<ApiClient> {
        held(&self.api).clone()
    }

    /// Asks the server by another connection from now on: it trusts somebody else.
    pub fn connect_by(&self, api: ApiClient) {
        *held(&self.api) = Some(api);
    }

    /// The provider whose portal is on the page.
    pub fn portal(&self) -> Option<Uuid> {
        *held(&self.portal)
    }

    /// The page turned to a provider's portal, or away from it.
    pub fn show_portal(&self, provider: Option<Uuid>) {
        *held(&self.portal) = provider;
    }

    pub fn status(&self) -> MutexGuard<'_, SyncStatus> {
        held(&self.status)
    }

    /// Clients that the person looked at since they were last read.
    pub fn looked_at(&self) -> HashSet<Uuid> {
        held(&self.looked_at).clone()
    }

    /// A sync came through that read these.
    pub fn were_read(&self, clients: &HashSet<Uuid>) {
        held(&self.looked_at).retain(|id| !clients.contains(id));
    }

    /// Something is to be done in the person's name: what stops it, until the next thing.
    pub fn begin_action(&self) -> CancellationToken {
        let stop = self.closing.child_token();
        *held(&self.acting) = Some(stop.clone());
        stop
    }

    /// Stops what is being done.
    pub fn cancel_action(&self) {
        if let Some(stop) = held(&self.acting).take() {
            stop.cancel();
        }
    }

    /// What the organizations demand of locking.
    pub fn lock_policies(&self) -> LockPolicies {
        *held(&self.policies)
    }

    /// After the picture changed.
    pub fn read_lock_policies(&self) {
        match self.unlocked.picture().lock_policies() {
            Ok(policies) => *held(&self.policies) = policies,
            // What was demanded before stays in force.
            Err(error) => tracing::warn!(%error, "the policies cannot be read"),
        }
    }

    /// Whether the file was older than the number in the keychain when it was opened.
    pub fn is_older_file(&self) -> bool {
        self.older_file.load(Ordering::SeqCst)
    }

    /// Compares the file with the number in the keychain; returns whether it is older. May take as long as a keychain.
    pub fn look_for_older_file(&self) -> bool {
        match self.unlocked.older_file() {
            Ok(Some(older)) => {
                tracing::warn!(?older, "the file is older than what this computer has seen");
                self.older_file.store(true, Ordering::SeqCst);
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "the age of the file cannot be compared");
                false
            }
        }
    }

    /// One client's structure, kept for the next question about it.
    pub fn client(
        &self,
        organization: Uuid,
    ) -> Result<Option<Arc<ClientStructure>>, portico_profile::ReadError> {
        let picture = self.unlocked.picture();
        let head = picture.head();
        held(&self.looked_at).insert(organization);
        let mut looked = held(&self.client);
        if let Some(looked) = looked.as_ref()
            && looked.organization == organization
            && looked.head == head
        {
            return Ok(Some(Arc::clone(&looked.structure)));
        }
        let Some(structure) = picture.client(organization)?.map(Arc::new) else { return Ok(None) };
        *looked = Some(Looked { organization, head, structure: Arc::clone(&structure) });
        Ok(Some(structure))
    }
}

/// Nothing was asked of the server yet.
pub fn idle_status() -> SyncStatus {
    SyncStatus {
        connection: Connection::Unknown,
        last_sync: None,
        progress: None,
        failure: None,
        report: None,
        stale_clients: 0,
        revision: 0,
    }
}

/// The server as a person knows it; nothing for the embedded one.
pub fn shown_server(address: &ServerAddress) -> String {
    match address {
        ServerAddress::UnitedStates => "bitwarden.com".to_owned(),
        ServerAddress::Europe => "bitwarden.eu".to_owned(),
        ServerAddress::SelfHosted(url) => shown_host(url),
        ServerAddress::Separate(services) => shown_host(&services.base),
        ServerAddress::Embedded(_) => String::new(),
    }
}

fn shown_host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => url.to_string(),
    }
}

/// The name on the session bus: one window per profile, so the profile's path is in it, as a hash.
pub fn bus_name(profile: &Path) -> String {
    let path = profile.as_os_str().to_string_lossy();
    let digest = ring::digest::digest(&ring::digest::SHA256, path.as_bytes());
    let short: String = digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("eu.portico.desktop.p{short}")
}
