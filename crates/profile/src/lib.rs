//! An account on this machine: its folder, unlock and lock, what was read from its server, and taking in new pictures.
//!
//! No HTTP and no async: that reading is offline can be seen in the Cargo.toml. Everything is sealed by `portico-cache`;
//! this crate says what the objects mean.
//!
//! Invariants:
//! - [`Unlocked`] owns every key and all opened data of an account; dropping it (and every [`Picture`] taken from it) is
//!   the lock;
//! - a [`Picture`] is one complete head: an [`Intake`] that is dropped, or killed, changes nothing that a reader sees;
//! - what is damaged is read round and named ([`Losses`]); a file that does not open as a whole is made anew from what
//!   still opens of it ([`Recovered`]), and the damaged one is set aside, never removed;
//! - a client that could not be read keeps its last structure, marked stale with the reason;
//! - items of organizations that the person reaches only as provider staff are never kept;
//! - in clear stand the server, the e-mail, the account's id, the KDF parameters, the wrapped user key, which slots there are,
//!   when the server was last read, and what the settings file says.
//!
//! ```text
//! Profile::open(dir) ── accounts / create_account / unlock / unlock_with_session ──▶ Unlocked
//! Unlocked::picture() ──▶ Arc<Picture> (queries)
//! Unlocked::begin_intake() ──▶ Intake: vault, provider, client… ── commit ──▶ HeadNumber
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod attachment_file;
mod backup;
mod billing;
mod changed_elsewhere;
mod client_object;
mod clock;
mod due_log_out;
mod earlier_key;
mod errors;
mod event_log;
mod event_names;
mod failed_logs;
mod folder;
mod former_names;
mod intake;
mod keeping;
mod kept;
mod kept_order;
mod keychain;
mod kinds;
mod known;
mod left_places;
mod log_out;
mod losses;
mod note;
mod one_at_a_time;
mod opened_collections;
mod os_keychain;
mod own_object;
mod own_profile;
mod password_notice;
mod picture;
mod pins;
mod provider_object;
mod quick_unlock;
mod reader_rules;
mod recovery;
mod saved_filters;
mod servers;
mod session;
mod settings;
mod tags;
mod unfinished;
mod unlock;
mod unlocked;
mod vault_object;
mod window_lock;

pub use account::{CreateAccountError, NewAccount};
pub use attachment_file::{AttachmentFileError, IncomingAttachment, SaveAs, SealedAttachment};
pub use backup::{PutBack, PutBackError};
pub use billing::{Billing, BillingRead, Dated};
pub use changed_elsewhere::ChangedElsewhere;
pub use client_object::{ClientCounts, ClientPicture};
pub use clock::{Clock, SystemClock};
pub use due_log_out::LogOutByPolicy;
pub use errors::{ItemError, ReadError, read_round};
pub use event_log::{EventLog, EventStream, EventsReached, EventsRead};
pub use failed_logs::FailedLog;
pub use folder::{AccountSummary, Profile, ProfileError};
pub use former_names::{FormerClient, FormerNames, FormerPerson};
pub use intake::{BeginIntakeError, ClientOutcome, Intake, IntakeError};
pub use keeping::OlderFile;
pub use keychain::NoKey;
pub use known::KnownClients;
pub use left_places::KeepPlacesError;
pub use losses::Losses;
pub use one_at_a_time::ChangingElsewhere;
pub use os_keychain::{KeychainError, KeychainObstacle, OsKeychain};
pub use password_notice::PasswordNotice;
pub use picture::{HeadSummary, Picture};
pub use pins::PinError;
pub use portico_cache::private_file;
pub use portico_cache::{HeadNumber, Recovery, Retention, SessionKey, StorageFault, SweepReport};
pub use portico_protocol::events::EventResponse;
pub use provider_object::{ProviderPicture, ProviderView};
pub use quick_unlock::{LONGEST_PIN, PIN_TRIES, SHORTEST_PIN, SlotError, UnlockWays};
pub use reader_rules::{ReaderRules, RestrictedKind, VaultTimeout};
pub use recovery::{Recovered, SetAside};
pub use saved_filters::{SaveFilterError, SavedFilter};
pub use servers::Authority;
pub use session::{ApiKey, SessionTokens};
pub use settings::{DueLogOut, Settings, SettingsError};
pub use tags::{LONGEST_TAG, MOST_TAGS, TagError};
pub use unfinished::UnfinishedSync;
pub use unlock::UnlockError;
pub use unlocked::{SessionError, Unlocked};
pub use vault_object::VaultTaken;
pub use window_lock::{HoldWindowError, WindowLock};
