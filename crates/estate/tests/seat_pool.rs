//! The arithmetic of seats against the server's own rule, written down once more from protocol.md §5.8.
#![allow(clippy::unwrap_used)] // A test may panic.

use portico_estate::{SeatChange, SeatPool, SeatRefusal, check_seats};
use proptest::prelude::*;

/// The demo's figures: 100 seats at least, 93 given.
const POOL: SeatPool = SeatPool { minimum: 100, purchased: 0, assigned: 93 };

fn change(assigned: i64, unassigned: i64, bought: i64, given_back: i64) -> SeatChange {
    SeatChange { assigned, unassigned, bought, given_back }
}

#[test]
fn seats_of_the_minimum_cost_nothing_and_those_beyond_are_bought() {
    assert_eq!((POOL.paid_for(), POOL.unassigned()), (100, 7));
    assert_eq!(POOL.after(7), change(100, 0, 0, 0));
    assert_eq!(POOL.after(10), change(103, 0, 3, 0));
    assert_eq!(POOL.after(-3), change(90, 10, 0, 0));
}

#[test]
fn seats_beyond_the_minimum_are_given_back_first() {
    let pool = SeatPool { minimum: 100, purchased: 12, assigned: 112 };
    assert_eq!((pool.paid_for(), pool.unassigned()), (112, 0));
    assert_eq!(pool.after(-5), change(107, 0, 0, 5));
    assert_eq!(pool.after(-20), change(92, 8, 0, 12));
    assert_eq!(pool.after(1), change(113, 0, 1, 0));
}

#[test]
fn a_service_user_moves_seats_only_inside_what_is_paid_for() {
    assert_eq!(check_seats(Some(POOL), 10, 17, 4, false), Ok(Some(change(100, 0, 0, 0))));
    let refused = Err(SeatRefusal::NotUnassigned { unassigned: 7 });
    assert_eq!(check_seats(Some(POOL), 10, 18, 4, false), refused);
    assert_eq!(check_seats(Some(POOL), 10, 18, 4, true), Ok(Some(change(101, 0, 1, 0))));
    let beyond = SeatPool { minimum: 100, purchased: 5, assigned: 105 };
    assert!(check_seats(Some(beyond), 10, 9, 4, false).is_ok(), "fewer is no purchase");
}

#[test]
fn nobody_gives_fewer_seats_than_are_taken() {
    for is_admin in [true, false] {
        assert_eq!(
            check_seats(Some(POOL), 10, 3, 4, is_admin),
            Err(SeatRefusal::BelowOccupied { occupied: 4 })
        );
        assert_eq!(check_seats(None, 10, 0, 0, is_admin), Err(SeatRefusal::None));
    }
    assert_eq!(check_seats(None, 10, 5000, 4, false), Ok(None), "nothing is known of the plan");
}

proptest! {
    #[test]
    fn a_purchase_is_what_the_server_calls_one(
        minimum in 0_i64..1000,
        assigned in 0_i64..2000,
        delta in -500_i64..500,
    ) {
        let purchased = (assigned - minimum).max(0);
        let pool = SeatPool { minimum, purchased, assigned };
        let after = (assigned + delta).max(0);
        let change = pool.after(delta);
        prop_assert_eq!(change.bought > 0, after > minimum && after > assigned);
        prop_assert_eq!(purchased + change.bought - change.given_back, (after - minimum).max(0));
        prop_assert_eq!(change.assigned + change.unassigned, minimum.max(after));
    }

    #[test]
    fn no_figures_of_a_server_make_it_panic(
        minimum in any::<i64>(), purchased in any::<i64>(), assigned in any::<i64>(), delta in any::<i64>(),
    ) {
        let pool = SeatPool { minimum, purchased, assigned };
        let change = pool.after(delta);
        prop_assert!(pool.unassigned() >= 0 && change.bought >= 0 && change.given_back >= 0);
    }
}
