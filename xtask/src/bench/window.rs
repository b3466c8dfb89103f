//! The figures of the window: the program against an empty Tauri window, started in turns on one virtual display.

use std::{path::PathBuf, time::Duration};

use crate::{
    bench::{Figure, core::shared, driven, stage::Stage},
    command::{Failure, cargo, root, run},
    page,
    system::{self, Need},
};

pub const EXPLANATION: &str = "\
Both are release builds of one cargo call, started in turns on one Xvfb display with a session bus, with a folder of
their own for data. The first frame is the first on which more than 50 colours stand, read from the display's memory
every few milliseconds: the program's is the welcome screen, the empty window's a page of one gradient. Memory is the
proportional set size of the program and of all processes of its page, five seconds after the first frame; another web
view open on the machine would share their libraries and make both look smaller. The display has no graphics processor:
there the program has its page painted without OpenGL (`src-tauri/painting.rs`), and the empty window paints as
WebKitGTK does by itself. Scrolling: 100,000 items of a synced vault in the vault list, moved by three rows in each
frame; the yardstick is a bare scroller in the same window over as many plain rows of the same height, which are all in
the document. Compared are the 95th percentiles of the time between two frames. Clients: the page opened from another
one, sorted four times and searched four times, in two windows side by side: one of 1,000 clients and 200 provider
members, one of the demo's 24 clients. Each act lasts to the second frame after the table has answered; the rest that
the search box waits before it asks is taken off.";

const TURNS: usize = 5;
/// Until memory is added up.
const REST: Duration = Duration::from_secs(5);

pub fn measure() -> Result<Vec<Figure>, Failure> {
    system::ensure(Need::Headless)?;
    page::build()?;
    // One call, so that both link the very same Tauri.
    run(
        "release builds of the program and of the empty window",
        &mut cargo(&shared(
            "build",
            &["--release", "--bin", "portico", "--bin", "portico-yardstick", "--bench", "ratios"],
        )),
    )?;
    eprintln!("\n── starting both in turns");
    let stage = Stage::open()?;
    let (empty, program) = (binary("portico-yardstick"), binary("portico"));
    let profile = stage.folder().join("profile").to_string_lossy().into_owned();
    let words = ["--profile".to_owned(), profile];
    let (mut starts, mut memories) = (Vec::new(), Vec::new());
    // The first turn fills the caches of system and page, and is left out.
    for turn in 0..=TURNS {
        let yardstick = stage.watch(&empty, &[], REST)?;
        let ours = stage.watch(&program, &words, REST)?;
        eprintln!(
            "   empty {:.0} ms {:.0} MiB, program {:.0} ms {:.0} MiB",
            yardstick.first_paint, yardstick.memory, ours.first_paint, ours.memory
        );
        if turn > 0 {
            starts.push((yardstick.first_paint, ours.first_paint));
            memories.push((yardstick.memory, ours.memory));
        }
    }
    drop(stage);
    let mut figures = vec![
        Figure::from_pairs("window start to first paint / empty Tauri window", "ms", 1.5, &starts),
        Figure::from_pairs("memory (PSS of all processes) / empty Tauri window", "MiB", 1.4, &memories),
    ];
    figures.extend(driven::measure()?);
    Ok(figures)
}

fn binary(name: &str) -> PathBuf {
    root().join("target/release").join(name)
}
