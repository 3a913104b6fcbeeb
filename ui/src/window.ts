/**
 * The few things a page asks of the window it is in: its title, its closing, and whether a file hovers over it.
 * Beside the generated bindings this is the only file that imports Tauri.
 */
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { getCurrentWindow } from "@tauri-apps/api/window";

/** For events that are meant for this window alone. */
export function thisWindow() {
  return getCurrentWindow();
}

/** The marks that keep names of either direction apart in a sentence. Window managers draw them as boxes. */
const ISOLATES = /[\u2066-\u2069]/g;

/** More than any title bar has room for. A subject may have megabytes, and the title goes to the window manager. */
const TITLE_MAX = 300;

export function setTitle(title: string): void {
  const words = title.replaceAll(ISOLATES, "");
  document.title = words.length > TITLE_MAX ? `${words.slice(0, TITLE_MAX).replace(/[\uD800-\uDBFF]$/, "")}…` : words;
  // A title that cannot be set costs nobody their mail.
  getCurrentWindow().setTitle(document.title).catch(() => undefined);
}

/** Calls `close` in place of closing at once. The window closes when Rust is told that it may. */
export async function onCloseAsked(close: () => void): Promise<void> {
  await getCurrentWindow().onCloseRequested((event) => {
    event.preventDefault();
    close();
  });
}

/** Tells whether a file hovers over the window. The drop itself, and the paths, are Rust's. */
export async function onFileOver(over: (hovers: boolean) => void): Promise<void> {
  await getCurrentWebview().onDragDropEvent(({ payload }) => {
    over(payload.type === "enter" || payload.type === "over");
  });
}

/** A file dropped where nobody takes it would replace the page in some web views. */
export function refuseStrayDrops(): void {
  for (const kind of ["dragover", "drop"] as const) {
    document.addEventListener(kind, (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
}
