//! `GET /config` (protocol.md §6.2).

use crate::Extra;

wire! {
    /// What a server says about itself.
    pub struct ConfigResponse {
        may {
            /// `config`.
            object: String,
            /// `2026.8.0`; gates features.
            version: String,
            /// Build.
            git_hash: Option<String>,
            /// Non-null marks a third-party server.
            server: Option<ServerName>,
            /// Where the services are; Portico uses `vault` for links only.
            environment: Environment,
            /// Feature flags by kebab-case name; bool, string or int.
            feature_states: Extra,
            /// Push technology.
            push: Option<Push>,
            /// Null on servers that need no bootstrap.
            communication: Option<serde_json::Value>,
            /// Registration and onboarding.
            settings: Option<ServerSettings>,
        }
    }

    /// `server` of the config.
    pub struct ServerName {
        may {
            /// `Vaultwarden`.
            name: String,
            url: Option<String>,
        }
    }

    /// `environment` of the config.
    pub struct Environment {
        may {
            /// `US`, `EU` or null.
            cloud_region: Option<String>,
            vault: Option<String>,
            api: Option<String>,
            identity: Option<String>,
            notifications: Option<String>,
            sso: Option<String>,
            /// Where rules for filling forms are read.
            fill_assist_rules: Option<String>,
        }
    }

    /// `push` of the config.
    pub struct Push {
        may {
            /// 0 SignalR, 1 WebPush.
            push_technology: i32,
            vapid_public_key: Option<String>,
        }
    }

    /// `settings` of the config.
    pub struct ServerSettings {
        may {
            disable_user_registration: bool,
            suppress_onboarding_interstitials: bool,
            /// Whether an address is proven by mail before it is registered.
            enable_email_verification: bool,
        }
    }
}
