//! Opening many short texts, against its yardstick: the same base64, HMAC and AES with nothing around them.
//!
//! Our `open_text_into` also parses, checks every length and checks the UTF-8; it may cost 1.2 times the yardstick.

#![allow(clippy::unwrap_used)]

use aes::Aes256Dec;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, InnerIvInit, KeyInit};
use base64_simd::{AsOut, STANDARD};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, Mac};
use portico_crypto::SymmetricKey;
use sha2::Sha256;
use std::hint::black_box;

const TEXTS: usize = 10_000;

fn open_strings(criterion: &mut Criterion) {
    let key = SymmetricKey::generate();
    for length in [20, 64] {
        let texts: Vec<String> = (0..TEXTS).map(|n| key.seal_text(&format!("{n:0length$}"))).collect();
        let mut group = criterion.benchmark_group(format!("open {TEXTS} texts of {length} bytes"));
        group.throughput(Throughput::Elements(TEXTS as u64)).sample_size(20);
        group.measurement_time(std::time::Duration::from_secs(2));
        let mut buffer = Vec::with_capacity(256);

        let aes = Aes256Dec::new_from_slice(&key.expose()[..32]).unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(&key.expose()[32..]).unwrap();
        group.bench_function("bare base64, HMAC, AES", |bencher| {
            bencher.iter(|| texts.iter().for_each(|text| bare(&aes, &mac, black_box(text), &mut buffer)));
        });
        group.bench_function("open_text_into", |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(key.open_text_into(black_box(text), &mut buffer).unwrap());
                }
            });
        });
        group.bench_function("open_text", |bencher| {
            bencher.iter(|| {
                texts.iter().for_each(|text| drop(black_box(key.open_text(black_box(text)).unwrap())))
            });
        });
        group.finish();
    }
}

/// Fixed offsets, no checks but the MAC.
fn bare(aes: &Aes256Dec, mac: &Hmac<Sha256>, text: &str, buffer: &mut Vec<u8>) {
    let text = text.as_bytes();
    let mut iv = [0; 18];
    let iv: [u8; 16] =
        (&*STANDARD.decode(&text[2..26], iv.as_mut_slice().as_out()).unwrap()).try_into().unwrap();
    let sealed = &text[27..text.len() - 45];
    let mut expected = [0; 33];
    let expected = STANDARD.decode(&text[text.len() - 44..], expected.as_mut_slice().as_out()).unwrap();
    buffer.resize(STANDARD.decoded_length(sealed).unwrap(), 0);
    STANDARD.decode(sealed, buffer.as_mut_slice().as_out()).unwrap();
    let mut mac = mac.clone();
    mac.update(&iv);
    mac.update(buffer);
    mac.verify_slice(expected).unwrap();
    let length =
        cbc::Decryptor::inner_iv_init(aes, &iv.into()).decrypt_padded::<Pkcs7>(buffer).unwrap().len();
    buffer.truncate(length);
    black_box(buffer);
}

criterion_group!(benches, open_strings);
criterion_main!(benches);
