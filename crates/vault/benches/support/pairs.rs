//! A figure as a ratio: ours and its yardstick timed in turns, so that a busy machine slows both alike.

use std::hint::black_box;
use std::time::Instant;

/// Times `yardstick` and `ours` in turns, after a warm-up, and prints one line for `cargo xtask bench`: name, unit, the two
/// medians, their ratio, the tenth and ninetieth percentile of the single ratios, target. What the two return is dropped
/// outside the measured time.
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
    let timed: Vec<(f64, f64)> = (0..pairs).map(|_| (timed(&mut yardstick), timed(&mut ours))).collect();
    tell(name, "ms", target, &timed);
}

/// Prints the line of a figure from pairs (yardstick, ours) that were measured in turns; at least one.
pub fn tell(name: &str, unit: &str, target: f64, pairs: &[(f64, f64)]) {
    let sorted = |pick: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = pairs.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let at = |list: &[f64], share: f64| list[((list.len() - 1) as f64 * share).round() as usize];
    let (bare, whole) = (at(&sorted(|pair| pair.0), 0.5), at(&sorted(|pair| pair.1), 0.5));
    let ratios = sorted(|(yardstick, ours)| ours / yardstick);
    let (low, high) = (at(&ratios, 0.1), at(&ratios, 0.9));
    println!(
        "ratio\t{name}\t{unit}\t{bare:.2}\t{whole:.2}\t{:.5}\t{low:.5}\t{high:.5}\t{target}",
        whole / bare
    );
}

/// Milliseconds.
fn timed<T>(work: &mut impl FnMut() -> T) -> f64 {
    let begun = Instant::now();
    let outcome = black_box(work());
    let taken = begun.elapsed();
    drop(outcome);
    taken.as_secs_f64() * 1000.0
}
