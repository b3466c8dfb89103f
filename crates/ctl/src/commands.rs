//! One module for each group of commands.

pub(crate) mod backup;
pub(crate) mod clients;
pub(crate) mod demo;
pub(crate) mod events;
pub(crate) mod interrupted;
pub(crate) mod items;
pub(crate) mod login;
pub(crate) mod online;
pub(crate) mod only;
pub(crate) mod provider;
pub(crate) mod search;
pub(crate) mod service;
pub(crate) mod session;
pub(crate) mod status;
pub(crate) mod sync;
