//! What a provider pays for, as it was last read: for the page offline, with its age.
//!
//! In a cell beside the heads, and not in the tree: a figure that moves with every month is no change of the estate, and a
//! picture of a kept day answers who reached what, not what it cost. What is lost here is read again in a second.

use std::collections::BTreeMap;

use portico_cache::{ReadError as StoreError, WriteError};
use portico_protocol::provider::ProfileProvider;
use portico_protocol::provider::billing::{
    ProviderInvoice, ProviderSubscriptionResponse, ProviderWarningsResponse,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::errors::ReadError;
use crate::intake::{Intake, IntakeError};
use crate::kinds::{BILLING_CELL, to_json};
use crate::unlocked::Unlocked;

/// The bill of one provider, as far as it was read (protocol.md §5.9).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Billing {
    /// Plans and their seats; whoever works for the provider may read it.
    pub subscription: Option<Dated<ProviderSubscriptionResponse>>,
    /// What stands in the way: a suspended provider, a tax number.
    pub warnings: Option<Dated<ProviderWarningsResponse>>,
    /// Newest first; provider admins only.
    pub invoices: Option<Dated<Vec<ProviderInvoice>>>,
}

/// Something that the server said, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dated<T> {
    /// What it said.
    pub value: T,
    /// When it was read, by this machine's clock, to the second.
    #[serde(with = "time::serde::timestamp")]
    pub read_at: OffsetDateTime,
}

/// A part of a bill that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum BillingRead {
    /// `GET …/billing/subscription`.
    Subscription(Box<ProviderSubscriptionResponse>),
    /// `GET …/billing/vnext/warnings`.
    Warnings(ProviderWarningsResponse),
    /// `GET …/billing/invoices`.
    Invoices(Vec<ProviderInvoice>),
}

/// Years of monthly invoices; what a server sends beyond is not kept.
const MOST_INVOICES: usize = 500;

impl Billing {
    fn take(&mut self, read: Vec<BillingRead>, read_at: OffsetDateTime) {
        for part in read {
            match part {
                BillingRead::Subscription(value) => {
                    self.subscription = Some(Dated { value: *value, read_at });
                }
                BillingRead::Warnings(value) => self.warnings = Some(Dated { value, read_at }),
                BillingRead::Invoices(mut value) => {
                    value.truncate(MOST_INVOICES);
                    self.invoices = Some(Dated { value, read_at });
                }
            }
        }
    }
}

impl Intake<'_> {
    /// As [`Unlocked::keep_billing`], with the new picture: in the transaction that moves the head.
    pub fn bill(&mut self, provider: Uuid, read: Vec<BillingRead>) {
        self.bills.push((provider, read));
    }

    pub(crate) fn keep_bills(&mut self) -> Result<(), IntakeError> {
        if self.bills.is_empty() {
            return Ok(());
        }
        let mut bills = self.unlocked.bills().unwrap_or_default();
        if let Some(vault) = &self.vault {
            only_of(&mut bills, &vault.profile.providers);
        }
        let read_at = OffsetDateTime::from(self.unlocked.now());
        for (provider, read) in std::mem::take(&mut self.bills) {
            bills.entry(provider).or_default().take(read, read_at);
        }
        Ok(self.writer.set_cell_with_head(BILLING_CELL, &to_json(&bills))?)
    }
}

fn only_of(bills: &mut BTreeMap<Uuid, Billing>, providers: &[ProfileProvider]) {
    bills.retain(|id, _| providers.iter().any(|own| own.id == *id));
}

impl Unlocked {
    /// The bill of a provider as it was last read; nothing where it never was.
    ///
    /// # Errors
    /// See [`ReadError`]; what is damaged counts as never read.
    pub fn billing(&self, provider: Uuid) -> Result<Billing, ReadError> {
        Ok(self.bills()?.remove(&provider).unwrap_or_default())
    }

    /// Keeps parts of a bill. Those that were not read stay as they were. Providers that the profile does not name any
    /// more are forgotten.
    ///
    /// # Errors
    /// See [`WriteError`]; then everything stays as it was.
    pub fn keep_billing(&self, provider: Uuid, read: Vec<BillingRead>) -> Result<(), WriteError> {
        let mut bills = self.bills().unwrap_or_default();
        if let Ok(Some(profile)) = self.picture().profile() {
            only_of(&mut bills, &profile.providers);
        }
        bills.entry(provider).or_default().take(read, self.now().into());
        self.opened.cache.set_cell(BILLING_CELL, &to_json(&bills))
    }

    pub(crate) fn bills(&self) -> Result<BTreeMap<Uuid, Billing>, ReadError> {
        match self.opened.cache.cell(BILLING_CELL) {
            Err(StoreError::Damaged(_)) | Ok(None) => Ok(BTreeMap::new()),
            // What a later version wrote differently is read again.
            Ok(Some(bytes)) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) => Err(error.into()),
        }
    }
}
