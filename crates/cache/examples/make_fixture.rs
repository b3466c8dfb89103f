//! Writes `tests/fixtures/format-1.sqlite3`, which `tests/format.rs` opens. Run it only when a new format is released,
//! with a new name: the old files are the proof that old files open.

use std::path::Path;
use std::time::Duration;

use portico_cache::*;
use uuid::Uuid;
use zeroize::Zeroizing;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format-1.sqlite3");
    if path.exists() {
        return Err("the fixture of this format is there and must not change".into());
    }
    std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
    let kdf = ClearKdf { kdf_type: 0, iterations: 600_000, memory: None, parallelism: None };
    let email = "fixture@example.org";
    let header = ClearHeader::new(
        Uuid::from_u128(0xf1),
        "https://vault.example.org".into(),
        email.into(),
        kdf,
        email.into(),
        "2.aa|bb|cc".into(),
    );
    let cache = Cache::create(&path, header, &SlotSecret::new(Box::new(Zeroizing::new([0x42; 32]))))?;
    let mut writer = cache.writer(Duration::ZERO)?;
    let mut members: Vec<Entry> =
        (0..500u128).map(|n| Entry::new(n, format!("member {n}").into_bytes())).collect();
    let detail = Object::leaf(Kind::leaf(4).uncompressed(), b"an uncompressed detail".to_vec());
    let detail = writer.put(detail)?;
    let mut numbers = Vec::new();
    for (now, note) in [(1_780_000_000, "first reading"), (1_790_000_000, "second reading")] {
        let list = writer.put_list(Kind::leaf(2), PageShape::SMALL, members.clone())?;
        let root = writer.put(Object::node(Kind::node(3), vec![list.0], b"root".to_vec()))?;
        writer.put_derived(Rule { name: "fixture", version: 1 }, root, b"derived text")?;
        numbers.push(writer.commit(NewHead {
            structure: Some(root),
            vault: Some(detail),
            freshness: note.into(),
            now: UnixSeconds(now),
        })?);
        members.push(Entry::new(1_000_000u128, b"the new one".to_vec()));
    }
    cache.pin(Pin { head: numbers[0], holder: PinHolder::Review })?;
    cache.set_cell(CellName(1), b"session text")?;
    let session = SessionKey::parse("QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=").ok_or("no key")?;
    writer.add_session_slot(&session, UnixSeconds(4_000_000_000))?;
    Ok(())
}
