import axe from "axe-core";
import { afterEach, expect, test, vi } from "vitest";
import { pretend } from "../preview/bridge";
import { code } from "../preview/code";
import { mainStates } from "../preview/states";
import { QUIET_MODULES, outline } from "../src/card/code";
import { drawn, mounted } from "./mounted";

afterEach(() => {
  vi.unstubAllGlobals();
});

async function show(state: string) {
  const sample = mainStates[state];
  if (!sample) throw new Error(state);
  const calls = pretend("main", { state: sample });
  await mounted(() => import("../src/Main.svelte"));
  const { start } = await import("../src/app.svelte");
  await start();
  await drawn();
  return calls;
}

function find(testid: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  if (!found) throw new Error(`${testid} is not there`);
  return found;
}

async function press(testid: string) {
  find(testid).click();
  await drawn();
}

const key = async (name: string) => {
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  await drawn();
};

const said = () => find("live-region").textContent.replaceAll(/[\u2068\u2069]/g, "");

async function checkAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test("one quiet button holds every way to share, and the keyboard reaches each", async () => {
  await show("card");
  find("share").focus();
  await key("ArrowDown");
  const items = [...document.querySelectorAll('[role="menuitem"]')];
  expect(items.map((item) => item.textContent.trim())).toEqual(["Save as vCard…", "Show QR code", "Copy as text", "Attach to a mail"]);
  for (const item of items) {
    expect(document.activeElement).toBe(item);
    await key("ArrowDown");
  }
  expect(document.activeElement).toBe(items[0]);
  await checkAccessible();
  await key("Escape");
  expect(document.activeElement).toBe(find("share"));
  expect(document.querySelector('[role="menu"]')).toBeNull();
});

test("what is saved is said, and who thinks better of it hears nothing", async () => {
  const calls = await show("card");
  await press("share");
  await press("share-save");
  expect(calls.at(-1)).toEqual({ command: "save_card", args: {} });
  await expect.poll(said).toBe("Card saved");
});

test("a code is shown with its margin, in words, and for everybody", async () => {
  const calls = await show("card");
  await press("share");
  await press("share-code");
  await expect.poll(() => document.querySelector('[data-testid="code-dialog"]')).not.toBeNull();
  expect(calls.at(-1)?.command).toBe("card_code");
  const side = code.rows.length + 2 * QUIET_MODULES;
  expect(find("code").getAttribute("viewBox")).toBe(`-4 -4 ${side} ${side}`);
  expect(find("code").getAttribute("aria-label")).toContain("Ada Lovelace-Núñez");
  expect(find("code-holds").textContent).toContain("ada@signet.example");
  await checkAccessible();
  await press("code-close");
  expect(document.querySelector('[data-testid="code-dialog"]')).toBeNull();
});

test("every dark module is drawn, and no light one", () => {
  const drawnModules = new Set<string>();
  for (const [, x = "", y = "", width = ""] of outline(code.rows).matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let at = Number(x); at < Number(x) + Number(width); at += 1) drawnModules.add(`${at} ${y}`);
  }
  const dark = code.rows.flatMap((row, y) => Array.from(row).flatMap((module, x) => (module === "1" ? [`${x} ${y}`] : [])));
  expect([...drawnModules].sort()).toEqual(dark.sort());
});

test("the text has every line of the card, and nothing that the window alone needs", async () => {
  await show("card");
  let taken = "";
  vi.stubGlobal("navigator", { clipboard: { writeText: (words: string) => Promise.resolve((taken = words)) } });
  await press("share");
  await press("share-copy");
  await expect.poll(said).toBe("Copied: Card");
  expect(taken.split("\n")).toEqual([
    "Ada Lovelace-Núñez",
    "Principal Engineer",
    "Analytical Engines",
    "Signet Example",
    "Mail: ada@signet.example",
    "Phone: +44 20 7946 0101",
    "Mobile phone: +44 7700 900101",
    "Office: St James’s Square 12 / 2.04",
    "Manager: Grace Hopper <grace@signet.example>",
  ]);
});

test("a card of which little is known is shared without empty lines", async () => {
  await show("sparse");
  let taken = "";
  vi.stubGlobal("navigator", { clipboard: { writeText: (words: string) => Promise.resolve((taken = words)) } });
  await press("share");
  await press("share-copy");
  await expect.poll(() => taken).toBe("Ada Lovelace-Núñez\nMail: ada@signet.example");
});

test("a mail is begun with the card attached", async () => {
  const calls = await show("card");
  await press("share");
  await press("share-attach");
  expect(calls.at(-1)).toEqual({ command: "attach_card", args: {} });
});

test("a card that could not be asked for again says how old it is", async () => {
  await show("old");
  expect(find("card-as-of").textContent).toMatch(/^As of /);
});
