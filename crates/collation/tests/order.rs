//! Names in the order in which people look for them.

use portico_collation::{SortName, compare, fold, sort_key};
use proptest::prelude::*;
use std::cmp::Ordering;

fn in_order(names: &[&str]) {
    for (place, earlier) in names.iter().enumerate() {
        for later in &names[place + 1..] {
            assert!(SortName::new(earlier) < SortName::new(later), "{earlier:?} before {later:?}");
            assert!(SortName::new(later) > SortName::new(earlier), "{later:?} behind {earlier:?}");
        }
    }
}

#[test]
fn numbers_stand_by_their_value() {
    in_order(&[
        "Client",
        "Client 1",
        "client 2",
        "Client 2 B",
        "Client 10",
        "CLIENT 10 a",
        "Client 100",
        "Client A",
    ]);
    in_order(&["v1.2.9", "v1.2.10", "v1.10.0", "v2"]);
    in_order(&["10.0.0.2", "10.0.0.10", "10.0.1.1", "192.168.0.1"]);
    in_order(&["a1b", "a12", "a12b", "ab"]);
    in_order(&["Rack 9/Port 2", "Rack 9/Port 11", "Rack 10/Port 1"]);
}

#[test]
fn case_accents_and_ligatures_say_nothing() {
    in_order(&["Éclair 2", "ECLAIR 10", "Œuvre 3", "oeuvre 20", "Straße 5", "STRASSE 12"]);
    assert_eq!(SortName::new("Élodie 7"), SortName::new("ELODIE 7"));
}

#[test]
fn zeros_before_a_number_only_part_what_is_equal_otherwise() {
    in_order(&["Host 01", "Host 1", "Host 01 b", "Host 2", "Host 010", "Host 10"]);
    assert_ne!(SortName::new("Host 01"), SortName::new("Host 1"));
}

#[test]
fn numbers_have_no_largest() {
    let (nines, one) = ("9".repeat(400), format!("1{}", "0".repeat(400)));
    assert_eq!(compare(&nines, &one), Ordering::Less);
    assert_eq!(compare(&format!("{nines}a"), &format!("{nines}b")), Ordering::Less);
    in_order(&["1", "99999999", "100000000", "999999999", "1000000000", &nines, &one]);
}

/// Short texts of few letters, in which numbers and equal beginnings are frequent.
const NAMES: &str = "[0-29 a./é]{0,6}|a{14,18}[0-9]{0,3}";

proptest! {
    #[test]
    fn kept_keys_and_texts_are_compared_alike(one in NAMES, two in NAMES) {
        let (folded, facing) = (fold(&one), fold(&two));
        let by_keys = sort_key(&folded).cmp(&sort_key(&facing)).then_with(|| folded.cmp(&facing));
        prop_assert_eq!(by_keys, compare(&folded, &facing));
        prop_assert_eq!(SortName::new(&one).cmp(&SortName::new(&two)), compare(&folded, &facing));
        prop_assert_eq!(SortName::new(&one) == SortName::new(&two), folded == facing);
    }

    #[test]
    fn it_is_an_order(one in NAMES, two in NAMES, three in NAMES) {
        let (one, two, three) = (fold(&one), fold(&two), fold(&three));
        prop_assert_eq!(compare(&one, &two), compare(&two, &one).reverse());
        prop_assert_eq!(compare(&one, &two) == Ordering::Equal, one == two);
        if compare(&one, &two).is_le() && compare(&two, &three).is_le() {
            prop_assert!(compare(&one, &three).is_le());
        }
    }

    #[test]
    fn where_no_digits_are_it_is_that_of_the_bytes(one in "[^0-9]{0,40}", two in "[^0-9]{0,40}") {
        let (one, two) = (fold(&one), fold(&two));
        prop_assume!(!one.chars().chain(two.chars()).any(|letter| letter.is_ascii_digit()));
        prop_assert_eq!(compare(&one, &two), one.cmp(&two));
    }

    #[test]
    fn two_numbers_are_compared_as_numbers(one: u64, two: u64) {
        prop_assert_eq!(compare(&format!("host {one}"), &format!("host {two}")), one.cmp(&two));
    }
}
