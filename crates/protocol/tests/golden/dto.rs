//! Every documented answer and request that has a type of ours, read by it: nothing is lost when it is written again.

use std::collections::BTreeSet;

use portico_protocol::ListResponse;
use portico_protocol::account::{AccountKeys, KeysResponse, ProfileResponse, UserKeyResponse};
use portico_protocol::casing::camel_keys;
use portico_protocol::cipher::{AttachmentResponse, CipherResponse, LoginResponse};
use portico_protocol::config::ConfigResponse;
use portico_protocol::events::EventResponse;
use portico_protocol::identity::{
    PreloginRequest, PreloginResponse, TokenErrorResponse, TokenResponse, TwoFactorProvider,
};
use portico_protocol::organization::requests::*;
use portico_protocol::organization::*;
use portico_protocol::provider::billing::*;
use portico_protocol::provider::requests::*;
use portico_protocol::provider::*;
use portico_protocol::sync::{CollectionDetailsResponse, FolderResponse, SyncResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{answers, assert_contains, requests};

type Reads = fn(&Value) -> Result<Value, serde_json::Error>;

fn reads<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(value.clone())?)
}

const TYPES: [(&str, Reads); 51] = [
    ("permissions", reads::<Permissions>),
    ("prelogin", reads::<PreloginResponse>),
    ("token", reads::<TokenResponse>),
    ("rememberingToken", reads::<TokenResponse>),
    ("apiKeyToken", reads::<TokenResponse>),
    ("renewedToken", reads::<TokenResponse>),
    ("accountKeys", reads::<AccountKeys>),
    ("keys", reads::<KeysResponse>),
    ("userKey", reads::<UserKeyResponse>),
    ("profileOrganization", reads::<ProfileOrganization>),
    ("profile", reads::<ProfileResponse>),
    ("folder", reads::<FolderResponse>),
    ("collectionDetails", reads::<CollectionDetailsResponse>),
    ("login", reads::<LoginResponse>),
    ("attachment", reads::<AttachmentResponse>),
    ("cipher", reads::<CipherResponse>),
    ("cipherDetails", reads::<CipherResponse>),
    ("cipherMini", reads::<CipherResponse>),
    ("cipherMiniDetails", reads::<CipherResponse>),
    ("policyOfSync", reads::<PolicyResponse>),
    ("sync", reads::<SyncResponse>),
    ("selection", reads::<Selection>),
    ("selections", reads::<Vec<Selection>>),
    ("collection", reads::<CollectionResponse>),
    ("collectionAccessDetails", reads::<CollectionAccessDetailsResponse>),
    ("groupDetails", reads::<GroupDetailsResponse>),
    ("member", reads::<OrganizationUserDetails>),
    ("memberPublicKey", reads::<MemberPublicKey>),
    ("bulkResult", reads::<BulkMemberResult>),
    ("organization", reads::<OrganizationResponse>),
    ("organizationPublicKey", reads::<OrganizationPublicKeyResponse>),
    ("policyStatus", reads::<PolicyStatusResponse>),
    ("event", reads::<EventResponse>),
    ("config", reads::<ConfigResponse>),
    ("provider", reads::<ProviderResponse>),
    ("providerUser", reads::<ProviderUserResponse>),
    ("providerUserDetails", reads::<ProviderUserDetails>),
    ("providerUserPublicKey", reads::<MemberPublicKey>),
    ("providerBulkResult", reads::<BulkMemberResult>),
    ("providerOrganizationDetails", reads::<ProviderOrganizationDetails>),
    ("providerOrganization", reads::<ProviderOrganizationResponse>),
    ("addable", reads::<Vec<AddableOrganization>>),
    ("profileProvider", reads::<ProfileProvider>),
    ("profileProviderOrganization", reads::<ProfileProviderOrganization>),
    ("providerInvoices", reads::<ProviderInvoicesResponse>),
    ("providerSubscription", reads::<ProviderSubscriptionResponse>),
    ("billingAddress", reads::<BillingAddress>),
    ("card", reads::<PaymentMethodResponse>),
    ("bankAccount", reads::<PaymentMethodResponse>),
    ("payPal", reads::<PaymentMethodResponse>),
    ("providerWarnings", reads::<ProviderWarningsResponse>),
];

/// Requests that have a type here.
const REQUESTS: [(&str, Reads); 37] = [
    ("prelogin", reads::<PreloginRequest>),
    ("olderPrelogin", reads::<PreloginRequest>),
    ("movedItems", reads::<IdsRequest>),
    ("archivedItems", reads::<IdsRequest>),
    ("unarchivedItems", reads::<IdsRequest>),
    ("trashedItems", reads::<IdsRequest>),
    ("restoredItems", reads::<IdsRequest>),
    ("collection", reads::<CollectionRequest>),
    ("bulkAccess", reads::<BulkAccessRequest>),
    ("collectionManagement", reads::<CollectionManagementRequest>),
    ("group", reads::<GroupRequest>),
    ("memberInvitation", reads::<InviteRequest>),
    ("memberChange", reads::<MemberUpdateRequest>),
    ("memberConfirmation", reads::<ConfirmRequest>),
    ("memberConfirmations", reads::<BulkConfirmRequest>),
    ("revokedMembers", reads::<IdsRequest>),
    ("restoredMembers", reads::<IdsRequest>),
    ("organizationFounding", reads::<OrganizationCreateRequest>),
    ("organizationChange", reads::<OrganizationUpdateRequest>),
    ("policy", reads::<PolicyRequest>),
    ("flatPolicy", reads::<PolicyRequest>),
    ("providerChange", reads::<ProviderUpdateRequest>),
    ("providerSetup", reads::<ProviderSetupRequest>),
    ("providerInvitation", reads::<ProviderUserInviteRequest>),
    ("providerUserIds", reads::<IdsRequest>),
    ("providerUserKeys", reads::<IdsRequest>),
    ("providerAcceptance", reads::<ProviderUserAcceptRequest>),
    ("providerConfirmation", reads::<ProviderUserConfirmRequest>),
    ("providerConfirmations", reads::<ProviderUserBulkConfirmRequest>),
    ("providerRole", reads::<ProviderUserUpdateRequest>),
    ("removedProviderUsers", reads::<IdsRequest>),
    ("existingOrganization", reads::<AddExistingOrganizationRequest>),
    ("olderClient", reads::<ProviderOrganizationCreateRequest>),
    ("client", reads::<ClientCreateRequest>),
    ("clientChange", reads::<ClientUpdateRequest>),
    ("existingClient", reads::<AddExistingOrganizationRequest>),
    ("paymentMethod", reads::<PaymentMethodRequest>),
];

/// Without one: items, which the service reads for itself, and what has one member or two.
const UNTYPED: [&str; 23] = [
    "verifyPassword",
    "login",
    "secureNote",
    "card",
    "identity",
    "sshKey",
    "bankAccount",
    "driversLicense",
    "passport",
    "itemWithCollections",
    "changedItem",
    "marks",
    "announcedFile",
    "sharedItems",
    "itemCollections",
    "manyItemCollections",
    "imported",
    "importedIntoOrganization",
    "purged",
    "folder",
    "renamedFolder",
    "billingAddress",
    "bitPay",
];

/// Refusals, which are read and never written; see the tests below.
const REFUSALS: [&str; 4] = ["wrongPassword", "codeWanted", "newDevice", "error"];

/// No program of ours reads them: for official clients only.
const NOT_READ: [&str; 13] = [
    "domains",
    "send",
    "MasterPasswordPolicy",
    "apiKey",
    "userKeys",
    "optionalCipherDetails",
    "upload",
    "deletedAttachment",
    "group",
    "groupMembers",
    "memberMini",
    "organizationSubscription",
    "autoEnrollStatus",
];

/// Without the marks of what may be null.
fn certain(documented: &Value) -> Value {
    match documented {
        Value::Array(entries) => entries.iter().map(certain).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                (name.strip_suffix('?').unwrap_or(name).to_owned(), certain(value))
            };
            Value::Object(members.iter().map(member).collect())
        }
        _ => documented.clone(),
    }
}

#[test]
fn every_documented_answer_is_read_and_loses_nothing() {
    let answers = answers::all();
    for (name, reads) in TYPES {
        let came = &certain(&answers[name]);
        let written = reads(came).unwrap_or_else(|error| panic!("{name}: {error}"));
        // The token endpoint writes capital letters, and its answers are read in either case.
        assert_contains(&camel_keys(written), &camel_keys(came.clone()), name);
        // The same in a list, as most of them come.
        if came["object"].is_string() {
            let list = serde_json::json!({"object": "list", "data": [came], "continuationToken": "more"});
            let list: ListResponse<Value> = serde_json::from_value(list).unwrap();
            assert_eq!(list.continuation_token.as_deref(), Some("more"));
            assert!(reads(&list.data[0]).is_ok(), "{name}");
        }
    }
}

#[test]
fn every_documented_request_is_read_and_loses_nothing() {
    let documented = requests::all();
    for (name, reads) in REQUESTS {
        let request = documented.iter().find(|request| request.name == name).unwrap();
        // An id is a text, too.
        let came = requests::filled(&request.body, &|_| "3f0c5b57-6a3f-4d0e-9c53-0d5b7c1f4a11".to_owned());
        let written = reads(&came).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_contains(&written, &came, name);
    }
}

#[test]
fn no_documented_request_is_left_out() {
    let documented = requests::all();
    let names: BTreeSet<&str> = documented.iter().map(|request| request.name.as_str()).collect();
    let typed = REQUESTS.iter().map(|(name, _)| *name);
    assert_eq!(names, typed.chain(UNTYPED).collect());
    for request in &documented {
        let (method, path) = request.route.split_once(' ').unwrap();
        assert!(["POST", "PUT", "DELETE"].contains(&method), "{}", request.route);
        assert!(path.starts_with("/api/") || path.starts_with("/identity/"), "{}", request.route);
    }
}

#[test]
fn no_documented_answer_is_left_out() {
    let answers = answers::all();
    let documented: BTreeSet<&str> = answers.keys().map(String::as_str).collect();
    let types = TYPES.iter().map(|(name, _)| *name);
    let looked_at: BTreeSet<&str> = types.chain(REFUSALS).chain(NOT_READ).collect();
    assert_eq!(documented, looked_at);
}

#[test]
fn documented_refusals_are_understood() {
    let answers = answers::all();
    let refusal = |name: &str| serde_json::from_value::<TokenErrorResponse>(answers[name].clone()).unwrap();
    assert_eq!(refusal("wrongPassword").message(), Some("Username or password is incorrect. Try again."));
    assert_eq!(refusal("newDevice").message(), Some("new device verification required"));
    assert_eq!(refusal("codeWanted").accepted_two_factor_providers(), [TwoFactorProvider::AUTHENTICATOR]);
    let error: portico_protocol::error::ErrorResponse =
        serde_json::from_value(answers["error"].clone()).unwrap();
    assert!(error.message.as_deref().is_some_and(|message| message.contains("model state")));
}
