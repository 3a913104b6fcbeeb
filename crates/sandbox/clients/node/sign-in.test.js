// MSAL Node signs people in: every way to get an account, and every way a person can refuse.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { beforeEach, test } from "node:test";
import { PublicClientApplication } from "@azure/msal-node";
import { ADA, NOOR, Sandbox, browse, signIn } from "./sandbox.js";

const PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad";

const sandbox = new Sandbox("sign-in");
beforeEach(() => sandbox.reset());

function client(tenant = "common", auth = {}) {
  return new PublicClientApplication({
    auth: {
      clientId: sandbox.clientId,
      authority: `${sandbox.https}/${tenant}`,
      knownAuthorities: [sandbox.host],
      ...auth,
    },
  });
}

test("interactive sign-in ends with an account and a token for Graph", async () => {
  const app = client();
  const result = await signIn(app);
  assert.equal(result.account.username, ADA);
  assert.equal(result.account.homeAccountId, `${result.idTokenClaims.oid}.${result.idTokenClaims.tid}`);
  assert.ok(result.scopes.includes("User.Read"));
  const me = await (await sandbox.graph(result.accessToken)).json();
  assert.equal(me.userPrincipalName, ADA);
  assert.equal((await app.getAllAccounts()).length, 1);
});

test("a nonce comes back only if it was sent", async () => {
  const asked = await signIn(client(), { nonce: "n-1" });
  assert.equal(asked.idTokenClaims.nonce, "n-1");
  // MSAL itself refuses a token with a nonce that it did not ask for.
  const plain = await signIn(client());
  assert.equal(plain.idTokenClaims.nonce, undefined);
});

test("a personal account has the consumers tenant and an opaque token", async () => {
  const result = await signIn(client("consumers"), { person: NOOR });
  assert.equal(result.tenantId, PERSONAL_TENANT);
  assert.match(result.idTokenClaims.oid, /^00000000-0000-0000-/);
  assert.notEqual(result.accessToken.split(".").length, 3);
  assert.equal((await (await sandbox.graph(result.accessToken)).json()).mail, null);
});

test("a guest keeps the home account and gets the tenant's own ids", async () => {
  const guest = sandbox.people.find((person) => person.about.includes("guest"));
  const tenant = sandbox.tenants.find(({ id }) => ![guest.tenant, PERSONAL_TENANT].includes(id));
  const result = await signIn(client(tenant.id), { person: guest.address });
  const [uid, utid] = result.account.homeAccountId.split(".");
  assert.equal(result.tenantId, tenant.id);
  assert.notEqual(result.tenantId, utid);
  assert.notEqual(result.uniqueId, uid);
});

test("cancel in the browser ends the wait", async () => {
  await assert.rejects(signIn(client(), { does: "cancel" }), { errorCode: "access_denied" });
});

test("declined consent names the decline", async () => {
  await assert.rejects(signIn(client(), { does: "decline" }), (error) => {
    assert.equal(error.errorCode, "access_denied");
    assert.match(error.errorMessage, /AADSTS65004:/);
    return true;
  });
});

test("device code waits for the person, under the name MSAL Node gives the grant", async () => {
  let message;
  const result = await client().acquireTokenByDeviceCode({
    scopes: ["User.Read"],
    deviceCodeCallback: (response) => {
      message = response;
      browse(response.verificationUri, ADA, { types: response.userCode });
    },
  });
  assert.equal(result.account.username, ADA);
  assert.equal(message.interval, 5);
  assert.ok(message.message.includes(message.userCode));
});

const SNIPPETS = [
  ["MSAL Node", /username: 'ada@signet\.example'/],
  ["Graph client for JavaScript", /userPrincipalName: 'ada@signet\.example'/],
];
for (const [title, shows] of SNIPPETS) {
  test(`the printed snippet for ${title} runs as it is printed`, async () => {
    const [, snippet] = sandbox.printed().match(new RegExp(`^(// ${title}[^]*?)\\n(?:\\n|$)`, "m"));
    const program = spawn(process.execPath, ["--input-type=module", "--eval", snippet], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let shown = "";
    for await (const text of program.stdout.setEncoding("utf8")) {
      const said = text.match(/(https:\S+) .*code (\S+)/);
      if (said && !shown) {
        browse(said[1], ADA, { types: said[2] });
      }
      shown += text;
    }
    assert.match(shown, shows);
  });
}

test("an authority that is not HTTPS is refused", async () => {
  const authority = `${sandbox.https.replace("https:", "http:")}/common`;
  await assert.rejects(async () => signIn(client("common", { authority })), { errorCode: "authority_uri_insecure" });
});

test("an authority is known by host and port, or not at all", async () => {
  const { hostname } = new URL(sandbox.https);
  await assert.rejects(signIn(client("common", { knownAuthorities: [hostname] })), { errorCode: "endpoints_resolution_error" });
});

test("metadata given inline is enough", async () => {
  const metadata = await fetch(`${sandbox.https}/common/v2.0/.well-known/openid-configuration`);
  const app = client("common", { authorityMetadata: await metadata.text() });
  assert.equal((await signIn(app)).account.username, ADA);
});

test("a plain OpenID Connect authority will do", async () => {
  const tenant = sandbox.tenants.find(({ domain }) => domain === "signet.example").id;
  const app = new PublicClientApplication({
    auth: { clientId: sandbox.clientId, authority: `${sandbox.https}/${tenant}/v2.0`, knownAuthorities: [sandbox.host] },
    system: { protocolMode: "OIDC" },
  });
  assert.equal((await signIn(app)).idTokenClaims.tid, tenant);
});
