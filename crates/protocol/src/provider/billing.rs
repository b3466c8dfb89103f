//! Consolidated billing of a provider (protocol.md §5.9). Words where other routes have numbers: billing is the one area
//! whose states travel as texts.

use crate::Date;
use crate::organization::{PlanType, ProductTier};
use crate::provider::ProviderType;
use serde::{Deserialize, Serialize};
use serde_json::Number;

/// An amount of money or a percentage: a decimal, kept as it came. US dollars where it is money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Decimal(pub Number);

impl Default for Decimal {
    fn default() -> Self {
        Self(Number::from(0))
    }
}

impl Decimal {
    /// Whole hundredths (cents of a dollar); what is smaller is rounded. `None` for more than a billion units.
    pub fn hundredths(&self) -> Option<i64> {
        const MOST: f64 = 1e9;
        let value = self.0.as_f64().filter(|value| value.abs() <= MOST)?;
        // Exact: hundredths of at most a billion have far fewer than 53 bits.
        Some((value * 100.0).round() as i64)
    }

    /// The decimal of so many hundredths.
    pub fn from_hundredths(hundredths: i64) -> Self {
        let whole = Number::from(hundredths / 100);
        if hundredths % 100 == 0 {
            return Self(whole);
        }
        // Only infinities have no number.
        Self(Number::from_f64(hundredths as f64 / 100.0).unwrap_or(whole))
    }
}

open_number! {
    /// PaymentMethodType (protocol.md §5.9, `paymentSource`): the kinds a provider can have.
    pub struct PaymentMethodType {
        CARD = 0,
        BANK_ACCOUNT = 1,
        PAY_PAL = 2,
    }
}

wire! {
    /// `GET /providers/{id}/billing/subscription`.
    pub struct ProviderSubscriptionResponse {
        may {
            /// `active`, `trialing`, `past_due`, `unpaid`, `canceled`.
            status: String,
            current_period_end_date: Option<Date>,
            discount_percentage: Option<Decimal>,
            /// `charge_automatically` or `send_invoice`.
            collection_method: String,
            plans: Vec<ProviderPlanResponse>,
            account_credit: Decimal,
            tax_information: Option<TaxInformation>,
            cancel_at: Option<Date>,
            suspension: Option<SubscriptionSuspension>,
            provider_type: ProviderType,
            payment_source: Option<PaymentSource>,
        }
    }

    /// One plan of a provider's subscription.
    pub struct ProviderPlanResponse {
        may {
            /// `Teams (Monthly)`.
            plan_name: String,
            #[serde(rename = "type")]
            kind: PlanType,
            product_tier: ProductTier,
            /// Seats that are paid for, used or not.
            seat_minimum: i32,
            /// Beyond the minimum.
            purchased_seats: i32,
            /// The sum of the seats of the provider's clients on this plan.
            assigned_seats: i32,
            /// `(seatMinimum + purchasedSeats) × price of a seat`, before the discount.
            cost: Decimal,
            /// `Monthly` or `Annual`.
            cadence: String,
        }
    }

    /// The billing address in the form of the subscription.
    pub struct TaxInformation {
        may {
            /// Two letters, ISO 3166-1.
            country: Option<String>,
            postal_code: Option<String>,
            tax_id: Option<String>,
            tax_id_type: Option<String>,
            line1: Option<String>,
            line2: Option<String>,
            city: Option<String>,
            state: Option<String>,
        }
    }

    /// When an unpaid subscription is suspended.
    pub struct SubscriptionSuspension {
        may {
            suspension_date: Option<Date>,
            unpaid_period_end_date: Option<Date>,
            /// Days.
            grace_period: i32,
        }
    }

    /// How the subscription is paid.
    pub struct PaymentSource {
        may {
            #[serde(rename = "type")]
            kind: PaymentMethodType,
            /// For a person.
            description: Option<String>,
            needs_verification: bool,
        }
    }

    /// `GET /providers/{id}/billing/invoices`: newest first. No list object.
    pub struct ProviderInvoicesResponse {
        may {
            invoices: Vec<ProviderInvoice>,
        }
    }

    /// One invoice.
    pub struct ProviderInvoice {
        must {
            /// Opaque; names the CSV report.
            id: String,
        }
        may {
            date: Option<Date>,
            number: Option<String>,
            total: Decimal,
            /// `open`, `paid` or `uncollectible`.
            status: Option<String>,
            due_date: Option<Date>,
            /// The payment provider's page.
            url: Option<String>,
        }
    }

    /// `GET` and `PUT /providers/{id}/billing/vnext/address`.
    pub struct BillingAddress {
        may {
            /// Two letters, ISO 3166-1.
            country: Option<String>,
            postal_code: Option<String>,
            line1: Option<String>,
            line2: Option<String>,
            city: Option<String>,
            state: Option<String>,
            tax_id: Option<TaxId>,
        }
    }

    /// A tax number and its kind.
    pub struct TaxId {
        may {
            /// Such as `eu_vat`.
            code: String,
            value: String,
        }
    }

    /// `POST /providers/{id}/billing/vnext/credit/bitpay`, answered by an address as a JSON text.
    pub struct BitPayRequest {
        may {
            amount: Decimal,
            redirect_url: Option<String>,
        }
    }

    /// `GET /providers/{id}/billing/vnext/payment-method`, null when there is none. By `type`: what a bank account, a card
    /// or PayPal has not is absent.
    pub struct PaymentMethodResponse {
        may {
            /// `bankAccount`, `card` or `payPal`.
            #[serde(rename = "type")]
            kind: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            bank_name: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            brand: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            last4: Option<String>,
            /// Of a card.
            #[serde(skip_serializing_if = "Option::is_none")]
            expiration: Option<String>,
            /// Of an account at PayPal.
            #[serde(skip_serializing_if = "Option::is_none")]
            email: Option<String>,
            /// Where a bank account is verified; absent once it is.
            #[serde(skip_serializing_if = "Option::is_none")]
            hosted_verification_url: Option<String>,
        }
    }

    /// `GET /providers/{id}/billing/vnext/warnings`.
    pub struct ProviderWarningsResponse {
        may {
            suspension: Option<SuspensionWarning>,
            tax_id: Option<TaxIdWarning>,
        }
    }

    /// The provider is suspended.
    pub struct SuspensionWarning {
        may {
            /// What the caller can do: `add_payment_method`, `contact_administrator` or `contact_support`.
            resolution: String,
            subscription_cancels_at: Option<Date>,
        }
    }

    /// Something is wrong with the tax number.
    pub struct TaxIdWarning {
        may {
            /// `tax_id_missing`, `tax_id_pending_verification` or `tax_id_failed_verification`.
            #[serde(rename = "type")]
            kind: String,
        }
    }
}
