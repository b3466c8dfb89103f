//! A clock that was wrong when the account was last read: dates that lie ahead are told, and a sync mends them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use portico_client::{CancellationToken, ServerAddress, SyncOptions, connect, sync};
use portico_profile::{Clock, Profile};

use crate::support::{Person, Service};

struct AYearAhead;

impl Clock for AYearAhead {
    fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(365 * 24 * 3600)
    }
}

#[test]
fn what_was_read_in_a_future_is_told_until_it_is_read_again() {
    let service = Service::start(&["--clients", "2", "--members", "4", "--items", "10"], false);
    let (maya, file) = Person::synced(&service);
    let run = |words: &[&str]| maya.run(&[words, &["--password-file", &file]].concat());
    for words in [&["clients", "list"][..], &["status"]] {
        assert_eq!(run(words).err, "", "{words:?}");
    }

    let profile = Profile::open_with_clock(maya.profile(), Arc::new(AYearAhead)).unwrap();
    let account = profile.accounts().unwrap().remove(0);
    let password = std::fs::read_to_string(&file).unwrap();
    let unlocked = profile.unlock(account.id, password.trim_end()).unwrap();
    let server = ServerAddress::parse(&service.url).unwrap();
    let client = connect(&profile, &server, None, None).unwrap();
    let (options, stop) = (SyncOptions { full: true, ..SyncOptions::default() }, CancellationToken::new());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(sync(&client, &unlocked, &options, &|_| {}, &stop)).unwrap();
    drop((unlocked, profile));

    for words in [&["clients", "list"][..], &["items", "list"], &["status"]] {
        let told = run(words);
        assert_eq!(told.code, 0, "{}", told.err);
        assert_eq!(
            told.err.matches("later than this computer's clock").count(),
            1,
            "{words:?}: {}",
            told.err
        );
    }
    assert_eq!(run(&["sync"]).code, 0);
    assert_eq!(run(&["clients", "list"]).err, "", "read by a clock that is right");
}
