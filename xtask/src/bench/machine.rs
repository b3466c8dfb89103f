//! What the figures were taken on: a ratio travels between machines, the times behind it do not.

use std::fs;

/// One line: processor, cores, memory, load, compiler.
pub fn describe() -> String {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut parts = vec![processor, format!("{cores} cores")];
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.trim_end_matches("kB").trim().parse::<f64>().ok())
        .map(|kibibytes| format!("{:.0} GiB", kibibytes / 1024.0 / 1024.0));
    parts.extend(memory);
    let load = fs::read_to_string("/proc/loadavg").ok();
    parts.extend(load.and_then(|text| Some(format!("load {} at the start", text.split(' ').next()?))));
    let compiler = crate::command::command("rustc", &["--version"]).output().ok();
    parts.extend(compiler.map(|answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned()));
    parts.join(", ")
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
