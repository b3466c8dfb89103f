//! portico-estate
