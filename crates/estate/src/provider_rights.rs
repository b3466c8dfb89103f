//! What a member of a provider may do there, and why not (protocol.md §5.3, §5.14; the table of ui.md (b)): so that a
//! forbidden action is absent or explained, and no error after the fact.

use portico_protocol::provider::{ProfileProvider, ProviderStatus, ProviderType, ProviderUserType};

/// What one member may do in one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderRights {
    /// Provider admin; otherwise service user.
    pub is_admin: bool,
    /// New clients and existing organizations.
    pub may_add_clients: Result<(), WhyNot>,
    /// New client organizations, which only providers with consolidated billing make.
    pub may_create_clients: Result<(), WhyNot>,
    /// Name and seats of a client; a service user within the seats that are paid for.
    pub may_change_clients: Result<(), WhyNot>,
    /// Letting a client go. A suspended provider may.
    pub may_unlink_clients: Result<(), WhyNot>,
    /// Inviting, confirming, changing and removing the provider's own people. A suspended provider may: its clients alone
    /// stand still (ui.md (b)), and somebody has to put it right.
    pub may_manage_members: Result<(), WhyNot>,
    /// The provider's log.
    pub may_read_events: Result<(), WhyNot>,
    /// The subscription page. The figures for the arithmetic of seats are for everybody where there is a subscription.
    pub may_read_billing: Result<(), WhyNot>,
    /// Name, billing address, deleting the provider; a suspended one as well.
    pub may_change_settings: Result<(), WhyNot>,
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyNot {
    /// It takes a provider admin.
    ServiceUser,
    /// The provider is disabled.
    Suspended,
    /// The provider keeps no log.
    NoLog,
    /// The provider has no consolidated billing: a reseller, or one from before there was any.
    NotBillable,
    /// A reseller looks and no more: the vendor's staff link its clients (ui.md (b), "Legacy").
    Reseller,
}

impl ProviderRights {
    /// The rights that a profile's entry gives.
    pub fn of(provider: &ProfileProvider) -> Self {
        let is_admin = provider.role == ProviderUserType::PROVIDER_ADMIN;
        let admin = is_admin.then_some(()).ok_or(WhyNot::ServiceUser);
        let working = provider.enabled.then_some(()).ok_or(WhyNot::Suspended);
        let billable = is_billable(provider).then_some(()).ok_or(WhyNot::NotBillable);
        let is_reseller = provider.provider_type == ProviderType::RESELLER;
        let links = (!is_reseller).then_some(()).ok_or(WhyNot::Reseller);
        let keeps_log = provider.use_events.then_some(()).ok_or(WhyNot::NoLog);
        Self {
            is_admin,
            may_add_clients: links.and(admin).and(working),
            may_create_clients: links.and(admin).and(billable).and(working),
            may_change_clients: billable.and(working),
            may_unlink_clients: links.and(admin),
            may_manage_members: admin,
            may_read_events: admin.and(keeps_log),
            may_read_billing: admin.and(billable),
            may_change_settings: admin,
        }
    }
}

/// Whether the provider has consolidated billing (protocol.md §5.1).
pub fn is_billable(provider: &ProfileProvider) -> bool {
    matches!(provider.provider_type, ProviderType::MSP | ProviderType::BUSINESS_UNIT)
        && provider.provider_status == ProviderStatus::BILLABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(change: impl FnOnce(&mut ProfileProvider)) -> ProviderRights {
        let mut provider = ProfileProvider {
            role: ProviderUserType::PROVIDER_ADMIN,
            enabled: true,
            use_events: true,
            provider_status: ProviderStatus::BILLABLE,
            provider_type: ProviderType::MSP,
            ..ProfileProvider::default()
        };
        change(&mut provider);
        ProviderRights::of(&provider)
    }

    #[test]
    fn an_admin_may_everything_and_a_service_user_what_the_table_says() {
        let all = rights(|_| {});
        assert!(all.is_admin);
        for may in
            [all.may_add_clients, all.may_create_clients, all.may_change_clients, all.may_unlink_clients]
        {
            assert_eq!(may, Ok(()));
        }
        for may in
            [all.may_manage_members, all.may_read_events, all.may_read_billing, all.may_change_settings]
        {
            assert_eq!(may, Ok(()));
        }
        let service = rights(|provider| provider.role = ProviderUserType::SERVICE_USER);
        assert_eq!(service.may_change_clients, Ok(()));
        let refused = Err(WhyNot::ServiceUser);
        let forbidden = [service.may_add_clients, service.may_create_clients, service.may_unlink_clients];
        assert_eq!(forbidden, [refused; 3]);
        let forbidden = [service.may_manage_members, service.may_read_events, service.may_read_billing];
        assert_eq!(forbidden, [refused; 3]);
        assert_eq!(service.may_change_settings, refused);
    }

    #[test]
    fn a_suspended_provider_does_nothing_with_clients_but_to_let_them_go() {
        let suspended = rights(|provider| provider.enabled = false);
        let refused = Err(WhyNot::Suspended);
        let clients = [suspended.may_add_clients, suspended.may_create_clients, suspended.may_change_clients];
        assert_eq!(clients, [refused; 3]);
        assert_eq!(suspended.may_unlink_clients, Ok(()));
        let itself = [
            suspended.may_manage_members,
            suspended.may_read_events,
            suspended.may_read_billing,
            suspended.may_change_settings,
        ];
        assert_eq!(itself, [Ok(()); 4]);
        let service = rights(|provider| {
            (provider.enabled, provider.role) = (false, ProviderUserType::SERVICE_USER);
        });
        let refused = Err(WhyNot::ServiceUser);
        assert_eq!([service.may_manage_members, service.may_change_settings], [refused; 2]);
        assert_eq!(service.may_change_clients, Err(WhyNot::Suspended));
    }

    #[test]
    fn without_consolidated_billing_existing_organizations_are_added_and_none_made() {
        let legacy = rights(|provider| provider.provider_status = ProviderStatus::CREATED);
        assert_eq!([legacy.may_add_clients, legacy.may_unlink_clients], [Ok(()); 2]);
        assert_eq!([legacy.may_create_clients, legacy.may_change_clients], [Err(WhyNot::NotBillable); 2]);
        assert_eq!(rights(|provider| provider.use_events = false).may_read_events, Err(WhyNot::NoLog));
    }

    #[test]
    fn a_reseller_links_no_clients_whatever_its_state() {
        for (status, enabled) in [
            (ProviderStatus::CREATED, true),
            (ProviderStatus::BILLABLE, true),
            (ProviderStatus::CREATED, false),
        ] {
            let reseller = rights(|provider| {
                provider.provider_type = ProviderType::RESELLER;
                (provider.provider_status, provider.enabled) = (status, enabled);
            });
            let links = [reseller.may_add_clients, reseller.may_create_clients, reseller.may_unlink_clients];
            assert_eq!(links, [Err(WhyNot::Reseller); 3]);
            assert_eq!(reseller.may_change_clients, Err(WhyNot::NotBillable));
            assert_eq!(reseller.may_read_events, Ok(()));
        }
        let staff = rights(|provider| {
            provider.provider_type = ProviderType::RESELLER;
            provider.role = ProviderUserType::SERVICE_USER;
        });
        assert_eq!(staff.may_unlink_clients, Err(WhyNot::Reseller), "no admin could either");
    }
}
