// Microsoft's Graph client for JavaScript: the profile, and mail that arrives field by field as it was written.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, beforeEach, test } from "node:test";
import { PublicClientApplication } from "@azure/msal-node";
import {
  BatchRequestContent,
  BatchResponseContent,
  FileUpload,
  LargeFileUploadTask,
  ResponseType,
} from "@microsoft/microsoft-graph-client";
import { graphClient } from "./graph-client.js";
import { ADA, GRACE, Sandbox, signIn } from "./sandbox.js";

const PROPERTY = "String {9a1d5a0e-6f27-4a8c-9f43-1f6d2f5c0a11} Name Key";
const HTML = "<p>Grüße, 世界 &amp; <b>friends</b></p>";
const FILE = Buffer.from(Array.from({ length: 10_240 }, (_, n) => n % 256));

const sandbox = new Sandbox("graph");
let graph;

before(async () => {
  const app = new PublicClientApplication({
    auth: { clientId: sandbox.clientId, authority: `${sandbox.https}/common`, knownAuthorities: [sandbox.host] },
  });
  const { accessToken } = await signIn(app, { scopes: ["User.Read", "People.Read", "Mail.ReadWrite", "Mail.Send"] });
  graph = graphClient(sandbox, accessToken);
});
beforeEach(() => sandbox.reset());

test("the profile has the default set and what is selected", async () => {
  const user = await graph.api("/me").get();
  assert.equal(user.displayName, "Ada Lovelace-Núñez");
  assert.equal("department" in user, false);
  const selected = await graph.api("/me").select(["department"]).get();
  assert.equal(selected.department, "Engine Research");
});

test("the photo comes in its size with its metadata", async () => {
  const whole = await graph.api("/me/photo/$value").responseType(ResponseType.ARRAYBUFFER).get();
  const small = await graph.api("/me/photos/48x48/$value").responseType(ResponseType.ARRAYBUFFER).get();
  const metadata = await graph.api("/me/photo").get();
  assert.ok(whole.byteLength > small.byteLength);
  assert.equal(metadata.width, metadata.height);
  assert.match(metadata["@odata.mediaContentType"], /^image\//);
});

test("people come by relevance", async () => {
  const { value } = await graph.api("/me/people").top(5).get();
  assert.ok(value.some((person) => person.scoredEmailAddresses.some(({ address }) => address === GRACE)));
});

test("sent mail arrives as it was written", async () => {
  const message = { ...letter("Sent at once"), attachments: [file("Bär 🐻.bin")] };
  await graph.api("/me/sendMail").post({ message });
  await checkLetter("Sent at once", [["Bär 🐻.bin", FILE]]);
});

test("a draft is written, attached to and sent", async () => {
  const draft = await graph.api("/me/messages").post(letter("First a draft"));
  assert.equal(draft.isDraft, true);
  assert.ok(draft["@odata.etag"].includes(draft.changeKey));
  const attached = await graph.api(`/me/messages/${draft.id}/attachments`).post(file("a.bin"));
  assert.ok(attached.id);
  const changed = await graph.api(`/me/messages/${draft.id}`).patch({ subject: "Then sent" });
  assert.notEqual(changed.changeKey, draft.changeKey);
  await graph.api(`/me/messages/${draft.id}/send`).post();
  await checkLetter("Then sent", [["a.bin", FILE]]);
});

// Outlook repeats no upload address and leaves the dash out of its ranges; this client copes.
test("the upload task attaches a file of one range", () => upload(3_400_000));
test("the upload task attaches a file of three ranges", () => upload(12_000_000));

async function upload(size) {
  const content = Buffer.from(Array.from({ length: size }, (_, n) => (n * 7) % 251));
  const draft = await graph.api("/me/messages").post(letter("With a large file"));
  const session = await LargeFileUploadTask.createUploadSession(
    graph,
    `/me/messages/${draft.id}/attachments/createUploadSession`,
    { AttachmentItem: { attachmentType: "file", name: "large.bin", size } },
  );
  const task = new LargeFileUploadTask(graph, new FileUpload(content, "large.bin", size), session, {});
  const { location } = await task.upload();
  assert.match(location, /\/Attachments\('.+'\)$/);
  await graph.api(`/me/messages/${draft.id}/send`).post();
  await checkLetter("With a large file", [["large.bin", content]]);
}

test("a batch answers each request by its id", async () => {
  // The client keeps the path alone, and in a batch that begins below the version.
  const steps = ["/me", "/me/photo/$value", "/me/messages/AAMkNobody="].map((path, n) => ({
    id: `${n}`,
    request: new Request(`https://graph.microsoft.com${path}`, { method: "GET" }),
  }));
  const content = await new BatchRequestContent(steps).getContent();
  const answers = new BatchResponseContent(await graph.api("/$batch").post(content));
  assert.deepEqual([0, 1].map((id) => answers.getResponseById(`${id}`).status), [200, 200]);
  assert.equal(Math.floor(answers.getResponseById("2").status / 100), 4);
  assert.equal((await answers.getResponseById("0").json()).userPrincipalName, ADA);
});

test("an error has Graph's code and its request id", async () => {
  await assert.rejects(graph.api("/me/messages/AAMkNobody=").get(), (error) => {
    assert.ok(error.statusCode >= 400 && error.statusCode < 500);
    assert.ok(error.code);
    assert.match(error.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
});

function letter(subject) {
  return {
    subject,
    body: { contentType: "html", content: HTML },
    toRecipients: [to(GRACE, "Grace Hopper")],
    ccRecipients: [to("carbon@elsewhere.example")],
    bccRecipients: [to("blind@elsewhere.example")],
    internetMessageHeaders: [{ name: "x-signet-test", value: "1" }],
    singleValueExtendedProperties: [{ id: PROPERTY, value: "k-1" }],
  };
}

function to(address, name) {
  return { emailAddress: { address, name } };
}

function file(name) {
  return {
    "@odata.type": "#microsoft.graph.fileAttachment",
    name,
    contentType: "application/octet-stream",
    contentBytes: FILE.toString("base64"),
  };
}

async function checkLetter(subject, files) {
  const { delivered } = await sandbox.mailbox(GRACE);
  const { sent } = await sandbox.mailbox(ADA);
  assert.deepEqual([delivered.length, sent.length], [1, 1]);
  for (const mail of [delivered[0], sent[0]]) {
    assert.equal(mail.subject, subject);
    assert.deepEqual([mail.from.address, mail.from.name], [ADA, "Ada Lovelace-Núñez"]);
    assert.deepEqual(mail.to.map(({ address, name }) => [address, name]), [[GRACE, "Grace Hopper"]]);
    assert.deepEqual(mail.cc.map(({ address }) => address), ["carbon@elsewhere.example"]);
    assert.ok(mail.html.includes(HTML));
    assert.ok(mail.headers.some(({ name, value }) => name === "x-signet-test" && value === "1"));
    assert.deepEqual(
      mail.attachments.map(({ name, sha256 }) => [name, sha256]),
      files.map(([name, content]) => [name, createHash("sha256").update(content).digest("hex")]),
    );
  }
  assert.deepEqual(delivered[0].bcc, []);
  assert.deepEqual(sent[0].bcc.map(({ address }) => address), ["blind@elsewhere.example"]);
  assert.deepEqual(sent[0].properties, { [PROPERTY]: "k-1" });
}
