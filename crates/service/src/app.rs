use std::fs::File;
use std::sync::Arc;

use url::Url;

use crate::config::Config;
use crate::jwt::Signer;
use crate::secrets::{Secrets, SecretsError};
use crate::staff;
use crate::store::Store;

/// What every handler can reach.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) config: Config,
    /// Where clients reach us, without a trailing slash.
    pub(crate) base: String,
    pub(crate) signer: Signer,
    pub(crate) answers: ring::hmac::Key,
    /// The lock on the folder of files, for as long as a request may be under way.
    _serving: Option<File>,
}

impl App {
    pub(crate) fn new(
        store: Store,
        config: Config,
        base: &Url,
        serving: Option<File>,
    ) -> Result<App, SecretsError> {
        let base = base.as_str().trim_end_matches('/').to_owned();
        let secrets = Secrets::load_or_make(&store)?;
        staff::remember_base_address(&store, &base)?;
        store.serve()?;
        let signer = Signer::new(&secrets.signing, format!("{base}/identity"))?;
        Ok(App(Arc::new(Parts { store, config, base, signer, answers: secrets.answers, _serving: serving })))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
