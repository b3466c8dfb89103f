//! What the end-to-end and house tests share.

pub mod fuzz;
#[cfg(feature = "window")]
pub mod window;
