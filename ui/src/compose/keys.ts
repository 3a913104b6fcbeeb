/** What the keys mean everywhere in the compose window. */

export type Shortcut = "send" | "later" | "attach" | "save" | "close" | "undo-send" | "keys" | "next-area" | "previous-area";

/** Every shortcut of the compose window, as the keys that make it. What stands in `KEY_NAMES` has a name of its own. */
export const KEYS: readonly { name: string; keys: readonly string[] }[] = [
  { name: "send", keys: ["control", "enter"] },
  { name: "later", keys: ["control", "shift", "enter"] },
  { name: "attach", keys: ["control", "shift", "A"] },
  { name: "save", keys: ["control", "S"] },
  { name: "close", keys: ["control", "W"] },
  { name: "undo-send", keys: ["control", "Z"] },
  { name: "next-area", keys: ["F6"] },
  { name: "previous-area", keys: ["shift", "F6"] },
  { name: "bold", keys: ["control", "B"] },
  { name: "italic", keys: ["control", "I"] },
  { name: "underline", keys: ["control", "U"] },
  { name: "link", keys: ["control", "K"] },
  { name: "numbers", keys: ["control", "shift", "7"] },
  { name: "bullets", keys: ["control", "shift", "8"] },
  { name: "quote", keys: ["control", "shift", "9"] },
  { name: "indent", keys: ["control", "]"] },
  { name: "outdent", keys: ["control", "["] },
  { name: "clear", keys: ["control", "space"] },
  { name: "paste-text", keys: ["control", "shift", "V"] },
  { name: "keys", keys: ["F1"] },
];

export const KEY_NAMES: ReadonlySet<string> = new Set(["control", "shift", "enter", "space"]);

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
  if (key === "f1") return "keys";
  if (command && key === "enter") return shiftKey ? "later" : "send";
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
