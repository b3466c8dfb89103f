//! Stands between the program and the service, and answers some requests in its place, or otherwise than it does.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

type Instead = dyn Fn(&str, &str) -> Option<(u16, String)> + Send;
type Otherwise = dyn Fn(&str, String) -> String + Send;

struct Rules {
    /// From method and path to status and body; the service does not hear of it.
    instead: Box<Instead>,
    /// From path and the service's body to another body.
    otherwise: Box<Otherwise>,
}

/// A server of its own as far as the program can tell. It runs until the test ends.
pub struct Between {
    pub url: String,
    rules: Arc<Mutex<Rules>>,
}

impl Between {
    pub fn start(service: &str) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let to = service.trim_end_matches('/').trim_start_matches("http://").to_owned();
        let rules = Rules { instead: Box::new(|_, _| None), otherwise: Box::new(|_, body| body) };
        let rules = Arc::new(Mutex::new(rules));
        let shared = rules.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (rules, to) = (shared.clone(), to.clone());
                // Whoever hangs up in the middle of a request is answered no more.
                std::thread::spawn(move || pass_on(stream, &to, &rules));
            }
        });
        Between { url, rules }
    }

    pub fn answer_instead(&self, rule: impl Fn(&str, &str) -> Option<(u16, String)> + Send + 'static) {
        self.rules.lock().unwrap().instead = Box::new(rule);
    }

    pub fn answer_otherwise(&self, rule: impl Fn(&str, String) -> String + Send + 'static) {
        self.rules.lock().unwrap().otherwise = Box::new(rule);
    }
}

/// One request, one answer, and the connection ends.
fn pass_on(stream: TcpStream, to: &str, rules: &Mutex<Rules>) -> std::io::Result<()> {
    let mut from = BufReader::new(stream);
    let (mut head, body) = message(&mut from)?;
    let first = head.remove(0);
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let instead = (rules.lock().unwrap().instead)(method, path);
    let (status, body) = match instead {
        Some(answer) => answer,
        None => {
            let mut service = TcpStream::connect(to)?;
            let kept = head.iter().filter(|line| {
                let line = line.to_ascii_lowercase();
                !["host:", "connection:", "accept-encoding:"].iter().any(|name| line.starts_with(name))
            });
            let kept: String = kept.map(|line| format!("{line}\r\n")).collect();
            write!(service, "{first}\r\nHost: {to}\r\nConnection: close\r\n{kept}\r\n")?;
            service.write_all(&body)?;
            let (head, body) = message(&mut BufReader::new(service))?;
            let status = head[0].split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(502);
            let body = String::from_utf8(body).unwrap();
            (status, (rules.lock().unwrap().otherwise)(path, body))
        }
    };
    let kind = if body.starts_with('<') { "text/html" } else { "application/json" };
    write!(
        from.get_mut(),
        "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The lines of the head, and as much of a body as they promise.
fn message(from: &mut impl BufRead) -> std::io::Result<(Vec<String>, Vec<u8>)> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let length = head.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    from.read_exact(&mut body)?;
    Ok((head, body))
}
