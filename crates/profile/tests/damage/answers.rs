//! Everything that can be asked of an account, as texts that can be compared: small ones, so that a part that is gone can
//! be told from a part that is wrong.

use std::collections::BTreeMap;
use std::fmt::Debug;

use portico_estate::{OpenedName, search};
use portico_profile::*;
use uuid::Uuid;

use crate::support::{NORTH, PROVIDER, SOUTH};

/// The part of a picture that an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// In clear, or written in a recovery: always there.
    Account,
    Session,
    History,
    Vault,
    Structure,
    Client(Uuid),
    /// Names in clients that are opened with keys from the vault.
    Names(Uuid),
}

/// Answers by name. One that is refused because of damage is not there.
#[derive(Default, Debug)]
pub struct Answers(pub BTreeMap<String, (Area, String)>);

impl Answers {
    fn add(&mut self, area: Area, name: impl Into<String>, answer: impl Debug) {
        self.0.insert(name.into(), (area, format!("{answer:?}")));
    }

    fn add_if_told<T: Debug>(&mut self, area: Area, name: &str, answer: Result<T, ReadError>) {
        match answer {
            Ok(answer) => self.add(area, name, answer),
            Err(error) => assert!(error.is_damage(), "{name}: {error}"),
        }
    }
}

pub fn answers(unlocked: &Unlocked) -> Answers {
    let mut all = Answers::default();
    all.add(Area::Account, "server", unlocked.server());
    all.add(Area::Account, "email", unlocked.email());
    if let Some(session) = unlocked.session() {
        all.add(Area::Session, "session", (session.access_token.expose(), session.expires_at));
    }
    match unlocked.heads() {
        Ok(heads) => {
            for head in heads {
                all.add(Area::History, format!("head/{}", head.number.0), head.taken_at);
            }
        }
        Err(error) => assert!(error.is_damage(), "{error}"),
    }
    let picture = unlocked.picture();
    of_vault(&picture, &mut all);
    of_structure(&picture, &mut all);
    all
}

fn of_vault(picture: &Picture, all: &mut Answers) {
    let vault = Area::Vault;
    for item in picture.items() {
        all.add(vault, format!("row/{}", item.id), item);
        match picture.item_json(item.id) {
            Ok(Some(json)) => all.add(vault, format!("detail/{}", item.id), json),
            Ok(None) => {}
            Err(error) => assert!(error.is_damage(), "{error}"),
        }
        if let Ok(opened) = picture.item(item.id) {
            let password = opened.reveal(&portico_vault::FieldId::from("login.password"));
            all.add(vault, format!("password/{}", item.id), password.ok().unwrap().expose());
        }
    }
    if let Ok(Some(profile)) = picture.profile() {
        all.add(vault, "profile", profile);
        all.add(vault, "organizations", picture.organizations().unwrap());
    }
    all.add_if_told(vault, "policies", picture.policies().map(<[_]>::to_vec));
    for (id, name) in &picture.names().unwrap().folders {
        all.add(vault, format!("folder/{id}"), name);
    }
    if let Some(revision) = picture.revision() {
        all.add(vault, "revision", revision);
    }
}

fn of_structure(picture: &Picture, all: &mut Answers) {
    let structure = Area::Structure;
    for provider in picture.providers().unwrap() {
        all.add(structure, format!("provider/{}", provider.provider.id), &provider.provider);
        for member in provider.team.iter().flatten() {
            all.add(structure, format!("team/{}", member.id), member);
        }
        for row in &provider.rows {
            all.add(structure, format!("client/{}", row.organization_id), row);
        }
    }
    for id in [NORTH, SOUTH] {
        match picture.client(id) {
            Ok(Some(mut client)) => {
                for collection in &mut client.collections {
                    if let OpenedName::Text(name) = &collection.name {
                        all.add(Area::Names(id), format!("collection/{id}/{}", collection.id), name);
                    }
                    collection.name = OpenedName::Unreadable;
                }
                all.add(Area::Client(id), format!("structure/{id}"), client);
            }
            Ok(None) => {}
            Err(ReadError::LostClient { name }) => {
                assert!(
                    ["Northwind Traders", "Southridge Video"].contains(&name.as_str())
                        || name == id.to_string()
                );
                assert!(picture.losses().clients.contains(&id));
            }
            Err(error) => panic!("{error}"),
        }
    }
    for text in ["antinous", "bookkeeping", "northwind"] {
        for group in search(picture.search_texts().unwrap(), text, 100) {
            for hit in group.hits {
                let id = hit.organization_id;
                all.add(Area::Client(id), format!("search/{text}/{id}/{hit:?}"), ());
            }
        }
    }
    let Ok(Some(estate)) = picture.estate(PROVIDER) else { return };
    for client in &estate.clients {
        let members = client.structure.as_ref().map(|client| client.members.len());
        if let Some(members) = members {
            let id = client.link.organization_id;
            all.add(Area::Client(id), format!("estate/{id}"), members);
        }
    }
}

/// Holds what is answered against what is true: nothing may differ, and what is not answered must have been reported.
/// Returns how many answers are missing.
pub fn check(told: &Answers, truth: &Answers, losses: &Losses, history_lost: bool) -> Result<usize, String> {
    for (name, (_, answer)) in &told.0 {
        match truth.0.get(name) {
            Some((_, true_answer)) if true_answer == answer => {}
            Some((_, true_answer)) => return Err(format!("{name} is {answer} and should be {true_answer}")),
            None => return Err(format!("{name} was made up: {answer}")),
        }
    }
    let mut missing = 0;
    for (name, (area, _)) in truth.0.iter().filter(|(name, _)| !told.0.contains_key(*name)) {
        let reported = match area {
            Area::Account => false,
            Area::Session => losses.session,
            Area::History => history_lost,
            Area::Vault => losses.vault,
            Area::Structure => losses.structure,
            Area::Client(id) => losses.structure || losses.clients.contains(id),
            Area::Names(id) => losses.structure || losses.vault || losses.clients.contains(id),
        };
        // A row of the vault that cannot be opened in full is refused when it is asked for.
        if !reported {
            return Err(format!("{name} is gone without a word; reported: {losses:?}"));
        }
        missing += 1;
    }
    Ok(missing)
}
