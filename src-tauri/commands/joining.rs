//! Joining a provider, setting one up, and deleting one by the link of a mail.

use std::sync::Arc;

use portico_client::{
    BillingAddress, CancellationToken, Invitation, InvitationLink, PaymentToken, ProviderSetUp,
    RegisterError, Registration, RegistrationInvitation, SecretText, SetUpDraft, SignInOutcome, TaxId,
    accept_provider_invitation, delete_provider_with_token, provider_settings, set_up_provider as set_up,
    verify_address,
};
use tauri::{AppHandle, State};
use uuid::Uuid;

use super::open;
use crate::{
    acting::Acting,
    dto::{
        error::{AppError, ErrorCode},
        joining::{
            InvitationShown, OutboxMail, ProviderSetUpForm, ProviderToSetUp, Registered, RegistrationForm,
        },
    },
    failure::Answer,
    invitations::{self, Invitations},
    shell::Shell,
    signing_in, syncing,
    trust::WayIn,
};

/// The payment method that servers without payments take, and no others.
const SYNTHETIC_PAYMENT: &str = "portico-synthetic-payment";

/// The invitation at hand; fails once where a link was handed over that is none.
#[tauri::command]
pub async fn invitation(
    app: AppHandle,
    invitations: State<'_, Invitations>,
) -> Answer<Option<InvitationShown>> {
    if invitations.take_not_understood() {
        return Err(AppError::of(ErrorCode::InvalidLink));
    }
    invitations::shown(&app)
}

/// A link that was pasted.
#[tauri::command]
pub async fn read_invitation(
    app: AppHandle,
    invitations: State<'_, Invitations>,
    text: String,
) -> Answer<Option<InvitationShown>> {
    invitations.put(invitations::read(&text)?);
    invitations::shown(&app)
}

#[tauri::command]
pub async fn drop_invitation(invitations: State<'_, Invitations>) -> Answer<()> {
    invitations.drop_it();
    Ok(())
}

/// Accepts as the account on the page. True if it had been accepted before.
#[tauri::command]
pub async fn accept_invitation(
    app: AppHandle,
    shell: State<'_, Shell>,
    invitations: State<'_, Invitations>,
) -> Answer<bool> {
    let link = ready(&app, &invitations)?;
    let Invitation::JoinProvider { provider, member, .. } = &link.invitation else {
        return Err(AppError::of(ErrorCode::NotFound));
    };
    let open = open(&shell)?;
    let api = open.online()?;
    let accepted =
        accept_provider_invitation(&api, &open.unlocked, *provider, *member, &link.token, &open.closing)
            .await?;
    invitations.drop_it();
    Ok(accepted.already)
}

/// Makes the account of somebody who was invited and has none, and signs in to it.
#[tauri::command]
pub async fn register_invited(
    app: AppHandle,
    shell: State<'_, Shell>,
    invitations: State<'_, Invitations>,
    form: RegistrationForm,
) -> Answer<Registered> {
    let link = invitations.at_hand().ok_or(AppError::of(ErrorCode::NotFound))?;
    let email = link.email.clone().ok_or(AppError::of(ErrorCode::NotFound))?;
    let RegistrationForm { password, hint, with_authority } = form;
    let authority = if with_authority { shell.chosen_authority().clone() } else { None };
    let api = portico_client::connect(&shell.profile, &link.server, None, authority.clone())?;
    let opening = shell.begin_opening();
    let token = link.token.copy();
    let invitation = match &link.invitation {
        Invitation::JoinProvider { member, .. } => {
            RegistrationInvitation::Provider { member: *member, token }
        }
        Invitation::JoinOrganization { member, .. } => {
            RegistrationInvitation::Organization { member: *member, token }
        }
        Invitation::FinishSignUp => RegistrationInvitation::Address { token },
        // The token of such a link proves nothing to a registration (protocol.md §1.2): the address is checked.
        Invitation::SetUpProvider { .. } => match verify_address(&api, &email, &opening).await? {
            Some(token) => RegistrationInvitation::Address { token },
            None => return Ok(Registered::Mailed),
        },
        Invitation::DeleteProvider { .. } => return Err(AppError::of(ErrorCode::NotFound)),
    };
    let registration = Registration {
        server: link.server.clone(),
        email,
        password: SecretText::new(password),
        hint,
        invitation,
    };
    match portico_client::register(&api, &shell.profile, &registration, &opening).await {
        Ok(SignInOutcome::SignedIn(unlocked)) => {
            WayIn { server: link.server.clone(), api, authority }.enter(&app, *unlocked, &opening).await?;
            if link.invitation == Invitation::FinishSignUp {
                invitations.signed_up();
            }
            Ok(Registered::Done)
        }
        // An account that was there before asks for more: the sign-in does.
        Ok(_) => Err(AppError::of(ErrorCode::AccountTaken)),
        Err(error) => Err(error.into()),
    }
}

/// How the provider stands that the link sets up.
#[tauri::command]
pub async fn provider_to_set_up(
    app: AppHandle,
    shell: State<'_, Shell>,
    invitations: State<'_, Invitations>,
) -> Answer<ProviderToSetUp> {
    let provider = to_set_up(&*ready(&app, &invitations)?)?;
    let open = open(&shell)?;
    let api = open.online()?;
    let read = provider_settings(&api, &open.unlocked, provider, &open.closing).await?;
    Ok(ProviderToSetUp {
        set_up_as: Some(read.name).filter(|name| !name.trim().is_empty()),
        billing_email: read.billing_email.filter(|email| !email.trim().is_empty()),
    })
}

/// Sets the provider up: its key is made here, and wrapped for the person's own key alone. Its id.
#[tauri::command]
pub async fn set_up_provider(
    app: AppHandle,
    shell: State<'_, Shell>,
    invitations: State<'_, Invitations>,
    form: ProviderSetUpForm,
) -> Answer<String> {
    let link = ready(&app, &invitations)?;
    let provider = to_set_up(&link)?;
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let draft = invitations.draft(provider, || SetUpDraft::new(acting.unlocked(), provider))?;
    let given =
        |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let described = ProviderSetUp {
        token: link.token.copy(),
        name: form.name,
        business_name: given(form.business_name),
        billing_email: form.billing_email,
        payment: PaymentToken {
            kind: "card".to_owned(),
            token: SecretText::new(SYNTHETIC_PAYMENT.to_owned()),
        },
        billing_address: BillingAddress {
            country: Some(form.country),
            postal_code: Some(form.postal_code),
            line1: given(form.line1),
            line2: given(form.line2),
            city: given(form.city),
            state: given(form.state),
            tax_id: form.tax_id.map(|tax| TaxId { code: tax.code, value: tax.value, ..TaxId::default() }),
            ..BillingAddress::default()
        },
    };
    let acted = set_up(&acting.api, acting.unlocked(), &draft, &described, acting.stop()).await;
    acting.end(acted)?;
    invitations.drop_it();
    Ok(provider.to_string())
}

/// Deletes the provider that the link names. It takes no account; one of that server on the page is read again.
#[tauri::command]
pub async fn delete_linked_provider(
    app: AppHandle,
    shell: State<'_, Shell>,
    invitations: State<'_, Invitations>,
) -> Answer<()> {
    let link = invitations.at_hand().ok_or(AppError::of(ErrorCode::NotFound))?;
    let Invitation::DeleteProvider { provider, .. } = &link.invitation else {
        return Err(AppError::of(ErrorCode::NotFound));
    };
    let api = portico_client::connect(&shell.profile, &link.server, None, None)?;
    delete_provider_with_token(&api, *provider, &link.token, &CancellationToken::new()).await?;
    invitations.drop_it();
    if let Some(open) = shell.unlocked()
        && invitations::is_server(&shell, open.unlocked.server(), &link.server)
    {
        syncing::start(&app, &open, None);
    }
    Ok(())
}

/// The demo's mails, newest first. Of no other account are there any.
#[tauri::command]
pub async fn outbox(shell: State<'_, Shell>) -> Answer<Vec<OutboxMail>> {
    signing_in::demo_on_page(&shell)?;
    crate::outbox::mails(&shell).await
}

/// Puts the link of a mail on the clipboard, for another window.
#[tauri::command]
pub async fn copy_mail_link(shell: State<'_, Shell>, mail_id: i64) -> Answer<()> {
    signing_in::demo_on_page(&shell)?;
    crate::outbox::copy_link(&shell, mail_id).await
}

/// The link at hand, once the account it is for is on the page.
fn ready(app: &AppHandle, invitations: &Invitations) -> Answer<Arc<InvitationLink>> {
    match invitations::shown(app)? {
        Some(shown) if shown.ready => invitations.at_hand().ok_or(AppError::of(ErrorCode::NotFound)),
        Some(_) => Err(AppError::of(ErrorCode::OtherAccount)),
        None => Err(AppError::of(ErrorCode::NotFound)),
    }
}

fn to_set_up(link: &InvitationLink) -> Answer<Uuid> {
    match &link.invitation {
        Invitation::SetUpProvider { provider } => Ok(*provider),
        _ => Err(AppError::of(ErrorCode::NotFound)),
    }
}

impl From<RegisterError> for AppError {
    fn from(error: RegisterError) -> Self {
        let said = |message: &Option<portico_client::ServerMessage>| {
            message.as_ref().map(|text| text.as_str().to_owned())
        };
        match error {
            RegisterError::InvalidEmail => Self::of(ErrorCode::InvalidEmail),
            RegisterError::PasswordTooShort => Self::of(ErrorCode::PasswordTooShort),
            RegisterError::HintTellsPassword => Self::of(ErrorCode::HintTellsPassword),
            RegisterError::Taken => Self::of(ErrorCode::AccountTaken),
            RegisterError::Refused { message } => Self { code: ErrorCode::Refused, detail: said(&message) },
            RegisterError::SignIn(error) => error.into(),
            RegisterError::Api(error) => error.into(),
            RegisterError::Interrupted => Self::internal(&error),
        }
    }
}
