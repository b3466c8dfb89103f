//! Billing of a provider (protocol.md §5.9).

use super::round_trip;
use portico_protocol::organization::{PlanType, ProductTier};
use portico_protocol::provider::ProviderType;
use portico_protocol::provider::billing::{
    BillingAddress, BitPayRequest, Decimal, PaymentMethodResponse, PaymentMethodType,
    ProviderInvoicesResponse, ProviderSubscriptionResponse, ProviderWarningsResponse,
};

#[test]
fn a_subscription_with_everything() {
    let subscription: ProviderSubscriptionResponse = round_trip(
        r#"{"status":"past_due","currentPeriodEndDate":"2026-09-01T00:00:00Z","discountPercentage":12.5,
            "collectionMethod":"send_invoice",
            "plans":[{"planName":"Enterprise (Monthly)","type":19,"productTier":3,"seatMinimum":50,"purchasedSeats":12,
                "assignedSeats":62,"cost":372.0,"cadence":"Monthly"}],
            "accountCredit":25.07,
            "taxInformation":{"country":"FR","postalCode":"31000","taxId":"FR00000000000","taxIdType":"eu_vat",
                "line1":"1 rue du Taur","line2":null,"city":"Toulouse","state":null},
            "cancelAt":null,
            "suspension":{"suspensionDate":"2026-10-01T00:00:00Z","unpaidPeriodEndDate":"2026-09-01T00:00:00Z","gracePeriod":30},
            "providerType":0,
            "paymentSource":{"type":1,"description":"Bank of Toulouse, *4242","needsVerification":true}}"#,
    );
    let plan = &subscription.plans[0];
    assert_eq!((plan.kind, plan.product_tier), (PlanType::ENTERPRISE_MONTHLY, ProductTier::ENTERPRISE));
    assert_eq!((plan.seat_minimum, plan.purchased_seats, plan.assigned_seats), (50, 12, 62));
    assert_eq!(plan.cost.hundredths(), Some(37_200));
    assert_eq!(subscription.account_credit.hundredths(), Some(2_507));
    assert_eq!(subscription.discount_percentage.unwrap().hundredths(), Some(1_250));
    assert_eq!(subscription.suspension.unwrap().grace_period, 30);
    assert_eq!(subscription.payment_source.unwrap().kind, PaymentMethodType::BANK_ACCOUNT);
    assert_eq!(subscription.provider_type, ProviderType::MSP);
}

#[test]
fn a_subscription_with_nothing() {
    let subscription: ProviderSubscriptionResponse = round_trip(
        r#"{"status":"active","currentPeriodEndDate":null,"discountPercentage":null,"collectionMethod":"charge_automatically",
            "plans":[],"accountCredit":0,"taxInformation":null,"cancelAt":null,"suspension":null,"providerType":2,
            "paymentSource":null}"#,
    );
    assert!(subscription.plans.is_empty() && subscription.tax_information.is_none());
    assert_eq!(subscription.provider_type, ProviderType::BUSINESS_UNIT);
}

#[test]
fn invoices_in_their_order() {
    let list: ProviderInvoicesResponse = round_trip(
        r#"{"invoices":[
            {"id":"in_2","date":"2026-08-01T00:00:00Z","number":"NW-0002","total":1234.5,"status":"open",
                "dueDate":"2026-08-31T00:00:00Z","url":"https://pay.example/in_2"},
            {"id":"in_1","date":"2026-07-01T00:00:00Z","number":"NW-0001","total":99,"status":"paid","dueDate":null,"url":null}]}"#,
    );
    let totals: Vec<_> = list.invoices.iter().map(|invoice| invoice.total.hundredths()).collect();
    assert_eq!(totals, [Some(123_450), Some(9_900)]);
    assert!(serde_json::from_str::<ProviderInvoicesResponse>(r#"{"invoices":[{"total":1}]}"#).is_err());
}

#[test]
fn the_payment_pages() {
    let address: BillingAddress = round_trip(
        r#"{"country":"US","postalCode":"93101","line1":"1 State Street","line2":null,"city":"Santa Barbara","state":"CA",
            "taxId":null}"#,
    );
    assert_eq!(address.tax_id, None);
    let pay: BitPayRequest =
        round_trip(r#"{"amount":20,"redirectUrl":"https://vault.example.org/#/providers/x"}"#);
    assert_eq!(pay.amount.hundredths(), Some(2_000));
    assert_eq!(serde_json::from_str::<Option<PaymentMethodResponse>>("null").unwrap(), None);

    // What a kind does not have stays absent.
    for text in [
        r#"{"type":"bankAccount","bankName":"Bank of Toulouse","last4":"4242","hostedVerificationUrl":"https://pay.example/v"}"#,
        r#"{"type":"card","brand":"visa","last4":"4242","expiration":"04/2030"}"#,
        r#"{"type":"payPal","email":"billing@example.net"}"#,
    ] {
        let method: PaymentMethodResponse = round_trip(text);
        let came: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&method).unwrap(), came);
    }

    let warnings: ProviderWarningsResponse = round_trip(
        r#"{"suspension":{"resolution":"add_payment_method","subscriptionCancelsAt":"2026-10-01T00:00:00Z"},
            "taxId":{"type":"tax_id_missing"}}"#,
    );
    assert_eq!(warnings.suspension.unwrap().resolution, "add_payment_method");
    assert_eq!(warnings.tax_id.unwrap().kind, "tax_id_missing");
    let none: ProviderWarningsResponse = round_trip(r#"{"suspension":null,"taxId":null}"#);
    assert_eq!(none, ProviderWarningsResponse::default());
}

#[test]
fn money_is_exact_to_the_cent_and_bounded() {
    for (text, cents) in [("0", 0), ("0.1", 10), ("1234.56", 123_456), ("-5.05", -505), ("1e3", 100_000)] {
        let decimal: Decimal = serde_json::from_str(text).unwrap();
        assert_eq!(decimal.hundredths(), Some(cents), "{text}");
        assert_eq!(Decimal::from_hundredths(cents).hundredths(), Some(cents));
    }
    assert_eq!(serde_json::to_string(&Decimal::from_hundredths(37_200)).unwrap(), "372");
    assert_eq!(serde_json::to_string(&Decimal::from_hundredths(37_205)).unwrap(), "372.05");
    for text in ["1e300", "-1e12", "18446744073709551615"] {
        assert_eq!(serde_json::from_str::<Decimal>(text).unwrap().hundredths(), None, "{text}");
    }
    assert!(serde_json::from_str::<Decimal>("\"12\"").is_err());
}
