//! Search over everything of all clients.
#![allow(clippy::unwrap_used)]

mod facts;

use facts::{Member, client, collection, group, id, member};
use portico_estate::{
    ClientSearchText, ClientStructure, ClientTags, HitKind, OpenedName, fold, search, search_tagged,
};
use proptest::prelude::*;
/// The situation of look/11.
fn clients() -> Vec<ClientSearchText> {
    let with = |number: u128, name: &str, members: Vec<Member>, groups: &[&str], collections: &[&str]| {
        let mut structure = ClientStructure {
            members: members.into_iter().map(Member::wire).collect(),
            groups: (200..).zip(groups).map(|(number, name)| group(number, name, Vec::new())).collect(),
            collections: (300..).zip(collections).map(|(number, name)| collection(number, name)).collect(),
            ..client(name, false)
        };
        structure.organization.id = id(number);
        ClientSearchText::new(&structure)
    };
    let camille = || member(11, "Camille Rousseau");
    vec![
        with(
            1,
            "Abbott & Lane Solicitors",
            vec![Member { role: 1, ..camille() }, member(12, "George Lane")],
            &["Partners"],
            &["Litigation"],
        ),
        with(
            2,
            "Sinclair Notaires",
            vec![camille(), Member { status: -1, ..member(13, "Anne Roussin") }],
            &[],
            &["Dossier Rousseau"],
        ),
        with(
            3,
            "Boulangerie Saint-Roch",
            vec![Member { role: 0, ..member(14, "Léo Roussel") }],
            &["Équipe Roussel"],
            &[],
        ),
    ]
}

fn found(text: &str) -> Vec<String> {
    search(&clients(), text, 10)
        .iter()
        .flat_map(|group| {
            let head = format!("{:?} {} in {}", group.kind, group.total, group.clients);
            let hits = group.hits.iter().map(|hit| format!("  {} – {}", hit.name, hit.client_name));
            std::iter::once(head).chain(hits).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn clients_are_found_by_their_tags_behind_those_of_that_name() {
    let mut tags = ClientTags::default();
    tags.add(id(2), "Santé");
    tags.add(id(3), "Sinclair's");
    tags.add(id(9), "Santé");
    let (clients, nowhere) = (clients(), ClientTags::default());
    let found = |text: &str, tags: &ClientTags| {
        let groups = search_tagged(&clients, tags, text, 10);
        let group = groups.into_iter().find(|group| group.kind == HitKind::Client);
        let names = |hit: &portico_estate::Hit<'_>| hit.name.to_owned();
        group.map_or(Vec::new(), |group| group.hits.iter().map(names).collect())
    };
    assert_eq!(found("SANTE", &tags), ["Sinclair Notaires"]);
    assert_eq!(found("notaires santé", &tags), ["Sinclair Notaires"], "a word of each");
    assert_eq!(found("sinclair", &tags), ["Sinclair Notaires", "Boulangerie Saint-Roch"]);
    assert_eq!(found("sinclair", &nowhere), ["Sinclair Notaires"]);
    assert!(found("santé", &nowhere).is_empty());
}

#[test]
fn people_groups_collections_and_clients_are_found_by_kind() {
    assert_eq!(
        found("rouss"),
        [
            "Person 4 in 3",
            "  Anne Roussin – Sinclair Notaires",
            "  Camille Rousseau – Abbott & Lane Solicitors",
            "  Camille Rousseau – Sinclair Notaires",
            "  Léo Roussel – Boulangerie Saint-Roch",
            "Group 1 in 1",
            "  Équipe Roussel – Boulangerie Saint-Roch",
            "Collection 1 in 1",
            "  Dossier Rousseau – Sinclair Notaires",
        ]
    );
    assert_eq!(
        found("LANE"),
        [
            "Person 1 in 1",
            "  George Lane – Abbott & Lane Solicitors",
            "Client 1 in 1",
            "  Abbott & Lane Solicitors – Abbott & Lane Solicitors",
        ]
    );
    assert_eq!(found("equipe"), ["Group 1 in 1", "  Équipe Roussel – Boulangerie Saint-Roch"]);
    assert_eq!(found("roussel leo"), ["Person 1 in 1", "  Léo Roussel – Boulangerie Saint-Roch"]);
    assert_eq!(found("anne.roussin@client.example").len(), 2, "by e-mail");
    for nothing in ["", "   ", "nobody", "rousseau leo"] {
        assert_eq!(found(nothing), [""; 0], "{nothing:?}");
    }
}

#[test]
fn words_of_the_client_narrow_what_a_word_of_its_own_finds() {
    let camille = "  Camille Rousseau – Abbott & Lane Solicitors";
    for text in ["camille abbott", "ABBOTT camille", "solicitors rouss lane"] {
        assert_eq!(found(text), ["Person 1 in 1", camille], "{text:?}");
    }
    assert_eq!(found("dossier sinclair"), ["Collection 1 in 1", "  Dossier Rousseau – Sinclair Notaires"]);
    assert_eq!(found("roch equipe"), ["Group 1 in 1", "  Équipe Roussel – Boulangerie Saint-Roch"]);
    assert_eq!(
        found("lane abbott"),
        [
            "Person 1 in 1",
            "  George Lane – Abbott & Lane Solicitors",
            "Client 1 in 1",
            "  Abbott & Lane Solicitors – Abbott & Lane Solicitors",
        ],
        "nobody is found by the name of the client alone"
    );
    assert_eq!(found("camille george abbott"), [""; 0]);
}

#[test]
fn names_that_hold_every_word_come_before_those_of_a_client_that_does() {
    let client_of = |number: u128, name: &str, collection_name: &str| {
        let mut structure = client(name, false);
        structure.organization.id = id(number);
        structure.collections = vec![collection(300 + number, collection_name)];
        ClientSearchText::new(&structure)
    };
    let clients = [client_of(1, "Abbott", "Payroll"), client_of(2, "Zeller", "The Payroll of Abbott")];
    let groups = search(&clients, "payroll abbott", 10);
    let names: Vec<_> = groups[0].hits.iter().map(|hit| hit.name).collect();
    assert_eq!(names, ["The Payroll of Abbott", "Payroll"]);
}

#[test]
fn a_hit_says_who_it_is() {
    let clients = clients();
    let groups = search(&clients, "anne", 10);
    let hit = groups[0].hits[0];
    assert_eq!((hit.kind, hit.id, hit.organization_id), (HitKind::Person, id(13), id(2)));
    assert_eq!(
        (hit.role.unwrap().0, hit.status.unwrap().0, hit.detail),
        (2, -1, "anne.roussin@client.example")
    );
}

#[test]
fn beginnings_come_before_middles() {
    let mut structure = client("x", false);
    structure.groups = (200..)
        .zip(["subway", "a way out", "wayside", "Way"])
        .map(|(number, name)| group(number, name, Vec::new()))
        .collect();
    let text = [ClientSearchText::new(&structure)];
    let groups = search(&text, "way", 10);
    let names: Vec<_> = groups[0].hits.iter().map(|hit| hit.name).collect();
    assert_eq!(names, ["Way", "wayside", "a way out", "subway"]);
    let groups = search(&text, "way", 2);
    assert_eq!((groups[0].hits.len(), groups[0].total), (2, 4));
}

#[test]
fn names_cannot_run_into_their_neighbours() {
    let mut structure = client("x", false);
    structure.groups =
        vec![group(1, "al\npha", Vec::new()), group(2, "beta", Vec::new()), group(3, "", Vec::new())];
    let text = [ClientSearchText::new(&structure)];
    assert_eq!(search(&text, "pha", 10)[0].hits[0].id, id(1));
    assert!(search(&text, "alpha", 10).is_empty());
    assert!(search(&text, "phabeta", 10).is_empty());
    assert!(search(&text, "pha beta", 10).is_empty());
}

#[test]
fn what_did_not_open_is_not_found_and_names_of_any_length_are_bounded() {
    let mut structure = client("x", false);
    structure.collections = vec![collection(1, "readable"), collection(2, &"é".repeat(1_000_000))];
    structure
        .collections
        .push(portico_estate::Collection { name: OpenedName::Unreadable, ..collection(3, "") });
    let text = [ClientSearchText::new(&structure)];
    assert_eq!(search(&text, "readable", 10)[0].total, 1);
    assert_eq!(search(&text, "eeeee", 10)[0].total, 1);
    assert!(search(&text, "unreadable", 10).is_empty());
}

#[test]
fn text_that_was_stored_finds_the_same() {
    for text in clients() {
        let stored = serde_json::to_string(&text).unwrap();
        assert_eq!(serde_json::from_str::<ClientSearchText>(&stored).unwrap(), text);
    }
}

/// 1,000 clients of 100 members: totals are counted beyond what is listed.
#[test]
fn a_hundred_thousand_people_are_all_searched() {
    let names =
        ["Camille", "Daniel", "Harriet", "Kwame", "Ines", "Ewan", "Farah", "George", "Joanna", "Benedict"];
    let clients: Vec<ClientSearchText> = (0..1000)
        .map(|number: u128| {
            let members = (0..100).map(|place| {
                let mut person = member(number * 1000 + place, names[(place % 10) as usize]).wire();
                person.name = Some(format!("{} Number{number}x{place}", names[(place % 10) as usize]));
                person.email = format!("person{place}@client{number}.example");
                person
            });
            let mut structure = client(&format!("Client {number}"), false);
            structure.organization.id = id(number + 1);
            structure.members = members.collect();
            ClientSearchText::new(&structure)
        })
        .collect();
    for (text, total) in [
        ("number517x", 100),
        ("camille", 10_000),
        ("person42@client999.example", 1),
        ("a", 100_000),
        ("zzzz", 0),
    ] {
        let found: usize = search(&clients, text, 50)
            .iter()
            .filter(|group| group.kind == HitKind::Person)
            .map(|group| group.total)
            .sum();
        assert_eq!(found, total, "{text}");
    }
}

proptest! {
    /// The scan over one string finds what a look at every name finds.
    #[test]
    fn nothing_is_missed_and_nothing_invented(
        names in prop::collection::vec("[abé \n]{0,6}", 0..30), words in prop::collection::vec("[abe]{1,3}", 1..4),
        client_name in "q[abe]{0,4}",
    ) {
        let mut structure = client(&client_name, false);
        structure.groups = (1..).zip(&names).map(|(number, name)| group(number, name, Vec::new())).collect();
        let text = [ClientSearchText::new(&structure)];
        let found = search(&text, &words.join(" "), 100);
        let groups = found.iter().filter(|group| group.kind == HitKind::Group);
        let mut found: Vec<u128> = groups.flat_map(|group| &group.hits).map(|hit| hit.id.as_u128()).collect();
        found.sort_unstable();
        let holds = |name: &String| {
            let own = |word: &String| fold(name).contains(word.as_str());
            words.iter().any(own) && words.iter().all(|word| own(word) || client_name.contains(word.as_str()))
        };
        let expected: Vec<u128> = (1..).zip(&names).filter(|(_, name)| holds(name)).map(|(number, _)| number).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_panics(name in "\\PC{0,30}", text in "\\PC{0,10}") {
        let mut structure = client(&name, false);
        structure.groups = vec![group(1, &name, Vec::new())];
        search(&[ClientSearchText::new(&structure)], &text, 3);
    }
}
