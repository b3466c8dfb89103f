//! Files that hang on an item: what a page may know of them, and the key that opens each (protocol.md §2.7, §4.2).

use crate::{
    Opened, SealedItem, UnreadableReason,
    members::Members,
    opening::{Buffer, Opener},
    sealed_item::SealedText,
};
use portico_crypto::SymmetricKey;

/// A file that hangs on an item; its content is fetched separately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Names the file on the server.
    pub id: String,
    /// The file's name.
    pub file_name: Opened<String>,
    /// Bytes as stored; nothing if the server's figure is none.
    pub size: Option<u64>,
    /// Whether the file has a key of its own, as all files since 2018 have.
    pub has_key: bool,
}

/// What opens one file.
pub struct AttachmentKey {
    /// The key itself.
    pub key: SymmetricKey,
    /// Whether it is the file's own. A file of before there were such keys is sealed with its owner's key, and may be
    /// without a MAC; one with a key of its own never is.
    pub is_own: bool,
}

/// Why there is no key for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentKeyError {
    /// The item has no file of this id.
    #[error("the item has no such attachment")]
    NoSuchAttachment,
    /// The key of the file, or of the item, does not open.
    #[error("the key of the attachment does not open: {0}")]
    Unreadable(UnreadableReason),
}

/// The key of the file `id` of `item`, whose owner's key is `owner`.
pub fn attachment_key(
    item: &SealedItem<'_>,
    owner: &SymmetricKey,
    id: &str,
) -> Result<AttachmentKey, AttachmentKeyError> {
    let members = Members::parse(item.json()).map_err(|_| AttachmentKeyError::NoSuchAttachment)?;
    let attachment = members
        .objects("attachments")
        .map(|(_, attachment)| attachment)
        .find(|attachment| attachment.read::<String>("id").as_deref() == Some(id))
        .ok_or(AttachmentKeyError::NoSuchAttachment)?;
    let mut buffer = Buffer::default();
    let mut opener = Opener::new(&item.head.key, Ok(owner), &mut buffer);
    match attachment.sealed("key") {
        SealedText::Absent => {
            Ok(AttachmentKey { key: SymmetricKey::from_array(owner.expose()), is_own: false })
        }
        SealedText::Malformed => Err(AttachmentKeyError::Unreadable(UnreadableReason::Malformed)),
        SealedText::Sealed(sealed) => {
            let key = opener.key(&sealed).map_err(AttachmentKeyError::Unreadable)?;
            Ok(AttachmentKey { key, is_own: true })
        }
    }
}

pub(crate) fn attachments(members: &Members<'_>, opener: &mut Opener<'_, '_>) -> Vec<Attachment> {
    members
        .objects("attachments")
        .filter_map(|(_, attachment)| {
            let missing = Opened::Unreadable(UnreadableReason::Missing);
            // The size is a string of digits on the wire; some servers send a number.
            let size =
                attachment.read::<u64>("size").or_else(|| attachment.read::<String>("size")?.parse().ok());
            Some(Attachment {
                id: attachment.read("id")?,
                file_name: opener.text(&attachment.sealed("fileName")).unwrap_or(missing),
                size,
                has_key: attachment.sealed("key").is_present(),
            })
        })
        .collect()
}

/// Longest name that is proposed, in bytes: file systems stop at 255.
const LONGEST_NAME: usize = 160;

/// A name under which a file can be kept in the folder that a person chose, and nowhere else.
///
/// The name of an attachment is text that somebody else wrote: of a path only its last part counts, signs that have a
/// meaning on any system become `_`, and what would hide the file or name a device is defused.
pub fn safe_file_name(name: &str) -> String {
    let last =
        name.rsplit(['/', '\\']).find(|part| !part.trim_matches(['.', ' ']).is_empty()).unwrap_or_default();
    let is_invisible = |symbol: char| {
        symbol.is_control()
            || matches!(symbol, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut safe: String = last
        .chars()
        .filter(|symbol| !is_invisible(*symbol))
        .map(|symbol| if matches!(symbol, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { symbol })
        .collect();
    safe = safe.trim_matches(' ').trim_end_matches(['.', ' ']).to_owned();
    if safe.starts_with('.') {
        safe.replace_range(..1, "_");
    }
    let stem = safe.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    if matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT") {
        safe.insert(0, '_');
    }
    if safe.is_empty() {
        return "attachment".to_owned();
    }
    shortened(safe)
}

/// Cuts in the middle, so that the ending, which tells what opens the file, stays.
fn shortened(name: String) -> String {
    if name.len() <= LONGEST_NAME {
        return name;
    }
    let ending = name.rfind('.').filter(|at| name.len() - at <= 16).unwrap_or(name.len());
    let (stem, ending) = name.split_at(ending);
    let mut end = LONGEST_NAME - ending.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", stem[..end].trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_lose_what_leads_elsewhere() {
        for (name, safe) in [
            ("transfer-authorisation.pdf", "transfer-authorisation.pdf"),
            ("Reçu d’août.pdf", "Reçu d’août.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\system32\\drivers.sys", "drivers.sys"),
            ("C:evil.exe", "C_evil.exe"),
            ("a/b/", "b"),
            ("..", "attachment"),
            ("/", "attachment"),
            ("", "attachment"),
            (" . ", "attachment"),
            (".bashrc", "_bashrc"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com7.tar.gz", "_com7.tar.gz"),
            ("comfort.txt", "comfort.txt"),
            ("trailing. . ", "trailing"),
            ("what? \"why\" <how>|*", "what_ _why_ _how___"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\nb\0c", "abc"),
        ] {
            assert_eq!(safe_file_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn long_names_keep_their_ending() {
        let safe = safe_file_name(&format!("{}.pdf", "é".repeat(300)));
        assert!(safe.len() <= LONGEST_NAME && safe.ends_with("é.pdf"), "{safe}");
        assert_eq!(safe_file_name(&"x".repeat(300)).len(), LONGEST_NAME);
    }

    proptest! {
        #[test]
        fn every_name_is_one_part_of_a_path(name in "\\PC{0,40}|[./\\\\:a\u{0}-\u{1f}]{0,12}") {
            let safe = safe_file_name(&name);
            let path = std::path::Path::new(&safe);
            prop_assert_eq!(path.components().count(), 1);
            prop_assert!(matches!(path.components().next(), Some(std::path::Component::Normal(_))));
            prop_assert!(!safe.contains(['/', '\\', '\0', ':']) && !safe.starts_with('.'));
            prop_assert_eq!(safe_file_name(&safe), safe);
        }
    }
}
