//! The same person at home and as a guest, side by side.

use entra::{Ask, SilentError};

use super::world::{ACCOUNT, World, rotating, secret, signed_in};

/// A tenant that has invited the person.
const ELSEWHERE: &str = "bbbbbbbb-0000-4000-8000-000000000002";

#[tokio::test]
async fn a_guest_and_the_same_person_at_home_have_tokens_each_from_their_own_tenant() {
    let world = World::start(|request, _| {
        let from = request.path.split('/').nth(1).unwrap().to_owned();
        let mut answer = super::world::tokens(1);
        answer["access_token"] = from.clone().into();
        answer["refresh_token"] = format!("again-{from}").into();
        crate::authority::Reply::json(200, &answer)
    })
    .await;
    let mut guest = signed_in(60, None);
    guest.account.tenant_id = ELSEWHERE.to_owned();
    guest.tokens.refresh_token = Some("guest".into());
    let guest_id = guest.account.id().into_owned();
    assert_ne!(guest_id, ACCOUNT);
    assert!(world.cache.keep(&guest).await.unkept.is_none());
    world.keep(60, None).await;

    for _ in 0..2 {
        for (account, tenant) in [(guest_id.as_str(), ELSEWHERE), (ACCOUNT, "common")] {
            let asked = world
                .cache
                .access_token(account, &["User.Read"], Ask::Cached);
            assert_eq!(secret(asked.await), tenant);
        }
        world.authority.move_clock(3_600);
    }
    let sent: Vec<_> = world.authority.requests_to("/token");
    let sent: Vec<_> = sent
        .iter()
        .map(|sent| &*sent.form["refresh_token"])
        .collect();
    let again = format!("again-{ELSEWHERE}");
    assert_eq!(sent, ["guest", "rt-0", &again, "again-common"]);

    world.cache.forget(&guest_id).await.unwrap();
    let gone = world
        .cache
        .access_token(&guest_id, &["User.Read"], Ask::Cached);
    assert!(matches!(gone.await, Err(SilentError::NoAccount)));
    assert_eq!(world.token().await, "common", "at home nothing has changed");
}

/// A tenant is told by its id; what else stands in a record leads nowhere.
#[tokio::test]
async fn a_tenant_that_is_none_leads_nowhere() {
    let world = World::start(rotating).await;
    let mut signed_in = signed_in(60, None);
    signed_in.account.tenant_id = "../evil".to_owned();
    let id = signed_in.account.id().into_owned();
    assert!(world.cache.keep(&signed_in).await.unkept.is_none());
    let asked = world.cache.access_token(&id, &["User.Read"], Ask::Cached);
    assert_eq!(secret(asked.await), "at-1");
    let [request] = world.authority.requests_to("/token").try_into().unwrap();
    assert_eq!(request.path, "/common/oauth2/v2.0/token");
}
