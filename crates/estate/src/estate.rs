//! Everything that a provider can see of itself and its clients, as one value.

use crate::{
    client::ClientStructure,
    client_list::{ClientRow, Freshness},
};
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderResponse, ProviderUserDetails};
use uuid::Uuid;

/// A provider with its team and its clients.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Estate {
    /// The provider; nothing while its own page could not be read.
    pub provider: Option<ProviderResponse>,
    /// Its team; nothing for a service user, who may not read it.
    pub team: Option<Vec<ProviderUserDetails>>,
    /// Its clients, in the order of the server.
    pub clients: Vec<EstateClient>,
}

/// One client of the provider.
#[derive(Debug, Clone, PartialEq)]
pub struct EstateClient {
    /// The provider's own line about it: seats, plan, link.
    pub link: ProviderOrganizationDetails,
    /// When and how well its structure was read.
    pub freshness: Freshness,
    /// Its structure; nothing if it was never read.
    pub structure: Option<ClientStructure>,
}

impl Estate {
    /// A client by organization.
    pub fn client(&self, organization_id: Uuid) -> Option<&EstateClient> {
        self.clients.iter().find(|client| client.link.organization_id == organization_id)
    }

    /// The list of clients.
    pub fn rows(&self) -> Vec<ClientRow> {
        self.clients.iter().map(EstateClient::row).collect()
    }
}

impl EstateClient {
    /// Its row in the list of clients.
    pub fn row(&self) -> ClientRow {
        ClientRow::new(&self.link, self.freshness)
    }
}
