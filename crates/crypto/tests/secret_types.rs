//! What secret types must not be able to do is checked by the compiler: this file does not build otherwise.

#[macro_use]
#[path = "../../protocol/tests/support/never.rs"]
mod never;

use portico_crypto::{AuthorizationHash, MasterKey, PinKey, PrivateKey, SymmetricKey};
use zeroize::ZeroizeOnDrop;

never!(SymmetricKey: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(MasterKey: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(AuthorizationHash: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(PinKey: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(PrivateKey: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
never!(portico_protocol::SecretText: Clone, std::fmt::Debug, std::fmt::Display);

#[test]
fn secrets_overwrite_themselves_and_cross_threads() {
    fn checked<T: ZeroizeOnDrop + Send + Sync>() {}
    checked::<SymmetricKey>();
    checked::<MasterKey>();
    checked::<AuthorizationHash>();
    checked::<PinKey>();
    checked::<PrivateKey>();
    checked::<portico_protocol::SecretText>();
}
