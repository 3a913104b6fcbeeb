// Measures MSAL Node's silent acquisition: AUTHORITY CLIENT_ID ACCOUNTS, nanoseconds cached and cold as JSON.

import { createRequire } from "node:module";
import { hrtime } from "node:process";
import { signIn } from "../../crates/sandbox/clients/node/sandbox.js";

const clients = new URL("../../crates/sandbox/clients/node/", import.meta.url);
const { PublicClientApplication } = createRequire(clients)("@azure/msal-node");

const scopes = ["User.Read"];
const NANOSECONDS = 500_000_000n;
const [authority, clientId, count] = process.argv.slice(2);
const accounts = Number(count);

const app = () => {
  const auth = { clientId, authority, knownAuthorities: [new URL(authority).host] };
  return new PublicClientApplication({ auth });
};

/** The cache of one person as that of many: what names the person is changed, all else is as it was written. */
function many(text, uid) {
  const grown = {};
  for (const [name, entries] of Object.entries(JSON.parse(text))) {
    grown[name] = {};
    for (const pair of Object.entries(entries)) {
      const written = JSON.stringify(pair);
      for (let number = 0; number < (written.includes(uid) ? accounts : 1); number += 1) {
        const other = `${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
        const [key, entry] = JSON.parse(written.replaceAll(uid, other));
        grown[name][key] = entry;
      }
    }
  }
  return JSON.stringify(grown);
}

async function silent(client, account) {
  const result = await client.acquireTokenSilent({ account, scopes });
  if (!result.fromCache) throw new Error("not from the cache");
}

const first = app();
const { account } = await signIn(first, { scopes });
const written = many(first.getTokenCache().serialize(), account.homeAccountId.split(".")[0]);

let begun = hrtime.bigint();
const client = app();
client.getTokenCache().deserialize(written);
const known = await client.getTokenCache().getAllAccounts();
await silent(client, known[0]);
const cold = Number(hrtime.bigint() - begun);
if (known.length !== accounts) throw new Error(`${known.length} accounts`);

let calls = 0;
begun = hrtime.bigint();
while (hrtime.bigint() - begun < NANOSECONDS) {
  await silent(client, known[calls % accounts]);
  calls += 1;
}
console.log(JSON.stringify({ cached: Number(hrtime.bigint() - begun) / calls, cold }));
