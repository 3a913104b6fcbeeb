// Starts a sandbox for each file of tests, and one for each row of the table of retries, then runs the tests.
// A Node process reads its CAs when it starts, so the sandboxes have to be there first.

import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const START_MS_MAX = 15_000;
// A sign-in that failed leaves MSAL's listener open, which would keep the process alive.
const TEST_ARGUMENTS = ["--test", "--test-reporter=spec", "--test-timeout=60000", "--test-force-exit"];
const ROWS = ["504", "503", "429", "500"];

const here = dirname(fileURLToPath(import.meta.url));
const tests = readdirSync(here).filter((name) => name.endsWith(".test.js"));
const program = process.env.SIGNET_SANDBOX;
if (!program) {
  throw new Error("SIGNET_SANDBOX does not name the program; script/test clients builds it and says where it is");
}

const folder = mkdtempSync(join(tmpdir(), "sandbox-"));
const started = [...tests.map((name) => name.replace(".test.js", "")), ...ROWS].map(start);
let status = 1;
try {
  const ready = await Promise.all(started.map(untilReady));
  const authorities = join(folder, "ca.pem");
  writeFileSync(authorities, ready.map(({ ca }) => readFileSync(ca, "utf8")).join("\n"));
  status = await run(authorities);
} finally {
  const ends = await Promise.all(started.map(end));
  if (ends.some((code) => code !== 0)) {
    console.error(`a sandbox did not end cleanly: ${ends}`);
    status = 1;
  }
  rmSync(folder, { recursive: true });
}
process.exit(status);

function start(name) {
  const own = join(folder, name);
  mkdirSync(own);
  const free = "127.0.0.1:0";
  const log = openSync(join(own, "log"), "w");
  const child = spawn(
    program,
    ["--http", free, "--https", free, "--proxy", free, "--control", free, "--ca", join(own, "ca.pem"),
      "--ready", join(own, "ready.json"), "--any-app", "--seed", "7"],
    { stdio: ["ignore", log, log] },
  );
  const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  return { own, child, ended };
}

async function untilReady({ own, child }) {
  const file = join(own, "ready.json");
  const deadline = Date.now() + START_MS_MAX;
  while (!existsSync(file)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`the sandbox did not start: ${readFileSync(join(own, "log"), "utf8")}`);
    }
    await sleep(10);
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

function run(authorities) {
  const environment = { ...process.env, SANDBOXES: folder, NODE_EXTRA_CA_CERTS: authorities, SSL_CERT_FILE: authorities };
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]) {
    delete environment[name];
  }
  environment.NO_PROXY = environment.no_proxy = "localhost,127.0.0.1";
  const files = tests.map((name) => join(here, name));
  const child = spawn(process.execPath, TEST_ARGUMENTS.concat(files), { stdio: "inherit", env: environment });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

function end({ child, ended }) {
  child.kill("SIGTERM");
  return ended;
}
