//! Questions about the vault of a head.

use std::sync::Arc;

use portico_crypto::SymmetricKey;
use portico_vault::{
    Item, ItemIndex, ItemOverview, SealedItem, VaultNames, attachment_key, name_order, open_item, unread_item,
};
use uuid::Uuid;

use super::{Facts, Picture, once};
use crate::attachment_file::SealedAttachment;
use crate::errors::{ItemError, ReadError};
use crate::kept_order;
use crate::reader_rules::ReaderRules;

impl Picture {
    /// What the list of the vault shows, ordered by id.
    pub fn items(&self) -> &[ItemOverview] {
        &self.items
    }

    /// The same without what a policy hides from this person.
    pub fn shown_items(&self) -> Result<impl Iterator<Item = &ItemOverview>, ReadError> {
        let rules = self.reader_rules()?;
        Ok(self.items.iter().filter(move |item| !rules.hides(item.kind, item.organization_id)))
    }

    /// What the list shows of one item, and its place in [`Picture::items`].
    ///
    /// # Errors
    /// [`ItemError::NotFound`], [`ItemError::Restricted`].
    pub fn overview(&self, id: Uuid) -> Result<(u32, &ItemOverview), ItemError> {
        let place = self.items.binary_search_by_key(&id, |item| item.id).map_err(|_| ItemError::NotFound)?;
        let item = &self.items[place];
        if self.reader_rules()?.hides(item.kind, item.organization_id) {
            return Err(ItemError::Restricted);
        }
        Ok((u32::try_from(place).map_err(|_| ItemError::NotFound)?, item))
    }

    pub(crate) fn shared_items(&self) -> Arc<Vec<ItemOverview>> {
        Arc::clone(&self.items)
    }

    /// Order, search and filters over [`Picture::items`], without what a policy hides from this person.
    pub fn item_index(&self) -> Result<&ItemIndex, ReadError> {
        once(&self.index, || {
            let rules = self.reader_rules()?;
            let hides = |item: &ItemOverview| rules.hides(item.kind, item.organization_id);
            let restricted: Vec<_> = rules.restricted.iter().map(|restricted| restricted.kind).collect();
            let order = match &self.vault {
                Some(vault) if !self.losses().vault => {
                    kept_order::read(&self.opened.cache, vault.overviews, &self.items)?
                }
                _ => name_order(&self.items),
            };
            Ok(ItemIndex::without(&self.items, order, self.names()?, &restricted, hides))
        })
    }

    /// What the policies of the person's organizations demand of whoever reads.
    pub fn reader_rules(&self) -> Result<&ReaderRules, ReadError> {
        once(&self.rules, || {
            // Where the vault is lost there is nothing to hide.
            let policies = if self.vault.is_some() { self.policies()? } else { &[] };
            Ok(ReaderRules::new(policies, &self.organizations()?))
        })
    }

    /// Names of organizations, folders and collections for the vault.
    pub fn names(&self) -> Result<&VaultNames, ReadError> {
        once(&self.names, || match (&self.vault, self.facts()?) {
            (Some(vault), Some(facts)) => {
                let Facts { profile, keys } = facts;
                let names = vault.names(&self.opened.cache, self.vault_key(), profile, keys);
                self.lost.round(names, |lost| lost.vault = true)
            }
            _ => Ok(VaultNames::default()),
        })
    }

    /// Opens one item in full. One of which only the row was kept (too large, say) has no fields, and its name says why.
    pub fn item(&self, id: Uuid) -> Result<Item, ItemError> {
        if let Ok((_, overview)) = self.overview(id)
            && overview.is_unread()
        {
            return Ok(unread_item(overview.clone()));
        }
        self.with_item(id, |sealed, key| Ok(open_item(sealed, key)))
    }

    /// What is needed to fetch and open one file of an item.
    pub fn attachment(&self, item: Uuid, attachment: &str) -> Result<SealedAttachment, ItemError> {
        self.with_item(item, |sealed, owner| {
            let key = attachment_key(sealed, owner, attachment)?;
            let open = open_item(sealed, owner);
            let known = open.attachments().iter().find(|known| known.id == attachment);
            Ok(SealedAttachment {
                item,
                id: attachment.to_owned(),
                size: known.and_then(|known| known.size),
                name: known.and_then(|known| known.file_name.value().cloned()),
                key,
            })
        })
    }

    fn with_item<T>(
        &self,
        id: Uuid,
        answer: impl FnOnce(&SealedItem<'_>, &SymmetricKey) -> Result<T, ItemError>,
    ) -> Result<T, ItemError> {
        let json = self.item_json(id)?.ok_or(ItemError::NotFound)?;
        let mut sealed = SealedItem::parse(&json).map_err(|_| ReadError::Content("item"))?;
        if let (None, Ok((_, row))) = (sealed.view_password(), self.overview(id)) {
            // Decided when it was taken in, by its collections.
            sealed.set_view_password(row.view_password);
        }
        if self.reader_rules()?.hides(sealed.kind(), sealed.organization_id()) {
            return Err(ItemError::Restricted);
        }
        match sealed.organization_id() {
            None => answer(&sealed, self.vault_key()),
            Some(organization) => {
                let keys = self.organization_keys(organization)??;
                let that_opens = keys.open(|key| sealed.opens_with(key).then(|| key.clone()).ok_or(()));
                answer(&sealed, that_opens.as_ref().unwrap_or(&keys.first))
            }
        }
    }

    /// The server's own JSON of one item, every secret still sealed.
    pub fn item_json(&self, id: Uuid) -> Result<Option<String>, ReadError> {
        let Some(vault) = &self.vault else { return Ok(None) };
        self.lost.watch(vault.detail(&self.opened.cache, id), |lost| lost.vault = true)
    }
}
