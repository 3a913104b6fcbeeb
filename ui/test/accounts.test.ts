import axe from "axe-core";
import { expect, test } from "vitest";
import { pretend } from "../preview/bridge";
import { composeStates, mainStates } from "../preview/states";
import { drawn, mounted } from "./mounted";

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

const all = (testid: string) => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];

async function press(testid: string, at = 0) {
  const found = all(testid)[at];
  if (!found) throw new Error(`${testid} is not there`);
  found.click();
  await drawn();
}

const key = async (name: string) => {
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  await drawn();
};

test("the menu lists every account with its tenant, and marks the chosen one", async () => {
  await show("accounts");
  await press("account-menu");
  const rows = all("menu-account");
  expect(rows.map((row) => row.getAttribute("role"))).toEqual(["menuitemradio", "menuitemradio", "menuitemradio"]);
  expect(rows.map((row) => row.getAttribute("aria-checked"))).toEqual(["true", "false", "false"]);
  expect(rows[1]?.textContent).toContain("noor@outlook.example");
  expect(rows[1]?.textContent).toContain("Sign in again");
  const tenants = all("account-tenant").map((row) => row.textContent.replaceAll(/[\u2066-\u2069]/g, ""));
  expect(tenants).toEqual(["Sandbox account", "Personal account", "Guest in tenant 5e1f0000-1843-4000-8000-000000000002"]);
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test("the keyboard moves over accounts and acts alike, and choosing closes the menu", async () => {
  const calls = await show("accounts");
  await press("account-menu");
  expect(document.activeElement).toBe(all("menu-account")[0]);
  await key("ArrowDown");
  expect(document.activeElement).toBe(all("menu-account")[1]);
  await key("End");
  expect(document.activeElement).toBe(all("menu-sign-out-in-browser")[0]);
  await press("menu-account", 1);
  expect(calls.at(-1)).toEqual({ command: "choose_account", args: { account: "n.p" } });
  expect(all("menu-account")).toEqual([]);
});

test("another account is added beside the others, and one is signed out alone", async () => {
  const calls = await show("accounts");
  await press("account-menu");
  await press("menu-add-account");
  expect(calls.at(-1)).toEqual({ command: "sign_in", args: { cloud: "microsoft" } });
  await press("account-menu");
  await press("menu-sign-out");
  expect(calls.at(-1)).toEqual({ command: "sign_out", args: { account: "a.t", inBrowser: false, keepMail: true } });
});

test("when another account comes back, both ways on are offered by name", async () => {
  const calls = await show("other-came");
  expect(all("needs-message")[0]?.textContent).toMatch(/noor@outlook\.example.*ada@signet\.example/);
  expect(all("needs-continue-with-other")[0]?.textContent).toContain("noor@outlook.example");
  await press("needs-sign-in-again");
  expect(calls.at(-1)?.command).toBe("sign_in_again");
  await press("needs-continue-with-other");
  expect(calls.at(-1)?.command).toBe("continue_with_other");
});

test("a mail is written from the account that was chosen when its window was opened", async () => {
  const { draft } = composeStates["compose-new"] ?? {};
  const state = mainStates["accounts"];
  if (!draft || !state) throw new Error("no sample");
  pretend("compose-1", { state, draft: { ...draft, account: "n.p" } });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => all("from")[0]?.textContent ?? "").toContain("noor@outlook.example");
});
