//! A log is read in a range, whole or of one person, and every page of that meets every fault, or the reader goes away: a
//! log never claims to be complete where events are missing, never has one that did not happen, none twice, and what is
//! done again without the fault brings the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use portico_client::{
    ApiClient, CancellationToken, EventRange, EventsTaken, ReadEventsError, read_events_in,
    read_events_of_member,
};
use portico_profile::{EventLog, EventStream};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::demo::PROVIDER_ADMIN;
use crate::proxy::{FAULTS, Fault, Place};
use crate::{HANGS, There};

/// In a range; three of four are the admin's. Of both that is more than a page holds.
const EVENTS: i64 = 80;
const OWN_EVENTS: usize = 60;

/// One day of the log, which nobody has read yet.
struct Day<'a> {
    there: &'a There,
    provider: Uuid,
    /// Whose events alone are read: providerUserId.
    only_of: Option<Uuid>,
    range: EventRange,
    /// The first page, and those that follow.
    pages: [String; 2],
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_a_log_meets_every_fault() {
    let there = There::new().await;
    there.clean_sync().await;
    every_page(&there, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_what_one_person_did_meets_every_fault() {
    let there = There::new().await;
    there.clean_sync().await;
    every_page(&there, Some(member_of_the_admin(&there))).await;
}

async fn every_page(there: &There, only_of: Option<Uuid>) {
    let mut number = 0;
    for fault in FAULTS {
        for page in 0..2 {
            number += 1;
            let day = Day::new(there, number, only_of);
            day.meets(Place::Always(day.pages[page].clone()), fault).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_failed_once_is_asked_for_again() {
    let there = There::new().await;
    there.clean_sync().await;
    for (number, fault) in (1..).zip([Fault::CutInHead, Fault::CutInBody, Fault::Instead(503, "nothing")]) {
        for page in 0..2 {
            let day = Day::new(&there, 2 * number + page as i64, None);
            there.proxy.harm(Place::Once(day.pages[page].clone()), fault);
            let taken = day.read(&through_the_proxy(&there), &CancellationToken::new()).await.unwrap();
            assert_eq!((taken.fresh, taken.more_before), (EVENTS as usize, None), "{fault:?} of page {page}");
            day.is_true("asked again");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_away_leaves_the_log_as_it_was() {
    let there = There::new().await;
    there.clean_sync().await;
    let member = member_of_the_admin(&there);
    for (number, (page, only_of)) in (1..).zip([(0, None), (1, None), (0, Some(member)), (1, Some(member))]) {
        let day = Day::new(&there, number, only_of);
        let before = day.log();
        there.proxy.harm(Place::Always(day.pages[page].clone()), Fault::Silence);
        // Patient: only the reader ends it.
        let (api, stop) = (there.api_through_the_proxy(HANGS, HANGS), CancellationToken::new());
        let goes_away = async {
            while !there.proxy.asked().contains(&day.pages[page]) {
                tokio::task::yield_now().await;
            }
            stop.cancel();
        };
        let (outcome, ()) = tokio::join!(day.read(&api, &stop), goes_away);
        assert!(
            matches!(&outcome, Err(ReadEventsError::Action(error)) if error.is_cancelled()),
            "page {page}: {outcome:?}"
        );
        assert_eq!(day.log(), before, "page {page}");
        day.is_read_in_the_end().await;
    }
}

/// providerUserId.
fn member_of_the_admin(there: &There) -> Uuid {
    let picture = there.unlocked.picture();
    let team = picture.providers().unwrap()[0].team.clone().unwrap();
    team.into_iter().find(|one| one.email == there.demo.account(PROVIDER_ADMIN).email).unwrap().id
}

/// As impatient as a sync here is.
fn through_the_proxy(there: &There) -> ApiClient {
    there.api_through_the_proxy(Duration::from_millis(150), Duration::from_millis(400))
}

impl<'a> Day<'a> {
    fn new(there: &'a There, number: i64, only_of: Option<Uuid>) -> Self {
        // Days have a night between them, and are older than a sync reads.
        let from = OffsetDateTime::now_utc() - time::Duration::days(100 + 2 * number);
        let from = from.replace_nanosecond(0).unwrap();
        let range = EventRange { from, to: from + time::Duration::hours(20) };
        let provider = there.demo.accounts.provider.id;
        let mut database = there.demo.database();
        let transaction = database.transaction().unwrap();
        for n in 0..EVENTS {
            let actor = (n % 4 != 0).then(|| there.unlocked.account().as_bytes().to_vec());
            let date = from + time::Duration::minutes(10 * (n + 1));
            let sql =
                "INSERT INTO events (date, type, provider_id, acting_user_id) VALUES (?1, 1802, ?2, ?3)";
            transaction.execute(sql, (micros(date), provider.as_bytes().as_slice(), actor)).unwrap();
        }
        transaction.commit().unwrap();
        let of = only_of.map(|member| format!("/users/{member}")).unwrap_or_default();
        let day = [("start", range.from), ("end", range.to)].map(|(name, date)| {
            let date = portico_protocol::Date::from(date);
            url::form_urlencoded::Serializer::new(String::new()).append_pair(name, date.as_str()).finish()
        });
        let first = format!("GET /api/providers/{provider}{of}/events?{}", day.join("&"));
        // Of what follows, the proxy leaves the token out.
        let pages = [first.clone(), format!("{first}&")];
        Self { there, provider, only_of, range, pages }
    }

    async fn meets(&self, place: Place, fault: Fault) {
        let what = format!("{place:?} {fault:?}");
        let before = self.log();
        self.there.proxy.harm(place, fault);
        let outcome = self.read(&through_the_proxy(self.there), &CancellationToken::new()).await;
        self.is_true(&what);
        match outcome {
            Ok(taken) => assert_eq!((taken.fresh, taken.more_before), (self.expected(), None), "{what}"),
            Err(error) => {
                assert!(matches!(error, ReadEventsError::Action(_)), "{what}: {error:?}");
                assert_eq!(self.log(), before, "{what}: half a reading was kept");
            }
        }
        self.is_read_in_the_end().await;
    }

    /// Without a fault.
    async fn is_read_in_the_end(&self) {
        let clean = self.there.demo.client(&self.there.profile);
        let taken = self.read(&clean, &CancellationToken::new()).await.unwrap();
        assert_eq!(taken.more_before, None);
        self.is_true("in the end");
        let of_the_day = |event: &OffsetDateTime| (self.range.from..=self.range.to).contains(event);
        let kept = dates(&self.log()).into_keys().filter(of_the_day).count();
        assert_eq!(kept, self.expected());
    }

    fn expected(&self) -> usize {
        if self.only_of.is_some() { OWN_EVENTS } else { EVENTS as usize }
    }

    async fn read(&self, api: &ApiClient, stop: &CancellationToken) -> Result<EventsTaken, ReadEventsError> {
        let (unlocked, provider, range) = (&self.there.unlocked, self.provider, self.range);
        let reading = async {
            match self.only_of {
                Some(member) => read_events_of_member(api, unlocked, provider, member, range, 10, stop).await,
                None => read_events_in(api, unlocked, EventStream::Provider(provider), range, 10, stop).await,
            }
        };
        tokio::time::timeout(HANGS, reading).await.expect("a reading hangs")
    }

    fn log(&self) -> EventLog {
        self.there.unlocked.events(EventStream::Provider(self.provider)).unwrap()
    }

    /// Nothing was made up, nothing is there twice, and where the log says that it is complete it is.
    fn is_true(&self, what: &str) {
        let log = self.log();
        assert_eq!(log.damaged, 0, "{what}");
        let kept = dates(&log);
        let on_the_service = self.on_the_service();
        assert!(kept.keys().all(|date| on_the_service.contains(date)), "{what}: an event was made up");
        let complete_from = log.from.unwrap();
        for date in on_the_service.into_iter().filter(|date| *date >= complete_from) {
            let is_in_a_gap = log.gaps.iter().any(|(from, to)| (*from..=*to).contains(&date));
            assert!(is_in_a_gap || kept.contains_key(&date), "{what}: {date} is missing without a word");
        }
        // Those that were inserted here have a moment of their own.
        let twice = kept.iter().find(|(date, number)| self.is_of_some_day(date) && **number > 1);
        assert!(twice.is_none(), "{what}: {twice:?} is there twice");
    }

    fn is_of_some_day(&self, date: &OffsetDateTime) -> bool {
        *date < OffsetDateTime::now_utc() - time::Duration::days(99)
    }

    fn on_the_service(&self) -> BTreeSet<OffsetDateTime> {
        let database = self.there.demo.database();
        let mut statement = database.prepare("SELECT date FROM events WHERE provider_id = ?1").unwrap();
        let rows = statement.query_map([self.provider.as_bytes().as_slice()], |row| row.get::<_, i64>(0));
        let moment = |micros: i64| OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000);
        rows.unwrap().map(|micros| moment(micros.unwrap()).unwrap()).collect()
    }
}

fn micros(date: OffsetDateTime) -> i64 {
    (date.unix_timestamp_nanos() / 1000) as i64
}

/// How many events each moment has.
fn dates(log: &EventLog) -> BTreeMap<OffsetDateTime, usize> {
    let mut dates = BTreeMap::new();
    log.events.iter().for_each(|event| *dates.entry(event.date.parse().unwrap()).or_default() += 1);
    dates
}
