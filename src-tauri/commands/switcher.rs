//! The product switcher, where its products were left, becoming a provider, and pages that open in the person's browser.

use portico_client::ServerAddress;
use portico_estate::{CurrentPlace, product_switcher, provider_conditions};
use portico_vault::{FieldId, FieldKind, Shown};
use tauri::State;

use super::{blocking, id, open};
use crate::{
    browsing::browse,
    dto::{
        OrganizationRef,
        error::{AppError, ErrorCode},
        settings::WebPage,
        switcher::{BecomeProvider, Condition, Products},
    },
    failure::Answer,
    shell::Shell,
    views::{self, switcher::OwnProvider},
};

#[tauri::command]
pub async fn products(
    shell: State<'_, Shell>,
    organization_id: Option<String>,
    provider_id: Option<String>,
) -> Answer<Products> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let current = organization_id.as_deref().map(id).transpose()?;
        let current_provider = provider_id.as_deref().map(id).transpose()?;
        // Before the first sync nothing is known, and the switcher shows nothing: wrong tiles would flash.
        let Some(profile) = picture.profile()? else {
            return Ok(Products {
                tiles: Vec::new(),
                more: Vec::new(),
                administered: 0,
                console_events: false,
                become_provider: false,
            });
        };
        let place = current.map_or(CurrentPlace::PasswordManager, CurrentPlace::AdminConsole);
        let switcher = product_switcher(profile, picture.policies()?, place);
        let providers: Vec<OwnProvider> = profile
            .providers
            .iter()
            .map(|provider| OwnProvider { id: provider.id, name: provider.name.clone() })
            .collect();
        let organizations = picture.organizations()?;
        let has_web_vault = !matches!(open.unlocked.server(), ServerAddress::Embedded(_));
        Ok(views::switcher::products(
            &switcher,
            has_web_vault,
            &organizations,
            &providers,
            current,
            current_provider,
        ))
    })
    .await
}

/// So many organizations are offered at a time; typing brings the others.
const MOST_OFFERED: usize = 60;

/// The organizations among which the Admin Console can be turned, by name.
#[tauri::command]
pub async fn administered(shell: State<'_, Shell>, text: String) -> Answer<Vec<OrganizationRef>> {
    let open = open(&shell)?;
    blocking(move || {
        let organizations = open.unlocked.picture().organizations()?;
        Ok(views::switcher::administered(&organizations, &text, MOST_OFFERED))
    })
    .await
}

/// Where each product was left when the account was last open, as the page wrote it down.
#[tauri::command]
pub async fn left_places(shell: State<'_, Shell>) -> Answer<Option<String>> {
    let open = open(&shell)?;
    blocking(move || Ok(open.unlocked.left_places()?)).await
}

/// What an account left is nothing to the one that was turned to meanwhile.
#[tauri::command]
pub async fn keep_places(shell: State<'_, Shell>, account_id: String, places: String) -> Answer<()> {
    let open = open(&shell)?;
    if open.unlocked.account() != id(&account_id)? {
        return Err(AppError::of(ErrorCode::NotFound));
    }
    blocking(move || Ok(open.unlocked.keep_places(&places)?)).await
}

#[tauri::command]
pub async fn become_provider(shell: State<'_, Shell>) -> Answer<BecomeProvider> {
    let open = open(&shell)?;
    blocking(move || {
        let picture = open.unlocked.picture();
        let Some(profile) = picture.profile()? else {
            let unknown = || Condition { met: false, organizations: Vec::new() };
            return Ok(BecomeProvider { enterprise: unknown(), client_ready: unknown() });
        };
        Ok(views::switcher::become_provider(&provider_conditions(profile), &picture.organizations()?))
    })
    .await
}

/// Opens a page of the vendor in the person's browser. The page names which; the address is ours.
#[tauri::command]
pub async fn open_web(shell: State<'_, Shell>, page: WebPage) -> Answer<()> {
    let vault = match shell.unlocked().as_ref().map(|open| open.unlocked.server()) {
        // The embedded service has none, and the cloud's knows nothing of its accounts.
        Some(ServerAddress::Embedded(_)) => None,
        Some(address) => address.urls(None).map(|urls| urls.web_vault),
        None => Some("https://vault.bitwarden.com".to_owned()),
    };
    let in_vault = |path: &str| -> Answer<String> {
        let vault = vault.as_ref().ok_or(AppError::of(ErrorCode::NotFound))?;
        Ok(format!("{vault}{path}"))
    };
    let address = match page {
        WebPage::WebVault => in_vault("")?,
        WebPage::SecretsManager => in_vault("/#/sm")?,
        WebPage::CreateOrganization => in_vault("/#/create-organization")?,
        WebPage::Support => "https://bitwarden.com/contact/".to_owned(),
        WebPage::BecomeProvider => "https://bitwarden.com/help/getting-started-providers/".to_owned(),
    };
    blocking(move || browse(&address)).await
}

/// Opens the website of an item.
#[tauri::command]
pub async fn open_website(shell: State<'_, Shell>, item_id: String, field_id: String) -> Answer<()> {
    let open = open(&shell)?;
    let address = blocking(move || {
        let item_id = id(&item_id)?;
        let item = open.unlocked.picture().item(item_id)?;
        if item.overview().reprompt && !open.reprompts.is_answered(item_id) {
            return Err(AppError::of(ErrorCode::RepromptNeeded));
        }
        let view = item.field(&FieldId(field_id)).filter(|view| view.kind == FieldKind::Uri);
        match view.map(|view| view.shown) {
            Some(Shown::Text(text)) => Ok(text.to_owned()),
            Some(Shown::Unreadable(_)) => Err(AppError::of(ErrorCode::Unreadable)),
            _ => Err(AppError::of(ErrorCode::NotFound)),
        }
    })
    .await?;
    let address = if address.contains("://") { address } else { format!("https://{address}") };
    blocking(move || browse(&address)).await
}
