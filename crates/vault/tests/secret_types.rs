//! What opened types must not be able to do is checked by the compiler: this file does not build otherwise.

#[macro_use]
#[path = "../../protocol/tests/support/never.rs"]
mod never;

use portico_vault::{Item, ItemOverview, NewItem, Opened, Secret, Totp, TotpCode};

never!(Secret: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(Item: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(NewItem: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(Totp: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(TotpCode: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(ItemOverview: serde::Serialize);
never!(Opened<String>: serde::Serialize);

#[test]
fn opened_items_cross_threads() {
    fn checked<T: Send + Sync>() {}
    checked::<Secret>();
    checked::<Item>();
    checked::<ItemOverview>();
}
