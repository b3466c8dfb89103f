//! Memory that the C library takes back is overwritten, whoever gives it back: GTK, GLib and the window's side of WebKit
//! copy each answer to the page, and left those copies in free memory long after a lock (`tests/tests/memory`).
//!
//! The dynamic linker looks for a name in the program before it looks in the libraries, so what is defined here under
//! names of the C library is what every library of this process calls; the GNU C library is made for that (*Replacing
//! malloc* in its manual). The web processes are programs of their own: nothing here reaches them, and nothing needs to,
//! because they end at a lock.
//!
//! Only freeing is changed, and what is freed becomes zeros. What is handed out stays as the library hands it out: filling
//! that too (`glibc.malloc.perturb`) took pages down.
#![allow(unsafe_code)] // Names of the C library can be defined in no other way.

use std::{
    ffi::{CStr, c_char, c_void},
    ptr,
};

unsafe extern "C" {
    fn __libc_free(block: *mut c_void);
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn malloc_usable_size(block: *mut c_void) -> usize;
    fn explicit_bzero(block: *mut c_void, size: usize);
    fn secure_getenv(name: *const c_char) -> *mut c_char;
}

/// As `free(3)`, with the whole block overwritten.
///
/// # Safety
/// As `free(3)`: null, or a block of this C library that nobody uses any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: the block is ours until it is given back, to its usable end and aligned or not.
    unsafe {
        explicit_bzero(block, malloc_usable_size(block));
        __libc_free(block);
    }
}

/// As `realloc(3)`, with what the block loses overwritten: its end where it shrinks, all of it where it moves.
///
/// # Safety
/// As `realloc(3)`: null, or a block of this C library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the block is the caller's, to its usable end; a new one is at least as large as what is copied to it.
    unsafe {
        if block.is_null() {
            return __libc_malloc(size);
        }
        if size == 0 {
            free(block);
            return ptr::null_mut();
        }
        let usable = malloc_usable_size(block);
        if size <= usable {
            // In place, and never refused.
            explicit_bzero(block.byte_add(size), usable - size);
            return __libc_realloc(block, size);
        }
        let moved = __libc_malloc(size);
        if !moved.is_null() {
            ptr::copy_nonoverlapping(block.cast::<u8>(), moved.cast(), usable);
            free(block);
        }
        moved
    }
}

/// What two libraries are told, and nobody else: their own allocators, which reuse memory without giving it back, stay
/// out of use. WebKit asks for the first (any value counts), GLib before 2.76 for the second. In the environment itself
/// the web processes would inherit it, and theirs may be as fast as it can.
const ALLOCATORS: [(&CStr, &CStr); 2] = [(c"Malloc", c"1"), (c"G_SLICE", c"always-malloc")];

/// As `getenv(3)`.
///
/// # Safety
/// As `getenv(3)`: a text that ends in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getenv(name: *const c_char) -> *mut c_char {
    // SAFETY: the caller's text ends. `secure_getenv` differs from `getenv` in programs with set-user-id only.
    unsafe {
        let told = ALLOCATORS.iter().find(|(asked, _)| *asked == CStr::from_ptr(name));
        told.map_or_else(|| secure_getenv(name), |(_, answer)| answer.as_ptr().cast_mut())
    }
}
