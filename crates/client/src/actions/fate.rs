//! What became of a change that was sent.

use std::time::Duration;

use super::{Acting, ActionError, Touched};
use crate::api_error::ApiError;
use crate::http::Reply;

/// What is known of a change after it was sent.
pub(super) enum Fate {
    /// The server says that it made it.
    Done(Reply),
    /// It was not made: refused, or never sent.
    Refused(ApiError),
    /// It may have been made.
    Unknown(ApiError),
}

impl Fate {
    pub(super) fn of(sent: Result<Reply, ApiError>) -> Self {
        let error = match sent {
            Ok(reply) if (200..300).contains(&reply.status) && !reply.is_web_page() => {
                return Self::Done(reply);
            }
            Ok(reply) => match reply.success() {
                Err(error) => error,
                Ok(_) => unreachable!("a success that is no web page is done"),
            },
            Err(error) => error,
        };
        if leaves_doubt(&error) { Self::Unknown(error) } else { Self::Refused(error) }
    }
}

/// Whether the change may have been made although this came back.
pub(super) fn leaves_doubt(error: &ApiError) -> bool {
    match error {
        ApiError::Unreachable { source, .. } => !source.is_connect(),
        ApiError::Status { code, .. } => matches!(code, 408 | 500..),
        ApiError::TimedOut { .. }
        | ApiError::TooLarge { .. }
        | ApiError::NotBitwarden { .. }
        | ApiError::Cancelled => true,
        ApiError::Tls { .. }
        | ApiError::Redirected { .. }
        | ApiError::RateLimited { .. }
        | ApiError::SignedOut => false,
    }
}

/// A change whose answer was lost may still be under way at the server: it is looked for so often, with this between.
const LOOKS: u32 = 3;
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);

impl Acting<'_> {
    /// Whether what was wanted is so. A refusal is no failure where it was so before, and a lost answer none where it is
    /// so now. `is_so` looks at the server and may be asked several times.
    pub(super) async fn settle<L>(
        &self,
        fate: Fate,
        touched: &Touched,
        is_so: impl Fn() -> L,
    ) -> Result<Settled, ActionError>
    where
        L: Future<Output = Result<bool, ApiError>>,
    {
        match fate {
            Fate::Done(reply) => Ok(Settled::Done(Box::new(reply))),
            Fate::Refused(error) => {
                // Only an answer says something of before; who cannot be asked is not asked again.
                if error.status().is_some() && is_so().await.unwrap_or(false) {
                    return Ok(Settled::WasSo);
                }
                Err(self.refused(error).await)
            }
            Fate::Unknown(source) => {
                for look in 1..=LOOKS {
                    match is_so().await {
                        Ok(true) => return Ok(Settled::IsSo),
                        Ok(false) if look == LOOKS => return Err(source.into()),
                        Ok(false) => {}
                        Err(error) => {
                            tracing::info!(%error, "what became of a change could not be looked at");
                            break;
                        }
                    }
                    if self.stop.run_until_cancelled(tokio::time::sleep(BETWEEN_LOOKS)).await.is_none() {
                        break;
                    }
                }
                Err(ActionError::Uncertain { touched: Box::new(touched.clone()), source })
            }
        }
    }
}

/// How it came to be so.
pub(super) enum Settled {
    /// By this change, and here is the answer.
    Done(Box<Reply>),
    /// By this change, whose answer was lost.
    IsSo,
    /// It was so before.
    WasSo,
}

impl Settled {
    pub(super) fn was_so(&self) -> bool {
        matches!(self, Self::WasSo)
    }
}
