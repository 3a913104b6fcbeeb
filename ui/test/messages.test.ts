import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FluentBundle, FluentResource } from "@fluent/bundle";
import { type Message, parse as parseFluent } from "@fluent/syntax";
import { type AST, compile, parse } from "svelte/compiler";
import ts from "typescript";
import { expect, test } from "vitest";

const SOURCES = filesIn("src").filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith("bindings.ts"));
const RUST = ["../src-tauri/src", "../crates"].flatMap(filesIn).filter((file) => file.endsWith(".rs"));

/** Ids that are put together from a code while the program runs. Each code is a literal somewhere in Rust. */
const FROM_CODES = /^(?:address|unconfirmed)-([a-z-]+)$/;

const fluent = read("messages/en.ftl");
const resource = parseFluent(fluent, {});
const messages = resource.body.filter((entry): entry is Message => entry.type === "Message");
const ids = new Set(messages.map((message) => message.id.name));

test("every Fluent entry can be read, and only once", () => {
  expect(resource.body.filter((entry) => entry.type === "Junk")).toEqual([]);
  expect(messages.length).toBe(ids.size);
});

test("every message that is asked for exists", () => {
  const asked = SOURCES.flatMap((file) => askedIn(file).literals.map((id) => ({ file, id })));
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter(({ id }) => !ids.has(id))).toEqual([]);
});

test("every message that Rust names exists", () => {
  const named = RUST.flatMap((file) =>
    [...read(file).matchAll(/"((?:address|attachment|claim|command|config|draft|failed|inspector|notify|permission|trouble)-[a-z]+(?:-[a-z]+)*)"/g)].map(
      ([, id]) => ({ file, id }),
    ),
  );
  // Names of keys, files and routes look alike; those that the Fluent file could hold stand in the shell alone.
  const wanted = named.filter(({ file }) => file.startsWith("../src-tauri"));
  expect(wanted.filter(({ id }) => id !== undefined && !ids.has(id))).toEqual([]);
});

test("no message is left over", () => {
  const found = SOURCES.map(askedIn);
  const known = new Set([...found.flatMap(({ literals }) => literals), ...RUST.flatMap((file) => literalsIn(read(file)))]);
  const patterns = found.flatMap(({ patterns }) => patterns).filter((pattern) => !pattern.test("unconfirmed-other"));
  const left = [...ids].filter((id) => {
    const code = FROM_CODES.exec(id)?.[1];
    return !known.has(id) && !(code !== undefined && known.has(code)) && !patterns.some((pattern) => pattern.test(id));
  });
  expect(left).toEqual([]);
});

test("every trouble says what can be done about it", () => {
  const silent = messages.filter(
    ({ id, attributes }) =>
      /^trouble-/.test(id.name) &&
      !["trouble-code", "trouble-correlation", "trouble-trace"].includes(id.name) &&
      attributes.every((attribute) => attribute.id.name !== "remedy"),
  );
  expect(silent.map(({ id }) => id.name)).toEqual([]);
});

test("notifications are sentences with a subject in them", () => {
  const bundle = new FluentBundle("en", { useIsolating: false });
  bundle.addResource(new FluentResource(fluent));
  for (const id of ["notify-accepted", "notify-failed", "notify-bounced", "notify-unconfirmed", "notify-waiting-account", "notify-waiting-sign-in"]) {
    const errors: Error[] = [];
    const words = bundle.formatPattern(bundle.getMessage(id)?.value ?? "", { subject: "Engine" }, errors);
    expect(errors).toEqual([]);
    expect(words).toContain("“Engine”");
  }
  for (const [id, counted] of [["notify-left-one", "One message"], ["notify-left-many", "12 messages"]] as const) {
    const errors: Error[] = [];
    expect(bundle.formatPattern(bundle.getMessage(id)?.value ?? "", { count: "12" }, errors)).toContain(counted);
    expect(errors).toEqual([]);
  }
});

test.for(SOURCES.filter((file) => file.endsWith(".svelte")))("no words are written into %s", (file) => {
  expect(wordsIn(read(file))).toEqual([]);
});

test("the test sees words that are written into a component", () => {
  expect(wordsIn(`<p>Hello</p><input title="Name" alt={x} placeholder="{a}b" /><i>·</i>`)).toEqual(["Hello", "Name", "b"]);
});

/** Attributes that a person reads or hears. */
const READ_ALOUD = new Set(["alt", "aria-description", "aria-label", "aria-roledescription", "label", "placeholder", "title"]);

function wordsIn(source: string): string[] {
  const found: string[] = [];
  const keep = (node: AST.Text) => {
    if (/\p{L}/u.test(node.data)) found.push(node.data.trim());
  };
  walk(parse(source, { modern: true }).fragment, (node) => {
    if (node.type === "Text") keep(node as AST.Text);
    if (node.type !== "Attribute") return true;
    const { name, value } = node as AST.Attribute;
    if (READ_ALOUD.has(name) && Array.isArray(value)) {
      for (const part of value) if (part.type === "Text") keep(part);
    }
    return false;
  });
  return found;
}

function walk(node: unknown, visit: (node: { type: string }) => boolean): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, visit);
  } else if (node !== null && typeof node === "object") {
    if ("type" in node && !visit(node as { type: string })) return;
    for (const each of Object.values(node)) walk(each, visit);
  }
}

/** The ids given to text(…) in a file: written out, or put together from a pattern. */
function askedIn(file: string): { literals: string[]; patterns: RegExp[] } {
  const code = file.endsWith(".svelte") ? compile(read(file), { filename: file, generate: "client" }).js.code : read(file);
  const literals: string[] = [];
  const patterns: RegExp[] = [];
  const take = (node: ts.Expression): void => {
    if (ts.isStringLiteralLike(node)) literals.push(node.text);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(take);
    else if (ts.isParenthesizedExpression(node)) take(node.expression);
    else if (ts.isTemplateExpression(node)) {
      const parts = node.templateSpans.map((span) => `[a-z_-]+${span.literal.text}`);
      patterns.push(new RegExp(`^${node.head.text}${parts.join("")}$`));
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "text") {
      const [id] = node.arguments;
      if (id) take(id);
    }
    // Ids that travel as data first: a table of state words, a trouble made in the window.
    if (ts.isStringLiteralLike(node) && ids.has(node.text)) literals.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true));
  return { literals, patterns };
}

/** What stands between quotation marks in Rust's code and looks like an id. */
function literalsIn(rust: string): string[] {
  return [...rust.matchAll(/"([a-z]+(?:-[a-z]+)*)"/g)].map(([, literal = ""]) => literal);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
