//! What the service itself must not lose: its signing key and the key of its pseudo-random answers.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

use crate::password::RandomSourceFailed;
use crate::store::{Store, StoreError};

/// Secrets that live as long as the file.
pub(crate) struct Secrets {
    /// RSA-2048, PKCS#8.
    pub(crate) signing: KeyPair,
    /// For answers that must look random and never change, and for mail tokens.
    pub(crate) answers: ring::hmac::Key,
}

/// Why a service has no secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
    /// A key could not be generated, or the stored one is damaged.
    #[error("the signing key")]
    SigningKey,
}

impl From<rusqlite::Error> for SecretsError {
    fn from(error: rusqlite::Error) -> Self {
        SecretsError::Store(StoreError::Database(error))
    }
}

const SIGNING: &str = "signing key";
const ANSWERS: &str = "answers key";

impl Secrets {
    /// The secrets in `store`, made on the first call.
    pub(crate) fn load_or_make(store: &Store) -> Result<Secrets, SecretsError> {
        store.write_now(|transaction| {
            let signing = kept_or_made(transaction, SIGNING, || {
                let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| SecretsError::SigningKey)?;
                let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(|_| SecretsError::SigningKey)?;
                Ok(der.as_ref().to_vec())
            })?;
            let answers = kept_or_made(transaction, ANSWERS, || {
                let mut key = vec![0; 32];
                SystemRandom::new().fill(&mut key).map_err(|_| RandomSourceFailed)?;
                Ok(key)
            })?;
            Ok(Secrets {
                signing: KeyPair::from_pkcs8(&signing).map_err(|_| SecretsError::SigningKey)?,
                answers: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &answers),
            })
        })
    }
}

fn kept_or_made(
    connection: &Connection,
    name: &str,
    make: impl FnOnce() -> Result<Vec<u8>, SecretsError>,
) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
    let kept = connection
        .query_row("SELECT value FROM settings WHERE name = ?", [name], |row| row.get(0))
        .optional()?;
    if let Some(kept) = kept {
        return Ok(Zeroizing::new(kept));
    }
    let made = Zeroizing::new(make()?);
    connection.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (name, made.as_slice()))?;
    Ok(made)
}

/// `N` random bytes in base64url without padding: tokens.
pub(crate) fn random_token<const N: usize>() -> Result<String, RandomSourceFailed> {
    use base64::Engine;
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| RandomSourceFailed)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
