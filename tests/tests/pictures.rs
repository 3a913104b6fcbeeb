//! The pictures that the stories have kept on their way.

use anyhow::Context;
use walk::Told;
use walk::pictures::compare;

#[test]
fn every_view_is_kept_in_the_light_and_in_the_dark() -> Told {
    let views = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime")?
        .block_on(compare())?;
    println!("{views} views");
    Ok(())
}
