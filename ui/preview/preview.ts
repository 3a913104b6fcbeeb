/**
 * Both windows in a plain browser, with a bridge that only pretends. For looking at views while they are drawn:
 * `npm run dev`, then /preview/?state=card (see states.ts), &place=outbox, &press=share,share-code,
 * &inspection=bare (see inspections.ts), &dir=rtl, &settled=100000 for a long history. No build contains it.
 */
import { pretend } from "./bridge";
import { settled } from "./history";
import { inspections } from "./inspections";
import { composeStates, mainStates } from "./states";

const query = new URLSearchParams(location.search);
const name = query.get("state") ?? "card";
document.documentElement.dir = query.get("dir") ?? "ltr";

const main = mainStates[name];
const compose = composeStates[name];
if (main) {
  const inspection = inspections[query.get("inspection") ?? "whole"];
  const count = query.get("settled");
  const history = count === null ? {} : { settled: settled(Number(count), Date.now()) };
  pretend("main", { state: main, ...(inspection && { inspection }), ...history });
  await import("../src/main");
  const { go } = await import("../src/place.svelte");
  const place = query.get("place");
  if (place === "outbox" || place === "settings" || place === "inspector") await go(place);
  for (const testid of query.get("press")?.split(",") ?? []) await press(testid);
} else if (compose) {
  pretend("compose-1", compose);
  await import("../src/compose");
}
for (const testid of query.get("press")?.split(",") ?? []) await press(testid);

/** Presses what may still be on its way into the page. */
async function press(testid: string) {
  const found = () => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  while (!found()) await new Promise(requestAnimationFrame);
  found()?.click();
}
