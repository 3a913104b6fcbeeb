import { emit } from "@tauri-apps/api/event";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Call, type Pretence, pretend } from "../preview/bridge";
import { composeStates, mainStates } from "../preview/states";
import type { AppState, DraftForm, DraftSummary } from "../src/bindings";
import { mounted } from "./mounted";

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const commands = (calls: Call[]) => calls.map(({ command }) => command);
const subject = () => document.querySelector<HTMLTextAreaElement>("#subject")?.value;
const body = () => document.querySelector("#body")?.textContent;

async function write(state: string, more: Partial<Pretence> = {}): Promise<Call[]> {
  const calls = pretend("compose-1", { ...(composeStates[state] as Pretence), ...more });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  return calls;
}

/** Rust says how the draft stands to the one in the mailbox now. */
async function stands(twin: DraftSummary["twin"]) {
  const [draft] = (composeStates["compose-changed"]?.state as AppState).drafts;
  await emit("drafts-changed", [{ ...draft, twin }]);
}

test("my version is saved, and then kept", async () => {
  const calls = await write("compose-changed");
  await userEvent.setup().type(document.querySelector("#subject") as HTMLElement, "!");
  find("twin-keep-mine")?.click();
  await expect.poll(() => commands(calls)).toContain("keep_mine");
  const asked = commands(calls);
  expect(asked.indexOf("save_draft")).toBeGreaterThan(-1);
  expect(asked.indexOf("save_draft")).toBeLessThan(asked.indexOf("keep_mine"));
  await stands("quiet");
  await expect.poll(() => find("twin-changed")).toBeNull();
});

test("Outlook's version takes the place of mine, and mine comes back", async () => {
  const calls = await write("compose-changed");
  await userEvent.setup().type(document.querySelector("#subject") as HTMLElement, "!");
  find("twin-take-theirs")?.click();
  await expect.poll(subject).toBe("Notes on the loom");
  await expect.poll(body).toContain("see you on Tuesday");
  expect(document.querySelectorAll('[data-testid="cc-chips"] > li')).toHaveLength(0);
  await stands("quiet");
  await expect.poll(() => find("twin-taken")).not.toBeNull();
  find("twin-undo")?.click();
  await expect.poll(subject).toBe("Notes on the engine!");
  await expect.poll(body).toContain("algebraic patterns");
  const mine = calls.find(({ command }) => command === "undo_theirs")?.args["form"] as DraftForm;
  expect(mine.subject).toBe("Notes on the engine!");
  expect(mine.body.content).toContain("<b>weaves</b>");
  expect(mine.cc).toHaveLength(1);
  await stands("changed");
  await expect.poll(() => find("twin-changed")).not.toBeNull();
});

test("what cannot be taken leaves every word, and is said", async () => {
  await write("compose-gone");
  await stands("changed");
  await expect.poll(() => find("twin-take-theirs")).not.toBeNull();
  find("twin-take-theirs")?.click();
  await expect.poll(() => find("compose-trouble")?.textContent).toContain("no longer there");
  expect(subject()).toBe("Notes on the engine");
});

test("that it is gone from the mailbox is told once", async () => {
  const calls = await write("compose-gone");
  await expect.poll(() => find("twin-gone")).not.toBeNull();
  await stands("quiet");
  expect(find("twin-gone")).not.toBeNull();
  find("twin-gone-close")?.click();
  await expect.poll(() => find("twin-gone")).toBeNull();
  expect(commands(calls).filter((command) => command === "twin_told")).toHaveLength(1);
});

test("drafts in the mailbox are turned on by a switch, which shows what holds", async () => {
  const calls = pretend("main", { state: mainStates["card"] as AppState });
  await mounted(() => import("../src/Main.svelte"));
  const [{ start }, { go }] = await Promise.all([import("../src/app.svelte"), import("../src/place.svelte")]);
  await start();
  await go("settings");
  const control = find("settings-drafts-in-mailbox") as HTMLInputElement;
  expect(control.checked).toBe(false);
  control.click();
  await expect.poll(() => calls.at(-1)).toEqual({ command: "keep_drafts_in_mailbox", args: { on: true } });
  expect(control.checked).toBe(true);
});
