//! The notifications hub through the proxy: a connection that is upgraded, and what is done to it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::Fault::{self, CutBefore, CutInBody, CutInHead, Endless, Instead, Silence};
use super::{Request, find, instead, send};

/// What comes on a connection in place of messages, by the word of an [`Instead`] with the status 101.
pub(super) const GARBAGE: [&str; 5] = ["nonsense", "nested", "oversized", "no frame", "text"];

/// Cut: before the upgrade, in it, or after it. Whatever else is done comes after the handshake of the hub.
pub(super) async fn relay(
    mut client: TcpStream,
    request: &Request,
    service: SocketAddr,
    fault: Option<Fault>,
) -> Result<(), std::io::Error> {
    match fault {
        Some(CutBefore) => return Ok(()),
        Some(Silence) => std::future::pending().await,
        Some(Instead(status, what)) if status != 101 => {
            return client.write_all(&instead(status, what)).await;
        }
        _ => {}
    }
    let mut stream = send(request, service, "Upgrade").await?;
    let mut head = Vec::new();
    while find(&head, b"\r\n\r\n").is_none() {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    if fault == Some(CutInHead) {
        return client.write_all(&head[..head.len() / 2]).await;
    }
    client.write_all(&head).await?;
    if fault == Some(CutInBody) {
        return client.shutdown().await;
    }
    let Some(fault) = fault else {
        return copy_bidirectional(&mut client, &mut stream).await.map(drop);
    };
    pass_some(&mut client, &mut stream).await?;
    pass_some(&mut stream, &mut client).await?;
    match fault {
        Endless => loop {
            client.write_all(&frame(2, &[0x02, 0x91, 0x06].repeat(1000))).await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
        },
        Instead(_, what) => client.write_all(&garbage(what)).await?,
        _ => {}
    }
    // Until the client goes.
    while client.read_u8().await.is_ok() {}
    Ok(())
}

async fn pass_some(from: &mut TcpStream, to: &mut TcpStream) -> Result<(), std::io::Error> {
    let mut some = Vec::new();
    from.read_buf(&mut some).await?;
    to.write_all(&some).await
}

fn garbage(what: &str) -> Vec<u8> {
    match what {
        // A message that is longer than its frame, one deeper than any, a frame longer than any, and no frame at all.
        "nonsense" => frame(2, b"\xff\x01\x00nonsense"),
        "nested" => frame(2, &[&[0xe8, 0x07][..], &[0x91; 1000]].concat()),
        "oversized" => [&[0x82, 127][..], &(1_u64 << 40).to_be_bytes(), &[0; 4096]].concat(),
        "no frame" => vec![0xff; 64],
        // Harmless after the handshake; then the end.
        _ => [frame(1, b"{}"), frame(8, &[])].concat(),
    }
}

/// Of a server: not masked.
fn frame(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let mut frame = vec![0x80 | kind];
    match length {
        0..126 => frame.push(length as u8),
        _ => frame.extend([&[126][..], &length.to_be_bytes()].concat()),
    }
    frame.extend(content);
    frame
}
