//! Vaults. Hidden values leave Rust one at a time, on request; copying never shows them to the page at all.

use std::{collections::HashMap, time::Duration};

use portico_vault::{FieldId, Item, ItemOverview, RevealError, VaultNames};
use tauri::State;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{blocking, id, open};
use crate::{
    dto::{
        error::{AppError, ErrorCode},
        vault::{
            CopyReceipt, FieldRequest, ItemDetail, ItemsPage, ItemsQuery, RevealedField, TotpCode,
            VaultChoice, VaultFilters,
        },
    },
    failure::Answer,
    shell::{Open, Shell},
    views::{self, vault::Organizations},
};

#[tauri::command]
pub async fn vault_filters(shell: State<'_, Shell>, vault: VaultChoice) -> Answer<VaultFilters> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let choice = views::vault::choice(&vault).ok_or(AppError::of(ErrorCode::NotFound))?;
        Ok(views::vault::filters(&picture.item_index()?.tree(picture.items(), choice)))
    })
    .await
}

#[tauri::command]
pub async fn items_page(shell: State<'_, Shell>, query: ItemsQuery) -> Answer<ItemsPage> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let Some(filter) = views::vault::filter(&query) else {
            return Ok(ItemsPage { total: 0, rows: Vec::new() });
        };
        let items = picture.items();
        let places = picture.item_index()?.select(items, &filter);
        let organizations = organizations(picture.names()?);
        Ok(ItemsPage {
            total: views::count(places.len()),
            rows: views::window(&places, query.offset, query.limit)
                .iter()
                .map(|place| views::vault::row(&items[*place as usize], &organizations))
                .collect(),
        })
    })
    .await
}

#[tauri::command]
pub async fn item_detail(shell: State<'_, Shell>, item_id: String) -> Answer<ItemDetail> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let item = picture.item(id(&item_id)?)?;
        let names = picture.names()?;
        let overview = item.overview();
        let folder = overview
            .folder_id
            .and_then(|id| names.folders.iter().find(|(folder, _)| *folder == id))
            .map(|(_, name)| name);
        let collections = names
            .collections
            .iter()
            .filter(|collection| overview.collection_ids.contains(&collection.id))
            .map(|collection| &collection.name)
            .collect();
        Ok(views::vault::detail(&item, &organizations(names), folder, collections))
    })
    .await
}

#[tauri::command]
pub async fn reveal_field(shell: State<'_, Shell>, request: FieldRequest) -> Answer<RevealedField> {
    let open = open(&shell)?;
    let profile = PasswordQuestion::new(&shell, request.password);
    let field = FieldId(request.field_id);
    let item_id = request.item_id;
    let item = item_for(open, item_id, profile).await?;
    let value = item.reveal(&field).map_err(withheld)?;
    Ok(RevealedField { value: value.expose().to_owned() })
}

#[tauri::command]
pub async fn copy_field(shell: State<'_, Shell>, request: FieldRequest) -> Answer<CopyReceipt> {
    let open = open(&shell)?;
    let profile = PasswordQuestion::new(&shell, request.password);
    let field = FieldId(request.field_id);
    let item = item_for(open, request.item_id, profile).await?;
    // The verification code is what people want on the clipboard, not its seed.
    let is_totp = item.field(&field).is_some_and(|view| view.kind == portico_vault::FieldKind::Totp);
    let text = if is_totp {
        Zeroizing::new(code(&item)?.code.expose().to_owned())
    } else {
        Zeroizing::new(item.reveal(&field).map_err(withheld)?.expose().to_owned())
    };
    copy(&shell, text)
}

/// Only for what the page shows already: names and addresses.
#[tauri::command]
pub async fn copy_text(shell: State<'_, Shell>, text: String) -> Answer<CopyReceipt> {
    open(&shell)?;
    copy(&shell, Zeroizing::new(text))
}

#[tauri::command]
pub async fn totp_code(shell: State<'_, Shell>, item_id: String, field_id: String) -> Answer<TotpCode> {
    let open = open(&shell)?;
    blocking(move || {
        let item = open.unlocked.picture().item(id(&item_id)?)?;
        // A code is what the password question protects: it is copied after the question, and not shown before.
        if item.overview().reprompt {
            return Err(AppError::of(ErrorCode::RepromptNeeded));
        }
        if item.field(&FieldId(field_id)).is_none_or(|view| view.kind != portico_vault::FieldKind::Totp) {
            return Err(AppError::of(ErrorCode::NotFound));
        }
        let code = code(&item)?;
        Ok(TotpCode {
            code: code.code.expose().to_owned(),
            period: u32::try_from(code.period).unwrap_or(u32::MAX),
            remaining: u32::try_from(code.remaining).unwrap_or(u32::MAX),
        })
    })
    .await
}

/// The master password, where an item asks for it again.
struct PasswordQuestion {
    password: Option<Zeroizing<String>>,
    folder: std::path::PathBuf,
}

impl PasswordQuestion {
    fn new(shell: &State<'_, Shell>, password: Option<String>) -> Self {
        Self { password: password.map(Zeroizing::new), folder: shell.profile.folder().to_path_buf() }
    }
}

/// An item, once its re-prompt is satisfied.
async fn item_for(open: std::sync::Arc<Open>, item_id: String, question: PasswordQuestion) -> Answer<Item> {
    blocking(move || {
        let picture = open.unlocked.picture();
        let item_id = id(&item_id)?;
        if overview(picture.items(), item_id).is_some_and(|item| item.reprompt) {
            let password = question.password.ok_or(AppError::of(ErrorCode::RepromptNeeded))?;
            portico_profile::Profile::open(question.folder)?.check_password(open.account(), &password)?;
        }
        Ok(picture.item(item_id)?)
    })
    .await
}

/// Overviews are ordered by id.
fn overview(items: &[ItemOverview], id: uuid::Uuid) -> Option<&ItemOverview> {
    items.binary_search_by_key(&id, |item| item.id).ok().map(|place| &items[place])
}

fn code(item: &Item) -> Answer<portico_vault::TotpCode> {
    let now = u64::try_from(OffsetDateTime::now_utc().unix_timestamp()).unwrap_or_default();
    item.totp_code(now)
        .map_err(|error| AppError { code: ErrorCode::Unreadable, detail: Some(error.to_string()) })
}

fn withheld(error: RevealError) -> AppError {
    AppError::of(match error {
        RevealError::NoSuchField => ErrorCode::NotFound,
        RevealError::Withheld => ErrorCode::PasswordHidden,
        RevealError::Unreadable(_) => ErrorCode::Unreadable,
    })
}

fn copy(shell: &State<'_, Shell>, text: Zeroizing<String>) -> Answer<CopyReceipt> {
    let seconds = shell.profile.settings().clear_clipboard_seconds;
    let keep = seconds.map(|seconds| Duration::from_secs(u64::from(seconds)));
    shell.clipboard.copy(text, keep).map_err(|error| AppError::internal(&error))?;
    Ok(CopyReceipt { clears_in: seconds })
}

fn organizations(names: &VaultNames) -> Organizations {
    names.organizations.iter().cloned().collect::<HashMap<_, _>>()
}
