// The sandbox that belongs to a file of tests, its control API, and a browser with a person in front of it.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ADA = "ada@signet.example";
export const GRACE = "grace@signet.example";
export const NOOR = "noor@outlook.example";

const BROWSER = join(dirname(fileURLToPath(import.meta.url)), "..", "browser.py");

export class Sandbox {
  constructor(name) {
    const folder = join(process.env.SANDBOXES, name);
    const ready = JSON.parse(readFileSync(join(folder, "ready.json"), "utf8"));
    this.printed = () => readFileSync(join(folder, "log"), "utf8");
    const address = (url) => url.replace(/\/$/, "");
    this.https = address(ready.https);
    this.proxy = address(ready.proxy);
    this.control = address(ready.control);
    this.host = new URL(this.https).host;
    this.people = ready.people;
    this.tenants = ready.tenants;
    this.clientId = ready.apps.find((app) => app.redirect_uris.includes("http://localhost")).client_id;
  }

  async ask(method, path, body) {
    const answer = await fetch(this.control + path, {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    }
    return JSON.parse(text);
  }

  reset() {
    return this.ask("POST", "/reset");
  }

  fault(route, answer, { count = 1, afterWork = false } = {}) {
    return this.ask("POST", "/faults", { route, count, answer, after_work: afterWork });
  }

  refuseTokens(error, code, suberror) {
    return this.fault("token", { kind: "entra", error, code, suberror, description: "Said by the test." });
  }

  revoke(user) {
    return this.ask("POST", "/revoke", { user });
  }

  moveClock(seconds) {
    return this.ask("POST", "/clock", { offset_seconds: seconds });
  }

  async requests(route) {
    const { requests } = await this.ask("GET", "/requests");
    return requests.filter((entry) => entry.route === route);
  }

  mailbox(address) {
    return this.ask("GET", `/mailboxes/${encodeURIComponent(address)}`);
  }

  graph(token, path = "/me") {
    return fetch(`${this.https}/v1.0${path}`, { headers: { authorization: `Bearer ${token}` } });
  }
}

/** Opens `url` as `person`; the browser runs beside this process, as a real one does. */
export function browse(url, person = ADA, { does = "accept", types = "", proxy } = {}) {
  const environment = { ...process.env, PERSON: person, PERSON_DOES: does, PERSON_TYPES: types };
  if (proxy) {
    environment.HTTPS_PROXY = proxy;
  }
  const child = spawn("python3", [BROWSER, url], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the browser ended with ${code}`))));
  });
}

/** Signs in as `person`. MSAL Node waits for ever for a browser that gave up, so that is a failure of its own here. */
export function signIn(app, { scopes = ["User.Read"], person = ADA, does, proxy, ...request } = {}) {
  return new Promise((resolve, reject) => {
    const openBrowser = async (url) => {
      browse(url, person, { does, proxy }).catch(reject);
    };
    app.acquireTokenInteractive({ scopes, ...request, openBrowser }).then(resolve, reject);
  });
}
