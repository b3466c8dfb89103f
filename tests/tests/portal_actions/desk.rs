//! Somebody at a computer of their own.

use std::collections::HashMap;
use std::sync::LazyLock;

use portico_client::{
    ApiClient, CancellationToken, InvitationLink, PlanType, SyncOptions, SyncReport, SyncScope, seat_pool,
    sync,
};
use portico_demo::DemoSize;
use portico_estate::{ClientRow, ProviderUserDetails, ProviderUserType, SeatPool};
use portico_profile::{EventStream, Profile, Unlocked};
use tempfile::TempDir;
use uuid::Uuid;

use crate::demo::{Demo, read_all};

pub struct Desk {
    pub unlocked: Unlocked,
    pub api: ApiClient,
    pub profile: Profile,
    pub provider: Uuid,
    /// Events of the provider's log after the first sync, by their number.
    before: HashMap<i32, usize>,
    _folder: TempDir,
}

pub const SERVICE_USER: &str = "service user";

/// Nobody stops it.
pub fn go() -> &'static CancellationToken {
    static GO: LazyLock<CancellationToken> = LazyLock::new(CancellationToken::new);
    &GO
}

pub async fn small_demo() -> Demo {
    Demo::start(&DemoSize { clients: 3, members: Some(4), items: 5, ..DemoSize::default() }).await
}

impl Desk {
    /// Signed in and synced.
    pub async fn of(demo: &Demo, role: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let unlocked = demo.sign_in(&profile, role).await;
        let mut desk = Self::with(demo, profile, folder, unlocked);
        desk.sync(demo).await;
        desk.before = desk.events_by_number();
        desk
    }

    pub fn with(demo: &Demo, profile: Profile, folder: TempDir, unlocked: Unlocked) -> Self {
        let (api, provider) = (demo.client(&profile), demo.accounts.provider.id);
        Self { unlocked, api, profile, provider, before: HashMap::new(), _folder: folder }
    }

    pub async fn sync(&self, demo: &Demo) {
        let report = demo.sync(&self.profile, &self.unlocked).await.unwrap();
        assert!(report.failed.is_empty(), "{:?}", report.failed);
        read_all(&self.unlocked.picture());
    }

    /// As the window does when a person opens the client's page.
    pub async fn opens_client(&self, client: Uuid) -> SyncReport {
        let options = SyncOptions { scope: SyncScope::Opened(client), ..SyncOptions::default() };
        sync(&self.api, &self.unlocked, &options, &|_| {}, go()).await.unwrap()
    }

    /// The clients of the provider.
    pub fn rows(&self) -> Vec<ClientRow> {
        let picture = self.unlocked.picture();
        let view = picture.provider(self.provider).unwrap();
        view.map(|view| view.rows.clone()).unwrap_or_default()
    }

    pub fn row(&self, name: &str) -> Option<ClientRow> {
        let mut named: Vec<ClientRow> = self.rows().into_iter().filter(|row| row.name == name).collect();
        assert!(named.len() < 2, "{name} is there twice");
        named.pop()
    }

    /// The team, where the person may see it.
    pub fn team(&self) -> Option<Vec<ProviderUserDetails>> {
        let picture = self.unlocked.picture();
        let view = picture.provider(self.provider).unwrap();
        view.and_then(|view| view.team.clone())
    }

    pub fn member(&self, email: &str) -> Option<ProviderUserDetails> {
        self.team()?.into_iter().find(|member| member.email == email)
    }

    pub fn role(&self) -> Option<ProviderUserType> {
        let picture = self.unlocked.picture();
        let own = picture.profile().unwrap().unwrap();
        own.providers.iter().find(|own| own.id == self.provider).map(|own| own.role)
    }

    /// How often the kept log of the provider has told of this since the first sync.
    pub fn events(&self, number: i32) -> usize {
        let now = self.events_by_number().get(&number).copied().unwrap_or_default();
        now - self.before.get(&number).copied().unwrap_or_default()
    }

    fn events_by_number(&self) -> HashMap<i32, usize> {
        let log = self.unlocked.events(EventStream::Provider(self.provider)).unwrap();
        let mut numbers = HashMap::new();
        log.events.iter().for_each(|event| *numbers.entry(event.kind.0).or_default() += 1);
        numbers
    }

    /// The key of an organization as this computer opens it, after reading everything that hangs on it.
    pub fn opens(&self, organization: Uuid) -> [u8; 64] {
        let picture = self.unlocked.picture();
        let structure = picture.client(organization).unwrap().expect("the client was read");
        assert!(!structure.collections.is_empty());
        assert!(structure.collections.iter().all(|collection| collection.name.text().is_some()));
        *picture.organization_key(organization).unwrap().unwrap().expose()
    }

    /// The seats of each plan, by the subscription as it is kept here.
    pub fn pools(&self) -> Vec<SeatPool> {
        let bill = self.unlocked.billing(self.provider).unwrap().subscription.unwrap().value;
        bill.plans.iter().map(seat_pool).collect()
    }

    /// Seats given to clients on a plan, by the subscription as it is kept here.
    pub fn assigned(&self, plan: PlanType) -> i32 {
        let bill = self.unlocked.billing(self.provider).unwrap().subscription.unwrap().value;
        bill.plans.iter().find(|known| known.kind == plan).unwrap().assigned_seats
    }
}

/// The last mail of a kind to somebody.
pub async fn mail(demo: &Demo, kind: &str, to: &str) -> HashMap<String, String> {
    let outbox = demo.outbox().await;
    let mail = outbox.iter().rfind(|mail| mail.kind == kind && mail.to == to);
    mail.unwrap_or_else(|| panic!("no {kind} to {to}")).fields.clone().into_iter().collect()
}

/// As a person pastes it.
pub async fn invitation(demo: &Demo, kind: &str, to: &str) -> InvitationLink {
    let link = InvitationLink::parse(&mail(demo, kind, to).await["link"]).unwrap();
    assert_eq!(link.email.as_deref(), Some(to));
    link
}
