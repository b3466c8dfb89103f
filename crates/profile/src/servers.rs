//! What a profile knows of its accounts' servers and of their order, beside the sealed files: private certificate
//! authorities, and the list that people see.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portico_cache::private_file;
use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::folder::{Profile, ProfileError, make_private_folder};

/// The largest file of certificates that is taken in, in bytes; a bundle of every public authority has a quarter.
const MOST_BYTES: u64 = 1 << 20;

/// A PEM file with certificate authorities. It is read once: what a person was shown, what is trusted and what is kept
/// are the same bytes, whatever becomes of the file meanwhile.
#[derive(Clone, PartialEq, Eq)]
pub struct Authority {
    origin: PathBuf,
    pem: Arc<[u8]>,
}

impl Authority {
    /// Reads a file. Whether there are certificates in it is seen by whoever wants to trust them.
    ///
    /// # Errors
    /// When the file cannot be read, or is larger than a megabyte.
    pub fn read(file: &Path) -> io::Result<Self> {
        let origin = std::path::absolute(file)?;
        let mut bytes = Vec::new();
        std::fs::File::open(&origin)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(Self { origin, pem: bytes.into() })
    }

    /// The file that was read.
    pub fn origin(&self) -> &Path {
        &self.origin
    }

    /// What was in it.
    pub fn pem(&self) -> &[u8] {
        &self.pem
    }
}

impl Profile {
    /// The certificate authority that is trusted for this server besides those of the system.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    pub fn authority(&self, server: &ServerAddress) -> io::Result<Option<Authority>> {
        match Authority::read(&self.authority_path(server)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Where the authority of this server was read from.
    pub fn authority_origin(&self, server: &ServerAddress) -> Option<PathBuf> {
        self.authority_path(server).is_file().then_some(())?;
        self.settings().certificate_authorities.get(&server.to_string()).cloned()
    }

    /// Keeps a copy of the authority for this server. A copy, because whoever may change the file that was chosen, in
    /// whatever folder it lay, must not thereby change whom we trust.
    ///
    /// # Errors
    /// [`ProfileError::Io`] when it cannot be kept.
    pub fn keep_authority(&self, server: &ServerAddress, authority: &Authority) -> Result<(), ProfileError> {
        let path = self.authority_path(server);
        if authority.origin == path {
            return Ok(());
        }
        make_private_folder(&self.folder().join("authorities"))?;
        let fresh = path.with_extension("new");
        private_file::write(&fresh, authority.pem())?;
        std::fs::rename(fresh, &path)?;
        Ok(self.change_settings(|settings| {
            settings.certificate_authorities.insert(server.to_string(), authority.origin.clone());
        })?)
    }

    /// Trusts for this server nobody but whom the system trusts.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn forget_authority(&self, server: &ServerAddress) -> Result<(), ProfileError> {
        match std::fs::remove_file(self.authority_path(server)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        Ok(self.change_settings(|settings| {
            settings.certificate_authorities.remove(&server.to_string());
        })?)
    }

    /// Lists the accounts in this order from now on.
    ///
    /// # Errors
    /// [`ProfileError::Settings`].
    pub fn order_accounts(&self, order: Vec<Uuid>) -> Result<(), ProfileError> {
        Ok(self.change_settings(|settings| settings.account_order = order)?)
    }

    /// Remembers which account the window showed last. Not worth failing for.
    pub fn remember_last(&self, account: Uuid) {
        if self.settings().last_account != Some(account)
            && let Err(error) = self.change_settings(|settings| settings.last_account = Some(account))
        {
            tracing::warn!(%error, "the account that is shown could not be remembered");
        }
    }

    /// A new account comes last in the list.
    pub(crate) fn list_last(&self, account: Uuid) {
        if self.settings().account_order.contains(&account) {
            return;
        }
        // Accounts that were here before there was an order keep their places before the new one.
        let mut order: Vec<Uuid> = self.accounts().into_iter().flatten().map(|account| account.id).collect();
        order.retain(|known| *known != account);
        order.push(account);
        if let Err(error) = self.order_accounts(order) {
            tracing::warn!(%error, "the order of the accounts could not be kept");
        }
    }

    /// Forgets what the settings say of an account that was removed, and the authority of its server where no other
    /// account is there.
    pub(crate) fn forget(&self, account: Uuid, server: Option<&ServerAddress>) {
        let forgotten = self.change_settings(|settings| {
            settings.account_order.retain(|known| *known != account);
            settings.last_account.take_if(|last| *last == account);
            settings.due_log_outs.remove(&account);
        });
        let still_used = |server: &ServerAddress| {
            self.accounts().map_or(true, |accounts| accounts.iter().any(|other| other.server == *server))
        };
        let authority = match server {
            Some(server) if self.authority_path(server).is_file() && !still_used(server) => {
                self.forget_authority(server)
            }
            _ => Ok(()),
        };
        if forgotten.is_err() || authority.is_err() {
            tracing::warn!("the settings still name an account that was removed");
        }
    }

    /// Named by the server's address, so that no list of ours has to be believed.
    fn authority_path(&self, server: &ServerAddress) -> PathBuf {
        let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, server.to_string().as_bytes());
        self.folder().join("authorities").join(format!("{name}.pem"))
    }
}
