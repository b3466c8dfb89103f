//! Invitation links: pasted, or handed over by the system as `portico://`. A link only fills a form: it is kept here with
//! its token, the page is shown host, provider and address, and nothing is asked of the server before the person agreed.

use std::sync::{Arc, Mutex, MutexGuard};

use portico_client::{ActionError, Invitation, InvitationLink, ServerAddress, SetUpDraft};
use tauri::{AppHandle, Emitter, Manager};
use url::Url;
use uuid::Uuid;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        joining::{InvitationKind, InvitationShown, InvitedAccount},
    },
    failure::Answer,
    held::held,
    shell::{Shell, shown_server},
    told::account_state,
    window,
};

/// The invitation at hand, and the provider key that was made for it. A newer one takes its place.
#[derive(Default)]
pub struct Invitations {
    links: Mutex<Links>,
    /// Whoever tries twice sets the provider up with the same key.
    draft: Mutex<Option<Arc<SetUpDraft>>>,
}

#[derive(Default)]
struct Links {
    at_hand: Option<Arc<InvitationLink>>,
    /// What waits for an account while the link that makes it is at hand.
    waiting: Option<Arc<InvitationLink>>,
    /// The last link that another program handed over was none; the page was not told yet.
    not_understood: bool,
}

/// The scheme that the system knows the program by.
pub const SCHEME: &str = "portico";

impl Invitations {
    pub fn at_hand(&self) -> Option<Arc<InvitationLink>> {
        self.lock().at_hand.clone()
    }

    pub fn put(&self, link: InvitationLink) {
        let mut links = self.lock();
        let before = links.at_hand.take().filter(|before| before.invitation != Invitation::FinishSignUp);
        let kept = before.or(links.waiting.take());
        links.waiting = kept.filter(|kept| waits_for(kept, &link));
        links.at_hand = Some(Arc::new(link));
        links.not_understood = false;
    }

    /// Takes the first invitation among words from outside. False where no word is a link of ours.
    fn hear(&self, words: impl Iterator<Item = String>) -> bool {
        let mut links = words.filter(|word| is_link(word)).peekable();
        if links.peek().is_none() {
            return false;
        }
        match links.find_map(|link| read(&link).ok()) {
            Some(link) => self.put(link),
            None => self.lock().not_understood = true,
        }
        true
    }

    /// Whether a link was handed over that is none: once, for the page to say so. The one at hand stays.
    pub fn take_not_understood(&self) -> bool {
        std::mem::take(&mut self.lock().not_understood)
    }

    /// The account is made, and what waited for it is at hand again.
    pub fn signed_up(&self) {
        let mut links = self.lock();
        links.at_hand = links.waiting.take();
    }

    pub fn drop_it(&self) {
        *self.lock() = Links::default();
        *self.drafts() = None;
    }

    /// The key of the provider, made once.
    pub fn draft(
        &self,
        provider: Uuid,
        make: impl FnOnce() -> Result<SetUpDraft, ActionError>,
    ) -> Result<Arc<SetUpDraft>, ActionError> {
        let mut kept = self.drafts();
        match kept.as_ref().filter(|draft| draft.provider() == provider) {
            Some(draft) => Ok(Arc::clone(draft)),
            None => Ok(Arc::clone(kept.insert(Arc::new(make()?)))),
        }
    }

    fn drafts(&self) -> MutexGuard<'_, Option<Arc<SetUpDraft>>> {
        held(&self.draft)
    }

    fn lock(&self) -> MutexGuard<'_, Links> {
        held(&self.links)
    }
}

/// Whether `link` makes the account that `invitation` is for.
fn waits_for(invitation: &InvitationLink, link: &InvitationLink) -> bool {
    let addresses = invitation.email.as_deref().zip(link.email.as_deref());
    link.invitation == Invitation::FinishSignUp
        && invitation.server == link.server
        && addresses.is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// Reads what was pasted: a server's own link, or one of ours around it.
pub fn read(text: &str) -> Answer<InvitationLink> {
    let text = text.trim();
    let inner = wrapped(text);
    // What is wrong with it is told by kind; nothing of the text goes anywhere.
    InvitationLink::parse(inner.as_deref().unwrap_or(text)).map_err(|_| AppError::of(ErrorCode::InvalidLink))
}

/// `portico://join?link=…` holds the server's own link.
fn wrapped(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == SCHEME && url.host_str() == Some("join"))?;
    let mut links = url.query_pairs().filter(|(name, _)| name == "link").map(|(_, link)| link.into_owned());
    links.next().filter(|_| links.next().is_none())
}

/// Whether a word is meant as a link to this program. Whoever types one may write it in capitals.
pub fn is_link(word: &str) -> bool {
    word.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
}

/// Takes a link that another program handed over; words that are none are ignored. The page is told, also of a link that
/// is not understood.
pub fn hear(app: &AppHandle, words: impl Iterator<Item = String>) {
    if !app.state::<Invitations>().hear(words) {
        return;
    }
    if let Some(window) = app.get_webview_window(window::MAIN) {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    let _ = app.emit("invitation", ());
}

/// The invitation at hand, as the page shows it.
pub fn shown(app: &AppHandle) -> Answer<Option<InvitationShown>> {
    let Some(link) = app.state::<Invitations>().at_hand() else { return Ok(None) };
    let shell = app.state::<Shell>();
    let known = shell.profile.accounts()?;
    let account = known.into_iter().find(|known| {
        let is_invited = link.email.as_ref().is_some_and(|email| known.email.eq_ignore_ascii_case(email));
        is_invited && is_server(&shell, &known.server, &link.server)
    });
    let (kind, name) = match &link.invitation {
        Invitation::FinishSignUp => (InvitationKind::FinishSignUp, None),
        Invitation::JoinProvider { name, .. } => (InvitationKind::JoinProvider, Some(name.clone())),
        Invitation::SetUpProvider { .. } => (InvitationKind::SetUpProvider, None),
        Invitation::JoinOrganization { name, .. } => (InvitationKind::JoinOrganization, Some(name.clone())),
        Invitation::DeleteProvider { name, .. } => (InvitationKind::DeleteProvider, Some(name.clone())),
    };
    let on_page = shell.unlocked().map(|open| open.account());
    Ok(Some(InvitationShown {
        kind,
        host: shown_server(&link.server),
        address: link.server.to_string(),
        name,
        email: link.email.clone(),
        ready: link.email.is_none() || account.as_ref().is_some_and(|account| Some(account.id) == on_page),
        account: account.map(|account| InvitedAccount {
            id: account.id.to_string(),
            state: account_state(&shell, &account),
        }),
        cloud: matches!(link.server, ServerAddress::UnitedStates | ServerAddress::Europe),
    }))
}

/// Whether a link leads to an account's server. The embedded one writes into its links where it listens now.
pub fn is_server(shell: &Shell, account: &ServerAddress, link: &ServerAddress) -> bool {
    #[cfg(feature = "demo")]
    if let (ServerAddress::Embedded(_), ServerAddress::SelfHosted(url)) = (account, link) {
        return shell.hosting.listens_at(url);
    }
    let _ = shell;
    account == link
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://vault.example.org/#/providers/accept-provider?providerId=f6ab81dc-5d5c-4c2d-8a5a-1a2b3c4d5e6f&providerUserId=0a6f81dc-5d5c-4c2d-8a5a-1a2b3c4d5e6f&email=ana%40example.org&providerName=Brightwater&token=abc";

    #[test]
    fn official_links_and_ours_around_them_are_read_alike() {
        let ours = Url::parse_with_params("portico://join", [("link", LINK)]).expect("a link");
        for text in [LINK.to_owned(), ours.to_string(), format!("  {LINK}\n")] {
            let Ok(link) = read(&text) else { panic!("{text}") };
            assert_eq!(link.email.as_deref(), Some("ana@example.org"));
            assert_eq!(link.server.to_string(), "https://vault.example.org");
            assert!(
                matches!(link.invitation, Invitation::JoinProvider { name, .. } if name == "Brightwater")
            );
        }
    }

    #[test]
    fn a_link_that_is_not_understood_is_told_once_and_takes_nothing_away() {
        let ours = Url::parse_with_params("portico://join", [("link", LINK)]).expect("a link").to_string();
        let invitations = Invitations::default();
        let hear = |words: &[&str]| invitations.hear(words.iter().map(|word| (*word).to_owned()));
        assert!(!hear(&["/usr/bin/portico", "--profile", "/tmp/p"]) && !invitations.take_not_understood());
        assert!(hear(&["/usr/bin/portico", &ours.replacen("portico", "PORTICO", 1)]));
        assert!(!invitations.take_not_understood() && invitations.at_hand().is_some());

        for stranger in ["portico://HTTPLINK", "portico:", "Portico://127.0.0.1:38441/#/accept-organization"]
        {
            assert!(hear(&[stranger]), "{stranger}");
            assert!(invitations.take_not_understood() && !invitations.take_not_understood(), "{stranger}");
        }
        assert!(invitations.at_hand().is_some());
        assert!(hear(&["portico://x", &ours]) && !invitations.take_not_understood());
        assert!(hear(&["portico://x"]) && hear(&[&ours]));
        assert!(!invitations.take_not_understood(), "one that is understood takes its place");
    }

    #[test]
    fn the_packages_announce_the_scheme_that_is_heard() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../tauri.conf.json")).expect("the configuration");
        assert_eq!(config["plugins"]["deep-link"]["desktop"]["schemes"], serde_json::json!([SCHEME]));
    }

    #[test]
    fn an_invitation_waits_while_its_account_is_made() {
        const SET_UP: &str = "https://vault.example.org/#/providers/setup-provider?providerId=f6ab81dc-5d5c-4c2d-8a5a-1a2b3c4d5e6f&email=Ana%40example.org&token=abc";
        const SIGN_UP: &str =
            "https://vault.example.org/#/finish-signup?token=def&email=ana%40example.org&fromEmail=true";
        let put = |invitations: &Invitations, text: &str| match read(text) {
            Ok(link) => invitations.put(link),
            Err(_) => panic!("{text}"),
        };
        let kind =
            |invitations: &Invitations| invitations.at_hand().map(|link| link.token.expose().to_owned());
        let invitations = Invitations::default();
        put(&invitations, SET_UP);
        // A mail that was asked for twice.
        for _ in 0..2 {
            put(&invitations, SIGN_UP);
            assert_eq!(kind(&invitations).as_deref(), Some("def"));
        }
        invitations.signed_up();
        assert_eq!(kind(&invitations).as_deref(), Some("abc"));
        invitations.signed_up();
        assert_eq!(kind(&invitations), None);

        put(&invitations, SET_UP);
        put(&invitations, &SIGN_UP.replace("ana", "eve"));
        invitations.signed_up();
        assert_eq!(kind(&invitations), None, "it was for somebody else");
    }

    #[test]
    fn hostile_links_are_refused() {
        let two = format!(
            "portico://join?link={}&link=x",
            url::form_urlencoded::byte_serialize(LINK.as_bytes()).collect::<String>()
        );
        for text in [
            "portico://join",
            "portico://join?link=",
            "portico://elsewhere?link=https://a.example/",
            "portico://join?link=javascript:alert(1)",
            "https://vault.example.org/#/settings",
            two.as_str(),
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
