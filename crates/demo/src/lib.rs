//! portico-demo
