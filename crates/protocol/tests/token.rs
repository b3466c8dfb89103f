//! The token endpoint and the error envelope, in every form of `protocol.md` §0 and §1.

#![allow(clippy::unwrap_used)]

use portico_protocol::account::KdfType;
use portico_protocol::error::ErrorResponse;
use portico_protocol::identity::{TokenErrorResponse, TokenResponse, TwoFactorProvider};
use serde_json::{Value, json};

const SIGNED_IN: &str = r#"{
    "access_token":"eyJ.a.b","expires_in":3600,"token_type":"Bearer","refresh_token":"r3fr3sh","scope":"api offline_access",
    "PrivateKey":"2.private",
    "AccountKeys":{"Object":"privateKeys","signatureKeyPair":null,
        "publicKeyEncryptionKeyPair":{"wrappedPrivateKey":"2.private","publicKey":"MIIB","signedPublicKey":null},"securityState":null},
    "Key":"2.user","MasterPasswordPolicy":{"MinComplexity":4,"EnforceOnLogin":true,"Object":"masterPasswordPolicy"},
    "ForcePasswordReset":false,"ResetMasterPassword":false,"Kdf":1,"KdfIterations":3,"KdfMemory":64,"KdfParallelism":4,
    "UserDecryptionOptions":{"HasMasterPassword":true,"MasterPasswordUnlock":{
        "Kdf":{"KdfType":1,"Iterations":3,"Memory":64,"Parallelism":4},"MasterKeyEncryptedUserKey":"2.newer",
        "MasterKeyWrappedUserKey":"2.newer","Salt":"alice@example.com"},"Object":"userDecryptionOptions"},
    "TwoFactorToken":"remember-me"}"#;

#[test]
fn a_sign_in_is_read() {
    let answer: TokenResponse = serde_json::from_str(SIGNED_IN).unwrap();
    assert_eq!(answer.access_token.expose(), "eyJ.a.b");
    assert_eq!(answer.expires_in, 3600);
    assert_eq!(answer.refresh_token.unwrap().expose(), "r3fr3sh");
    let account = answer.sign_in.unwrap();
    assert_eq!(account.kdf, Some(KdfType::ARGON2ID));
    assert_eq!(account.wrapped_user_key(), Some("2.newer"));
    assert_eq!(account.key.as_deref(), Some("2.user"));
    assert_eq!(account.private_key.as_deref(), Some("2.private"));
    assert_eq!(account.master_password_policy.unwrap().min_complexity, Some(4));
    let unlock = account.user_decryption_options.unwrap().master_password_unlock.unwrap();
    assert_eq!((unlock.kdf.memory, unlock.salt.as_str()), (Some(64), "alice@example.com"));
    let pair = account.account_keys.unwrap().public_key_encryption_key_pair.unwrap();
    assert_eq!(pair.public_key.as_deref(), Some("MIIB"));
    assert_eq!(account.two_factor_token.unwrap().expose(), "remember-me");
}

#[test]
fn the_same_sign_in_in_camel_case_is_read_alike() {
    let camel = SIGNED_IN
        .replace("\"Key\"", "\"key\"")
        .replace("\"Kdf\"", "\"kdf\"")
        .replace("UserDecryptionOptions", "userDecryptionOptions")
        .replace("MasterPasswordUnlock", "masterPasswordUnlock")
        .replace("KdfIterations", "kdfIterations")
        .replace("PrivateKey", "privateKey")
        .replace("Salt", "salt");
    let answer: TokenResponse = serde_json::from_str(&camel).unwrap();
    let account = answer.sign_in.unwrap();
    assert_eq!(account.wrapped_user_key(), Some("2.newer"));
    assert_eq!(account.kdf_iterations, Some(3));
}

#[test]
fn a_sign_in_is_written_in_the_case_of_the_official_server() {
    let answer: TokenResponse = serde_json::from_str(SIGNED_IN).unwrap();
    let written = serde_json::to_value(&answer).unwrap();
    for member in [
        "access_token",
        "expires_in",
        "token_type",
        "refresh_token",
        "scope",
        "Key",
        "PrivateKey",
        "Kdf",
        "KdfIterations",
        "KdfMemory",
        "KdfParallelism",
        "ForcePasswordReset",
        "TwoFactorToken",
    ] {
        let came: Value = serde_json::from_str(SIGNED_IN).unwrap();
        assert_eq!(written[member], came[member], "{member}");
    }
    let options = &written["UserDecryptionOptions"];
    assert_eq!(options["HasMasterPassword"], true);
    assert_eq!(
        options["MasterPasswordUnlock"]["Kdf"],
        json!({"KdfType":1,"Iterations":3,"Memory":64,"Parallelism":4})
    );
    assert_eq!(options["MasterPasswordUnlock"]["MasterKeyEncryptedUserKey"], "2.newer");
    assert_eq!(written["MasterPasswordPolicy"]["MinComplexity"], 4);
    // camelCase inside, unlike its neighbours.
    assert_eq!(written["AccountKeys"]["publicKeyEncryptionKeyPair"]["wrappedPrivateKey"], "2.private");
}

#[test]
fn a_refresh_carries_the_bearer_members_only() {
    let answer: TokenResponse = serde_json::from_str(
        r#"{"access_token":"eyJ.c.d","expires_in":3600,"token_type":"Bearer","refresh_token":"r","scope":"api offline_access"}"#,
    )
    .unwrap();
    assert!(answer.sign_in.is_none());
    let written = serde_json::to_value(&answer).unwrap();
    assert_eq!(written.as_object().unwrap().len(), 5);
    assert!(serde_json::from_str::<TokenResponse>(r#"{"expires_in":3600}"#).is_err());
}

#[test]
fn a_wrong_password() {
    let refusal: TokenErrorResponse = serde_json::from_str(
        r#"{"error":"invalid_grant","error_description":"invalid_username_or_password",
            "ErrorModel":{"Message":"Username or password is incorrect. Try again.","ValidationErrors":null,
            "ExceptionMessage":null,"ExceptionStackTrace":null,"InnerExceptionMessage":null,"Object":"error"}}"#,
    )
    .unwrap();
    assert_eq!(refusal.message(), Some("Username or password is incorrect. Try again."));
    assert!(refusal.accepted_two_factor_providers().is_empty());
    let written = serde_json::to_value(&refusal).unwrap();
    assert_eq!(written["ErrorModel"]["Message"], "Username or password is incorrect. Try again.");
    assert_eq!(written["ErrorModel"]["Object"], "error");
}

#[test]
fn a_two_step_code_is_wanted() {
    let refusal: TokenErrorResponse = serde_json::from_str(
        r#"{"error":"invalid_grant","error_description":"Two factor required.","TwoFactorProviders":["0","1"],
            "TwoFactorProviders2":{"0":null,"1":{"Email":"t***@example.com"}},
            "MasterPasswordPolicy":{"Object":"masterPasswordPolicy"},"SsoEmail2faSessionToken":"tok","Email":"t@example.com"}"#,
    )
    .unwrap();
    assert_eq!(
        refusal.accepted_two_factor_providers(),
        [TwoFactorProvider::AUTHENTICATOR, TwoFactorProvider::EMAIL]
    );
    assert_eq!(refusal.sso_email2fa_session_token.as_deref(), Some("tok"));
    assert_eq!(refusal.extra["email"], "t@example.com");
    let as_numbers: TokenErrorResponse =
        serde_json::from_str(r#"{"error":"invalid_grant","TwoFactorProviders":[0,3]}"#).unwrap();
    assert_eq!(
        as_numbers.accepted_two_factor_providers(),
        [TwoFactorProvider::AUTHENTICATOR, TwoFactorProvider::YUBI_KEY]
    );
}

#[test]
fn a_new_device_is_to_be_verified() {
    let refusal: TokenErrorResponse = serde_json::from_str(
        r#"{"error":"device_error","error_description":"New device verification required",
            "ErrorModel":{"Message":"new device verification required"}}"#,
    )
    .unwrap();
    assert_eq!(
        (refusal.error.as_str(), refusal.message()),
        ("device_error", Some("new device verification required"))
    );
}

#[test]
fn errors_of_the_api_in_both_shapes() {
    let classic: ErrorResponse = serde_json::from_str(
        r#"{"object":"error","message":"The model state is invalid.","validationErrors":{"Email":["The Email field is required."]},
            "exceptionMessage":null,"exceptionStackTrace":null,"innerExceptionMessage":null}"#,
    )
    .unwrap();
    assert_eq!(classic.message.as_deref(), Some("The model state is invalid."));
    assert_eq!(
        classic.validation_errors.as_ref().unwrap().values().next().unwrap()[0],
        "The Email field is required."
    );
    let written = serde_json::to_value(ErrorResponse::with_message("Resource not found.")).unwrap();
    assert_eq!(
        written,
        json!({"object":"error","message":"Resource not found.","validationErrors":null,"exceptionMessage":null,
            "exceptionStackTrace":null,"innerExceptionMessage":null})
    );

    let problem: ErrorResponse = serde_json::from_str(
        r#"{"type":"validation_error","title":"One or more validation errors occurred.","status":400,
            "errors":{"email":[{"type":"required","detail":"Is required."}]}}"#,
    )
    .unwrap();
    assert_eq!(problem.message.as_deref(), Some("One or more validation errors occurred."));
    assert_eq!(problem.validation_errors.unwrap()["email"], ["Is required."]);
    assert_eq!(problem.extra["status"], 400);
}
