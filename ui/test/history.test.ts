import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, test, vi } from "vitest";
import { type Call, pretend } from "../preview/bridge";
import { settled } from "../preview/history";
import { mainStates } from "../preview/states";
import type { AppState, OutboxItemView } from "../src/bindings";
import { Heights } from "../src/outbox/heights";
import { mounted } from "./mounted";

const NOW_MS = new Date(2026, 4, 6, 12).getTime();

/** The outbox with a history, in a window that shows as much as the height says. */
async function show(rows: OutboxItemView[], outbox: AppState["outbox"] = []): Promise<Call[]> {
  const calls = pretend("main", { state: { ...(mainStates["card"] as AppState), outbox }, settled: rows });
  await mounted(() => import("../src/Main.svelte"));
  const [{ start }, { go }] = await Promise.all([import("../src/app.svelte"), import("../src/place.svelte")]);
  await start();
  await go("outbox");
  return calls;
}

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const articles = () => [...document.querySelectorAll<HTMLElement>('[role="article"]')];
const drawn = (position: number) => document.querySelector<HTMLElement>(`[aria-posinset="${position}"]`);
const focused = () => document.activeElement?.closest("[role=article]")?.getAttribute("aria-posinset");
const asked = (calls: Call[]) => calls.filter(({ command }) => command === "outbox_history").map(({ args }) => args);

async function checkAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test("of a hundred thousand rows a few are drawn, and each knows its place", async () => {
  const calls = await show(settled(100_000, NOW_MS));
  await expect.poll(() => drawn(1)).not.toBeNull();
  expect(articles().length).toBeLessThan(40);
  expect(drawn(1)?.getAttribute("aria-setsize")).toBe("100000");
  await checkAccessible();
  // The window stands in their midst: the list lies as far above it as half of its height.
  const feed = find("history") as HTMLElement;
  const height = Number.parseFloat(feed.style.blockSize);
  vi.spyOn(feed, "getBoundingClientRect").mockReturnValue(new DOMRect(0, -height / 2, 300, height));
  document.querySelector("main")?.dispatchEvent(new Event("scroll"));
  await expect.poll(() => drawn(50_001)?.textContent).toMatch(/\p{L}/u);
  expect(articles().length).toBeLessThan(40);
  // Nobody asks for what lies between.
  expect(asked(calls).length).toBeLessThan(6);
  await checkAccessible();
});

test("the keys go from row to row, and Tab to the buttons of one", async () => {
  await show(settled(1000, NOW_MS));
  await expect.poll(() => drawn(1)).not.toBeNull();
  const user = userEvent.setup();
  find("history-search")?.focus();
  await user.keyboard("{ArrowDown}");
  await expect.poll(focused).toBe("1");
  for (const [key, expected] of [
    ["{ArrowDown}", "2"],
    ["{ArrowDown}", "3"],
    ["{ArrowUp}", "2"],
    ["{PageDown}", "3"],
    ["{End}", "1000"],
    ["{ArrowDown}", "1000"],
    ["{PageUp}", "999"],
    ["{Home}", "1"],
    ["{ArrowUp}", "1"],
  ] as const) {
    await user.keyboard(key);
    await expect.poll(focused, { message: key }).toBe(expected);
    await expect.poll(() => document.activeElement?.getAttribute("aria-busy")).toBeNull();
  }
  const tabbable = articles().flatMap((row) => [...row.querySelectorAll("button")]).filter((button) => button.tabIndex === 0);
  expect(tabbable.every((button) => drawn(1)?.contains(button))).toBe(true);
  await user.tab();
  expect(drawn(1)?.contains(document.activeElement)).toBe(true);
  expect(document.activeElement?.tagName).toBe("BUTTON");
  await user.tab({ shift: true });
  await user.tab({ shift: true });
  expect(document.activeElement).toBe(find("history-search"));
});

test("it is searched while one types, once for a fast hand, and Esc takes it back", async () => {
  const calls = await show(settled(60, NOW_MS));
  await expect.poll(() => drawn(1)).not.toBeNull();
  const before = asked(calls).length;
  const user = userEvent.setup();
  const field = find("history-search") as HTMLInputElement;
  await user.type(field, "zurich");
  await expect.poll(() => find("history-found")?.textContent).toMatch(/10.* messages found/);
  expect(asked(calls).slice(before).map(({ search }) => search)).toEqual(["zurich"]);
  expect(find("live-region")?.textContent).toMatch(/10.* messages found/);
  expect(drawn(1)?.textContent).toContain("Réunion à Zürich");
  await checkAccessible();
  await user.type(field, " bern");
  await expect.poll(() => find("history-nothing")).not.toBeNull();
  expect(find("live-region")?.textContent).toContain("Nothing found");
  await checkAccessible();
  await user.keyboard("{Escape}");
  expect(field.value).toBe("");
  await expect.poll(() => drawn(1)?.getAttribute("aria-setsize")).toBe("60");
  expect(document.activeElement).toBe(field);
});

test("an answer that comes too late is not shown", async () => {
  await show(settled(60, NOW_MS));
  const { History } = await import("../src/outbox/history.svelte");
  const { commands } = await import("../src/bindings");
  const answers: Array<() => void> = [];
  const real = commands.outboxHistory;
  vi.spyOn(commands, "outboxHistory").mockImplementation(async (search, before) => {
    await new Promise<void>((done) => answers.push(done));
    return real(search, before);
  });
  const history = new History();
  const [first, second] = [history.ask("zurich"), history.ask("engine")];
  answers[1]?.();
  await second;
  answers[0]?.();
  await first;
  expect(history.found).toBe("engine");
  expect(history.row(0)?.subject).toBe("Notes on the engine");
});

test("the first row of each day says which day it is", async () => {
  const day_ms = 24 * 60 * 60_000;
  const [row] = settled(1, NOW_MS) as [OutboxItemView];
  const ages = [0, 1, 1, 3].map((days) => Date.now() - days * day_ms);
  await show(ages.map((created_at_ms, at) => ({ ...row, id: String(9 - at), created_at_ms })));
  await expect.poll(() => articles().length).toBe(4);
  const headings = articles().map((each) => each.querySelector("h3")?.textContent ?? null);
  expect(headings.slice(0, 3)).toEqual(["Today", "Yesterday", null]);
  expect(headings[3]).toMatch(/\d{4}/);
});

test("when something is sent meanwhile, the row of the focus keeps it", async () => {
  const rows = settled(300, NOW_MS);
  await show(rows);
  await expect.poll(() => drawn(1)).not.toBeNull();
  const user = userEvent.setup();
  find("history-search")?.focus();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  await expect.poll(focused).toBe("3");
  const row = document.activeElement;
  rows.unshift({ ...(rows[0] as OutboxItemView), id: "301", subject: "The newest" });
  const { app } = await import("../src/app.svelte");
  app.hear({ outbox: [] });
  await expect.poll(() => drawn(1)?.textContent).toContain("The newest");
  expect(focused()).toBe("4");
  expect(document.activeElement).toBe(row);
  // The row of the focus goes, and the next one takes it.
  rows.splice(3, 1);
  app.hear({ outbox: [] });
  await expect.poll(() => drawn(1)?.getAttribute("aria-setsize")).toBe("300");
  await expect.poll(focused).toBe("4");
  expect(document.activeElement).not.toBe(row);
});

test("what was never sent has no history to search", async () => {
  await show([], (mainStates["card"] as AppState).outbox);
  await expect.poll(() => find("outbox-item")).not.toBeNull();
  expect(find("history-search")).toBeNull();
  expect(find("outbox-empty")).toBeNull();
});

test("where all is settled, that is said, and the number beside the outbox is gone", async () => {
  await show(settled(3, NOW_MS), settled(3, NOW_MS));
  await expect.poll(() => find("outbox-idle")).not.toBeNull();
  expect(articles()).toHaveLength(3);
  const { go } = await import("../src/place.svelte");
  await go("home");
  expect(find("open-outbox")).not.toBeNull();
  expect(find("outbox-count")).toBeNull();
});

test("what nobody has sent or begun is drawn as empty", async () => {
  await show([]);
  await expect.poll(() => find("outbox-empty")).not.toBeNull();
  expect(find("outbox-write-mail")).not.toBeNull();
  expect(find("history-search")).toBeNull();
});

test("heights of rows add up, and are found again", () => {
  const heights = new Heights(100_000, 100);
  expect([heights.total, heights.at(0), heights.at(99), heights.at(100), heights.at(1e9), heights.at(-5)]).toEqual([1e7, 0, 0, 1, 99_999, 0]);
  for (const [at, px] of [[3, 250], [3, 250], [99_999, 40], [100_000, 7]] as const) heights.measure(at, px);
  expect([3, 4, 99_999].map((at) => heights.top(at))).toEqual([300, 550, 10_000_050]);
  expect([heights.total, heights.at(549), heights.at(550)]).toEqual([10_000_090, 3, 4]);
  expect(new Heights(0, 100).total).toBe(0);
});
