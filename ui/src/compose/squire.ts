/** The rich-text editor, loaded when it is first needed: with its cleaner it is half of the window's code. */
import Squire from "squire-rte";
import { type Source, clean } from "./clean";

/** Enough to take back an afternoon's edits, and an end to what is kept in memory. */
const UNDO_STEPS_MAX = 500;

/** Keys that Squire takes and that mean something else here. Tab leaves the editor, as in every other field. */
const FREED_KEYS = ["Tab", "Shift-Tab", "Ctrl-Shift-7", "Ctrl-Shift-8", "Ctrl-Shift-9", "Ctrl-Shift-5", "Ctrl-Shift-6", "Ctrl-[", "Ctrl-]", "Ctrl-d"];

const DIRECTION = { dir: "auto" };

export type Editor = Squire;

/** What the editor tells of pictures: one was clicked, and so many of what was pasted were not let in. */
export type Hears = { clicked: (picture: HTMLImageElement) => void; leftOut: (count: number) => void };

export function createEditor(root: HTMLElement, html: string, pictures: Source, hears: Hears): Editor {
  let left = 0;
  const editor = new Squire(root, {
    blockTag: "DIV",
    blockAttributes: DIRECTION,
    tagAttributes: { blockquote: DIRECTION, ul: DIRECTION, ol: DIRECTION, li: DIRECTION },
    undo: { documentSizeThreshold: -1, undoLimit: UNDO_STEPS_MAX },
    sanitizeToDOMFragment: (written: string) => {
      const cleaned = clean(written, pictures);
      left = cleaned.left;
      return cleaned.fragment;
    },
    didError: (error: unknown) => console.error(error),
  });
  for (const key of FREED_KEYS) {
    editor.setKeyHandler(key, null);
    editor.setKeyHandler(key.replace("Ctrl-", "Meta-"), null);
  }
  // Squire offers handles that leave their marks in the text. A click on a picture does not reach them.
  root.addEventListener("click", (event) => {
    if (!(event.target instanceof HTMLImageElement)) return;
    event.stopPropagation();
    hears.clicked(event.target);
  });
  editor.addEventListener("willPaste", () => hears.leftOut(left));
  editor.setHTML(html);
  editor.moveCursorToStart();
  return editor;
}
