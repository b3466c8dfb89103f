//! The kinds of items and the members each of them carries on the wire (protocol.md §3.5).

use crate::field::FieldKind;
use FieldKind::{Hidden, Plain};

/// The kind of an item: the wire's `type`. Numbers of later servers are kept as they came.
pub use portico_protocol::cipher::CipherType as ItemKind;

/// The kinds this version knows, in the order in which filters list them (ui.md (d)).
pub const KNOWN_KINDS: [ItemKind; 8] = [
    ItemKind::LOGIN,
    ItemKind::CARD,
    ItemKind::IDENTITY,
    ItemKind::DRIVERS_LICENSE,
    ItemKind::SECURE_NOTE,
    ItemKind::SSH_KEY,
    ItemKind::BANK_ACCOUNT,
    ItemKind::PASSPORT,
];

/// The JSON member that carries what only `kind` has, or nothing for a kind this version does not know.
pub fn kind_member(kind: ItemKind) -> Option<&'static str> {
    Some(match kind {
        ItemKind::LOGIN => "login",
        ItemKind::SECURE_NOTE => "secureNote",
        ItemKind::CARD => "card",
        ItemKind::IDENTITY => "identity",
        ItemKind::SSH_KEY => "sshKey",
        ItemKind::BANK_ACCOUNT => "bankAccount",
        ItemKind::DRIVERS_LICENSE => "driversLicense",
        ItemKind::PASSPORT => "passport",
        _ => return None,
    })
}

/// The sealed strings of `kind` in the order in which a page shows them (ui.md (d)), with how each is shown.
pub fn kind_fields(kind: ItemKind) -> &'static [(&'static str, FieldKind)] {
    match kind {
        ItemKind::LOGIN => LOGIN,
        ItemKind::CARD => CARD,
        ItemKind::IDENTITY => IDENTITY,
        ItemKind::SSH_KEY => SSH_KEY,
        ItemKind::BANK_ACCOUNT => BANK_ACCOUNT,
        ItemKind::DRIVERS_LICENSE => DRIVERS_LICENSE,
        ItemKind::PASSPORT => PASSPORT,
        _ => &[],
    }
}

const LOGIN: &[(&str, FieldKind)] = &[("username", Plain), ("password", Hidden), ("totp", FieldKind::Totp)];

const CARD: &[(&str, FieldKind)] = &[
    ("cardholderName", Plain),
    ("number", Hidden),
    ("expMonth", Plain),
    ("expYear", Plain),
    ("brand", Plain),
    ("code", Hidden),
];

const IDENTITY: &[(&str, FieldKind)] = &[
    ("title", Plain),
    ("firstName", Plain),
    ("middleName", Plain),
    ("lastName", Plain),
    ("username", Plain),
    ("company", Plain),
    ("ssn", Hidden),
    ("passportNumber", Hidden),
    ("licenseNumber", Hidden),
    ("email", Plain),
    ("phone", Plain),
    ("address1", Plain),
    ("address2", Plain),
    ("address3", Plain),
    ("city", Plain),
    ("state", Plain),
    ("postalCode", Plain),
    ("country", Plain),
];

const SSH_KEY: &[(&str, FieldKind)] =
    &[("privateKey", Hidden), ("publicKey", Plain), ("keyFingerprint", Plain)];

const BANK_ACCOUNT: &[(&str, FieldKind)] = &[
    ("bankName", Plain),
    ("nameOnAccount", Plain),
    ("accountType", Plain),
    ("accountNumber", Hidden),
    ("routingNumber", Plain),
    ("branchNumber", Plain),
    ("pin", Hidden),
    ("swiftCode", Plain),
    ("iban", Plain),
    ("bankContactPhone", Plain),
];

const DRIVERS_LICENSE: &[(&str, FieldKind)] = &[
    ("firstName", Plain),
    ("middleName", Plain),
    ("lastName", Plain),
    ("dateOfBirth", Plain),
    ("licenseNumber", Hidden),
    ("issuingCountry", Plain),
    ("issuingState", Plain),
    ("issueDate", Plain),
    ("expirationDate", Plain),
    ("issuingAuthority", Plain),
    ("licenseClass", Plain),
];

const PASSPORT: &[(&str, FieldKind)] = &[
    ("surname", Plain),
    ("givenName", Plain),
    ("dateOfBirth", Plain),
    ("sex", Plain),
    ("birthPlace", Plain),
    ("nationality", Plain),
    ("issuingCountry", Plain),
    ("passportNumber", Hidden),
    ("passportType", Plain),
    ("nationalIdentificationNumber", Hidden),
    ("issuingAuthority", Plain),
    ("issueDate", Plain),
    ("expirationDate", Plain),
];

/// The sealed strings of one passkey of a login.
pub(crate) const PASSKEY: &[(&str, FieldKind)] = &[
    ("rpId", Plain),
    ("rpName", Plain),
    ("userName", Plain),
    ("userDisplayName", Plain),
    ("userHandle", Hidden),
    ("credentialId", Hidden),
    ("keyType", Plain),
    ("keyAlgorithm", Plain),
    ("keyCurve", Plain),
    ("keyValue", Hidden),
    ("counter", Plain),
    ("discoverable", Plain),
];

/// The field that a linked custom field points to, by the wire's `linkedId`.
///
/// 418 is the full name of an identity, which is no member of its own.
pub(crate) fn linked_field(linked_id: i64) -> Option<&'static str> {
    Some(match linked_id {
        100 => "login.username",
        101 => "login.password",
        300 => "card.cardholderName",
        301 => "card.expMonth",
        302 => "card.expYear",
        303 => "card.code",
        304 => "card.brand",
        305 => "card.number",
        400 => "identity.title",
        401 => "identity.middleName",
        402 => "identity.address1",
        403 => "identity.address2",
        404 => "identity.address3",
        405 => "identity.city",
        406 => "identity.state",
        407 => "identity.postalCode",
        408 => "identity.country",
        409 => "identity.company",
        410 => "identity.email",
        411 => "identity.phone",
        412 => "identity.ssn",
        413 => "identity.username",
        414 => "identity.passportNumber",
        415 => "identity.licenseNumber",
        416 => "identity.firstName",
        417 => "identity.lastName",
        418 => "identity.fullName",
        _ => return None,
    })
}
