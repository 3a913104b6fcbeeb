import { expect, test, vi } from "vitest";
import { type Pretence, pretend } from "../preview/bridge";
import { mainStates } from "../preview/states";
import type { AppState } from "../src/bindings";
import { drawn, mounted } from "./mounted";

async function showSettings(state: string, more: Partial<Pretence> = {}) {
  const sample = mainStates[state];
  if (!sample) throw new Error(state);
  const calls = pretend("main", { state: sample, ...more });
  await mounted(() => import("../src/Main.svelte"));
  const [{ app, start }, { go }] = await Promise.all([import("../src/app.svelte"), import("../src/place.svelte")]);
  await start();
  await go("settings");
  return { app, calls };
}

function find(testid: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  if (!found) throw new Error(`${testid} is not there`);
  return found;
}

function select(testid: string): HTMLSelectElement {
  return find(testid) as HTMLSelectElement;
}

/** Chooses what these words say. */
async function choose(testid: string, words: string) {
  const field = select(testid);
  const plain = (option: HTMLOptionElement) => option.textContent.replaceAll(/[\u2066-\u2069]/g, "");
  field.selectedIndex = [...field.options].findIndex((option) => plain(option) === words);
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await drawn();
}

test.for([
  ["settings-undo-send", "20 seconds", { kind: "undo_send", value: 20 }],
  ["settings-theme", "Dark", { kind: "theme", value: "dark" }],
  ["settings-notifications", "Only what needs you", { kind: "notifications", value: "needed" }],
] as const)("%s holds as soon as it is chosen, and says so", async ([testid, words, preference]) => {
  const { calls } = await showSettings("card");
  await choose(testid, words);
  expect(calls.at(-1)).toEqual({ command: "prefer", args: { preference } });
  await expect.poll(() => document.querySelector(`[data-testid="${testid}-saved"]`)).not.toBeNull();
});

test("what somebody else has set can be read only, and says who has", async () => {
  await showSettings("managed");
  expect(select("settings-undo-send").disabled).toBe(true);
  expect(find("settings-undo-send-set-by").textContent).toContain("organization");
  expect(find("settings-theme-set-by").textContent).toContain("environment");
  expect(select("settings-notifications").disabled).toBe(false);
  // A number of seconds that is none of ours is shown all the same.
  const { options, selectedIndex } = select("settings-undo-send");
  expect(options[selectedIndex]?.textContent).toContain("45");
});

test("a signature is what was typed, or what the card says, and is kept with Save alone", async () => {
  const { calls } = await showSettings("card");
  const field = find("settings-signature") as HTMLTextAreaElement;
  await expect.poll(() => field.value).toBe("Ada\nCountess of Lovelace");
  find("settings-signature-card").click();
  await drawn();
  const signature = "Ada Lovelace-Núñez\nPrincipal Engineer\nSignet Example\n+44 20 7946 0101\n+44 7700 900101";
  expect(field.value).toBe(signature);
  expect(calls.some(({ command }) => command === "save_signature")).toBe(false);
  find("settings-signature-save").click();
  await expect.poll(() => calls.at(-1)).toEqual({ command: "save_signature", args: { account: "a.t", signature } });
  await expect.poll(() => document.querySelector("[data-testid=settings-signature-saved]")).not.toBeNull();
});

test("Signet becomes the program for mail links when it is told to, and gives them back", async () => {
  const { calls } = await showSettings("card");
  const state = () => document.querySelector<HTMLElement>("[data-testid=mail-program]")?.dataset["kind"];
  await expect.poll(state).toBe("other");
  expect(calls.some(({ command }) => command === "take_mail_links")).toBe(false);
  find("take-mail-links").click();
  await expect.poll(state).toBe("signet");
  await expect.poll(() => document.activeElement).toBe(find("give-back-mail-links"));
  find("give-back-mail-links").click();
  await expect.poll(state).toBe("other");
});

test("what a package manages can be read only", async () => {
  await showSettings("card", { mailProgram: { kind: "packaged", chosen: false } });
  await expect.poll(() => document.querySelector("[data-testid=mail-program]")?.textContent).toContain("package");
  expect(document.querySelector("[data-testid=take-mail-links]")).toBeNull();
});

test("a folder is opened by its kind: the window names no path", async () => {
  const { calls } = await showSettings("card");
  await expect.poll(() => document.querySelector("[data-testid=open-folder-data]")).not.toBeNull();
  find("open-folder-data").click();
  expect(calls.at(-1)).toEqual({ command: "open_folder", args: { folder: "data" } });
});

test("what was exported is said to lie where it does", async () => {
  await showSettings("card");
  find("export-everything").click();
  await expect.poll(() => document.querySelector("[data-testid=exported]")?.textContent).toContain("/home/ada/Documents/Signet export");
});

test("everything is deleted only after the person has read what waits to be sent", async () => {
  const { calls } = await showSettings("outbox");
  const deleted = () => calls.some(({ command }) => command === "delete_everything");
  find("delete-everything").click();
  await drawn();
  expect(find("delete-unsent").textContent).toMatch(/8.? messages wait to be sent/);
  expect(find("delete-dialog").textContent).toContain("Travel to Turin");
  find("delete-cancel").click();
  await drawn();
  expect(deleted()).toBe(false);
  find("delete-everything").click();
  await drawn();
  find("delete-confirm").click();
  await expect.poll(deleted).toBe(true);
});

test("the window has the desktop's colours or the chosen ones, and changes with both", async () => {
  const desktop = Object.assign(new EventTarget(), { matches: false });
  vi.stubGlobal("matchMedia", () => desktop);
  const [{ app }, { followTheme }] = await Promise.all([import("../src/app.svelte"), import("../src/look/theme.svelte")]);
  const shown = () => document.documentElement.dataset["theme"];
  followTheme();
  expect(shown()).toBe("light");
  desktop.matches = true;
  desktop.dispatchEvent(new Event("change"));
  expect(shown()).toBe("dark");
  const { config } = mainStates["card"] as AppState;
  for (const [theme, expected] of [["light", "light"], ["system", "dark"], ["dark", "dark"]] as const) {
    app.hear({ config: { ...config, preferences: { ...config.preferences, theme } } });
    await drawn();
    expect(shown()).toBe(expected);
  }
  vi.unstubAllGlobals();
  delete document.documentElement.dataset["theme"];
});
