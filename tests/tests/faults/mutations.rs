//! Every change of a provider meets a connection that is cut before, during and after the service's commit: the cache is
//! true to the service, an action never claims what is not so, and done again it is done once.

use std::time::Duration;

use portico_client::{
    ActionError, CancellationToken, ClientChange, ClientDraft, NewClient, PaymentToken, PlanType,
    ProviderSetUp, ProviderSettings, ProviderUserType, SetUpDraft, addable_organizations,
    invite_provider_members, poll_provider, remove_provider_members, take_in, unlink_client,
};
use portico_profile::{Profile, Unlocked};
use portico_protocol::SecretText;
use portico_protocol::invitation_link::{Invitation, InvitationLink};
use portico_service::{ClientItems, NewProvider, ProviderKind, Store};
use uuid::Uuid;

use crate::deeds::{Deed, What};
use crate::demo::PROVIDER_ADMIN;
use crate::documented;
use crate::proxy::{Fault, Place};
use crate::{HANGS, There};

const FAULTS: [Fault; 11] = [
    Fault::CutBefore,
    Fault::CutWhileAsked,
    Fault::CutInHead,
    Fault::CutInBody,
    Fault::Silence,
    Fault::Truncated,
    Fault::PromisesMore,
    Fault::Instead(200, "page"),
    Fault::Instead(429, "object"),
    Fault::Instead(500, "object"),
    Fault::Instead(502, "page"),
];

/// What a silence costs here. A password is checked in less, on a machine that does ten other things too.
const IDLE: Duration = Duration::from_secs(2);
const WHOLE: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_clients_meet_every_fault() {
    let there = Changing::new().await;
    for (round, fault) in FAULTS.into_iter().enumerate() {
        let name = format!("Harbour {round}");
        let draft = ClientDraft::new(&there.unlocked, there.provider, "Default collection").unwrap();
        let new = NewClient {
            name: name.clone(),
            owner_email: format!("owner{round}@harbour.example"),
            plan: PlanType::TEAMS_MONTHLY,
            seats: 2,
        };
        there.meets(What::Create(draft, new), "POST", "/clients", fault).await;
        let link = there.link_of(&name);
        let change = ClientChange { name: format!("Sons {round}"), assigned_seats: 3 };
        there.meets(What::Rename(link, change), "PUT", &format!("/clients/{link}"), fault).await;
        // The service lets go only who has an owner.
        there.change(
            "UPDATE members SET status = 2, user_id = (SELECT user_id FROM members WHERE user_id IS NOT NULL LIMIT 1)
             WHERE organization_id = (SELECT organization_id FROM provider_organizations WHERE id = ?1)",
            link,
        );
        there.meets(What::Unlink(link), "DELETE", &format!("/organizations/{link}"), fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_people_meet_every_fault() {
    let there = Changing::new().await;
    let colleague = there.demo.account("service user").email;
    let member = there.member_of(colleague);
    for (round, fault) in FAULTS.into_iter().enumerate() {
        let email = format!("newcomer{round}@brightwater.example");
        there.meets(What::Invite(email.clone()), "POST", "/users/invite", fault).await;
        there.meets(What::Remove(there.member_of(&email)), "DELETE", "/users", fault).await;
        there.change("UPDATE provider_users SET type = 1, status = 2 WHERE id = ?1", member);
        there.meets(What::Promote(member), "PUT", &format!("/users/{member}"), fault).await;
        there.change(
            "UPDATE provider_users SET type = 1, status = 1, provider_key = NULL WHERE id = ?1",
            member,
        );
        there.meets(What::Confirm(member), "POST", "/users/confirm", fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_a_provider_meet_every_fault() {
    let mut there = Changing::new().await;
    let first = there.provider;
    for (round, fault) in FAULTS.into_iter().enumerate() {
        there.provider = first;
        let settings = ProviderSettings {
            name: format!("Brightwater {round}"),
            business_name: None,
            billing_email: format!("billing{round}@brightwater.example"),
        };
        there.meets(What::Settings(settings), "PUT", "", fault).await;

        let (provider, token) = there.made_by_staff().await;
        there.provider = provider;
        let draft = SetUpDraft::new(&there.unlocked, provider).unwrap();
        let set_up = ProviderSetUp {
            token,
            name: format!("Fjord {round}"),
            business_name: None,
            billing_email: "billing@fjord.example".to_owned(),
            payment: PaymentToken { kind: "card".to_owned(), token: SecretText::new("synthetic".to_owned()) },
            billing_address: serde_json::from_str(r#"{"country":"NO","postalCode":"5003"}"#).unwrap(),
        };
        there.meets(What::SetUp(draft, Box::new(set_up)), "POST", "/setup", fault).await;
        there.meets(What::Delete(provider), "DELETE", "", fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_an_organization_on_meets_every_fault() {
    let there = Changing::new().await;
    for fault in FAULTS {
        there.takes_on_and_lets_go("/clients/existing", fault).await;
    }
}

/// Of a provider that is not billed (protocol.md §5.7).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_an_organization_on_in_the_older_way_meets_every_fault() {
    let there = Changing::new().await;
    there.change("UPDATE providers SET status = 1 WHERE id = ?1", there.provider);
    // The account's revision says nothing of it.
    there.sync_through_the_proxy(&there.unlocked).await.unwrap();
    for fault in FAULTS {
        there.takes_on_and_lets_go("/organizations/add", fault).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accepting_an_invitation_meets_every_fault() {
    let there = Changing::new().await;
    let (clean, stop) = (there.demo.client(&there.profile), CancellationToken::new());
    let email = there.demo.account(GUEST).email;
    for fault in FAULTS {
        let role = ProviderUserType::SERVICE_USER;
        let emails = [email.to_owned()];
        invite_provider_members(&clean, &there.unlocked, there.provider, &emails, role, &stop).await.unwrap();
        let member = there.member_of(email);
        let outbox = there.demo.outbox().await;
        let mail = outbox.iter().rfind(|mail| mail.kind == "providerInvitation" && mail.to == email).unwrap();
        let token = SecretText::new(mail.fields["token"].clone());
        there.meets(What::Accept(member, token), "POST", &format!("/users/{member}/accept"), fault).await;
        let gone = remove_provider_members(&clean, &there.unlocked, there.provider, &[member], &stop).await;
        assert_eq!(gone.unwrap().value[0].result, Ok(()));
    }
}

/// Somebody of the demo who does not work for the provider.
const GUEST: &str = "end user";

/// The service, the proxy and an admin's profile, which provider is changed, and somebody who is invited.
pub struct Changing {
    there: There,
    pub provider: Uuid,
    pub guest: (Profile, Unlocked, tempfile::TempDir),
}

impl std::ops::Deref for Changing {
    type Target = There;

    fn deref(&self) -> &There {
        &self.there
    }
}

impl Changing {
    pub async fn new() -> Self {
        let there = There::new().await;
        there.clean_sync().await;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let guest = there.demo.sign_in(&profile, GUEST).await;
        there.demo.sync(&profile, &guest).await.unwrap();
        Self { provider: there.demo.accounts.provider.id, there, guest: (profile, guest, folder) }
    }

    /// Does the deed once through the fault and once more past it.
    async fn meets(&self, what: What, method: &str, path: &str, fault: Fault) {
        let clean = self.demo.client(&self.profile);
        let stop = CancellationToken::new();
        poll_provider(&clean, &self.unlocked, self.provider, &stop).await.unwrap();
        let target = format!("{method} /api/providers/{}{path}", self.provider);
        let deed = Deed { what, target };
        let said = format!("{} {fault:?}", deed.target);
        assert!(!self.is_done(&deed), "{said}: nothing was to be done");

        self.proxy.harm(Place::Once(deed.target.clone()), fault);
        let api = self.api_through_the_proxy(IDLE, WHOLE);
        let outcome =
            tokio::time::timeout(HANGS, self.act(&deed, &api, &stop)).await.expect("an action hangs");
        assert!(self.proxy.asked().contains(&deed.target), "{said}: was not asked");
        documented::hold(&self.proxy.bodies());
        self.proxy.harm(Place::Nowhere, Fault::CutBefore);
        match outcome {
            Ok(()) => assert!(self.is_done(&deed), "{said}: was said to be done"),
            Err(ActionError::Uncertain { touched, .. }) => {
                take_in(&clean, &self.unlocked, &touched, &stop).await.unwrap();
            }
            Err(error) => {
                assert!(error.api().is_some(), "{said}: {error:?}");
                // A busy service may come to a request that was cut off only after the last look.
                let may_come_late = fault == Fault::CutWhileAsked;
                assert!(may_come_late || !self.is_done(&deed), "{said}: was said not to be done: {error:?}");
            }
        }
        let becomes_true = async {
            while self.shown() != self.on_the_service() {
                poll_provider(&clean, &self.unlocked, self.provider, &stop).await.unwrap();
            }
        };
        let true_in_time = tokio::time::timeout(HANGS, becomes_true).await;
        true_in_time.unwrap_or_else(|_| panic!("{said}: the cache stays untrue to the service"));

        self.act(&deed, &clean, &stop).await.unwrap_or_else(|error| panic!("{said}, again: {error:?}"));
        assert!(self.is_done(&deed), "{said}: is not done");
        if matches!(deed.what, What::Accept(..)) {
            // That was somebody else's deed.
            poll_provider(&clean, &self.unlocked, self.provider, &stop).await.unwrap();
        }
        assert_eq!(self.shown(), self.on_the_service(), "{said}: the cache is not true to the service");
    }

    /// Takes an own organization on by this route, through the fault, and lets it go past it.
    async fn takes_on_and_lets_go(&self, route: &str, fault: Fault) {
        let (clean, stop) = (self.demo.client(&self.profile), CancellationToken::new());
        let addable = addable_organizations(&clean, &self.unlocked, self.provider, &stop).await.unwrap();
        let own = addable.first().unwrap_or_else(|| panic!("{fault:?}: what was let go can be added again"));
        self.meets(What::AddExisting(own.id), "POST", route, fault).await;
        let link = self.link_of(&own.name);
        unlink_client(&clean, &self.unlocked, self.provider, link, &stop).await.unwrap();
    }

    /// The providers of the admin with their clients and people, as a reader sees them.
    pub fn shown(&self) -> Vec<String> {
        let picture = self.unlocked.picture();
        let mut lines = Vec::new();
        for view in picture.providers().unwrap() {
            let id = view.provider.id;
            assert!(picture.provider_key(id).unwrap().is_ok(), "its key opens");
            lines.push(format!("{id} {} {:?}", view.provider.name, view.provider.billing_email));
            lines.extend(view.rows.iter().map(|row| {
                assert!(picture.organization_key(row.organization_id).unwrap().is_ok(), "{}", row.name);
                format!("{id} {} {} {:?}", row.provider_organization_id, row.name, row.assigned)
            }));
            let team = view.team.iter().flatten();
            lines.extend(team.map(|one| format!("{id} {} {} {}", one.id, one.role.0, one.status.0)));
        }
        lines.sort_unstable();
        lines
    }

    pub fn on_the_service(&self) -> Vec<String> {
        let admin = self.unlocked.account();
        let mine = "SELECT provider_id FROM provider_users WHERE user_id = ?1 AND status = 2";
        let database = self.demo.database();
        let id = |row: &rusqlite::Row<'_>, column| {
            Uuid::from_slice(&row.get::<_, Vec<u8>>(column).unwrap()).unwrap()
        };
        let mut lines: Vec<String> = Vec::new();
        let mut read = |sql: &str, line: &dyn Fn(&rusqlite::Row<'_>) -> String| {
            let mut statement = database.prepare(sql).unwrap();
            let rows = statement.query_map([admin.as_bytes().as_slice()], |row| Ok(line(row))).unwrap();
            lines.extend(rows.map(Result::unwrap));
        };
        let sql =
            format!("SELECT id, name, billing_email FROM providers WHERE status > 0 AND id IN ({mine})");
        read(&sql, &|row| {
            let (name, email): (String, Option<String>) = (row.get(1).unwrap(), row.get(2).unwrap());
            format!("{} {name} {email:?}", id(row, 0))
        });
        let set_up = format!("SELECT id FROM providers WHERE status > 0 AND id IN ({mine})");
        let sql = format!(
            "SELECT l.provider_id, l.id, o.name, o.seats FROM provider_organizations l
             JOIN organizations o ON o.id = l.organization_id WHERE l.provider_id IN ({set_up})"
        );
        read(&sql, &|row| {
            let (name, seats): (String, Option<i32>) = (row.get(2).unwrap(), row.get(3).unwrap());
            format!("{} {} {name} {seats:?}", id(row, 0), id(row, 1))
        });
        let sql = format!(
            "SELECT provider_id, id, type, status FROM provider_users WHERE provider_id IN ({set_up})"
        );
        read(&sql, &|row| {
            let (role, status): (i32, i32) = (row.get(2).unwrap(), row.get(3).unwrap());
            format!("{} {} {role} {status}", id(row, 0), id(row, 1))
        });
        lines.sort_unstable();
        lines
    }

    pub fn change(&self, sql: &str, id: Uuid) {
        let changed = self.demo.database().execute(sql, [id.as_bytes().as_slice()]).unwrap();
        assert!(changed > 0, "{sql}");
    }

    fn link_of(&self, name: &str) -> Uuid {
        let picture = self.unlocked.picture();
        let mut rows = picture.providers().unwrap().iter().flat_map(|view| view.rows.clone());
        rows.find(|row| row.name == name).unwrap().provider_organization_id
    }

    pub fn member_of(&self, email: &str) -> Uuid {
        let picture = self.unlocked.picture();
        let mut team =
            picture.providers().unwrap().iter().flat_map(|view| view.team.clone().unwrap_or_default());
        team.find(|member| member.email == email).unwrap().id
    }

    /// A provider that waits for the admin to set it up, and the token that was mailed.
    pub async fn made_by_staff(&self) -> (Uuid, SecretText) {
        let (file, base) = (self.demo.database_file(), self.demo.base().clone());
        let new = NewProvider {
            kind: ProviderKind::Msp { teams_minimum: 1, enterprise_minimum: 1 },
            owner_email: self.demo.account(PROVIDER_ADMIN).email.to_owned(),
            client_items: ClientItems::Read,
        };
        let made = tokio::task::spawn_blocking(move || {
            Store::open(file).unwrap().create_provider(&new, Some(&base))
        });
        let link = InvitationLink::parse(&made.await.unwrap().unwrap().link).unwrap();
        let Invitation::SetUpProvider { provider } = link.invitation else { panic!("another link") };
        (provider, link.token)
    }
}
