"""A sandbox of one's own: started, told what to do through its control API, and ended."""

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

START_SECONDS_MAX = 15


class Sandbox:
    def __init__(self, ready, log):
        self.log = log
        self.https, self.http, self.proxy, self.control = (
            ready[name].rstrip("/") for name in ("https", "http", "proxy", "control")
        )
        self.ca = ready["ca"]
        self.people = {person["address"]: person for person in ready["people"]}
        self.tenants = ready["tenants"]
        self.client_id = next(app["client_id"] for app in ready["apps"] if "http://localhost" in app["redirect_uris"])

    def host(self):
        return urllib.parse.urlsplit(self.https).hostname

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.control + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def reset(self):
        self.ask("POST", "/reset")

    def fault(self, route, answer, count=1, after_work=False):
        self.ask("POST", "/faults", {"route": route, "count": count, "answer": answer, "after_work": after_work})

    def refuse_tokens(self, error, code, suberror=None, count=1):
        answer = {"kind": "entra", "error": error, "code": code, "suberror": suberror, "description": "Said by the test."}
        self.fault("token", answer, count)

    def revoke(self, address):
        self.ask("POST", "/revoke", {"user": address})

    def move_clock(self, seconds):
        self.ask("POST", "/clock", {"offset_seconds": seconds})

    def requests(self, route=None):
        entries = self.ask("GET", "/requests")["requests"]
        return [entry for entry in entries if route in (None, entry["route"])]

    def delivered(self, address):
        return self.ask("GET", f"/mailboxes/{urllib.parse.quote(address)}")["delivered"]

    def sent(self, address):
        return self.ask("GET", f"/mailboxes/{urllib.parse.quote(address)}")["sent"]


@contextlib.contextmanager
def running(folder):
    """Starts the program named by SIGNET_SANDBOX; its log and files lie in `folder`."""
    program = os.environ.get("SIGNET_SANDBOX")
    if not program:
        raise RuntimeError("SIGNET_SANDBOX does not name the program; script/test clients builds it and says where it is")
    ready = folder / "ready.json"
    free = "127.0.0.1:0"
    command = [program, "--http", free, "--https", free, "--proxy", free, "--control", free,
               "--ca", str(folder / "ca.pem"), "--ready", str(ready), "--any-app", "--seed", "7"]
    with open(folder / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield Sandbox(wait_until_ready(process, ready, folder / "log"), folder / "log")
    finally:
        process.terminate()
        assert process.wait(10) == 0, "the sandbox did not end cleanly"


def wait_until_ready(process, ready, log):
    end = time.monotonic() + START_SECONDS_MAX
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the sandbox did not start: {log.read_text(encoding='utf-8')}")
        time.sleep(0.01)
    return json.loads(ready.read_text(encoding="utf-8"))
