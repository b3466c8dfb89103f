//! An open item: every field of it, in memory only, until it is dropped.

use crate::{
    Attachment, FieldId, FieldKind, FieldView, ItemKind, ItemOverview, Opened, ParseTotpError, RevealError,
    SealedItem, Secret, Section, Totp, TotpCode, UnreadableReason,
    attachment::attachments,
    dates::read_date,
    field::{Field, OwnLabel},
    hosts::host_of,
    kinds::{PASSKEY, kind_fields, kind_member, linked_field},
    members::Members,
    open_overview,
    opening::{Buffer, Opener},
};
use portico_crypto::{SymmetricKey, uri_checksum};
use portico_protocol::cipher::FieldType;
use time::OffsetDateTime;

/// An item with all its values open.
///
/// The page receives [`Item::fields`], which holds no hidden value; one hidden field at a time leaves through
/// [`Item::reveal`]. Dropping the item wipes its values.
pub struct Item {
    overview: ItemOverview,
    fields: Vec<Field>,
    attachments: Vec<Attachment>,
    password_revision_date: Option<OffsetDateTime>,
    passkey_dates: Vec<Option<OffsetDateTime>>,
    has_foreign_parts: bool,
}

/// Why a login makes no verification code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The item has no seed.
    #[error("the item makes no verification codes")]
    NoSeed,
    /// The collection hides from this person what would let them in.
    #[error("this person may not see hidden values of the item")]
    Withheld,
    /// The seed does not open.
    #[error("the seed does not open: {0}")]
    Unreadable(UnreadableReason),
    /// The seed opens, but is none.
    #[error(transparent)]
    Seed(#[from] ParseTotpError),
}

/// Opens every field of `item` with the key of its owner.
///
/// Never fails: a value that does not open is in its place, with the reason.
pub fn open_item(item: &SealedItem<'_>, owner: &SymmetricKey) -> Item {
    let overview = open_overview(item, owner);
    let mut buffer = Buffer::default();
    let mut opener = Opener::new(&item.head.key, Ok(owner), &mut buffer);
    let Ok(members) = Members::parse(item.json()) else {
        unreachable!("an item that was parsed is a JSON object")
    };
    let payload = kind_member(overview.kind).and_then(|member| members.object(member));
    let mut fields = Vec::new();
    if let (Some(payload), Some(member)) = (&payload, kind_member(overview.kind)) {
        add_kind(&mut fields, payload, member, overview.kind, &mut opener);
    }
    add_note(&mut fields, &members, &mut opener);
    add_custom(&mut fields, &members, &mut opener);
    add_history(&mut fields, &members, &mut opener);
    let date = |text: Option<String>| text.and_then(|text| read_date(&text));
    Item {
        attachments: attachments(&members, &mut opener),
        password_revision_date: date(payload.as_ref().and_then(|login| login.read("passwordRevisionDate"))),
        passkey_dates: payload
            .iter()
            .flat_map(|login| login.objects("fido2Credentials"))
            .map(|(_, passkey)| date(passkey.read("creationDate")))
            .collect(),
        has_foreign_parts: has_foreign_parts(&members, kind_member(overview.kind), payload.as_ref()),
        overview,
        fields,
    }
}

/// An item of which only the row of the list is here: it has no fields, and says why by its name.
pub fn unread_item(overview: ItemOverview) -> Item {
    Item {
        overview,
        fields: Vec::new(),
        attachments: Vec::new(),
        password_revision_date: None,
        passkey_dates: Vec::new(),
        has_foreign_parts: true,
    }
}

/// Whether a member is there but is not what the protocol says, so that no field of it could be made.
fn has_foreign_parts(members: &Members<'_>, member: Option<&str>, payload: Option<&Members<'_>>) -> bool {
    let lists = ["fields", "passwordHistory", "attachments"];
    lists.into_iter().any(|list| !members.is_list_of_objects(list))
        || member.is_some_and(|member| payload.is_none() && members.is_present(member))
        || payload.is_some_and(|payload| {
            ["uris", "fido2Credentials"].into_iter().any(|list| !payload.is_list_of_objects(list))
        })
}

impl Item {
    /// What the list shows of it.
    pub fn overview(&self) -> &ItemOverview {
        &self.overview
    }

    /// Its fields in the order of the page, without hidden values.
    pub fn fields(&self) -> impl Iterator<Item = FieldView<'_>> {
        self.fields.iter().map(|field| field.view(self.overview.view_password))
    }

    /// What may be known of one field.
    pub fn field(&self, id: &FieldId) -> Option<FieldView<'_>> {
        self.find(id).map(|field| field.view(self.overview.view_password))
    }

    /// The value of one field, hidden or not: for showing it on request, and for copying.
    pub fn reveal(&self, id: &FieldId) -> Result<&Secret, RevealError> {
        let field = self.find(id).ok_or(RevealError::NoSuchField)?;
        if field.kind.is_hidden() && !self.overview.view_password {
            return Err(RevealError::Withheld);
        }
        match field.value.as_ref().ok_or(RevealError::NoSuchField)? {
            Opened::Value(value) => Ok(value),
            Opened::Unreadable(reason) => Err(RevealError::Unreadable(*reason)),
        }
    }

    /// The verification code at `unix_seconds`. Where the collection hides passwords it hides the second step with them.
    pub fn totp_code(&self, unix_seconds: u64) -> Result<TotpCode, CodeError> {
        let seed = self.fields.iter().find(|field| field.kind == FieldKind::Totp).ok_or(CodeError::NoSeed)?;
        if !self.overview.view_password {
            return Err(CodeError::Withheld);
        }
        match seed.value.as_ref().ok_or(CodeError::NoSeed)? {
            Opened::Value(seed) => Ok(Totp::parse(seed.expose())?.code(unix_seconds)),
            Opened::Unreadable(reason) => Err(CodeError::Unreadable(*reason)),
        }
    }

    /// Files that hang on it.
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// When the password was last changed.
    pub fn password_revision_date(&self) -> Option<OffsetDateTime> {
        self.password_revision_date
    }

    /// When each passkey was made, in the order of [`Section::Passkey`].
    pub fn passkey_dates(&self) -> &[Option<OffsetDateTime>] {
        &self.passkey_dates
    }

    /// Whether any part of it did not open: such an item is shown, and not edited (it would lose that part).
    pub fn has_unreadable_parts(&self) -> bool {
        let labels = |field: &Field| matches!(&field.label, OwnLabel::Named(Some(Opened::Unreadable(_))));
        self.has_foreign_parts
            || self.overview.name.unreadable().is_some()
            || self
                .fields
                .iter()
                .any(|field| labels(field) || matches!(field.value, Some(Opened::Unreadable(_))))
            || self.attachments.iter().any(|attachment| attachment.file_name.unreadable().is_some())
    }

    fn find(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == *id)
    }
}

fn add_kind(
    fields: &mut Vec<Field>,
    payload: &Members<'_>,
    member: &str,
    kind: ItemKind,
    opener: &mut Opener<'_, '_>,
) {
    for (name, field_kind) in kind_fields(kind) {
        if let Some(value) = opener.secret(&payload.sealed(name)) {
            let field = Field::new(format!("{member}.{name}"), Section::Kind, *field_kind, name);
            fields.push(Field { value: Some(value), ..field });
        }
    }
    if kind != ItemKind::LOGIN {
        return;
    }
    for (place, passkey) in payload.objects("fido2Credentials") {
        for (name, field_kind) in PASSKEY {
            if let Some(value) = opener.secret(&passkey.sealed(name)) {
                let id = format!("login.fido2Credentials.{place}.{name}");
                let field = Field::new(id, Section::Passkey(place), *field_kind, name);
                fields.push(Field { value: Some(value), ..field });
            }
        }
    }
    let mut websites = 0;
    for (place, website) in payload.objects("uris") {
        if let Some(value) = address(&website, opener) {
            let field = Field::new(format!("login.uris.{place}"), Section::Autofill, FieldKind::Uri, "uri");
            fields.push(Field { value: Some(value), match_rule: website.read("match"), ..field });
            websites += 1;
        }
    }
    if websites == 0
        && let Some(value) = address(payload, opener)
    {
        let field = Field::new("login.uri".to_owned(), Section::Autofill, FieldKind::Uri, "uri");
        fields.push(Field { value: Some(value), ..field });
    }
}

/// The address of a website. Under a key of the item's own the checksum beside it has to fit, as in the official clients:
/// otherwise a server could put another of the item's values there, such as the password, which would then be shown, and
/// sent by whoever opens the website (protocol.md §2.7). One without a checksum was not altered; it is shown if it is a whole
/// address, which a password is not.
fn address(website: &Members<'_>, opener: &mut Opener<'_, '_>) -> Option<Opened<Secret>> {
    let address = opener.secret(&website.sealed("uri"))?;
    let Opened::Value(text) = &address else { return Some(address) };
    let text = text.expose();
    let fits = opener
        .has_own_key()
        .then(|| opener.open(&website.sealed("uriChecksum"), |checksum| checksum == uri_checksum(text)));
    let reason = match fits {
        None | Some(Some(Opened::Value(true))) => return Some(address),
        Some(None) if text.contains("://") && host_of(text).is_some() => return Some(address),
        Some(None) => UnreadableReason::NoChecksum,
        Some(Some(_)) => UnreadableReason::Altered,
    };
    Some(Opened::Unreadable(reason))
}

fn add_note(fields: &mut Vec<Field>, members: &Members<'_>, opener: &mut Opener<'_, '_>) {
    if let Some(value) = opener.secret(&members.sealed("notes")) {
        let field = Field::new("notes".to_owned(), Section::Additional, FieldKind::Note, "notes");
        fields.push(Field { value: Some(value), ..field });
    }
}

fn add_custom(fields: &mut Vec<Field>, members: &Members<'_>, opener: &mut Opener<'_, '_>) {
    for (place, custom) in members.objects("fields") {
        let kind = match custom.read::<FieldType>("type") {
            Some(FieldType::TEXT) => FieldKind::Plain,
            Some(FieldType::BOOLEAN) => FieldKind::Boolean,
            Some(FieldType::LINKED) => FieldKind::Linked,
            // Hidden ones, those without a type, and whatever later servers invent: hidden until somebody asks is the safe reading.
            _ => FieldKind::Hidden,
        };
        let linked_to = custom.read::<i64>("linkedId").and_then(linked_field);
        fields.push(Field {
            label: OwnLabel::Named(opener.text(&custom.sealed("name"))),
            value: opener.secret(&custom.sealed("value")),
            linked_to: if kind == FieldKind::Linked { linked_to } else { None },
            ..Field::new(format!("fields.{place}"), Section::Custom, kind, "field")
        });
    }
}

fn add_history(fields: &mut Vec<Field>, members: &Members<'_>, opener: &mut Opener<'_, '_>) {
    for (place, earlier) in members.objects("passwordHistory") {
        if let Some(value) = opener.secret(&earlier.sealed("password")) {
            let id = format!("passwordHistory.{place}");
            fields.push(Field {
                value: Some(value),
                last_used: earlier.read("lastUsedDate"),
                ..Field::new(id, Section::History, FieldKind::Hidden, "password")
            });
        }
    }
}
