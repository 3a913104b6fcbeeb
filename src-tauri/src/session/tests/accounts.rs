//! Several accounts side by side.

use super::*;

fn addresses(view: &SessionView) -> Option<(&str, Option<&Trouble>, Option<&Trouble>)> {
    match view {
        SessionView::SignedIn {
            account,
            needs,
            trouble,
        } => Some((&account.username, needs.as_ref(), trouble.as_ref())),
        _ => None,
    }
}

impl Theatre {
    /// Begins a sign-in and lets the authority bring `name`, as attempt number `attempt`.
    async fn signs_in(&mut self, authority: &str, name: &str, attempt: u64) {
        self.does(Event::SignIn(Cloud::Microsoft)).await;
        self.browser().await;
        self.brings(attempt, signed_in(authority, name)).await;
        self.shows(name).await;
    }

    async fn shows(&mut self, name: &str) -> SessionView {
        let address = format!("{name}@contoso.com");
        self.until(|view| addresses(view).is_some_and(|(shown, ..)| shown == address))
            .await
    }

    async fn needs(&mut self, message: &str) {
        let needed = |view: &SessionView| matches!(addresses(view), Some((_, Some(needs), _)) if needs.message == message);
        self.until(needed).await;
    }

    async fn accounts(&self) -> Vec<String> {
        let (reply, answer) = oneshot::channel();
        self.does(Event::Describe(reply)).await;
        let described = answer.await.unwrap();
        let card = described.card.map(|card| card.name);
        let names: Vec<String> = described
            .accounts
            .into_iter()
            .map(|entry| entry.account.name)
            .collect();
        assert_eq!(
            card.as_ref(),
            names.first(),
            "the card is not the chosen one's"
        );
        names
    }
}

#[tokio::test]
async fn accounts_stand_side_by_side_and_the_choice_outlives_a_restart() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    for (attempt, name) in [(1, "ana"), (2, "ben"), (3, "cleo")] {
        stage.signs_in(&authority, name, attempt).await;
    }
    assert_eq!(stage.accounts().await, ["cleo", "ben", "ana"]);
    stage.does(Event::Choose("ana.tenant".to_owned())).await;
    stage.shows("ana").await;
    assert_eq!(stage.accounts().await, ["ana", "cleo", "ben"]);
    stage.does(Event::Choose("nobody.tenant".to_owned())).await;
    assert_eq!(stage.accounts().await, ["ana", "cleo", "ben"]);
    drop(stage);

    let mut next = machine.start();
    next.shows("ana").await;
    assert_eq!(next.accounts().await, ["ana", "cleo", "ben"]);
    next.signs_out("ana.tenant").await;
    assert_eq!(next.accounts().await, ["cleo", "ben"]);
    // Each one's mail has a sender of its own; what is written now is the chosen one's.
    let sending = next.sending.borrow().clone();
    assert_eq!(sending.chosen().unwrap().account, "cleo.tenant");
    assert_eq!(sending.sender("ben.tenant").unwrap().account, "ben.tenant");
    assert!(sending.sender("ana.tenant").is_none());
    for (name, kept) in [("ana", false), ("ben", true), ("cleo", true)] {
        let tokens = machine.keychain.read(&record(&authority, name)).await;
        assert_eq!(tokens.unwrap().is_some(), kept, "{name}");
    }
}

#[tokio::test]
async fn another_account_that_comes_back_is_said_and_never_mixed_up() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.signs_in(&authority, "ana", 1).await;
    let need = Need {
        trouble: Trouble::plain("trouble-interaction-required", TroubleAction::SignInAgain),
        scopes: Vec::new(),
        claims: None,
        purpose: Purpose::Renew,
    };
    let account = "ana.tenant".to_owned();
    stage.does(Event::Needs { account, need }).await;
    stage.does(Event::SignInAgain).await;
    stage.browser().await;
    stage.brings(2, signed_in(&authority, "ben")).await;
    let told = |view: &SessionView| {
        addresses(view).is_some_and(|(address, needs, _)| {
            address == "ana@contoso.com"
                && needs.is_some_and(|needs| {
                    needs.message == "trouble-other-account"
                        && needs.action == TroubleAction::ContinueWithOther
                        && needs.args["got"] == "ben@contoso.com"
                        && needs.args["expected"] == "ana@contoso.com"
                })
        })
    };
    stage.until(told).await;
    // Nothing of the other account is kept before the person says so.
    assert_eq!(stage.accounts().await, ["ana"]);
    let ben = record(&authority, "ben");
    assert!(machine.keychain.read(&ben).await.unwrap().is_none());
    stage.does(Event::ContinueWithOther).await;
    stage.shows("ben").await;
    assert_eq!(stage.accounts().await, ["ben", "ana"]);
    assert!(machine.keychain.read(&ben).await.unwrap().is_some());
    // Ana still has to sign in again, in the words of a renewal.
    stage.does(Event::Choose("ana.tenant".to_owned())).await;
    let view = stage.shows("ana").await;
    let (_, needs, _) = addresses(&view).unwrap();
    assert_eq!(needs.unwrap().message, "trouble-interaction-required");
}

#[tokio::test]
async fn a_challenge_is_answered_once_and_then_said_to_be_a_rule() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.signs_in(&authority, "ana", 1).await;
    let challenge = |claims: &str| Event::Needs {
        account: "ana.tenant".to_owned(),
        need: Need::from_graph(&["User.Read"], Some(claims.to_owned())),
    };
    let first = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    stage.does(challenge(first)).await;
    stage.needs("trouble-interaction-required").await;
    stage.does(Event::SignInAgain).await;
    let claims = parameter(&stage.page().await, "claims");
    assert!(claims.contains(r#""value":"c1""#), "{claims}");
    stage.brings(2, signed_in(&authority, "ana")).await;
    stage.shows("ana").await;
    stage.does(challenge(first)).await;
    stage.needs("trouble-meet-policy").await;
    stage.does(challenge("{}")).await;
    stage.needs("trouble-interaction-required").await;
}

#[tokio::test]
async fn adding_an_account_in_vain_leaves_whoever_is_there_and_says_why() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.signs_in(&authority, "ana", 1).await;
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = stage.browser().await;
    let declined = format!("error=access_denied&state={state}");
    stage.does(redirect(&declined)).await;
    let view = stage.shows("ana").await;
    let (_, needs, trouble) = addresses(&view).unwrap();
    assert_eq!(needs, None);
    assert_eq!(trouble.unwrap().message, "trouble-declined");
    assert_eq!(stage.accounts().await, ["ana"]);
}

#[tokio::test]
async fn a_guest_stands_beside_the_same_person_at_home() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.signs_in(&authority, "ana", 1).await;
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    stage.browser().await;
    stage
        .brings(2, as_guest(signed_in(&authority, "ana")))
        .await;
    stage.shows("ana").await;
    assert_eq!(stage.accounts().await, ["ana", "ana"]);
    stage.signs_out("ana.tenant.elsewhere").await;
    assert_eq!(stage.accounts().await, ["ana"]);
    let at_home = machine.keychain.read(&record(&authority, "ana")).await;
    assert!(at_home.unwrap().is_some(), "only the guest has gone");
}
