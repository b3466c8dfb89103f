//! portico-cache
