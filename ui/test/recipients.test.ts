import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, test } from "vitest";
import { type Call, type Pretence, pretend } from "../preview/bridge";
import { composeStates } from "../preview/states";
import type { DraftForm, SuggestionView } from "../src/bindings";
import { place } from "../src/compose/beside";
import { drawn, mounted } from "./mounted";

async function write(state: string, more: Partial<Pretence> = {}): Promise<Call[]> {
  const sample = composeStates[state];
  if (!sample) throw new Error(state);
  const calls = pretend("compose-1", { ...sample, ...more });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  return calls;
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`${selector} is not there`);
  return found;
}

const to = () => find("#to") as HTMLInputElement;
const options = () => [...document.querySelectorAll<HTMLElement>('#to-suggestions [role="option"]')];
const chips = (line = "to") => [...document.querySelectorAll<HTMLElement>(`[data-testid="${line}-chips"] > li`)].map((chip) => chip.dataset["address"]);
const highlighted = () => options().find((option) => option.ariaSelected === "true" || option.getAttribute("aria-selected") === "true")?.dataset["address"];
const live = () => find('[data-testid="live-region"]').textContent;
const asked = (calls: Call[], command: string) => calls.filter((call) => call.command === command);
const queued = (calls: Call[]) => calls.findLast(({ command }) => command === "queue_message")?.args["form"] as DraftForm | undefined;
const pressSend = () => userEvent.setup().keyboard("{Control>}{Enter}{/Control}");
const plain = (words: string | null | undefined) => words?.replaceAll(/[\u2066-\u2069]/g, "");

const GRACE = "grace@signet.example";
const GRANTS = "grants@contoso.com";

/** Types two letters, and waits for the four who may be meant. */
async function typeTwoLetters() {
  const user = userEvent.setup();
  await user.click(to());
  await user.keyboard("gr");
  await expect.poll(() => options().length).toBe(4);
  return user;
}

test("two letters, and those who may be meant are there; nobody is chosen", async () => {
  await write("compose-known");
  expect(to().getAttribute("role")).toBe("combobox");
  expect(to().getAttribute("aria-expanded")).toBe("false");
  await typeTwoLetters();
  expect(to().getAttribute("aria-expanded")).toBe("true");
  expect(to().getAttribute("aria-controls")).toBe(find('[role="listbox"]').id);
  expect(to().getAttribute("aria-activedescendant")).toBeNull();
  expect(highlighted()).toBeUndefined();
  expect(plain(live())).toMatch(/^4 suggestions/);
  expect(options()[0]?.textContent).toContain("Grace Hopper");
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
});

test.for(["Enter", "Tab"])("the arrows go through them and around, and %s takes the one they have reached", async (key) => {
  await write("compose-known");
  const user = await typeTwoLetters();
  await user.keyboard("{ArrowDown}");
  expect(highlighted()).toBe(GRACE);
  expect(to().getAttribute("aria-activedescendant")).toBe(options()[0]?.id);
  await user.keyboard("{ArrowUp}");
  expect(highlighted()).toBe(options().at(-1)?.dataset["address"]);
  await user.keyboard(`{ArrowDown}{ArrowDown}{ArrowDown}{${key}}`);
  await expect.poll(chips).toEqual([GRANTS]);
  expect(to().value).toBe("");
  expect(options()).toEqual([]);
  expect(document.activeElement).toBe(to());
  await expect.poll(() => plain(live())).toContain(`Added ${GRANTS}`);
});

test.for([
  ["{Enter}", ["gr"]],
  ["{Tab}", ["gr"]],
  ["@a.example,", ["gr@a.example"]],
  ["@a.example;", ["gr@a.example"]],
] as const)("without the arrows, what was typed is taken and nobody is put in its place: %s", async ([keys, expected]) => {
  await write("compose-known");
  const user = await typeTwoLetters();
  await user.keyboard(keys);
  await expect.poll(chips).toEqual(expected);
  expect(options()).toEqual([]);
});

test("Ctrl+Enter sends what was typed, whoever the arrows have reached", async () => {
  const calls = await write("compose-known");
  const user = userEvent.setup();
  await user.click(find("#subject"));
  await user.keyboard("Notes");
  await user.click(to());
  await user.keyboard("grace");
  await expect.poll(() => options().length).toBe(2);
  await user.keyboard("@a.example{Control>}{Enter}{/Control}");
  await expect.poll(() => queued(calls)?.to).toEqual(["grace@a.example"]);
});

test("Escape closes the list, then clears the line, and Down opens it again", async () => {
  await write("compose-known");
  const user = await typeTwoLetters();
  await user.keyboard("{Escape}");
  expect(options()).toEqual([]);
  expect(to().value).toBe("gr");
  await user.keyboard("{ArrowDown}");
  await expect.poll(() => options().length).toBe(4);
  expect(highlighted()).toBeUndefined();
  await user.keyboard("{Escape}{Escape}");
  expect(to().value).toBe("");
  expect(options()).toEqual([]);
});

test("the mouse takes one without taking the focus, and who is there is not suggested again", async () => {
  await write("compose-known");
  const user = await typeTwoLetters();
  await user.click(options()[0] as HTMLElement);
  await expect.poll(chips).toEqual([GRACE]);
  expect(document.activeElement).toBe(to());
  await user.keyboard("gr");
  await expect.poll(() => options().length).toBe(3);
  expect(options().map((option) => option.dataset["address"])).not.toContain(GRACE);
});

test("whoever is not wanted is forgotten, by keys or by the mouse", async () => {
  const calls = await write("compose-known");
  const user = await typeTwoLetters();
  await user.keyboard("{ArrowDown}{Control>}{Delete}{/Control}");
  await expect.poll(() => options().length).toBe(3);
  expect(asked(calls, "forget_recipient").map(({ args }) => args)).toEqual([{ address: GRACE }]);
  expect(plain(live())).toBe("Grace Hopper is suggested no more");
  expect(to().value).toBe("gr");
  const grants = options().find((option) => option.dataset["address"] === GRANTS);
  await user.click(grants?.querySelector("[data-forget]") as HTMLElement);
  await expect.poll(() => options().length).toBe(2);
  expect(asked(calls, "forget_recipient").at(-1)?.args).toEqual({ address: GRANTS });
  expect(chips()).toEqual([]);
  expect(document.activeElement).toBe(to());
});

test("a fast hand asks once, and the answer to an earlier question is dropped", async () => {
  const [grace, greta] = (composeStates["compose-known"]?.known ?? []) as [SuggestionView, SuggestionView];
  const answers = new Map<string, (found: SuggestionView[]) => void>();
  await write("compose-known", { known: (typed) => new Promise((resolve) => answers.set(typed, resolve)) });
  const user = userEvent.setup();
  await user.click(to());
  await user.keyboard("gr");
  await expect.poll(() => answers.has("gr")).toBe(true);
  expect([...answers.keys()]).toEqual(["gr"]);
  await user.keyboard("e");
  await expect.poll(() => answers.has("gre")).toBe(true);
  answers.get("gre")?.([greta]);
  await expect.poll(() => options().map((option) => option.dataset["address"])).toEqual([greta.address]);
  answers.get("gr")?.([grace, greta]);
  await drawn();
  expect(options()).toHaveLength(1);
  // Nor does one come to a line that is empty, or was left.
  await user.keyboard("t");
  await expect.poll(() => answers.has("gret")).toBe(true);
  await user.keyboard("{Escape}{Escape}");
  expect(to().value).toBe("");
  answers.get("gret")?.([greta]);
  await drawn();
  expect(options()).toEqual([]);
});

const warned = () => plain(find('[data-testid="to-doubts"]').textContent);
const dialog = () => document.querySelector<HTMLElement>('dialog[data-testid="check-recipient"]');
const reply = (how: string) => find(`dialog [data-testid="check-${how}"]`).click();

test("a chip that looks like another one says so, and the other is a press away", async () => {
  await write("compose-alike");
  await expect.poll(warned).toContain("Looks like ana@contoso.com, to whom you have written");
  const chip = find('[data-testid="to-chips"] [data-address="ana@contoso.co"]');
  expect(plain(chip.title)).toBe("Looks like ana@contoso.com, to whom you have written");
  expect(plain(chip.textContent)).toContain("Looks like ana@contoso.com");
  expect(chip.querySelector("svg")).not.toBeNull();
  expect(to().getAttribute("aria-describedby")).toContain("to-doubts");
  find('[data-testid="to-doubts"] button').click();
  await expect.poll(() => chips()).toEqual(["ana@contoso.com", "noor@outlook.example"]);
  expect(find('[data-testid="to-doubts"]').hidden).toBe(true);
});

test("before sending, each is asked about: mended, sent as it is, or gone back to", async () => {
  const calls = await write("compose-alike");
  await pressSend();
  await expect.poll(() => plain(dialog()?.textContent)).toContain("“ana@contoso.co” looks like “ana@contoso.com”, to whom you have written.");
  expect(dialog()?.querySelector("[autofocus]")?.textContent).toBe("Cancel");
  reply("back");
  await expect.poll(dialog).toBeNull();
  expect(asked(calls, "queue_message")).toEqual([]);

  await pressSend();
  await expect.poll(dialog).not.toBeNull();
  reply("mend");
  await expect.poll(() => plain(dialog()?.textContent)).toContain("“carl@gmial.com” looks like “carl@gmail.com”.");
  expect(asked(calls, "queue_message")).toEqual([]);
  reply("anyway");
  await expect.poll(() => queued(calls)?.to).toEqual(['"Ana Diaz" <ana@contoso.com>', "noor@outlook.example"]);
  expect(queued(calls)?.cc).toEqual(["carl@gmial.com"]);
  await drawn();
  expect(document.querySelector("dialog")).toBeNull();
});

test("a held message names whom it is the first to", async () => {
  await write("compose-written", { held: { for_ms: 60_000, first_time: ["noor@outlook.example"] } });
  await pressSend();
  await expect.poll(() => document.querySelector('[data-testid="held-first"]')?.textContent).toContain("noor@outlook.example");
  expect(live()).toContain("first message to this address");
  expect(live()).toContain("noor@outlook.example");
});

test("a held message to people who were written to names nobody", async () => {
  await write("compose-written", { held: { for_ms: 60_000, first_time: [] } });
  await pressSend();
  await expect.poll(() => document.querySelector('[data-testid="held"]')).not.toBeNull();
  expect(document.querySelector('[data-testid="held-first"]')).toBeNull();
});

const field = (left: number, right: number, top: number) => ({ left, right, top, bottom: top + 40 });

test.for([
  ["below", field(90, 700, 100), { width: 860, height: 700 }, false, { left: 90, width: 610, height: 372, top: 140 }],
  ["as high as there is room", field(90, 700, 300), { width: 860, height: 600 }, false, { left: 90, width: 610, height: 252, top: 340 }],
  ["above where there is more", field(90, 700, 300), { width: 860, height: 420 }, false, { left: 90, width: 610, height: 292, bottom: 120 }],
  ["wider than a narrow line", field(76, 250, 100), { width: 480, height: 700 }, false, { left: 76, width: 320, height: 372, top: 140 }],
  ["within a narrow window", field(76, 200, 100), { width: 320, height: 700 }, false, { left: 8, width: 304, height: 372, top: 140 }],
  ["from right to left", field(230, 404, 100), { width: 480, height: 700 }, true, { left: 84, width: 320, height: 372, top: 140 }],
] as const)("the list stands %s", ([, box, window, rtl, expected]) => {
  expect(place(box, window, rtl)).toEqual(expected);
});
