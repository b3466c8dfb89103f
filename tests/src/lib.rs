//! What the end-to-end and house tests share.

pub mod fields;
pub mod fuzz;
pub mod line;
#[cfg(target_os = "linux")]
pub mod memory;
pub mod person;
pub mod porticoctl;
pub mod proxy;
pub mod screen;
#[cfg(feature = "window")]
pub mod window;
