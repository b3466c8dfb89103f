//! What the ids in events stand for, from all that an account knows.

use portico_estate::EventNames;
use uuid::Uuid;

use crate::errors::ReadError;
use crate::unlocked::Unlocked;

impl Unlocked {
    /// Names for the ids in the logs: of the picture of now, and of clients and people that left. Names that are lost to damage are
    /// ids again, and no more.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn event_names(&self) -> Result<EventNames, ReadError> {
        let mut names = EventNames::default();
        match self.former_names() {
            Err(error) if error.is_damage() => {
                tracing::warn!(%error, "what those were called that left is not known");
            }
            former => former?.name(&mut names),
        }
        let picture = self.picture();
        names.add_structure(picture.search_texts()?);
        for view in picture.providers()? {
            names.add_clients(&view.rows);
            names.add_team(view.team.as_deref().unwrap_or_default());
        }
        if let Some(profile) = picture.profile()? {
            names.add_own(profile);
        }
        Ok(names)
    }

    /// As [`Unlocked::event_names`], for the log of one organization: its members are known by their accounts too, by which
    /// they act, and people of the provider that manages it, where they are not known, by the provider's name.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn event_names_in(&self, organization: Uuid) -> Result<EventNames, ReadError> {
        let mut names = self.event_names()?;
        let picture = self.picture();
        for view in picture.providers()? {
            names.add_provider(view.provider.id, &view.provider.name);
        }
        if let Some(profile) = picture.profile()? {
            let of_members =
                profile.memberships().iter().map(|own| (own.id, own.provider_id, &own.provider_name));
            let of_clients = &profile.provider_organizations;
            let of_clients = of_clients.iter().map(|one| (one.id, one.provider_id, &one.provider_name));
            for (id, provider, name) in of_members.chain(of_clients) {
                if let (true, Some(provider), Some(name)) = (id == organization, provider, name) {
                    names.add_provider(provider, name);
                }
            }
        }
        let client = match picture.client(organization) {
            Err(error) if error.is_damage() => {
                tracing::warn!(%error, "the members of an organization are not known by their accounts");
                None
            }
            client => client?,
        };
        for member in client.iter().flat_map(|client| &client.members) {
            if let Some(user) = member.user_id {
                names.add_person(user, member.name.as_deref(), &member.email);
            }
        }
        Ok(names)
    }
}
