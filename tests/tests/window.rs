//! The first complete path, through the real window.
fn main() {}
