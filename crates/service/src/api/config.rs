//! What the server says of itself (protocol.md §6.2, §6.3).

use axum::Json;
use axum::extract::State;
use portico_protocol::config::{ConfigResponse, Environment, Push, ServerName, ServerSettings};

use crate::app::App;
use crate::moment::Moment;

pub(crate) async fn read(State(app): State<App>) -> Json<ConfigResponse> {
    let at = |path: &str| Some(format!("{}{path}", app.base));
    Json(ConfigResponse {
        object: "config".into(),
        version: app.config.version.clone(),
        git_hash: Some(env!("CARGO_PKG_VERSION").into()),
        server: Some(ServerName { name: "Portico".into(), url: None, ..ServerName::default() }),
        environment: Environment {
            cloud_region: None,
            vault: at(""),
            api: at("/api"),
            identity: at("/identity"),
            notifications: at("/notifications"),
            sso: at("/sso"),
            ..Environment::default()
        },
        push: Some(Push { push_technology: 0, ..Push::default() }),
        settings: Some(ServerSettings {
            disable_user_registration: !app.config.registration,
            suppress_onboarding_interstitials: false,
            enable_email_verification: app.config.smtp.is_some(),
            ..ServerSettings::default()
        }),
        ..ConfigResponse::default()
    })
}

pub(crate) async fn now() -> Json<Moment> {
    Json(Moment::now())
}

pub(crate) async fn version(State(app): State<App>) -> Json<String> {
    Json(app.config.version.clone())
}
