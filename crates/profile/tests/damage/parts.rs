//! Parts of a picture that are lost: named, read round, and read again by the next sync.

use portico_estate::StaleReason;
use portico_profile::*;

use crate::support::*;

/// Harms every sealed object of the file but those that `spare` says, and the given rows of other tables stay.
fn harm_objects(machine: &Machine, is_harmed: impl Fn(usize) -> bool) -> usize {
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    let mut statement = connection.prepare("SELECT id, sealed FROM object").unwrap();
    let rows: Vec<(i64, Vec<u8>)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut harmed = 0;
    for (id, mut sealed) in rows {
        if is_harmed(sealed.len()) {
            sealed[30] ^= 1;
            connection.execute("UPDATE object SET sealed = ?2 WHERE id = ?1", (id, sealed)).unwrap();
            harmed += 1;
        }
    }
    harmed
}

fn synced() -> (World, Machine, Unlocked) {
    let mut world = World::new();
    for n in 0..10 {
        world.add_login(n, &format!("Orchard Bank {n}"), None);
    }
    let (machine, unlocked) = Machine::with_account(&world);
    full_sync(&world, &unlocked);
    (world, machine, unlocked)
}

#[test]
fn a_lost_client_is_named_and_read_again_by_the_next_sync() {
    let (world, machine, unlocked) = synced();
    drop(unlocked);
    harm_client(&machine, NORTH);
    let unlocked = machine.unlock();
    assert!(unlocked.recovered().is_none() && unlocked.losses().is_empty(), "nobody has looked yet");
    let picture = unlocked.picture();
    let lost = picture.client(NORTH).unwrap_err();
    assert_eq!(
        lost.to_string(),
        "the copy of Northwind Traders on this computer is damaged; the next sync reads it again"
    );
    assert!(lost.is_damage());
    assert_eq!(picture.client(SOUTH).unwrap().unwrap().members.len(), 5, "the rest is read");
    let estate = picture.estate(PROVIDER).unwrap().unwrap();
    let north = estate.client(NORTH).unwrap();
    assert!(north.structure.is_none() && north.freshness.stale == Some(StaleReason::Damaged));
    assert!(picture.search_texts().unwrap().len() == 2);

    // A sync finds it without being told, marks it, and may fail to read it: then it stays marked.
    machine.clock.advance(3600);
    let mut intake = unlocked.begin_intake().unwrap();
    assert_eq!(intake.lost().clients.iter().copied().collect::<Vec<_>>(), [NORTH]);
    intake.provider(world.provider_picture());
    intake.commit().unwrap();
    assert_eq!(unlocked.picture().freshness(NORTH).stale, Some(StaleReason::Damaged));

    full_sync(&world, &unlocked);
    drop(unlocked);
    let unlocked = machine.unlock();
    assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
    assert_eq!(unlocked.picture().freshness(NORTH).stale, None);
    assert!(unlocked.recovered().is_none());
}

#[test]
fn a_lost_vault_is_asked_for_again() {
    let (world, machine, unlocked) = synced();
    drop(unlocked);
    let harmed = harm_objects(&machine, |_| true);
    assert!(harmed > 10);
    let unlocked = machine.unlock();
    assert!(unlocked.losses().vault);
    let picture = unlocked.picture();
    assert!(
        picture.items().is_empty() && picture.revision().is_none() && picture.profile().unwrap().is_none()
    );
    assert!(picture.providers().unwrap().is_empty() && unlocked.losses().structure);
    assert!(
        picture.lock_policies().unwrap_err().is_damage(),
        "what they forbid is not allowed because they are lost"
    );
    assert_eq!(picture.item_index().unwrap().hidden_items(), 0);
    full_sync(&world, &unlocked);
    let unlocked = machine.unlock();
    assert_eq!(unlocked.picture().items().len(), 10);
    assert!(unlocked.picture().lock_policies().is_ok());
    assert!(unlocked.losses().is_empty());
}

#[test]
fn a_lost_list_of_clients_is_no_empty_one() {
    let (world, machine, unlocked) = synced();
    drop(unlocked);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    let mut statement = connection.prepare("SELECT id FROM object").unwrap();
    let ids: Vec<i64> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    drop(statement);
    drop(connection);
    let (mut lost_lists, mut lost_beside) = (0, 0);
    for id in ids {
        std::fs::write(machine.cache_file(), &whole).unwrap();
        let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
        let harm = "UPDATE object SET sealed = zeroblob(length(sealed)) WHERE id = ?1";
        connection.execute(harm, [id]).unwrap();
        // Or rows that were made from a lost page would stand in for it.
        connection.execute("DELETE FROM derived", []).unwrap();
        drop(connection);
        let unlocked = machine.unlock();
        let picture = unlocked.picture();
        let rows = picture.provider(PROVIDER).unwrap().map_or(0, |view| view.rows.len());
        let is_whole = picture.lists_all_clients(PROVIDER).unwrap();
        assert!(is_whole == (rows == 2), "{rows} rows without object {id}");
        lost_lists += u32::from(!is_whole);
        lost_beside += u32::from(is_whole && unlocked.losses().structure);
    }
    assert!(lost_lists >= 3, "the list, its provider, and what holds both: {lost_lists}");
    assert!(lost_beside >= 1, "a lost team is no lost list");
    full_sync(&world, &machine.unlock());
    assert!(machine.unlock().picture().lists_all_clients(PROVIDER).unwrap());
}

#[test]
fn lost_rows_of_a_vault_are_made_again_from_the_items() {
    let (_, machine, unlocked) = synced();
    let before = unlocked.picture().items().to_vec();
    drop(unlocked);
    // The rows of ten items are one page, and nothing else that is sealed is stored uncompressed and has its size.
    let sizes: Vec<usize> = sizes(&machine);
    let whole = std::fs::read(machine.cache_file()).unwrap();
    let mut made_again = 0;
    for size in sizes {
        std::fs::write(machine.cache_file(), &whole).unwrap();
        harm_objects(&machine, |len| len == size);
        let unlocked = machine.unlock();
        let items = unlocked.picture().items().to_vec();
        if unlocked.losses().vault && items == before {
            made_again += 1;
        }
        for item in items {
            assert!(before.contains(&item), "no row differs");
        }
    }
    assert!(made_again >= 1);
}

#[test]
fn lost_tokens_ask_for_a_sign_in_and_nothing_else() {
    let (_, machine, unlocked) = synced();
    drop(unlocked);
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    connection.execute("UPDATE cell SET sealed = zeroblob(300) WHERE name = 2", []).unwrap();
    drop(connection);
    let unlocked = machine.unlock();
    assert!(unlocked.session().is_none() && unlocked.losses().session);
    assert_eq!(unlocked.picture().items().len(), 10);
    unlocked.set_session(tokens("second")).unwrap();
    assert!(!unlocked.losses().session);
}

#[test]
fn damage_to_the_history_is_settled_by_the_next_unlock() {
    let (world, machine, unlocked) = synced();
    let first = unlocked.picture().head().unwrap().number;
    machine.clock.advance(3600);
    let mut changed = unlocked.begin_intake().unwrap();
    changed.provider(world.provider_picture());
    changed.client(NORTH, read(world.client_picture(NORTH, "Northwind Traders", 80))).unwrap();
    let second = changed.commit().unwrap();
    drop(unlocked);
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    connection.execute("DELETE FROM head WHERE number = ?1", [first.0 as i64]).unwrap();
    drop(connection);
    let unlocked = machine.unlock();
    let recovered = unlocked.recovered().unwrap().clone();
    assert_eq!(recovered.set_aside, "set-aside-2027-01-15.sqlite3");
    assert_eq!(recovered.recovery.heads_lost, [first]);
    assert!(!recovered.recovery.newest_lost);
    assert_eq!(unlocked.picture().head().unwrap().number, second);
    let files = machine.profile.set_aside_files(ACCOUNT).unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), [recovered.set_aside]);
    assert!(files[0].size > 10_000);
    assert!(unlocked.session().is_some(), "the tokens came along");
    drop(unlocked);
    assert!(machine.unlock().recovered().is_none());
}

#[test]
fn a_sign_in_takes_over_what_a_file_without_a_header_still_holds() {
    let (world, machine, unlocked) = synced();
    let head = unlocked.picture().head().unwrap().number;
    drop(unlocked);
    let mut file = std::fs::read(machine.cache_file()).unwrap();
    let email: Vec<usize> = (0..file.len() - 20).filter(|at| file[*at..].starts_with(b"\"email\"")).collect();
    assert!(email.len() >= 2);
    email.into_iter().for_each(|at| file[at + 12] ^= 1);
    std::fs::write(machine.cache_file(), &file).unwrap();
    assert!(matches!(machine.profile.unlock(ACCOUNT, PASSWORD), Err(UnlockError::Damaged)));
    let unlocked = machine.profile.create_account(world.new_account(), world.user_key()).unwrap();
    assert!(unlocked.recovered().is_some());
    assert_eq!(unlocked.picture().head().unwrap().number, head);
    assert_eq!(unlocked.picture().client(NORTH).unwrap().unwrap().members.len(), 40);
    drop(unlocked);
    assert_eq!(machine.unlock().email(), EMAIL);
}

fn sizes(machine: &Machine) -> Vec<usize> {
    let connection = rusqlite::Connection::open(machine.cache_file()).unwrap();
    let mut statement = connection.prepare("SELECT DISTINCT length(sealed) FROM object").unwrap();
    let sizes = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
    sizes.map(|size| size.unwrap() as usize).collect()
}

/// Harms objects one by one until exactly this client is lost.
fn harm_client(machine: &Machine, client: uuid::Uuid) {
    let whole = std::fs::read(machine.cache_file()).unwrap();
    for size in sizes(machine) {
        std::fs::write(machine.cache_file(), &whole).unwrap();
        harm_objects(machine, |len| len == size);
        let unlocked = machine.unlock();
        let lost = unlocked.begin_intake().unwrap().lost().clone();
        if lost.clients.iter().eq([&client]) && !lost.structure && !lost.vault {
            return;
        }
    }
    panic!("no object is of this client alone");
}
