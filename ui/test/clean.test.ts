import { expect, test } from "vitest";
import { clean } from "../src/compose/clean";

function check(html: string, expected: string) {
  const holder = document.createElement("div");
  holder.append(clean(html));
  expect(holder.innerHTML).toBe(expected);
}

test("what a mail means is kept", () => {
  check("<b>a</b> <i>b</i> <u>c</u> <s>d</s>", "<b>a</b> <i>b</i> <u>c</u> <s>d</s>");
  check('<a href="https://a.example/?q=1&amp;r">x</a>', '<a href="https://a.example/?q=1&amp;r">x</a>');
  check('<a href="mailto:ada@a.example">x</a>', '<a href="mailto:ada@a.example">x</a>');
  check('<span style="font-weight: bold">x</span>', '<span style="font-weight: bold">x</span>');
});

test("each block finds its own direction", () => {
  check("<div>a</div><ul><li>b</li></ul>", '<div dir="auto">a</div><ul dir="auto"><li dir="auto">b</li></ul>');
  check('<p dir="rtl">a</p>', '<p dir="rtl">a</p>');
});

// The cases follow OWASP's XSS filter evasion list; beside scripts, nothing may load or cover the window.
test.for([
  ["<script>alert(1)</script>a", "a"],
  ['<img src="https://t.example/pixel.gif" onerror="alert(1)">a', "a"],
  ['<a href="javascript:alert(1)">a</a>', "<a>a</a>"],
  ['<a href="jav&#x09;ascript:alert(1)">a</a>', "<a>a</a>"],
  ['<a href="data:text/html,x">a</a>', "<a>a</a>"],
  ['<a href="file:///etc/passwd">a</a>', "<a>a</a>"],
  ['<b onclick="alert(1)" class="x" id="app" data-a="1">a</b>', "<b>a</b>"],
  ["<style>body{display:none}</style>a", "a"],
  ['<link rel="stylesheet" href="https://t.example/a.css">a', "a"],
  ['<iframe src="https://t.example"></iframe><object data="x"></object><embed src="x">a', "a"],
  ['<form action="https://t.example"><input name="password"><button>a</button></form>', "a"],
  ['<svg><script>alert(1)</script></svg><math><mi xlink:href="javascript:alert(1)">a</mi></math>', ""],
  ['<span style="position:fixed;inset:0;background:url(https://t.example)">a</span>', "<span>a</span>"],
  ['<span style="color:#000;background:#fff;font-family:Calibri">a</span>', "<span>a</span>"],
] as const)("dropped: %s", ([html, expected]) => {
  check(html, expected);
});
