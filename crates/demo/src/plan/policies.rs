//! Policies of client organizations, by their numbers on the wire (protocol.md §4.8). Only Enterprise plans have any.

use serde_json::json;

use time::{Duration, OffsetDateTime};

use super::{PlanKind, Policy, hours};
use crate::seeded::{Seeded, chance};

pub(super) const TWO_STEP: i32 = 0;
pub(super) const MASTER_PASSWORD: i32 = 1;
const GENERATOR: i32 = 2;
const SINGLE_ORGANIZATION: i32 = 3;
const SEND_OPTIONS: i32 = 7;
pub(super) const ACCOUNT_RECOVERY: i32 = 8;
const SESSION_TIMEOUT: i32 = 9;
const NO_PERSONAL_EXPORT: i32 = 10;
const NO_FREE_FAMILIES: i32 = 13;
pub(super) const NO_PIN: i32 = 14;

/// The policies of one organization: the model set, of which some organizations lack some.
///
/// Who set an organization up turned the model set on within its first weeks; what else is there grows with the number of
/// people, and came later. A policy that nobody ever touched has no row.
pub(super) fn policies(
    seeded: &Seeded,
    label: &str,
    plan: PlanKind,
    people: usize,
    (created, now): (OffsetDateTime, OffsetDateTime),
) -> Vec<Policy> {
    if plan == PlanKind::Teams {
        return Vec::new();
    }
    let mut dice = seeded.dice(&format!("{label}/policies"));
    let mut often = |percent| chance(&mut dice, percent);
    let policy = |kind, enabled, data| Policy { kind, enabled, data, revised: created };
    // Large organizations have somebody who thinks of more than the model set.
    let more = if people > 60 { 55 } else { 25 };
    let minutes = if people > 60 { 60 } else { 240 };
    let mut all = vec![
        policy(TWO_STEP, true, None),
        policy(
            MASTER_PASSWORD,
            true,
            // Not at sign-in: official clients would turn away the demo's people, whose passwords are made to be typed.
            Some(json!({
                "minComplexity": 3, "minLength": 14, "requireLower": true, "requireUpper": true,
                "requireNumbers": true, "requireSpecial": false, "enforceOnLogin": false,
            })),
        ),
        policy(
            GENERATOR,
            often(70),
            Some(json!({
                "overridePasswordType": "password", "minLength": 20, "useUpper": true, "useLower": true,
                "useNumbers": true, "useSpecial": true, "minNumbers": 1, "minSpecial": 1, "minNumberWords": null,
                "capitalize": false, "includeNumber": false,
            })),
        ),
        policy(SINGLE_ORGANIZATION, true, None),
        policy(SEND_OPTIONS, often(40), Some(json!({ "disableHideEmail": true }))),
        policy(ACCOUNT_RECOVERY, true, Some(json!({ "autoEnrollEnabled": true }))),
        policy(
            SESSION_TIMEOUT,
            often(60),
            Some(json!({ "minutes": minutes, "hours": minutes / 60, "action": "lock" })),
        ),
        policy(NO_PERSONAL_EXPORT, often(30), None),
        policy(NO_FREE_FAMILIES, often(more), None),
        policy(NO_PIN, often(more), None),
    ];
    all.retain(|policy| policy.enabled || often(35));
    for policy in &mut all {
        let days = if MODEL.contains(&policy.kind) { dice.i64(0..40) } else { dice.i64(20..900) };
        policy.revised = hours::on_day_of(&mut dice, created + Duration::days(days), now).max(created);
    }
    all
}

/// What the provider turns on for everybody.
const MODEL: [i32; 4] = [TWO_STEP, MASTER_PASSWORD, SINGLE_ORGANIZATION, ACCOUNT_RECOVERY];

/// What cannot be on where somebody belongs to a second organization: the single organization policy, and the two
/// that need it (protocol.md §4.8). Owners and admins are exempt.
pub(super) const ONLY_WITH_SINGLE_ORGANIZATION: [i32; 3] =
    [SINGLE_ORGANIZATION, ACCOUNT_RECOVERY, SESSION_TIMEOUT];

/// Turns a policy off.
pub(super) fn switch_off(policies: &mut [Policy], kind: i32) {
    policies.iter_mut().filter(|policy| policy.kind == kind).for_each(|policy| policy.enabled = false);
}

/// Whether the policy of this number is on.
pub(super) fn is_on(policies: &[Policy], kind: i32) -> bool {
    policies.iter().any(|policy| policy.kind == kind && policy.enabled)
}
