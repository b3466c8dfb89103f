//! One open account: its keys, its connection, and what its pages have in hand.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use portico_client::{ApiClient, ClientDraft};
use portico_estate::{ClientStructure, EventList, LockPolicies};
use portico_profile::{EventStream, HeadSummary, ProviderView, Unlocked};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        sync::{Connection, SyncStatus},
    },
    failure::Answer,
    held::held,
    looking::{Running, Wanted},
    reprompt::Reprompts,
};

/// An open account. Dropping the last one is the lock: keys and everything opened go with it.
pub struct Open {
    pub unlocked: Unlocked,
    /// Ends whatever works in the account's name when it is locked.
    pub closing: CancellationToken,
    /// None while the address of the embedded service is not known.
    api: Mutex<Option<ApiClient>>,
    /// Ends what listens by the connection before.
    listening: Mutex<CancellationToken>,
    /// How its syncs stand, shown or not.
    status: Mutex<SyncStatus>,
    /// The sync that runs, if one does.
    pub syncing: Mutex<Option<Running>>,
    /// What begins when the sync that runs has ended.
    pub follows: Mutex<Option<Wanted>>,
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
    /// When the picture of a provider was last compared with the server: what did not change is not written.
    providers_seen: Mutex<HashMap<Uuid, OffsetDateTime>>,
    /// The event log looked at last, with names put to it.
    pub events: Mutex<Option<Arc<KeptEvents>>>,
    /// What the person is having done, if anything.
    acting: Mutex<Option<CancellationToken>>,
    /// The keys of the client that is being made.
    pub client_draft: Mutex<Option<Draft>>,
}

impl Open {
    pub fn new(unlocked: Unlocked, api: Option<ApiClient>) -> Self {
        Self {
            unlocked,
            closing: CancellationToken::new(),
            api: Mutex::new(api),
            listening: Mutex::default(),
            status: Mutex::new(idle_status()),
            syncing: Mutex::new(None),
            follows: Mutex::default(),
            collections_opened: Mutex::default(),
            reprompts: Reprompts::default(),
            fetching: Mutex::default(),
            policies: Mutex::default(),
            older_file: AtomicBool::new(false),
            client: Mutex::new(None),
            looked_at: Mutex::default(),
            portal: Mutex::new(None),
            providers_seen: Mutex::default(),
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

    /// For what takes a connection.
    pub fn online(&self) -> Answer<ApiClient> {
        self.api().ok_or(AppError::of(ErrorCode::Offline))
    }

    /// Asks the server by another connection from now on: it trusts somebody else.
    pub fn connect_by(&self, api: ApiClient) {
        *held(&self.api) = Some(api);
    }

    /// Somebody listens by the connection of now; whoever listened before ends.
    pub fn begin_listening(&self) -> CancellationToken {
        let stop = self.closing.child_token();
        std::mem::replace(&mut *held(&self.listening), stop.clone()).cancel();
        stop
    }

    /// The provider whose portal is on the page.
    pub fn portal(&self) -> Option<Uuid> {
        *held(&self.portal)
    }

    /// The page turned to a provider's portal, or away from it.
    pub fn show_portal(&self, provider: Option<Uuid>) {
        *held(&self.portal) = provider;
    }

    /// The picture of this provider is what the server has now.
    pub fn saw_provider(&self, provider: Uuid) {
        held(&self.providers_seen).insert(provider, OffsetDateTime::now_utc());
    }

    /// When this provider was last read from the server, or compared with it.
    pub fn provider_seen_at(&self, provider: &ProviderView) -> Option<OffsetDateTime> {
        provider.read_at.max(held(&self.providers_seen).get(&provider.provider.id).copied())
    }

    pub fn status(&self) -> MutexGuard<'_, SyncStatus> {
        held(&self.status)
    }

    /// The person looks at this client.
    pub fn looks_at(&self, organization: Uuid) {
        held(&self.looked_at).insert(organization);
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
        self.looks_at(organization);
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

/// The log of a provider as of one picture.
pub struct KeptEvents {
    pub stream: EventStream,
    /// Of the sync status: it moves with everything that is read.
    pub revision: u32,
    pub list: EventList,
    /// Parts of the log that do not open any more.
    pub damaged: usize,
    /// When it was last read up to the moment.
    pub read_at: Option<OffsetDateTime>,
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
