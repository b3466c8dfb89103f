//! The id of an account's user key (protocol.md §2.9, §3.6). Clients from 2026.9 on work it out when the sync names none,
//! tell it here, and do not sign in where that fails.

use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::account_of;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserKeyId {
    user_key_id: String,
}

/// Keeps the id. Two devices may tell the same; another id would be another key, which comes with a rotation only.
pub(crate) async fn tell(
    State(app): State<App>,
    caller: Caller,
    Body(UserKeyId { user_key_id: told }): Body<UserKeyId>,
) -> Result<(), ApiError> {
    if !is_key_id(&told) {
        return Err(ApiError::Invalid {
            field: "UserKeyId",
            problem: "The field UserKeyId must be 32 hexadecimal digits.".into(),
        });
    }
    app.store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            if account.key.is_none() {
                return Err(ApiError::refused("The account has no user key."));
            }
            if account.user_key_id.is_some_and(|kept| !kept.eq_ignore_ascii_case(&told)) {
                return Err(ApiError::refused("The user key has another id already."));
            }
            transaction.execute("UPDATE users SET user_key_id = ? WHERE id = ?", (told, account.id))?;
            Ok(())
        })
        .await
}

/// 16 bytes in hexadecimal.
pub(crate) fn is_key_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
