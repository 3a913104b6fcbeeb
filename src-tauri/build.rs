//! Declares every command to Tauri's access control, so that a window may call only what its capability names.

/// The commands that `src/bindings.rs` collects. One that is missing here is refused to every window.
const COMMANDS: &[&str] = &[
    "app_state",
    "sign_in",
    "choose_account",
    "continue_with_other",
    "cancel_sign_in",
    "open_sign_in_again",
    "sign_in_by",
    "sign_in_again",
    "sign_out",
    "save_config",
    "prefer",
    "signature",
    "save_signature",
    "mail_program",
    "take_mail_links",
    "give_back_mail_links",
    "folders",
    "open_folder",
    "delete_everything",
    "refresh_card",
    "open_compose",
    "open_draft",
    "discard_draft",
    "compose_draft",
    "save_draft",
    "check_addresses",
    "mail_tips",
    "suggest_recipients",
    "forget_recipient",
    "check_recipients",
    "pick_attachments",
    "remove_attachment",
    "pick_pictures",
    "paste_picture",
    "picture",
    "attach_pictures",
    "queue_message",
    "undo_send",
    "send_now",
    "keep_draft",
    "decline_close",
    "outbox_cancel",
    "outbox_retry",
    "outbox_send_all",
    "outbox_check",
    "outbox_send_again",
    "outbox_discard",
    "outbox_edit",
    "open_page",
    "save_card",
    "card_code",
    "attach_card",
    "keep_drafts_in_mailbox",
    "keep_mine",
    "take_theirs",
    "undo_theirs",
    "twin_told",
    "inspect",
    "ask_permission",
    "use_permission",
];

fn main() {
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
