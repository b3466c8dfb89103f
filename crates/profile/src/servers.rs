//! What a profile knows of its accounts' servers and of their order, beside the sealed files: private certificate
//! authorities, and the list that people see.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use portico_protocol::server::ServerAddress;
use uuid::Uuid;

use crate::folder::{Profile, ProfileError, make_private_folder};

/// The largest file of certificates that is taken in, in bytes; a bundle of every public authority has a quarter.
const MOST_BYTES: u64 = 1 << 20;

impl Profile {
    /// The PEM file with the certificate authority that is trusted for this server besides those of the system.
    pub fn authority(&self, server: &ServerAddress) -> Option<PathBuf> {
        let path = self.authority_path(server);
        path.is_file().then_some(path)
    }

    /// Where the authority of this server was read from.
    pub fn authority_origin(&self, server: &ServerAddress) -> Option<PathBuf> {
        self.authority(server)?;
        self.settings().certificate_authorities.get(&server.to_string()).cloned()
    }

    /// Keeps a copy of the authority for this server. A copy, because whoever may change the file that was chosen, in
    /// whatever folder it lay, must not thereby change whom we trust.
    ///
    /// # Errors
    /// [`ProfileError::Io`] when the file cannot be read, is larger than a megabyte, or cannot be kept.
    pub fn keep_authority(&self, server: &ServerAddress, file: &Path) -> Result<(), ProfileError> {
        let file = std::path::absolute(file)?;
        let path = self.authority_path(server);
        if file == path {
            return Ok(());
        }
        let mut bytes = Vec::new();
        std::fs::File::open(&file)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge).into());
        }
        make_private_folder(&self.folder().join("authorities"))?;
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, bytes)?;
        std::fs::rename(fresh, &path)?;
        Ok(self.change_settings(|settings| {
            settings.certificate_authorities.insert(server.to_string(), file);
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
        });
        let still_used = |server: &ServerAddress| {
            self.accounts().map_or(true, |accounts| accounts.iter().any(|other| other.server == *server))
        };
        let authority = match server {
            Some(server) if self.authority(server).is_some() && !still_used(server) => {
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
