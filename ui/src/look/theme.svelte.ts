/** The colours of this window: the desktop's as they change, or those that the person has chosen. See tokens.css. */
import { app } from "../app.svelte";
import type { Theme } from "../bindings";

const NAMES: readonly string[] = ["light", "dark"] satisfies Theme[];

/** Follows them from now on. What the page begins with is what Rust has written on it, so that no window opens in the wrong colours. */
export function followTheme(): void {
  const root = document.documentElement;
  const begun = root.dataset["theme"] ?? "system";
  const desktop = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const chosen: string = app.config?.preferences.theme ?? begun;
    root.dataset["theme"] = NAMES.includes(chosen) ? chosen : desktop.matches ? "dark" : "light";
  };
  show();
  desktop.addEventListener("change", show);
  $effect.root(() => {
    $effect(show);
  });
}
