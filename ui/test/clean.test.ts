import { expect, test } from "vitest";
import { type Source, clean } from "../src/compose/clean";

const PICTURES: Source = {
  shownAs: (source) => (source === "cid:p1@signet" || source === "blob:own" ? "blob:own" : null),
};

function cleaned(html: string) {
  const holder = document.createElement("div");
  const { fragment, left } = clean(html, PICTURES);
  holder.append(fragment);
  return { html: holder.innerHTML, left };
}

function check(html: string, expected: string) {
  expect(cleaned(html).html).toBe(expected);
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
  ['<table background="https://t.example/a.png" width="900"><tbody><tr><td height="9">a</td></tr></tbody></table>', '<table><tbody><tr><td dir="auto">a</td></tr></tbody></table>'],
] as const)("dropped: %s", ([html, expected]) => {
  check(html, expected);
});

test("pictures of the draft are shown, described and measured", () => {
  check(
    '<img src="cid:p1@signet" alt="a &lt;cat&gt;" width="160" height="90" style="position:fixed" onload="x" srcset="https://t.example/a 2x">',
    '<img alt="a &lt;cat&gt;" width="160" height="90" src="blob:own">',
  );
  // As the window itself copies them.
  check('<img src="blob:own">', '<img src="blob:own">');
});

test.for([
  ['a<img src="https://t.example/a.png" alt="a chart">', "aa chart", 1],
  ['<img src="//t.example/a.png"><img src="file:///C:/Users/ada/clip_image001.png">', "", 2],
  ['<img src="cid:another@elsewhere"><img src="data:image/svg+xml,x"><img src="blob:another">', "", 3],
  ['<img src="https://t.example/open.gif" width="1" height="1">a', "a", 0],
  ['<img src="cid:p1@signet">', '<img src="blob:own">', 0],
] as const)("pictures from elsewhere are left out, and counted: %s", ([html, expected, left]) => {
  expect(cleaned(html)).toEqual({ html: expected, left });
});

// As each program puts it on the clipboard, shortened.
const FROM: Record<string, readonly [html: string, expected: string]> = {
  word: [
    `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif;} @page WordSection1 {size:612.0pt 792.0pt;} --></style></head>
<body lang=EN-GB link="#0563C1"><!--StartFragment--><p class=MsoNormal><b>Bold</b>, <i>italic</i>, <span style='color:#C00000'>red</span>, <span style='background:yellow;mso-highlight:yellow'>marked</span>, <span style='color:black;mso-themecolor:text1'>plain</span><o:p></o:p></p><!--EndFragment--></body></html>`,
    '<p dir="auto"><b>Bold</b>, <i>italic</i>, <span style="color: rgb(192, 0, 0)">red</span>, <span style="color: black; background-color: yellow">marked</span>, <span>plain</span></p>',
  ],
  "word's lists": [
    `<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>One</p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>a.<span>&nbsp; </span></span>Half</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span><b>Two</b></p>
<p class=MsoNormal>Between</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span>First</p>`,
    // The editor takes away what is left of the mark.
    '<ul dir="auto"><li dir="auto"><span></span>One<ol dir="auto"><li dir="auto">Half</li></ol></li><li dir="auto"><b>Two</b></li></ul><p dir="auto">Between</p><ol dir="auto"><li dir="auto">First</li></ol>',
  ],
  outlook: [
    `<div class=WordSection1><p class=MsoNormal><a href="https://a.example/"><span style='color:#0563C1'>a link</span></a></p><table class=MsoTableGrid border=1 style='border-collapse:collapse;border:none'><tbody><tr><td width=301 valign=top style='border:solid windowtext 1.0pt;background:#FFC000'><p class=MsoNormal>cell</p></td></tr></tbody></table></div>`,
    '<div dir="auto"><p dir="auto"><a href="https://a.example/"><span style="color: rgb(5, 99, 193)">a link</span></a></p><table><tbody><tr><td style="color: black; background-color: rgb(255, 192, 0)" dir="auto"><p dir="auto">cell</p></td></tr></tbody></table></div>',
  ],
  gmail: [
    `<meta http-equiv="content-type" content="text/html; charset=utf-8"><div dir="ltr"><font color="#ff0000">red</font> <font face="arial">plain</font><div class="gmail_quote"><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">quoted<img src="https://ci3.googleusercontent.com/x" width="1" height="1"></blockquote></div></div>`,
    '<div dir="ltr"><span style="color: rgb(255, 0, 0)">red</span> plain<div dir="auto"><blockquote dir="auto">quoted</blockquote></div></div>',
  ],
  libreoffice: [
    `<!DOCTYPE html><html><head><meta name="generator" content="LibreOffice 24.2 (Linux)"/><style type="text/css">p { line-height: 115% }</style></head><body lang="de-DE" text="#000000"><p><font color="#c9211e"><b>fett</b></font><span style="background: #ffff00">markiert</span></p><ol><li><p>eins</p></li></ol></body></html>`,
    '<p dir="auto"><span style="color: rgb(201, 33, 30)"><b>fett</b></span><span style="color: black; background-color: rgb(255, 255, 0)">markiert</span></p><ol dir="auto"><li dir="auto"><p dir="auto">eins</p></li></ol>',
  ],
};

test.for(Object.entries(FROM))("from %s", ([, [html, expected]]) => {
  // Between blocks, spaces and line ends mean nothing.
  expect(cleaned(html).html.replaceAll(/>\s*\n\s*</g, "><").trim()).toBe(expected);
});
