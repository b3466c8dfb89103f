//! Provider Portal → Billing and Settings.

use std::sync::Arc;

use portico_client::{
    DeleteProviderError, SecretText, ServerAddress, invoice_csv, provider_settings as settings_now,
};
use tauri::{AppHandle, State};
use uuid::Uuid;

use super::{blocking, id, open};
use crate::{
    acting::Acting,
    browsing::browse,
    dto::{
        client_actions::ActionDone,
        error::{AppError, ErrorCode},
        events::Exported,
        provider::{Billing, DeleteProvider, ProviderSettings, ProviderWebPage},
    },
    failure::Answer,
    saving,
    shell::Shell,
    views,
};

/// What was last read; nothing is asked of the server.
#[tauri::command]
pub async fn billing(shell: State<'_, Shell>, provider_id: String) -> Answer<Billing> {
    let open = open(&shell)?;
    blocking(move || Ok(views::provider::billing(&open.unlocked.billing(id(&provider_id)?)?))).await
}

#[tauri::command]
pub async fn refresh_billing(shell: State<'_, Shell>, provider_id: String) -> Answer<()> {
    let (open, provider) = (open(&shell)?, id(&provider_id)?);
    let api = open.online()?;
    Ok(portico_client::refresh_billing(&api, &open.unlocked, provider, &open.closing).await?)
}

/// The lines of an invoice, as the server writes them, in a file.
#[tauri::command]
pub async fn save_invoice(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    invoice_id: String,
) -> Answer<Exported> {
    let (open, provider) = (open(&shell)?, id(&provider_id)?);
    let api = open.online()?;
    // Before the question, so that nobody chooses a place for a file that is not to be had.
    let text = invoice_csv(&api, &open.unlocked, provider, &invoice_id, &open.closing).await?;
    let name = {
        let bills = open.unlocked.billing(provider)?.invoices;
        let invoice = bills.and_then(|bills| bills.value.into_iter().find(|one| one.id == invoice_id));
        let number = invoice.and_then(|invoice| invoice.number).unwrap_or_default();
        portico_vault::safe_file_name(&format!("invoice-{number}.csv"))
    };
    let Some(file) = saving::ask_where(&app, &open, &name).await? else {
        return Ok(Exported { file_name: None, rows: 0 });
    };
    blocking(move || {
        let (bytes, rows) = portico_estate::harmless_csv(&text);
        saving::write(&file, &bytes)?;
        Ok(Exported { file_name: Some(saving::shown_name(&file)), rows: views::count(rows) })
    })
    .await
}

/// As the server has them now; without a connection as they were last read.
#[tauri::command]
pub async fn provider_settings(shell: State<'_, Shell>, provider_id: String) -> Answer<ProviderSettings> {
    let (open, provider) = (open(&shell)?, id(&provider_id)?);
    if let Some(api) = open.api() {
        match settings_now(&api, &open.unlocked, provider, &open.closing).await {
            Ok(now) => return Ok(views::provider::settings(&now)),
            Err(error) if error.api().is_some_and(portico_client::ApiError::is_without_connection) => {}
            Err(error) => return Err(error.into()),
        }
    }
    blocking(move || {
        let picture = open.unlocked.picture();
        let view = picture.provider(provider)?;
        Ok(views::provider::settings(&view.ok_or(AppError::of(ErrorCode::NotFound))?.provider))
    })
    .await
}

#[tauri::command]
pub async fn update_provider(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    settings: ProviderSettings,
) -> Answer<ActionDone> {
    let provider = id(&provider_id)?;
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let open = Arc::clone(&acting.open);
    let business_name = Some(settings.business_name).filter(|name| !name.trim().is_empty());
    let settings = portico_client::ProviderSettings {
        name: settings.name,
        business_name,
        billing_email: settings.billing_email,
    };
    let acted =
        portico_client::update_provider(&acting.api, &open.unlocked, provider, &settings, acting.stop())
            .await;
    acting.done(acted)
}

/// The provider is gone after this; its clients, of which it must have none, would go on.
#[tauri::command]
pub async fn delete_provider(
    app: AppHandle,
    shell: State<'_, Shell>,
    request: DeleteProvider,
) -> Answer<ActionDone> {
    let DeleteProvider { provider_id, password } = request;
    let password = SecretText::new(password);
    let provider = id(&provider_id)?;
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let open = Arc::clone(&acting.open);
    let deleted = portico_client::delete_provider(
        &acting.api,
        &shell.profile,
        &open.unlocked,
        provider,
        &password,
        acting.stop(),
    )
    .await;
    match deleted {
        Ok(acted) => acting.done(Ok(acted)),
        Err(DeleteProviderError::Action(error)) => acting.done::<()>(Err(error)),
        Err(DeleteProviderError::WrongPassword) => Err(AppError::of(ErrorCode::WrongPassword)),
        Err(DeleteProviderError::HasClients { clients }) => {
            Err(AppError { code: ErrorCode::HasClients, detail: Some(clients.to_string()) })
        }
        Err(DeleteProviderError::Verify(error)) => Err(error.into()),
    }
}

/// Opens a page of the provider in the person's browser. The embedded service has no web vault.
#[tauri::command]
pub async fn open_provider_web(
    shell: State<'_, Shell>,
    provider_id: String,
    page: ProviderWebPage,
) -> Answer<()> {
    let (open, provider) = (open(&shell)?, id(&provider_id)?);
    if matches!(open.unlocked.server(), ServerAddress::Embedded(_)) {
        return Err(AppError::of(ErrorCode::NotFound));
    }
    let vault = open.unlocked.server().urls(None).map(|urls| urls.web_vault);
    let vault = vault.ok_or(AppError::of(ErrorCode::NotFound))?;
    blocking(move || browse(&provider_page(&vault, provider, page))).await
}

/// The routes of the official web vault, as its own table of them has it (github.com/bitwarden/clients at 0b96901,
/// `providers-routing.module.ts`: `clients`, and `billing` with `subscription`, `payment-details` and `history`).
fn provider_page(vault: &str, provider: Uuid, page: ProviderWebPage) -> String {
    let page = match page {
        ProviderWebPage::Clients => "clients",
        ProviderWebPage::PaymentDetails => "billing/payment-details",
    };
    format!("{vault}/#/providers/{provider}/{page}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_provider_are_those_of_the_official_web_vault() {
        let of = |page| provider_page("https://vault.bitwarden.eu", Uuid::from_u128(7), page);
        let at = "https://vault.bitwarden.eu/#/providers/00000000-0000-0000-0000-000000000007";
        assert_eq!(of(ProviderWebPage::Clients), format!("{at}/clients"));
        assert_eq!(of(ProviderWebPage::PaymentDetails), format!("{at}/billing/payment-details"));
    }
}
