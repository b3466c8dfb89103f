//! Subscription, invoices, paying, and not paying (protocol.md §5.9).

use portico_service::bulk::{BulkError, BulkInvoice, BulkInvoiceItem};
use portico_service::{Config, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};

use crate::on_disk::world_in;
use crate::support::*;

fn item(name: &str, assigned: i64, used: i64, total: i64) -> BulkInvoiceItem {
    BulkInvoiceItem {
        client_id: Some(id::CLIENT),
        client_name: name.into(),
        plan_name: "Teams (Monthly)".into(),
        assigned,
        used,
        total,
    }
}

#[tokio::test]
async fn invoices_come_newest_first_and_each_with_a_report() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let loaded: Result<(), BulkError> = store.bulk(|load| {
        load.invoice(&BulkInvoice {
            provider_id: id::PROVIDER,
            date: datetime!(2026-01-01 0:00 UTC),
            due: Some(datetime!(2026-01-31 0:00 UTC)),
            status: "paid".into(),
            items: vec![item("Harbour Dental", 10, 8, 4_000)],
        })?;
        load.invoice(&BulkInvoice {
            provider_id: id::PROVIDER,
            date: datetime!(2026-02-01 0:00 UTC),
            due: None,
            status: "open".into(),
            items: vec![item("=Harbour, \"Dental\"", 300, 8, 123_456), item("Other", 1, 1, 400)],
        })
    });
    loaded.unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let invoices = admin.get("/billing/invoices").await;
    assert_eq!(keys(&invoices), ["invoices"]);
    let invoices = invoices["invoices"].as_array().unwrap();
    assert_eq!(invoices.len(), 2);
    assert_eq!(keys(&invoices[0]), names("id date number total status dueDate url"));
    let told: Vec<_> = invoices
        .iter()
        .map(|one| (one["number"].clone(), one["total"].clone(), one["status"].clone()))
        .collect();
    assert_eq!(
        told,
        [(json!("0002"), json!(1238.56), json!("open")), (json!("0001"), json!(40), json!("paid"))]
    );
    assert_eq!(
        (&invoices[1]["date"], &invoices[0]["dueDate"]),
        (&json!("2026-01-01T00:00:00.000000Z"), &Value::Null)
    );

    let path =
        format!("/api/providers/{}/billing/invoices/{}", id::PROVIDER, invoices[0]["id"].as_str().unwrap());
    let response = world.request(Method::GET, &path, Some(&admin.token)).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/csv");
    let client = id::CLIENT;
    assert_eq!(
        response.text().await.unwrap(),
        format!(
            "Client,Id,Assigned,Used,Remaining,Plan,Estimated total\r\n\
             \"'=Harbour, \"\"Dental\"\"\",{client},300,8,292,Teams (Monthly),\"$1,234.56\"\r\n\
             Other,{client},1,1,0,Teams (Monthly),$4.00\r\n"
        )
    );
    assert_eq!(admin.try_get("/billing/invoices/in_none").await, not_found());
    let stranger = Desk::at_provider(&world, Person::StrangerAdmin).await.moved_to(id::OTHER_PROVIDER);
    let theirs = format!("/billing/invoices/{}", invoices[0]["id"].as_str().unwrap());
    assert_eq!(stranger.try_get(&theirs).await, not_found(), "nobody else's");
    assert_eq!(stranger.get("/billing/invoices").await, json!({"invoices": []}));
}

#[tokio::test]
async fn months_that_have_passed_are_billed_once() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = world_in(folder.path()).await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(admin.get("/billing/invoices").await, json!({"invoices": []}), "the month is not over");
    // Sixty-two days hold the beginnings of two months, or of three.
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute("UPDATE providers SET billed_until = billed_until - 62 * 86400 * 1000000", []).unwrap();
    let invoices = admin.get("/billing/invoices").await["invoices"].take();
    let count = invoices.as_array().unwrap().len();
    assert!((2..=3).contains(&count), "{count}");
    // Ten enterprise seats, nobody pays, and each month on its first day.
    for invoice in invoices.as_array().unwrap() {
        assert_eq!((&invoice["total"], &invoice["status"]), (&json!(60), &json!("open")));
        assert!(invoice["date"].as_str().unwrap().ends_with("-01T00:00:00.000000Z"));
    }
    assert_eq!(admin.get("/billing/invoices").await["invoices"], invoices, "the same when asked again");
    // A way of paying settles them.
    let card =
        json!({"type": "card", "token": "made up", "billingAddress": {"country": "IE", "postalCode": "D02"}});
    assert_eq!(admin.put("/billing/vnext/payment-method", card).await.0, StatusCode::OK);
    let settled = admin.get("/billing/invoices").await["invoices"].take();
    assert!(settled.as_array().unwrap().iter().all(|one| one["status"] == "paid"));
}

#[tokio::test]
async fn who_pays_how_is_kept_and_no_token_is() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    assert_eq!(admin.get("/billing/vnext/address").await, Value::Null);
    assert_eq!(admin.get("/billing/vnext/payment-method").await, Value::Null);
    assert_eq!(admin.get("/billing/vnext/credit").await, json!(0));
    let subscription = admin.get("/billing/subscription").await;
    assert_eq!(
        (&subscription["status"], &subscription["collectionMethod"], &subscription["paymentSource"]),
        (&json!("active"), &json!("send_invoice"), &Value::Null)
    );
    assert!(subscription["currentPeriodEndDate"].as_str().unwrap().ends_with("-01T00:00:00.000000Z"));

    let address = json!({"country": "ie", "postalCode": "D02", "line1": null, "line2": null, "city": "Dublin",
        "state": null, "taxId": null});
    let (status, kept) = admin.put("/billing/vnext/address", address).await;
    assert_eq!((status, &kept["country"]), (StatusCode::OK, &json!("IE")));
    assert_eq!(admin.get("/billing/vnext/address").await, kept);
    assert_eq!(
        admin.get("/billing/vnext/warnings").await,
        json!({"suspension": null, "taxId": {"type": "tax_id_missing"}})
    );
    for (kind, members) in [
        ("bankAccount", "type bankName last4"),
        ("payPal", "type email"),
        ("card", "type brand last4 expiration"),
    ] {
        let (status, method) = admin
            .put("/billing/vnext/payment-method", json!({"type": kind, "token": "tok_secret_4711"}))
            .await;
        assert_eq!((status, keys(&method)), (StatusCode::OK, names(members)));
        assert_eq!(admin.get("/billing/vnext/payment-method").await, method);
        assert!(!method.to_string().contains("4711"));
    }
    assert_eq!(admin.get("/billing/subscription").await["collectionMethod"], "charge_automatically");
    let pay = |amount: Value, back: &str| json!({"amount": amount, "redirectUrl": back});
    let back = "https://vault.brightwater.example/#/providers";
    assert_eq!(
        admin.post("/billing/vnext/credit/bitpay", pay(json!(20.5), back)).await,
        (StatusCode::OK, json!(back))
    );
    assert_eq!(admin.get("/billing/vnext/credit").await, json!(20.5));
    assert_eq!(admin.get("/billing/subscription").await["accountCredit"], json!(20.5));
    for (amount, back, complaint) in [
        (json!(0), back, "Amount"),
        (json!(-1), back, "Amount"),
        (json!(1e12), back, "Amount"),
        (json!(1), "javascript:alert(1)", "RedirectUrl"),
        (json!(1), "", "RedirectUrl"),
    ] {
        let answer = admin.post("/billing/vnext/credit/bitpay", pay(amount, back)).await;
        assert_eq!(invalid(&answer), [complaint]);
    }
}

#[tokio::test]
async fn a_suspended_provider_is_told_by_role_and_goes_on_once_it_pays() {
    let world = World::start().await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let staff = Desk::at_provider(&world, Person::ServiceUser).await;
    let nothing = json!({"suspension": null, "taxId": null});
    assert_eq!(admin.get("/billing/vnext/warnings").await, nothing);
    world.store.set_provider_enabled(id::PROVIDER, false).unwrap();

    let enabled =
        async |token: &str| world.get("/api/sync", token).await["profile"]["providers"][0]["enabled"].clone();
    assert_eq!(enabled(&staff.token).await, json!(false), "listed all the same");
    let warning = admin.get("/billing/vnext/warnings").await["suspension"].take();
    assert_eq!(warning["resolution"], "add_payment_method");
    assert!(warning["subscriptionCancelsAt"].is_string());
    assert_eq!(
        staff.get("/billing/vnext/warnings").await["suspension"],
        json!({"resolution": "contact_administrator", "subscriptionCancelsAt": null})
    );
    let subscription = admin.get("/billing/subscription").await;
    assert_eq!(
        (&subscription["status"], &subscription["suspension"]["gracePeriod"]),
        (&json!("unpaid"), &json!(30))
    );
    assert_eq!(subscription["cancelAt"], warning["subscriptionCancelsAt"]);
    let suspension = &subscription["suspension"];
    assert_eq!(keys(suspension), names("suspensionDate unpaidPeriodEndDate gracePeriod"));
    // Both lie behind: it is suspended, and for a month that is over.
    let next_charge = subscription["currentPeriodEndDate"].as_str().unwrap();
    for behind in ["suspensionDate", "unpaidPeriodEndDate"] {
        let day = OffsetDateTime::parse(suspension[behind].as_str().unwrap(), &Rfc3339).unwrap();
        assert!(day <= OffsetDateTime::now_utc() && day.day() == 1, "{behind}: {day}");
        assert_ne!(suspension[behind], next_charge);
    }

    let before = world.get("/api/accounts/revision-date", &staff.token).await.as_i64().unwrap();
    let card = json!({"type": "card", "token": "made up"});
    assert_eq!(admin.put("/billing/vnext/payment-method", card).await.0, StatusCode::OK);
    assert_eq!(enabled(&staff.token).await, json!(true));
    assert_eq!(admin.get("/billing/vnext/warnings").await, nothing);
    assert!(world.get("/api/accounts/revision-date", &staff.token).await.as_i64().unwrap() > before);
}
