import axe from "axe-core";
import { expect, test, vi } from "vitest";
import { type Pretence, pretend } from "../preview/bridge";
import { composeStates, mainStates } from "../preview/states";
import type { Later } from "../src/bindings";
import type { Place } from "../src/place.svelte";
import { drawn, mounted } from "./mounted";

async function showMain(state: string, place: Place = "home") {
  const sample = mainStates[state];
  if (!sample) throw new Error(state);
  const calls = pretend("main", { state: sample });
  await mounted(() => import("../src/Main.svelte"));
  const [{ start }, { go }] = await Promise.all([import("../src/app.svelte"), import("../src/place.svelte")]);
  await start();
  await go(place);
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

/** Everything axe can judge without a layout. Contrast and sizes are looked at in the real window. */
async function checkAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

/** No view shows an id, or the sentence that stands in for one. */
function checkWords() {
  const shown = document.body.textContent;
  expect(shown).not.toMatch(/\b(trouble|config|state|act|failed|draft|address|unconfirmed)-[a-z]+\b/);
  expect(shown).not.toMatch(/Something went wrong|undefined|\[object|\{ ?\$/);
}

const VIEWS = [
  ...Object.keys(mainStates).map((state) => [state, "home"] as const),
  ["outbox", "outbox"],
  ["card", "outbox"],
  ["card", "manager"],
  ["welcome-faults", "settings"],
  ["managed", "settings"],
  ["card", "settings"],
] as const;

test.for(VIEWS)("%s, %s: in words, and for everybody", async ([state, place]) => {
  await showMain(state, place);
  checkWords();
  await checkAccessible();
});

test.for(Object.keys(composeStates))("%s: in words, and for everybody", async (state) => {
  const sample = composeStates[state];
  if (!sample) throw new Error(state);
  pretend("compose-1", sample);
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body")).not.toBeNull();
  checkWords();
  await checkAccessible();
});

test("the questions before sending: in words, and for everybody", async () => {
  pretend("compose-1", composeStates["compose-forgotten"] as Pretence);
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  find("send").click();
  for (const question of ["check-subject", "check-attachments"]) {
    await expect.poll(() => document.querySelector(`[data-testid="${question}"]`)).not.toBeNull();
    checkWords();
    await checkAccessible();
    find("check-anyway").click();
  }
});

test.for(["compose-tip", "compose-tips"])("%s, once they are known: in words, and for everybody", async (state) => {
  pretend("compose-1", composeStates[state] as Pretence);
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector('[data-testid="tip"]')).not.toBeNull();
  checkWords();
  await checkAccessible();
  if (state === "compose-tip") return;
  await press("tips-more");
  checkWords();
  await checkAccessible();
  find("send").click();
  await expect.poll(() => document.querySelector('[data-testid="check-recipients"]')).not.toBeNull();
  checkWords();
  await checkAccessible();
});

test("when it is to leave: in words, and for everybody", async () => {
  const calls = pretend("compose-1", composeStates["compose-forgotten"] as Pretence);
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  find("later").click();
  await expect.poll(() => document.querySelector("[data-testid=later-dialog]")).not.toBeNull();
  checkWords();
  await checkAccessible();
  const day = find("later-day") as HTMLSelectElement;
  day.value = "2";
  day.dispatchEvent(new Event("change", { bubbles: true }));
  find("later-server").click();
  find("later-send").click();
  for (const question of ["check-subject", "check-attachments"]) {
    await expect.poll(() => document.querySelector(`[data-testid="${question}"]`)).not.toBeNull();
    find("check-anyway").click();
  }
  await expect.poll(() => calls.find(({ command }) => command === "queue_message")).toBeDefined();
  const args = calls.find(({ command }) => command === "queue_message")?.args as { later: Later };
  const now = new Date();
  const at_ms = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 2, 8).getTime();
  expect(args.later).toEqual({ at_ms, by_server: true });
});

test("the keys that there are: in words, and for everybody", async () => {
  pretend("compose-1", composeStates["compose-new"] as Pretence);
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  const press = (key: string, more: KeyboardEventInit = {}) =>
    window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  press("F1");
  await expect.poll(() => document.querySelector("[data-testid=keys-dialog]")).not.toBeNull();
  checkWords();
  await checkAccessible();
  find("keys-close").click();
  await expect.poll(() => document.querySelector("[data-testid=keys-dialog]")).toBeNull();
  press("Enter", { ctrlKey: true, shiftKey: true });
  await expect.poll(() => document.querySelector("[data-testid=later-dialog]")).not.toBeNull();
});

test("without a client id, signing in to Microsoft leads to the field for it", async () => {
  const calls = await showMain("welcome-unregistered");
  await press("sign-in-microsoft");
  expect(document.activeElement).toBe(find("client-id"));
  expect(calls.map(({ command }) => command)).not.toContain("sign_in");
});

test("a mail that was too large names its size and its largest file, whatever that is called", async () => {
  await showMain("outbox", "outbox");
  const row = [...document.querySelectorAll('[data-state="failed"]')].find((each) => each.textContent.includes("The whole engine"));
  expect(row?.textContent).toMatch(/it has .*52\.4 MB.*“.*1843.*” with .*31\.4 MB/);
});

test("a trouble tells what to quote, and tries again where it failed", async () => {
  const calls = await showMain("welcome-declined");
  expect(find("trouble-code").textContent).toContain("AADSTS65004");
  expect(find("trouble-correlation").textContent).toContain("2f4b1b54-7c2f-4be0-9d0a-3c1f6d0a7e11");
  await press("trouble-try-again");
  expect(calls.at(-1)).toEqual({ command: "sign_in", args: { cloud: "microsoft" } });
});

test("a code stands there to be typed in elsewhere, and each way leads to the other", async () => {
  const calls = await showMain("other-device");
  expect(find("user-code").textContent).toBe("FJC3Z9Q7V");
  expect(find("sign-in-address").textContent).toBe("https://microsoft.com/devicelogin");
  await press("use-browser");
  expect(calls.at(-1)).toEqual({ command: "sign_in_by", args: { method: "automatic" } });
});

test("the browser can be left for a code, and says why it answers as it does", async () => {
  const calls = await showMain("loopback");
  expect(find("sign-in-reason").textContent).toContain("port of this computer");
  await press("use-code");
  expect(calls.at(-1)).toEqual({ command: "sign_in_by", args: { method: "device_code" } });
});

test("the card stays while it must be signed in again", async () => {
  const calls = await showMain("needs");
  expect(find("card-name").textContent).toBe("Ada Lovelace-Núñez");
  await press("needs-sign-in-again");
  expect(calls.at(-1)?.command).toBe("sign_in_again");
});

test("a test mail goes to one's own address", async () => {
  const calls = await showMain("card");
  await press("send-test-mail");
  expect(calls.at(-1)).toEqual({ command: "open_compose", args: { to: "ada@signet.example" } });
});

test("the manager's name leads to their card, a mail to them, and back", async () => {
  const calls = await showMain("card");
  await press("open-card-manager");
  await expect.poll(() => document.activeElement?.textContent).toBe("Manager");
  expect(find("person-name").textContent).toBe("Grace Hopper");
  expect(find("person-title").textContent).toBe("Rear Admiral");
  expect(find("person-phone-0").textContent).toBe("+44 20 7946 0102");
  await press("person-write");
  expect(calls.at(-1)).toEqual({ command: "open_compose", args: { to: "grace@signet.example" } });
  await press("back");
  await expect.poll(() => document.activeElement).toBe(find("card-name"));
});

test("when there is no manager any more, the card is shown in their place", async () => {
  await showMain("card", "manager");
  const { app } = await import("../src/app.svelte");
  app.card = app.card && { ...app.card, manager: null };
  await drawn();
  find("card");
  expect(document.querySelector('[data-testid="back"]')).toBeNull();
});

test("an unconfirmed message is sent again only after the person has read what that means", async () => {
  const calls = await showMain("outbox", "outbox");
  const sent = () => calls.filter(({ command }) => command === "outbox_send_again");
  await press("outbox-again");
  expect(find("outbox-dialog").textContent).toContain("will get it twice");
  expect(sent()).toEqual([]);
  await press("outbox-dialog-cancel");
  expect(sent()).toEqual([]);
  await press("outbox-again");
  await press("outbox-dialog-confirm");
  expect(sent()).toEqual([{ command: "outbox_send_again", args: { id: "6" } }]);
});

test("a message under way cannot be touched, and an accepted one only taken off the list", async () => {
  await showMain("outbox", "outbox");
  const acts = (state: string) =>
    [...(document.querySelector(`[data-state="${state}"]`)?.querySelectorAll(".buttons > button") ?? [])].map((button) => button.textContent);
  await expect.poll(() => acts("accepted")).toEqual(["Remove from list"]);
  expect(acts("sending")).toEqual([]);
  expect(acts("unconfirmed")).toEqual(["Find out", "Send again…", "Edit", "Discard…"]);
  expect(acts("damaged")).toEqual(["Edit", "Discard…"]);
});

test("a message that may or may not have left says why, also for a code of a newer Signet", async () => {
  await showMain("outbox", "outbox");
  const details = [...document.querySelectorAll('[data-state="unconfirmed"] [data-testid="outbox-detail"]')].map(
    (detail) => detail.textContent.replaceAll(/[\u2066-\u2069]/g, ""),
  );
  const rest = "It may have been sent. Signet does not send it again by itself.";
  expect(details).toEqual([
    `The server answered that something went wrong on its side. ${rest}`,
    `No answer came that can be trusted. ${rest}`,
  ]);
});

test("a refused message shows its code and request id, each with a button to copy it", async () => {
  await showMain("outbox", "outbox");
  expect(find("outbox-code").textContent).toBe("ErrorInvalidRecipients");
  expect(find("outbox-copy-code").getAttribute("aria-label")).toMatch(/^Copy: .*Code/);
  expect(document.querySelectorAll('[data-state="failed"] [data-testid="outbox-request-id"]')).toHaveLength(1);
});

test("a browser that did not open is said plainly, and the address comes before everything else", async () => {
  await showMain("browser-failed");
  expect(find("browser-failed").textContent).toContain("Your browser could not be opened.");
  expect(document.body.textContent).not.toContain("has opened in your browser");
  const order = [...document.querySelectorAll('[data-testid="sign-in-address"], ol, [data-testid="open-again"]')];
  expect(order.map((each) => each.tagName)).toEqual(["P", "OL", "BUTTON"]);
  find("copy-address");
});

test("a locked keyring is tried again, with no word of a browser", async () => {
  const calls = await showMain("needs-keyring");
  expect(find("needs").textContent).toContain("Unlock it");
  expect(find("needs-try-again").textContent.trim()).toBe("Try again");
  await press("needs-try-again");
  expect(calls.at(-1)?.command).toBe("sign_in_again");
});

test("where an administrator must approve, there is a note for them and the way on for afterwards", async () => {
  const calls = await showMain("needs-admin");
  let note = "";
  vi.stubGlobal("navigator", { clipboard: { writeText: (words: string) => Promise.resolve((note = words)) } });
  await press("needs-admin-note");
  expect(note).toContain("openid, profile, offline_access, User.Read, Mail.Send, Mail.ReadWrite");
  expect(note).toContain("/organizations/v2.0/adminconsent?client_id=6f1e1c84");
  vi.unstubAllGlobals();
  await press("needs-sign-in-again");
  expect(calls.at(-1)?.command).toBe("sign_in_again");
});

test("a notice says what can be done", async () => {
  await showMain("notices");
  const notices = [...document.querySelectorAll('[data-testid="notice"]')].map((notice) => notice.textContent);
  expect(notices.some((words) => /keyring is locked.*Unlock it/s.test(words))).toBe(true);
  await press("notice-close");
  expect(document.querySelectorAll('[data-testid="notice"]')).toHaveLength(notices.length - 1);
});

test("signing out asks what becomes of unfinished mail, and only then", async () => {
  const asks = await showMain("outbox");
  await press("account-menu");
  await press("menu-sign-out");
  await press("sign-out-erase");
  expect(asks.at(-1)).toEqual({ command: "sign_out", args: { account: "a.t", inBrowser: false, keepMail: false } });
});

test("signing out without unfinished mail asks nothing, here and in the browser", async () => {
  const calls = await showMain("photo");
  await press("account-menu");
  await press("menu-sign-out-in-browser");
  expect(calls.at(-1)).toEqual({ command: "sign_out", args: { account: "a.t", inBrowser: true, keepMail: true } });
});
