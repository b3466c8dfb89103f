//! portico-vault
