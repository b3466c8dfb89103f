//! Provider Portal → Clients: what is done with them.

use std::sync::Arc;

use portico_client::{
    Acted, ActionError, ClientDraft, LinkedClient, PlanType, addable_organizations as addable, poll_provider,
    seat_pool,
};
use portico_estate::{ClientRow, check_seats as check, clients_to_csv, clients_to_json, plan_display};
use tauri::{AppHandle, State};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{blocking, id, open};
use crate::{
    acting::Acting,
    dto::{
        client_actions::{
            ActionDone, AddableOrganization, ClientChange, ClientPlan, ClientsExport, ManagedClient,
            NewClient, SeatAnswer, SeatQuestion,
        },
        error::{AppError, ErrorCode},
        events::{ExportFormat, Exported},
    },
    failure::Answer,
    held::held,
    saving,
    shell::{Draft, Open, Shell},
    views,
};

#[tauri::command]
pub async fn managed_client(shell: State<'_, Shell>, organization_id: String) -> Answer<ManagedClient> {
    let open = open(&shell)?;
    blocking(move || {
        let organization = id(&organization_id)?;
        let picture = open.unlocked.picture();
        let (provider, row) = views::clients::managed(&picture, organization)?;
        let (tags, _) = views::tags::readable(&open)?;
        let row = views::clients::row(row, &tags, OffsetDateTime::now_utc());
        Ok(ManagedClient { provider_id: provider.to_string(), row })
    })
    .await
}

/// Writes the clients that a question finds, or some of them, into a file.
#[tauri::command]
pub async fn export_clients(
    app: AppHandle,
    shell: State<'_, Shell>,
    request: ClientsExport,
) -> Answer<Exported> {
    let open = open(&shell)?;
    let name = match request.format {
        ExportFormat::Csv => "clients.csv",
        ExportFormat::Json => "clients.json",
    };
    let Some(file) = saving::ask_where(&app, &open, name).await? else {
        return Ok(Exported { file_name: None, rows: 0 });
    };
    blocking(move || {
        let now = OffsetDateTime::now_utc();
        let picture = open.unlocked.picture();
        let rows = views::clients::rows_of(&picture, &request.query.provider_id)?;
        let (tags, _) = views::tags::readable(&open)?;
        let chosen = views::clients::chosen(rows, &tags, &request.query, &request.selection, now);
        let count = views::count(chosen.len());
        let bytes = match request.format {
            ExportFormat::Csv => clients_to_csv(chosen, &tags, now, &request.heads),
            ExportFormat::Json => clients_to_json(chosen, &tags, now),
        };
        saving::write(&file, &bytes)?;
        Ok(Exported { file_name: Some(saving::shown_name(&file)), rows: count })
    })
    .await
}

/// The keys of the client stay with the dialog that asks for it, so that asking twice makes one client.
#[tauri::command]
pub async fn create_client(app: AppHandle, shell: State<'_, Shell>, client: NewClient) -> Answer<ActionDone> {
    let provider = id(&client.provider_id)?;
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let draft = draft(&acting.open, provider, &client).await?;
    let new = portico_client::NewClient {
        name: client.name,
        owner_email: client.owner_email,
        plan: plan_type(client.plan),
        seats: client.seats,
    };
    let open = Arc::clone(&acting.open);
    let acted = portico_client::create_client(&acting.api, &open.unlocked, &draft, &new, acting.stop()).await;
    if acted.is_ok() {
        *held(&open.client_draft) = None;
    }
    linked(acting, acted)
}

#[tauri::command]
pub async fn addable_organizations(
    shell: State<'_, Shell>,
    provider_id: String,
) -> Answer<Vec<AddableOrganization>> {
    let (open, provider) = (open(&shell)?, id(&provider_id)?);
    let api = open.online()?;
    let found = addable(&api, &open.unlocked, provider, &open.closing).await?;
    Ok(found
        .into_iter()
        .map(|one| AddableOrganization {
            id: one.id.to_string(),
            name: one.name,
            plan: plan_display(&one.plan),
            seats: u32::try_from(one.seats).unwrap_or_default(),
            disabled: one.disabled,
        })
        .collect())
}

#[tauri::command]
pub async fn add_existing_client(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    organization_id: String,
) -> Answer<ActionDone> {
    let (provider, organization) = (id(&provider_id)?, id(&organization_id)?);
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let acted = portico_client::add_existing_client(
        &acting.api,
        acting.unlocked(),
        provider,
        organization,
        acting.stop(),
    )
    .await;
    linked(acting, acted)
}

/// What a number of seats would mean, by what was last read of the subscription.
#[tauri::command]
pub async fn check_seats(shell: State<'_, Shell>, question: SeatQuestion) -> Answer<SeatAnswer> {
    let open = open(&shell)?;
    blocking(move || {
        let provider = id(&question.provider_id)?;
        let picture = open.unlocked.picture();
        let row = match &question.organization_id {
            Some(client) => {
                Some(row_of(views::clients::rows_of(&picture, &question.provider_id)?, id(client)?)?)
            }
            None => None,
        };
        let is_admin = picture.profile()?.is_some_and(|own| {
            own.providers
                .iter()
                .any(|one| one.id == provider && portico_estate::ProviderRights::of(one).is_admin)
        });
        let subscription = open.unlocked.billing(provider)?.subscription;
        let plan = subscription.as_ref().and_then(|dated| {
            let name = row.map_or(question.plan_name.as_deref(), |row| row.plan.as_deref());
            dated.value.plans.iter().find(|plan| match question.plan {
                Some(wanted) if row.is_none() => plan_type(wanted) == plan.kind,
                _ => name == Some(&plan_display(&plan.plan_name)),
            })
        });
        let pool = plan.map(seat_pool);
        let now = row.and_then(|row| row.assigned).unwrap_or_default().into();
        let occupied = row.map(|row| picture.seats_taken(row)).transpose()?.flatten().unwrap_or_default();
        let checked = check(pool, now, question.seats.into(), occupied, is_admin);
        let read_at = subscription.as_ref().map(|dated| dated.read_at);
        let price =
            subscription.as_ref().zip(plan).map(|(dated, plan)| views::provider::price(plan, &dated.value));
        Ok(views::provider::seat_answer(checked, pool.unwrap_or_default(), price, read_at))
    })
    .await
}

/// Name or seats. The server takes both, so that the other is what it has now: the picture may be older.
#[tauri::command]
pub async fn update_client(
    app: AppHandle,
    shell: State<'_, Shell>,
    change: ClientChange,
) -> Answer<ActionDone> {
    let (provider, organization) = (id(&change.provider_id)?, id(&change.organization_id)?);
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let open = Arc::clone(&acting.open);
    poll_provider(&acting.api, &open.unlocked, provider, acting.stop()).await?;
    let (link, change) = {
        let picture = open.unlocked.picture();
        let row = row_of(views::clients::rows_of(&picture, &change.provider_id)?, organization)?;
        let seats = row.assigned.and_then(|seats| u32::try_from(seats).ok()).unwrap_or_default();
        let wanted = portico_client::ClientChange {
            name: change.name.unwrap_or_else(|| row.name.clone()),
            assigned_seats: change.seats.unwrap_or(seats),
        };
        (row.provider_organization_id, wanted)
    };
    let acted =
        portico_client::update_client(&acting.api, &open.unlocked, provider, link, &change, acting.stop())
            .await;
    acting.done(acted)
}

/// Lets a client go. One that is not linked any more counts as let go.
#[tauri::command]
pub async fn unlink_client(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    organization_id: String,
) -> Answer<ActionDone> {
    let (provider, organization) = (id(&provider_id)?, id(&organization_id)?);
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let open = Arc::clone(&acting.open);
    let mut link = link_of(&open, &provider_id, organization)?;
    if link.is_none() {
        // Let go by somebody else meanwhile, or linked a moment ago: the server knows.
        poll_provider(&acting.api, &open.unlocked, provider, acting.stop()).await?;
        link = link_of(&open, &provider_id, organization)?;
    }
    let Some(link) = link else {
        acting.read();
        return Ok(ActionDone { already: true, picture: None });
    };
    let acted =
        portico_client::unlink_client(&acting.api, &open.unlocked, provider, link, acting.stop()).await;
    acting.done(acted)
}

/// Stops what is being done, as far as it is not done yet.
#[tauri::command]
pub async fn cancel_action(shell: State<'_, Shell>) -> Answer<()> {
    open(&shell)?.cancel_action();
    Ok(())
}

/// The link between a provider and a client, by the picture of the moment; none while there is none.
fn link_of(open: &Open, provider: &str, organization: Uuid) -> Answer<Option<Uuid>> {
    let picture = open.unlocked.picture();
    let row = row_of(views::clients::rows_of(&picture, provider)?, organization).ok();
    Ok(row.map(|row| row.provider_organization_id))
}

fn row_of(rows: &[ClientRow], organization: Uuid) -> Answer<&ClientRow> {
    rows.iter().find(|row| row.organization_id == organization).ok_or(AppError::of(ErrorCode::NotFound))
}

fn linked(acting: Acting, acted: Result<Acted<LinkedClient>, ActionError>) -> Answer<ActionDone> {
    let already = acted.as_ref().is_ok_and(|acted| acted.value.already);
    Ok(ActionDone { already, ..acting.done(acted)? })
}

/// The draft of this dialog: made with its first attempt, and kept for the next.
async fn draft(open: &Arc<Open>, provider: Uuid, client: &NewClient) -> Answer<Arc<ClientDraft>> {
    let kept = || held(&open.client_draft);
    if let Some(draft) = kept().as_ref()
        && draft.dialog == client.dialog
        && draft.keys.provider() == provider
    {
        return Ok(Arc::clone(&draft.keys));
    }
    let (making, name) = (Arc::clone(open), client.collection_name.clone());
    let keys = blocking(move || Ok(ClientDraft::new(&making.unlocked, provider, &name)?)).await?;
    let keys = Arc::new(keys);
    *kept() = Some(Draft { dialog: client.dialog.clone(), keys: Arc::clone(&keys) });
    Ok(keys)
}

fn plan_type(plan: ClientPlan) -> PlanType {
    match plan {
        ClientPlan::TeamsMonthly => PlanType::TEAMS_MONTHLY,
        ClientPlan::EnterpriseMonthly => PlanType::ENTERPRISE_MONTHLY,
        ClientPlan::EnterpriseAnnually => PlanType::ENTERPRISE_ANNUALLY,
    }
}
