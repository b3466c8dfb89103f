//! What the end-to-end and house tests share.
