//! One client organization: figures here; people, groups, collections and policies each in a part of its own.

mod collections;
mod groups;
mod head;
mod members;
mod paths;
mod policies;
#[cfg(test)]
mod tests;

pub use collections::{collection, collections};
pub use groups::{group, groups};
pub use head::head;
pub use members::{member, member_counts, members};
pub(super) use paths::permission;
pub use policies::policies;
use portico_estate::{ClientStructure, MemberStatus as Status, MemberType, OrganizationUserDetails, Person};

use super::date;
use crate::dto::client::{Coverage, MemberRole, MemberStatus, PersonRef};

/// Of the confirmed members, those for whom `has` holds.
pub fn coverage(client: &ClientStructure, has: impl Fn(&OrganizationUserDetails) -> bool) -> Coverage {
    let confirmed = client.members.iter().filter(|member| member.status == Status::CONFIRMED);
    let (mut on, mut of) = (0, 0);
    for member in confirmed {
        of += 1;
        on += u32::from(has(member));
    }
    Coverage { on, of }
}

/// Owners who are not revoked, by e-mail.
pub fn owners(client: &ClientStructure) -> Vec<PersonRef> {
    let mut owners: Vec<_> = client
        .members
        .iter()
        .filter(|member| member.role == MemberType::OWNER && member.status != Status::REVOKED)
        .map(person)
        .collect();
    owners.sort_by(|left, right| left.email.cmp(&right.email));
    owners
}

fn person(member: &OrganizationUserDetails) -> PersonRef {
    PersonRef {
        member_id: member.id.to_string(),
        name: member.name().map(str::to_owned),
        email: member.email.clone(),
        status: status(member.status),
    }
}

/// The state of a membership.
pub fn status(status: Status) -> MemberStatus {
    match status {
        Status::INVITED => MemberStatus::Invited,
        Status::ACCEPTED => MemberStatus::NeedsConfirmation,
        Status::CONFIRMED => MemberStatus::Confirmed,
        Status::REVOKED => MemberStatus::Revoked,
        Status::STAGED => MemberStatus::Staged,
        _ => MemberStatus::Unknown,
    }
}

/// The role of a member.
pub fn role(role: MemberType) -> MemberRole {
    match role {
        MemberType::OWNER => MemberRole::Owner,
        MemberType::ADMIN => MemberRole::Admin,
        MemberType::USER => MemberRole::User,
        MemberType::CUSTOM => MemberRole::Custom,
        _ => MemberRole::Unknown,
    }
}

/// When a picture was read, for the page.
pub fn read_at(moment: Option<time::OffsetDateTime>) -> Option<String> {
    moment.and_then(date)
}
