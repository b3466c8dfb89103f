//! The commands: thin, one module per area. The list here, the one in `build.rs` and the capability file name the same
//! commands; `tests/tests/commands.rs` holds them together.

mod backup;
mod client;
mod client_actions;
mod clients;
mod events;
mod joining;
mod provider;
mod search;
mod session;
mod settings;
mod structure;
mod switcher;
mod sync;
mod tags;
mod team;
mod unlocking;
mod vault;
mod vault_files;
mod vault_filters;

pub use settings::{program, settings, settings_of};
use tauri::{State, ipc::Invoke};

use crate::{
    dto::error::{AppError, ErrorCode},
    failure::Answer,
    shell::{Open, Shell},
};
use std::sync::Arc;

/// Every command that the page may call.
pub fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        session::session_state,
        session::demo_explore,
        session::sign_in,
        session::mail_code,
        session::choose_account,
        session::show_sign_in,
        session::order_accounts,
        session::choose_authority,
        session::forget_authority,
        session::unlock,
        session::lock,
        session::log_out,
        backup::save_backup,
        backup::open_backup,
        session::touch,
        session::set_unsaved,
        session::close_window,
        unlocking::unlock_with_device,
        unlocking::unlock_with_pin,
        unlocking::unlock_settings,
        unlocking::set_device_unlock,
        unlocking::set_pin,
        unlocking::bring_history,
        unlocking::set_history_aside,
        sync::sync_status,
        sync::sync_start,
        sync::sync_cancel,
        sync::show_portal,
        sync::look_at_client,
        switcher::products,
        switcher::administered,
        switcher::left_places,
        switcher::keep_places,
        switcher::become_provider,
        switcher::open_web,
        switcher::open_website,
        clients::clients_page,
        client_actions::managed_client,
        client_actions::export_clients,
        client_actions::create_client,
        client_actions::addable_organizations,
        client_actions::add_existing_client,
        client_actions::check_seats,
        client_actions::update_client,
        client_actions::unlink_client,
        tags::client_tags,
        tags::change_tags,
        tags::rename_tag,
        tags::delete_tag,
        client_actions::cancel_action,
        provider::billing,
        provider::refresh_billing,
        provider::save_invoice,
        provider::provider_settings,
        provider::update_provider,
        provider::delete_provider,
        provider::open_provider_web,
        client::client_head,
        client::members_page,
        client::member_detail,
        client::groups_page,
        client::group_detail,
        client::open_collections,
        client::set_pinned,
        client::collections_page,
        client::collection_detail,
        client::policies,
        team::team_page,
        team::refresh_team,
        team::team_member,
        team::team_removal,
        team::read_emails,
        team::invite_team,
        team::reinvite_team,
        team::team_fingerprints,
        team::confirm_team,
        team::set_team_role,
        team::remove_team,
        joining::invitation,
        joining::read_invitation,
        joining::drop_invitation,
        joining::accept_invitation,
        joining::register_invited,
        joining::provider_to_set_up,
        joining::set_up_provider,
        joining::delete_linked_provider,
        joining::outbox,
        joining::copy_mail_link,
        structure::structure_map,
        structure::client_map,
        structure::structure_tree,
        events::events_page,
        events::read_events,
        events::export_events,
        vault::vault_filters,
        vault::items_page,
        vault::item_detail,
        vault::reveal_field,
        vault::copy_field,
        vault::copy_text,
        vault::totp_code,
        vault::pass_reprompt,
        vault::leave_item,
        vault_files::save_attachment,
        vault_files::cancel_attachment,
        vault_filters::saved_filters,
        vault_filters::save_filter,
        vault_filters::rename_filter,
        vault_filters::remove_filter,
        search::search_everything,
        settings::settings_get,
        settings::settings_set,
        settings::cache_info,
        settings::own_fingerprint,
        settings::about,
    ]
}

/// What the page may call when the program does not start: there is no profile that anything else could be asked of.
pub fn handler_of_a_refused_start() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![crate::refused::choose_folder, session::close_window]
}

/// The open account, or the error that nothing is unlocked.
fn open(shell: &State<'_, Shell>) -> Answer<Arc<Open>> {
    shell.unlocked().ok_or(AppError::of(ErrorCode::Locked))
}

/// An id from the page; one that is none names nothing.
fn id(text: &str) -> Answer<uuid::Uuid> {
    text.parse().map_err(|_| AppError::of(ErrorCode::NotFound))
}

/// Reads and derivations take milliseconds to seconds: never on the thread that draws.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(error) => Err(AppError::internal(&error)),
    }
}
