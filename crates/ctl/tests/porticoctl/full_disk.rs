//! A disk without a free block: a small file system in memory, mounted where only this test's processes see it, filled to
//! the last page. What cannot be written is told, nothing that was there is lost, and with room again everything goes on.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Person, Service};

const SIZE: [&str; 6] = ["--clients", "3", "--members", "8", "--items", "20"];

/// Mounts, copies the profile there, fills the disk, and runs one command after the other; their answers go to `$answers`.
/// Words: program, profile, password file, folder for answers, item, attachment, an empty folder.
const SCRIPT: &str = r#"
set -eu
program=$1 profile=$2 password=$3 answers=$4 item=$5 attachment=$6 disk=$7
run() {
    name=$1; shift; code=0
    "$program" "$@" --password-file "$password" >"$answers/$name.out" 2>"$answers/$name.err" || code=$?
    echo "$code" >"$answers/$name.code"
}
fill() { dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null || true; }
mount -t tmpfs -o size=8m,mode=700 tmpfs "$disk"
cp -a "$profile" "$disk/profile"
export PORTICO_PROFILE="$disk/profile"
fill "$disk"
run nothing-free sync --full
run read-with-nothing clients list --json
run status status
# Room for the journal's index, without which SQLite opens nothing, and for nothing else.
truncate -s -32768 "$disk/filler"
run hardly-any-free sync --full
run read clients list --json
run received items save-attachment "$item" "$attachment" --out "$answers/not-there"
rm "$disk/filler"
run room-again sync --full
run all-there clients list --json
mkdir "$disk/target"
mount -t tmpfs -o size=4k,mode=700 tmpfs "$disk/target"
fill "$disk/target"
run to-a-full-disk items save-attachment "$item" "$attachment" --out "$disk/target/there"
ls -A "$disk/target" >"$answers/target.out"
run to-a-good-one items save-attachment "$item" "$attachment" --out "$answers/there"
"#;

/// How a process gets mounts of its own here: in a user namespace, or by an administrator's right. There is no third way,
/// and without one the test fails: it is not left out in silence.
fn with_own_mounts() -> Vec<&'static str> {
    let ways =
        [vec!["unshare", "--user", "--map-root-user", "--mount"], vec!["sudo", "-n", "unshare", "--mount"]];
    let folder = tempfile::tempdir().unwrap();
    let can_mount = |way: &Vec<&'static str>| {
        let mut call = Command::new(way[0]);
        call.args(&way[1..]).args(["mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path());
        call.output().is_ok_and(|answer| answer.status.success())
    };
    ways.into_iter()
        .find(can_mount)
        .expect("a full disk is made with a user namespace, or with sudo that asks nothing")
}

/// What the commands of the script answered.
struct Answers(PathBuf);

impl Answers {
    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    #[track_caller]
    fn succeeded(&self, name: &str) -> String {
        assert_eq!(
            self.read(&format!("{name}.code")).trim(),
            "0",
            "{name}: {}",
            self.read(&format!("{name}.err"))
        );
        self.read(&format!("{name}.out"))
    }

    #[track_caller]
    fn found_the_disk_full(&self, name: &str) {
        let (code, told) = (self.read(&format!("{name}.code")), self.read(&format!("{name}.err")));
        assert!(code.trim() == "1" && told.contains("the disk is full"), "{name}: {code} {told}");
    }
}

#[test]
fn on_a_full_disk_what_cannot_be_written_is_told_and_the_last_picture_stays() {
    let service = Service::start(&SIZE, false);
    let account = service.account("provider admin");
    let mut maya = Person::new();
    maya.sign_in(&service.url, account, &[]);
    assert_eq!(maya.run(&["sync"]).code, 0);
    let with_files = maya.run(&["items", "list", "--search", "has:attachment", "--json"]).rows();
    let item = with_files[0]["id"].as_str().unwrap();
    let files = maya.run(&["items", "attachments", item, "--json"]).rows();
    let attachment = files[0]["id"].as_str().unwrap();
    maya.carry_session(None);
    let password = maya.password_file(account["password"].as_str().unwrap());

    let place = maya.profile().parent().unwrap().to_owned();
    let [answers, disk] = ["answers", "disk"].map(|name| place.join(name));
    std::fs::create_dir(&answers).unwrap();
    std::fs::create_dir(&disk).unwrap();
    let (way, profile) = (with_own_mounts(), maya.profile());
    let words = [
        &way[1..],
        &["sh", "-c", SCRIPT, "sh", env!("CARGO_BIN_EXE_porticoctl"), profile.to_str().unwrap(), &password],
        &[answers.to_str().unwrap(), item, attachment, disk.to_str().unwrap()],
    ]
    .concat();
    let script = maya.run_program(None, way[0], &words);
    assert_eq!(script.code, 0, "{}", script.err);

    let answers = Answers(answers);
    answers.found_the_disk_full("nothing-free");
    answers.found_the_disk_full("hardly-any-free");
    for name in ["read-with-nothing", "read"] {
        let clients: Vec<serde_json::Value> = serde_json::from_str(&answers.succeeded(name)).unwrap();
        assert_eq!(clients.len(), 3, "{name}: the last picture is there");
    }
    answers.succeeded("status");
    answers.found_the_disk_full("received");
    answers.succeeded("room-again");
    let clients: Vec<serde_json::Value> = serde_json::from_str(&answers.succeeded("all-there")).unwrap();
    assert_eq!(clients.len(), 3);
    answers.found_the_disk_full("to-a-full-disk");
    assert_eq!(answers.read("target.out").trim(), "filler", "nothing of the file is left");
    answers.succeeded("to-a-good-one");
    assert!(answers.0.join("there").is_file() && !answers.0.join("not-there").exists());
}
