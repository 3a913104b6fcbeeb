import { expect, test } from "vitest";
import type { DraftForm } from "../src/bindings";
import { LOOKED_AT_MAX, questions } from "../src/compose/checks";
import type { Line } from "../src/compose/tips";
import { text } from "../src/text";

const WORDS = text("check-attachments-words");

function word(subject: string, kind: DraftForm["body"]["kind"], content: string, words = WORDS): string | null {
  const asked = questions({ subject, body: { kind, content }, attachments: [] }, words);
  const about = asked.find((question) => question.about === "attachments");
  return about?.word ?? null;
}

const file = { id: "a1", name: "notes.txt", content_type: "text/plain", bytes: 3, content_id: null };

test.for([
  ["Notes", "Nothing.", false, []],
  ["", "Nothing.", false, ["subject"]],
  [" \t\u00a0", "Nothing.", false, ["subject"]],
  // Directions and spaces without a width show nothing.
  ["\u200b\u2067\u2069", "Nothing.", false, ["subject"]],
  [".", "Nothing.", false, []],
  ["👋", "Nothing.", false, []],
  ["שלום", "Nothing.", false, []],
  ["Notes", "It is attached.", false, ["attachments"]],
  ["", "It is attached.", false, ["subject", "attachments"]],
  ["", "It is attached.", true, ["subject"]],
  ["Notes", "It is attached.", true, []],
] as const)("subject “%s”, text “%s”, file: %s", ([subject, content, attached, expected]) => {
  const form = { subject, body: { kind: "text" as const, content }, attachments: attached ? [file] : [] };
  expect(questions(form, WORDS).map(({ about }) => about)).toEqual(expected);
});

test("what will come back is asked about first, and nothing else that is known", () => {
  const line = (tone: Line["tone"]): Line => ({ key: tone, tone, words: tone, addresses: [] });
  const form = { subject: "", body: { kind: "text" as const, content: "" }, attachments: [] };
  const asked = (...tones: Line["tone"][]) => questions(form, WORDS, tones.map(line));
  expect(asked("other", "away")).toEqual([{ about: "subject" }]);
  expect(asked("bounces", "away")).toEqual([{ about: "tips", lines: [line("bounces")] }, { about: "subject" }]);
});

test.for([
  ["See the attachment.", "attachment"],
  ["ATTACHED: the notes", "ATTACHED"],
  ["(attachments)", "attachments"],
  ["I attach the notes.", "I attach"],
  ["here, as promised, I\n\tattach them", "I attach"],
  ["the re-attached page", "attached"],
  ["“enclosed”", "enclosed"],
  ["the attachment’s name", "attachment"],
  ["First enclosed, then attached.", "enclosed"],
  ["att\u200bached", "attached"],
  ["unattached", null],
  ["attachedly", null],
  ["reattachment", null],
  ["attached2", null],
  ["attached_file", null],
  ["éattached", null],
  ["attached\u0301", null],
  ["Do they attach?", null],
  ["wiki attach", null],
  ["See https://signet.example/attachments/7.", null],
  ["See https://signet.example/attachments/7, attached.", "attached"],
  ["> It is attached.", null],
  [">It is attached.\n>> And enclosed.\nThank you!", null],
  ["> It is attached.\r\nThe attachment is empty.", "attachment"],
  ["2 > 1, as attached", "attached"],
  ["", null],
] as const)("written plainly: %j", ([content, expected]) => {
  expect(word("Notes", "text", content)).toBe(expected);
});

test.for([
  ["<div>It is attached.</div>", "attached"],
  ["<b>att</b>achment", "attachment"],
  ["<div>attached</div><div>Ada</div>", "attached"],
  ["attached<br>Ada", "attached"],
  ["see<div>attached</div>Ada", "attached"],
  ["<ul><li>attached</li><li>sent</li></ul>", "attached"],
  ["<table><tr><td>attached</td><td>sent</td></tr></table>", "attached"],
  ["attached<blockquote>when?</blockquote>now", "attached"],
  ["<p>I&nbsp;attach it.</p>", "I attach"],
  ["<div>un<i>attached</i></div>", null],
  ["<blockquote><div>It is attached.</div></blockquote><div>Thank you!</div>", null],
  ["<blockquote>a<blockquote>attached</blockquote>attached</blockquote>Thank you!", null],
  ["<div>&gt; It is attached.</div><div>Thank you!</div>", null],
  ["Thank you!<br>&gt; It is attached.", null],
  ['<div title="attached"><a href="https://a.example/attached">there</a></div>', null],
  ["<style>.attached { color: red }</style>Thank you!", null],
] as const)("written with formatting: %s", ([content, expected]) => {
  expect(word("Notes", "html", content)).toBe(expected);
});

test.for([
  ["Notes attached", "attached"],
  ["Unattached", null],
] as const)("in the subject: %s", ([subject, expected]) => {
  expect(word(subject, "text", "")).toBe(expected);
});

test.for([
  ["", "attached", null],
  [" , ", "attached", null],
  ["anbei, i. d. Anlage", "Steht in der Anlage.", null],
  ["anbei, i. d. Anlage", "Steht i. d. Anlage.", "i. d. Anlage"],
  ["załącznik", "To jest ZAŁĄCZNIK.", "ZAŁĄCZNIK"],
] as const)("other words: “%s” in “%s”", ([words, content, expected]) => {
  expect(word("Notes", "text", content, words)).toBe(expected);
});

test("so much is looked at, and no more, in no more than a moment", () => {
  const filling = "a ".repeat(LOOKED_AT_MAX / 2);
  expect(word("Notes", "text", `${filling.slice(0, -"attached".length)}attached`)).toBe("attached");
  expect(word("Notes", "text", `${filling}attached`)).toBeNull();
  expect(word(filling, "text", "attached")).toBe("attached");
  // What was quoted takes no room from what was written.
  expect(word("Notes", "html", `<blockquote>${filling}</blockquote>attached`)).toBe("attached");
  const started = performance.now();
  for (const piece of ["a", " ", ">", "i ", "https://", "attach"]) expect(word("Notes", "text", piece.repeat(LOOKED_AT_MAX))).toBeNull();
  expect(performance.now() - started).toBeLessThan(5000);
});
