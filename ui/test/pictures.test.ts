import { emit } from "@tauri-apps/api/event";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { type Call, type Pretence, pretend } from "../preview/bridge";
import { composeStates } from "../preview/states";
import type { DraftForm } from "../src/bindings";
import { drawn, mounted } from "./mounted";

let made = 0;

beforeEach(() => {
  // jsdom keeps no objects behind addresses.
  URL.createObjectURL = () => `blob:signet/${String((made += 1))}`;
});

async function write(state: string, more: Partial<Pretence> = {}): Promise<Call[]> {
  const sample = composeStates[state];
  if (!sample) throw new Error(state);
  const calls = pretend("compose-1", { ...sample, ...more });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  return calls;
}

const body = () => document.querySelector<HTMLElement>("#body");
const image = () => body()?.querySelector("img");
const by = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const asked = (calls: Call[]) => calls.map(({ command }) => command);

function saved(calls: Call[]): string | undefined {
  const form = calls.findLast(({ command }) => command === "save_draft")?.args["form"] as DraftForm | undefined;
  return form?.body.content;
}

/** Pastes as a web view does: files, and text by type. */
function paste(files: File[], texts: Record<string, string> = {}) {
  const items = [
    ...files.map((file) => ({ type: file.type, getAsString: () => undefined })),
    ...Object.entries(texts).map(([type, words]) => ({ type, getAsString: (take: (words: string) => void) => take(words) })),
  ];
  const event = new Event("paste", { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { files, items, types: [...Object.keys(texts), ...(files.length > 0 ? ["Files"] : [])] } });
  body()?.dispatchEvent(event);
  return event;
}

function caretAtEnd() {
  const range = document.createRange();
  range.selectNodeContents(body()?.lastElementChild ?? document.body);
  range.collapse(false);
  body()?.focus();
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}

const png = () => new File(["\x89PNG"], "image.png", { type: "image/png" });

test("a draft shows its pictures again, beside the text they are not listed, and nothing is changed by it", async () => {
  const calls = await write("compose-picture");
  expect(image()?.getAttribute("src")).toMatch(/^blob:/);
  expect(image()?.alt).toBe("The engine");
  expect(calls.filter(({ command }) => command === "picture").map(({ args }) => args["id"])).toEqual(["p1"]);
  expect(document.querySelectorAll('[data-testid="attachment"]')).toHaveLength(1);
  expect(by("pictures-total")?.textContent).toContain("One picture in the text, ");
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(asked(calls)).not.toContain("save_draft");
});

test("a pasted picture stands in the text, and the draft names it by its content id", async () => {
  const calls = await write("compose-written");
  caretAtEnd();
  expect(paste([png()]).defaultPrevented).toBe(true);
  await expect.poll(() => image()?.getAttribute("src")).toMatch(/^blob:/);
  expect(calls.find(({ command }) => command === "paste_picture")?.args["base64"]).toBe(btoa("\u00c2\u0089PNG"));
  await expect.poll(() => saved(calls)).toContain('src="cid:p9@signet"');
  expect(saved(calls)).not.toContain("blob:");
  expect(saved(calls)).toContain("max-width: 100%");
});

test("a picture that is too large is not handed over, and the person is told", async () => {
  const calls = await write("compose-written");
  caretAtEnd();
  const large = png();
  Object.defineProperty(large, "size", { value: 10_000_001 });
  paste([large]);
  await expect.poll(() => by("picture-told")?.textContent).toContain("10 MB");
  expect(asked(calls)).not.toContain("paste_picture");
});

test("the picker inserts pictures, and Undo takes them out", async () => {
  const calls = await write("compose-written");
  caretAtEnd();
  by("format-picture")?.click();
  await expect.poll(() => image()).toBeTruthy();
  expect(asked(calls)).toContain("pick_pictures");
  await userEvent.setup().keyboard("{Control>}z{/Control}");
  await expect.poll(() => image()).toBeFalsy();
});

test("a selected picture is described with Enter, and removed", async () => {
  const calls = await write("compose-picture");
  image()?.click();
  await expect.poll(() => by("picture-bar")).not.toBeNull();
  body()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  await expect.poll(() => by("picture-dialog")).not.toBeNull();
  const user = userEvent.setup();
  await user.clear(by("picture-words") as HTMLElement);
  await user.type(by("picture-words") as HTMLElement, "An engine, <seen> from above{Enter}");
  await expect.poll(() => image()?.alt).toBe("An engine, <seen> from above");
  await expect.poll(() => saved(calls)).toContain('alt="An engine, &lt;seen&gt; from above"');
  image()?.click();
  await drawn();
  by("picture-remove")?.click();
  await expect.poll(() => image()).toBeFalsy();
  await expect.poll(() => by("pictures-total")).toBeNull();
});

test("plain text shows no pictures: after asking they are attached", async () => {
  const calls = await write("compose-picture");
  by("toggle-plain-text")?.click();
  await expect.poll(() => by("plain-dialog")).not.toBeNull();
  by("plain-cancel")?.click();
  await drawn();
  expect(image()).toBeTruthy();
  by("toggle-plain-text")?.click();
  await drawn();
  by("plain-attach")?.click();
  await expect.poll(() => body()?.tagName).toBe("TEXTAREA");
  expect(calls.find(({ command }) => command === "attach_pictures")?.args["ids"]).toEqual(["p1"]);
  expect(document.querySelectorAll('[data-testid="attachment"]')).toHaveLength(2);
});

test("what is pasted from a page keeps its words, and says that its pictures were left out", async () => {
  await write("compose-new");
  caretAtEnd();
  paste([], { "text/html": '<p><b>bold</b><img src="https://t.example/a.png" alt="chart"></p>', "text/plain": "bold" });
  await expect.poll(() => by("picture-told")?.textContent).toContain("A picture was left out");
  expect(body()?.innerHTML).toContain("<b>bold</b>chart");
});

test("Ctrl+Shift+V pastes the words alone", async () => {
  await write("compose-new");
  caretAtEnd();
  body()?.dispatchEvent(new KeyboardEvent("keydown", { key: "V", code: "KeyV", ctrlKey: true, shiftKey: true, bubbles: true }));
  paste([], { "text/html": "<b>bold</b>", "text/plain": "bold" });
  await expect.poll(() => body()?.textContent).toContain("bold");
  expect(body()?.querySelector("b")).toBeNull();
});

test("a picture dropped on the text is put there, and attached where it fell elsewhere", async () => {
  const calls = await write("compose-written");
  const pictures = [{ id: "p9", name: "image.gif", content_type: "image/gif", bytes: 43, content_id: "p9@signet" }];
  let under: Element | null = null;
  Object.assign(document, { elementFromPoint: () => under, caretRangeFromPoint: () => null });
  await emit("pictures-dropped", { pictures, x: 5, y: 5 });
  await expect.poll(() => asked(calls)).toContain("attach_pictures");
  expect(image()).toBeFalsy();
  under = body()?.firstElementChild ?? null;
  await emit("pictures-dropped", { pictures, x: 5, y: 5 });
  await expect.poll(() => image()).toBeTruthy();
});
