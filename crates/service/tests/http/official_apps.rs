//! What the official apps ask besides the command line's requests, as it was seen on the wire: the origins of their
//! windows (the official server lets in `file://` and `bw-desktop-file://bundle`), the id of the user key that version
//! 2026.9.0 tells after its sync, signing out, and the spellings of the token form.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::*;

const OK: StatusCode = StatusCode::OK;
const BAD: StatusCode = StatusCode::BAD_REQUEST;
const KEY_ID: &str = "7c39b54c244bf8f2ba1fb378c4b9a796";

#[tokio::test]
async fn the_id_of_the_user_key_is_told_once_and_stands_in_the_sync() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let tell = async |body: Value| {
        world.send(Method::POST, "/api/accounts/key-management/user-key-id", Some(&token), body).await
    };
    let before = world.get("/api/sync", &token).await;
    assert_eq!(keys(&before["userDecryption"]), ["masterPasswordUnlock"], "unset members are left out");

    for wrong in ["", "7c39", &"g".repeat(32), &"a".repeat(33)] {
        let (status, refused) = tell(json!({"userKeyId": wrong})).await;
        assert_eq!((status, keys(&refused["validationErrors"])), (BAD, vec!["UserKeyId"]), "{wrong}");
    }
    assert_eq!(tell(json!({"userKeyId": KEY_ID})).await, (OK, Value::Null));
    assert_eq!(world.get("/api/sync", &token).await["userDecryption"]["userKeyId"], KEY_ID);
    // Another device of the same account, and a client that writes the member in another case.
    assert_eq!(tell(json!({"UserKeyId": KEY_ID.to_uppercase()})).await.0, OK);
    let another = tell(json!({"userKeyId": "0".repeat(32)})).await;
    assert_eq!(another, (BAD, envelope("The user key has another id already.")));
    let of_others = world.access_token(Person::Owner).await;
    assert_eq!(world.get("/api/sync", &of_others).await["userDecryption"].get("userKeyId"), None);
}

#[tokio::test]
async fn the_desktop_app_may_ask_and_read_the_answer() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    for origin in ["bw-desktop-file://bundle", "file://"] {
        let asked = world
            .request(Method::OPTIONS, "/api/sync", None)
            .header("Origin", origin)
            .header("Sec-Fetch-Site", "cross-site")
            .header("Access-Control-Request-Method", "GET")
            .header("Access-Control-Request-Headers", "authorization,bitwarden-client-name,device-type");
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{origin}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("access-control-allow-origin"), origin);
        assert_eq!(header("access-control-allow-credentials"), "true");
        assert_eq!(header("access-control-allow-methods"), "GET");
        assert_eq!(header("access-control-allow-headers"), "authorization,bitwarden-client-name,device-type");
        // The answer itself, a refusal as well: the app reads its status.
        for (bearer, status) in [(Some(token.as_str()), OK), (None, StatusCode::UNAUTHORIZED)] {
            let request = world.request(Method::GET, "/api/sync", bearer).header("Origin", origin);
            let answer = request.header("Sec-Fetch-Site", "cross-site").send().await.unwrap();
            assert_eq!(answer.status(), status, "{origin}");
            assert_eq!(answer.headers()["access-control-allow-origin"], origin);
            assert_eq!(answer.headers()["vary"], "Origin");
        }
    }
}

#[tokio::test]
async fn the_browser_extension_may_ask() {
    let world = World::start().await;
    for (origin, status) in [
        ("chrome-extension://nngceckbapebfimnlniiiahkandclblb", OK),
        ("moz-extension://6a3ae2ca-2b3a-4b12-9d2b-3d7d0a2cd3f7", OK),
        ("safari-web-extension://2F1C8D3A-1F7D-4B4C-9A9E-0C2B5D6E7F80", OK),
        ("https://chrome-extension.evil.example", StatusCode::FORBIDDEN),
        ("bw-desktop-file://evil", StatusCode::FORBIDDEN),
        ("file://evil", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let path = "/identity/accounts/prelogin";
        let request = world.request(Method::POST, path, None).json(&json!({"email": "a@b.example"}));
        let answer = request.header("Origin", origin).send().await.unwrap();
        assert_eq!(answer.status(), status, "{origin}");
        // Their leave to read comes from the browser; nobody else gets any.
        assert!(!answer.headers().contains_key("access-control-allow-origin"), "{origin}");
    }
    // Two origins are nobody's.
    let request = world.request(Method::GET, "/api/config", None);
    let request = request.header("Origin", "file://").header("Origin", "https://evil.example");
    assert_eq!(answer(request).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_app_that_signs_out_forgets_its_push_token_without_a_session() {
    let world = World::start().await;
    world.sign_in(Person::Member).await;
    let device = "11111111-2222-3333-4444-555555555555";
    for (method, device) in [(Method::PUT, device), (Method::POST, device), (Method::PUT, "unknown")] {
        let path = format!("/api/devices/identifier/{device}/clear-token");
        assert_eq!(answer(world.request(method, &path, None)).await, (OK, Value::Null));
    }
}

/// A form whose device fields are spelt in `names`, and whose type is `kind`.
fn form_of(names: [&str; 3], kind: &str) -> Vec<(String, String)> {
    let usual = ["deviceType", "deviceIdentifier", "deviceName"];
    let mut form = password_grant(Person::Member);
    for (name, value) in &mut form {
        if let Some(at) = usual.iter().position(|usual| usual == name) {
            *name = names[at].to_owned();
        }
        if *name == names[0] {
            *value = kind.to_owned();
        }
    }
    form
}

#[tokio::test]
async fn a_device_names_itself_in_more_than_one_way() {
    let usual = ["deviceType", "deviceIdentifier", "deviceName"];
    for (names, kind, number) in [
        (usual, "25", 25),
        (usual, "LinuxCLI", 25),
        (usual, "linuxdesktop", 8),
        (["DeviceType", "DeviceIdentifier", "DeviceName"], "2", 2),
        (["device_type", "device_identifier", "device_name"], "3", 3),
    ] {
        let world = World::start().await;
        let (status, body) = world.token(&fields(&form_of(names, kind))).await;
        assert_eq!(status, OK, "{names:?} {kind}: {body}");
        let devices = world.get("/api/devices", body["access_token"].as_str().unwrap()).await;
        assert_eq!(devices["data"][0]["type"], number, "{kind}");
        assert_eq!(devices["data"][0]["identifier"], "11111111-2222-3333-4444-555555555555");
    }
    // A word that is none leaves it to the header, which can be a name as well.
    let world = World::start().await;
    let form = form_of(usual, "toaster");
    let request = world
        .http
        .post(world.url("/identity/connect/token"))
        .header("Bitwarden-Client-Version", "2026.8.0")
        .header("Device-Type", "FirefoxBrowser")
        .form(&fields(&form));
    let (status, body) = answer(request).await;
    assert_eq!(status, OK, "{body}");
    let devices = world.get("/api/devices", body["access_token"].as_str().unwrap()).await;
    assert_eq!(devices["data"][0]["type"], 10);
}
