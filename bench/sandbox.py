"""Measures the sandbox tenant beside what its work costs at least. Called by script/bench, which builds it."""

import argparse
import base64
import hashlib
import html
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPConnection
from pathlib import Path

from rows import row, table

PROGRAMS = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).resolve().parent.parent / "target")) / "release"

# What a person notices as at once; a test suite starts many.
FIRST_ANSWER_AIM_MS = 100.0
CLIENT_ID = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001"
REDIRECT = "http://localhost:1"
PERSON, PASSWORD = "ada@signet.example", "signet"
# Enough to keep every core busy; few enough that none waits long.
CONNECTIONS = "16"
SECONDS = "2"
MAILS = 10_000
DEADLINE_S = 20
# Off, because these protect the live service from loads like this one.
NO_LIMITS = {
    "loop_detection": False,
    "concurrency_max": 100_000,
    "requests_per_10_min": 4_000_000_000,
    "upload_bytes_per_5_min": 1 << 60,
}
BODY = "<p>" + "The quick brown fox jumps over the lazy dog. " * 80 + "</p>"
MAIL = {
    "message": {
        "subject": "A mail of the bench",
        "body": {"contentType": "HTML", "content": BODY},
        "toRecipients": [{"emailAddress": {"address": "grace@signet.example"}}],
    },
    "saveToSentItems": True,
}


class Sandbox:
    """A running sandbox, ended with the block."""

    def __init__(self, folder):
        self.ready = Path(folder) / "ready.json"
        self.arguments = [PROGRAMS / "signet-sandbox", "--ready", self.ready, "--ca", Path(folder) / "ca.pem"]
        for name in ("http", "https", "proxy", "control"):
            self.arguments += [f"--{name}", "127.0.0.1:0"]

    def __enter__(self):
        self.ready.unlink(missing_ok=True)
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.DEVNULL)
        until(self.ready.exists)
        ready = json.loads(self.ready.read_text())
        self.http = ready["http"].removeprefix("http://")
        self.control = ready["control"]
        return self

    def __exit__(self, *_):
        end(self.process)

    def set(self, switches):
        request = urllib.request.Request(
            self.control + "/switches", json.dumps(switches).encode(), {"content-type": "application/json"}
        )
        urllib.request.urlopen(request).close()

    def memory_mib(self):
        """Proportional set size."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(DEADLINE_S)


def until(done):
    deadline = time.monotonic() + DEADLINE_S
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError("the program did not get there")
        time.sleep(0.002)


def first_answer_ms(port):
    """From the start of the process to a whole answer, with every entrance open."""
    with tempfile.TemporaryDirectory(prefix="signet-bench-") as folder:
        sandbox = Sandbox(folder)
        sandbox.arguments[sandbox.arguments.index("--http") + 1] = f"127.0.0.1:{port}"
        started = time.perf_counter()
        process = subprocess.Popen(sandbox.arguments, stdout=subprocess.DEVNULL)
        try:
            while True:
                connection = HTTPConnection("127.0.0.1", port)
                try:
                    connection.request("GET", "/common/v2.0/.well-known/openid-configuration")
                    json.load(connection.getresponse())
                    return (time.perf_counter() - started) * 1000
                except ConnectionError:
                    if time.perf_counter() - started > DEADLINE_S:
                        raise
                    time.sleep(0.0005)
                finally:
                    connection.close()
        finally:
            until(sandbox.ready.exists)
            end(process)


class Browser(urllib.request.HTTPRedirectHandler):
    """Signs in by the pages' own forms."""

    def __init__(self, address):
        self.base = f"http://{address}"
        self.opener = urllib.request.build_opener(self, urllib.request.HTTPCookieProcessor())

    def redirect_request(self, *_):
        return None

    def open(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with self.opener.open(self.base + path, data) as answer:
                return answer.read().decode(), None
        except urllib.error.HTTPError as answer:
            return answer.read().decode(), answer.headers["location"]

    def tokens(self, scope):
        verifier = "v" * 43
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        query = urllib.parse.urlencode({
            "client_id": CLIENT_ID, "response_type": "code", "redirect_uri": REDIRECT, "scope": scope,
            "code_challenge": challenge.decode(), "code_challenge_method": "S256",
        })
        page, location = self.open(f"/common/oauth2/v2.0/authorize?{query}")
        for path, more in [("/common/login", {"username": PERSON, "password": PASSWORD}), ("/common/consent", {})]:
            if location is None:
                flow = html.unescape(re.search(r'name="flow" value="([^"]*)"', page)[1])
                page, location = self.open(path, {"flow": flow, **more})
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
        body, _ = self.open("/common/oauth2/v2.0/token", {
            "client_id": CLIENT_ID, "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
            "code_verifier": verifier,
        })
        return json.loads(body)


def request(path, host, kind, body, token=None):
    """A request as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return (head + "\r\n").encode() + body


def load(*arguments):
    run = subprocess.run([PROGRAMS / "examples" / "load", *arguments], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stderr)
    return float(run.stdout)


def signed_tokens(answer):
    """How many RS256 signatures an answer took: the ID token's. An access token only looks
    like a signed one; its third part is a seal."""
    return int("id_token" in answer)


def measure(runs):
    found = {name: ([], []) for name in ("first", "tokens", "mail")}
    with tempfile.TemporaryDirectory(prefix="signet-bench-") as folder:
        echo = subprocess.Popen([PROGRAMS / "examples" / "echo"], stdout=subprocess.PIPE, text=True)
        try:
            echo_at = echo.stdout.readline().strip()
            with Sandbox(folder) as sandbox:
                sandbox.set(NO_LIMITS)
                prepare(folder, sandbox, echo_at)
                for done in range(runs):
                    print(f"\rround {done + 1} of {runs} ", end="", file=sys.stderr, flush=True)
                    one_round(folder, sandbox, echo_at, found)
            print(file=sys.stderr)
            return found, memory(folder)
        finally:
            echo.kill()
            echo.wait()


def prepare(folder, sandbox, echo_at):
    """Signs in once and writes the three requests down."""
    tokens = Browser(sandbox.http).tokens("openid offline_access Mail.Send")
    form = urllib.parse.urlencode({
        "client_id": CLIENT_ID, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"],
        "scope": "openid offline_access Mail.Send",
    }).encode()
    answer, _ = Browser(sandbox.http).open("/common/oauth2/v2.0/token", dict(urllib.parse.parse_qsl(form.decode())))
    sandbox.signatures = signed_tokens(json.loads(answer))
    mail = json.dumps(MAIL).encode()
    written = {
        "token": request("/common/oauth2/v2.0/token", sandbox.http, "application/x-www-form-urlencoded", form),
        "mail": request("/v1.0/me/sendMail", sandbox.http, "application/json", mail, tokens["access_token"]),
        "echo": request("/v1.0/me/sendMail", echo_at, "application/json", mail, tokens["access_token"]),
    }
    for name, bytes_ in written.items():
        (Path(folder) / name).write_bytes(bytes_)


def one_round(folder, sandbox, echo_at, found):
    """Each beside its peer, one after the other: what slows the machine down slows both."""
    def send(name, address, status):
        return load("send", address, Path(folder) / name, status, CONNECTIONS, SECONDS)

    found["first"][0].append(first_answer_ms(free_port()))
    found["first"][1].append(FIRST_ANSWER_AIM_MS)
    found["tokens"][0].append(send("token", sandbox.http, "200") * sandbox.signatures)
    found["tokens"][1].append(load("sign", SECONDS))
    found["mail"][0].append(send("mail", sandbox.http, "202"))
    found["mail"][1].append(send("echo", echo_at, "200"))


def free_port():
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def memory(folder):
    """How much a sandbox grows by 10,000 mails, beside what was sent."""
    with Sandbox(folder) as sandbox:
        sandbox.set(NO_LIMITS)
        token = Browser(sandbox.http).tokens("openid Mail.Send")["access_token"]
        mail = json.dumps(MAIL).encode()
        before = sandbox.memory_mib()
        connection = HTTPConnection(sandbox.http)
        for _ in range(MAILS):
            connection.request("POST", "/v1.0/me/sendMail", mail, {
                "content-type": "application/json", "authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 202:
                raise RuntimeError(f"sendMail answered {answer.status}")
        return sandbox.memory_mib() - before, len(mail) * MAILS / (1 << 20), sandbox.memory_mib()


def rows(found, grown):
    yield row("sandbox", "start to first answer", "ms", *found["first"], "the aim")
    yield row("sandbox", "signed tokens", "/s", *found["tokens"], "bare RS256 signing")
    yield row("sandbox", "sendMail", "/s", *found["mail"], "axum echo of the body")
    yield row("sandbox", "memory for 10,000 mails", "MiB", [grown[0]] * 2, [grown[1]] * 2, "their JSON")


def main():
    parser = argparse.ArgumentParser(prog="script/bench sandbox", description="Benchmarks of the sandbox tenant.")
    parser.add_argument("--json", action="store_true", help="one object a row")
    arguments = parser.parse_args()
    runs = int(os.environ.get("BENCH_RUNS", "7"))
    if runs < 2:
        parser.error("BENCH_RUNS: one run has no spread")
    found, grown = measure(runs)
    listed = list(rows(found, grown))
    if arguments.json:
        for one in listed:
            print(json.dumps(one))
        return
    print(table(listed, "sandbox"))
    print(f"""
Medians of {runs} runs, each beside its peer in turn; {CONNECTIONS} connections on {os.cpu_count()} cores, the load on the same ones.
First answer: from the start of the process, with every entrance open, until the metadata has been read; the aim is a limit.
After {MAILS:,} mails of {len(json.dumps(MAIL)):,} bytes the sandbox holds {grown[2]:.0f} MiB (proportional set size).""")


if __name__ == "__main__":
    main()
