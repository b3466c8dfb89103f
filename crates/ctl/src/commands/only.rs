//! What a person names by id or name has to be one thing.

use uuid::Uuid;

use crate::failure::Failure;

/// Whether a text is this id, in whatever case it was copied.
pub(crate) fn is_id(id: Uuid, text: &str) -> bool {
    text.eq_ignore_ascii_case(&id.to_string())
}

/// The only one of those that are called `text`.
///
/// # Errors
/// [`Failure::NotFound`] when there is none; [`Failure::Ambiguous`] with the ids when there are several.
pub(crate) fn only<T>(
    mut found: Vec<T>,
    what: &'static str,
    text: &str,
    id: impl Fn(&T) -> String,
) -> Result<T, Failure> {
    match found.len() {
        0 => Err(Failure::NotFound { what, text: text.to_owned() }),
        1 => Ok(found.remove(0)),
        _ => Err(Failure::Ambiguous { text: text.to_owned(), ids: found.iter().map(id).collect() }),
    }
}
