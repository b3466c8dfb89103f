//! portico-protocol
