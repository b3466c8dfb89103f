//! The provider's own people: invited, confirmed, given another role, removed (protocol.md §5.6).

use std::collections::HashMap;

use portico_crypto::{PublicKey, ceremony::wrap_for_member, fingerprint_phrase};
use portico_profile::Unlocked;
use portico_protocol::organization::requests::ConfirmEntry;
use portico_protocol::provider::requests::{
    ProviderUserBulkConfirmRequest, ProviderUserInviteRequest, ProviderUserUpdateRequest,
};
use portico_protocol::provider::{ProviderUserDetails, ProviderUserStatus, ProviderUserType};
use portico_protocol::{ListResponse, MOST_INVITED};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::fate::Settled;
use super::{Acted, Acting, ActionError, Touched, answer};
use crate::api_error::{ApiError, ServerMessage};
use crate::aside::aside;
use crate::http::{ApiClient, Change, Reply};

/// One address of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// In lower case.
    pub email: String,
    /// Was a member, or invited, before: nothing was sent.
    pub already: bool,
}

/// What became of one member of an action on several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberResult {
    /// providerUserId.
    pub member: Uuid,
    /// What was wanted is so, or why not.
    pub result: Result<(), MemberRefusal>,
}

/// Why something was not done to one member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberRefusal {
    /// The server refused.
    #[error("the server refused{}", .0.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Server(Option<ServerMessage>),
    /// The person's key is not the one whose fingerprint was shown. Nothing was handed over.
    #[error("the key is not the one whose fingerprint was shown")]
    KeyChanged,
    /// The person's key is no key that anything can be wrapped for.
    #[error("the key cannot be used")]
    BadKey,
    /// The person is invited and has not accepted.
    #[error("the invitation is not accepted yet")]
    NotAccepted,
    /// No such member.
    #[error("no such member")]
    NotThere,
}

/// By what two people compare a key aloud before it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFingerprint {
    /// providerUserId.
    pub member: Uuid,
    /// Five words (protocol.md §2.8).
    pub phrase: String,
}

/// `providerUserPublicKeyResponseModel` (protocol.md §5.6).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MemberKey {
    id: Uuid,
    user_id: Uuid,
    /// Base64 of SPKI DER.
    key: Option<String>,
}

/// `providerBulkConfirmResponseModel`; an empty error is a success.
#[derive(Deserialize)]
struct BulkLine {
    id: Uuid,
    #[serde(default)]
    error: Option<String>,
}

#[derive(Serialize)]
struct Ids<'a> {
    ids: &'a [Uuid],
}

/// Members of one bulk request: one line of half a kilobyte for each.
const AT_ONCE: usize = 100;

/// Invites people by mail. Who is a member or invited already is left as it is.
///
/// # Errors
/// See [`ActionError`]. Of more than twenty addresses the first ones may be invited when it fails.
pub async fn invite_provider_members(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    emails: &[String],
    role: ProviderUserType,
    stop: &CancellationToken,
) -> Result<Acted<Vec<Invited>>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let touched = Touched::provider(provider);
    let before = acting.team_now(provider).await?;
    let is_in = |team: &[ProviderUserDetails], email: &str| {
        team.iter().any(|member| member.email.eq_ignore_ascii_case(email))
    };
    let invited: Vec<Invited> =
        emails.iter().map(|email| Invited { email: email.clone(), already: is_in(&before, email) }).collect();
    let new: Vec<String> = invited.iter().filter(|one| !one.already).map(|one| one.email.clone()).collect();
    for emails in new.chunks(MOST_INVITED) {
        let body = ProviderUserInviteRequest {
            emails: emails.to_vec(),
            role: Some(role),
            ..ProviderUserInviteRequest::default()
        };
        let path = format!("/providers/{provider}/users/invite");
        let fate = acting.send(Change::Post, &path, Some(&body)).await;
        let are_in = || async {
            let team = acting.team(provider).await?;
            Ok(emails.iter().all(|email| is_in(&team, email)))
        };
        acting.settle(fate, &touched, are_in).await?;
    }
    Ok(acting.acted(invited, touched).await)
}

/// Mails invitations once more.
///
/// # Errors
/// See [`ActionError`]; what concerns one member is in its [`MemberResult`].
pub async fn reinvite_provider_members(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    members: &[Uuid],
    stop: &CancellationToken,
) -> Result<Acted<Vec<MemberResult>>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let touched = Touched::provider(provider);
    let mut said = HashMap::new();
    for ids in members.chunks(AT_ONCE) {
        let path = format!("/providers/{provider}/users/reinvite");
        let fate = acting.send(Change::Post, &path, Some(&Ids { ids })).await;
        // A mail leaves no trace in the team: whether it was sent is not known, and another does no harm.
        match acting.settle(fate, &touched, || async { Ok(false) }).await? {
            Settled::Done(reply) => said.extend(lines(*reply)),
            Settled::IsSo | Settled::WasSo => {}
        }
    }
    let results = each(members, |member| match said.get(&member) {
        Some(Some(words)) => Err(MemberRefusal::Server(ServerMessage::new(words))),
        Some(None) => Ok(()),
        None => Err(MemberRefusal::NotThere),
    });
    Ok(acting.acted(results, touched).await)
}

/// The fingerprints of those among `members` who have accepted and wait to be confirmed.
///
/// # Errors
/// See [`ActionError`].
pub async fn provider_member_fingerprints(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    members: &[Uuid],
    stop: &CancellationToken,
) -> Result<Vec<MemberFingerprint>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let keys = acting.keys(provider, members).await?;
    let phrase = |(member, key): (Uuid, Result<TheirKey, MemberRefusal>)| {
        Some(MemberFingerprint { member, phrase: key.ok()?.phrase })
    };
    Ok(keys.into_iter().filter_map(phrase).collect())
}

/// Confirms people: hands each the provider's key, wrapped for the public key whose fingerprint was shown, and no other.
///
/// # Errors
/// [`ActionError::Key`] without the provider's key, else see [`ActionError`]; what concerns one member is in its
/// [`MemberResult`].
pub async fn confirm_provider_members(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    shown: &[MemberFingerprint],
    stop: &CancellationToken,
) -> Result<Acted<Vec<MemberResult>>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let touched = Touched::provider(provider);
    let provider_key = unlocked.picture().provider_key(provider)??;
    let members: Vec<Uuid> = shown.iter().map(|one| one.member).collect();
    // Fetched anew: what was shown is bound to what is wrapped by the phrase, not by trust in the server.
    let keys: HashMap<Uuid, Result<TheirKey, MemberRefusal>> =
        acting.keys(provider, &members).await?.into_iter().collect();
    let mut refused: HashMap<Uuid, MemberRefusal> = HashMap::new();
    let mut wrapped = Vec::new();
    for one in shown {
        match keys.get(&one.member) {
            Some(Ok(key)) if key.phrase == one.phrase => {
                let key = aside(|| wrap_for_member(&provider_key, &key.key));
                wrapped.push(ConfirmEntry { id: one.member, key: Some(key), ..ConfirmEntry::default() });
            }
            Some(Ok(_)) => _ = refused.insert(one.member, MemberRefusal::KeyChanged),
            Some(Err(refusal)) => _ = refused.insert(one.member, refusal.clone()),
            // Why, the team says.
            None => {}
        }
    }
    drop(provider_key);
    for entries in wrapped.chunks(AT_ONCE) {
        let body = ProviderUserBulkConfirmRequest {
            keys: entries.to_vec(),
            ..ProviderUserBulkConfirmRequest::default()
        };
        let path = format!("/providers/{provider}/users/confirm");
        let fate = acting.send(Change::Post, &path, Some(&body)).await;
        let are_confirmed = || async {
            let team = acting.team(provider).await?;
            Ok(entries.iter().all(|entry| is_confirmed(&team, entry.id)))
        };
        if let Settled::Done(reply) = acting.settle(fate, &touched, are_confirmed).await? {
            let said = lines(*reply).into_iter();
            refused.extend(said.filter_map(|(member, words)| {
                Some((member, MemberRefusal::Server(ServerMessage::new(&words?))))
            }));
        }
    }
    let team = acting.team_after(provider, &touched).await?;
    let result = |member: Uuid| {
        let known = team.iter().find(|known| known.id == member);
        // A key that was not the one shown is worth telling even where somebody else has confirmed meanwhile.
        match (refused.remove(&member), known.map(|known| known.status)) {
            (Some(MemberRefusal::KeyChanged), _) => Err(MemberRefusal::KeyChanged),
            (_, Some(ProviderUserStatus::CONFIRMED)) => Ok(()),
            (Some(refusal), _) => Err(refusal),
            (None, Some(_)) => Err(MemberRefusal::NotAccepted),
            (None, None) => Err(MemberRefusal::NotThere),
        }
    };
    let results = each(&members, result);
    Ok(acting.acted(results, touched).await)
}

/// Gives a member another role. One's own role may be changed too: then the picture becomes that of the new role.
///
/// # Errors
/// See [`ActionError`]; the server refuses to demote the last confirmed provider admin.
pub async fn set_provider_member_role(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    member: Uuid,
    role: ProviderUserType,
    stop: &CancellationToken,
) -> Result<Acted<()>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let own = acting.is_own(provider, member)?;
    let touched = Touched::provider(provider);
    let touched = if own { touched.and_profile().and_token() } else { touched };
    let body = ProviderUserUpdateRequest { role: Some(role), ..ProviderUserUpdateRequest::default() };
    let path = format!("/providers/{provider}/users/{member}");
    let fate = acting.send(Change::Put, &path, Some(&body)).await;
    let has_role = || async {
        if own {
            // Who gave up a role may not read the team any more; the profile says it.
            let profile = acting.profile_now().await?;
            return Ok(profile.providers.iter().any(|own| own.id == provider && own.role == role));
        }
        let team = acting.team(provider).await?;
        Ok(team.iter().any(|known| known.id == member && known.role == role))
    };
    acting.settle(fate, &touched, has_role).await?;
    Ok(acting.acted((), touched).await)
}

/// Removes people. Who is not there any more counts as removed.
///
/// # Errors
/// See [`ActionError`]: that one confirmed provider admin has to stay is said of all of them together. What concerns one
/// member is in its [`MemberResult`].
pub async fn remove_provider_members(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    members: &[Uuid],
    stop: &CancellationToken,
) -> Result<Acted<Vec<MemberResult>>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let touched = Touched::provider(provider);
    let mut refused = HashMap::new();
    for ids in members.chunks(AT_ONCE) {
        let path = format!("/providers/{provider}/users");
        let fate = acting.send(Change::Delete, &path, Some(&Ids { ids })).await;
        let are_gone = || async {
            let team = acting.team(provider).await?;
            Ok(!team.iter().any(|known| ids.contains(&known.id)))
        };
        if let Settled::Done(reply) = acting.settle(fate, &touched, are_gone).await? {
            refused.extend(lines(*reply).into_iter().filter_map(|(member, words)| Some((member, words?))));
        }
    }
    let team = acting.team_after(provider, &touched).await?;
    let result = |member: Uuid| {
        let is_there = team.iter().any(|known| known.id == member);
        match refused.remove(&member) {
            _ if !is_there => Ok(()),
            words => Err(MemberRefusal::Server(words.as_deref().and_then(ServerMessage::new))),
        }
    };
    let results = each(members, result);
    Ok(acting.acted(results, touched).await)
}

/// A key that was fetched, with the phrase of just this key.
struct TheirKey {
    key: PublicKey,
    phrase: String,
}

impl Acting<'_> {
    async fn team(&self, provider: Uuid) -> Result<Vec<ProviderUserDetails>, ApiError> {
        let path = format!("/providers/{provider}/users");
        Ok(self.look::<ListResponse<ProviderUserDetails>>(&path).await?.data)
    }

    async fn team_now(&self, provider: Uuid) -> Result<Vec<ProviderUserDetails>, ActionError> {
        self.told(self.team(provider).await).await
    }

    /// The team after `touched` was changed.
    async fn team_after(
        &self,
        provider: Uuid,
        touched: &Touched,
    ) -> Result<Vec<ProviderUserDetails>, ActionError> {
        self.team(provider).await.map_err(|error| ActionError::from(error).uncertain(touched.clone()))
    }

    /// The public keys of those who have accepted, each with the phrase that belongs to it and to the user whom the team
    /// names: a key of somebody else has another phrase.
    async fn keys(
        &self,
        provider: Uuid,
        members: &[Uuid],
    ) -> Result<Vec<(Uuid, Result<TheirKey, MemberRefusal>)>, ActionError> {
        let mut keys = Vec::new();
        for ids in members.chunks(AT_ONCE) {
            let path = format!("/providers/{provider}/users/public-keys");
            let fate = self.send(Change::Post, &path, Some(&Ids { ids })).await;
            // It changes nothing, although it is a POST.
            let nothing = Touched::default();
            let Settled::Done(reply) = self.settle(fate, &nothing, || async { Ok(false) }).await? else {
                continue;
            };
            let list: ListResponse<MemberKey> = reply.json()?;
            keys.extend(list.data.into_iter().filter(|key| ids.contains(&key.id)).map(|found| {
                let key = found.key.as_deref().and_then(|key| PublicKey::from_base64(key).ok());
                let key = key.ok_or(MemberRefusal::BadKey).map(|key| TheirKey {
                    phrase: fingerprint_phrase(&found.user_id.to_string(), key.spki()),
                    key,
                });
                (found.id, key)
            }));
        }
        Ok(keys)
    }

    /// Whether the membership is the person's own.
    fn is_own(&self, provider: Uuid, member: Uuid) -> Result<bool, ActionError> {
        let picture = self.unlocked.picture();
        let view = picture.provider(provider)?;
        let mut team = view.and_then(|view| view.team.as_deref()).unwrap_or_default().iter();
        Ok(team.any(|known| known.id == member && known.user_id == Some(self.unlocked.account())))
    }
}

fn is_confirmed(team: &[ProviderUserDetails], member: Uuid) -> bool {
    team.iter().any(|known| known.id == member && known.status == ProviderUserStatus::CONFIRMED)
}

/// What a bulk answer says of each: nothing, or why not.
fn lines(reply: Reply) -> Vec<(Uuid, Option<String>)> {
    let list: Option<ListResponse<BulkLine>> = answer(reply);
    let line = |line: BulkLine| (line.id, line.error.filter(|words| !words.trim().is_empty()));
    list.map(|list| list.data.into_iter().map(line).collect()).unwrap_or_default()
}

fn each(members: &[Uuid], mut result: impl FnMut(Uuid) -> Result<(), MemberRefusal>) -> Vec<MemberResult> {
    members.iter().map(|member| MemberResult { member: *member, result: result(*member) }).collect()
}
