//! What the end-to-end and house tests share.

#[cfg(feature = "window")]
pub mod window;
