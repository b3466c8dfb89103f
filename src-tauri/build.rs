//! Tauri's build step: the capability file and the permission list live under `src-tauri/`.

/// Every command of the shell. Naming them here makes each one forbidden until the capability file allows it.
const COMMANDS: &[&str] = &[
    "session_state",
    "demo_explore",
    "sign_in",
    "mail_code",
    "choose_account",
    "show_sign_in",
    "order_accounts",
    "choose_authority",
    "forget_authority",
    "unlock",
    "lock",
    "log_out",
    "save_backup",
    "open_backup",
    "touch",
    "unlock_with_device",
    "unlock_with_pin",
    "unlock_settings",
    "set_device_unlock",
    "set_pin",
    "bring_history",
    "set_history_aside",
    "sync_status",
    "sync_start",
    "sync_cancel",
    "products",
    "become_provider",
    "open_web",
    "open_website",
    "clients_page",
    "client_head",
    "members_page",
    "member_detail",
    "groups_page",
    "group_detail",
    "open_collections",
    "set_pinned",
    "collections_page",
    "collection_detail",
    "policies",
    "vault_filters",
    "items_page",
    "item_detail",
    "reveal_field",
    "copy_field",
    "copy_text",
    "totp_code",
    "pass_reprompt",
    "leave_item",
    "save_attachment",
    "cancel_attachment",
    "saved_filters",
    "save_filter",
    "rename_filter",
    "remove_filter",
    "search_everything",
    "settings_get",
    "settings_set",
    "cache_info",
    "about",
];

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("tauri build step: {error:#}");
    }
}
