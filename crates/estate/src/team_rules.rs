//! What cannot be done to a provider's team, known before the server is asked (protocol.md §5.6).

use portico_protocol::provider::{ProviderUserDetails, ProviderUserStatus, ProviderUserType};
use uuid::Uuid;

/// Why somebody of the team cannot be removed or given another role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TeamRefusal {
    /// The provider would have no confirmed provider admin left.
    LastAdmin,
    /// Nobody removes themselves.
    Yourself,
}

/// Whether these members may be removed, all together as the server looks at them. `own_user`: who asks, by user id;
/// `members`: by membership (providerUserId).
///
/// # Errors
/// See [`TeamRefusal`].
pub fn may_remove(team: &[ProviderUserDetails], own_user: Uuid, members: &[Uuid]) -> Result<(), TeamRefusal> {
    let is_removed = |member: &ProviderUserDetails| members.contains(&member.id);
    if team.iter().any(|member| is_removed(member) && member.user_id == Some(own_user)) {
        return Err(TeamRefusal::Yourself);
    }
    let takes_an_admin = team.iter().any(|member| is_removed(member) && is_confirmed_admin(member));
    let one_stays = team.iter().any(|member| !is_removed(member) && is_confirmed_admin(member));
    if takes_an_admin && !one_stays { Err(TeamRefusal::LastAdmin) } else { Ok(()) }
}

/// Whether a member may be given this role. One's own role may be changed.
///
/// # Errors
/// [`TeamRefusal::LastAdmin`].
pub fn may_set_role(
    team: &[ProviderUserDetails],
    member: Uuid,
    role: ProviderUserType,
) -> Result<(), TeamRefusal> {
    if role == ProviderUserType::PROVIDER_ADMIN {
        return Ok(());
    }
    let is_admin_now = team.iter().any(|known| known.id == member && is_confirmed_admin(known));
    let another = team.iter().any(|known| known.id != member && is_confirmed_admin(known));
    if is_admin_now && !another { Err(TeamRefusal::LastAdmin) } else { Ok(()) }
}

fn is_confirmed_admin(member: &ProviderUserDetails) -> bool {
    member.role == ProviderUserType::PROVIDER_ADMIN && member.status == ProviderUserStatus::CONFIRMED
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN: ProviderUserType = ProviderUserType::PROVIDER_ADMIN;
    const SERVICE: ProviderUserType = ProviderUserType::SERVICE_USER;
    const ME: Uuid = Uuid::from_u128(101);

    /// Member n is user 100 + n.
    fn team(members: &[(u128, ProviderUserType, ProviderUserStatus)]) -> Vec<ProviderUserDetails> {
        members
            .iter()
            .map(|(n, role, status)| ProviderUserDetails {
                id: Uuid::from_u128(*n),
                user_id: (*status != ProviderUserStatus::INVITED).then(|| Uuid::from_u128(100 + n)),
                role: *role,
                status: *status,
                ..ProviderUserDetails::default()
            })
            .collect()
    }

    fn remove(team: &[ProviderUserDetails], own: u128, members: &[u128]) -> Result<(), TeamRefusal> {
        let members: Vec<Uuid> = members.iter().map(|n| Uuid::from_u128(*n)).collect();
        may_remove(team, Uuid::from_u128(own), &members)
    }

    #[test]
    fn one_confirmed_admin_stays_and_nobody_removes_themselves() {
        use ProviderUserStatus as Status;
        let team = team(&[
            (1, ADMIN, Status::CONFIRMED),
            (2, ADMIN, Status::CONFIRMED),
            (3, SERVICE, Status::CONFIRMED),
            (4, ADMIN, Status::INVITED),
            (5, ADMIN, Status::ACCEPTED),
        ]);
        assert_eq!(remove(&team, 101, &[2, 3, 4, 5]), Ok(()));
        assert_eq!(remove(&team, 101, &[1]), Err(TeamRefusal::Yourself));
        // A service user could not ask, but the rule does not depend on that.
        assert_eq!(remove(&team, 103, &[1, 2]), Err(TeamRefusal::LastAdmin));
        assert_eq!(remove(&team, 101, &[99]), Ok(()), "gone already");
        assert_eq!(may_set_role(&team, Uuid::from_u128(1), SERVICE), Ok(()));
    }

    #[test]
    fn the_last_confirmed_admin_stays_one() {
        use ProviderUserStatus as Status;
        let team = team(&[(1, ADMIN, Status::CONFIRMED), (4, ADMIN, Status::ACCEPTED)]);
        assert_eq!(may_set_role(&team, Uuid::from_u128(1), SERVICE), Err(TeamRefusal::LastAdmin));
        assert_eq!(may_set_role(&team, Uuid::from_u128(1), ADMIN), Ok(()));
        assert_eq!(may_set_role(&team, Uuid::from_u128(4), SERVICE), Ok(()));
        assert_eq!(may_remove(&team, ME, &[Uuid::from_u128(4)]), Ok(()));
        assert_eq!(remove(&team, 999, &[1]), Err(TeamRefusal::LastAdmin));
    }
}
