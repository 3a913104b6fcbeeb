//! The bridge, declared once: `ui/src/bindings.ts` is generated from here, and a test fails when it is stale.

use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{commands, events, inspector, pictures, preview, recipients, sharing, tips};

/// Every command and every event.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            commands::app_state,
            commands::sign_in,
            commands::choose_account,
            commands::continue_with_other,
            commands::cancel_sign_in,
            commands::open_sign_in_again,
            commands::sign_in_by,
            commands::sign_in_again,
            commands::sign_out,
            commands::save_config,
            commands::prefer,
            commands::signature::signature,
            commands::signature::save_signature,
            commands::mail_program::mail_program,
            commands::mail_program::take_mail_links,
            commands::mail_program::give_back_mail_links,
            commands::data::folders,
            commands::data::open_folder,
            commands::data::export_everything,
            commands::data::delete_everything,
            commands::refresh_card,
            commands::open_compose,
            commands::open_draft,
            commands::discard_draft,
            commands::compose_draft,
            commands::save_draft,
            commands::check_addresses,
            tips::mail_tips,
            recipients::suggest_recipients,
            recipients::forget_recipient,
            recipients::check_recipients,
            commands::pick_attachments,
            commands::remove_attachment,
            pictures::pick_pictures,
            pictures::paste_picture,
            pictures::picture,
            pictures::attach_pictures,
            preview::preview_message,
            commands::queue_message,
            commands::undo_send,
            commands::send_now,
            commands::keep_draft,
            commands::decline_close,
            commands::outbox_cancel,
            commands::outbox_retry,
            commands::outbox_send_all,
            commands::outbox_check,
            commands::outbox_send_again,
            commands::outbox_discard,
            commands::outbox_edit,
            commands::history::outbox_history,
            commands::open_page,
            sharing::save_card,
            sharing::card_code,
            sharing::attach_card,
            commands::twins::keep_drafts_in_mailbox,
            commands::twins::keep_mine,
            commands::twins::take_theirs,
            commands::twins::undo_theirs,
            commands::twins::twin_told,
            inspector::inspect,
            inspector::ask_permission,
            inspector::use_permission,
        ])
        .events(collect_events![
            events::SessionChanged,
            events::AccountsChanged,
            events::CardChanged,
            events::OutboxChanged,
            events::DraftsChanged,
            events::ConfigChanged,
            events::PersistenceChanged,
            events::NoticesChanged,
            events::AttachmentsChanged,
            events::AttachmentRefused,
            events::PicturesDropped,
        ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command that the build script does not declare is refused to every window, and nobody would know why.
    #[test]
    fn the_build_script_declares_the_same_commands() {
        let declared: Vec<&str> = include_str!("../build.rs")
            .lines()
            .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","))
            .collect();
        let generated = include_str!("../../ui/src/bindings.ts");
        for command in &declared {
            assert!(
                generated.contains(&format!("__TAURI_INVOKE(\"{command}\"")),
                "{command}"
            );
        }
        assert_eq!(
            generated.matches("__TAURI_INVOKE(\"").count(),
            declared.len()
        );
    }

    /// `SIGNET_WRITE_BINDINGS=1 cargo test -p signet bindings` writes the file anew.
    #[test]
    fn the_bindings_are_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/bindings.ts");
        let fresh = tempfile::tempdir().unwrap();
        let target = fresh.path().join("bindings.ts");
        // Milliseconds since 1970 and bytes of files stay below 2^53, where a JavaScript number is exact.
        builder()
            .dangerously_cast_bigints_to_number()
            .disable_serde_phases()
            .export(specta_typescript::Typescript::default(), &target)
            .unwrap();
        let generated = std::fs::read_to_string(&target).unwrap();
        if std::env::var_os("SIGNET_WRITE_BINDINGS").is_some() {
            std::fs::write(path, &generated).unwrap();
        }
        assert!(
            std::fs::read_to_string(path).is_ok_and(|present| present == generated),
            "ui/src/bindings.ts is stale"
        );
    }
}
