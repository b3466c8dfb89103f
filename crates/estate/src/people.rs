//! The members of a client and the team of the provider as lists: toggles with counts, search, order.

use crate::search_words::SearchWords;
use portico_collation::{SortName, fold};
use portico_protocol::{
    organization::{MemberStatus, MemberType, OrganizationUserDetails},
    provider::{ProviderUserDetails, ProviderUserStatus, ProviderUserType},
};

/// The toggles above a list of people (ui.md (b), (c)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum PeopleToggle {
    /// Everybody who is not revoked.
    #[default]
    All,
    /// Invited, not answered yet.
    Invited,
    /// Accepted, and waiting for somebody to confirm the keys.
    NeedsConfirmation,
    /// Locked out, may be restored. A provider's team has none.
    Revoked,
}

/// How many people each toggle shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeopleCounts {
    /// Everybody who is not revoked.
    pub all: usize,
    /// Invited.
    pub invited: usize,
    /// Accepted.
    pub needs_confirmation: usize,
    /// Revoked.
    pub revoked: usize,
}

/// What a list of people shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleQuery {
    /// The chosen toggle.
    pub toggle: PeopleToggle,
    /// Words that must all occur in name, e-mail or id.
    pub text: String,
    /// The order.
    pub sort: PeopleSort,
    /// Last first.
    pub descending: bool,
}

/// The order of a list of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum PeopleSort {
    /// By e-mail, as the product does.
    #[default]
    Email,
    /// By name, or e-mail where there is none.
    Name,
    /// By role, highest first, then by e-mail.
    Role,
}

/// What lists need to know of a person, whether a client's or a provider's.
pub trait Person {
    /// The toggle, other than "all", under which the person stands.
    fn toggle(&self) -> Option<PeopleToggle>;
    /// Whether the person counts where members are counted: everybody who is not revoked, as on the toggle "all".
    fn is_counted(&self) -> bool {
        self.toggle() != Some(PeopleToggle::Revoked)
    }
    /// The name, which is missing until an invitation is accepted; a blank one is none.
    fn name(&self) -> Option<&str>;
    /// The address.
    fn email(&self) -> &str;
    /// What the person is called: the name, or the address.
    fn shown_name(&self) -> &str {
        self.name().unwrap_or(self.email())
    }
    /// The id of the membership, which the search box finds as in the product.
    fn id(&self) -> uuid::Uuid;
    /// 0 for the highest role; unknown roles come last.
    fn rank(&self) -> i32;
}

/// The numbers on the toggles.
pub fn people_counts<P: Person>(people: &[P]) -> PeopleCounts {
    let mut counts = PeopleCounts::default();
    for person in people {
        counts.all += usize::from(person.is_counted());
        match person.toggle() {
            Some(PeopleToggle::Invited) => counts.invited += 1,
            Some(PeopleToggle::NeedsConfirmation) => counts.needs_confirmation += 1,
            Some(PeopleToggle::Revoked) => counts.revoked += 1,
            Some(PeopleToggle::All) | None => {}
        }
    }
    counts
}

/// The places of the people that `query` shows, in its order.
pub fn select_people<P: Person>(people: &[P], query: &PeopleQuery) -> Vec<u32> {
    let words = SearchWords::new(&query.text);
    let is_shown = |person: &P| match query.toggle {
        PeopleToggle::All => person.is_counted(),
        toggle => person.toggle() == Some(toggle),
    };
    let matches = |person: &P| {
        words.is_empty()
            || words.occur_in(&fold(&format!(
                "{}\n{}\n{}",
                person.name().unwrap_or_default(),
                person.email(),
                person.id()
            )))
    };
    let mut places: Vec<u32> = (0..)
        .zip(people)
        .filter(|(_, person)| is_shown(person) && matches(person))
        .map(|(place, _)| place)
        .collect();
    places.sort_by_cached_key(|place| {
        let person = &people[*place as usize];
        let email = SortName::new(person.email());
        match query.sort {
            PeopleSort::Email => (0, email, person.id()),
            PeopleSort::Name => (0, SortName::new(person.shown_name()), person.id()),
            PeopleSort::Role => (person.rank(), email, person.id()),
        }
    });
    if query.descending {
        places.reverse();
    }
    places
}

/// A name, unless it is made of spaces.
pub fn not_blank(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.trim().is_empty())
}

/// Seats that these members take: of those invited, accepted and confirmed, and of those who do not say, each one.
pub fn seats_taken_by(members: &[OrganizationUserDetails]) -> i64 {
    let free = |member: &&OrganizationUserDetails| {
        matches!(member.status, MemberStatus::REVOKED | MemberStatus::STAGED)
    };
    let taken = members.iter().filter(|member| !free(member)).count();
    i64::try_from(taken).unwrap_or(i64::MAX)
}

impl Person for OrganizationUserDetails {
    fn toggle(&self) -> Option<PeopleToggle> {
        match self.status {
            MemberStatus::INVITED => Some(PeopleToggle::Invited),
            MemberStatus::ACCEPTED => Some(PeopleToggle::NeedsConfirmation),
            MemberStatus::REVOKED => Some(PeopleToggle::Revoked),
            _ => None,
        }
    }
    fn name(&self) -> Option<&str> {
        not_blank(self.name.as_deref())
    }
    fn email(&self) -> &str {
        &self.email
    }
    fn id(&self) -> uuid::Uuid {
        self.id
    }
    fn rank(&self) -> i32 {
        match self.role {
            MemberType::OWNER => 0,
            MemberType::ADMIN => 1,
            MemberType::CUSTOM => 2,
            MemberType::USER => 3,
            _ => i32::MAX,
        }
    }
}

impl Person for ProviderUserDetails {
    fn toggle(&self) -> Option<PeopleToggle> {
        match self.status {
            ProviderUserStatus::INVITED => Some(PeopleToggle::Invited),
            ProviderUserStatus::ACCEPTED => Some(PeopleToggle::NeedsConfirmation),
            _ => None,
        }
    }
    fn name(&self) -> Option<&str> {
        not_blank(self.name.as_deref())
    }
    fn email(&self) -> &str {
        &self.email
    }
    fn id(&self) -> uuid::Uuid {
        self.id
    }
    fn rank(&self) -> i32 {
        match self.role {
            ProviderUserType::PROVIDER_ADMIN => 0,
            ProviderUserType::SERVICE_USER => 1,
            _ => i32::MAX,
        }
    }
}
