/** What the keys mean everywhere in the compose window. */

export type Shortcut = "send" | "attach" | "save" | "close" | "undo-send" | "next-area" | "previous-area";

/** While a message is held: it is taken back, or the window is closed over it. */
export function shortcutWhileHeld(event: KeyboardEvent): Shortcut | null {
  // A key that is held down was meant for what was there before.
  if (event.repeat || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return "undo-send";
  return key === "w" ? "close" : null;
}

export function shortcut(event: KeyboardEvent): Shortcut | null {
  const { altKey, metaKey, shiftKey } = event;
  const command = event.ctrlKey || metaKey;
  const key = event.key.toLowerCase();
  if (key === "f6") return shiftKey ? "previous-area" : "next-area";
  if (command && key === "enter") return "send";
  // Outlook's on Windows, and Apple Mail's.
  if ((altKey && !command && key === "s") || (metaKey && shiftKey && key === "d")) return "send";
  if (command && shiftKey) return key === "a" ? "attach" : null;
  if (command && key === "s") return "save";
  return command && key === "w" ? "close" : null;
}

/** What the focus goes to in an area, the most useful first. */
const STOPS = ["#body", "input", 'button:not([tabindex="-1"])'];

/** Goes from one part of the window to the next: the commands, the head, the body, the attachments. */
export function cycle(step: 1 | -1): void {
  const areas = [...document.querySelectorAll<HTMLElement>("[data-area]")];
  const at = areas.findIndex((area) => area.contains(document.activeElement));
  for (let tried = 1; tried <= areas.length; tried += 1) {
    const area = areas[(at + step * tried + areas.length * 2) % areas.length];
    const stops = STOPS.flatMap((each) => [...(area?.querySelectorAll<HTMLElement>(each) ?? [])]);
    if (stops[0]) {
      stops[0].focus();
      return;
    }
  }
}
