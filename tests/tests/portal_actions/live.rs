//! Two people at work on one provider: each is told at once what the other changes, and not what they changed themselves.

use portico_client::{
    CancellationToken, ClientChange, Live, listen, live_token, poll_provider, update_client,
};
use portico_estate::ClientRow;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::demo::PROVIDER_ADMIN;
use crate::desk::{Desk, SERVICE_USER, go, small_demo};

type Told = mpsc::UnboundedReceiver<Live>;

/// Until the other one has done what there is to do.
async fn listens(desk: &Desk, told: mpsc::UnboundedSender<Live>, stop: &CancellationToken) {
    let token = |refused| live_token(&desk.api, &desk.unlocked, refused, stop);
    listen(&desk.api, token, |live| told.send(live).unwrap(), stop).await;
}

async fn rename(desk: &Desk, row: &ClientRow, name: &str) {
    let seats = u32::try_from(row.assigned.unwrap()).unwrap();
    let change = ClientChange { name: name.to_owned(), assigned_seats: seats };
    let link = row.provider_organization_id;
    update_client(&desk.api, &desk.unlocked, desk.provider, link, &change, go()).await.unwrap();
}

/// Everything up to the hint at this client.
async fn until(told: &mut Told, client: Uuid) -> Vec<Live> {
    let mut heard = Vec::new();
    while !heard.contains(&Live::Organization(client)) {
        heard.push(told.recv().await.expect("the listener goes on"));
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_told_what_the_other_changes() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let rows = admin.rows();
    let (stop, (to_admin, mut admin_hears), (to_colleague, mut colleague_hears)) =
        (CancellationToken::new(), mpsc::unbounded_channel(), mpsc::unbounded_channel());
    let work = async {
        assert_eq!(admin_hears.recv().await, Some(Live::Connected));
        assert_eq!(colleague_hears.recv().await, Some(Live::Connected));

        rename(&admin, &rows[0], "By the admin").await;
        let heard = until(&mut colleague_hears, rows[0].organization_id).await;
        assert!(heard.contains(&Live::Provider(admin.provider)), "{heard:?}");
        assert!(poll_provider(&colleague.api, &colleague.unlocked, colleague.provider, &stop).await.unwrap());
        assert!(colleague.row("By the admin").is_some());

        rename(&colleague, &rows[1], "By the colleague").await;
        let heard = until(&mut admin_hears, rows[1].organization_id).await;
        assert!(!heard.contains(&Live::Organization(rows[0].organization_id)), "its own change: {heard:?}");
        assert!(poll_provider(&admin.api, &admin.unlocked, admin.provider, &stop).await.unwrap());
        assert!(admin.row("By the colleague").is_some());
        stop.cancel();
    };
    tokio::join!(listens(&admin, to_admin, &stop), listens(&colleague, to_colleague, &stop), work);
}
