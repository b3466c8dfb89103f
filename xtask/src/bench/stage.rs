//! A display and a session bus of their own, on which programs are started, watched and ended.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::command::{Failure, root};

/// Width and height; the windows fill it.
const SCREEN: (usize, usize) = (1280, 800);

/// More colours than this are a picture; a window that nobody painted yet has one or two.
const PAINTED: usize = 50;

/// An empty screen has one colour, or with a pointer on it three.
const EMPTY: usize = 3;

/// A start that takes longer is a failure of the measurement, not a figure.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything ends with it.
pub struct Stage {
    display: Child,
    bus: Child,
    display_name: String,
    bus_address: String,
    folder: PathBuf,
    screen: Screen,
}

/// What one start gave.
pub struct Sample {
    /// Milliseconds from the start of the process to the first painted frame.
    pub first_paint: f64,
    /// MiB of all its processes, shared pages divided among those who share them.
    pub memory: f64,
}

impl Stage {
    pub fn open() -> Result<Self, Failure> {
        let folder = root().join("target/bench-window");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("home")).map_err(|source| missing("target/bench-window", source))?;
        let size = format!("{}x{}x24", SCREEN.0, SCREEN.1);
        let mut display = Command::new("Xvfb");
        display.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-fbdir"]).arg(&folder);
        let (display, number) = start_and_read_line(&mut display)?;
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"]);
        let (bus, bus_address) = start_and_read_line(&mut bus)?;
        let screen = Screen::open(&folder.join("Xvfb_screen0"))?;
        Ok(Self { display, bus, display_name: format!(":{number}"), bus_address, folder, screen })
    }

    /// Of this run; gone with it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the program, waits for its first frame and, `rest` later, adds up its memory; then ends it.
    pub fn watch(&self, program: &Path, words: &[String], rest: Duration) -> Result<Sample, Failure> {
        self.wait_for_empty_screen()?;
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(&self.folder)
            .env("HOME", self.folder.join("home"))
            .env("DISPLAY", &self.display_name)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .stdout(Stdio::null());
        for name in ["XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        let begun = Instant::now();
        let child = command.spawn().map_err(|source| missing(&program.to_string_lossy(), source))?;
        let mut child = Running(child);
        while !self.screen.is_painted()? {
            let has_ended = !matches!(child.0.try_wait(), Ok(None));
            if has_ended || begun.elapsed() > PATIENCE {
                return Err(Failure::Needed(format!("{} painted nothing", program.display())));
            }
            sleep(Duration::from_millis(3));
        }
        let first_paint = begun.elapsed().as_secs_f64() * 1000.0;
        sleep(rest);
        Ok(Sample { first_paint, memory: memory_of_tree(child.0.id())? })
    }

    fn wait_for_empty_screen(&self) -> Result<(), Failure> {
        let begun = Instant::now();
        while self.screen.colours()? > EMPTY {
            if begun.elapsed() > PATIENCE {
                return Err(Failure::Needed("the last window stays on the screen".to_owned()));
            }
            sleep(Duration::from_millis(50));
        }
        // Its processes end a moment after its window.
        sleep(Duration::from_millis(500));
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for child in [&mut self.display, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A started program: ended, with the processes of its page, when it goes out of sight.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let tree = tree_of(self.0.id());
        let _ = self.0.kill();
        let _ = self.0.wait();
        // The processes of the page notice that their parent is gone and end by themselves.
        let begun = Instant::now();
        while tree.iter().any(|process| Path::new(&format!("/proc/{process}")).exists())
            && begun.elapsed() < Duration::from_secs(10)
        {
            sleep(Duration::from_millis(20));
        }
    }
}

/// The display's memory as a file (an X window dump that is always current): reading it disturbs nobody.
struct Screen {
    file: File,
    pixels_at: u64,
    bytes_per_line: usize,
}

impl Screen {
    fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |source| missing("the display's memory", source);
        let file = File::open(path).map_err(failed)?;
        // Big-endian numbers: [0] length of the head, [12] bytes of a line, [19] entries of the colour table, 12 bytes each.
        let mut head = [0; 100];
        (&file).read_exact(&mut head).map_err(failed)?;
        let field = |at: usize| {
            u32::from_be_bytes([head[at * 4], head[at * 4 + 1], head[at * 4 + 2], head[at * 4 + 3]])
        };
        let pixels_at = u64::from(field(0)) + u64::from(field(19)) * 12;
        Ok(Self { file, pixels_at, bytes_per_line: field(12) as usize })
    }

    fn is_painted(&self) -> Result<bool, Failure> {
        Ok(self.colours()? > PAINTED)
    }

    /// Colours on every eighth line, counted until it is clear that the screen is painted.
    fn colours(&self) -> Result<usize, Failure> {
        let mut seen = HashSet::new();
        let mut line = vec![0; self.bytes_per_line];
        for row in (0..SCREEN.1).step_by(8) {
            let at = self.pixels_at + (row * self.bytes_per_line) as u64;
            let mut file = &self.file;
            file.seek(SeekFrom::Start(at))
                .and_then(|_| file.read_exact(&mut line))
                .map_err(|source| missing("the display's memory", source))?;
            let mut last = None;
            for pixel in line.chunks_exact(4) {
                // The fourth byte is padding.
                let colour = [pixel[0], pixel[1], pixel[2]];
                if last != Some(colour) {
                    seen.insert(colour);
                    last = Some(colour);
                }
            }
            if seen.len() > PAINTED {
                break;
            }
        }
        Ok(seen.len())
    }
}

/// A process with all below it.
fn tree_of(root: u32) -> Vec<u32> {
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(process) = tree.get(at) {
        let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        let children = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        let children: Vec<u32> = children
            .flat_map(|text| text.split(' ').filter_map(|id| id.trim().parse().ok()).collect::<Vec<_>>())
            .collect();
        tree.extend(children);
        at += 1;
    }
    tree
}

/// MiB.
fn memory_of_tree(root: u32) -> Result<f64, Failure> {
    let mut kibibytes = 0.0;
    for process in tree_of(root) {
        let path = format!("/proc/{process}/smaps_rollup");
        // A program that forbids being looked into shows its memory to root only; leaving it out would be a lie.
        let text = fs::read_to_string(&path).map_err(|source| missing(&path, source))?;
        let size = text.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix("kB"));
        kibibytes += size.and_then(|size| size.trim().parse::<f64>().ok()).unwrap_or_default();
    }
    Ok(kibibytes / 1024.0)
}

fn start_and_read_line(command: &mut Command) -> Result<(Child, String), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|source| missing(&program, source))?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line).map_err(|source| missing(&program, source))?;
    }
    if line.trim().is_empty() {
        let _ = child.kill();
        return Err(Failure::Needed(format!("{program} did not start")));
    }
    Ok((child, line.trim().to_owned()))
}

fn missing(what: &str, source: std::io::Error) -> Failure {
    Failure::Missing { program: what.to_owned(), source }
}
