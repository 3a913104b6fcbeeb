import axe from "axe-core";
import { expect, test, vi } from "vitest";
import { pretend } from "../preview/bridge";
import { inspections } from "../preview/inspections";
import { mainStates } from "../preview/states";
import type { AppState, InspectionView } from "../src/bindings";
import { drawn, mounted } from "./mounted";

const CARD = mainStates["card"] as AppState;
const WHOLE = inspections["whole"] as InspectionView;

async function show(inspection: InspectionView = WHOLE, state = CARD) {
  const calls = pretend("main", { state, inspection });
  await mounted(() => import("../src/Main.svelte"));
  const [{ start }, { go }] = await Promise.all([import("../src/app.svelte"), import("../src/place.svelte")]);
  await start();
  await go("inspector");
  await expect.poll(() => document.querySelector("#inspector-requests")).not.toBeNull();
  return calls;
}

function all(testid: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
}

function find(testid: string): HTMLElement {
  const [found] = all(testid);
  if (!found) throw new Error(`${testid} is not there`);
  return found;
}

async function press(element: HTMLElement | undefined) {
  element?.click();
  await drawn();
}

const plain = (text: string | null) => (text ?? "").replaceAll(/[\u2066-\u2069]/g, "");

async function checkAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test.for(Object.keys(inspections))("%s: in words, and for everybody", async (name) => {
  await show(inspections[name]);
  await checkAccessible();
  for (const open of all("inspector-open-request").slice(0, 7)) {
    await press(open);
    await checkAccessible();
  }
  expect(document.body.textContent).not.toMatch(/\b(inspector|claim|permission)-[a-z]+\b|Something went wrong|undefined|\[object|\{ ?\$/);
});

test("without an account the requests are there all the same", async () => {
  await show({ ...WHOLE, account: null }, mainStates["welcome-declined"]);
  expect(all("inspector-request").length).toBeGreaterThan(0);
  expect(all("permission")).toEqual([]);
  await checkAccessible();
});

test("the menu and the settings lead to it, and it is called by its name", async () => {
  await show();
  expect(document.querySelector("h1")?.textContent).toBe("Inspector");
  await press(find("back"));
  await press(find("account-menu"));
  await press(find("menu-inspector"));
  await expect.poll(() => all("inspector").length).toBe(1);
  await press(find("account-menu"));
  await press(find("menu-settings"));
  await press(find("settings-open-inspector"));
  await expect.poll(() => all("inspector").length).toBe(1);
});

test("a request opens to its ids, and to why it was made again", async () => {
  await show();
  const [, again, lost, , , upload] = all("inspector-open-request");
  await press(again);
  expect(again?.getAttribute("aria-expanded")).toBe("true");
  expect(plain(find("inspector-again").textContent)).toContain("attempt 2");
  expect(find("inspector-request-id").textContent).toBe("8d0f9f4c-5f0e-4b7a-a5f3-1f7a9b1d5c29");
  await press(lost);
  expect(all("inspector-details")).toHaveLength(1);
  expect(find("inspector-details").textContent).toContain("broke off before the answer came");
  expect(all("inspector-copy-request-id")).toEqual([]);
  await press(upload);
  expect(all("inspector-copy-curl")).toEqual([]);
});

test("older requests come when they are asked for", async () => {
  await show();
  const before = all("inspector-request").length;
  await press(find("inspector-more"));
  expect(before).toBeLessThan(all("inspector-request").length);
  expect(all("inspector-request")).toHaveLength(WHOLE.requests.length);
  expect(all("inspector-more")).toEqual([]);
});

test("a request is copied for curl with a name in the token's place", async () => {
  const copied = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: copied } });
  await show();
  await press(all("inspector-open-request")[0]);
  await press(find("inspector-copy-curl"));
  Reflect.deleteProperty(navigator, "clipboard");
  expect(copied.mock.calls[0]?.[0]).toBe(
    [
      "curl --request POST",
      "'https://graph.microsoft.com/v1.0/me/sendMail'",
      '--header "Authorization: Bearer $TOKEN"',
      "--header 'Content-Type: text/plain'",
      "--data-binary @body",
    ].join(" \\\n  "),
  );
});

test("what a shell would read in an address is quoted, and only Graph gets the token", async () => {
  const { curl } = await import("../src/inspector/curl");
  const [request] = WHOLE.requests;
  if (!request) throw new Error("no request");
  const line = curl({ ...request, to: "authority", content_type: null, address: "https://host/it's$(x)" });
  expect(line).toBe("curl --request POST \\\n  'https://host/it'\\''s$(x)'");
});

test("the token's time runs down and is not read aloud", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  try {
    const account = WHOLE.account && { ...WHOLE.account, token_expires_at_ms: Date.now() + 3_725_000 };
    const calls = pretend("main", { state: CARD, inspection: { ...WHOLE, account } });
    await mounted(() => import("../src/Main.svelte"));
    const [{ start }, { go }] = await Promise.all([import("../src/app.svelte"), import("../src/place.svelte")]);
    await start();
    await go("inspector");
    await vi.waitFor(() => find("inspector-token-left"));
    const timer = find("inspector-token-left");
    expect(plain(timer.textContent)).toBe("Time left: 1:02:05");
    expect(timer.getAttribute("aria-live")).toBe("off");
    vi.advanceTimersByTime(6000);
    await drawn();
    expect(plain(timer.textContent)).toBe("Time left: 1:01:59");
    // And how things are was looked at again meanwhile.
    expect(calls.filter(({ command }) => command === "inspect").length).toBeGreaterThan(2);
  } finally {
    vi.useRealTimers();
  }
});

test("a permission is asked for, left alone and used again", async () => {
  const calls = await show();
  const acts = () => calls.filter(({ command }) => /permission/.test(command));
  await press(find("permission-ask"));
  expect(acts()).toEqual([{ command: "ask_permission", args: { scope: "Mail.ReadWrite" } }]);
  const use = find("permission-use") as HTMLInputElement;
  expect([use.checked, use.getAttribute("aria-label") && plain(use.getAttribute("aria-label"))]).toEqual([true, "Use Mail.Send"]);
  await press(use);
  await expect.poll(() => acts().length).toBe(2);
  expect(acts()[1]).toEqual({ command: "use_permission", args: { scope: "Mail.Send", used: false } });
});

test("what the sign-in needs cannot be switched off, and taking back leads to Microsoft", async () => {
  const ada = CARD.session.kind === "signed_in" ? CARD.session.account : null;
  if (!ada) throw new Error("nobody");
  const account = { ...ada, cloud: "microsoft", tenant: { kind: "personal" } } as const;
  const [entry] = CARD.accounts;
  if (!entry) throw new Error("nobody");
  const calls = await show(inspections["left-alone"], { ...CARD, accounts: [{ ...entry, account }] });
  const switches = all("permission").filter((one) => one.querySelector("[role=switch]"));
  expect(switches.map((one) => [one.dataset["scope"], one.querySelector("input")?.checked])).toEqual([
    ["Mail.Send", false],
    ["Mail.ReadWrite", false],
  ]);
  await press(find("permission-take-back"));
  expect(calls.at(-1)).toEqual({ command: "open_page", args: { page: "personal_consents" } });
});

test("claims are explained where they are documented, and the profile stands there as JSON", async () => {
  await show();
  const claims = new Map(all("claim").map((claim) => [claim.dataset["name"], claim.querySelectorAll("dd").length]));
  expect([claims.get("oid"), claims.get("extension_shoe_size")]).toEqual([2, 1]);
  expect(find("inspector-profile-json").textContent).toContain('\n  "displayName": "Ada Lovelace-Núñez"');
});
