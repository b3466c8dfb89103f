//! Every answer of `answers.json` that a client of ours reads, read by its type: nothing is lost when it is written again.

use std::collections::BTreeSet;

use portico_protocol::ListResponse;
use portico_protocol::account::{AccountKeys, KeysResponse, ProfileResponse, UserKeyResponse};
use portico_protocol::casing::lower_first;
use portico_protocol::cipher::{AttachmentResponse, CipherResponse, LoginResponse};
use portico_protocol::config::ConfigResponse;
use portico_protocol::events::EventResponse;
use portico_protocol::identity::{PreloginResponse, TokenErrorResponse, TokenResponse, TwoFactorProvider};
use portico_protocol::organization::requests::{BulkMemberResult, MemberPublicKey};
use portico_protocol::organization::*;
use portico_protocol::sync::{CollectionDetailsResponse, FolderResponse, SyncResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{answers, assert_contains};

type Reads = fn(&Value) -> Result<Value, serde_json::Error>;

fn reads<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(value.clone())?)
}

const TYPES: [(&str, Reads); 34] = [
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
];

/// Refusals, which are read and never written; see the tests below.
const REFUSALS: [&str; 4] = ["wrongPassword", "codeWanted", "newDevice", "error"];

/// No program of ours reads them: for official clients only.
const NOT_READ: [&str; 11] = [
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

#[test]
fn every_documented_answer_is_read_and_loses_nothing() {
    let answers = answers::all();
    for (name, reads) in TYPES {
        let came = &answers[name];
        let written = reads(came).unwrap_or_else(|error| panic!("{name}: {error}"));
        // The token endpoint writes capital letters, and its answers are read in either case.
        assert_contains(&lower_first(written), &lower_first(came.clone()), name);
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
