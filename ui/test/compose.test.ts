import { emit } from "@tauri-apps/api/event";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Call, type Pretence, pretend } from "../preview/bridge";
import { composeStates } from "../preview/states";
import type { AttachmentView, DraftForm } from "../src/bindings";
import { drawn, mounted } from "./mounted";

async function write(state: string, more: Partial<Pretence> = {}): Promise<Call[]> {
  const sample = composeStates[state];
  if (!sample) throw new Error(state);
  const calls = pretend("compose-1", { ...sample, ...more });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  return calls;
}

function field(id: string): HTMLInputElement {
  const found = document.querySelector<HTMLInputElement>(`#${id}`);
  if (!found) throw new Error(`#${id} is not there`);
  return found;
}

function chips(line: string) {
  return [...document.querySelectorAll<HTMLElement>(`[data-testid="${line}-chips"] > li`)];
}

const addresses = (line: string) => chips(line).map((chip) => chip.dataset["address"]);

function queued(calls: Call[]): DraftForm | undefined {
  return calls.findLast(({ command }) => command === "queue_message")?.args["form"] as DraftForm | undefined;
}

test.for([
  ["ada@a.example,", ["ada@a.example"]],
  ["ada@a.example;bob@b.example;", ["ada@a.example", "bob@b.example"]],
  ["ada@a.example{Enter}", ["ada@a.example"]],
  ["ada@a.example{Tab}", ["ada@a.example"]],
  ['"Lovelace, Ada" <ada@a.example>,', ["ada@a.example"]],
  ["ada@a.example,ADA@a.example,", ["ada@a.example"]],
] as const)("typed %s", async ([typed, expected]) => {
  await write("compose-new");
  const user = userEvent.setup();
  await user.click(field("to"));
  await user.keyboard(typed);
  await expect.poll(() => addresses("to")).toEqual(expected);
  expect(field("to").value).toBe("");
});

test("a pasted list becomes chips, whatever separates it", async () => {
  await write("compose-new");
  const user = userEvent.setup();
  await user.click(field("to"));
  await user.paste('ada@a.example\n"B, Bob" <bob@b.example>; carl@c.example,\tdora@d.example');
  await expect
    .poll(() => addresses("to"))
    .toEqual(["ada@a.example", "bob@b.example", "carl@c.example", "dora@d.example"]);
});

test("a faulty chip says in words what is wrong, and the field points to it", async () => {
  await write("compose-new");
  const user = userEvent.setup();
  await user.click(field("to"));
  await user.keyboard("somebody,");
  await expect.poll(() => chips("to")[0]?.dataset["fault"]).toBe("address-no-at");
  expect(field("to").getAttribute("aria-invalid")).toBe("true");
  const reasons = document.querySelector("#to-faults")?.textContent;
  expect(field("to").getAttribute("aria-describedby")).toContain("to-faults");
  expect(reasons).toContain("An address has an @ in it.");
});

test("Backspace selects the last chip first, and deletes it then", async () => {
  await write("compose-written");
  const user = userEvent.setup();
  await user.click(field("to"));
  await user.keyboard("{Backspace}");
  expect(document.activeElement).toBe(chips("to").at(-1));
  expect(chips("to")).toHaveLength(2);
  await user.keyboard("{Backspace}");
  expect(addresses("to")).toEqual(["grace@signet.example"]);
  expect(document.querySelector('[data-testid="live-region"]')?.textContent).toMatch(/Removed .*1.* left/);
  expect(document.activeElement).toBe(field("to"));
});

test("a line keeps its place when its only recipient is taken away", async () => {
  await write("compose-written");
  const user = userEvent.setup();
  await user.click(field("cc"));
  await user.keyboard("{Backspace}{Backspace}");
  expect(chips("cc")).toHaveLength(0);
  expect(document.activeElement).toBe(field("cc"));
});

test("Enter on a chip brings its text back to be mended", async () => {
  await write("compose-faulty");
  const user = userEvent.setup();
  await user.click(field("to"));
  await user.keyboard("{ArrowLeft}{ArrowLeft}{Enter}");
  await expect.poll(() => field("to").value).toBe("somebody");
  await user.keyboard("{End}@a.example{Enter}");
  await expect.poll(() => addresses("to")).toEqual(["grace@@signet", "noor@outlook.example", "somebody@a.example"]);
});

test("Ctrl+Enter sends what was typed, half-typed addresses included, and saves nothing behind it", async () => {
  const calls = await write("compose-new");
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.keyboard("Zażółć 你好 😀");
  await user.click(field("to"));
  await user.keyboard("ada@a.example{Control>}{Enter}{/Control}");
  await expect.poll(() => queued(calls)).toBeDefined();
  expect(queued(calls)).toMatchObject({ id: "d1", to: ["ada@a.example"], cc: [], bcc: [], subject: "Zażółć 你好 😀" });
  const sentAt = calls.findIndex(({ command }) => command === "queue_message");
  await new Promise((resolve) => setTimeout(resolve, 800));
  const savedAfter = calls.slice(sentAt).filter(({ command }) => command === "save_draft");
  // A window of an earlier test may still be saving its own draft.
  expect(savedAfter.filter(({ args }) => (args["form"] as DraftForm).subject.startsWith("Za"))).toEqual([]);
});

test("a refused message keeps every word, says what is wrong at the fields, and leads to the first", async () => {
  const calls = await write("compose-faulty");
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.keyboard("{End}!");
  document.querySelector<HTMLElement>('[data-testid="send"]')?.click();
  await expect.poll(() => document.activeElement).toBe(field("to"));
  expect(document.querySelector("#subject-faults")?.textContent).toContain("255");
  expect(document.querySelector("#attachments-faults")?.textContent).not.toBe("");
  expect(field("subject").value).toBe("Notes on the engine!");
  expect(addresses("to")).toEqual(["grace@@signet", "somebody", "noor@outlook.example"]);
  // What is wrong with a field is forgotten when it is changed, and the draft is saved again.
  await user.click(field("subject"));
  await user.keyboard("{Backspace}");
  expect(document.querySelector("#subject-faults")?.textContent).toBe("");
  await expect.poll(() => calls.at(-1)?.command).toBe("save_draft");
});

test("the subject is one line: Enter leads on, and pasted lines are joined", async () => {
  const calls = await write("compose-new");
  // jsdom edits no text by itself.
  const inserted: unknown[] = [];
  Object.assign(document, { execCommand: (...given: unknown[]) => inserted.push(given) });
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.paste("Two\r\nlines\n");
  expect(inserted).toEqual([["insertText", false, "Two lines"]]);
  await user.keyboard("About{Enter}");
  await expect.poll(() => document.activeElement?.id).toBe("body");
  expect(field("subject").value).toBe("About");
  // Lines that came another way, as by a drop.
  field("subject").value = "One\ntwo";
  field("subject").dispatchEvent(new InputEvent("input", { bubbles: true }));
  expect(field("subject").value).toBe("One two");
  await expect.poll(() => calls.some(({ args }) => (args["form"] as DraftForm | undefined)?.subject === "One two")).toBe(true);
});

test("no length of a subject is cut", async () => {
  const long = "ü".repeat(3 * 1024 * 1024);
  const sample = composeStates["compose-new"];
  if (!sample) throw new Error("compose-new");
  await write("compose-new", { draft: { ...sample.draft, subject: long } });
  expect(field("subject").value === long).toBe(true);
  expect(document.title.length).toBeLessThan(400);
});

test("a draft is saved as it is typed", async () => {
  const calls = await write("compose-new");
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.keyboard("Half");
  const saved = () => calls.filter(({ command }) => command === "save_draft").map(({ args }) => (args["form"] as DraftForm).subject);
  await expect.poll(saved).toEqual(["Half"]);
});

test("opening a draft changes nothing in it", async () => {
  const calls = await write("compose-written");
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(calls.map(({ command }) => command)).not.toContain("save_draft");
});

test("a draft that cannot be saved is said to be so, and stays in the window", async () => {
  await write("compose-new", { unsaved: true });
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.keyboard("Half");
  await expect.poll(() => document.querySelector('[data-testid="save-state"]')?.textContent).toContain("could not be saved");
  expect(field("subject").value).toBe("Half");
});

test("Ctrl+W keeps the draft and closes", async () => {
  const calls = await write("compose-new");
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.keyboard("Half{Control>}w{/Control}");
  await expect.poll(() => calls.map(({ command }) => command)).toContain("keep_draft");
  const order = calls.map(({ command }) => command).filter((command) => ["save_draft", "keep_draft"].includes(command));
  expect(order).toEqual(["save_draft", "keep_draft"]);
});

const trouble = () => document.querySelector('[data-testid="compose-trouble"]')?.textContent;
const asked = (calls: Call[]) => calls.map(({ command }) => command);

test("a close that would lose words is declined each time, and the person may insist", async () => {
  const calls = await write("compose-new", { unsaved: true });
  await userEvent.setup().type(field("subject"), "Half");
  await emit("tauri://close-requested");
  await expect.poll(() => asked(calls).filter((command) => command === "decline_close")).toHaveLength(1);
  await emit("tauri://close-requested");
  await expect.poll(() => asked(calls).filter((command) => command === "decline_close")).toHaveLength(2);
  expect(trouble()).toContain("could not be saved");
  expect(asked(calls)).not.toContain("keep_draft");
  document.querySelector<HTMLElement>('[data-testid="close-anyway"]')?.click();
  await expect.poll(() => asked(calls)).toContain("keep_draft");
});

test("a window that is sending declines to close", async () => {
  const calls = await write("compose-written", { refusal: new Promise(() => undefined) });
  await userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => asked(calls)).toContain("queue_message");
  await emit("tauri://close-requested");
  await expect.poll(() => asked(calls)).toContain("decline_close");
  expect(asked(calls)).not.toContain("keep_draft");
});

test("nothing is sent while files are being picked", async () => {
  let pick: (files: AttachmentView[]) => void = () => undefined;
  const calls = await write("compose-written", { picked: new Promise((resolve) => (pick = resolve)) });
  const user = userEvent.setup();
  await user.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
  await expect.poll(() => asked(calls)).toContain("pick_attachments");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(trouble).toContain("still being attached");
  expect(asked(calls)).not.toContain("queue_message");
  pick([{ id: "a9", name: "late.txt", content_type: "text/plain", bytes: 3, content_id: null }]);
  await expect.poll(trouble).toBeUndefined();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => queued(calls)?.attachments.map(({ name }) => name)).toEqual(["late.txt"]);
});

test("a message refused because files are still being copied stays as it is, and may be sent again", async () => {
  const calls = await write("compose-written", { refusal: { message: "command-attaching", args: {}, faults: [] } });
  const user = userEvent.setup();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(trouble).toContain("still being attached");
  expect(field("subject").value).toBe("Notes on the engine");
  expect(addresses("to")).toHaveLength(2);
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => asked(calls).filter((command) => command === "queue_message")).toHaveLength(2);
});

test("F6 goes from area to area, and Shift+F6 back", async () => {
  await write("compose-written");
  const user = userEvent.setup();
  const area = () => [...document.querySelectorAll("[data-area]")].findIndex((each) => each.contains(document.activeElement));
  await user.click(field("subject"));
  const round: number[] = [];
  for (let step = 0; step < 4; step += 1) {
    await user.keyboard("{F6}");
    round.push(area());
  }
  expect(round).toEqual([2, 3, 0, 1]);
  await user.keyboard("{Shift>}{F6}{/Shift}");
  expect(area()).toBe(0);
});

test("plain text gives the words, and the formatting comes back unless they change", async () => {
  const calls = await write("compose-written");
  const toggle = document.querySelector<HTMLElement>('[data-testid="toggle-plain-text"]');
  toggle?.click();
  await drawn();
  expect(field("body").tagName).toBe("TEXTAREA");
  expect(field("body").value).toContain("weaves");
  toggle?.click();
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")?.querySelector("b")?.textContent).toBe("weaves");
  await userEvent.setup().keyboard("{Control>}s{/Control}");
  await expect.poll(() => calls.map(({ command }) => command)).toContain("save_draft");
});

test("files that Rust took over show, can be removed, and a refused one is named", async () => {
  const calls = await write("compose-written");
  const names = () => [...document.querySelectorAll('[data-testid="attachment-name"]')].map((name) => name.textContent);
  expect(names()).toHaveLength(2);
  document.querySelector<HTMLElement>('[data-testid="attachment-remove"]')?.click();
  await expect.poll(names).toHaveLength(1);
  expect(calls.find(({ command }) => command === "remove_attachment")?.args).toEqual({ id: "a1" });
  await emit("attachments-changed", [{ id: "a7", name: "dropped.txt", content_type: "text/plain", bytes: 3, content_id: null }]);
  await expect.poll(names).toEqual(["dropped.txt"]);
  await emit("attachment-refused", { message: "attachment-too-large", args: { name: "film.mkv", max: "2900000" }, faults: [] });
  const refused = () => document.querySelector('[data-testid="attachment-refused"]')?.textContent;
  await expect.poll(refused).toMatch(/film\.mkv.*2\.9 MB/);
});

test("while a file hovers over the window, it says where files go", async () => {
  await write("compose-new");
  const hint = () => document.querySelector('[data-testid="drop-hint"]');
  await emit("tauri://drag-enter", { paths: ["/tmp/a.txt"], position: { x: 1, y: 1 } });
  await expect.poll(hint).not.toBeNull();
  expect(document.body.textContent).not.toContain("a.txt");
  await emit("tauri://drag-leave");
  await expect.poll(hint).toBeNull();
});

test.for(["compose-new", "compose-signed"])("%s: asked to close, the window saves first, and an emptied draft is dropped", async (state) => {
  const calls = await write(state);
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.keyboard("a{Backspace}");
  await emit("tauri://close-requested");
  await expect.poll(() => calls.map(({ command }) => command)).toContain("keep_draft");
  expect(calls.map(({ command }) => command)).toContain("discard_draft");
});

const dialog = (about: string) => document.querySelector<HTMLDialogElement>(`dialog[data-testid="check-${about}"]`);
const reply = (how: string) => document.querySelector<HTMLElement>(`dialog [data-testid="check-${how}"]`)?.click();
const written = (more: Partial<DraftForm>) => ({ draft: { ...(composeStates["compose-written"]?.draft as DraftForm), ...more } });
const pressSend = () => userEvent.setup().keyboard("{Control>}{Enter}{/Control}");

test("what may have been forgotten is asked about one after the other, and sent when the person says so", async () => {
  const calls = await write("compose-forgotten");
  document.querySelector<HTMLElement>('[data-testid="send"]')?.click();
  await expect.poll(() => dialog("subject")).not.toBeNull();
  const first = dialog("subject");
  expect(first?.querySelector("[autofocus]")?.textContent).toBe("Add a subject");
  expect(dialog("attachments")).toBeNull();
  // Keys that send do not reach through the question.
  await pressSend();
  reply("anyway");
  await expect.poll(() => dialog("attachments")?.textContent.replaceAll(/[\u2066-\u2069]/g, "")).toContain("You wrote “Attached”");
  expect(dialog("attachments")?.querySelector("[autofocus]")?.textContent).toBe("Add a file");
  // A browser says that a dialog is closed when the next one is open already.
  first?.dispatchEvent(new Event("close"));
  await drawn();
  expect(dialog("attachments")).not.toBeNull();
  expect(asked(calls)).not.toContain("queue_message");
  reply("anyway");
  await expect.poll(() => queued(calls)).toMatchObject({ subject: " ", attachments: [] });
  expect(document.querySelector("dialog")).toBeNull();
  expect(asked(calls).filter((command) => command === "queue_message")).toHaveLength(1);
});

test("a subject is added, and nothing more is asked about it", async () => {
  const calls = await write("compose-written", written({ subject: "" }));
  await pressSend();
  await expect.poll(() => dialog("subject")).not.toBeNull();
  reply("mend");
  await expect.poll(() => document.activeElement).toBe(field("subject"));
  expect(dialog("subject")).toBeNull();
  expect(asked(calls)).not.toContain("queue_message");
  await userEvent.setup().keyboard("Notes");
  await pressSend();
  await expect.poll(() => queued(calls)?.subject).toBe("Notes");
});

test("a file is added with the picker, and the message leaves with it", async () => {
  const calls = await write("compose-forgotten", written({ subject: "The attachment", attachments: [] }));
  await pressSend();
  await expect.poll(() => dialog("attachments")).not.toBeNull();
  reply("mend");
  await expect.poll(() => document.querySelector('[data-testid="attachment-name"]')?.textContent).toBe("notes.txt");
  expect(document.activeElement).toBe(field("attach"));
  expect(asked(calls).filter((command) => command === "pick_attachments")).toHaveLength(1);
  expect(asked(calls)).not.toContain("queue_message");
  await pressSend();
  await expect.poll(() => queued(calls)?.attachments.map(({ name }) => name)).toEqual(["notes.txt"]);
});

test("Escape goes back to writing: nothing is sent, what is written is saved, and the next Send asks again", async () => {
  const calls = await write("compose-forgotten");
  const user = userEvent.setup();
  await user.click(field("cc"));
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => dialog("subject")).not.toBeNull();
  // What a browser makes of Escape.
  dialog("subject")?.dispatchEvent(new Event("close"));
  await expect.poll(() => dialog("subject")).toBeNull();
  expect(asked(calls)).not.toContain("queue_message");
  expect(document.querySelector('[data-testid="send"]')?.getAttribute("aria-disabled")).toBe("false");
  await user.keyboard("carl@c.example,");
  await expect.poll(() => (calls.findLast(({ command }) => command === "save_draft")?.args["form"] as DraftForm | undefined)?.cc).toHaveLength(2);
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => dialog("subject")).not.toBeNull();
});

test("a window may be closed over a question, and its draft is kept", async () => {
  const calls = await write("compose-forgotten");
  await pressSend();
  await expect.poll(() => dialog("subject")).not.toBeNull();
  await emit("tauri://close-requested");
  await expect.poll(() => asked(calls)).toContain("keep_draft");
  expect(asked(calls)).not.toContain("queue_message");
  expect(asked(calls)).not.toContain("discard_draft");
});

test.for([
  ["nobody it is for", written({ to: [], cc: [], subject: "" })],
  ["a faulty address", written({ to: ["somebody"], subject: "" })],
  ["nobody signed in", { ...written({ subject: "" }), ...(composeStates["compose-plain"] && { state: composeStates["compose-plain"].state }) }],
] as const)("what is refused anyway is not asked about first: %s", async ([, more]) => {
  const calls = await write("compose-written", { ...more, refusal: { message: "compose-faults", args: {}, faults: [] } });
  await pressSend();
  await expect.poll(() => asked(calls)).toContain("queue_message");
  expect(document.querySelector("dialog")).toBeNull();
});

const held = (for_ms: number, first_time: string[] = []) => ({ held: { for_ms, first_time } });
const words = (testid: string) => document.querySelector(`[data-testid="${testid}"]`)?.textContent;

test("a held message is taken back with every word, and saved under its new name", async () => {
  const calls = await write("compose-written", held(60_000));
  const user = userEvent.setup();
  await user.click(field("subject"));
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => words("held-seconds")).toContain("leaves in");
  expect(document.activeElement?.textContent).toBe("Undo");
  await user.keyboard("{Control>}z{/Control}");
  await expect.poll(() => words("held-seconds")).toBeUndefined();
  expect(document.activeElement).toBe(field("subject"));
  expect(field("subject").value).toBe("Notes on the engine");
  expect(addresses("to")).toHaveLength(2);
  await user.keyboard("{End}!");
  await expect
    .poll(() => (calls.findLast(({ command }) => command === "save_draft")?.args["form"] as DraftForm | undefined)?.id)
    .toBe("d2");
});

test("a held message leaves when its time has come, at once where that is wanted, and with its window closed", async () => {
  const over = await write("compose-written", held(300));
  await userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => asked(over)).toContain("keep_draft");
  expect(asked(over)).not.toContain("send_now");

  const now = await write("compose-written", held(60_000));
  await userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => words("held-seconds")).toBeDefined();
  document.querySelector<HTMLElement>('[data-testid="held-now"]')?.click();
  await expect.poll(() => asked(now)).toContain("keep_draft");
  expect(asked(now)).toContain("send_now");

  const closed = await write("compose-written", held(60_000));
  await userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => words("held-seconds")).toBeDefined();
  await emit("tauri://close-requested");
  await expect.poll(() => asked(closed)).toContain("keep_draft");
  expect(asked(closed)).not.toContain("undo_send");
});

test.for(["held-undo", "held-now"])("what has left already is out of reach, and that is said: %s", async (button) => {
  const left = { message: "command-may-have-been-sent", args: {}, faults: [] };
  const calls = await write("compose-written", { ...held(60_000), left });
  await userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => words("held-seconds")).toBeDefined();
  document.querySelector<HTMLElement>(`[data-testid="${button}"]`)?.click();
  await expect.poll(() => words("held-fault")).toContain("may have been sent");
  expect(asked(calls)).not.toContain("keep_draft");
  document.querySelector<HTMLElement>('[data-testid="held-close"]')?.click();
  await expect.poll(() => asked(calls)).toContain("keep_draft");
});

test("an undo that fails for now can be tried again", async () => {
  const left = { message: "command-outbox", args: {}, faults: [] };
  const calls = await write("compose-written", { ...held(60_000), left });
  await userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => words("held-seconds")).toBeDefined();
  const press = () => document.querySelector<HTMLElement>('[data-testid="held-undo"]')?.click();
  press();
  await expect.poll(() => words("held-hitch")).toContain("could not be taken back");
  press();
  await expect.poll(() => asked(calls).filter((command) => command === "undo_send")).toHaveLength(2);
});

test("what is large is said where it is heard", async () => {
  await write("compose-written");
  const place = () => document.querySelector('[data-testid="attachments"] > [role="status"]');
  expect(place()?.textContent.trim()).toBe("");
  const large: AttachmentView[] = [{ id: "a3", name: "Drawings.tif", content_type: "image/tiff", bytes: 26_000_000, content_id: null }];
  await emit("attachments-changed", large);
  await expect.poll(() => place()?.textContent).toContain("Drawings.tif");
});

/** The lines about the recipients, without the marks that keep names apart. */
function tips(): string[] {
  return [...document.querySelectorAll('[data-testid="tip"]')].map((tip) => tip.textContent.trim().replaceAll(/[\u2066-\u2069]/g, ""));
}

const asks = (calls: Call[]) => calls.filter(({ command }) => command === "mail_tips").map(({ args }) => args["addresses"]);

test("what is known of recipients stands below them and in their chips, and is asked for once they rest", async () => {
  const calls = await write("compose-new", { tips: composeStates["compose-tips"]?.tips ?? [] });
  const user = userEvent.setup();
  await user.click(field("to"));
  await user.keyboard("grace@signet.example,somebody,hedy@northwind.example,");
  await expect.poll(tips).toEqual(["The mailbox of grace@signet.example is full.", "Outside your organization: hedy@northwind.example"]);
  // Only whole addresses are asked about, and not once for each key.
  expect(asks(calls).at(-1)).toEqual(["grace@signet.example", "hedy@northwind.example"]);
  expect(asks(calls).length).toBeLessThanOrEqual(3);
  expect(document.querySelector("[role=status] [data-testid=tip]")).not.toBeNull();
  expect(chips("to").map((chip) => chip.dataset["tip"])).toEqual(["bounces", undefined, "other"]);
  expect(chips("to")[0]?.textContent).toContain("is full");
  await user.click(chips("to")[0]?.querySelector("button") as Element);
  await expect.poll(tips).toEqual(["Outside your organization: hedy@northwind.example"]);
});

test("more than three lines are folded, and unfolded", async () => {
  await write("compose-tips");
  await expect.poll(() => tips().length).toBe(3);
  const more = document.querySelector<HTMLButtonElement>('[data-testid="tips-more"]');
  expect(more?.getAttribute("aria-expanded")).toBe("false");
  const hidden = Number(/\d+/.exec(more?.textContent ?? "")?.[0]);
  await userEvent.setup().click(more as Element);
  expect(tips()).toHaveLength(3 + hidden);
  expect(more?.getAttribute("aria-expanded")).toBe("true");
});

test("what will come back is asked about, and sent when the person says so", async () => {
  const calls = await write("compose-tips");
  await expect.poll(() => tips().length).toBe(3);
  const user = userEvent.setup();
  await user.keyboard("{Control>}{Enter}{/Control}");
  const dialog = () => document.querySelector('[data-testid="check-recipients"]');
  await expect.poll(dialog).not.toBeNull();
  expect(dialog()?.querySelectorAll("li")).toHaveLength(3);
  await user.click(document.querySelector('[data-testid="check-mend"]') as Element);
  // Where the first of them stands.
  await expect.poll(() => document.activeElement).toBe(field("to"));
  expect(queued(calls)).toBeUndefined();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(dialog).not.toBeNull();
  await user.click(document.querySelector('[data-testid="check-anyway"]') as Element);
  await expect.poll(() => queued(calls)).toBeDefined();
});

test("tips that do not come stand in nobody's way", async () => {
  const calls = await write("compose-written");
  await userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => queued(calls)).toBeDefined();
});
