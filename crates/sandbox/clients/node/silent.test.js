// MSAL Node keeps people signed in: the silent call, and every way it can fail.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { InteractionRequiredAuthError, PublicClientApplication, ServerError } from "@azure/msal-node";
import { ADA, Sandbox, signIn } from "./sandbox.js";

const HOUR = 3600;
const SCOPES = ["User.Read"];

const sandbox = new Sandbox("silent");
beforeEach(() => sandbox.reset());
afterEach(() => mock.timers.reset());

async function signedIn(auth = {}) {
  const app = new PublicClientApplication({
    auth: {
      clientId: sandbox.clientId,
      authority: `${sandbox.https}/common`,
      knownAuthorities: [sandbox.host],
      ...auth,
    },
  });
  const { account, accessToken } = await signIn(app);
  return { app, account, accessToken };
}

/** Moves this process's clock and the sandbox's alike. */
async function later(seconds) {
  mock.timers.enable({ apis: ["Date"], now: Date.now() + seconds * 1000 });
  await sandbox.moveClock(seconds);
}

async function asksForTokens(work) {
  const before = (await sandbox.requests("token")).length;
  const result = await work();
  return [result, (await sandbox.requests("token")).length - before];
}

test("a token with time left is a hit", async () => {
  const { app, account, accessToken } = await signedIn();
  const [result, asked] = await asksForTokens(() => app.acquireTokenSilent({ account, scopes: SCOPES }));
  assert.deepEqual([result.accessToken, result.fromCache, asked], [accessToken, true, 0]);
});

test("an expired token is refreshed", async () => {
  const { app, account, accessToken } = await signedIn();
  await later(2 * HOUR);
  assert.equal((await sandbox.graph(accessToken)).status, 401);
  const result = await app.acquireTokenSilent({ account, scopes: SCOPES });
  assert.equal(result.fromCache, false);
  assert.equal((await sandbox.graph(result.accessToken)).status, 200);
});

test("a forced refresh brings a new token", async () => {
  const { app, account, accessToken } = await signedIn();
  const result = await app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true });
  assert.notEqual(result.accessToken, accessToken);
});

test("a long token is refreshed ahead of its end", async () => {
  const { app, account, accessToken } = await signedIn({ clientCapabilities: ["CP1"] });
  await later(15 * HOUR);
  const silent = () => app.acquireTokenSilent({ account, scopes: SCOPES });
  const [, asked] = await asksForTokens(silent);
  assert.equal(asked, 1);
  assert.notEqual((await silent()).accessToken, accessToken);
});

test("a failure while refreshing ahead goes unseen", async () => {
  const { app, account, accessToken } = await signedIn({ clientCapabilities: ["CP1"] });
  await later(15 * HOUR);
  await sandbox.refuseTokens("invalid_grant", 50076, "basic_action");
  assert.equal((await app.acquireTokenSilent({ account, scopes: SCOPES })).accessToken, accessToken);
});

test("a removed account is gone", async () => {
  const { app, account } = await signedIn();
  await app.getTokenCache().removeAccount(account);
  assert.deepEqual(await app.getAllAccounts(), []);
  await assert.rejects(app.acquireTokenSilent({ account, scopes: SCOPES }), { errorCode: "no_tokens_found" });
});

test("a revoked session ends in a claims challenge and a new sign-in", async () => {
  const { app, account, accessToken } = await signedIn({ clientCapabilities: ["CP1"] });
  await sandbox.revoke(ADA);
  const answer = await sandbox.graph(accessToken);
  assert.equal(answer.status, 401);
  const [, encoded] = answer.headers.get("www-authenticate").match(/claims="([^"]*)"/);
  const claims = Buffer.from(encoded, "base64").toString();
  await assert.rejects(app.acquireTokenSilent({ account, scopes: SCOPES, claims }), (error) => {
    assert.ok(error instanceof InteractionRequiredAuthError);
    assert.deepEqual([error.errorCode, error.subError, error.errorNo], ["invalid_grant", "bad_token", 50173]);
    return true;
  });
  const again = await signIn(app, { claims, loginHint: ADA, prompt: "login" });
  assert.equal((await sandbox.graph(again.accessToken)).status, 200);
});

test("a scope nobody consented to needs the person", async () => {
  const { app, account } = await signedIn();
  await assert.rejects(app.acquireTokenSilent({ account, scopes: ["Mail.Send"] }), (error) => {
    assert.ok(error instanceof InteractionRequiredAuthError);
    assert.deepEqual([error.errorCode, error.subError, error.errorNo], ["invalid_grant", "consent_required", 65001]);
    return true;
  });
  const more = await signIn(app, { scopes: ["Mail.Send"], loginHint: ADA });
  assert.ok(more.scopes.includes("Mail.Send"));
});

// Which refusals MSAL Node takes for "interaction required": a fixed list of errors and sub-errors.
for (const [error, code, suberror, interaction] of [
  ["invalid_grant", 50076, "basic_action", true],
  ["invalid_grant", 50079, "additional_action", true],
  ["invalid_grant", 53003, "message_only", true],
  ["invalid_grant", 65001, "consent_required", true],
  ["invalid_grant", 50055, "user_password_expired", true],
  ["invalid_grant", 50173, "bad_token", true],
  ["interaction_required", 50158, "basic_action", true],
  ["invalid_grant", 50173, null, false],
  ["invalid_grant", 70043, "token_expired", false],
]) {
  test(`a refusal reaches the application with its reason: ${code} ${suberror}`, async () => {
    const { app, account } = await signedIn();
    await sandbox.refuseTokens(error, code, suberror);
    await assert.rejects(app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }), (raised) => {
      assert.equal(raised instanceof InteractionRequiredAuthError, interaction, raised.name);
      assert.ok(interaction || raised instanceof ServerError);
      assert.deepEqual([raised.errorCode, raised.subError || null, raised.errorNo], [error, suberror, code]);
      assert.match(raised.errorMessage, new RegExp(`AADSTS${code}: .* Trace ID: .* Correlation ID: .* Timestamp: `, "s"));
      return true;
    });
    if (suberror === "bad_token") {
      await assert.rejects(app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }), { errorCode: "no_tokens_found" });
    }
  });
}

test("a throttled client waits as long as it was told", async () => {
  const { app, account } = await signedIn();
  await sandbox.fault("token", { kind: "status", status: 429, code: "temporarily_unavailable", retry_after: 120 });
  const [, asked] = await asksForTokens(async () => {
    for (let n = 0; n < 3; n += 1) {
      await assert.rejects(app.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }));
    }
  });
  assert.equal(asked, 1);
});

test("what MSAL tells about itself is on record", async () => {
  await signedIn();
  const [redeemed] = await sandbox.requests("token");
  assert.equal(redeemed.client["x-client-SKU"], "msal.js.node");
});
