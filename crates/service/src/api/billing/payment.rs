//! How a provider pays, and where its bills go (protocol.md §5.9, "VNext"). There is no payment provider behind this
//! server: any token is taken, and what is shown of it says so.

use axum::Json;
use axum::extract::State;
use portico_protocol::provider::billing::{
    BillingAddress, BitPayRequest, Decimal, PaymentMethodResponse, PaymentMethodType, PaymentSource, TaxId,
};
use portico_protocol::provider::requests::{PaymentMethodRequest, PaymentToken};
use rusqlite::Connection;
use uuid::Uuid;

use super::Billed;
use crate::api::fields;
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;

/// What every made-up way of paying is called.
const MADE_UP: &str = "Made up: nothing is charged";
/// Cents that can be paid in at once.
const MOST_CREDIT: i64 = 10_000_000;

/// A way of paying as this server keeps it: the kind, and never the token.
pub(in crate::api) struct Payment(PaymentMethodResponse);

impl Payment {
    /// Takes any token of a known kind.
    pub(in crate::api) fn of(given: Option<PaymentToken>) -> Result<Payment, ApiError> {
        let given = given.ok_or_else(|| fields::missing("PaymentMethod"))?;
        fields::text("Token", Some(given.token.expose()), 256)?;
        let mut method = PaymentMethodResponse { kind: given.kind, ..PaymentMethodResponse::default() };
        match method.kind.as_str() {
            "bankAccount" => {
                method.bank_name = Some(MADE_UP.into());
                method.last4 = Some("0000".into());
            }
            "card" => {
                method.brand = Some(MADE_UP.into());
                method.last4 = Some("0000".into());
                method.expiration = Some("12/2099".into());
            }
            "payPal" => method.email = Some(MADE_UP.into()),
            _ => return Err(ApiError::invalid("Type", "The field Type is invalid.")),
        }
        Ok(Payment(method))
    }

    pub(super) fn stored(method: PaymentMethodResponse) -> Payment {
        Payment(method)
    }

    /// As `payment-method` has it.
    pub(in crate::api) fn method(&self) -> &PaymentMethodResponse {
        &self.0
    }

    /// As the subscription has it.
    pub(super) fn source(&self) -> PaymentSource {
        PaymentSource {
            kind: match self.0.kind.as_str() {
                "bankAccount" => PaymentMethodType::BANK_ACCOUNT,
                "payPal" => PaymentMethodType::PAY_PAL,
                _ => PaymentMethodType::CARD,
            },
            description: Some(MADE_UP.into()),
            needs_verification: false,
            ..PaymentSource::default()
        }
    }
}

/// Checks an address: country and postal code have to be there.
pub(in crate::api) fn address_of(given: Option<BillingAddress>) -> Result<BillingAddress, ApiError> {
    let given = given.ok_or_else(|| fields::missing("BillingAddress"))?;
    let country = fields::text("Country", given.country.as_deref(), 2)?.to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(ApiError::invalid("Country", "Country must be a code of two letters."));
    }
    let line = |field, text| fields::optional(field, text, 100);
    let tax_id = match given.tax_id.filter(|tax| !tax.value.trim().is_empty()) {
        Some(tax) => Some(TaxId {
            code: fields::text("Code", Some(&tax.code), 30)?,
            value: fields::text("Value", Some(&tax.value), 50)?,
            ..TaxId::default()
        }),
        None => None,
    };
    Ok(BillingAddress {
        country: Some(country),
        postal_code: Some(fields::text("PostalCode", given.postal_code.as_deref(), 20)?),
        line1: line("Line1", given.line1)?,
        line2: line("Line2", given.line2)?,
        city: line("City", given.city)?,
        state: line("State", given.state)?,
        tax_id,
        ..BillingAddress::default()
    })
}

pub(crate) async fn address(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<Option<BillingAddress>>, ApiError> {
    app.store.read(move |connection| Ok(Json(Billed::find(connection, access.provider)?.address))).await
}

pub(crate) async fn set_address(
    State(app): State<App>,
    access: ProviderAccess,
    Body(request): Body<BillingAddress>,
) -> Result<Json<BillingAddress>, ApiError> {
    let address = address_of(Some(request))?;
    app.store
        .write(move |transaction| {
            Billed::find(transaction, access.provider)?;
            set(transaction, access.provider, "billing_address", &serde_json::to_string(&address)?)?;
            Ok(Json(address))
        })
        .await
}

/// What was paid in advance, in dollars.
pub(crate) async fn credit(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<Decimal>, ApiError> {
    app.store
        .read(move |connection| {
            Ok(Json(Decimal::from_hundredths(Billed::find(connection, access.provider)?.credit)))
        })
        .await
}

/// There is no page to pay at: the credit is there at once, and the answer leads back where the caller came from.
pub(crate) async fn pay_by_bitcoin(
    State(app): State<App>,
    access: ProviderAccess,
    Body(request): Body<BitPayRequest>,
) -> Result<Json<String>, ApiError> {
    let cents = request.amount.hundredths().filter(|cents| (1..=MOST_CREDIT).contains(cents));
    let cents = cents.ok_or_else(|| ApiError::invalid("Amount", "Amount must be greater than 0."))?;
    let back = fields::text("RedirectUrl", request.redirect_url.as_deref(), 1_000)?;
    let is_page = url::Url::parse(&back).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_page {
        return Err(ApiError::invalid("RedirectUrl", "RedirectUrl must be an address."));
    }
    app.store
        .write(move |transaction| {
            Billed::find(transaction, access.provider)?;
            transaction.execute(
                "UPDATE providers SET account_credit = min(account_credit + ?, ?) WHERE id = ?",
                (cents, MOST_CREDIT, access.provider),
            )?;
            Ok(Json(back))
        })
        .await
}

pub(crate) async fn payment_method(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<Option<PaymentMethodResponse>>, ApiError> {
    app.store
        .read(move |connection| {
            Ok(Json(Billed::find(connection, access.provider)?.payment.map(|payment| payment.0)))
        })
        .await
}

/// Whoever pays again is not suspended any more.
pub(crate) async fn set_payment_method(
    State(app): State<App>,
    access: ProviderAccess,
    Body(request): Body<PaymentMethodRequest>,
) -> Result<Json<PaymentMethodResponse>, ApiError> {
    let payment = Payment::of(Some(request.payment))?;
    app.store
        .write(move |transaction| {
            let provider = access.provider;
            let billed = Billed::find(transaction, provider)?;
            set(transaction, provider, "payment_method", &serde_json::to_string(payment.method())?)?;
            if let (Some(given), Some(mut address)) = (request.billing_address, billed.address) {
                address.country = given.country.or(address.country);
                address.postal_code = given.postal_code.or(address.postal_code);
                let address = serde_json::to_string(&address_of(Some(address))?)?;
                set(transaction, provider, "billing_address", &address)?;
            }
            if !billed.enabled {
                transaction.execute("UPDATE providers SET enabled = 1 WHERE id = ?", [provider])?;
                revision::of_provider(transaction, provider)?;
            }
            transaction.execute(
                "UPDATE invoices SET status = 'paid' WHERE provider_id = ? AND status = 'open'",
                [provider],
            )?;
            Ok(Json(payment.0))
        })
        .await
}

fn set(connection: &Connection, provider: Uuid, column: &str, value: &str) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(&format!("UPDATE providers SET {column} = ?, revised = ? WHERE id = ?"))?
        .execute((value, Moment::now(), provider))?;
    Ok(())
}
