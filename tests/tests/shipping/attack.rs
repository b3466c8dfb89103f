//! What another process of the same user may try, and what is left of a crash. Each try is made on an ordinary program
//! first, where it has to succeed: a machine that forbids it to everybody would prove nothing.
#![allow(unsafe_code)] // Two system calls that no library of ours wraps.

use std::{
    ffi::{c_int, c_long, c_ulong, c_void},
    fs::{self, File, Permissions},
    io::{self, Read, Seek, SeekFrom},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::ExitStatusExt,
    },
    path::Path,
    process::{Command, ExitStatus, Stdio},
    ptr,
};

use portico_tests::memory::descendants;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};

use super::{Program, alone, until};

/// Set where this very test runs again as somebody without rights.
const INSIDE: &str = "PORTICO_TEST_ATTACK";
/// `nobody`.
const NOBODY: u32 = 65534;

/// An administrator may do everything: the program and who attacks it run as somebody else then.
#[test]
fn a_process_of_the_same_user_cannot_look_into_it_and_a_crash_leaves_no_core() {
    let binary = std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program");
    let _screen = alone();
    if !rustix::process::geteuid().is_root() {
        return attack(Path::new(&binary));
    }
    assert!(std::env::var_os(INSIDE).is_none(), "still an administrator");
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let theirs = |from: &Path, name: &str| {
        let to = folder.path().join(name);
        fs::copy(from, &to).unwrap();
        chown(&to, Some(NOBODY), Some(NOBODY)).unwrap();
        to
    };
    let program = theirs(Path::new(&binary), "portico");
    let test = theirs(&std::env::current_exe().unwrap(), "attack");
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
    fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();
    let name = "attack::a_process_of_the_same_user_cannot_look_into_it_and_a_crash_leaves_no_core";
    let mut again = Command::new("setpriv");
    again
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "dbus-run-session", "--"])
        .arg(test)
        .args(["--exact", name, "--nocapture"])
        .current_dir(&home)
        .env(INSIDE, "1")
        .env("PORTICO_BINARY", program)
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .env("TMPDIR", &home);
    if let Some(key) = std::env::var_os("XAUTHORITY") {
        again.env("XAUTHORITY", theirs(Path::new(&key), "xauthority"));
    }
    assert!(again.status().expect("setpriv (package util-linux)").success(), "see above");
}

fn attack(binary: &Path) {
    // As a person who wants cores would set it.
    let cores = Rlimit { current: getrlimit(Resource::Core).maximum, ..getrlimit(Resource::Core) };
    setrlimit(Resource::Core, cores).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spawn = |command: &mut Command| {
        let quiet = command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        Program(quiet.spawn().unwrap())
    };

    let sleeper = || spawn(Command::new("sleep").arg("600"));
    assert_eq!(attach(pid(&sleeper())), Ok(()), "on this machine nobody may look into anything");
    let ordinary = sleeper();
    let id = pid(&ordinary);
    // The kernel lays a program out before it says what it has.
    until("an ordinary program has an environment", || !environment(id).unwrap().is_empty());
    let place = stack_of(id);
    assert_eq!(read_memory_file(id, place), Ok(()));
    assert_eq!(read_by_system_call(id, place), Ok(()));

    let inspector = [free_address(), free_address()];
    let profile = folder.path().join("profile");
    let program = spawn(
        Command::new(binary)
            .arg("--profile")
            .arg(&profile)
            .env("WEBKIT_INSPECTOR_SERVER", inspector[0].to_string())
            .env("WEBKIT_INSPECTOR_HTTP_SERVER", inspector[1].to_string())
            .env("TAURI_WEBVIEW_AUTOMATION", "true"),
    );
    until("the window opens", || {
        descendants(program.0.id()).iter().any(|process| process.name == "WebKitWebProces")
    });
    let id = pid(&program);
    let denied = Err(io::ErrorKind::PermissionDenied);
    assert_eq!(read_memory_file(id, place), denied, "/proc/PID/mem");
    assert_eq!(read_by_system_call(id, place), denied, "process_vm_readv");
    assert_eq!(attach(id), denied, "ptrace");
    assert_eq!(environment(id).map(drop), denied, "/proc/PID/environ");
    for address in inspector {
        let refused = TcpStream::connect(address).map(drop).map_err(|error| error.kind());
        assert_eq!(refused, Err(io::ErrorKind::ConnectionRefused), "WebKit's inspector");
    }

    // The limit is the kernel's answer to whom nobody allows any; there the ordinary program leaves none either.
    let leaves_cores = cores.maximum != Some(0);
    assert_eq!(abort(ordinary).core_dumped(), leaves_cores, "an ordinary program");
    let status = abort(program);
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
    let files = fs::read_dir(folder.path()).unwrap().flatten();
    let left = files.filter(|file| file.file_name() != "profile").count();
    // By the kernel's usual pattern a core lies in the working folder: at most that of the ordinary program.
    assert!(left <= usize::from(leaves_cores), "{left} files");
}

fn pid(program: &Program) -> i32 {
    i32::try_from(program.0.id()).unwrap()
}

fn environment(id: i32) -> Result<Vec<u8>, io::ErrorKind> {
    fs::read(format!("/proc/{id}/environ")).map_err(|error| error.kind())
}

/// Where the stack of a program begins that lets itself be looked into.
fn stack_of(id: i32) -> usize {
    let maps = fs::read_to_string(format!("/proc/{id}/maps")).unwrap();
    let stack = maps.lines().find(|line| line.ends_with("[stack]")).unwrap();
    usize::from_str_radix(stack.split_once('-').unwrap().0, 16).unwrap()
}

fn read_memory_file(id: i32, place: usize) -> Result<(), io::ErrorKind> {
    let read = || {
        let mut memory = File::open(format!("/proc/{id}/mem"))?;
        memory.seek(SeekFrom::Start(place as u64))?;
        memory.read_exact(&mut [0; 16])
    };
    read().map_err(|error| error.kind())
}

/// A piece of memory, as in `readv(2)`.
#[repr(C)]
struct Piece {
    base: *mut c_void,
    len: usize,
}

unsafe extern "C" {
    fn process_vm_readv(
        id: c_int,
        here: *const Piece,
        here_count: c_ulong,
        there: *const Piece,
        there_count: c_ulong,
        flags: c_ulong,
    ) -> isize;
    fn ptrace(request: c_long, id: c_int, address: *mut c_void, data: *mut c_void) -> c_long;
}

fn read_by_system_call(id: i32, place: usize) -> Result<(), io::ErrorKind> {
    let mut bytes = [0_u8; 16];
    let here = Piece { base: bytes.as_mut_ptr().cast(), len: bytes.len() };
    let there = Piece { base: ptr::without_provenance_mut(place), len: bytes.len() };
    // SAFETY: what is written to is ours and as long as said; what is read from is the kernel's business.
    let read = unsafe { process_vm_readv(id, &here, 1, &there, 1, 0) };
    if read == 16 { Ok(()) } else { Err(io::Error::last_os_error().kind()) }
}

/// Attaches, as a debugger does, for as long as either of the two lives.
fn attach(id: i32) -> Result<(), io::ErrorKind> {
    /// `PTRACE_SEIZE` (`linux/ptrace.h`).
    const SEIZE: c_long = 0x4206;
    // SAFETY: seizing reads neither an address nor data of ours.
    let seized = unsafe { ptrace(SEIZE, id, ptr::null_mut(), ptr::null_mut()) };
    if seized == 0 { Ok(()) } else { Err(io::Error::last_os_error().kind()) }
}

fn abort(mut program: Program) -> ExitStatus {
    let id = rustix::process::Pid::from_child(&program.0);
    kill_process(id, Signal::ABORT).unwrap();
    program.0.wait().unwrap()
}

/// Where nobody listens.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap()
}
