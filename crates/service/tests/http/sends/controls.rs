//! The finer rules of policy 21, Send controls (protocol.md §4.8).

use super::*;

/// A member's world in which these controls are on; the member had one Send before.
async fn controlled(data: Value) -> (World, Value) {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let world = World::over(store.clone(), Config::without_delay()).await;
    let before = Sender::of(&world, Person::Member).await.create(text()).await;
    let policy = BulkPolicy {
        id: Uuid::from_u128(0xa3),
        organization_id: id::CLIENT,
        kind: 21,
        enabled: true,
        data: Some(data),
        revised: CREATED,
    };
    store.bulk::<_, BulkError>(|load| load.policy(&policy)).unwrap();
    (world, before)
}

fn hours(number: i64) -> Value {
    let then = OffsetDateTime::now_utc() + Duration::hours(number);
    json!({"deletionDate": then.format(&Rfc3339).unwrap()})
}

#[tokio::test]
async fn controls_say_who_may_open_what_and_for_how_long() {
    let (password, people) = (json!({"password": "aGFzaA=="}), json!({"emails": "a@harbour.example"}));
    let harbour = json!({"whoCanAccess": 2, "allowedDomains": "harbour.example, dental.example"});
    for (controls, wanted, expected) in [
        (json!({"whoCanAccess": 0}), json!({}), OK),
        (json!({"whoCanAccess": 1}), json!({}), BAD),
        (json!({"whoCanAccess": 1}), people.clone(), BAD),
        (json!({"whoCanAccess": 1}), password.clone(), OK),
        (json!({"whoCanAccess": 2}), password, BAD),
        (json!({"whoCanAccess": 2}), people.clone(), OK),
        (harbour.clone(), people, OK),
        (harbour.clone(), json!({"emails": "b@x.dental.example"}), OK),
        (harbour, json!({"emails": "a@harbour.example,b@elsewhere.example"}), BAD),
        (json!({"allowedSendTypes": [0]}), json!({}), OK),
        (json!({"allowedSendTypes": [1]}), json!({}), BAD),
        (json!({"deletionHours": 48}), hours(48), OK),
        (json!({"deletionHours": 48}), hours(49), BAD),
    ] {
        let (world, before) = controlled(controls.clone()).await;
        let member = Sender::of(&world, Person::Member).await;
        let wanted = with(text(), wanted);
        let (status, body) = member.try_create(wanted.clone()).await;
        assert_eq!(status, expected, "{controls} {body}");
        if status == BAD {
            let words = body["message"].as_str().unwrap();
            assert!(words.starts_with("Due to an Enterprise Policy, your Sends "), "{words}");
        }
        assert_eq!(member.edit(&before, wanted.clone()).await.0, expected, "{controls}");
        for exempt in [Person::Owner, Person::Plain, Person::ServiceUser] {
            assert_eq!(Sender::of(&world, exempt).await.try_create(wanted.clone()).await.0, OK, "{exempt:?}");
        }
        assert_eq!(member.call(Method::DELETE, &before, "", Value::Null).await.0, OK, "always");
    }
}

#[tokio::test]
async fn a_password_that_is_demanded_cannot_be_taken_away() {
    let (world, _) = controlled(json!({"whoCanAccess": 1})).await;
    let member = Sender::of(&world, Person::Member).await;
    let kept = member.create(with(text(), json!({"password": "aGFzaA=="}))).await;
    for path in ["/remove-password", "/remove-auth"] {
        assert_eq!(member.call(Method::PUT, &kept, path, Value::Null).await.0, BAD, "{path}");
    }
    assert_eq!(member.edit(&kept, text()).await.0, OK, "a password that is not named stays");
    assert_eq!(member.read(&kept).await["authType"], 1);
}

#[tokio::test]
async fn files_are_kept_out_where_only_texts_are_allowed() {
    let (world, _) = controlled(json!({"allowedSendTypes": [0]})).await;
    let member = Sender::of(&world, Person::Member).await;
    let announce = |body: Value| world.send(Method::POST, "/api/sends/file/v2", Some(&member.token), body);
    let (status, body) = announce(file(3)).await;
    assert_eq!(
        (status, &body["message"]),
        (BAD, &json!("Due to an Enterprise Policy, your Sends must not be files."))
    );
    let (world, _) = controlled(json!({"allowedSendTypes": [1]})).await;
    Sender::of(&world, Person::Member).await.create_file(file(3), b"abc").await;
}
