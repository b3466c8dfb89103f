//! The most memory that `porticoctl items list` ever holds.

use std::io::Read;
use std::process::{Command, Stdio};

use portico_client::{CancellationToken, SyncOptions, sync};
use portico_demo::DemoSize;
use portico_profile::Profile;
use tokio::runtime::Runtime;

use crate::demo::Demo;
use crate::pairs;

/// Items, and what listing them may hold (MB).
const ITEMS: usize = 50_000;
const ALLOWED: f64 = 150.0;

/// Lists a synced vault with the program that `PORTICO_CTL` names, and holds its memory against what is allowed.
pub fn measure() {
    let program = std::env::var("PORTICO_CTL").expect("PORTICO_CTL names porticoctl");
    let runtime = Runtime::new().unwrap();
    let size = DemoSize { clients: 6, members: Some(12), items: ITEMS, ..DemoSize::default() };
    let demo = runtime.block_on(Demo::start(&size));
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(folder.path()).unwrap();
    runtime.block_on(async {
        let unlocked = demo.sign_in(&profile, "end user").await;
        let stop = CancellationToken::new();
        sync(&demo.client(&profile), &unlocked, &SyncOptions::default(), &|_| {}, &stop).await.unwrap();
    });
    let password = folder.path().join("password");
    std::fs::write(&password, demo.account("end user").password).unwrap();
    let mut listing = Command::new(program);
    listing.arg("--profile").arg(folder.path()).arg("--password-file").arg(&password);
    listing.args(["--json", "items", "list"]);
    let held = peak_while_writing(&mut listing) / 1e6;
    pairs::tell(
        "memory of porticoctl while it lists 50,000 items / what is allowed",
        "MB",
        1.0,
        &[(ALLOWED, held)],
    );
}

/// Bytes. The system forgets a process when it ends, so its high-water mark is read between reads of what it writes: it
/// cannot end before its last bytes are taken.
fn peak_while_writing(command: &mut Command) -> f64 {
    let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", program.id());
    let mut output = program.stdout.take().unwrap();
    let (mut peak, mut total, mut piece) = (0.0, 0, vec![0; 16 * 1024]);
    loop {
        let taken = output.read(&mut piece).unwrap();
        if taken == 0 {
            break;
        }
        total += taken;
        peak = high_water(&status).unwrap_or(peak);
    }
    assert!(program.wait().unwrap().success());
    assert!(total > ITEMS * 100, "a row of each item, {total} bytes");
    peak
}

fn high_water(status: &str) -> Option<f64> {
    let text = std::fs::read_to_string(status).ok()?;
    let size = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB"))?;
    Some(size.trim().parse::<f64>().ok()? * 1024.0)
}
