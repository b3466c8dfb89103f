//! Provider Portal → Manage → Members.

use portico_estate::{
    PeopleQuery, PeopleSort, PeopleToggle, Person, ProviderUserDetails, ProviderUserStatus, ProviderUserType,
    TeamRefusal, may_remove, may_set_role, people_counts, select_people,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{count, date, window};
use crate::dto::{
    client::MemberStatus,
    team::{TeamCounts, TeamFilter, TeamObstacle, TeamPage, TeamQuery, TeamRole, TeamRow, TeamSort},
};

/// One window of the team. `own`: the person of this account. `read_at`: when the server last said that it is so.
pub fn page(
    team: &[ProviderUserDetails],
    query: &TeamQuery,
    own: Uuid,
    read_at: Option<OffsetDateTime>,
) -> TeamPage {
    let wanted = PeopleQuery {
        toggle: match query.filter {
            TeamFilter::All => PeopleToggle::All,
            TeamFilter::Invited => PeopleToggle::Invited,
            TeamFilter::NeedsConfirmation => PeopleToggle::NeedsConfirmation,
        },
        text: query.search.clone(),
        sort: match query.sort {
            TeamSort::Email => PeopleSort::Email,
            TeamSort::Role => PeopleSort::Role,
        },
        descending: query.descending,
    };
    let mut places = select_people(team, &wanted);
    places.retain(|place| query.role.is_none_or(|asked| role(team[*place as usize].role) == Some(asked)));
    let counts = people_counts(team);
    TeamPage {
        total: count(places.len()),
        ids: places.iter().map(|place| team[*place as usize].id.to_string()).collect(),
        rows: window(&places, query.offset, query.limit)
            .iter()
            .map(|place| row(team, &team[*place as usize], own))
            .collect(),
        counts: TeamCounts {
            all: count(counts.all),
            invited: count(counts.invited),
            needs_confirmation: count(counts.needs_confirmation),
        },
        read_at: read_at.and_then(date),
    }
}

/// One person of the team, as a row.
pub fn row(team: &[ProviderUserDetails], member: &ProviderUserDetails, own: Uuid) -> TeamRow {
    TeamRow {
        id: member.id.to_string(),
        user_id: member.user_id.map(|id| id.to_string()),
        name: member.name().map(str::to_owned),
        email: member.email.clone(),
        role: role(member.role),
        status: status(member.status),
        own: member.user_id == Some(own),
        not_removable: obstacle(may_remove(team, own, &[member.id])),
        not_demotable: obstacle(may_set_role(team, member.id, ProviderUserType::SERVICE_USER)),
    }
}

/// Why these members cannot be removed together.
pub fn removal(team: &[ProviderUserDetails], members: &[Uuid], own: Uuid) -> Option<TeamObstacle> {
    obstacle(may_remove(team, own, members))
}

/// A role that this version knows.
pub fn role(role: ProviderUserType) -> Option<TeamRole> {
    match role {
        ProviderUserType::PROVIDER_ADMIN => Some(TeamRole::ProviderAdmin),
        ProviderUserType::SERVICE_USER => Some(TeamRole::ServiceUser),
        _ => None,
    }
}

/// The state of a membership in a provider.
pub fn status(status: ProviderUserStatus) -> MemberStatus {
    match status {
        ProviderUserStatus::INVITED => MemberStatus::Invited,
        ProviderUserStatus::ACCEPTED => MemberStatus::NeedsConfirmation,
        ProviderUserStatus::CONFIRMED => MemberStatus::Confirmed,
        _ => MemberStatus::Unknown,
    }
}

fn obstacle(allowed: Result<(), TeamRefusal>) -> Option<TeamObstacle> {
    allowed.err().map(|refusal| match refusal {
        TeamRefusal::LastAdmin => TeamObstacle::LastAdmin,
        TeamRefusal::Yourself => TeamObstacle::Yourself,
    })
}
