//! portico-client
