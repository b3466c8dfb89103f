//! What a provider's data mean: clients, who reaches what, seats, search, and the rules of the product.
//!
//! Pure functions over the server's own facts ([`portico_protocol`]): no I/O, no clock, no cryptography, so that
//! collection names arrive opened ([`OpenedName`]). Nothing here is a secret in the sense of the vault, and everything
//! is confidential: whoever stores a derived value seals it. Numbers of later servers are kept, and never guessed at.

mod access;
mod become_provider;
mod client;
mod client_export;
mod client_list;
mod client_tags;
mod estate;
mod event_export;
mod event_list;
mod event_names;
mod organizations;
mod own_policies;
mod people;
mod policies;
mod product_switcher;
mod provider_rights;
mod search;
mod search_words;
mod seat_pool;
mod spreadsheet;
mod team_rules;

pub use access::{
    Access, CollectionAccess, CollectionReach, Grant, GroupAccess, MemberAccess, Path, Permission,
    ReachedCollection, ReachingMember, is_in_force,
};
pub use become_provider::{
    Condition, NearMiss, Obstacle, ProviderConditions, addable_clients, provider_conditions,
};
pub use client::{ClientStructure, Collection, OpenedName};
pub use client_export::{CLIENT_COLUMNS, clients_to_csv, clients_to_json};
pub use client_list::{
    ClientQuery, ClientRow, ClientSort, ClientToggle, ClientTotals, FRESH_FOR, Freshness, StaleReason,
    client_plans, client_totals, plan_display, select_clients,
};
pub use client_tags::{ClientTags, TagCount};
pub use estate::{Estate, EstateClient};
pub use event_export::{EVENT_COLUMNS, EventWords, UNNAMED, event_name, events_to_csv, events_to_json};
pub use event_list::{
    EventFacets, EventLine, EventList, EventPlace, EventQuery, EventSubject, EventWord, SubjectKind,
};
pub use event_names::{EventNames, NamedPerson};
pub use organizations::{OwnOrganization, PlanFeatures, own_organizations, policy_applies};
pub use own_policies::{LockPolicies, lock_policies};
pub use people::{
    PeopleCounts, PeopleQuery, PeopleSort, PeopleToggle, Person, not_blank, people_counts, seats_taken_by,
    select_people,
};
pub use policies::{PolicyLine, policy_lines, policy_name};
pub use portico_collation::{SortName, fold};
pub use product_switcher::{CurrentPlace, OtherProduct, Product, ProductSwitcher, Tile, product_switcher};
pub use provider_rights::{ProviderRights, WhyNot, is_billable};
pub use search::{ClientSearchText, Hit, HitGroup, HitKind, search, search_tagged};
pub use seat_pool::{SeatChange, SeatPool, SeatRefusal, check_seats};
pub use spreadsheet::{harmless_csv, to_csv};
pub use team_rules::{TeamRefusal, may_remove, may_set_role};

/// The wire types that stand in this crate's own, so that whoever shows them needs no other crate.
pub use portico_protocol::{
    account::ProfileResponse,
    organization::{
        CollectionType, GroupDetailsResponse, MemberStatus, MemberType, OrganizationResponse,
        OrganizationUserDetails, Permissions, PolicyResponse, PolicyStatusResponse, PolicyType, ProductTier,
    },
    provider::{
        ProfileProvider, ProviderResponse, ProviderStatus, ProviderType, ProviderUserDetails,
        ProviderUserStatus, ProviderUserType,
    },
};
