import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, test } from "vitest";
import { type Call, type Pretence, pretend } from "../preview/bridge";
import { composeStates } from "../preview/states";
import type { DraftForm } from "../src/bindings";
import { drawn, mounted } from "./mounted";

async function write(state: string, more: Partial<Pretence> = {}): Promise<Call[]> {
  const calls = pretend("compose-1", { ...(composeStates[state] as Pretence), ...more });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  return calls;
}

const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
const last = (calls: Call[], command: string) => calls.findLast((call) => call.command === command)?.args["form"] as DraftForm | undefined;
const plain = (words: string | null | undefined) => words?.replaceAll(/[\u2066-\u2069]/g, "");
const marks = () => [...document.querySelectorAll('[data-testid="marks"] > li')].map((mark) => plain(mark.textContent)?.trim());
const heard = () => plain(find("live-region")?.textContent);

async function choose(item: string) {
  find("options")?.click();
  await drawn();
  find(item)?.click();
  await drawn();
}

async function checkAccessible() {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test("what is chosen is marked, heard, saved and sent", async () => {
  const calls = await write("compose-written");
  expect(marks()).toEqual([]);
  await choose("importance-high");
  expect(heard()).toBe("High importance");
  await choose("receipt-read");
  await choose("receipt-delivery");
  expect(marks()).toEqual(["High importance", "Read receipt", "Delivery receipt"]);
  expect(document.activeElement).toBe(find("options"));
  find("options")?.click();
  await drawn();
  expect(find("importance-high")?.getAttribute("aria-checked")).toBe("true");
  expect(find("receipt-read")?.getAttribute("aria-checked")).toBe("true");
  await checkAccessible();
  find("receipt-read")?.click();
  await drawn();
  expect(heard()).toBe("Removed: Read receipt");
  const options = { importance: "high", read_receipt: false, delivery_receipt: true };
  await expect.poll(() => last(calls, "save_draft")?.options).toEqual(options);
  find("send")?.click();
  await expect.poll(() => last(calls, "queue_message")?.options).toEqual(options);
});

test("a mark is taken away, and the focus goes to the next one, at last into the text", async () => {
  const calls = await write("compose-options");
  expect(marks()).toHaveLength(4);
  for (const [mark, next] of [
    ["read", "delivery"],
    ["delivery", "reply-to"],
    ["reply-to", "importance"],
  ]) {
    find(`mark-${mark}-remove`)?.click();
    await expect.poll(() => document.activeElement).toBe(find(`mark-${next}-remove`));
  }
  expect(heard()).toBe("Removed: Answers go to The loom <loom@signet.example>");
  find("mark-importance-remove")?.click();
  await expect.poll(() => document.activeElement?.id).toBe("body");
  await expect
    .poll(() => last(calls, "save_draft"))
    .toMatchObject({ options: { importance: "normal", read_receipt: false, delivery_receipt: false }, reply_to: [] });
});

test("answers go where they are to go, once it is an address", async () => {
  const calls = await write("compose-written");
  const user = userEvent.setup();
  await choose("reply-to");
  await user.type(find("reply-to-address") as HTMLElement, "somebody{Enter}");
  await expect.poll(() => find("reply-to-faults")?.textContent).toContain("An address has an @ in it.");
  expect(find("reply-to-address")?.getAttribute("aria-invalid")).toBe("true");
  await checkAccessible();
  await user.type(find("reply-to-address") as HTMLElement, "@signet.example, ana@signet.example{Enter}");
  await expect.poll(() => find("reply-to-dialog")).toBeNull();
  expect(marks()).toEqual(["Answers go to somebody@signet.example, ana@signet.example"]);
  await expect.poll(() => last(calls, "save_draft")?.reply_to).toEqual(["somebody@signet.example", "ana@signet.example"]);
  find("mark-reply-to-change")?.click();
  await expect.poll(() => find("reply-to-address")).not.toBeNull();
  await user.clear(find("reply-to-address") as HTMLElement);
  await user.keyboard("{Enter}");
  await expect.poll(marks).toEqual([]);
});

test("what is wrong with it leads there when the mail is refused", async () => {
  const faults = [{ field: "reply_to" as const, message: "draft-too-many-reply-to", args: { count: "11", max: "10" } }];
  await write("compose-options", { refusal: { message: "compose-faults", args: {}, faults } });
  find("send")?.click();
  await expect.poll(() => document.activeElement).toBe(find("mark-reply-to-change"));
  expect(plain(find("reply_to-faults")?.textContent)).toContain("Answers cannot go to 11 addresses");
  find("mark-importance-remove")?.click();
  await drawn();
  expect(find("reply_to-faults")?.textContent).not.toBe("");
  find("mark-reply-to-remove")?.click();
  await expect.poll(() => find("reply_to-faults")?.textContent).toBe("");
});
