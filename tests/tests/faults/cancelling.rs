//! What destroys can be cancelled: before it is sent it does not happen, and while its answer is awaited nobody claims to know
//! whether it did. The cache says what was, and what is once somebody looked; done again it is done once.

use std::time::Duration;

use portico_client::{
    CancellationToken, PaymentToken, ProviderSetUp, ProviderUserType, SetUpDraft, invite_provider_members,
    poll_provider, set_up_provider, take_in,
};
use portico_protocol::SecretText;

use crate::HANGS;
use crate::deeds::{Deed, What};
use crate::mutations::Changing;
use crate::proxy::{Fault, Place};

/// Nobody waits for it: the person presses Cancel first.
const LONG: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unlinking_a_client_can_be_cancelled() {
    let there = Changing::new().await;
    let link = there.unlocked.picture().providers().unwrap()[0].rows[0].provider_organization_id;
    // The service lets go only who has an owner.
    there.change(
        "UPDATE members SET type = 0, status = 2, user_id = (SELECT user_id FROM members WHERE user_id IS NOT NULL LIMIT 1)
         WHERE rowid = (SELECT min(rowid) FROM members WHERE organization_id =
             (SELECT organization_id FROM provider_organizations WHERE id = ?1))",
        link,
    );
    there.is_cancelled(What::Unlink(link), "DELETE", &format!("/organizations/{link}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_members_can_be_cancelled() {
    let there = Changing::new().await;
    let (clean, stop) = (there.demo.client(&there.profile), CancellationToken::new());
    let emails = ["newcomer@brightwater.example".to_owned()];
    let role = ProviderUserType::SERVICE_USER;
    invite_provider_members(&clean, &there.unlocked, there.provider, &emails, role, &stop).await.unwrap();
    there.is_cancelled(What::Remove(there.member_of(&emails[0])), "DELETE", "/users").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_a_provider_can_be_cancelled() {
    let mut there = Changing::new().await;
    let (clean, stop) = (there.demo.client(&there.profile), CancellationToken::new());
    let (provider, token) = there.made_by_staff().await;
    let draft = SetUpDraft::new(&there.unlocked, provider).unwrap();
    let described = ProviderSetUp {
        token,
        name: "Fjord".to_owned(),
        business_name: None,
        billing_email: "billing@fjord.example".to_owned(),
        payment: PaymentToken { kind: "card".to_owned(), token: SecretText::new("synthetic".to_owned()) },
        billing_address: serde_json::from_str(r#"{"country":"NO","postalCode":"5003"}"#).unwrap(),
    };
    set_up_provider(&clean, &there.unlocked, &draft, &described, &stop).await.unwrap();
    there.provider = provider;
    there.is_cancelled(What::Delete(provider), "DELETE", "").await;
}

impl Changing {
    async fn is_cancelled(&self, what: What, method: &str, path: &str) {
        let clean = self.demo.client(&self.profile);
        let go = CancellationToken::new();
        poll_provider(&clean, &self.unlocked, self.provider, &go).await.unwrap();
        let target = format!("{method} /api/providers/{}{path}", self.provider);
        let deed = Deed { what, target };
        let before = self.shown();
        assert_eq!(before, self.on_the_service());

        self.proxy.harm(Place::Nowhere, Fault::CutBefore);
        let api = self.api_through_the_proxy(LONG, LONG);
        let stopped = CancellationToken::new();
        stopped.cancel();
        let error = self.act(&deed, &api, &stopped).await.unwrap_err();
        assert!(error.is_cancelled(), "{error:?}");
        assert_eq!(self.proxy.asked(), Vec::<String>::new(), "nothing was sent");
        assert!(!self.is_done(&deed));
        assert_eq!(self.shown(), before);

        // Sent, and Cancel is pressed before an answer: the service has not heard of it, or has done it.
        for (fault, is_done) in [(Fault::Silence, false), (Fault::Unanswered, true)] {
            self.proxy.harm(Place::Once(deed.target.clone()), fault);
            let stop = CancellationToken::new();
            let cancel = async {
                while !self.proxy.asked().contains(&deed.target) || self.is_done(&deed) != is_done {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                stop.cancel();
            };
            let both = async { tokio::join!(self.act(&deed, &api, &stop), cancel) };
            let (outcome, ()) = tokio::time::timeout(HANGS, both).await.expect("Cancel is not heard");
            let error = outcome.expect_err("nobody knows that it was done");
            assert!(error.is_cancelled(), "{fault:?}: {error:?}");
            let touched = error.touched().unwrap_or_else(|| panic!("{fault:?}: {error:?}")).clone();
            assert_eq!(self.shown(), before, "{fault:?}: nobody has looked yet");
            self.proxy.harm(Place::Nowhere, Fault::CutBefore);
            take_in(&clean, &self.unlocked, &touched, &go).await.unwrap();
            assert_eq!(self.is_done(&deed), is_done, "{fault:?}");
            assert_eq!(self.shown(), self.on_the_service(), "{fault:?}");
        }

        self.act(&deed, &clean, &go).await.unwrap_or_else(|error| panic!("again: {error:?}"));
        assert!(self.is_done(&deed));
        assert_eq!(self.shown(), self.on_the_service(), "again");
    }
}
