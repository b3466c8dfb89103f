//! What types with secrets must not be able to do is checked by the compiler: this file does not build otherwise.

#[macro_use]
#[path = "../../../protocol/tests/support/never.rs"]
mod never;

use portico_service::bulk::BulkUser;

never!(BulkUser: Clone, std::fmt::Debug, std::fmt::Display, serde::Serialize);
