//! The three ways an answer comes, and from one to the other.

use super::*;

impl Theatre {
    async fn code(&mut self) -> (String, String) {
        let waits = |view: &SessionView| {
            matches!(
                view,
                SessionView::SigningIn {
                    stage: Stage::OtherDevice,
                    ..
                }
            )
        };
        match self.until(waits).await {
            SessionView::SigningIn {
                user_code: Some(code),
                address: Some(address),
                ..
            } => (code, address),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_to_a_port_of_this_computer_ends_the_sign_in() {
    let authority = authority(None).await;
    let machine = Machine::by(Some(&authority), "loopback");
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let page = stage.page().await;
    let (redirect_uri, state) = (parameter(&page, "redirect_uri"), parameter(&page, "state"));
    assert!(redirect_uri.starts_with("http://localhost:"));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let bring = |query: String| http.get(format!("{redirect_uri}/?{query}")).send();

    let forged = bring("error=access_denied&state=forged".to_owned()).await;
    assert_eq!(forged.unwrap().status(), 400);
    assert!(matches!(
        stage.describe().await,
        SessionView::SigningIn { .. }
    ));

    let query = format!("error=access_denied&error_subcode=cancel&state={state}");
    let shown = bring(query).await.unwrap().text().await.unwrap();
    assert!(shown.contains("Not signed in"), "{shown}");
    assert_eq!(stage.trouble().await, "trouble-cancelled");
    assert!(bring(String::new()).await.is_err(), "the port is closed");
}

#[tokio::test]
async fn the_browser_can_be_left_for_a_code_and_its_port_closes() {
    let authority = authority(None).await;
    let machine = Machine::by(Some(&authority), "loopback");
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let redirect_uri = parameter(&stage.page().await, "redirect_uri");
    stage.does(Event::SignInBy(SignInMethod::DeviceCode)).await;
    let (code, address) = stage.code().await;
    assert_eq!(
        (code, address),
        ("FJC3Z9Q7V".to_owned(), format!("{authority}/devicelogin"))
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(http.get(redirect_uri).send().await.is_err());
    assert_eq!(stage.trouble().await, "trouble-declined");
}

#[tokio::test]
async fn a_code_can_be_left_for_the_browser_and_that_be_cancelled() {
    let authority = authority(None).await;
    let machine = Machine::by(Some(&authority), "device-code");
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    stage.code().await;
    stage.does(Event::SignInBy(SignInMethod::Loopback)).await;
    stage.page().await;
    stage.does(Event::Cancel).await;
    let ended = |view: &SessionView| matches!(view, SessionView::SignedOut { trouble: None });
    stage.until(ended).await;
}

#[tokio::test]
async fn a_redirect_of_a_sign_in_that_was_left_for_another_finds_nothing() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = stage.browser().await;
    machine.until_sealed(true).await;
    stage.does(Event::SignInBy(SignInMethod::DeviceCode)).await;
    stage.code().await;
    let left = redirect(&format!("code=c&state={state}"));
    stage.does(left).await;
    // The code is declined by this authority, and the redirect has changed nothing about that.
    assert_eq!(stage.trouble().await, "trouble-declined");
    stage.does(redirect(&format!("code=c&state={state}"))).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Had it been found, it would have been redeemed in vain, and that be said.
    assert!(matches!(
        stage.describe().await,
        SessionView::SignedOut { trouble: Some(trouble) } if trouble.message == "trouble-declined"
    ));
}
