//! The two habits that every wire type shares: tolerant members and open numbers.

use serde::{Deserialize, Deserializer};

/// Members of a JSON object that this version does not know, kept so that a round trip loses nothing.
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// Reads null as the default of the type: servers emit null for what is unset (protocol.md §0).
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a list, null as an empty one, without entries that are null: one of them is not to cost all the others.
pub(crate) fn without_nulls<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let entries = Option::<Vec<Option<T>>>::deserialize(deserializer)?;
    Ok(entries.unwrap_or_default().into_iter().flatten().collect())
}

/// A response object: `must` members have to be there, `may` members can be absent or null, and everything else
/// lands in `extra`. Names on the wire are the camelCase of the field names unless a field says otherwise.
macro_rules! wire {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(must { $( $(#[$must_meta:meta])* $must:ident : $must_type:ty, )* })?
            $(may { $( $(#[$may_meta:meta])* $may:ident : $may_type:ty, )* })?
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($( $(#[$must_meta])* pub $must: $must_type, )*)?
            $($( $(#[$may_meta])* #[serde(default, deserialize_with = "crate::wire::or_default")] pub $may: $may_type, )*)?
            /// Members that this version does not know, as they came.
            #[serde(flatten)]
            pub extra: crate::Extra,
        }
    )*};
}

/// What an enum holds where the server left the number out, for those whose first value would say too much.
pub(crate) const NOT_TOLD: i32 = i32::MIN;

/// An enum of the wire: a number with names for the values known today. Unknown numbers are kept. Where the server leaves one
/// out it is 0, unless the enum says `or_not_told`: then it is a number that means nothing.
macro_rules! open_number {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident $($or_not_told:ident)? { $( $(#[$value_meta:meta])* $value:ident = $number:literal, )* }
    )*) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i32);

        impl Default for $name {
            fn default() -> Self {
                Self(open_number!(@absent $($or_not_told)?))
            }
        }

        impl $name {
            $( $(#[$value_meta])* pub const $value: Self = Self($number); )*

            /// The identifier of the protocol for a known number, `None` for a number that this version does not know.
            pub const fn known_name(self) -> Option<&'static str> {
                match self.0 {
                    $( $number => Some(stringify!($value)), )*
                    _ => None,
                }
            }
            $( open_number!(@is_told $or_not_told); )?
        }
    )*};
    (@absent) => { 0 };
    (@absent or_not_told) => { crate::wire::NOT_TOLD };
    (@is_told or_not_told) => {
        /// Whether the server said it at all.
        pub const fn is_told(self) -> bool {
            self.0 != crate::wire::NOT_TOLD
        }
    };
}
