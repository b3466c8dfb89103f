//! Everything that can be asked of an account, as texts that can be compared: small ones, so that a part that is gone can
//! be told from a part that is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use portico_estate::{HitKind, OpenedName, search};
use portico_profile::*;
use portico_vault::{FieldId, Opened, UnreadableReason};
use uuid::Uuid;

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
    /// What takes the vault too: names in an organization, which its keys open, and what is found in an own one, of which
    /// only the vault's profile tells.
    WithVault(Uuid),
}

/// What there is to ask for: the organizations of the newest picture by id, with their names, and words to search for.
pub struct Questions {
    pub providers: Vec<Uuid>,
    pub organizations: BTreeMap<Uuid, String>,
    /// Those that the person administers as a member.
    pub own: BTreeSet<Uuid>,
    pub words: Vec<&'static str>,
}

impl Questions {
    /// Everything that a whole picture has.
    pub fn of(picture: &Picture, words: Vec<&'static str>) -> Self {
        let providers = picture.providers().unwrap();
        let mut own = picture.organizations().unwrap();
        own.retain(|own| own.is_administered_as_member());
        let clients = providers.iter().flat_map(|provider| &provider.rows);
        Self {
            own: own.iter().map(|own| own.id).collect(),
            organizations: clients
                .map(|row| (row.organization_id, row.name.clone()))
                .chain(own.into_iter().map(|own| (own.id, own.name)))
                .collect(),
            providers: providers.iter().map(|provider| provider.provider.id).collect(),
            words,
        }
    }
}

/// Answers by name. One that is refused because of damage is not there.
#[derive(Default, Debug, Clone)]
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

    /// Rows say when they were read.
    fn without_ages(mut self) -> Self {
        for (_, answer) in self.0.values_mut() {
            if let Some(at) = answer.find("freshness:") {
                answer.truncate(at);
            }
        }
        self
    }
}

/// Asks everything.
pub fn answers(unlocked: &Unlocked, questions: &Questions) -> Answers {
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
    of_structure(&picture, questions, &mut all);
    all
}

fn of_vault(picture: &Picture, all: &mut Answers) {
    let vault = Area::Vault;
    for item in picture.items() {
        // One whose key is lost stays in the list, and says so.
        if !matches!(item.name, Opened::Unreadable(UnreadableReason::NoKey)) {
            all.add(vault, format!("row/{}", item.id), item);
        }
        match picture.item_json(item.id) {
            Ok(Some(json)) => all.add(vault, format!("detail/{}", item.id), json),
            Ok(None) => {}
            Err(error) => assert!(error.is_damage(), "{error}"),
        }
        if let Ok(opened) = picture.item(item.id)
            && let Ok(password) = opened.reveal(&FieldId::from("login.password"))
        {
            all.add(vault, format!("password/{}", item.id), password.expose());
        }
    }
    if let Ok(Some(profile)) = picture.profile() {
        all.add(vault, "profile", profile);
        all.add(vault, "organizations", picture.organizations().unwrap());
    }
    all.add_if_told(vault, "policies", picture.policies().map(<[_]>::to_vec));
    let names = picture.names().unwrap();
    for (id, name) in &names.folders {
        all.add(vault, format!("folder/{id}"), name);
    }
    for collection in &names.collections {
        all.add(vault, format!("own collection/{}", collection.id), &collection.name);
    }
    if let Some(revision) = picture.revision() {
        all.add(vault, "revision", revision);
    }
}

fn of_structure(picture: &Picture, questions: &Questions, all: &mut Answers) {
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
    for (&id, true_name) in &questions.organizations {
        match picture.client(id) {
            Ok(Some(mut client)) => {
                for collection in &mut client.collections {
                    if let OpenedName::Text(name) = &collection.name {
                        all.add(Area::WithVault(id), format!("collection/{id}/{}", collection.id), name);
                    }
                    collection.name = OpenedName::Unreadable;
                }
                all.add(Area::Client(id), format!("structure/{id}"), client);
            }
            Ok(None) => {}
            Err(ReadError::LostClient { name }) => {
                assert!(name == *true_name || name == id.to_string(), "{name} is {true_name}");
                assert!(picture.losses().clients.contains(&id));
            }
            Err(error) => panic!("{error}"),
        }
    }
    for text in &questions.words {
        for group in search(picture.search_texts().unwrap(), text, 100) {
            for hit in group.hits {
                let id = hit.organization_id;
                let takes_vault = questions.own.contains(&id) || hit.kind == HitKind::Collection;
                let area = if takes_vault { Area::WithVault(id) } else { Area::Client(id) };
                all.add(area, format!("search/{text}/{id}/{hit:?}"), ());
            }
        }
    }
    for provider in &questions.providers {
        let Ok(Some(estate)) = picture.estate(*provider) else { continue };
        for client in &estate.clients {
            let members = client.structure.as_ref().map(|client| client.members.len());
            if let Some(members) = members {
                let id = client.link.organization_id;
                all.add(Area::Client(id), format!("estate/{id}"), members);
            }
        }
    }
}

/// What is true of an account: by each of its heads, the newest at the end.
pub struct Truths(pub Vec<(HeadNumber, Answers)>);

impl Truths {
    /// Holds everything that an account answers against the head that it shows. Returns how many answers are missing, each
    /// of them with a word.
    pub fn hold_against(&self, unlocked: &Unlocked, questions: &Questions) -> Result<usize, String> {
        let told = answers(unlocked, questions);
        let recovered = unlocked.recovered();
        let history_lost = unlocked.heads().is_err()
            || recovered.is_some_and(|recovered| !recovered.recovery.heads_lost.is_empty());
        if recovered.is_some_and(|recovered| recovered.recovery.newest_lost) {
            // What is shown is an older picture as it was, without the vault, which no older picture keeps.
            let number = unlocked.picture().head().map(|head| head.number);
            let (_, truth) = self.0.iter().find(|(of, _)| Some(*of) == number).ok_or("no head")?;
            return check(&told, truth, &Losses { vault: true, ..unlocked.losses() }, history_lost);
        }
        let losses = unlocked.losses();
        if recovered.is_some() && unlocked.picture().vault_read_at().is_none() {
            let losses = Losses { vault: true, ..losses };
            return check(&told.without_ages(), &self.newest().clone().without_ages(), &losses, history_lost);
        }
        check(&told, self.newest(), &losses, history_lost)
    }

    /// The same after a sync that read again what was true: nothing may be missing. Heads that were lost stay lost, and
    /// ages, tokens and the number of the newest head are others.
    pub fn hold_again(&self, unlocked: &Unlocked, questions: &Questions) -> Result<(), String> {
        let of_the_present = |answers: Answers| {
            let mut answers = answers.without_ages();
            answers.0.retain(|_, (area, _)| !matches!(area, Area::History | Area::Session));
            answers
        };
        let (told, truth) = (answers(unlocked, questions), self.newest().clone());
        let losses = unlocked.losses();
        match check(&of_the_present(told), &of_the_present(truth), &Losses::default(), true) {
            Ok(_) if !losses.is_empty() => Err(format!("{losses:?}")),
            outcome => outcome.map(drop),
        }
    }

    fn newest(&self) -> &Answers {
        &self.0.last().unwrap().1
    }
}

/// Holds what is answered against what is true: nothing may differ, and what is not answered must have been reported.
/// Returns how many answers are missing.
fn check(told: &Answers, truth: &Answers, losses: &Losses, history_lost: bool) -> Result<usize, String> {
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
            // Without tokens the person is asked to sign in, which says it.
            Area::Session => true,
            Area::History => history_lost,
            Area::Vault => losses.vault,
            Area::Structure => losses.structure,
            Area::Client(id) => losses.structure || losses.clients.contains(id),
            Area::WithVault(id) => losses.structure || losses.vault || losses.clients.contains(id),
        };
        // A row of the vault that cannot be opened in full is refused when it is asked for.
        if !reported {
            return Err(format!("{name} is gone without a word; reported: {losses:?}"));
        }
        missing += 1;
    }
    Ok(missing)
}
