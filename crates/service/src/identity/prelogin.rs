//! What a client asks before it can derive anything (protocol.md §1.1).

use axum::Json;
use axum::extract::State;
use portico_protocol::account::{KdfParameters, KdfType};
use portico_protocol::identity::{PreloginRequest, PreloginResponse};

use super::{by_email, normal_email};
use crate::app::App;
use crate::body::{Body, at_most};
use crate::error::ApiError;

pub(crate) async fn answer(
    State(app): State<App>,
    Body(request): Body<PreloginRequest>,
) -> Result<Json<PreloginResponse>, ApiError> {
    at_most("Email", &request.email, 256)?;
    let email = normal_email(&request.email);
    let known = {
        let email = email.clone();
        app.store.read::<_, ApiError>(move |c| Ok(by_email(c, &email)?)).await?
    };
    let (kdf, salt) = match known {
        Some(account) => (account.kdf, Some(account.salt)),
        None => made_up(&app.answers, &email),
    };
    Ok(Json(PreloginResponse {
        kdf: kdf.kdf_type,
        kdf_iterations: kdf.iterations,
        kdf_memory: kdf.memory,
        kdf_parallelism: kdf.parallelism,
        kdf_settings: Some(kdf),
        salt,
        ..PreloginResponse::default()
    }))
}

/// What an account with this e-mail might say if there were one: the same at every call, and no way to tell it
/// from a real one.
fn made_up(key: &ring::hmac::Key, email: &str) -> (KdfParameters, Option<String>) {
    const PBKDF2: KdfParameters = KdfParameters {
        kdf_type: KdfType::PBKDF2_SHA256,
        iterations: 600_000,
        memory: None,
        parallelism: None,
    };
    const ARGON2: KdfParameters =
        KdfParameters { kdf_type: KdfType::ARGON2ID, iterations: 3, memory: Some(64), parallelism: Some(4) };
    let tag = ring::hmac::sign(key, format!("prelogin\0{email}").as_bytes());
    // Most people never change the default.
    let kdf = if tag.as_ref()[0] < 230 { PBKDF2 } else { ARGON2 };
    // Every account of this server has its salt on record, so a made-up one has, too.
    (kdf, Some(email.to_owned()))
}
