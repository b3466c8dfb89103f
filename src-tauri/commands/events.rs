//! Provider Portal → Manage → Event logs, and those of an organization. Everything is answered from what is kept, so it works offline.

use std::sync::Arc;

use super::{blocking, id, open};
use crate::{
    acting::Acting,
    dto::{
        error::{AppError, ErrorCode},
        events::{
            EventLog, EventsExport, EventsPage, EventsQuery, EventsRange, EventsTaken, ExportFormat, Exported,
        },
    },
    failure::Answer,
    held::held,
    saving,
    shell::{KeptEvents, Open, Shell},
    views,
};
use portico_client::{EventRange, ReadEventsError, read_events_in};
use portico_estate::{EventList, EventPlace, EventWords, events_to_csv, events_to_json};
use portico_profile::{EventStream, read_round};
use tauri::{AppHandle, State};

/// Of fifty events: five hundred at a click.
const PAGES_AT_ONCE: u32 = 10;

#[tauri::command]
pub async fn events_page(shell: State<'_, Shell>, log: EventLog, query: EventsQuery) -> Answer<EventsPage> {
    let open = open(&shell)?;
    blocking(move || {
        let kept = kept(&open, stream(&log)?)?;
        let page = views::events::page(&kept.list, &query.filter, query.offset, query.limit, kept.damaged);
        let picture = open.unlocked.picture();
        let (known, lost) = read_round(open.unlocked.failed_logs())?;
        if let Some(error) = &lost {
            tracing::warn!(%error, "which logs could not be read is not known");
        }
        let failed_logs = match kept.stream {
            EventStream::Provider(provider) => {
                let view = picture.provider(provider)?;
                views::events::failed_logs(&known, provider, view.map_or(&[][..], |view| &view.rows))
            }
            EventStream::Organization(id) => {
                let organizations = picture.organizations()?;
                let own = organizations.iter().find(|one| one.id == id);
                views::events::failed_log(&known, id, own.map(|one| one.name.as_str()))
            }
        };
        let damaged = page.damaged + u32::from(lost.is_some());
        Ok(EventsPage { failed_logs, damaged, read_at: kept.read_at.and_then(views::date), ..page })
    })
    .await
}

/// Reads a part of the log from the server, newest first, into what is kept: some pages at a time.
#[tauri::command]
pub async fn read_events(
    app: AppHandle,
    shell: State<'_, Shell>,
    log: EventLog,
    range: EventsRange,
) -> Answer<EventsTaken> {
    let stream = stream(&log)?;
    let moment = |text: &str| views::events::moment(text).ok_or(AppError::of(ErrorCode::NotFound));
    let range = EventRange { from: moment(&range.from)?, to: moment(&range.to)? };
    let acting = Acting::begin(&app, open(&shell)?).await?;
    let taken =
        read_events_in(&acting.api, acting.unlocked(), stream, range, PAGES_AT_ONCE, acting.stop()).await?;
    acting.read();
    Ok(EventsTaken { fresh: views::count(taken.fresh), odd: taken.odd, more: taken.more_before.is_some() })
}

/// Writes what the list shows into a file. Gaps are no events and are not in it.
#[tauri::command]
pub async fn export_events(
    app: AppHandle,
    shell: State<'_, Shell>,
    log: EventLog,
    export: EventsExport,
) -> Answer<Exported> {
    let open = open(&shell)?;
    let name = match (&log, export.format) {
        (EventLog::Provider { .. }, ExportFormat::Csv) => "provider-events.csv",
        (EventLog::Provider { .. }, ExportFormat::Json) => "provider-events.json",
        (EventLog::Organization { .. }, ExportFormat::Csv) => "organization-events.csv",
        (EventLog::Organization { .. }, ExportFormat::Json) => "organization-events.json",
    };
    let Some(file) = saving::ask_where(&app, &open, name).await? else {
        return Ok(Exported { file_name: None, rows: 0 });
    };
    blocking(move || {
        let kept = kept(&open, stream(&log)?)?;
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
        let EventsExport { kinds: events, elided, vowels, devices, heads, .. } = export;
        let words = EventWords { events, elided, vowels, devices, heads };
        let bytes = match export.format {
            ExportFormat::Csv => events_to_csv(lines, &words),
            ExportFormat::Json => events_to_json(lines, &words),
        };
        saving::write(&file, &bytes)?;
        Ok(Exported { file_name: Some(saving::shown_name(&file)), rows })
    })
    .await
}

fn stream(log: &EventLog) -> Answer<EventStream> {
    Ok(match log {
        EventLog::Provider { id: provider } => EventStream::Provider(id(provider)?),
        EventLog::Organization { id: organization } => EventStream::Organization(id(organization)?),
    })
}

/// The log with names put to it, made once for each picture: a page asks for it window by window.
fn kept(open: &Open, stream: EventStream) -> Answer<Arc<KeptEvents>> {
    let revision = open.status().revision;
    let mut looked = held(&open.events);
    if let Some(kept) = looked.as_ref()
        && kept.stream == stream
        && kept.revision == revision
    {
        return Ok(Arc::clone(kept));
    }
    let log = open.unlocked.events(stream)?;
    let names = match stream {
        EventStream::Organization(id) => open.unlocked.event_names_in(id)?,
        EventStream::Provider(_) => open.unlocked.event_names()?,
    };
    let list = EventList::new(log.events, log.gaps, log.from, &names);
    let kept = Arc::new(KeptEvents { stream, revision, list, damaged: log.damaged, read_at: log.read_at });
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
