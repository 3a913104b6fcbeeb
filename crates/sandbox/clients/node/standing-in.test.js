// Unmodified programs, host names and all: the process is given a proxy and a CA, and takes the sandbox for Microsoft.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { PublicClientApplication } from "@azure/msal-node";
import { Client } from "@microsoft/microsoft-graph-client";
import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";
import { ADA, Sandbox, signIn } from "./sandbox.js";

// Any id will do: programs have theirs built in.
const CLIENT_ID = "14d82eec-204b-4c2f-b7e8-296a70dab67e";

const sandbox = new Sandbox("standing-in");
// What Node 24 does by itself when NODE_USE_ENV_PROXY is set.
setGlobalDispatcher(new EnvHttpProxyAgent({ httpsProxy: sandbox.proxy, noProxy: "localhost,127.0.0.1" }));
beforeEach(() => sandbox.reset());

test("MSAL Node signs in at Microsoft's own host name, and the Graph client finds Graph", async () => {
  const app = new PublicClientApplication({ auth: { clientId: CLIENT_ID } });
  const { account, accessToken, idTokenClaims } = await signIn(app, { proxy: sandbox.proxy });
  assert.equal(account.environment, "login.windows.net");
  assert.match(idTokenClaims.iss, /^https:\/\/login\.microsoftonline\.com\//);
  const graph = Client.init({ authProvider: (done) => done(null, accessToken) });
  assert.equal((await graph.api("/me").get()).userPrincipalName, ADA);
  const silent = await app.acquireTokenSilent({ account, scopes: ["User.Read"] });
  assert.equal(silent.fromCache, true);
});

test("a host that is not Microsoft's is not reached through the proxy", async () => {
  await assert.rejects(fetch("https://elsewhere.example/"));
});
