//! The end of an intake: everything that was taken in becomes the newest head, in one step.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use portico_cache::{NewHead, Object, Ref, SlotKind, UnixSeconds};
use portico_estate::own_organizations;
use uuid::Uuid;

use super::{Intake, IntakeError};
use crate::errors::ReadError;
use crate::kinds::{SECURITY_STAMP_CELL, STRUCTURE};
use crate::os_keychain::Kept;
use crate::picture::Picture;
use crate::provider_object::{self, ProviderPicture};
use crate::recovery::mark_damaged;
use crate::{HeadNumber, earlier_key, own_object};

impl Intake<'_> {
    /// Makes all of it the newest head, in one step, and shows it. Nothing new but the dates: no new head.
    ///
    /// # Errors
    /// See [`IntakeError`]; then the last head stays. One exception: [`IntakeError::Read`] also when the head moved and
    /// cannot be loaded for showing. Then the old picture stays in sight and [`Unlocked::refresh`](crate::Unlocked::refresh) tries again.
    pub fn commit(self) -> Result<HeadNumber, IntakeError> {
        self.commit_counting().map(|(number, _)| number)
    }

    /// As [`Intake::commit`]; returns beside the head how many sealed bytes were handed to the account's file since the
    /// intake began.
    ///
    /// # Errors
    /// As [`Intake::commit`].
    pub fn commit_counting(mut self) -> Result<(HeadNumber, u64), IntakeError> {
        let committed = self.move_head();
        self.marking(committed)
    }

    fn move_head(&mut self) -> Result<(HeadNumber, u64), IntakeError> {
        let now = self.now();
        let structure = self.put_structure()?;
        let cache = &self.unlocked.opened.cache;
        let old_vault = self.before.head.as_ref().and_then(|head| head.vault);
        let old_vault = old_vault.filter(|root| !self.lost.vault || cache.object(*root).is_ok());
        let vault = self.vault.as_ref().map(|vault| vault.root).or(old_vault);
        let freshness = self.note.to_bytes();
        if let Some(read_at) = self.note.last_read_at() {
            self.writer.set_read_at_with_head(UnixSeconds(read_at));
        }
        self.keep_stamp()?;
        self.keep_bills()?;
        let number = self.writer.commit(NewHead { structure, vault, freshness, now })?;
        self.forget_unfinished();
        self.keep_failed_logs();
        if let Err(error) = self.writer.trim_logs(self.unlocked.settings().events_kept_days, now) {
            tracing::warn!(%error, "old events were not cleared away");
            if error.is_damage() {
                mark_damaged(cache);
            }
        }
        let bytes_written = self.writer.bytes_written();
        let items = match &self.vault {
            Some(vault) => Arc::clone(&vault.items),
            None => self.before.shared_items(),
        };
        let opened = Arc::clone(&self.unlocked.opened);
        let head = self.unlocked.pin_newest()?;
        let has_other_structure = self.before.head.as_ref().is_some_and(|head| head.structure != structure);
        let now_shown = Picture::load(opened, head, Some(items))?;
        if has_other_structure {
            self.keep_former_names(&now_shown);
        }
        self.unlocked.show(now_shown);
        if self.vault.is_some() && self.before.is_of_earlier_key() {
            earlier_key::forget(&self.unlocked.opened.cache)?;
        }
        self.follow_account()?;
        // Before the first head nothing could fall out of reach; what a stopped sync left goes with the next.
        if self.before.head.as_ref().is_some_and(|head| head.number != number) {
            self.sweep(now);
        }
        Ok((number, bytes_written))
    }

    /// The new picture is complete; what cannot be cleared away now is cleared away later.
    fn sweep(&mut self, now: UnixSeconds) {
        let cache = &self.unlocked.opened.cache;
        match self.writer.sweep(self.unlocked.settings().retention(), now) {
            Ok(report) if report.objects_lost > 0 => {
                tracing::warn!(?report, "the history is damaged");
                mark_damaged(cache);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the sweep after a sync failed");
                if error.is_damage() {
                    mark_damaged(cache);
                }
            }
        }
    }

    /// The first one after a sign-in is what later ones are compared with.
    fn keep_stamp(&mut self) -> Result<(), IntakeError> {
        let stamp = self.vault.as_ref().and_then(|vault| vault.profile.security_stamp.as_deref());
        let cache = &self.unlocked.opened.cache;
        if let Some(stamp) = stamp
            && cache.cell(SECURITY_STAMP_CELL).map_err(ReadError::from)?.is_none()
        {
            self.writer.set_cell_with_head(SECURITY_STAMP_CELL, stamp.as_bytes())?;
        }
        Ok(())
    }

    /// What follows from the account's own facts, once they are kept.
    fn follow_account(&mut self) -> Result<(), IntakeError> {
        let cache = &self.unlocked.opened.cache;
        let has_pin = cache.header().map_err(ReadError::from)?.slot_parameters(SlotKind::PIN).is_some();
        if has_pin && self.unlocked.picture().lock_policies()?.pin_forbidden {
            self.writer.remove_slots(&[SlotKind::PIN])?;
            if let Err(error) = self.unlocked.keeping.forget(Kept::Pin) {
                // It opens nothing any more.
                tracing::warn!(%error, "the secret of a forbidden PIN stays in the keychain");
            }
        }
        Ok(())
    }

    fn put_structure(&mut self) -> Result<Option<Ref>, IntakeError> {
        let pictures = self.all_providers()?;
        let mut refs = Vec::new();
        let mut known_clients = HashSet::new();
        let mut roots = self.roots_before()?;
        roots.extend(self.clients.iter().map(|(id, client)| (*id, *client)));
        for picture in pictures.values() {
            refs.push(provider_object::put(&mut self.writer, picture, &roots)?);
            known_clients.extend(picture.clients.iter().map(|client| client.organization_id));
        }
        let mut own = self.administered_as_member()?;
        own.retain(|id| !known_clients.contains(id));
        let read: BTreeMap<Uuid, Ref> = own.iter().filter_map(|id| Some((*id, *roots.get(id)?))).collect();
        if !read.is_empty() {
            refs.push(own_object::put(&mut self.writer, &read)?);
        }
        self.note.clients.retain(|id, _| known_clients.contains(id) || own.contains(id));
        self.note.providers_read_at.retain(|id, _| pictures.contains_key(id));
        if refs.is_empty() && self.before.head.as_ref().is_none_or(|head| head.structure.is_none()) {
            return Ok(None);
        }
        Ok(Some(self.writer.put(Object::node(STRUCTURE, refs, Vec::new()))?))
    }

    /// By the profile of this intake, or else by the one from before.
    fn administered_as_member(&self) -> Result<BTreeSet<Uuid>, IntakeError> {
        let own = match &self.vault {
            Some(vault) => own_organizations(&vault.profile),
            None => self.before.organizations()?,
        };
        Ok(own.iter().filter(|own| own.is_administered_as_member()).map(|own| own.id).collect())
    }

    /// The providers of this intake, and of those from before the ones that the profile still names.
    fn all_providers(&mut self) -> Result<BTreeMap<Uuid, ProviderPicture>, IntakeError> {
        let mut pictures = std::mem::take(&mut self.providers);
        for (id, root) in self.before.provider_roots_by_id()? {
            let still_there = match &self.vault {
                Some(vault) => vault.profile.providers.iter().any(|provider| provider.id == id),
                None => true,
            };
            if still_there && !pictures.contains_key(&id) {
                pictures.insert(id, provider_object::read_picture(&self.unlocked.opened.cache, root)?.0);
            }
        }
        Ok(pictures)
    }
}
