mod demo;
use demo::*;
use portico_demo::DemoSize;
use portico_profile::Profile;
use std::time::Instant;
#[tokio::test(flavor = "multi_thread")]
async fn scale() {
    let t = Instant::now();
    let demo = Demo::start(&DemoSize { clients: 400, members: Some(40), items: 1000, ..DemoSize::default() }).await;
    eprintln!("seed {:?}", t.elapsed());
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    for role in [PROVIDER_ADMIN, "end user"] {
    let unlocked = demo.sign_in(&profile, role).await;
    for _ in 0..3 {
        let t = Instant::now();
        let r = demo.sync(&profile, &unlocked).await.unwrap();
        eprintln!("{role} sync {:?} {} failed {:?} size {}", t.elapsed(), r.clients_read, r.failed.len(), unlocked.size_on_disk());
    }
    }
}
