// Sends with Microsoft's Graph client, one mail after the other: plain|draft BASE TOKEN COUNT, seconds on standard output.

import { createRequire } from "node:module";

const clients = new URL("../../crates/sandbox/clients/node/", import.meta.url);
const { Client } = createRequire(clients)("@microsoft/microsoft-graph-client");

const [what, base, token, count] = process.argv.slice(2);
const client = Client.init({
  authProvider: (done) => done(null, token),
  baseUrl: `${base}/`,
  customHosts: new Set([new URL(base).hostname]),
});
const message = {
  subject: "A mail of the bench",
  body: { contentType: "html", content: `<p>${"The quick brown fox. ".repeat(100)}</p>` },
  toRecipients: [{ emailAddress: { address: "grace@signet.example" } }],
};

const begun = process.hrtime.bigint();
for (let number = 0; number < Number(count); number += 1) {
  if (what === "plain") {
    await client.api("/me/sendMail").post({ message });
  } else {
    const { id } = await client.api("/me/messages").post(message);
    await client.api(`/me/messages/${id}/send`).post({});
  }
}
console.log(Number(process.hrtime.bigint() - begun) / 1e9);
