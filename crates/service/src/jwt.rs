//! Access tokens (protocol.md §1.6).

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::device_types;
use crate::moment::Moment;
use crate::secrets::SecretsError;

/// Seconds that an access token lives, unless it is [`lifetime`] that says so.
pub(crate) const LIFETIME: i64 = 3600;

/// Seconds that an access token of the client of this name lives (protocol.md §1.6): a directory connector runs by itself.
pub(crate) fn lifetime(client_id: &str) -> i64 {
    if client_id == "connector" { 24 * LIFETIME } else { LIFETIME }
}

/// Makes and checks access tokens.
pub(crate) struct Signer {
    issuer: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

/// What the service reads back from its own tokens.
#[derive(Deserialize)]
pub(crate) struct Session {
    pub(crate) sub: Uuid,
    pub(crate) sstamp: String,
    /// The identifier of the device that signed in.
    #[serde(default)]
    pub(crate) device: Option<String>,
    #[serde(default)]
    pub(crate) providerprovideradmin: OneOrMany,
    #[serde(default)]
    pub(crate) providerserviceuser: OneOrMany,
}

/// A token that opens one Send and nothing else.
#[derive(Deserialize)]
struct SendSession {
    send_id: Uuid,
    scope: Vec<String>,
}

/// Seconds that a token for a Send lives: as long as it takes to fetch what was sent.
pub(crate) const SEND_LIFETIME: i64 = 300;
/// The scope of such a token.
pub(crate) const SEND_SCOPE: &str = "api.send.access";
/// The scope of an organization's own token.
pub(crate) const ORGANIZATION_SCOPE: &str = "api.organization";

/// Whom a token is for that is for no person. It has no security stamp, so that no route for people takes it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Machine {
    /// Whoever holds the link of a Send and has shown what it asks for.
    SendRecipient(Uuid),
    /// A program with the API key of an organization.
    Organization(Uuid),
}

/// A claim with one value is a string, with several an array.
#[derive(Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    #[default]
    None,
    One(Uuid),
    Many(Vec<Uuid>),
}

impl OneOrMany {
    pub(crate) fn contains(&self, id: &Uuid) -> bool {
        match self {
            OneOrMany::None => false,
            OneOrMany::One(one) => one == id,
            OneOrMany::Many(many) => many.contains(id),
        }
    }
}

/// Whom a token is for.
pub(crate) struct Subject<'a> {
    pub(crate) id: Uuid,
    pub(crate) email: &'a str,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<&'a str>,
    pub(crate) premium: bool,
    pub(crate) security_stamp: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) device: &'a str,
    pub(crate) device_type: i32,
    pub(crate) scope: &'a [&'a str],
}

impl Signer {
    pub(crate) fn new(pair: &KeyPair, issuer: String) -> Result<Signer, SecretsError> {
        let private = AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map_err(|_| SecretsError::SigningKey)?;
        let public =
            AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(|_| SecretsError::SigningKey)?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = 0;
        validation.validate_aud = false;
        Ok(Signer {
            issuer,
            encoding: EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes())
                .map_err(|_| SecretsError::SigningKey)?,
            decoding: DecodingKey::from_rsa_pem(pem("PUBLIC KEY", public.as_ref()).as_bytes())
                .map_err(|_| SecretsError::SigningKey)?,
            validation,
        })
    }

    /// A token for `subject` with the roles that it has in the data now.
    pub(crate) fn sign(
        &self,
        subject: &Subject<'_>,
        roles: Map<String, Value>,
        now: Moment,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        #[derive(Serialize)]
        struct Claims<'a> {
            iss: &'a str,
            nbf: i64,
            iat: i64,
            exp: i64,
            sub: Uuid,
            email: &'a str,
            email_verified: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            name: Option<&'a str>,
            premium: bool,
            sstamp: &'a str,
            client_id: &'a str,
            device: &'a str,
            devicetype: &'a str,
            scope: &'a [&'a str],
            amr: [&'a str; 1],
            #[serde(flatten)]
            roles: Map<String, Value>,
        }
        let issued = now.unix_seconds();
        let claims = Claims {
            iss: &self.issuer,
            nbf: issued,
            iat: issued,
            exp: issued + lifetime(subject.client_id),
            sub: subject.id,
            email: subject.email,
            email_verified: subject.email_verified,
            name: subject.name,
            premium: subject.premium,
            sstamp: subject.security_stamp,
            client_id: subject.client_id,
            device: subject.device,
            devicetype: device_types::name(subject.device_type),
            scope: subject.scope,
            amr: ["Application"],
            roles,
        };
        self.encode(&claims)
    }

    /// A token for `machine`.
    pub(crate) fn sign_for_machine(
        &self,
        machine: Machine,
        now: Moment,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        #[derive(Serialize)]
        struct Claims<'a> {
            iss: &'a str,
            nbf: i64,
            iat: i64,
            exp: i64,
            sub: Uuid,
            client_id: &'a str,
            scope: [&'a str; 1],
            #[serde(rename = "type")]
            kind: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            send_id: Option<Uuid>,
        }
        let issued = now.unix_seconds();
        let (sub, client_id, scope, kind, lifetime) = match machine {
            Machine::SendRecipient(id) => (id, "send".to_owned(), SEND_SCOPE, "Send", SEND_LIFETIME),
            Machine::Organization(id) => {
                (id, format!("organization.{id}"), ORGANIZATION_SCOPE, "Organization", LIFETIME)
            }
        };
        let claims = Claims {
            iss: &self.issuer,
            nbf: issued,
            iat: issued,
            exp: issued + lifetime,
            sub,
            client_id: &client_id,
            scope: [scope],
            kind,
            send_id: matches!(machine, Machine::SendRecipient(_)).then_some(sub),
        };
        self.encode(&claims)
    }

    fn encode(&self, claims: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header { typ: Some("at+jwt".into()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.encoding)
    }

    /// The Send that a token of ours opens.
    pub(crate) fn verify_send(&self, token: &str) -> Option<Uuid> {
        let session: SendSession = jsonwebtoken::decode(token, &self.decoding, &self.validation).ok()?.claims;
        session.scope.iter().any(|scope| scope == SEND_SCOPE).then_some(session.send_id)
    }

    /// The session of a token that we signed and that has not expired.
    pub(crate) fn verify(&self, token: &str) -> Option<Session> {
        jsonwebtoken::decode(token, &self.decoding, &self.validation).ok().map(|data| data.claims)
    }
}

fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der)))
}
