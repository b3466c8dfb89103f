//! Which plans a provider may manage (protocol.md §5.7).

use portico_protocol::organization::PlanType;
use portico_protocol::provider::ProviderType;

use crate::error::ApiError;

/// # Errors
/// In the words of the official server, which names the plan by its identifier.
pub(super) fn check(provider: ProviderType, plan: PlanType) -> Result<(), ApiError> {
    let allowed = match provider {
        ProviderType::MSP => matches!(plan, PlanType::TEAMS_MONTHLY | PlanType::ENTERPRISE_MONTHLY),
        ProviderType::BUSINESS_UNIT => {
            matches!(plan, PlanType::ENTERPRISE_MONTHLY | PlanType::ENTERPRISE_ANNUALLY)
        }
        _ => !matches!(
            plan,
            PlanType::FREE | PlanType::FAMILIES_2019 | PlanType::FAMILIES_2025 | PlanType::FAMILIES
        ),
    };
    if allowed {
        return Ok(());
    }
    let plan = identifier(plan);
    Err(ApiError::refused(match provider {
        ProviderType::MSP => format!(
            "Managed Service Providers cannot manage organizations with the plan type {plan}. Only Teams (Monthly) and \
             Enterprise (Monthly) are allowed."
        ),
        ProviderType::BUSINESS_UNIT => format!(
            "Business Unit Providers cannot manage organizations with the plan type {plan}. Only Enterprise (Monthly) and \
             Enterprise (Annually) are allowed."
        ),
        _ => format!(
            "Providers cannot manage organizations with the requested plan type ({plan}). Only Teams and Enterprise \
             accounts are allowed."
        ),
    }))
}

/// `TeamsMonthly` for `TEAMS_MONTHLY`; the number where there is no name.
fn identifier(plan: PlanType) -> String {
    let Some(name) = plan.known_name() else { return plan.0.to_string() };
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        format!("{first}{}", rest.to_ascii_lowercase())
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_of_provider_has_its_plans_and_its_words() {
        let allowed = |provider| -> Vec<i32> {
            (0..=22).filter(|plan| check(provider, PlanType(*plan)).is_ok()).collect()
        };
        assert_eq!(allowed(ProviderType::MSP), [17, 19]);
        assert_eq!(allowed(ProviderType::BUSINESS_UNIT), [19, 20]);
        let of_resellers: Vec<i32> = (0..=22).filter(|plan| ![0, 1, 7, 22].contains(plan)).collect();
        assert_eq!(allowed(ProviderType::RESELLER), of_resellers);

        let words = |provider, plan| check(provider, plan).unwrap_err().to_string();
        assert_eq!(
            words(ProviderType::MSP, PlanType::ENTERPRISE_ANNUALLY_2020),
            "Managed Service Providers cannot manage organizations with the plan type EnterpriseAnnually2020. Only Teams \
             (Monthly) and Enterprise (Monthly) are allowed."
        );
        assert_eq!(
            words(ProviderType::BUSINESS_UNIT, PlanType::TEAMS_MONTHLY),
            "Business Unit Providers cannot manage organizations with the plan type TeamsMonthly. Only Enterprise (Monthly) \
             and Enterprise (Annually) are allowed."
        );
        assert_eq!(
            words(ProviderType::RESELLER, PlanType::FREE),
            "Providers cannot manage organizations with the requested plan type (Free). Only Teams and Enterprise accounts \
             are allowed."
        );
    }
}
