//! Provider Portal → Manage → Event logs. Everything is answered from what is kept, so it works offline.

use std::sync::Arc;

use portico_client::{EventRange, ReadEventsError, read_events_in};
use portico_estate::{EventList, EventPlace, EventWords, events_to_csv, events_to_json};
use portico_profile::{EventStream, read_round};
use tauri::{AppHandle, State};
use uuid::Uuid;

use super::{blocking, id, open};
use crate::{
    acting::Acting,
    dto::{
        error::{AppError, ErrorCode},
        events::{EventsExport, EventsPage, EventsQuery, EventsRange, EventsTaken, ExportFormat, Exported},
    },
    failure::Answer,
    held::held,
    saving,
    shell::{KeptEvents, Open, Shell},
    views,
};

/// Of fifty events: five hundred at a click.
const PAGES_AT_ONCE: u32 = 10;

#[tauri::command]
pub async fn events_page(
    shell: State<'_, Shell>,
    provider_id: String,
    query: EventsQuery,
) -> Answer<EventsPage> {
    let open = open(&shell)?;
    blocking(move || {
        let kept = kept(&open, id(&provider_id)?)?;
        let page = views::events::page(&kept.list, &query.filter, query.offset, query.limit, kept.damaged);
        let picture = open.unlocked.picture();
        let view = picture.provider(kept.provider)?;
        let clients = view.map_or(&[][..], |view| &view.rows);
        let (known, lost) = read_round(open.unlocked.failed_logs())?;
        if let Some(error) = &lost {
            tracing::warn!(%error, "which logs could not be read is not known");
        }
        let failed_logs = views::events::failed_logs(&known, kept.provider, clients);
        Ok(EventsPage { failed_logs, damaged: page.damaged + u32::from(lost.is_some()), ..page })
    })
    .await
}

/// Reads a part of the log from the server, newest first, into what is kept: some pages at a time.
#[tauri::command]
pub async fn read_events(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    range: EventsRange,
) -> Answer<EventsTaken> {
    let stream = EventStream::Provider(id(&provider_id)?);
    let moment = |text: &str| views::events::moment(text).ok_or(AppError::of(ErrorCode::NotFound));
    let range = EventRange { from: moment(&range.from)?, to: moment(&range.to)? };
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let taken =
        read_events_in(&acting.api, acting.unlocked(), stream, range, PAGES_AT_ONCE, acting.stop()).await?;
    acting.read();
    Ok(EventsTaken { fresh: views::count(taken.fresh), more: taken.more_before.is_some() })
}

/// Writes what the list shows into a file. Gaps are no events and are not in it.
#[tauri::command]
pub async fn export_events(
    app: AppHandle,
    shell: State<'_, Shell>,
    provider_id: String,
    export: EventsExport,
) -> Answer<Exported> {
    let open = open(&shell)?;
    let name = match export.format {
        ExportFormat::Csv => "provider-events.csv",
        ExportFormat::Json => "provider-events.json",
    };
    let Some(file) = saving::ask_where(&app, &open, name).await? else {
        return Ok(Exported { file_name: None, rows: 0 });
    };
    blocking(move || {
        let kept = kept(&open, id(&provider_id)?)?;
        let list = &kept.list;
        let places = list.select(&views::events::query(&export.filter));
        let lines: Vec<_> = places
            .iter()
            .filter_map(|place| match place {
                EventPlace::Line(line) => list.lines.get(*line as usize),
                EventPlace::Gap { .. } | EventPlace::Unread { .. } => None,
            })
            .collect();
        let rows = views::count(lines.len());
        let words = EventWords { events: export.kinds, devices: export.devices };
        let bytes = match export.format {
            ExportFormat::Csv => events_to_csv(lines, &words),
            ExportFormat::Json => events_to_json(lines, &words),
        };
        saving::write(&file, &bytes)?;
        Ok(Exported { file_name: Some(saving::shown_name(&file)), rows })
    })
    .await
}

/// The log with names put to it, made once for each picture: a page asks for it window by window.
fn kept(open: &Open, provider: Uuid) -> Answer<Arc<KeptEvents>> {
    let revision = open.status().revision;
    let mut looked = held(&open.events);
    if let Some(kept) = looked.as_ref()
        && kept.provider == provider
        && kept.revision == revision
    {
        return Ok(Arc::clone(kept));
    }
    let log = open.unlocked.events(EventStream::Provider(provider))?;
    let names = open.unlocked.event_names()?;
    let list = EventList::new(log.events, log.gaps, log.from, &names);
    let kept = Arc::new(KeptEvents { provider, revision, list, damaged: log.damaged });
    *looked = Some(Arc::clone(&kept));
    Ok(kept)
}

impl From<ReadEventsError> for AppError {
    fn from(error: ReadEventsError) -> Self {
        match error {
            ReadEventsError::Action(error) => error.into(),
            ReadEventsError::Keep(error) => error.into(),
        }
    }
}
