import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, test } from "vitest";
import { type Call, type Pretence, pretend } from "../preview/bridge";
import { composeStates } from "../preview/states";
import type { DraftForm } from "../src/bindings";
import { drawn, mounted } from "./mounted";

async function look(state: string, more: Partial<Pretence> = {}): Promise<Call[]> {
  const calls = pretend("compose-1", { ...(composeStates[state] as Pretence), ...more });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  find("options")?.click();
  await drawn();
  find("preview")?.click();
  return calls;
}

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const plain = (words: string) => words.replaceAll(/[\u2066-\u2069]/g, "").trim();
const rows = () =>
  [...document.querySelectorAll('[data-testid="preview-dialog"] dl > div')].map((row) =>
    [...row.querySelectorAll("dt, dd:not(:has(p)), p")].map((part) => plain(part.textContent)),
  );
const page = () => find("preview-page")?.shadowRoot;
const commands = (calls: Call[]) => calls.map(({ command }) => command);

test("everything that will be sent is shown, for everybody, and nothing is sent", async () => {
  const calls = await look("compose-options");
  await expect.poll(() => find("preview-dialog")).not.toBeNull();
  expect(rows()).toEqual([
    ["From", "Ada Lovelace-Núñez ada@signet.example"],
    ["To", "Grace Hopper <grace@signet.example>", "noor@outlook.example"],
    ["Cc", '"Babbage, Charles" <charles@signet.example>'],
    ["Answers go to", "The loom <loom@signet.example>"],
    ["Subject", "Notes on the engine"],
    ["Options", "High importance", "Read receipt", "Delivery receipt"],
    ["Files", "Note G.pdf, 481 kB", "a-drawing-of-the-engine-with-a-very-long-name-that-does-not-fit.png, 1.9 MB"],
    ["Size on its way", expect.stringMatching(/^About 2\.4 MB \(2,40\d,\d{3} bytes\)$/)],
    ["How it goes", "In one request, which sends it."],
  ]);
  expect(page()?.querySelector("b")?.textContent).toBe("weaves");
  expect(find("preview-html")?.textContent).toContain("<b>weaves</b>");
  expect(find("preview-text")?.textContent).toContain("weaves algebraic patterns");
  expect(commands(calls)).not.toContain("queue_message");
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  find("preview-close")?.click();
  await drawn();
  expect(find("preview-dialog")).toBeNull();
});

test("its HTML runs nothing, loads nothing and leads nowhere", async () => {
  const content = '<p onclick="x()">Hi <a href="https://signet.example/">there</a><script>x()</script><img src="https://signet.example/a.png" alt="A picture"></p>';
  const draft = { ...(composeStates["compose-written"]?.draft as DraftForm), body: { kind: "html" as const, content } };
  await look("compose-written", { draft });
  await expect.poll(() => page()?.querySelector("a")).toBeTruthy();
  expect(page()?.querySelector("script, img, [onclick]")).toBeNull();
  expect(page()?.textContent).toContain("A picture");
  const click = new MouseEvent("click", { bubbles: true, cancelable: true, composed: true });
  page()?.querySelector("a")?.dispatchEvent(click);
  expect(click.defaultPrevented).toBe(true);
});

test("pictures in the text are shown there", async () => {
  await look("compose-picture");
  await expect.poll(() => page()?.querySelector("img")?.src).toMatch(/^blob:/);
  expect(rows().flat()).toContain("image.gif, 43 bytes, in the text");
});

test("plain text is shown as it is", async () => {
  await look("compose-plain", { state: (composeStates["compose-written"] as Pretence).state });
  await expect.poll(() => find("preview-text")?.textContent).toBe("Dear Grace,\n\nplain words.\n\nשלום");
  expect(page()).toBeUndefined();
  expect(find("preview-html")).toBeNull();
});

test("what is no message yet says so at its fields, as at sending", async () => {
  await look("compose-faulty");
  await expect.poll(() => document.activeElement?.id).toBe("to");
  expect(document.querySelector("#subject-faults")?.textContent).toContain("255");
  expect(find("compose-trouble")).not.toBeNull();
  expect(find("preview-dialog")).toBeNull();
});

test("half-typed addresses are in it, and a file that is being picked is waited for", async () => {
  let pick: (picked: []) => void = () => undefined;
  const calls = await look("compose-written", { picked: new Promise((done) => (pick = done)) });
  await expect.poll(() => find("preview-dialog")).not.toBeNull();
  find("preview-close")?.click();
  const user = userEvent.setup();
  await user.type(document.querySelector("#to") as HTMLElement, "ana@signet.example");
  find("attach")?.click();
  find("options")?.click();
  await drawn();
  find("preview")?.click();
  await expect.poll(() => find("compose-trouble")).not.toBeNull();
  expect(commands(calls).filter((command) => command === "preview_message")).toHaveLength(1);
  pick([]);
  await drawn();
  find("options")?.click();
  await drawn();
  find("preview")?.click();
  await expect.poll(() => find("preview-dialog")).not.toBeNull();
  expect(rows().flat()).toContain("ana@signet.example");
});
