//! What is changed: how it is done, and how the service shows that it is.

use portico_client::{
    ActionError, ApiClient, CancellationToken, ClientChange, ClientDraft, DeleteProviderError, NewClient,
    ProviderSetUp, ProviderSettings, ProviderUserType, SetUpDraft, accept_provider_invitation,
    add_existing_client, confirm_provider_members, create_client, delete_provider, invite_provider_members,
    provider_member_fingerprints, remove_provider_members, set_provider_member_role, set_up_provider,
    unlink_client, update_client, update_provider,
};
use portico_protocol::SecretText;
use uuid::Uuid;

use crate::demo::PROVIDER_ADMIN;
use crate::mutations::Changing;

/// A change, and what makes it meet the fault: method and path.
pub struct Deed {
    pub what: What,
    pub target: String,
}

pub enum What {
    Create(ClientDraft, NewClient),
    Rename(Uuid, ClientChange),
    Unlink(Uuid),
    AddExisting(Uuid),
    Invite(String),
    Promote(Uuid),
    /// Of the guest, with the token that was mailed.
    Accept(Uuid, SecretText),
    Confirm(Uuid),
    Remove(Uuid),
    Settings(ProviderSettings),
    SetUp(SetUpDraft, Box<ProviderSetUp>),
    Delete(Uuid),
}

impl Changing {
    pub async fn act(
        &self,
        deed: &Deed,
        api: &ApiClient,
        stop: &CancellationToken,
    ) -> Result<(), ActionError> {
        let (unlocked, provider) = (&self.unlocked, self.provider);
        match &deed.what {
            What::Create(draft, new) => create_client(api, unlocked, draft, new, stop).await.map(drop),
            What::Rename(link, change) => {
                update_client(api, unlocked, provider, *link, change, stop).await.map(drop)
            }
            What::Unlink(link) => unlink_client(api, unlocked, provider, *link, stop).await.map(drop),
            What::AddExisting(organization) => {
                add_existing_client(api, unlocked, provider, *organization, stop).await.map(drop)
            }
            What::Accept(member, token) => {
                let guest = &self.guest.1;
                accept_provider_invitation(api, guest, provider, *member, token, stop).await.map(drop)
            }
            What::Invite(email) => {
                let emails = [email.clone()];
                let role = ProviderUserType::SERVICE_USER;
                invite_provider_members(api, unlocked, provider, &emails, role, stop).await.map(drop)
            }
            What::Promote(member) => {
                let role = ProviderUserType::PROVIDER_ADMIN;
                set_provider_member_role(api, unlocked, provider, *member, role, stop).await.map(drop)
            }
            What::Confirm(member) => {
                let shown = provider_member_fingerprints(api, unlocked, provider, &[*member], stop).await?;
                // Who is confirmed already has no key to show: the phrase of before is confirmed once more.
                let confirmed = confirm_provider_members(api, unlocked, provider, &shown, stop).await?;
                assert!(confirmed.value.iter().all(|one| one.result == Ok(())), "{:?}", confirmed.value);
                Ok(())
            }
            What::Remove(member) => {
                let removed = remove_provider_members(api, unlocked, provider, &[*member], stop).await?;
                assert_eq!(removed.value[0].result, Ok(()));
                Ok(())
            }
            What::Settings(settings) => {
                update_provider(api, unlocked, provider, settings, stop).await.map(drop)
            }
            What::SetUp(draft, set_up) => set_up_provider(api, unlocked, draft, set_up, stop).await.map(drop),
            What::Delete(provider) => {
                let password = SecretText::new(self.demo.account(PROVIDER_ADMIN).password.to_owned());
                match delete_provider(api, &self.profile, unlocked, *provider, &password, stop).await {
                    Ok(_) => Ok(()),
                    Err(DeleteProviderError::Action(error)) => Err(error),
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
    }

    /// As the service has it.
    pub fn is_done(&self, deed: &Deed) -> bool {
        let provider = self.provider.as_bytes().as_slice();
        let count = |sql: &str, value: &dyn rusqlite::ToSql| -> i64 {
            let sql = format!("SELECT count(*) FROM {sql}");
            self.demo.database().query_row(&sql, (provider, value), |row| row.get(0)).unwrap()
        };
        let clients = "provider_organizations l JOIN organizations o ON o.id = l.organization_id
                       WHERE l.provider_id = ?1 AND";
        let people = "provider_users WHERE provider_id = ?1 AND";
        let bytes = |id: &Uuid| id.as_bytes().to_vec();
        match &deed.what {
            What::Create(_, new) => {
                let made = count(&format!("{clients} o.name = ?2"), &new.name);
                assert!(made < 2, "{} was made twice", new.name);
                made == 1
            }
            What::Rename(link, change) => {
                let is_so = format!("o.name = '{}' AND o.seats = {}", change.name, change.assigned_seats);
                count(&format!("{clients} l.id = ?2 AND {is_so}"), &bytes(link)) == 1
            }
            What::Unlink(link) => count(&format!("{clients} l.id = ?2"), &bytes(link)) == 0,
            What::AddExisting(organization) => {
                count(&format!("{clients} o.id = ?2"), &bytes(organization)) == 1
            }
            What::Accept(member, _) => {
                let is_so = "status = 1 AND user_id IS NOT NULL";
                count(&format!("{people} id = ?2 AND {is_so}"), &bytes(member)) == 1
            }
            What::Invite(email) => {
                let invited = count(&format!("{people} email = ?2"), email);
                assert!(invited < 2, "{email} was invited twice");
                invited == 1
            }
            What::Promote(member) => count(&format!("{people} id = ?2 AND type = 0"), &bytes(member)) == 1,
            What::Confirm(member) => {
                let is_so = "status = 2 AND provider_key IS NOT NULL";
                count(&format!("{people} id = ?2 AND {is_so}"), &bytes(member)) == 1
            }
            What::Remove(member) => count(&format!("{people} id = ?2"), &bytes(member)) == 0,
            What::Settings(settings) => count("providers WHERE id = ?1 AND name = ?2", &settings.name) == 1,
            What::SetUp(_, set_up) => {
                count("providers WHERE id = ?1 AND name = ?2 AND status = 2", &set_up.name) == 1
            }
            What::Delete(_) => count("providers WHERE id = ?1 AND ?2 = ?2", &0) == 0,
        }
    }
}
