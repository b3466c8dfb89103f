//! A figure as a ratio: ours and its yardstick timed in turns, so that a busy machine slows both alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Times `yardstick` and `ours` in turns, after a warm-up, and prints one line for `cargo xtask bench`: name, medians in
/// milliseconds, ratio of the medians, the tenth and ninetieth percentile of the single ratios, target. What the two
/// return is dropped outside the measured time.
pub fn compare<Y, O>(
    name: &str,
    target: f64,
    pairs: usize,
    mut yardstick: impl FnMut() -> Y,
    mut ours: impl FnMut() -> O,
) {
    for _ in 0..pairs.div_ceil(8) {
        black_box(yardstick());
        black_box(ours());
    }
    let (mut bare, mut whole, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pairs {
        let of_yardstick = timed(&mut yardstick);
        let of_ours = timed(&mut ours);
        bare.push(milliseconds(of_yardstick));
        whole.push(milliseconds(of_ours));
        ratios.push(of_ours.as_secs_f64() / of_yardstick.as_secs_f64());
    }
    for list in [&mut bare, &mut whole, &mut ratios] {
        list.sort_by(f64::total_cmp);
    }
    let at = |list: &[f64], share: f64| list[((list.len() - 1) as f64 * share).round() as usize];
    let (bare, whole) = (at(&bare, 0.5), at(&whole, 0.5));
    let (low, high) = (at(&ratios, 0.1), at(&ratios, 0.9));
    println!("ratio\t{name}\t{bare:.2}\t{whole:.2}\t{:.3}\t{low:.3}\t{high:.3}\t{target}", whole / bare);
}

fn timed<T>(work: &mut impl FnMut() -> T) -> Duration {
    let begun = Instant::now();
    let outcome = black_box(work());
    let taken = begun.elapsed();
    drop(outcome);
    taken
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
