//! Every known answer of the protocol, negatives included (origin: README.md beside this file).

#![allow(clippy::unwrap_used)]

use portico_crypto::{
    Kdf, MasterKey, OpenError, PrivateKey, PublicKey, SymmetricKey, derive_send_key, derive_shareable_key,
    fingerprint_phrase, send_password_hash, uri_checksum,
};
use portico_protocol::enc_string::{EncString, SyntaxError};
use serde_json::Value;
use std::sync::LazyLock;

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("protocol-vectors.json")).unwrap());

#[test]
fn hashes_and_stretched_keys() {
    for vector in list(&VECTORS["kdf"], 11) {
        let number = |member: &str| vector[member].as_u64().unwrap() as u32;
        let kdf = match vector["kdfType"].as_i64().unwrap() {
            0 => Kdf::pbkdf2(number("iterations")),
            1 => Kdf::argon2id(number("iterations"), number("memoryMiB"), number("parallelism")),
            other => panic!("unknown KDF {other}"),
        };
        let password = text(vector, "password");
        let key = MasterKey::derive(password, text(vector, "salt_or_email_input"), &kdf.unwrap());
        let name = text(vector, "name");
        let base64 = |hash: portico_crypto::AuthorizationHash| hash.to_base64().expose().to_owned();
        assert_eq!(
            base64(key.authorization_hash(password)),
            text(vector, "serverAuthorizationHash_b64"),
            "{name}"
        );
        assert_eq!(
            base64(key.local_authorization_hash(password)),
            text(vector, "localAuthorizationHash_b64"),
            "{name}"
        );
        let stretched = [bytes(vector, "stretchedEncKey_hex"), bytes(vector, "stretchedMacKey_hex")].concat();
        assert_eq!(key.stretch().expose().as_slice(), stretched, "{name}");
    }
}

#[test]
fn encrypted_strings_of_type_2_open() {
    for vector in list(&VECTORS["encString_type2"]["vectors"], 4) {
        let key = key(vector, "key_hex");
        let plain = text(vector, "plaintext_utf8");
        assert_eq!(key.open_text(text(vector, "encString")).unwrap().as_str(), plain);
        assert_eq!(key.open_bytes(text(vector, "encString")).unwrap().as_slice(), plain.as_bytes());
        assert_eq!(key.open_binary(&bytes(vector, "binaryForm_hex")).unwrap().as_slice(), plain.as_bytes());
    }
}

#[test]
fn what_must_not_open_does_not() {
    let some_key = key(&VECTORS["encString_type2"]["vectors"][0], "key_hex");
    for vector in list(&VECTORS["encString_negative"], 7) {
        let own_key = vector.get("key_hex").map(|_| key(vector, "key_hex"));
        let refused = own_key.as_ref().unwrap_or(&some_key).open_text(text(vector, "encString")).unwrap_err();
        let expected = text(vector, "expect");
        match expected {
            "MAC failure" => assert_eq!(refused, OpenError::Mac),
            "parse failure" => assert!(matches!(refused, OpenError::Syntax(_)), "{refused:?}"),
            "unsupported type" => assert!(refused.needs_newer_format(), "{refused:?}"),
            "interpreted as type 1 -> unsupported" => {
                assert_eq!(refused, OpenError::NeedsNewerFormat { kind: 1 });
            }
            other => panic!("an expectation that this test does not know: {other}"),
        }
    }
}

#[test]
fn type_0_opens_by_its_own_function_only() {
    let [vector] = list(&VECTORS["encString_type0"], 1) else { panic!("one vector") };
    // The key of the vector is this account's master key, un-stretched.
    let master_key = alices_master_key();
    for form in [text(vector, "encString"), text(vector, "headerless")] {
        let opened = master_key.open_unauthenticated_user_key(form).unwrap();
        assert_eq!(opened.expose().as_slice(), bytes(vector, "plaintext_hex"));
        assert_eq!(master_key.open_user_key(form).err(), Some(OpenError::Unauthenticated));
        assert_eq!(master_key.stretch().open_bytes(form).err(), Some(OpenError::Unauthenticated));
    }
}

#[test]
fn wrapped_keys_open_with_rsa() {
    let keys = &VECTORS["rsa"]["keys"];
    for vector in list(&VECTORS["rsa"]["vectors"], 5) {
        let owner = &keys[text(vector, "privateKey")];
        let private = rsa(owner);
        let opened = private.open_key(text(vector, "wrapped")).unwrap();
        assert_eq!(opened.expose().as_slice(), bytes(vector, "plaintext_hex"), "{}", text(vector, "name"));
        // Types 5 and 6 are 3 and 4 with a MAC that nobody looks at.
        let with_mac = text(vector, "wrapped").replacen("4.", "6.", 1).replacen("3.", "5.", 1) + "|AAAA";
        assert!(private.open_key(&with_mac).unwrap() == opened);
        // What we wrap for the same owner opens again.
        let wrapped = private.public_key().wrap_key(&opened);
        assert!(wrapped.starts_with("4."));
        assert!(private.open_key(&wrapped).unwrap() == opened);
    }
    for owner in ["alice", "bob", "org"] {
        let public = text(&keys[owner], "publicKey_spki_der_b64");
        assert_eq!(rsa(&keys[owner]).public_key().to_base64(), public);
        assert_eq!(PublicKey::from_base64(public).unwrap().to_base64(), public);
    }
}

#[test]
fn the_whole_chain_of_an_account() {
    let chain = &VECTORS["hierarchy"];
    let user_key = alices_master_key().open_user_key(text(chain, "Key")).unwrap();
    assert!(user_key == key(chain, "userKey_hex"));
    let private = user_key.open_private_key(text(chain, "PrivateKey")).unwrap();
    assert_eq!(private.public_key().to_base64(), text(chain, "publicKey_spki_b64"));

    let personal = &chain["personal"];
    assert_opens(&user_key, personal, "folderName_enc", "folderName");
    let item = &personal["cipher"];
    let item_key = user_key.open_key(text(item, "key")).unwrap();
    assert!(item_key == key(item, "cipherKey_hex"));
    let plain = &item["plaintext"];
    for member in ["name", "username", "password", "uri", "uriChecksum"] {
        assert_eq!(item_key.open_text(text(item, member)).unwrap().as_str(), text(plain, member));
    }
    assert_eq!(uri_checksum(text(plain, "uri")), text(plain, "uriChecksum"));
    let attachment = &item["attachment"];
    let attachment_key = item_key.open_key(text(attachment, "key")).unwrap();
    assert!(attachment_key == key(attachment, "attachmentKey_hex"));
    assert_opens(&item_key, attachment, "fileName", "fileName_plain");
    let file = base64(text(attachment, "file_binary_b64"));
    assert_eq!(
        attachment_key.open_binary(&file).unwrap().as_slice(),
        base64(text(attachment, "file_plain_b64"))
    );
    assert_opens(&user_key, &personal["cipher_without_key"], "name", "name_plain");

    let organization = &chain["organization"];
    let organization_key = private.open_key(text(organization, "organizations[].key")).unwrap();
    assert!(organization_key == key(organization, "orgKey_hex"));
    let organization_pair =
        organization_key.open_private_key(text(organization, "encryptedPrivateKey")).unwrap();
    assert_eq!(organization_pair.public_key().to_base64(), text(organization, "publicKey_spki_b64"));
    assert_opens(&organization_key, organization, "collectionName_enc", "collectionName");

    let provider = &chain["provider"];
    let provider_key = private.open_key(text(provider, "providers[].key")).unwrap();
    assert!(provider_key == key(provider, "providerKey_hex"));
    let client_key = provider_key.open_key(text(provider, "providerOrganizations[].key")).unwrap();
    assert!(client_key == key(provider, "clientOrgKey_hex"));
    assert_opens(&client_key, provider, "clientCollectionName_enc", "clientCollectionName");
    assert_opens(&client_key, provider, "clientCipherName_enc", "clientCipherName");
}

#[test]
fn the_wrapping_of_a_user_key() {
    let vector = &VECTORS["masterKey_wrapping"];
    let stretched = key(vector, "stretchedMasterKey_hex");
    assert!(stretched.open_key(text(vector, "wrapped_type2")).unwrap() == key(vector, "userKey_hex"));
    assert!(stretched == alices_master_key().stretch());
}

#[test]
fn fingerprint_phrases() {
    for vector in list(&VECTORS["fingerprint"]["vectors"], 3) {
        let key = PublicKey::from_base64(text(vector, "publicKey_spki_b64")).unwrap();
        assert_eq!(fingerprint_phrase(text(vector, "material"), key.spki()), text(vector, "phrase"));
    }
}

#[test]
fn keys_of_sends() {
    for vector in list(&VECTORS["send"], 3) {
        let secret: [u8; 16] = bytes(vector, "k_hex").try_into().unwrap();
        let expected = base64(text(vector, "key64_b64"));
        let derived = derive_shareable_key(&secret, text(vector, "name"), vector["info"].as_str());
        assert_eq!(derived.expose().as_slice(), expected);
        if vector["name"] == "send" {
            assert_eq!(derive_send_key(&secret).expose().as_slice(), expected);
            let hash = send_password_hash(text(vector, "password"), &secret);
            assert_eq!(hash.expose(), text(vector, "passwordHash_b64"));
            let in_link = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text(vector, "urlKey")).unwrap();
            assert_eq!(in_link, secret, "what stands behind the # of a link");
        }
    }
}

#[test]
fn every_encrypted_string_of_the_vectors_is_well_formed_but_the_negatives() {
    let mut seen = 0;
    visit(&VECTORS, &mut |text| {
        let kind = text.split_once('.').map(|(header, _)| header);
        if matches!(kind, Some("0" | "2" | "3" | "4")) && text.len() > 40 {
            seen += 1;
            let outcome = EncString::parse(text).and_then(|parsed| parsed.check_base64());
            let negative =
                list(&VECTORS["encString_negative"], 7).iter().any(|vector| vector["encString"] == *text);
            assert!(negative || outcome == Ok::<(), SyntaxError>(()), "{text}: {outcome:?}");
        }
    });
    assert!(seen > 30, "only {seen} encrypted strings were found");
}

fn alices_master_key() -> MasterKey {
    let chain = &VECTORS["hierarchy"];
    let kdf = Kdf::pbkdf2(600_000).unwrap();
    MasterKey::derive("correct horse battery staple", text(chain, "email"), &kdf)
}

fn assert_opens(key: &SymmetricKey, vector: &Value, sealed: &str, plain: &str) {
    assert_eq!(key.open_text(text(vector, sealed)).unwrap().as_str(), text(vector, plain));
}

/// RSA private keys enter through sealing only, as in life.
fn rsa(owner: &Value) -> PrivateKey {
    let key = SymmetricKey::generate();
    let sealed = key.seal_bytes(&base64(text(owner, "privateKey_pkcs8_der_b64")));
    key.open_private_key(&sealed).unwrap()
}

fn list(value: &Value, length: usize) -> &[Value] {
    let entries = value.as_array().unwrap();
    assert_eq!(entries.len(), length, "the vectors changed: look at what is new");
    entries
}

fn text<'a>(vector: &'a Value, member: &str) -> &'a str {
    vector[member].as_str().unwrap_or_else(|| panic!("no text {member}"))
}

fn bytes(vector: &Value, member: &str) -> Vec<u8> {
    let hex = text(vector, member);
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn key(vector: &Value, member: &str) -> SymmetricKey {
    SymmetricKey::from_bytes(&bytes(vector, member)).unwrap()
}

fn base64(text: &str) -> Vec<u8> {
    base64_simd::STANDARD.decode_to_vec(text).unwrap()
}

fn visit(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => found(text),
        Value::Array(entries) => entries.iter().for_each(|entry| visit(entry, found)),
        Value::Object(members) => members.values().for_each(|member| visit(member, found)),
        _ => {}
    }
}
