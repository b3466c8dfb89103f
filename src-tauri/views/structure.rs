//! Provider Portal → Review → Structure: the provider as a map and as a tree.

mod client_map;
mod map;
#[cfg(test)]
mod tests;
mod tree;

pub use client_map::client_map;
pub use map::map;
pub use tree::{Estate, tree};
