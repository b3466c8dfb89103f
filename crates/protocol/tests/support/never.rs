//! What a type must not be able to do, held by the compiler: for the tests of every crate with secrets.

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
