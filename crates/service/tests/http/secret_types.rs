//! What types with secrets must not be able to do is checked by the compiler: this file does not build otherwise.

use portico_service::bulk::BulkUser;

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

never!(BulkUser: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
