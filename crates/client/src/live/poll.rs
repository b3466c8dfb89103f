//! Looking at a provider where the server tells nothing: the official one pushes nothing to providers (design §3).

use std::collections::HashMap;

use portico_profile::{ProviderPicture, Unlocked};
use portico_protocol::provider::ProviderOrganizationDetails;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::actions::{Acting, Touched, take_in};
use crate::http::ApiClient;
use crate::refresh::Authorized;
use crate::sync::{Memberships, SyncError, read_provider};

/// Looks whether the provider itself, its team or its list of clients is another than in the picture; what is, is read
/// and taken in. Returns whether it was. Three requests where nothing changed, and nothing is written.
///
/// # Errors
/// See [`SyncError`].
pub async fn poll_provider(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    stop: &CancellationToken,
) -> Result<bool, SyncError> {
    let acting = Acting::new(client, unlocked, stop);
    let (known, membership) = {
        let picture = unlocked.picture();
        let membership = picture.profile()?.and_then(|profile| Memberships::of(profile).provider(provider));
        (picture.provider_as_read(provider)?, membership)
    };
    let Some(membership) = membership else { return Ok(false) };
    let asking = Authorized { client, session: unlocked, room: None };
    let touched = match (read_provider(asking, membership, stop).await, known) {
        // Another role, or none any more.
        (Err(error), _) if matches!(error.status(), Some(403 | 404)) => {
            Touched::provider(provider).and_profile().and_token()
        }
        (Err(error), _) => return Err(error.into()),
        (Ok(_), None) => Touched::provider(provider).and_profile(),
        (Ok(now), Some(known)) => match difference(&known, &now, provider) {
            Some(touched) => touched,
            None => return Ok(false),
        },
    };
    take_in::now(&acting, &touched).await?;
    Ok(true)
}

/// So many changed clients are read at once; the others are due with the next sync, which sees their rows.
const MOST_CLIENTS: usize = 8;

/// What has to be read again. The order of a list says nothing.
fn difference(known: &ProviderPicture, now: &ProviderPicture, provider: Uuid) -> Option<Touched> {
    let by_id = |picture: &ProviderPicture| -> HashMap<Uuid, ProviderOrganizationDetails> {
        picture.clients.iter().map(|row| (row.organization_id, row.clone())).collect()
    };
    let team = |picture: &ProviderPicture| {
        let mut team = picture.members.clone();
        team.iter_mut().for_each(|team| team.sort_by_key(|member| member.id));
        team
    };
    let (rows_known, rows_now) = (by_id(known), by_id(now));
    if known.provider == now.provider && rows_known == rows_now && team(known) == team(now) {
        return None;
    }
    let mut touched = Touched::provider(provider);
    let other_clients =
        rows_known.len() != rows_now.len() || rows_now.keys().any(|id| !rows_known.contains_key(id));
    // A new client's key comes with the profile only (protocol.md §5.12), and so does the provider's name.
    if other_clients || known.provider.name != now.provider.name {
        touched = touched.and_profile();
    }
    let changed = rows_now.iter().filter(|(id, row)| rows_known.get(id) != Some(row));
    for (id, _) in changed.take(MOST_CLIENTS) {
        touched = touched.and_client(*id);
    }
    Some(touched)
}

#[cfg(test)]
mod tests {
    use portico_protocol::provider::{ProviderResponse, ProviderUserDetails};

    use super::*;

    const PROVIDER: Uuid = Uuid::from_u128(1);

    fn picture(rows: &[(u128, i32)], members: &[u128]) -> ProviderPicture {
        let row = |(id, users): &(u128, i32)| ProviderOrganizationDetails {
            organization_id: Uuid::from_u128(*id),
            user_count: Some(*users),
            ..ProviderOrganizationDetails::default()
        };
        let member = |id: &u128| ProviderUserDetails { id: Uuid::from_u128(*id), ..Default::default() };
        ProviderPicture {
            provider: ProviderResponse { id: PROVIDER, name: "Brightwater IT".into(), ..Default::default() },
            clients: rows.iter().map(row).collect(),
            members: Some(members.iter().map(member).collect()),
        }
    }

    #[test]
    fn only_what_changed_is_read_again() {
        let known = picture(&[(10, 5), (11, 6)], &[7, 8]);
        let difference = |now: &ProviderPicture| difference(&known, now, PROVIDER);
        assert_eq!(difference(&picture(&[(11, 6), (10, 5)], &[8, 7])), None, "another order is no change");
        let provider = || Touched::provider(PROVIDER);
        assert_eq!(difference(&picture(&[(10, 5), (11, 6)], &[7])), Some(provider()));
        let changed = provider().and_client(Uuid::from_u128(11));
        assert_eq!(difference(&picture(&[(10, 5), (11, 7)], &[7, 8])), Some(changed));
        let new = provider().and_profile().and_client(Uuid::from_u128(12));
        assert_eq!(difference(&picture(&[(10, 5), (11, 6), (12, 1)], &[7, 8])), Some(new));
        let gone = provider().and_profile();
        assert_eq!(difference(&picture(&[(10, 5)], &[7, 8])), Some(gone));
    }
}
