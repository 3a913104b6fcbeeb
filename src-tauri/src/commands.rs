//! What windows may ask. Each command converts, calls once, and converts back.

use std::{
    collections::HashSet,
    time::{Duration, UNIX_EPOCH},
};

use message::Draft;
use outbox::{DraftId, ItemId, Outbox, OutboxError, State as ItemState, WaitReason};
use tauri::{AppHandle, State, WebviewWindow};

use crate::{
    app::App,
    attachments,
    composers::Composer,
    faults, names,
    preferences::Preference,
    recipients, sandbox,
    session::Event,
    views::{
        AddressView, AppState, AttachmentView, Cloud, CommandError, ConfigView, DraftForm,
        HeldView, Later, Page, Settings, SignInMethod,
    },
    windows,
};

pub mod data;
pub mod history;
pub mod mail_program;
pub mod signature;
pub mod twins;

type Outcome<T> = Result<T, CommandError>;

/// Everything, for a window that has just been opened.
#[tauri::command]
#[specta::specta]
pub async fn app_state(app: State<'_, App>) -> Outcome<AppState> {
    let described = app.ask(Event::Describe).await?;
    // A window never waits for the disk: an outbox that is still being opened is told by an event.
    Ok(AppState {
        session: described.session,
        accounts: described.accounts,
        config: described.config,
        persistence: described.persistence,
        card: described.card,
        outbox: app.mail.items_now().await,
        drafts: app.mail.drafts_now().await,
        notices: app.notices(),
    })
}

/// Begins a sign-in; with somebody signed in already, that of another account beside theirs.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(app: State<'_, App>, cloud: Cloud) -> Outcome<()> {
    app.tell(Event::SignIn(cloud)).await
}

/// Shows another of the accounts; what is written from now on is sent from it.
#[tauri::command]
#[specta::specta]
pub async fn choose_account(app: State<'_, App>, account: String) -> Outcome<()> {
    app.tell(Event::Choose(account)).await
}

/// Takes in the account that came back in place of the one that was meant.
#[tauri::command]
#[specta::specta]
pub async fn continue_with_other(app: State<'_, App>) -> Outcome<()> {
    app.tell(Event::ContinueWithOther).await
}

/// Ends the sign-in under way.
#[tauri::command]
#[specta::specta]
pub async fn cancel_sign_in(app: State<'_, App>) -> Outcome<()> {
    app.tell(Event::Cancel).await
}

/// Goes on with the sign-in under way by another method.
#[tauri::command]
#[specta::specta]
pub async fn sign_in_by(app: State<'_, App>, method: SignInMethod) -> Outcome<()> {
    app.tell(Event::SignInBy(method)).await
}

/// Opens the sign-in page once more.
#[tauri::command]
#[specta::specta]
pub async fn open_sign_in_again(app: State<'_, App>) -> Outcome<()> {
    app.tell(Event::OpenAgain).await
}

/// Goes on with what the account needs: a sign-in, or a permission.
#[tauri::command]
#[specta::specta]
pub async fn sign_in_again(app: State<'_, App>) -> Outcome<()> {
    app.tell(Event::SignInAgain).await
}

/// Signs one account out; the others stay. With `in_browser` the authority's page opens that ends its session in the browser.
/// With `keep_mail` the account's waiting mail stays until somebody signs in again; drafts always stay.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(
    app: State<'_, App>,
    account: String,
    in_browser: bool,
    keep_mail: bool,
) -> Outcome<()> {
    let leaving = account.clone();
    app.ask(|done| Event::SignOut {
        account: leaving,
        in_browser,
        done,
    })
    .await?;
    app.tips.forget(&account);
    app.mail
        .with(move |outbox| outbox.account_signed_out(&account, keep_mail))
        .await
}

/// Keeps the settings, and ends a sign-in to Microsoft that was begun under the old ones.
#[tauri::command]
#[specta::specta]
pub async fn save_config(app: State<'_, App>, settings: Settings) -> Outcome<ConfigView> {
    app.ask(|done| Event::SaveConfig { settings, done })
        .await?
        .map_err(|faults| faults::of_config(&faults))
}

/// Keeps what the person prefers; it holds at once, in every window.
#[tauri::command]
#[specta::specta]
pub async fn prefer(app: State<'_, App>, preference: Preference) -> Outcome<()> {
    app.ask(|done| Event::Prefer { preference, done })
        .await?
        .map_err(|faults| faults::of_config(&faults))
}

/// Asks Graph for the card once more.
#[tauri::command]
#[specta::specta]
pub async fn refresh_card(app: State<'_, App>) -> Outcome<()> {
    app.tell(Event::RefreshCard).await
}

/// Opens a compose window, with a recipient filled in or none.
#[tauri::command]
#[specta::specta]
pub async fn open_compose(handle: AppHandle, to: Option<String>) -> Outcome<()> {
    let draft = Draft {
        to: to.into_iter().collect(),
        ..Draft::default()
    };
    windows::begin(&handle, draft).await
}

/// Opens the compose window of a draft.
#[tauri::command]
#[specta::specta]
pub async fn open_draft(handle: AppHandle, app: State<'_, App>, id: String) -> Outcome<()> {
    let id = draft_id(&id)?;
    let wanted = id.clone();
    let draft = app.mail.with(move |outbox| outbox.draft(&wanted)).await?;
    let draft = draft.ok_or_else(|| CommandError::plain("command-gone"))?;
    // Somebody may have gone on writing elsewhere; the window does not wait for that.
    app.mail.twins.look(&id);
    windows::compose(&handle, id, draft).await
}

/// Removes a draft.
#[tauri::command]
#[specta::specta]
pub async fn discard_draft(app: State<'_, App>, id: String) -> Outcome<()> {
    app.mail.discard(draft_id(&id)?).await
}

/// The draft of the calling window.
#[tauri::command]
#[specta::specta]
pub async fn compose_draft(app: State<'_, App>, window: WebviewWindow) -> Outcome<DraftForm> {
    let composer = composer(&app, &window)?;
    let id = composer.draft.clone();
    let saved = app.mail.with(move |outbox| outbox.draft(&id)).await;
    // One can write while the outbox cannot be read; the window says that nothing is saved.
    let draft = saved.ok().flatten().unwrap_or(composer.begun);
    let attachments = composer.attachments;
    Ok(DraftForm::from_draft(
        &composer.draft,
        composer.account,
        composer.signature,
        Draft {
            attachments,
            ..draft
        },
    ))
}

/// Keeps what was typed.
#[tauri::command]
#[specta::specta]
pub async fn save_draft(
    app: State<'_, App>,
    window: WebviewWindow,
    form: DraftForm,
) -> Outcome<()> {
    let Composer {
        draft: id,
        account,
        attachments,
        ..
    } = composer(&app, &window)?;
    let keeper = app.keeper_of(account.as_deref());
    let draft = form.into_draft(attachments);
    app.mail
        .with(move |outbox| {
            outbox.save_draft(&id, &draft)?;
            twins::begin(outbox, &id, keeper.as_deref());
            Ok(())
        })
        .await
}

/// Reads what was typed or pasted into a recipient field.
#[tauri::command]
#[specta::specta]
pub async fn check_addresses(text: String) -> Outcome<Vec<AddressView>> {
    Ok(message::parse_addresses(&text)
        .into_iter()
        .map(AddressView::from)
        .collect())
}

/// Lets the person pick files and attaches copies of them.
#[tauri::command]
#[specta::specta]
pub async fn pick_attachments(
    handle: AppHandle,
    window: WebviewWindow,
) -> Outcome<Vec<AttachmentView>> {
    let paths = attachments::picked(&handle, &window, |picker| picker).await;
    attachments::add(&handle, window.label(), paths, Outbox::attach).await
}

/// Removes an attachment and its copy.
#[tauri::command]
#[specta::specta]
pub async fn remove_attachment(
    handle: AppHandle,
    window: WebviewWindow,
    id: String,
) -> Outcome<Vec<AttachmentView>> {
    attachments::remove(&handle, window.label(), &id).await
}

/// Queues the message: from here on it is on disk and the outbox's. The window closes, unless the message can be taken back for
/// a while; then the page says so and closes it (`keep_draft`).
#[tauri::command]
#[specta::specta]
pub async fn queue_message(
    handle: AppHandle,
    app: State<'_, App>,
    window: WebviewWindow,
    form: DraftForm,
    later: Option<Later>,
) -> Outcome<Option<HeldView>> {
    if later.is_some_and(|later| has_passed(later.at_ms)) {
        return Err(CommandError::plain("command-time-passed"));
    }
    let described = app.ask(Event::Describe).await?;
    let when = match later {
        Some(later) => When::Later(later),
        None => When::Held {
            undo_send: described.undo_send,
            own: recipients::own(&described.accounts),
        },
    };
    let label = window.label();
    let composer = app.composers.change(label, |composer| {
        composer.queueing = composer.copying == 0;
    });
    let composer = composer.ok_or_else(|| CommandError::plain("command-gone"))?;
    if !composer.queueing {
        return Err(CommandError::plain("command-attaching"));
    }
    let queued = match queue(&app, composer, form, when).await {
        Ok(queued) => queued,
        Err(error) => {
            app.composers
                .change(label, |composer| composer.queueing = false);
            return Err(error);
        }
    };
    app.composers.change(label, |composer| {
        composer.held = Some(queued.id).filter(|_| !queued.hold.is_zero());
    });
    app.tell(queued.permission).await?;
    if queued.hold.is_zero() {
        windows::settle(&handle, label).await;
        return Ok(None);
    }
    Ok(Some(HeldView {
        for_ms: u32::try_from(queued.hold.as_millis()).unwrap_or_default(),
        first_time: queued.first_time,
    }))
}

fn has_passed(at_ms: i64) -> bool {
    let now = outbox::system_clock()().duration_since(UNIX_EPOCH);
    now.is_ok_and(|now| u128::try_from(at_ms).map_or(true, |at_ms| at_ms <= now.as_millis()))
}

/// Takes the message back into the window that has sent it, as the draft it was. Gives the draft's name.
#[tauri::command]
#[specta::specta]
pub async fn undo_send(app: State<'_, App>, window: WebviewWindow) -> Outcome<String> {
    let id = held(&app, &window)?;
    let draft = app.mail.with(move |outbox| outbox.take_back(id)).await?;
    let name = draft.to_string();
    app.composers.change(window.label(), |composer| {
        composer.draft = draft;
        composer.queueing = false;
        composer.held = None;
    });
    Ok(name)
}

/// Lets the message that the window has sent go at once. What has gone by itself meanwhile has.
#[tauri::command]
#[specta::specta]
pub async fn send_now(app: State<'_, App>, window: WebviewWindow) -> Outcome<()> {
    let id = held(&app, &window)?;
    app.mail.with(move |outbox| outbox.release(id)).await
}

fn held(app: &App, window: &WebviewWindow) -> Outcome<ItemId> {
    composer(app, window)?
        .held
        .ok_or_else(|| CommandError::plain("command-gone"))
}

/// When a message leaves.
enum When {
    /// At a time that was chosen.
    Later(Later),
    /// When the time is over for which it can be taken back.
    Held {
        undo_send: Duration,
        own: HashSet<String>,
    },
}

/// A message that has become the outbox's.
struct Queued {
    /// What it may wait for.
    permission: Event,
    id: ItemId,
    hold: Duration,
    first_time: Vec<String>,
}

/// Queues it, sent from the account that the window was opened for.
async fn queue(app: &App, composer: Composer, form: DraftForm, when: When) -> Outcome<Queued> {
    let account = app
        .account_of(composer.account.as_deref())
        .ok_or_else(|| CommandError::plain("command-not-signed-in"))?;
    let id = composer.draft;
    let message = form.into_message(composer.attachments)?;
    let enqueue = move |outbox: &Outbox| {
        let (hold, first_time) = match &when {
            When::Later(_) => (Duration::ZERO, Vec::new()),
            When::Held { undo_send, own } => {
                let first_time = recipients::first_times(outbox, &message, own)?;
                (recipients::hold(*undo_send, &first_time), first_time)
            }
        };
        let (draft, mut needs_draft) = (Some(&id), !message.fits_one_request());
        let id = match when {
            When::Later(Later { at_ms, by_server }) => match by_server {
                true => {
                    needs_draft = true;
                    outbox.enqueue_deferred(&account, draft, &message, at_ms)?
                }
                false => outbox.enqueue_at(&account, draft, &message, at_ms)?,
            },
            When::Held { .. } if hold.is_zero() => outbox.enqueue(&account, draft, &message)?,
            When::Held { .. } => outbox.enqueue_held(&account, draft, &message, hold)?,
        };
        Ok(Queued {
            permission: permission(account, needs_draft),
            id,
            hold,
            first_time,
        })
    };
    app.mail.with(enqueue).await
}

/// What a message may wait for that only the person can give.
fn permission(account: String, needs_draft: bool) -> Event {
    match needs_draft {
        true => Event::AllowAttaching(account),
        false => Event::AllowSending(account),
    }
}

/// The page keeps its window: what was typed could not be saved, or is just being sent.
#[tauri::command]
#[specta::specta]
pub async fn decline_close(app: State<'_, App>, window: WebviewWindow) -> Outcome<()> {
    app.composers
        .change(window.label(), |composer| composer.closing = false);
    Ok(())
}

/// Closes the calling compose window and keeps its draft, if anything was written.
#[tauri::command]
#[specta::specta]
pub async fn keep_draft(handle: AppHandle, window: WebviewWindow) -> Outcome<()> {
    windows::settle(&handle, window.label()).await;
    Ok(())
}

/// Stops a message that has not left.
#[tauri::command]
#[specta::specta]
pub async fn outbox_cancel(app: State<'_, App>, id: String) -> Outcome<()> {
    let id = item_id(&id)?;
    app.mail.with(move |outbox| outbox.cancel(id)).await
}

/// Sends a message that has not left, because the person says so.
#[tauri::command]
#[specta::specta]
pub async fn outbox_retry(app: State<'_, App>, id: String) -> Outcome<()> {
    queue_again(&app, &id, Outbox::retry).await
}

/// Sends everything that waits or is held, and looks for what is looked for, without waiting any longer.
#[tauri::command]
#[specta::specta]
pub async fn outbox_send_all(app: State<'_, App>) -> Outcome<()> {
    app.mail.with(Outbox::send_all).await?;
    app.mail.wake();
    Ok(())
}

/// Sends a message that may have been sent once more, because the person was warned and says so.
#[tauri::command]
#[specta::specta]
pub async fn outbox_send_again(app: State<'_, App>, id: String) -> Outcome<()> {
    queue_again(&app, &id, Outbox::send_again).await
}

/// Looks for a message of which nobody knows whether it was sent. The person is asked for the permission to, where it is
/// not granted yet; once it is, everything unclear of the account is looked for.
#[tauri::command]
#[specta::specta]
pub async fn outbox_check(app: State<'_, App>, id: String) -> Outcome<()> {
    let id = item_id(&id)?;
    let account = app.mail.with(move |outbox| outbox.item(id)).await?.account;
    if !app.mail.may_look(&account).await {
        let looking = |reply| Event::AllowLooking(account, reply);
        return match app.ask(looking).await? {
            true => Ok(()),
            false => Err(CommandError::plain("command-cannot-look")),
        };
    }
    app.mail.with(move |outbox| outbox.check(id)).await?;
    app.mail.wake();
    Ok(())
}

async fn queue_again(
    app: &App,
    id: &str,
    act: fn(&Outbox, ItemId) -> Result<(), OutboxError>,
) -> Outcome<()> {
    let id = item_id(id)?;
    let queue = move |outbox: &Outbox| {
        let before = outbox.item(id)?.state;
        let waited = matches!(
            before,
            ItemState::Waiting {
                reason: WaitReason::Drafts,
                ..
            }
        );
        act(outbox, id)?;
        let item = outbox.item(id)?;
        let needs_draft = waited || !item.message.fits_one_request();
        Ok(permission(item.account, needs_draft))
    };
    let permission = app.mail.with(queue).await?;
    app.mail.wake();
    app.tell(permission).await
}

/// Takes a message off the list.
#[tauri::command]
#[specta::specta]
pub async fn outbox_discard(app: State<'_, App>, id: String) -> Outcome<()> {
    let id = item_id(&id)?;
    app.mail.with(move |outbox| outbox.discard(id)).await
}

/// Makes a message a draft again and opens it.
#[tauri::command]
#[specta::specta]
pub async fn outbox_edit(handle: AppHandle, app: State<'_, App>, id: String) -> Outcome<()> {
    let id = item_id(&id)?;
    let draft = app.mail.with(move |outbox| outbox.edit(id)).await?;
    open_draft(handle, app, draft.to_string()).await
}

/// Opens a page of the closed list in the browser.
#[tauri::command]
#[specta::specta]
pub async fn open_page(page: Page) -> Outcome<()> {
    let address = match page {
        Page::EntraPortal => names::ENTRA_PORTAL.to_owned(),
        Page::RegisterHelp => names::REGISTER_HELP.to_owned(),
        Page::WorkConsents => names::WORK_CONSENTS.to_owned(),
        Page::PersonalConsents => names::PERSONAL_CONSENTS.to_owned(),
        Page::SandboxMailbox => sandbox::mailbox_page(),
    };
    crate::browser::open(address)
        .await
        .map_err(|_| CommandError::plain("command-page"))
}

fn composer(app: &App, window: &WebviewWindow) -> Outcome<Composer> {
    app.composers
        .get(window.label())
        .ok_or_else(|| CommandError::plain("command-gone"))
}

fn draft_id(id: &str) -> Outcome<DraftId> {
    id.parse().map_err(|_| CommandError::plain("command-gone"))
}

fn item_id(id: &str) -> Outcome<ItemId> {
    id.parse().map_err(|_| CommandError::plain("command-gone"))
}
