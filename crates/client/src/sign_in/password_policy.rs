//! What organizations demand of a master password at each sign-in (`MasterPasswordPolicy`, protocol.md §1.4).

use portico_profile::PasswordNotice;
use portico_protocol::identity::{MasterPasswordPolicy, TokenAccount};

/// What the answer to a sign-in has against the password that it was made with.
pub(super) fn notice(account: &TokenAccount, password: &str) -> Option<PasswordNotice> {
    if account.force_password_reset {
        return Some(PasswordNotice::SetByAdministrator);
    }
    let policy = account.master_password_policy.as_ref()?;
    falls_short(policy, password).then_some(PasswordNotice::BelowPolicy)
}

/// Counted as the official clients count. How hard a password is to guess (`minComplexity`) is measured by a library of
/// theirs alone: nothing is said of it here.
fn falls_short(policy: &MasterPasswordPolicy, password: &str) -> bool {
    let lacks = |demanded: Option<bool>, is_one: fn(char) -> bool| {
        demanded == Some(true) && !password.chars().any(is_one)
    };
    let length = i64::try_from(password.encode_utf16().count()).unwrap_or(i64::MAX);
    policy.enforce_on_login == Some(true)
        && (policy.min_length.is_some_and(|least| length < i64::from(least))
            || lacks(policy.require_lower, char::is_lowercase)
            || lacks(policy.require_upper, char::is_uppercase)
            || lacks(policy.require_numbers, |c| c.is_ascii_digit())
            || lacks(policy.require_special, |c| "!@#$%^&*".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_falls_short_of_each_demand_by_itself_where_it_counts_at_sign_in() {
        let enforced = || MasterPasswordPolicy { enforce_on_login: Some(true), ..Default::default() };
        let policies: [(MasterPasswordPolicy, &str, &str); 5] = [
            (MasterPasswordPolicy { min_length: Some(8), ..enforced() }, "é1234567", "é123456"),
            (MasterPasswordPolicy { require_lower: Some(true), ..enforced() }, "ABCé", "ABC1!"),
            (MasterPasswordPolicy { require_upper: Some(true), ..enforced() }, "abcÉ", "abc1!"),
            (MasterPasswordPolicy { require_numbers: Some(true), ..enforced() }, "abc1", "abcABC!"),
            (MasterPasswordPolicy { require_special: Some(true), ..enforced() }, "abc^", "abc-ABC1"),
        ];
        for (policy, enough, short) in policies {
            assert!(!falls_short(&policy, enough), "{policy:?} {enough}");
            assert!(falls_short(&policy, short), "{policy:?} {short}");
            for enforce_on_login in [None, Some(false)] {
                assert!(!falls_short(&MasterPasswordPolicy { enforce_on_login, ..policy.clone() }, short));
            }
        }
        let hard = MasterPasswordPolicy { min_complexity: Some(4), ..enforced() };
        assert!(!falls_short(&hard, "a"), "not measured");
    }

    #[test]
    fn what_an_administrator_set_is_told_before_all_else() {
        let policy = MasterPasswordPolicy {
            enforce_on_login: Some(true),
            min_length: Some(12),
            ..MasterPasswordPolicy::default()
        };
        let account = |force_password_reset| TokenAccount {
            force_password_reset,
            master_password_policy: Some(policy.clone()),
            ..TokenAccount::default()
        };
        assert_eq!(notice(&account(true), "short"), Some(PasswordNotice::SetByAdministrator));
        assert_eq!(notice(&account(false), "short"), Some(PasswordNotice::BelowPolicy));
        assert_eq!(notice(&account(false), "long enough for it"), None);
        assert_eq!(notice(&TokenAccount::default(), ""), None);
    }
}
