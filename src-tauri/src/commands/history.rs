//! What windows may ask about mail that is settled.

use outbox::{HISTORY_PAGE_MAX, History, Outbox, Outline, PageEnd};
use tauri::State;

use super::{Outcome, item_id};
use crate::{
    app::App,
    mail::item_view,
    views::{HistoryView, OutlineView, PageEndView},
};

/// A page of what is settled, newest first: those before a row, or the newest and the outline of all. With a search that has
/// words, of what is found.
#[tauri::command]
#[specta::specta]
pub async fn outbox_history(
    app: State<'_, App>,
    search: String,
    before: Option<String>,
) -> Outcome<HistoryView> {
    let before = before.as_deref().map(item_id).transpose()?;
    let read = move |outbox: &Outbox| {
        let History { page, outline } = outbox.history(&search, before, HISTORY_PAGE_MAX)?;
        let rows = page.into_iter().map(|row| item_view(outbox, row));
        Ok(HistoryView {
            rows: rows.collect(),
            outline: outline.map(OutlineView::from),
        })
    };
    app.mail.with(read).await
}

impl From<Outline> for OutlineView {
    fn from(outline: Outline) -> Self {
        let count = |rows| u32::try_from(rows).unwrap_or(u32::MAX);
        Self {
            total: count(outline.total),
            page_rows: count(HISTORY_PAGE_MAX),
            ends: outline.ends.into_iter().map(PageEndView::from).collect(),
        }
    }
}

impl From<PageEnd> for PageEndView {
    fn from(end: PageEnd) -> Self {
        Self {
            id: end.id.to_string(),
            created_at_ms: end.created_at_ms,
        }
    }
}
