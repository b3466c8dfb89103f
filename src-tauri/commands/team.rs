//! Provider Portal → Manage → Members. The list is read from what is kept; everything else asks the server.

use portico_client::{
    InvitedEmails, MOST_INVITED, MemberFingerprint, MemberRefusal, MemberResult, confirm_provider_members,
    invite_provider_members, invited_emails, provider_member_fingerprints, reinvite_provider_members,
    remove_provider_members, set_provider_member_role,
};
use portico_estate::ProviderUserType;
use tauri::{AppHandle, State};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{blocking, id, open};
use crate::{
    acting::Acting,
    dto::{
        error::{AppError, ErrorCode},
        team::{
            EmailsRead, TeamFingerprint, TeamInvited, TeamObstacle, TeamPage, TeamQuery, TeamRefused,
            TeamRefusedReason, TeamResult, TeamRole, TeamRow,
        },
    },
    failure::Answer,
    live::{is_fresh, look},
    shell::{Open, Shell},
    views,
};

#[tauri::command]
pub async fn team_page(shell: State<'_, Shell>, query: TeamQuery) -> Answer<TeamPage> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let view = picture.provider(id(&query.provider_id)?)?;
        let read_at = view.and_then(|view| open.provider_seen_at(view));
        with_team(&open, &query.provider_id, |team| views::team::page(team, &query, open.account(), read_at))
    })
    .await
}

/// Compares the team and the clients of a provider with the server. `if_old`: unless they were a minute ago.
#[tauri::command]
pub async fn refresh_team(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    if_old: bool,
) -> Answer<()> {
    let (open, provider) = (open(&shell)?, id(&provider_id)?);
    let api = open.online()?;
    let seen_at = open.unlocked.picture().provider(provider)?.and_then(|view| open.provider_seen_at(view));
    if if_old && seen_at.is_some_and(|at| is_fresh(at, OffsetDateTime::now_utc())) {
        return Ok(());
    }
    Ok(look(&app, &open, &api, provider, &open.closing).await?)
}

#[tauri::command]
pub async fn team_member(shell: State<'_, Shell>, provider_id: String, member_id: String) -> Answer<TeamRow> {
    let open = open(&shell)?;
    blocking(move || {
        let wanted = id(&member_id)?;
        let row = with_team(&open, &provider_id, |team| {
            let member = team.iter().find(|member| member.id == wanted)?;
            Some(views::team::row(team, member, open.account()))
        })?;
        row.ok_or(AppError::of(ErrorCode::NotFound))
    })
    .await
}

/// Why these cannot be removed together, known before the server is asked.
#[tauri::command]
pub async fn team_removal(
    shell: State<'_, Shell>,
    provider_id: String,
    members: Vec<String>,
) -> Answer<Option<TeamObstacle>> {
    let open = open(&shell)?;
    let members = ids(&members)?;
    blocking(move || {
        with_team(&open, &provider_id, |team| views::team::removal(team, &members, open.account()))
    })
    .await
}

/// What a person typed, as addresses.
#[tauri::command]
pub async fn read_emails(text: String) -> Answer<EmailsRead> {
    let InvitedEmails { emails, invalid } = invited_emails(&text);
    Ok(EmailsRead { emails, invalid, most: views::count(MOST_INVITED) })
}

#[tauri::command]
pub async fn invite_team(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    emails: Vec<String>,
    role: TeamRole,
) -> Answer<Vec<TeamInvited>> {
    let (provider, role) = (id(&provider_id)?, wire(role));
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let acted =
        invite_provider_members(&acting.api, acting.unlocked(), provider, &emails, role, acting.stop()).await;
    let invited = acting.end(acted)?.into_iter();
    Ok(invited.map(|one| TeamInvited { email: one.email, already: one.already }).collect())
}

#[tauri::command]
pub async fn reinvite_team(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    members: Vec<String>,
) -> Answer<Vec<TeamResult>> {
    let (provider, members) = (id(&provider_id)?, ids(&members)?);
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let acted =
        reinvite_provider_members(&acting.api, acting.unlocked(), provider, &members, acting.stop()).await;
    Ok(results(acting.end(acted)?))
}

/// The phrases of those who have accepted, for comparing them aloud.
#[tauri::command]
pub async fn team_fingerprints(
    shell: State<'_, Shell>,
    provider_id: String,
    members: Vec<String>,
) -> Answer<Vec<TeamFingerprint>> {
    let (provider, members, open) = (id(&provider_id)?, ids(&members)?, open(&shell)?);
    let api = open.online()?;
    let found = provider_member_fingerprints(&api, &open.unlocked, provider, &members, &open.closing).await?;
    let shown =
        |one: MemberFingerprint| TeamFingerprint { member: one.member.to_string(), phrase: one.phrase };
    Ok(found.into_iter().map(shown).collect())
}

/// Hands the provider's key to those whose phrase the person was shown, and to nobody else.
#[tauri::command]
pub async fn confirm_team(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    shown: Vec<TeamFingerprint>,
) -> Answer<Vec<TeamResult>> {
    let provider = id(&provider_id)?;
    let shown =
        shown.into_iter().map(|one| Ok(MemberFingerprint { member: id(&one.member)?, phrase: one.phrase }));
    let shown = shown.collect::<Answer<Vec<_>>>()?;
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let acted =
        confirm_provider_members(&acting.api, acting.unlocked(), provider, &shown, acting.stop()).await;
    Ok(results(acting.end(acted)?))
}

#[tauri::command]
pub async fn set_team_role(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    member_id: String,
    role: TeamRole,
) -> Answer<()> {
    let (provider, member) = (id(&provider_id)?, id(&member_id)?);
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let acted =
        set_provider_member_role(&acting.api, acting.unlocked(), provider, member, wire(role), acting.stop())
            .await;
    acting.end(acted)
}

#[tauri::command]
pub async fn remove_team(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    members: Vec<String>,
) -> Answer<Vec<TeamResult>> {
    let (provider, members) = (id(&provider_id)?, ids(&members)?);
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let acted =
        remove_provider_members(&acting.api, acting.unlocked(), provider, &members, acting.stop()).await;
    Ok(results(acting.end(acted)?))
}

/// Asks the team of a provider, as it was last read. A service user may not read it.
fn with_team<T>(
    open: &Open,
    provider: &str,
    ask: impl FnOnce(&[portico_estate::ProviderUserDetails]) -> T,
) -> Answer<T> {
    let provider = id(provider)?;
    let picture = open.unlocked.picture();
    let view = picture.provider(provider)?;
    match view.map(|view| &view.team) {
        Some(Some(team)) => Ok(ask(team)),
        Some(None) => Err(AppError::of(ErrorCode::NotAllowed)),
        None => Err(AppError::of(ErrorCode::NotFound)),
    }
}

fn ids(texts: &[String]) -> Answer<Vec<Uuid>> {
    texts.iter().map(|text| id(text)).collect()
}

fn wire(role: TeamRole) -> ProviderUserType {
    match role {
        TeamRole::ProviderAdmin => ProviderUserType::PROVIDER_ADMIN,
        TeamRole::ServiceUser => ProviderUserType::SERVICE_USER,
    }
}

fn results(of: Vec<MemberResult>) -> Vec<TeamResult> {
    let refused = |refusal| {
        let (reason, said) = match refusal {
            MemberRefusal::Server(said) => (TeamRefusedReason::Server, said),
            MemberRefusal::KeyChanged => (TeamRefusedReason::KeyChanged, None),
            MemberRefusal::BadKey => (TeamRefusedReason::BadKey, None),
            MemberRefusal::NotAccepted => (TeamRefusedReason::NotAccepted, None),
            MemberRefusal::NotThere => (TeamRefusedReason::NotThere, None),
        };
        TeamRefused { reason, said: said.map(|text| text.as_str().to_owned()) }
    };
    of.into_iter()
        .map(|one| TeamResult { member: one.member.to_string(), refusal: one.result.err().map(refused) })
        .collect()
}
