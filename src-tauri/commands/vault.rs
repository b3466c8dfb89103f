//! Vaults. Hidden values leave Rust one at a time, on request; copying never shows them to the page at all.

use std::{collections::HashMap, sync::Arc, time::Duration};

use portico_vault::{CodeError, FieldId, Item, RevealError, VaultNames};
use tauri::{AppHandle, State};
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
    reprompt,
    shell::{Open, Shell},
    views::{
        self,
        vault::{Around, Organizations},
    },
};

#[tauri::command]
pub async fn vault_filters(shell: State<'_, Shell>, vault: VaultChoice) -> Answer<VaultFilters> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let choice = views::vault::choice(&vault).ok_or(AppError::of(ErrorCode::NotFound))?;
        let index = picture.item_index()?;
        let organizations = organizations(picture.names()?);
        let rules = views::vault::rules(picture.reader_rules()?, index.hidden_items(), &organizations);
        let has_premium = picture.has_premium()?;
        Ok(views::vault::filters(&index.tree(picture.items(), choice), rules, has_premium))
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

/// An item that asks for the master password shows no more than its row until it was given; looking at another item ends
/// that.
#[tauri::command]
pub async fn item_detail(shell: State<'_, Shell>, item_id: String) -> Answer<ItemDetail> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let (items, id) = (picture.items(), id(&item_id)?);
        open.reprompts.forget(Some(id));
        let names = picture.names()?;
        let organizations = organizations(names);
        // What a policy hides is hidden before anything of it is told.
        let (place, overview) = picture.overview(id)?;
        if overview.reprompt && !open.reprompts.is_answered(id) {
            return Ok(views::vault::locked(overview, &organizations));
        }
        let item = picture.item(id)?;
        let others = picture.item_index()?.same_login(items, place);
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
        let around = Around {
            organizations: &organizations,
            folder,
            collections,
            same_login: others.into_iter().map(|other| &items[other as usize]).collect(),
            now: OffsetDateTime::now_utc(),
        };
        Ok(views::vault::detail(&item, around))
    })
    .await
}

/// Takes the master password for an item that asks for it; it counts until another item is looked at.
#[tauri::command]
pub async fn pass_reprompt(
    app: AppHandle,
    shell: State<'_, Shell>,
    item_id: String,
    password: String,
) -> Answer<()> {
    let (open, id) = (open(&shell)?, id(&item_id)?);
    reprompt::check(&app, &open, Some(password)).await?;
    open.reprompts.remember(id);
    Ok(())
}

/// No item is looked at any more: whatever was asked for is asked for again.
#[tauri::command]
pub async fn leave_item(shell: State<'_, Shell>) -> Answer<()> {
    open(&shell)?.reprompts.forget(None);
    Ok(())
}

#[tauri::command]
pub async fn reveal_field(
    app: AppHandle,
    shell: State<'_, Shell>,
    request: FieldRequest,
) -> Answer<RevealedField> {
    let open = open(&shell)?;
    let field = FieldId(request.field_id);
    let item = item_for(&app, open, &request.item_id, request.password).await?;
    Ok(RevealedField { value: revealed(&item, &field)?.to_string() })
}

#[tauri::command]
pub async fn copy_field(
    app: AppHandle,
    shell: State<'_, Shell>,
    request: FieldRequest,
) -> Answer<CopyReceipt> {
    let open = open(&shell)?;
    let closing = open.closing.clone();
    let field = FieldId(request.field_id);
    let item = item_for(&app, open, &request.item_id, request.password).await?;
    // The verification code is what people want on the clipboard, not its seed.
    let is_totp = item.field(&field).is_some_and(|view| view.kind == portico_vault::FieldKind::Totp);
    let text = if is_totp {
        Zeroizing::new(code(&item)?.code.expose().to_owned())
    } else {
        revealed(&item, &field)?
    };
    let receipt = copy(&shell, text)?;
    // A lock in the meantime may have cleared the clipboard before this was there.
    if closing.is_cancelled() {
        shell.clipboard.clear();
        return Err(AppError::of(ErrorCode::Locked));
    }
    Ok(receipt)
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
        let item_id = id(&item_id)?;
        let item = open.unlocked.picture().item(item_id)?;
        // A code is what the password question protects: it is not shown before.
        if item.overview().reprompt && !open.reprompts.is_answered(item_id) {
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

/// An item, once its re-prompt is satisfied.
async fn item_for(app: &AppHandle, open: Arc<Open>, item_id: &str, password: Option<String>) -> Answer<Item> {
    let (picture, item_id) = (open.unlocked.picture(), id(item_id)?);
    if picture.overview(item_id)?.1.reprompt && !open.reprompts.is_answered(item_id) {
        reprompt::check(app, &open, password).await?;
    }
    blocking(move || Ok(picture.item(item_id)?)).await
}

/// The value of one field, or of what is read as one.
fn revealed(item: &Item, field: &FieldId) -> Answer<Zeroizing<String>> {
    let composed = item.composed().into_iter().find(|whole| whole.id == *field);
    let text = match &composed {
        Some(whole) => whole.text.expose(),
        None => item.reveal(field).map_err(withheld)?.expose(),
    };
    Ok(Zeroizing::new(text.to_owned()))
}

fn code(item: &Item) -> Answer<portico_vault::TotpCode> {
    let now = u64::try_from(OffsetDateTime::now_utc().unix_timestamp()).unwrap_or_default();
    item.totp_code(now).map_err(|error| match error {
        CodeError::Withheld => AppError::of(ErrorCode::PasswordHidden),
        error => AppError { code: ErrorCode::Unreadable, detail: Some(error.to_string()) },
    })
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
