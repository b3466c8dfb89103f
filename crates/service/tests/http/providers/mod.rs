//! Providers: their people, their clients and their bills (protocol.md §5).

mod bills;
pub mod clients;
pub mod desk;
mod existing;
mod joining;
mod life;
mod people;
