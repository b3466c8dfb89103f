//! How text is compared, in every list and every search: without case, accents and ligatures, and numbers by their value.

mod fold;
mod order;

pub use fold::{fold, fold_into};
pub use order::{SortName, compare, sort_key, sort_key_into};
