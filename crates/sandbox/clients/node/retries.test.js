// What Microsoft's Graph client does when mail was taken over and the answer said otherwise: it sends it again.
// It repeats a POST on 429, 503 and 504, three times; nobody is to learn that from the recipients.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PublicClientApplication } from "@azure/msal-node";
import { graphClient } from "./graph-client.js";
import { GRACE, Sandbox, signIn } from "./sandbox.js";

const MAILS_BY_STATUS = { 504: 4, 503: 4, 429: 4, 500: 1 };

test("one call brings four mails when the answer is lost", async () => {
  const home = new Sandbox("retries");
  const app = new PublicClientApplication({
    auth: { clientId: home.clientId, authority: `${home.https}/common`, knownAuthorities: [home.host] },
  });
  // A token is good at every sandbox of the same seed. The waits between the attempts are the client's own, so the
  // rows of the table are measured side by side, each at a sandbox of its own.
  const { accessToken } = await signIn(app, { scopes: ["Mail.Send"] });
  const rows = Object.keys(MAILS_BY_STATUS).map(async (status) => {
    const world = new Sandbox(status);
    await world.fault("sendMail", { kind: "status", status: Number(status) }, { count: 10, afterWork: true });
    const message = { subject: "Once", toRecipients: [{ emailAddress: { address: GRACE } }] };
    await assert.rejects(graphClient(world, accessToken).api("/me/sendMail").post({ message }));
    return [status, (await world.mailbox(GRACE)).delivered.length];
  });
  assert.deepEqual(Object.fromEntries(await Promise.all(rows)), MAILS_BY_STATUS);
});
