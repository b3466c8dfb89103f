//! `service provider`: what the staff of a server do. The service may be running meanwhile.

use portico_service::{ClientItems, NewProvider, ProviderKind, Store};
use serde::Serialize;
use uuid::Uuid;

use super::{opened, store_file};
use crate::cli::{self, CreateProvider, OneProvider, ServiceProvider};
use crate::failure::Failure;
use crate::output::{self, Format, Row};

pub(super) fn run(command: &ServiceProvider, format: Format) -> Result<(), Failure> {
    match command {
        ServiceProvider::Create(options) => create(options, format),
        ServiceProvider::DeleteLink(options) => {
            let store = opened(&options.one.data)?;
            let link = store.provider_deletion_link(options.one.provider, options.url.as_ref())?;
            let OneProvider { provider: id, .. } = options.one;
            Ok(output::one(format, &Linked { id, owner_has_account: None, link })?)
        }
        ServiceProvider::Suspend(one) => enable(one, false),
        ServiceProvider::Resume(one) => enable(one, true),
        ServiceProvider::ClientItems(options) => {
            let store = opened(&options.one.data)?;
            Ok(store.set_client_items(options.one.provider, items(options.items))?)
        }
    }
}

fn create(options: &CreateProvider, format: Format) -> Result<(), Failure> {
    let (teams_minimum, enterprise_minimum) = (options.teams_minimum, options.enterprise_minimum);
    let new = NewProvider {
        kind: match options.kind {
            cli::ProviderKind::Msp => ProviderKind::Msp { teams_minimum, enterprise_minimum },
            cli::ProviderKind::BusinessUnit => {
                ProviderKind::BusinessUnit { annual: options.annual, minimum: enterprise_minimum }
            }
        },
        owner_email: options.owner.clone(),
        client_items: items(options.client_items),
    };
    // A service that has never run gets its file here: its first provider may well come before it.
    let created = Store::open(store_file(&options.data)?)?.create_provider(&new, options.url.as_ref())?;
    let row =
        Linked { id: created.id, owner_has_account: Some(created.owner_has_account), link: created.link };
    Ok(output::one(format, &row)?)
}

fn enable(one: &OneProvider, enabled: bool) -> Result<(), Failure> {
    Ok(opened(&one.data)?.set_provider_enabled(one.provider, enabled)?)
}

fn items(given: cli::ClientItems) -> ClientItems {
    match given {
        cli::ClientItems::Full => ClientItems::Full,
        cli::ClientItems::Read => ClientItems::Read,
        cli::ClientItems::None => ClientItems::None,
    }
}

/// A provider and the link that was mailed about it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    id: Uuid,
    /// Of a new provider only.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_has_account: Option<bool>,
    link: String,
}

impl Row for Linked {
    const COLUMNS: &'static [&'static str] = &["id", "owner has account", "link"];

    fn cells(&self) -> Vec<String> {
        let has_account = self.owner_has_account.map(|has| if has { "yes" } else { "no" });
        vec![self.id.to_string(), output::or_dash(has_account), self.link.clone()]
    }
}
