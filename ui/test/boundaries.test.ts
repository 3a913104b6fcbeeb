import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => /\.(ts|svelte)$/.test(file));

function holding(pattern: RegExp): string[] {
  return sources.filter((file) => pattern.test(readFileSync(`src/${file}`, "utf8"))).toSorted();
}

test("only the generated bindings call the bridge", () => {
  expect(holding(/@tauri-apps\/api/)).toEqual(["bindings.ts", "window.ts"]);
  expect(holding(/__TAURI_INTERNALS__/)).toEqual([]);
});

test("HTML from outside enters in one place", () => {
  expect(holding(/\{@html|innerHTML\s*=|insertAdjacentHTML|outerHTML\s*=/)).toEqual([]);
  expect(holding(/from "dompurify"/)).toEqual(["compose/clean.ts"]);
});

test("the editor stays out of the windows' first load", () => {
  expect(holding(/^\s*import (?!type).*from "(squire-rte|\.\/squire|\.\/clean)"/m)).toEqual(["compose/squire.ts"]);
});

// The content security policy: scripts and style sheets from files only.
test.for(["index.html", "compose.html"])("nothing is inline in %s", (file) => {
  const page = new DOMParser().parseFromString(readFileSync(file, "utf8"), "text/html");
  expect(page.querySelectorAll("style, script:not([src])")).toHaveLength(0);
  const handlers = [...page.querySelectorAll("*")].flatMap((element) => element.getAttributeNames()).filter((name) => /^on|^style$/.test(name));
  expect(handlers).toEqual([]);
});
