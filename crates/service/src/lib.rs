//! portico-service
