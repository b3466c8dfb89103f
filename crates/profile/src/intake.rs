//! Taking in what was read from the server: parts as they come, then one commit.

mod commit;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use portico_cache::{BeginWriteError, LockError, Ref, SegmentCounts, UnixSeconds, WriteError, Writer};
use portico_estate::{ClientSearchText, StaleReason};
use portico_protocol::account::ProfileResponse;
use portico_protocol::enc_string::EncString;
use portico_protocol::sync::SyncEnvelope;
use portico_vault::ItemOverview;
use uuid::Uuid;

use crate::account::clear_kdf;
use crate::billing::BillingRead;
use crate::changed_elsewhere::ChangedElsewhere;
use crate::client_object::{self, ClientPicture};
use crate::errors::ReadError;
use crate::event_log::EventStream;
use crate::failed_logs::LogsTaken;
use crate::keychain::KeyChain;
use crate::kinds::{SEARCH_TEXT, SECURITY_STAMP_CELL};
use crate::losses::Losses;
use crate::note::Note;
use crate::picture::Picture;
use crate::provider_object::ProviderPicture;
use crate::recovery::mark_damaged;
use crate::unfinished::{TakenUp, take_up};
use crate::unlocked::Unlocked;
use crate::vault_object::{self, VaultTaken};

/// A new picture in the making. Holds the one-writer lock; dropping it without [`Intake::commit`] changes nothing.
pub struct Intake<'u> {
    pub(crate) unlocked: &'u Unlocked,
    pub(crate) writer: Writer<'u>,
    pub(crate) before: Arc<Picture>,
    lost: Losses,
    pub(crate) note: Note,
    pub(crate) vault: Option<TakenVault>,
    pub(crate) providers: BTreeMap<Uuid, ProviderPicture>,
    pub(crate) clients: HashMap<Uuid, Ref>,
    pub(crate) logs: LogsTaken,
    /// Counted when the first log is asked for; nobody else appends meanwhile.
    pub(crate) segment_counts: OnceLock<SegmentCounts>,
    /// Parts of providers' bills.
    pub(crate) bills: Vec<(Uuid, Vec<BillingRead>)>,
    /// Of the sync before, which did not finish.
    pub(crate) taken_up: TakenUp,
    /// How many clients there were at the last [`Intake::keep_for_next`], and when that was.
    pub(crate) kept: (usize, i64),
}

/// A vault that was taken in, or the one from before under a profile that was.
pub(crate) struct TakenVault {
    pub(crate) root: Ref,
    pub(crate) items: Arc<Vec<ItemOverview>>,
    pub(crate) profile: ProfileResponse,
    pub(crate) keys: KeyChain,
}

/// How reading one client ended.
pub enum ClientOutcome {
    /// It was read.
    Read(Box<ClientPicture>),
    /// It keeps its last structure, marked stale.
    Failed(StaleReason),
}

/// Why an intake did not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginIntakeError {
    /// Another process writes to this account; its id where it is known.
    #[error("another process writes to this account")]
    Busy { process: Option<u32> },
    #[error("the account's file cannot be written")]
    Io(#[source] std::io::Error),
    #[error("the account's file cannot be written")]
    Write(#[source] WriteError),
    #[error("the account's file cannot be read")]
    Read(#[from] ReadError),
}

impl From<BeginWriteError> for BeginIntakeError {
    fn from(error: BeginWriteError) -> Self {
        match error {
            BeginWriteError::Lock(LockError::Busy { process }) => Self::Busy { process },
            BeginWriteError::Lock(LockError::Io(error)) => Self::Io(error),
            BeginWriteError::Open(error) => Self::Write(WriteError::Database(error)),
            BeginWriteError::Damaged => Self::Read(portico_cache::ReadError::Damaged("file").into()),
        }
    }
}

/// Why a part was not taken in, or the whole not committed.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Not what `/sync` answers (protocol.md §3.1).
    #[error("the answer is no vault")]
    NotAVault(#[source] serde_json::Error),
    /// The answer is about another account: wrong tokens.
    #[error("the answer is about another account")]
    OtherAccount,
    /// A key of the account is of a type that this version does not know. What is here stays as it is.
    #[error("the account has a key of type {kind}, which takes a newer version")]
    NewerKey { kind: u16 },
    /// What is here stays as it is, and readable with the old password, until the person signs in again.
    #[error("{0}; sign in again")]
    SignInAgain(ChangedElsewhere),
    #[error("what is kept cannot be read")]
    Read(#[from] ReadError),
    #[error("the account's file cannot be written")]
    Write(#[from] WriteError),
}

impl IntakeError {
    /// Whether the account's own file is damaged. The next unlock makes it anew from what still opens.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Read(error) => error.is_damage(),
            // Children are put before their parents: one that is not found then is lost to a damaged index.
            Self::Write(error) => error.is_damage() || matches!(error, WriteError::MissingObject(_)),
            _ => false,
        }
    }
}

impl<'u> Intake<'u> {
    pub(crate) fn begin(unlocked: &'u Unlocked) -> Result<Self, BeginIntakeError> {
        let cache = &unlocked.opened.cache;
        let writer = cache.writer(Duration::ZERO).inspect_err(|error| {
            if matches!(error, BeginWriteError::Damaged) {
                mark_damaged(cache);
            }
        })?;
        // Under the lock nobody else moves the head.
        unlocked.refresh()?;
        let before = unlocked.picture();
        let mut note = before.note.clone();
        let now = UnixSeconds::from(unlocked.now()).0;
        let lost = before.check()?;
        for client in &lost.clients {
            note.client_failed(*client, StaleReason::Damaged, now);
        }
        let taken_up = take_up(unlocked, &writer, |id| note.read_at(id), now)?;
        let mut clients = HashMap::new();
        for (id, (root, read_at)) in &taken_up.clients {
            clients.insert(*id, *root);
            note.client_was_read(*id, *read_at);
        }
        let (vault, providers, kept) = (None, BTreeMap::new(), (clients.len(), now));
        let (logs, bills) = (LogsTaken::default(), Vec::new());
        Ok(Self {
            unlocked,
            writer,
            before,
            lost,
            note,
            vault,
            providers,
            clients,
            logs,
            segment_counts: OnceLock::new(),
            bills,
            taken_up,
            kept,
        })
    }

    /// Takes in the answer of `GET /sync`: opens the overview of every item on all cores. `revision` is the server's
    /// revision value, asked for *before* the sync, so that a change made meanwhile is not missed.
    ///
    /// # Errors
    /// [`IntakeError::SignInAgain`] when the wrapped user key or its KDF is another one than at the last sign-in.
    pub fn vault(&mut self, body: &[u8], revision: Option<&str>) -> Result<VaultTaken, IntakeError> {
        let taken = self.take_vault(body, revision);
        self.marking(taken)
    }

    fn take_vault(&mut self, body: &[u8], revision: Option<&str>) -> Result<VaultTaken, IntakeError> {
        let envelope: SyncEnvelope<'_> = serde_json::from_slice(body).map_err(IntakeError::NotAVault)?;
        if envelope.profile.id != self.unlocked.account() {
            return Err(IntakeError::OtherAccount);
        }
        self.check_keys(&envelope)?;
        self.check_stamp(envelope.profile.security_stamp.as_deref())?;
        let user_key = self.unlocked.user_key();
        let keys = KeyChain::new(&envelope.profile);
        let written = vault_object::put(&mut self.writer, &envelope, user_key, &keys)?;
        self.note.vault_read_at = Some(self.now().0);
        self.note.revision = revision.map(str::to_owned);
        let (profile, items) = (envelope.profile, Arc::new(written.items));
        self.vault = Some(TakenVault { root: written.root, items, profile, keys });
        Ok(written.taken)
    }

    /// Takes in one provider: itself, its team, its list of clients. A client that is not in the list any more leaves
    /// the picture (and stays in history). Its parts are written at the commit.
    pub fn provider(&mut self, picture: ProviderPicture) {
        self.note.providers_read_at.insert(picture.provider.id, self.now().0);
        self.providers.insert(picture.provider.id, picture);
    }

    /// Takes in one client, or one organization that the person administers as a member. An answer that is about another
    /// organization counts as a bad answer. What is neither at the commit, by the providers' lists and the profile, is not
    /// kept; what is both counts as a client.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub fn client(&mut self, organization: Uuid, outcome: ClientOutcome) -> Result<(), IntakeError> {
        let taken = self.take_client(organization, outcome);
        self.marking(taken)
    }

    fn take_client(&mut self, organization: Uuid, outcome: ClientOutcome) -> Result<(), IntakeError> {
        let now = self.now().0;
        let picture = match outcome {
            ClientOutcome::Read(picture) if picture.organization.id == organization => picture,
            ClientOutcome::Read(_) => {
                self.note.client_failed(organization, StaleReason::BadAnswer, now);
                return Ok(());
            }
            ClientOutcome::Failed(reason) => {
                self.note.client_failed(organization, reason, now);
                return Ok(());
            }
        };
        let client = client_object::put(&mut self.writer, &picture)?;
        self.put_search_text(organization, client, *picture)?;
        self.clients.insert(organization, client);
        self.note.client_was_read(organization, now);
        // Whether it has a log, and who may read it, may have changed: one that fails again is told again.
        self.logs.was_read(EventStream::Organization(organization));
        self.keep_now_and_then()
    }

    /// Says that this intake is of a sync that looked at everything, whether or not there was anything to read.
    pub fn looked_at_everything(&mut self) {
        self.note.synced_at = Some(self.now().0);
        self.logs.all_providers = true;
    }

    /// A file in which something cannot even be written for damage is made anew by the next unlock.
    pub(crate) fn marking<T>(&self, outcome: Result<T, IntakeError>) -> Result<T, IntakeError> {
        if outcome.as_ref().is_err_and(IntakeError::is_damage) {
            mark_damaged(&self.unlocked.opened.cache);
        }
        outcome
    }

    /// What of the picture before this intake is damaged. All of it was looked at.
    pub fn lost(&self) -> &Losses {
        &self.lost
    }

    /// The picture from before this intake.
    pub fn before(&self) -> &Picture {
        &self.before
    }

    /// Where everything was that was read before: an organization may become a provider's client, and the other way
    /// round, without its last structure being lost.
    pub(crate) fn roots_before(&self) -> Result<HashMap<Uuid, Ref>, IntakeError> {
        let mut roots: HashMap<Uuid, Ref> =
            self.before.kept_own()?.iter().map(|(id, root)| (*id, *root)).collect();
        for kept in self.before.kept_providers()? {
            roots.extend(kept.clients.iter().map(|(id, client)| (*id, *client)));
        }
        // Of a lost client that is not read again, what is left stays; where nothing is, it counts as never read.
        let cache = &self.unlocked.opened.cache;
        roots.retain(|id, root| !self.lost.clients.contains(id) || cache.object(*root).is_ok());
        Ok(roots)
    }

    /// Made at most once for each state of a client.
    pub(crate) fn put_search_text(
        &mut self,
        organization: Uuid,
        client: Ref,
        picture: ClientPicture,
    ) -> Result<(), IntakeError> {
        if self.writer.has_derived(SEARCH_TEXT, client)? {
            return Ok(());
        }
        let user_key = self.unlocked.user_key();
        let keys = match &self.vault {
            Some(vault) => vault.keys.organization_keys(user_key, organization).ok(),
            None => self.before.organization_keys(organization)?.ok(),
        };
        // Without the key the names of collections would be missing; it is made when it is first needed, then.
        let Some(keys) = keys else { return Ok(()) };
        let text = ClientSearchText::new(&client_object::open(picture, Some(&keys)));
        if let Ok(bytes) = postcard::to_allocvec(&text) {
            self.writer.put_derived(SEARCH_TEXT, client, &zeroize::Zeroizing::new(bytes))?;
        }
        Ok(())
    }

    /// A password or KDF change wraps the same user key anew; a rotation makes another one, under which the private
    /// key is wrapped anew too.
    fn check_keys(&self, envelope: &SyncEnvelope<'_>) -> Result<(), IntakeError> {
        let header = self.unlocked.opened.cache.header().map_err(ReadError::from)?;
        let unlock = envelope.user_decryption.as_ref().and_then(|data| data.master_password_unlock.as_ref());
        let wrapped = unlock.and_then(|data| data.wrapped_user_key()).or(envelope.profile.key.as_deref());
        let same_key = wrapped.is_none_or(|wrapped| wrapped == header.wrapped_user_key);
        let same_kdf = unlock
            .is_none_or(|data| clear_kdf(&data.kdf) == header.kdf && same_salt(&data.salt, &header.salt));
        if same_key && same_kdf {
            return Ok(());
        }
        let kdf_is_told = unlock.is_some();
        let other = if kdf_is_told && same_kdf { ChangedElsewhere::Password } else { ChangedElsewhere::Kdf };
        Err(self.keys_changed(wrapped, &envelope.profile, other))
    }

    /// `wrapped`: the user key as the answer has it. `otherwise`: what it is where the user key is the same. What is no
    /// encrypted string, or one for somebody's key pair, is no key here: the answer is broken, and nothing was changed
    /// elsewhere. What a newer version would open says nothing of the key that is here.
    pub(crate) fn keys_changed(
        &self,
        wrapped: Option<&str>,
        profile: &ProfileResponse,
        otherwise: ChangedElsewhere,
    ) -> IntakeError {
        let private = profile.wrapped_private_key();
        for key in [wrapped, private].into_iter().flatten() {
            match EncString::parse(key) {
                Ok(EncString::Symmetric { .. } | EncString::Unauthenticated { .. }) => {}
                Ok(EncString::Other { kind, .. }) => return IntakeError::NewerKey { kind },
                Ok(EncString::Asymmetric { .. }) | Err(_) => {
                    return IntakeError::NotAVault(serde::de::Error::custom("a key is none of this account"));
                }
            }
        }
        let opens = |wrapped| self.unlocked.user_key().open_private_key(wrapped).is_ok();
        let same_user_key = private.is_some_and(opens);
        IntakeError::SignInAgain(if same_user_key { otherwise } else { ChangedElsewhere::UserKey })
    }

    /// Another stamp means that the account's sessions were ended elsewhere: by a new password, or on purpose.
    pub(crate) fn check_stamp(&self, stamp: Option<&str>) -> Result<(), IntakeError> {
        let kept = self.unlocked.opened.cache.cell(SECURITY_STAMP_CELL).map_err(ReadError::from)?;
        match (kept, stamp) {
            (Some(kept), Some(stamp)) if kept.as_slice() != stamp.as_bytes() => {
                Err(IntakeError::SignInAgain(ChangedElsewhere::Sessions))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn now(&self) -> UnixSeconds {
        self.unlocked.now().into()
    }
}

/// Whether the derivation reads both alike; servers differ in how they spell the e-mail address in it. One that names
/// none has not changed it.
fn same_salt(told: &str, kept: &str) -> bool {
    let read = |salt: &str| salt.trim().to_lowercase();
    told.trim().is_empty() || read(told) == read(kept)
}
