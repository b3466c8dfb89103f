//! Seats that a client takes where the provider's list gives no figure.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::json;
use support::*;

#[test]
fn seats_are_counted_from_the_members_where_the_list_gives_no_figure() {
    let world = World::new();
    let (_machine, unlocked) = Machine::with_account(&world);
    let mut intake = unlocked.begin_intake().unwrap();
    let mut provider = world.provider_picture();
    for row in &mut provider.clients {
        (row.user_count, row.occupied_seats, row.remaining_seats) = (None, None, None);
    }
    intake.provider(provider);
    let mut north = world.client_picture(NORTH, "Northwind Traders", 40);
    for (member, status) in north.members.iter_mut().zip([-1, 0, 1, 3]) {
        member.status = from(json!(status));
    }
    intake.client(NORTH, read(north)).unwrap();
    intake.commit().unwrap();
    let picture = unlocked.picture();
    let rows = &picture.providers().unwrap()[0].rows;
    let taken = |id| {
        let row = rows.iter().find(|row| row.organization_id == id).unwrap();
        (row.used, row.confirmed, picture.seats_taken(row).unwrap())
    };
    assert_eq!(taken(NORTH), (None, None, Some(38)), "neither revoked nor staged");
    assert_eq!(taken(SOUTH), (None, None, None), "it was never read");
}
