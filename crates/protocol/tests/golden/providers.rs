//! Providers, their members and their clients (protocol.md §5.5–5.8).

use super::round_trip;
use portico_protocol::ListResponse;
use portico_protocol::organization::PlanType;
use portico_protocol::organization::requests::{BulkMemberResult, IdsRequest, MemberPublicKey};
use portico_protocol::provider::requests::{
    AddExistingOrganizationRequest, ClientCreateRequest, ClientUpdateRequest, PaymentMethodRequest,
    ProviderDeleteRequest, ProviderOrganizationCreateRequest, ProviderSetupRequest, ProviderUpdateRequest,
    ProviderUserAcceptRequest, ProviderUserBulkConfirmRequest, ProviderUserConfirmRequest,
    ProviderUserInviteRequest, ProviderUserUpdateRequest,
};
use portico_protocol::provider::{
    AddableOrganization, ProviderOrganizationDetails, ProviderOrganizationResponse, ProviderResponse,
    ProviderType, ProviderUserDetails, ProviderUserResponse, ProviderUserStatus, ProviderUserType,
};

#[test]
fn a_provider_its_team_and_its_clients() {
    let provider: ProviderResponse = round_trip(
        r#"{"object":"provider","id":"55555555-5555-4555-8555-555555555555","name":"Northwind IT","businessName":"Northwind",
            "businessAddress1":null,"businessAddress2":null,"businessAddress3":null,"businessCountry":null,
            "businessTaxNumber":null,"billingEmail":"billing@example.net","creationDate":"2026-01-02T03:04:05Z","type":0}"#,
    );
    assert_eq!(provider.kind, ProviderType::MSP);

    let user: ProviderUserDetails = round_trip(
        r#"{"object":"providerUserUserDetails","id":"66666666-6666-4666-8666-666666666666","userId":null,"type":1,
            "status":0,"permissions":null,"name":null,"email":"new@example.net"}"#,
    );
    assert_eq!((user.role, user.status), (ProviderUserType::SERVICE_USER, ProviderUserStatus::INVITED));

    let client: ProviderOrganizationDetails = round_trip(
        r#"{"object":"providerOrganizationOrganizationDetail","id":"77777777-7777-4777-8777-777777777777",
            "providerId":"55555555-5555-4555-8555-555555555555","organizationId":"44444444-4444-4444-8444-444444444444",
            "organizationName":"Baker & Daughters","key":"2.client","settings":null,
            "creationDate":"2026-01-02T03:04:05.1Z","revisionDate":"2026-01-02T03:04:05.1234567Z","userCount":9,
            "seats":12,"occupiedSeats":11,"remainingSeats":1,"plan":"Enterprise (Monthly)"}"#,
    );
    assert_eq!((client.user_count, client.seats, client.remaining_seats), (Some(9), Some(12), Some(1)));
}

#[test]
fn a_member_of_a_provider_by_itself() {
    let user: ProviderUserResponse = round_trip(
        r#"{"object":"providerUser","id":"66666666-6666-4666-8666-666666666666",
            "userId":"3f0c5b57-6a3f-4d0e-9c53-0d5b7c1f4a11","type":0,"status":2,
            "permissions":{"accessEventLogs":false,"manageUsers":false}}"#,
    );
    assert_eq!((user.role, user.status), (ProviderUserType::PROVIDER_ADMIN, ProviderUserStatus::CONFIRMED));
    assert!(!user.permissions.unwrap().manage_users);
}

#[test]
fn what_changes_a_provider() {
    let change: ProviderUpdateRequest = round_trip(
        r#"{"name":"Northwind IT","businessName":null,"billingEmail":"Billing@Example.NET","new":1}"#,
    );
    assert_eq!(change.billing_email.as_deref(), Some("Billing@Example.NET"));
    assert_eq!(change.extra["new"], 1);

    let setup: ProviderSetupRequest = round_trip(
        r#"{"name":"Northwind IT","businessName":null,"billingEmail":"billing@example.net","token":"t0ken","key":"4.provider",
            "paymentMethod":{"type":"card","token":"tok_visa"},
            "billingAddress":{"country":"FR","postalCode":"31000","line1":"1 rue du Taur","line2":null,"city":"Toulouse",
                "state":null,"taxId":{"code":"eu_vat","value":"FR00000000000"}}}"#,
    );
    assert_eq!(setup.payment_method.unwrap().kind, "card");
    assert_eq!(setup.billing_address.unwrap().tax_id.unwrap().code, "eu_vat");
    assert_eq!(setup.token.unwrap().expose(), "t0ken");

    let deletion: ProviderDeleteRequest = round_trip(r#"{"token":"t0ken"}"#);
    assert_eq!(deletion.token.expose(), "t0ken");
    let paying: PaymentMethodRequest = round_trip(
        r#"{"type":"payPal","token":"nonce","billingAddress":{"country":"CA","postalCode":"H2X 1Y4"}}"#,
    );
    assert_eq!((paying.payment.kind.as_str(), paying.payment.token.expose()), ("payPal", "nonce"));
    let bare: PaymentMethodRequest =
        serde_json::from_str(r#"{"type":"bankAccount","token":"btok"}"#).unwrap();
    assert_eq!(bare.billing_address, None);
}

#[test]
fn what_changes_the_team() {
    let invite: ProviderUserInviteRequest =
        round_trip(r#"{"emails":["a@example.net","b@example.net"],"type":1}"#);
    assert_eq!((invite.emails.len(), invite.role), (2, Some(ProviderUserType::SERVICE_USER)));
    let empty: ProviderUserInviteRequest = serde_json::from_str(r#"{"emails":null,"type":null}"#).unwrap();
    assert_eq!(empty, ProviderUserInviteRequest::default());

    let role: ProviderUserUpdateRequest = round_trip(r#"{"type":7}"#);
    assert_eq!(role.role, Some(ProviderUserType(7)));
    let accept: ProviderUserAcceptRequest = round_trip(r#"{"token":"t0ken"}"#);
    assert_eq!(accept.token.expose(), "t0ken");
    let confirm: ProviderUserConfirmRequest = round_trip(r#"{"key":"4.provider"}"#);
    assert_eq!(confirm.key.as_deref(), Some("4.provider"));
    let many: ProviderUserBulkConfirmRequest =
        round_trip(r#"{"keys":[{"id":"66666666-6666-4666-8666-666666666666","key":"4.provider"}]}"#);
    assert_eq!(many.keys[0].key.as_deref(), Some("4.provider"));
    let ids: IdsRequest = round_trip(r#"{"ids":["66666666-6666-4666-8666-666666666666"]}"#);
    assert_eq!(ids.ids.len(), 1);

    let results: ListResponse<BulkMemberResult> = round_trip(
        r#"{"object":"list","data":[
            {"object":"providerBulkConfirmResponseModel","id":"66666666-6666-4666-8666-666666666666","error":""},
            {"object":"providerBulkConfirmResponseModel","id":"66666666-6666-4666-8666-666666666667","error":"Invalid user."}],
            "continuationToken":null}"#,
    );
    assert_eq!(results.data.iter().map(|row| row.error.as_str()).collect::<Vec<_>>(), ["", "Invalid user."]);
    let keys: ListResponse<MemberPublicKey> = round_trip(
        r#"{"object":"list","data":[{"object":"providerUserPublicKeyResponseModel",
            "id":"66666666-6666-4666-8666-666666666666","userId":"3f0c5b57-6a3f-4d0e-9c53-0d5b7c1f4a11","key":"MIIB"}],
            "continuationToken":null}"#,
    );
    assert_eq!(keys.data[0].key.as_deref(), Some("MIIB"));
}

#[test]
fn what_changes_the_clients() {
    let create: ClientCreateRequest = round_trip(
        r#"{"name":"Baker & Daughters","ownerEmail":"owner@baker.example","planType":17,"seats":5,"key":"2.key",
            "keyPair":{"publicKey":"MIIB","encryptedPrivateKey":"2.private"},"collectionName":"2.name"}"#,
    );
    assert_eq!((create.plan_type, create.seats), (Some(PlanType::TEAMS_MONTHLY), Some(5)));
    assert_eq!(create.key_pair.unwrap().encrypted_private_key, "2.private");
    // What is missing is for the server to name, not for the parser.
    let bare: ClientCreateRequest = serde_json::from_str("{}").unwrap();
    assert!(bare.name.is_none() && bare.key_pair.is_none());

    let update: ClientUpdateRequest = round_trip(r#"{"assignedSeats":0,"name":"Baker"}"#);
    assert_eq!(update.assigned_seats, Some(0));

    let addable: Vec<AddableOrganization> = round_trip(
        r#"[{"id":"44444444-4444-4444-8444-444444444444","name":"Baker","plan":"Teams","seats":9,"disabled":true}]"#,
    );
    assert!(addable[0].disabled);
    let add: AddExistingOrganizationRequest =
        round_trip(r#"{"key":"2.key","organizationId":"44444444-4444-4444-8444-444444444444"}"#);
    assert_eq!(add.key.as_deref(), Some("2.key"));

    let older: ProviderOrganizationCreateRequest = round_trip(
        r#"{"clientOwnerEmail":"owner@baker.example","organizationCreateRequest":{"name":"Baker","businessName":null,
            "billingEmail":"billing@example.net","planType":20,"additionalSeats":3,"key":"2.key",
            "keys":{"publicKey":"MIIB","encryptedPrivateKey":"2.private"},"collectionName":"2.name"}}"#,
    );
    assert_eq!(older.organization_create_request.unwrap().key.as_deref(), Some("2.key"));
    let created: ProviderOrganizationResponse = round_trip(
        r#"{"object":"providerOrganization","id":"77777777-7777-4777-8777-777777777777",
            "providerId":"55555555-5555-4555-8555-555555555555","organizationId":"44444444-4444-4444-8444-444444444444",
            "key":"2.key","settings":null,"creationDate":"2026-01-02T03:04:05Z","revisionDate":"2026-01-02T03:04:05Z",
            "userCount":0,"seats":null,"occupiedSeats":null,"remainingSeats":null,"plan":null}"#,
    );
    assert_eq!(created.organization_id.as_u128() >> 96, 0x4444_4444);
}
