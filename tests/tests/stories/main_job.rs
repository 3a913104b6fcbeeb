//! The main job, as two people with two kinds of account, begun in both themes.

use walk::main_job::{COLLEAGUE, Me, PRIVATE_PERSON, tell};
use walk::theme::Theme;
use walk::{Setting, Told, story};

#[test]
fn a_colleague_signs_in_and_sends_a_mail_in_the_light() -> Told {
    main_job("main-job-light", COLLEAGUE, Theme::Light)
}

#[test]
fn a_private_person_signs_in_and_sends_a_mail_in_the_dark() -> Told {
    main_job("main-job-dark", PRIVATE_PERSON, Theme::Dark)
}

fn main_job(name: &str, me: Me, theme: Theme) -> Told {
    story(
        name,
        Setting {
            theme,
            ..Setting::default()
        },
        async |stage| tell(stage, me, &|_| {}).await,
    )
}
