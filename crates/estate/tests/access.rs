//! Who reaches what, and by which path.
#![allow(clippy::unwrap_used)]

mod facts;

use facts::{Member, client, collection, grant, group, id, member};
use portico_estate::{Access, ClientStructure, Path, Permission, is_in_force};
use portico_protocol::organization::{CollectionType, Selection};
use proptest::prelude::*;
use serde_json::json;

/// The client of look/05: Daniel reaches the registry directly and through a group.
fn abbott(admins_manage_everything: bool) -> ClientStructure {
    let daniel = Member {
        grants: vec![grant(12, "m"), grant(99, "")],
        groups: vec![21, 22, 98],
        ..member(31, "Daniel Osei")
    };
    let harriet = Member { role: 0, ..member(32, "Harriet Abbott") };
    let farah =
        Member { role: 4, permissions: json!({"editAnyCollection": true}), ..member(33, "Farah Haddad") };
    let lucy = Member { status: -1, groups: vec![22], ..member(34, "Lucy Ferrand") };
    let ines = Member { role: 4, permissions: json!({"manageUsers": true}), ..member(35, "Ines Carvalho") };
    let jo = Member { role: 2, permissions: json!({"editAnyCollection": true}), ..member(36, "Jo Pike") };
    let mut mine = collection(14, "My items");
    mine.kind = CollectionType::DEFAULT_USER_COLLECTION;
    ClientStructure {
        members: [daniel, harriet, farah, lucy, ines, jo].into_iter().map(Member::wire).collect(),
        groups: vec![
            group(21, "Conveyancing", vec![grant(11, ""), grant(12, "rh")]),
            group(22, "All staff", vec![grant(11, "rh"), grant(13, "h"), grant(97, "m")]),
            group(23, "Empty", vec![grant(13, "r")]),
        ],
        collections: vec![
            collection(11, "Completion accounts"),
            collection(12, "Land Registry portal"),
            collection(13, "Office/Wi-Fi"),
            mine,
        ],
        ..client("Abbott & Lane", admins_manage_everything)
    }
}

fn path(path: &Path<'_>) -> String {
    match path {
        Path::Direct => "direct".to_owned(),
        Path::Group(group) => group.name.clone(),
        Path::AdminsManageEverything => "admins manage everything".to_owned(),
        Path::EditsAnyCollection => "edits any collection".to_owned(),
    }
}

fn lines_of_member(client: &ClientStructure, number: u128) -> Vec<String> {
    let access = Access::new(client).member(id(number)).unwrap();
    access
        .collections
        .iter()
        .map(|reached| {
            let paths: Vec<_> = reached
                .grants
                .iter()
                .map(|grant| format!("{} {:?}", path(&grant.path), grant.permission))
                .collect();
            let name = reached.collection.name.text().unwrap();
            format!("{name}: {:?} = {}", reached.permission, paths.join(" + "))
        })
        .collect()
}

#[test]
fn a_member_reaches_collections_by_every_path() {
    let client = abbott(false);
    assert_eq!(
        lines_of_member(&client, 31),
        [
            // Two groups add up flag by flag: one may edit, one may only view.
            "Completion accounts: Edit = All staff ViewHidden + Conveyancing Edit",
            // A direct grant stands in place of the group's.
            "Land Registry portal: Manage = direct Manage + Conveyancing ViewHidden",
            // The name nests it below "Office"; access does not follow names.
            "Office/Wi-Fi: EditHidden = All staff EditHidden",
        ]
    );
    let access = Access::new(&client).member(id(31)).unwrap();
    assert!(access.in_force);
    assert_eq!(access.dangling, 2, "a collection and a group that the organization does not list");
}

#[test]
fn roles_reach_everything_where_the_organization_or_the_right_says_so() {
    let by_role =
        |admins_manage_everything, number| lines_of_member(&abbott(admins_manage_everything), number);
    assert_eq!(by_role(false, 32), [""; 0], "an owner, with the setting off");
    let all = |path: &str| {
        ["Completion accounts", "Land Registry portal", "Office/Wi-Fi"]
            .map(|name| format!("{name}: Manage = {path} Manage"))
    };
    assert_eq!(by_role(true, 32), all("admins manage everything"), "My items of a member are not among them");
    assert_eq!(by_role(false, 33), all("edits any collection"));
    assert_eq!(by_role(true, 33), all("edits any collection"));
    assert_eq!(by_role(true, 35), [""; 0], "a custom role without that right");
    assert_eq!(by_role(true, 36), [""; 0], "rights count for a custom role only");
}

#[test]
fn grants_of_revoked_people_are_shown_and_not_in_force() {
    let client = abbott(true);
    let access = Access::new(&client).member(id(34)).unwrap();
    assert!(!access.in_force);
    assert_eq!(access.collections.len(), 2);
    for status in [-1, 0, 1, 3, 9] {
        let mut client = abbott(true);
        client.members[0].status.0 = status;
        assert!(!Access::new(&client).member(id(31)).unwrap().in_force, "status {status}");
    }
}

#[test]
fn a_collection_knows_everyone_who_reaches_it() {
    let client = abbott(true);
    let access = Access::new(&client).collection(id(12)).unwrap();
    let members: Vec<_> = access
        .members
        .iter()
        .map(|reaching| {
            format!(
                "{} {:?} {}",
                reaching.member.name.as_deref().unwrap(),
                reaching.permission,
                reaching.grants.len()
            )
        })
        .collect();
    assert_eq!(members, ["Daniel Osei Manage 2", "Harriet Abbott Manage 1", "Farah Haddad Manage 1"]);
    let groups: Vec<_> =
        access.groups.iter().map(|(group, permission)| (&*group.name, *permission)).collect();
    assert_eq!(groups, [("Conveyancing", Permission::ViewHidden)]);
    let wifi = Access::new(&client).collection(id(13)).unwrap();
    assert_eq!(wifi.groups.len(), 2, "a group without members is listed too");
}

#[test]
fn a_group_knows_its_collections_and_members() {
    let client = abbott(true);
    let access = Access::new(&client).group(id(22)).unwrap();
    let collections: Vec<_> = access
        .collections
        .iter()
        .map(|(collection, permission)| (collection.name.text().unwrap(), *permission))
        .collect();
    assert_eq!(
        collections,
        [("Completion accounts", Permission::ViewHidden), ("Office/Wi-Fi", Permission::EditHidden)]
    );
    let members: Vec<_> = access.members.iter().map(|member| member.name.as_deref().unwrap()).collect();
    assert_eq!(members, ["Daniel Osei", "Lucy Ferrand"]);
}

#[test]
fn unknown_ids_have_no_answer() {
    let client = abbott(true);
    let access = Access::new(&client);
    assert!(
        access.member(id(500)).is_none()
            && access.collection(id(500)).is_none()
            && access.group(id(500)).is_none()
    );
}

#[test]
fn permissions_have_five_names_and_an_order() {
    let of = |flags: &str| {
        let grant: Selection = serde_json::from_value(grant(1, flags)).unwrap();
        Permission::from(&grant)
    };
    use Permission::*;
    assert_eq!(
        ["rh", "r", "h", "", "m", "mrh"].map(of),
        [ViewHidden, View, EditHidden, Edit, Manage, Manage]
    );
    assert!(ViewHidden < View && View < EditHidden && EditHidden < Edit && Edit < Manage);
}

/// All flags of two groups of one person: the weaker flag of each never hurts (protocol.md §4.4).
#[test]
fn groups_add_up_flag_by_flag() {
    use Permission::*;
    let flags = ["rh", "r", "h", "", "m"];
    let expected = [
        [ViewHidden, View, EditHidden, Edit, Manage],
        [View, View, Edit, Edit, Manage],
        [EditHidden, Edit, EditHidden, Edit, Manage],
        [Edit, Edit, Edit, Edit, Manage],
        [Manage; 5],
    ];
    for (first, row) in flags.iter().zip(expected) {
        for (second, expected) in flags.iter().zip(row) {
            let client = ClientStructure {
                members: vec![Member { groups: vec![21, 22], ..member(31, "A") }.wire()],
                groups: vec![group(21, "g", vec![grant(11, first)]), group(22, "h", vec![grant(11, second)])],
                collections: vec![collection(11, "c")],
                ..client("x", false)
            };
            let reached = Access::new(&client).member(id(31)).unwrap().collections[0].permission;
            assert_eq!(reached, expected, "{first:?} and {second:?}");
        }
    }
}

fn any_grants() -> impl Strategy<Value = Vec<serde_json::Value>> {
    let flags = prop::sample::select(vec!["", "r", "h", "rh", "m"]);
    prop::collection::vec((10u128..16, flags).prop_map(|(collection, flags)| grant(collection, flags)), 0..5)
}

prop_compose! {
    fn any_client()(
        members in prop::collection::vec((any_grants(), prop::collection::vec(20u128..26, 0..4), 0i32..6, any::<bool>()), 0..8),
        groups in prop::collection::vec(any_grants(), 0..5), admins: bool, default_collection: bool,
    ) -> ClientStructure {
        let mut collections: Vec<_> = (10..14).map(|number| collection(number, "c")).collect();
        if default_collection {
            collections[0].kind = CollectionType::DEFAULT_USER_COLLECTION;
        }
        let members = (30..).zip(members).map(|(number, (grants, groups, role, edit_any))| {
            let permissions = json!({"editAnyCollection": edit_any});
            Member { grants, groups, role, permissions, ..member(number, "M") }.wire()
        });
        ClientStructure {
            members: members.collect(),
            groups: (20..).zip(groups).map(|(number, grants)| group(number, &format!("g{number}"), grants)).collect(),
            collections,
            ..client("x", admins)
        }
    }
}

proptest! {
    /// The three questions are one relation seen from three sides.
    #[test]
    fn the_three_views_agree(client in any_client()) {
        let access = Access::new(&client);
        let mut from_members = Vec::new();
        for member in &client.members {
            for reached in access.member(member.id).unwrap().collections {
                prop_assert!(!reached.grants.is_empty());
                from_members.push((reached.collection.id, member.id, reached.permission, reached.grants.len()));
            }
        }
        let mut from_collections = Vec::new();
        for collection in &client.collections {
            for reaching in access.collection(collection.id).unwrap().members {
                from_collections.push((collection.id, reaching.member.id, reaching.permission, reaching.grants.len()));
            }
        }
        from_members.sort();
        from_collections.sort();
        prop_assert_eq!(&from_members, &from_collections);

        let reach = access.reach();
        prop_assert_eq!(reach.len(), client.collections.len());
        for reach in reach {
            let one = access.collection(reach.collection.id).unwrap();
            let in_force = one.members.iter().filter(|reaching| is_in_force(reaching.member)).count();
            let groups: Vec<_> = one.groups.iter().map(|(group, _)| *group).collect();
            prop_assert_eq!((reach.members, reach.groups), (in_force, groups));
        }

        for group in &client.groups {
            let of_group = access.group(group.id).unwrap();
            for (collection, _) in &of_group.collections {
                for member in &of_group.members {
                    prop_assert!(from_members.iter().any(|(c, m, ..)| (*c, *m) == (collection.id, member.id)));
                }
            }
        }
    }

    /// A further group never takes access away.
    #[test]
    fn more_groups_never_mean_less(client in any_client(), group in 20u128..26) {
        let mut more = client.clone();
        for member in &mut more.members {
            member.groups.push(id(group));
        }
        for member in &client.members {
            let before = Access::new(&client).member(member.id).unwrap();
            let after = Access::new(&more).member(member.id).unwrap();
            for reached in before.collections {
                let now = after.collections.iter().find(|one| one.collection.id == reached.collection.id).unwrap();
                prop_assert!(now.permission >= reached.permission);
            }
        }
    }
}
