//! How little one changed client writes.

use uuid::Uuid;

use super::{Machine, NORTH, World, bytes, read};

/// The bytes that a full sync of `clients` clients writes, and those of a sync in which one of them changed.
pub fn bytes_of_one_change(clients: u128, members: u128) -> (u64, u64) {
    let world = World::new();
    let (machine, unlocked) = Machine::with_account(&world);
    let sync = bytes(&world.sync());
    let id = |n: u128| Uuid::from_u128((n << 64) + 0xc000);
    let take = |changed: Option<u128>| {
        let mut intake = unlocked.begin_intake().unwrap();
        intake.vault(&sync, None).unwrap();
        let mut provider = world.provider_picture();
        provider.clients = (0..clients)
            .map(|n| {
                let name = format!("Client number {n}");
                world.client_row(id(n), &name, &world.north, 12 + i32::from(changed == Some(n)))
            })
            .collect();
        // The key is sealed once: the server does not send another text each time.
        let key = provider.clients[0].key.clone();
        provider.clients.iter_mut().for_each(|row| row.key.clone_from(&key));
        intake.provider(provider);
        for n in 0..clients {
            let more = u128::from(changed == Some(n));
            let mut picture = world.client_picture(NORTH, &format!("Client number {n}"), members + more);
            picture.organization.id = id(n);
            for (member, number) in picture.members.iter_mut().zip(1u128..) {
                member.id = Uuid::from_u128((number << 64) + n);
                member.email = format!("antinous{number}@client{n}.example");
            }
            intake.client(id(n), read(picture)).unwrap();
        }
        intake.commit_counting().unwrap().1
    };
    let full = take(None);
    machine.clock.advance(3600);
    (full, take(Some(clients / 2)))
}
