import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Pretence, pretend } from "../preview/bridge";
import { composeStates } from "../preview/states";
import type { DraftForm } from "../src/bindings";
import { mounted } from "./mounted";

/** What a body becomes with the caret before the last letter of the text and these keys. */
async function pressed(content: string, text: string, keys: readonly string[]): Promise<string> {
  const sample = composeStates["compose-written"] as Pretence;
  pretend("compose-1", { ...sample, draft: { ...(sample.draft as DraftForm), body: { kind: "html", content } } });
  await mounted(() => import("../src/compose/Compose.svelte"));
  await expect.poll(() => document.querySelector("#body:not([aria-busy=true])")).not.toBeNull();
  const body = document.querySelector<HTMLElement>("#body") as HTMLElement;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  let node = walker.nextNode();
  while (node && node.textContent !== text) node = walker.nextNode();
  body.focus();
  document.getSelection()?.collapse(node, text.length - 1);
  const user = userEvent.setup();
  for (const key of keys) await user.keyboard(`{Control>}${key}{/Control}`);
  const shown = body.innerHTML.replaceAll(/ (?:dir|style)="[^"]*"|<br>|\u200b/g, "");
  return shown.replaceAll(/<div>([^<]*)<\/div>/g, "$1");
}

const FURTHER = "]";
// A bracket that opens begins the name of a key there, and stands for itself when it is doubled.
const BACK = "[[";

test.for([
  ["a paragraph is quoted", "<div>one</div>", [FURTHER], "<blockquote>one</blockquote>"],
  ["a quote is quoted again", "<blockquote><div>one</div></blockquote>", [FURTHER], "<blockquote><blockquote>one</blockquote></blockquote>"],
  ["and back", "<blockquote><blockquote><div>one</div></blockquote></blockquote>", [BACK], "<blockquote>one</blockquote>"],
  ["to where it was", "<div>one</div>", [FURTHER, FURTHER, BACK, BACK], "one"],
  ["what is not quoted stays", "<div>one</div>", [BACK], "one"],
  ["an item goes below the one before", "<ul><li>zero</li><li>one</li></ul>", [FURTHER], "<ul><li>zero</li><ul><li>one</li></ul></ul>"],
  ["and back to its side", "<ol><li>zero</li><li>one</li></ol>", [FURTHER, BACK], "<ol><li>zero</li><li>one</li></ol>"],
  [
    "a list in a quote is a list",
    "<blockquote><ul><li>zero</li><li>one</li></ul></blockquote>",
    [FURTHER],
    "<blockquote><ul><li>zero</li><ul><li>one</li></ul></ul></blockquote>",
  ],
  ["a quote in an item is a quote", "<ul><li>zero</li><li><blockquote>one</blockquote></li></ul>", [BACK], "<ul><li>zero</li><li>one</li></ul>"],
] as const)("Ctrl+] and Ctrl+[: %s", async ([, content, keys, expected]) => {
  expect(await pressed(content, "one", keys)).toBe(expected);
});
