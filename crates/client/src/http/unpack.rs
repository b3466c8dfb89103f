//! The body of an answer, compressed or not. A few bytes can unpack to any number, so that what is unpacked is counted
//! before there is room for it, against what came over the line as well as against the bound of its kind.

use std::io::{ErrorKind, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::api_error::{ApiError, NotBitwarden};

/// What is asked for.
pub(super) const ACCEPTED: &str = "gzip";
/// By what factor honest JSON shrinks at most. Measured: items 2.4, members 15, events, most of whose members are null,
/// 18. Zeros shrink by 1000.
const MOST_DENSE: usize = 50;
/// So many bytes are no danger, whatever they came out of.
const HARMLESS: usize = 4 << 20;
/// Room that is made because it was announced, in bytes; for more than that the bytes have to come first.
const AT_ONCE: usize = 32 << 20;

/// A body that arrives.
pub(super) struct Body {
    bytes: Bytes,
    /// Of the kind of answer, in bytes.
    limit: usize,
    /// What came over the line, in bytes.
    arrived: usize,
}

enum Bytes {
    Plain(Bounded),
    Packed(Box<MultiGzDecoder<Bounded>>),
    /// By a method that was not asked for.
    Strange,
}

struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + piece.len() > self.most {
            return Err(ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Body {
    /// `announced`: bytes on the line, as far as the server told.
    pub(super) fn begin(headers: &HeaderMap, announced: usize, limit: usize) -> Self {
        let encoding = headers.get(CONTENT_ENCODING).map_or(Ok("identity"), |value| value.to_str());
        let bounded = |room: usize| Bounded { bytes: Vec::with_capacity(room), most: limit };
        let bytes = match encoding.map(str::to_ascii_lowercase).as_deref().map(str::trim) {
            Ok("" | "identity") => Bytes::Plain(bounded(announced.min(AT_ONCE))),
            Ok("gzip" | "x-gzip") => Bytes::Packed(Box::new(MultiGzDecoder::new(bounded(0)))),
            _ => Bytes::Strange,
        };
        Self { bytes, limit, arrived: 0 }
    }

    /// Takes in what has arrived.
    pub(super) fn take(&mut self, piece: &[u8], host: &str) -> Result<(), ApiError> {
        self.arrived += piece.len();
        let (taken, most) = match &mut self.bytes {
            Bytes::Plain(plain) => (plain.write_all(piece), self.limit),
            Bytes::Packed(packed) => {
                let most = self.limit.min(self.arrived.saturating_mul(MOST_DENSE).max(HARMLESS));
                packed.get_mut().most = most;
                (packed.write_all(piece), most)
            }
            Bytes::Strange => return Err(unreadable(host)),
        };
        taken.map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => ApiError::TooLarge { host: host.to_owned(), limit: most },
            _ => unreadable(host),
        })
    }

    /// What it has in memory, in bytes.
    pub(super) fn len(&self) -> usize {
        match &self.bytes {
            Bytes::Plain(plain) => plain.bytes.len(),
            Bytes::Packed(packed) => packed.get_ref().bytes.len(),
            Bytes::Strange => 0,
        }
    }

    /// The whole of it, at the end.
    pub(super) fn whole(self, host: &str) -> Result<Vec<u8>, ApiError> {
        match self.bytes {
            Bytes::Plain(plain) => Ok(plain.bytes),
            // An empty answer may come without the frame of a compressed one.
            Bytes::Packed(packed) if self.arrived == 0 => Ok(packed.get_ref().bytes.clone()),
            Bytes::Packed(packed) => {
                packed.finish().map(|unpacked| unpacked.bytes).map_err(|error| match error.kind() {
                    ErrorKind::FileTooLarge => {
                        ApiError::TooLarge { host: host.to_owned(), limit: self.limit }
                    }
                    _ => unreadable(host),
                })
            }
            Bytes::Strange if self.arrived == 0 => Ok(Vec::new()),
            Bytes::Strange => Err(unreadable(host)),
        }
    }
}

fn unreadable(host: &str) -> ApiError {
    ApiError::NotBitwarden { host: host.to_owned(), why: NotBitwarden::Compression }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use reqwest::header::HeaderValue;

    use super::*;

    fn unpacked(
        encoding: &'static str,
        body: &[u8],
        piece: usize,
        limit: usize,
    ) -> Result<Vec<u8>, ApiError> {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(encoding))]);
        let mut arriving = Body::begin(&headers, body.len(), limit);
        for piece in body.chunks(piece) {
            arriving.take(piece, "vault.example")?;
        }
        arriving.whole("vault.example")
    }

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(plain).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_was_packed_comes_out_in_any_pieces() {
        let plain: Vec<u8> =
            (0..300_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let parts = [packed(&plain[..500_000]), packed(&plain[500_000..])].concat();
        for piece in [1, 1000, parts.len()] {
            assert!(unpacked("GZip", &parts, piece, plain.len()).unwrap() == plain, "pieces of {piece}");
        }
        assert!(unpacked("identity", &plain, 1000, plain.len()).unwrap() == plain);
        for (encoding, body) in [("gzip", &parts), ("identity", &plain)] {
            let refused = unpacked(encoding, body, 1000, plain.len() - 1);
            assert!(matches!(refused, Err(ApiError::TooLarge { limit, .. }) if limit == plain.len() - 1));
        }
        assert_eq!(unpacked("gzip", b"", 1, 10).unwrap(), b"");
    }

    #[test]
    fn what_is_denser_than_any_honest_answer_ends_long_before_the_bound() {
        let bomb = packed(&vec![b' '; 64 << 20]);
        assert!(bomb.len() < 70_000);
        for piece in [100, 16 << 10, bomb.len()] {
            match unpacked("gzip", &bomb, piece, 512 << 20) {
                Err(ApiError::TooLarge { limit, .. }) => assert_eq!(limit, HARMLESS),
                other => panic!("{:?}", other.map(|body| body.len())),
            }
        }
        // A page of events of which only the date says anything.
        let nothing =
            r#""cipherId":null,"collectionId":null,"groupId":null,"policyId":null,"sendId":null,"#.repeat(4);
        let events: String = (0..100_000)
            .map(|n: u32| format!(r#"{{"object":"event","type":1107,{nothing}"date":"2026-08-{:02}T{:02}:{:02}:{:02}.{:07}Z"}},"#,
                n % 28 + 1, n % 24, n % 60, n % 59, n.wrapping_mul(2_654_435_761) % 10_000_000))
            .collect();
        assert!(
            unpacked("gzip", &packed(events.as_bytes()), 16 << 10, 512 << 20).unwrap() == events.as_bytes()
        );
    }

    #[test]
    fn what_is_no_gzip_and_what_is_cut_short_is_told() {
        let whole = packed(b"{\"object\":\"config\"}");
        let cut = &whole[..whole.len() - 4];
        for (encoding, body) in
            [("gzip", b"{}".as_slice()), ("gzip", cut), ("br", b"{}"), ("gzip, gzip", &whole)]
        {
            let error = unpacked(encoding, body, 5, 1000).unwrap_err();
            let is_told = matches!(error, ApiError::NotBitwarden { why: NotBitwarden::Compression, .. });
            assert!(is_told, "{encoding}: {error:?}");
        }
    }
}
