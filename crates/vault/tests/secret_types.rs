//! What opened types must not be able to do is checked by the compiler: this file does not build otherwise.

use portico_vault::{Item, ItemOverview, NewItem, Opened, Secret, Totp, TotpCode};

/// Ambiguous, and therefore an error, exactly when the type implements the trait.
macro_rules! never {
    ($type:ty: $($forbidden:path),+) => {$(
        const _: fn() = || {
            trait Ambiguous<Marker> { fn pick() {} }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Implements;
            impl<T: ?Sized + $forbidden> Ambiguous<Implements> for T {}
            let _ = <$type as Ambiguous<_>>::pick;
        };
    )+};
}

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
