//! When it locks, and when it logs out.

use super::*;

const ONE: Uuid = Uuid::from_u128(1);
const TWO: Uuid = Uuid::from_u128(2);

fn demanded(most_minutes: Option<u32>, log_out: bool) -> LockPolicies {
    LockPolicies { most_minutes, log_out, ..LockPolicies::default() }
}

#[test]
fn the_shortest_time_of_the_setting_and_of_all_organizations_locks() {
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    let free = (ONE, LockPolicies::default());
    let bound = (TWO, demanded(Some(5), false));
    assert_eq!(idle_end(Some(15), &[free], None, minutes(15) - Duration::from_secs(1)), None);
    assert_eq!(idle_end(Some(15), &[free], None, minutes(15)), Some(IdleEnd::Lock));
    assert_eq!(idle_end(None, &[free], None, minutes(600)), None, "only on demand");
    assert_eq!(idle_end(Some(15), &[free, bound], None, minutes(5)), Some(IdleEnd::Lock));
    assert_eq!(
        idle_end(None, &[bound], None, minutes(5)),
        Some(IdleEnd::Lock),
        "a policy counts without a setting"
    );
    assert_eq!(idle_end(Some(1), &[bound], None, minutes(1)), Some(IdleEnd::Lock), "a shorter setting stays");
    assert_eq!(idle_end(Some(15), &[], None, minutes(600)), None, "nothing is open");
}

#[test]
fn a_policy_that_wants_a_log_out_gets_it_when_its_own_time_is_over() {
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    let open = [(ONE, LockPolicies::default()), (TWO, demanded(Some(30), true))];
    assert_eq!(
        idle_end(Some(15), &open, None, minutes(15)),
        Some(IdleEnd::Lock),
        "the person's own time locks"
    );
    assert_eq!(idle_end(Some(60), &open, None, minutes(29)), None);
    assert_eq!(idle_end(Some(60), &open, None, minutes(30)), Some(IdleEnd::LogOut(TWO)));
}

fn touched(minutes: u64) -> Touched {
    Touched { steady: Instant::now(), wall: SystemTime::now() - Duration::from_secs(minutes * 60) }
}

/// The person's own time locks after a quarter of an hour; the policy's half an hour goes on meanwhile.
#[test]
fn an_account_that_was_locked_meanwhile_is_logged_out_all_the_same() {
    let (wants_log_out, wants_lock) = (demanded(Some(30), true), demanded(Some(30), false));
    let locked_for = |minutes| {
        let mut log_outs = LogOuts::default();
        log_outs.keep(ONE, &wants_lock, touched(minutes));
        log_outs.keep(TWO, &wants_log_out, touched(minutes));
        log_outs.over(|_| false)
    };
    assert_eq!(locked_for(29), None);
    assert_eq!(locked_for(30), Some(TWO));
    let now = Duration::ZERO;
    assert_eq!(idle_end(Some(15), &[], Some(TWO), now), Some(IdleEnd::LogOut(TWO)), "nothing is open");
    let other = [(ONE, LockPolicies::default())];
    assert_eq!(idle_end(Some(15), &other, Some(TWO), now), Some(IdleEnd::LogOut(TWO)), "another is in use");
    let quarter = Duration::from_secs(900);
    assert_eq!(idle_end(Some(15), &other, Some(TWO), quarter), Some(IdleEnd::Lock), "what is open first");
}

#[test]
fn unlocking_in_time_logging_out_and_failing_to_end_a_due_log_out() {
    let policies = demanded(Some(30), true);
    let mut log_outs = LogOuts::default();
    log_outs.keep(ONE, &policies, touched(45));
    assert_eq!(log_outs.over(|account| account == ONE), None, "it is open again");
    assert!(log_outs.note(ONE, &policies, touched(0)));
    assert_eq!(log_outs.over(|_| false), None, "and begins anew");
    log_outs.keep(ONE, &policies, touched(45));
    log_outs.postpone(ONE);
    assert_eq!(log_outs.over(|_| false), None, "a failure is no reason to try at every look");
    log_outs.keep(ONE, &policies, touched(45));
    log_outs.forget(ONE);
    assert_eq!(log_outs.over(|_| false), None);
    // The policy was taken back before the last lock.
    log_outs.keep(TWO, &policies, touched(45));
    log_outs.keep(TWO, &LockPolicies::default(), touched(45));
    assert_eq!(log_outs.over(|_| false), None);
}

#[test]
fn a_due_log_out_survives_the_program() {
    let policies = demanded(Some(30), true);
    let mut log_outs = LogOuts::default();
    log_outs.keep(ONE, &policies, touched(29));
    log_outs.keep(TWO, &policies, touched(31));
    let kept = serde_json::to_value(log_outs.for_settings()).expect("JSON");
    let restarted = LogOuts::of_settings(&serde_json::from_value(kept).expect("as it was written"));
    assert_eq!(restarted.over(|_| false), Some(TWO));
    assert_eq!(restarted.over(|account| account == TWO), None, "the other has a minute left");
    assert_eq!(restarted.for_settings(), log_outs.for_settings());
}

/// The program may be killed while the account is open.
#[test]
fn an_open_account_is_noted_but_not_at_every_look() {
    let policies = demanded(Some(40), true);
    let mut log_outs = LogOuts::default();
    assert!(!log_outs.note(ONE, &LockPolicies::default(), touched(60)), "nothing is demanded of it");
    assert!(log_outs.note(ONE, &policies, touched(60)));
    assert!(!log_outs.note(ONE, &policies, touched(51)), "nine minutes later");
    assert!(log_outs.note(ONE, &policies, touched(49)), "eleven minutes later");
    assert!(log_outs.note(ONE, &demanded(Some(20), true), touched(49)), "another time");
    assert!(log_outs.note(ONE, &demanded(Some(20), true), touched(55)), "the clock was set back");
    assert_eq!(log_outs.over(|_| false), Some(ONE));
    assert!(log_outs.note(ONE, &LockPolicies::default(), touched(49)), "the policy is gone");
    assert!(log_outs.for_settings().is_empty());
}
