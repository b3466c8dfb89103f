//! Clients that are no more a provider's, by the links that they had. The provider's log names a client by its link alone
//! (protocol.md §5.10), and no list of the server knows that link once the client is unlinked: what it was called is kept
//! here, for as long as there is a log.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::errors::{ReadError, read_round};
use crate::intake::Intake;
use crate::kept;
use crate::kinds::FORMER_CLIENTS_CELL;
use crate::picture::Picture;
use crate::unlocked::Unlocked;

/// A client that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerClient {
    /// The id of its link to the provider, which no later link has.
    pub link: Uuid,
    /// Its last name.
    pub name: String,
}

/// The last ones to leave. More than a provider loses while its log is kept, at some hundred bytes each.
const MOST: usize = 2000;

impl Unlocked {
    /// The clients that left since this machine knows the account, as they were last called; those that left last come
    /// last.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn former_clients(&self) -> Result<Vec<FormerClient>, ReadError> {
        let Some(bytes) = self.opened.cache.cell(FORMER_CLIENTS_CELL)? else { return Ok(Vec::new()) };
        kept::decode(VERSION, &bytes, "former clients")
    }
}

impl Intake<'_> {
    /// Keeps who is in the picture from before this intake and in `now` no more. Nothing depends on these names but how
    /// old events read, so that a failure is noted and no more.
    pub(crate) fn keep_former_clients(&self, now: &Picture) {
        let kept = gone(&self.before, now).and_then(|gone| {
            if gone.is_empty() {
                return Ok(None);
            }
            let (mut former, _) = read_round(self.unlocked.former_clients())?;
            former.retain(|one| gone.iter().all(|other| other.link != one.link));
            former.extend(gone);
            former.drain(..former.len().saturating_sub(MOST));
            Ok(Some(former))
        });
        let written = match kept {
            Ok(None) => return,
            Ok(Some(former)) => kept::encode(VERSION, &former)
                .and_then(|bytes| self.unlocked.opened.cache.set_cell(FORMER_CLIENTS_CELL, &bytes))
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = written {
            tracing::warn!(%error, "what a client was called that left is not kept");
        }
    }
}

/// Of providers that are in both; whoever leaves a provider reads its log no more.
fn gone(before: &Picture, now: &Picture) -> Result<Vec<FormerClient>, ReadError> {
    let mut gone = Vec::new();
    for view in before.providers()? {
        let Some(now) = now.provider(view.provider.id)? else {
            continue;
        };
        let links: HashSet<Uuid> = now.rows.iter().map(|row| row.provider_organization_id).collect();
        let left = view.rows.iter().filter(|row| !links.contains(&row.provider_organization_id));
        gone.extend(
            left.map(|row| FormerClient { link: row.provider_organization_id, name: row.name.clone() }),
        );
    }
    Ok(gone)
}

const VERSION: u8 = 1;
