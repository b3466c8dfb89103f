//! Scrolling 100,000 rows in the real window, against a bare page of the same size in the same window.
//!
//! Ours is the list of a synced vault of 100,000 items: rows are asked of the core while they come into view. The bare
//! page lies over it in the same document, with as many plain rows of the same height that are all there from the
//! beginning. Both are moved by three rows in each frame, and both are measured in turns.
#![allow(clippy::unwrap_used)]

#[path = "../../crates/vault/benches/support/pairs.rs"]
#[allow(dead_code)] // Frames are timed in the page.
mod pairs;

use portico_demo::DemoSize;
use portico_service::{Config, Store, running};
use portico_tests::window::Window;
use serde_json::json;
use tokio::runtime::Runtime;

const ROWS: usize = 100_000;
const TURNS: usize = 8;
const FRAMES: usize = 240;

/// Makes the bare page, hidden until its turn.
const BARE: &str = "
    const [rows, height] = arguments;
    const bare = document.createElement('div');
    bare.id = 'bare';
    Object.assign(bare.style, { position: 'fixed', inset: 0, overflow: 'auto', background: 'white', zIndex: 9999 });
    for (let row = 0; row < rows; row++) {
        const line = document.createElement('div');
        line.style.height = `${height}px`;
        line.textContent = `Website number ${row} of somebody`;
        bare.append(line);
    }
    bare.style.display = 'none';
    document.body.append(bare);
    return true;";

/// Moves a scroller frame by frame, and answers the times between frames (ms).
const SCROLL: &str = "
    const [selector, isBare, step, frames, done] = arguments;
    document.getElementById('bare').style.display = isBare ? 'block' : 'none';
    const scroller = document.querySelector(selector);
    scroller.scrollTop = 0;
    const times = [];
    let before;
    function frame(now) {
        if (before !== undefined) times.push(now - before);
        before = now;
        scroller.scrollTop += step;
        if (times.length < frames) requestAnimationFrame(frame);
        else done([times, scroller.scrollTop]);
    }
    // Showing the other page is no part of scrolling it.
    setTimeout(() => requestAnimationFrame(frame), 500);";

fn main() {
    let runtime = Runtime::new().unwrap();
    let pairs = runtime.block_on(measure());
    pairs::tell("scrolling 100,000 rows, frame time p95 / a bare page of the same size", "ms", 1.3, &pairs);
}

async fn measure() -> Vec<(f64, f64)> {
    let store = Store::in_memory().unwrap();
    // The list leaves out what lies in the trash, one in twenty.
    let size = DemoSize { clients: 6, members: Some(12), items: ROWS + ROWS / 10, ..DemoSize::default() };
    let accounts = portico_demo::seed(&store, &size).unwrap();
    let service = running::start(store, Config::without_delay()).await.unwrap();
    let person = accounts.with_role("end user").unwrap();

    let folder = tempfile::tempdir().unwrap();
    let window = Window::open(folder.path(), "en_GB.UTF-8").await;
    window.sign_in(service.base_url().as_str(), person.email, person.password).await;
    window.find("item-row").await;
    // The driver tells no text of a head that may be cut.
    let counted = "return document.querySelector('[data-testid=page-title] small')?.textContent ?? ''";
    let all_there = || async {
        let told = window.page.execute(counted, vec![]).await.unwrap();
        let digits: String = told.as_str().unwrap().chars().filter(char::is_ascii_digit).collect();
        digits.parse::<usize>().is_ok_and(|count| count >= ROWS)
    };
    window.until("the list counts all items", all_there).await;
    let quiet = || async { window.count("[data-testid=sync-bar]").await == 0 };
    window.until("the sync ends", quiet).await;

    let height = "return document.querySelector('[data-testid=item-row]').offsetHeight";
    let height = window.page.execute(height, vec![]).await.unwrap().as_f64().unwrap();
    window.page.execute(BARE, vec![json!(ROWS), json!(height)]).await.unwrap();
    // The first turn of both lays the rows out.
    scroll(&window, true, height).await;
    scroll(&window, false, height).await;
    let mut pairs = Vec::new();
    for _ in 0..TURNS {
        let bare = scroll(&window, true, height).await;
        let ours = scroll(&window, false, height).await;
        eprintln!("   bare {bare:.1} ms, ours {ours:.1} ms");
        pairs.push((bare, ours));
    }
    window.close().await.unwrap();
    pairs
}

/// The 95th percentile of the time between two frames (ms).
async fn scroll(window: &Window, is_bare: bool, height: f64) -> f64 {
    let selector = if is_bare { "#bare" } else { ":has(> [data-testid=item])" };
    let step = height * 3.0;
    let words = vec![json!(selector), json!(is_bare), json!(step), json!(FRAMES)];
    let answer = window.page.execute_async(SCROLL, words).await.unwrap();
    let times: Vec<f64> = answer[0].as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    let reached = answer[1].as_f64().unwrap();
    assert!(reached >= step * (FRAMES as f64 - 1.0), "the page moved to {reached} only");
    let mut sorted = times;
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * 0.95).round() as usize]
}
