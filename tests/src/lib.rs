//! What the end-to-end and house tests share.

pub mod fuzz;
#[cfg(target_os = "linux")]
pub mod memory;
pub mod person;
pub mod proxy;
#[cfg(feature = "window")]
pub mod window;
