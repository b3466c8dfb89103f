//! Provider Portal → Billing and Settings, and what a suspended provider is told.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::client_actions::ClientPlan;

/// What was last read of the provider's billing. Parts that the person may not read, or that were never read, are none.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Billing {
    pub subscription: Option<Subscription>,
    pub invoices: Option<Invoices>,
    pub warnings: Option<BillingWarnings>,
}

/// Amounts are US dollars, as the server sends them: it names no currency.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Subscription {
    pub read_at: Option<String>,
    pub status: SubscriptionStatus,
    /// The next charge.
    pub period_end: Option<String>,
    /// Per cent off every price.
    pub discount: Option<f64>,
    /// The server sends an invoice instead of charging a card.
    pub by_invoice: bool,
    pub plans: Vec<PlanLine>,
    /// Per period, after the discount, where all plans are of the same period.
    pub total: Option<f64>,
    pub credit: f64,
    pub cancels_at: Option<String>,
    pub suspension: Option<Suspension>,
    /// What pays, such as "Visa, *4242".
    pub payment_source: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SubscriptionStatus {
    Active,
    Trialing,
    PastDue,
    Unpaid,
    Canceled,
    /// One that this version does not know.
    Other,
}

/// The provider's seats of one plan.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PlanLine {
    /// Without "(Monthly)".
    pub name: String,
    /// None for a plan that clients cannot be given.
    pub plan: Option<ClientPlan>,
    pub yearly: bool,
    /// Seats that are paid for at least.
    pub minimum: u32,
    /// Seats bought beyond the minimum.
    pub purchased: u32,
    /// Seats that clients have.
    pub assigned: u32,
    pub unassigned: u32,
    /// Of one seat for one period, after the discount.
    pub unit_price: Option<f64>,
    /// Of all seats for one period, after the discount.
    pub cost: f64,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Suspension {
    /// Ahead, while the invoice may still be paid.
    pub suspended_at: Option<String>,
    /// The end of the time that the unpaid invoice is for.
    pub unpaid_period_end: Option<String>,
    /// Days that are given to pay it.
    pub grace_days: Option<u32>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Invoices {
    pub read_at: Option<String>,
    /// Newest first.
    pub rows: Vec<Invoice>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Invoice {
    pub id: String,
    pub number: String,
    pub date: Option<String>,
    pub due: Option<String>,
    pub total: f64,
    pub status: InvoiceStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum InvoiceStatus {
    Open,
    /// Open, and its day is past.
    PastDue,
    Paid,
    Uncollectible,
    /// One that this version does not know.
    Other,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BillingWarnings {
    pub read_at: Option<String>,
    /// What ends the suspension, if it is one.
    pub resolution: Option<Resolution>,
    /// When the subscription ends for good.
    pub cancels_at: Option<String>,
    pub tax_id: Option<TaxIdWarning>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Resolution {
    AddPaymentMethod,
    ContactAdministrator,
    ContactSupport,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum TaxIdWarning {
    Missing,
    PendingVerification,
    FailedVerification,
}

/// Settings → My provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderSettings {
    pub name: String,
    pub business_name: String,
    pub billing_email: String,
}

/// A page of the provider in the web vault: what has to do with paying is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ProviderWebPage {
    Clients,
    PaymentDetails,
}

/// What is asked before a provider is deleted for good.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DeleteProvider {
    pub provider_id: String,
    /// The master password; wiped in Rust once it was compared.
    pub password: String,
}
