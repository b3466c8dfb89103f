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

/// An enum of the wire: a number with names for the values known today. Unknown numbers are kept.
macro_rules! open_number {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$value_meta:meta])* $value:ident = $number:literal, )* }
    )*) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i32);

        impl $name {
            $( $(#[$value_meta])* pub const $value: Self = Self($number); )*

            /// The identifier of the protocol for a known number, `None` for a number that this version does not know.
            pub const fn known_name(self) -> Option<&'static str> {
                match self.0 {
                    $( $number => Some(stringify!($value)), )*
                    _ => None,
                }
            }
        }
    )*};
}
