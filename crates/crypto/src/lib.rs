//! portico-crypto
