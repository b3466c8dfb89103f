//! What providers are told (protocol.md §5).

use serde_json::json;

use super::{Golden, documented};
use crate::providers::desk::{ADMIN, INVITED, PENDING, ids};
use crate::support::*;

pub async fn answers(world: &World, golden: &Golden) {
    let admin = Desk::at_provider(world, Person::ProviderAdmin).await;
    golden.is("provider", &admin.get("").await);
    golden.is_list_of("providerUserDetails", &admin.get("/users").await);
    golden.is("providerUser", &admin.get(&format!("/users/{ADMIN}")).await);
    golden.is_list_of("providerUserPublicKey", &admin.post("/users/public-keys", ids(&[PENDING])).await.1);
    golden.is_list_of("providerBulkResult", &admin.post("/users/reinvite", ids(&[INVITED])).await.1);
    golden.is_list_of("providerOrganizationDetails", &admin.get("/organizations").await);
    golden.is("addable", &admin.get("/clients/addable").await);
    let older = documented::all().into_iter().find(|request| request.name == "olderClient").unwrap();
    let older = documented::filled(&older.body, &|name| match name {
        "publicKey" => "QUFB".repeat(98),
        _ => enc("text"),
    });
    golden.is("providerOrganization", &admin.post("/organizations", older).await.1);
    let profile = world.get("/api/accounts/profile", &admin.token).await;
    golden.is("profileProvider", &profile["providers"][0]);
    golden.is("profileProviderOrganization", &profile["providerOrganizations"][0]);
    golden.is_list_of("event", &admin.get("/events").await);
    billing(&admin, golden).await;
}

async fn billing(admin: &Desk<'_>, golden: &Golden) {
    golden.is("providerInvoices", &admin.get("/billing/invoices").await);
    golden.is("providerWarnings", &admin.get("/billing/vnext/warnings").await);
    let address = json!({"country": "FR", "postalCode": "31000", "line1": null, "line2": null, "city": null,
        "state": null, "taxId": {"code": "eu_vat", "value": "FR00000000000"}});
    golden.is("billingAddress", &admin.put("/billing/vnext/address", address).await.1);
    golden.is("billingAddress", &admin.get("/billing/vnext/address").await);
    for kind in ["payPal", "bankAccount", "card"] {
        let method = json!({"type": kind, "token": "synthetic",
            "billingAddress": {"country": "FR", "postalCode": "31000"}});
        golden.is(kind, &admin.put("/billing/vnext/payment-method", method).await.1);
        golden.is(kind, &admin.get("/billing/vnext/payment-method").await);
    }
    golden.is("providerSubscription", &admin.get("/billing/subscription").await);
}
