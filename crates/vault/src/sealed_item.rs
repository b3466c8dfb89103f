//! One item as the server sent it: parsed, borrowed, still sealed.

use crate::{
    ItemKind,
    dates::read_date,
    members::Members,
    opening::{Buffer, Opener},
};
use portico_crypto::SymmetricKey;
use portico_protocol::enc_string::EncString;
use serde::{Deserialize, Deserializer, de::Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};
use time::OffsetDateTime;
use uuid::Uuid;

/// Largest item that is parsed, in bytes of JSON. The server's own column limits stay far below.
pub const MAX_ITEM_BYTES: usize = 2 * 1024 * 1024;

/// An item of a sync reply (protocol.md §3.5), with every encrypted string still sealed.
///
/// It borrows the reply: parsing 10,000 items this way costs a tenth of building JSON values. Unknown members stay in
/// [`SealedItem::json`].
pub struct SealedItem<'a> {
    json: &'a str,
    pub(crate) head: Head<'a>,
}

/// Why a piece of JSON is no item.
#[derive(Debug, thiserror::Error)]
pub enum ParseItemError {
    /// Beyond [`MAX_ITEM_BYTES`].
    #[error("an item of {0} bytes is too large")]
    TooLarge(usize),
    /// No JSON object, or broken JSON.
    #[error("an item is not a JSON object")]
    NotAnObject(#[source] serde_json::Error),
    /// Nothing to tell it from other items.
    #[error("an item has no usable id")]
    NoId,
}

impl<'a> SealedItem<'a> {
    /// Reads one item.
    ///
    /// Members of a wrong type do not make the item disappear: what is needed for a list is then read member by member,
    /// and a sealed value of a wrong type counts as unreadable.
    pub fn parse(json: &'a str) -> Result<Self, ParseItemError> {
        if json.len() > MAX_ITEM_BYTES {
            return Err(ParseItemError::TooLarge(json.len()));
        }
        let head = match serde_json::from_str::<Head<'a>>(json) {
            Ok(head) => head,
            Err(_) => Head::read_leniently(&Members::parse(json).map_err(ParseItemError::NotAnObject)?)?,
        };
        Ok(Self { json, head })
    }

    /// The item as it came, with everything this version does not know.
    pub fn json(&self) -> &'a str {
        self.json
    }

    /// The item's id.
    pub fn id(&self) -> Uuid {
        self.head.id
    }

    /// The organization that owns it, or nothing for an item of one's own vault.
    pub fn organization_id(&self) -> Option<Uuid> {
        self.head.organization_id
    }

    /// What kind of item it is.
    pub fn kind(&self) -> ItemKind {
        self.head.kind
    }

    /// The collections it lies in.
    pub fn collection_ids(&self) -> &[Uuid] {
        self.head.collection_ids.as_deref().unwrap_or_default()
    }

    /// Whether the person may see its hidden values; nothing where the server does not say.
    pub fn view_password(&self) -> Option<bool> {
        self.head.view_password
    }

    /// Decides what [`SealedItem::view_password`] says, from elsewhere.
    pub fn set_view_password(&mut self, may: bool) {
        self.head.view_password = Some(may);
    }

    /// Whether `owner` is the key above it: opens its own key, or without one its name.
    pub fn opens_with(&self, owner: &SymmetricKey) -> bool {
        let mut buffer = Buffer::default();
        let mut opener = Opener::new(&self.head.key, Ok(owner), &mut buffer);
        opener.has_own_key()
            || opener.open(&self.head.name, |_| ()).is_some_and(|name| name.value().is_some())
    }

    /// When the server last changed it; nothing if the date cannot be read.
    pub fn revision_date(&self) -> Option<OffsetDateTime> {
        self.head.revision_date.moment()
    }
}

/// What a list needs, in the wire's own names. Most items are logins: what the other kinds have lies elsewhere, which makes
/// each of ten thousand smaller by a third.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head<'a> {
    pub id: Uuid,
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    #[serde(default)]
    pub folder_id: Option<Uuid>,
    #[serde(default)]
    pub collection_ids: Option<Vec<Uuid>>,
    #[serde(rename = "type")]
    pub kind: ItemKind,
    #[serde(default, borrow)]
    pub key: SealedText<'a>,
    #[serde(default, borrow)]
    pub name: SealedText<'a>,
    /// Unread, for nearly always it is what the other members say once more.
    #[serde(default, borrow)]
    pub data: Option<&'a RawValue>,
    #[serde(default)]
    pub favorite: Option<bool>,
    #[serde(default)]
    pub reprompt: Option<i32>,
    #[serde(default)]
    pub edit: Option<bool>,
    #[serde(default)]
    pub view_password: Option<bool>,
    #[serde(default, borrow)]
    pub revision_date: DateText<'a>,
    #[serde(default, borrow)]
    pub creation_date: DateText<'a>,
    #[serde(default, borrow)]
    pub deleted_date: DateText<'a>,
    #[serde(default, borrow)]
    pub archived_date: DateText<'a>,
    #[serde(default)]
    pub attachments: Option<Vec<serde::de::IgnoredAny>>,
    #[serde(default, borrow)]
    pub login: Option<LoginHead<'a>>,
    #[serde(default, borrow)]
    pub card: Option<Box<CardHead<'a>>>,
    #[serde(default, borrow)]
    pub identity: Option<Box<PersonHead<'a>>>,
    #[serde(default, borrow)]
    pub ssh_key: Option<Box<SshKeyHead<'a>>>,
    #[serde(default, borrow)]
    pub bank_account: Option<Box<BankHead<'a>>>,
    #[serde(default, borrow)]
    pub drivers_license: Option<Box<PersonHead<'a>>>,
    #[serde(default, borrow)]
    pub passport: Option<Box<PassportHead<'a>>>,
}

#[derive(Deserialize, Default)]
pub(crate) struct LoginHead<'a> {
    #[serde(default, borrow)]
    pub username: SealedText<'a>,
    #[serde(default, borrow)]
    pub totp: SealedText<'a>,
    /// The first website, as servers sent it before there could be several.
    #[serde(default, borrow)]
    pub uri: SealedText<'a>,
    #[serde(default, borrow)]
    pub uris: Option<Vec<UriHead<'a>>>,
}

#[derive(Deserialize, Default)]
pub(crate) struct UriHead<'a> {
    #[serde(default, borrow)]
    pub uri: SealedText<'a>,
}

#[derive(Deserialize, Default)]
pub(crate) struct CardHead<'a> {
    #[serde(default, borrow)]
    pub brand: SealedText<'a>,
    #[serde(default, borrow)]
    pub number: SealedText<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonHead<'a> {
    #[serde(default, borrow)]
    pub first_name: SealedText<'a>,
    #[serde(default, borrow)]
    pub middle_name: SealedText<'a>,
    #[serde(default, borrow)]
    pub last_name: SealedText<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SshKeyHead<'a> {
    #[serde(default, borrow)]
    pub key_fingerprint: SealedText<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BankHead<'a> {
    #[serde(default, borrow)]
    pub bank_name: SealedText<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PassportHead<'a> {
    #[serde(default, borrow)]
    pub given_name: SealedText<'a>,
    #[serde(default, borrow)]
    pub surname: SealedText<'a>,
}

impl<'a> Head<'a> {
    fn read_leniently(members: &Members<'a>) -> Result<Self, ParseItemError> {
        let part = |name| members.object(name);
        Ok(Self {
            id: members.read("id").ok_or(ParseItemError::NoId)?,
            organization_id: members.read("organizationId"),
            folder_id: members.read("folderId"),
            collection_ids: Some(members.list("collectionIds").filter_map(Members::read_one).collect()),
            kind: members.read("type").unwrap_or_default(),
            key: members.sealed("key"),
            name: members.sealed("name"),
            data: members.raw("data"),
            favorite: members.read("favorite"),
            reprompt: members.read("reprompt"),
            edit: members.read("edit"),
            view_password: members.read("viewPassword"),
            revision_date: DateText(members.sealed("revisionDate")),
            creation_date: DateText(members.sealed("creationDate")),
            deleted_date: DateText(members.sealed("deletedDate")),
            archived_date: DateText(members.sealed("archivedDate")),
            attachments: Some(members.list("attachments").map(|_| serde::de::IgnoredAny).collect()),
            login: part("login").map(|login| LoginHead {
                username: login.sealed("username"),
                totp: login.sealed("totp"),
                uri: login.sealed("uri"),
                uris: Some(
                    login.objects("uris").map(|(_, uri)| UriHead { uri: uri.sealed("uri") }).collect(),
                ),
            }),
            card: part("card").map(|card| {
                Box::new(CardHead { brand: card.sealed("brand"), number: card.sealed("number") })
            }),
            identity: part("identity").map(PersonHead::read_leniently).map(Box::new),
            ssh_key: part("sshKey")
                .map(|key| Box::new(SshKeyHead { key_fingerprint: key.sealed("keyFingerprint") })),
            bank_account: part("bankAccount")
                .map(|bank| Box::new(BankHead { bank_name: bank.sealed("bankName") })),
            drivers_license: part("driversLicense").map(PersonHead::read_leniently).map(Box::new),
            passport: part("passport").map(|passport| {
                Box::new(PassportHead {
                    given_name: passport.sealed("givenName"),
                    surname: passport.sealed("surname"),
                })
            }),
        })
    }
}

impl Head<'_> {
    /// Whether the whole item is one sealed blob, as accounts of the newer encryption write it (protocol.md §2.9).
    pub(crate) fn is_blob(&self) -> bool {
        let text = self.data.and_then(|data| serde_json::from_str::<Cow<'_, str>>(data.get()).ok());
        text.is_some_and(|text| matches!(EncString::parse(&text), Ok(EncString::Other { .. })))
    }
}

impl<'a> PersonHead<'a> {
    fn read_leniently(members: Members<'a>) -> Self {
        Self {
            first_name: members.sealed("firstName"),
            middle_name: members.sealed("middleName"),
            last_name: members.sealed("lastName"),
        }
    }
}

/// An encrypted string where the wire may also have null, nothing, or something that is no string.
#[derive(Default)]
pub(crate) enum SealedText<'a> {
    #[default]
    Absent,
    Sealed(Cow<'a, str>),
    Malformed,
}

impl SealedText<'_> {
    pub(crate) fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

// By hand, because serde borrows into a `Cow` only where the field itself is one, never inside an `Option`.
impl<'de: 'a, 'a> Deserialize<'de> for SealedText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = SealedText<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an encrypted string or null")
            }
            fn visit_none<E>(self) -> Result<Self::Value, E> {
                Ok(SealedText::Absent)
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(SealedText::Absent)
            }
            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                deserializer.deserialize_str(self)
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(SealedText::Sealed(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(SealedText::Sealed(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_option(TextVisitor)
    }
}

/// A date as it came; read only when somebody asks.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct DateText<'a>(#[serde(borrow)] SealedText<'a>);

impl DateText<'_> {
    pub(crate) fn is_present(&self) -> bool {
        self.0.is_present()
    }

    pub(crate) fn moment(&self) -> Option<OffsetDateTime> {
        match &self.0 {
            SealedText::Sealed(text) => read_date(text),
            _ => None,
        }
    }
}
