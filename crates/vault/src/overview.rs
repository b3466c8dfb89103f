//! What a list shows of an item, and nothing that must stay hidden.

use crate::{
    ItemKind, Opened, SealedItem, UnreadableReason,
    hosts::{MAX_HOSTS, host_of},
    opening::{Buffer, Opener},
    sealed_item::{Head, LoginHead, PersonHead},
};
use portico_crypto::SymmetricKey;
use rayon::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

/// One row of the vault: opened once, at sync, and kept in sealed pages.
///
/// Never a password, a note, a key or a number; of a card's number the last four digits, as the product shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOverview {
    /// The item.
    pub id: Uuid,
    /// Its organization; nothing for an item of one's own vault.
    pub organization_id: Option<Uuid>,
    /// The folder it was put in.
    pub folder_id: Option<Uuid>,
    /// The collections it lies in.
    pub collection_ids: Vec<Uuid>,
    /// What kind of item it is.
    pub kind: ItemKind,
    /// Its name.
    pub name: Opened<String>,
    /// The second line: user name, `brand, *last4`, full name, fingerprint…; nothing where the kind has none.
    pub subtitle: Option<Opened<String>>,
    /// Hosts of its websites, in their order, each once; never the rest of the addresses.
    pub hosts: Vec<String>,
    /// Marked by the person.
    pub favorite: bool,
    /// Asks for the master password before it shows anything.
    pub reprompt: bool,
    /// Whether the person may change it.
    pub edit: bool,
    /// Whether the person may see its hidden values.
    pub view_password: bool,
    /// Whether it makes verification codes.
    pub has_totp: bool,
    /// Whether files hang on it.
    pub has_attachments: bool,
    /// When it was last changed; nothing if the server's date cannot be read.
    pub revision_date: Option<OffsetDateTime>,
    /// When it was made.
    pub creation_date: Option<OffsetDateTime>,
    /// In the trash since.
    pub deleted_date: Option<OffsetDateTime>,
    /// In the archive since.
    pub archived_date: Option<OffsetDateTime>,
}

impl ItemOverview {
    /// Whether the row is all there is of it: the entry was kept, and not read as an item.
    pub fn is_unread(&self) -> bool {
        use UnreadableReason::{NoId, SameId, TooLarge};
        matches!(self.name, Opened::Unreadable(TooLarge | NoId | SameId))
    }
}

/// Opens what a list shows of `item` with the key of its owner (user key or organization key).
pub fn open_overview(item: &SealedItem<'_>, owner: &SymmetricKey) -> ItemOverview {
    overview(&item.head, Ok(owner), &mut Buffer::default())
}

/// The overview of an item whose owner's key is not here: it stays in the list, and says so.
pub fn overview_without_key(item: &SealedItem<'_>) -> ItemOverview {
    overview(&item.head, Err(UnreadableReason::NoKey), &mut Buffer::default())
}

/// Opens many items on all cores. `key_of` names the owner's key: of an organization, or of the person for `None`.
pub fn open_overviews<'k>(
    items: &[SealedItem<'_>],
    key_of: impl Fn(Option<Uuid>) -> Option<&'k SymmetricKey> + Sync,
) -> Vec<ItemOverview> {
    items
        .par_iter()
        .with_min_len(64)
        .map_init(Buffer::default, |buffer, item| {
            let owner = key_of(item.organization_id()).ok_or(UnreadableReason::NoKey);
            overview(&item.head, owner, buffer)
        })
        .collect()
}

fn overview(
    head: &Head<'_>,
    owner: Result<&SymmetricKey, UnreadableReason>,
    buffer: &mut Buffer,
) -> ItemOverview {
    let mut opener = Opener::new(&head.key, owner, buffer);
    let name = opener.text(&head.name).unwrap_or_else(|| {
        let blob = head.is_blob();
        Opened::Unreadable(if blob { UnreadableReason::NewerFormat } else { UnreadableReason::Missing })
    });
    let login = (head.kind == ItemKind::LOGIN).then_some(head.login.as_ref()).flatten();
    ItemOverview {
        id: head.id,
        organization_id: head.organization_id,
        folder_id: head.folder_id,
        collection_ids: head.collection_ids.clone().unwrap_or_default(),
        kind: head.kind,
        name,
        subtitle: subtitle(head, &mut opener),
        hosts: login.map(|login| hosts(login, &mut opener)).unwrap_or_default(),
        favorite: head.favorite.unwrap_or_default(),
        // A number of a later server asks for more than nothing: treat it as "ask".
        reprompt: head.reprompt.unwrap_or_default() != 0,
        // Absent in the short forms, which only administrators receive.
        edit: head.edit.unwrap_or(true),
        view_password: head.view_password.unwrap_or(true),
        has_totp: login.is_some_and(|login| login.totp.is_present()),
        has_attachments: head.attachments.as_ref().is_some_and(|list| !list.is_empty()),
        revision_date: head.revision_date.moment(),
        creation_date: head.creation_date.moment(),
        deleted_date: since(&head.deleted_date),
        archived_date: since(&head.archived_date),
    }
}

/// An item with an unreadable date of deletion still lies in the trash.
fn since(date: &crate::sealed_item::DateText<'_>) -> Option<OffsetDateTime> {
    date.is_present().then(|| date.moment().unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

fn subtitle(head: &Head<'_>, opener: &mut Opener<'_, '_>) -> Option<Opened<String>> {
    let line = match head.kind {
        ItemKind::LOGIN => opener.text(&head.login.as_ref()?.username),
        ItemKind::CARD => {
            let card = head.card.as_ref()?;
            let last_digits = opener.open(&card.number, last_four_digits);
            joined(
                [
                    opener.text(&card.brand),
                    last_digits.map(|digits| digits.map(|digits| digits.unwrap_or_default())),
                ],
                ", ",
            )
        }
        ItemKind::IDENTITY => full_name(head.identity.as_ref()?, opener),
        ItemKind::SSH_KEY => opener.text(&head.ssh_key.as_ref()?.key_fingerprint),
        ItemKind::BANK_ACCOUNT => opener.text(&head.bank_account.as_ref()?.bank_name),
        ItemKind::DRIVERS_LICENSE => full_name(head.drivers_license.as_ref()?, opener),
        ItemKind::PASSPORT => {
            let passport = head.passport.as_ref()?;
            joined([opener.text(&passport.given_name), opener.text(&passport.surname)], " ")
        }
        _ => None,
    };
    line.filter(|line| line.value().is_none_or(|text| !text.is_empty()))
}

fn full_name(person: &PersonHead<'_>, opener: &mut Opener<'_, '_>) -> Option<Opened<String>> {
    let names = [&person.first_name, &person.middle_name, &person.last_name];
    joined(names.map(|name| opener.text(name)), " ")
}

/// `*4417`; nothing for a number of fewer than five digits, of which four would be too much.
fn last_four_digits(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    (digits.len() > 4).then(|| std::iter::once(&'*').chain(&digits[digits.len() - 4..]).collect())
}

/// The parts that are there, with `separator` between them; unreadable as soon as one of them is.
fn joined<const N: usize>(parts: [Option<Opened<String>>; N], separator: &str) -> Option<Opened<String>> {
    let mut line: Option<String> = None;
    for part in parts.into_iter().flatten() {
        match part {
            Opened::Unreadable(reason) => return Some(Opened::Unreadable(reason)),
            Opened::Value(text) if text.trim().is_empty() => {}
            Opened::Value(text) => match &mut line {
                None => line = Some(text),
                Some(line) => {
                    line.push_str(separator);
                    line.push_str(&text);
                }
            },
        }
    }
    line.map(Opened::Value)
}

fn hosts(login: &LoginHead<'_>, opener: &mut Opener<'_, '_>) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    let first = login.uris.as_ref().is_none_or(Vec::is_empty).then_some(&login.uri);
    let uris = first.into_iter().chain(login.uris.iter().flatten().map(|uri| &uri.uri));
    for uri in uris.take(MAX_HOSTS) {
        if let Some(Opened::Value(Some(host))) = opener.open(uri, host_of)
            && !hosts.contains(&host)
        {
            // Mostly the only one: no room for four.
            hosts.reserve_exact(1);
            hosts.push(host);
        }
    }
    hosts
}
