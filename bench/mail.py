"""Measures the outbox and sending beside their peers. Called by script/bench, which builds them."""

import argparse
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from rows import row, table
from sandbox import NO_LIMITS, PROGRAMS, Browser, Sandbox

EXAMPLES = PROGRAMS / "examples"
HERE = Path(__file__).resolve().parent
SECONDS = "2"
MAILS = "1000"
ROWS = "100000"
RANGE_BYTES = 3_932_160
FILE_BYTES = 100_000_000
# Between the request and its answer, as on a line across a continent.
LATENCY_MS = 50


def output(*command, **environment):
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, env={**os.environ, **environment})
    if run.returncode:
        raise RuntimeError(f"{command[0]}: {run.stderr}")
    return run.stdout.strip()


def queue(*arguments):
    return float(output(EXAMPLES / "queue", *arguments))


def folder_in(place):
    return tempfile.TemporaryDirectory(prefix="signet-bench-", dir=place)


def durable(add, place):
    with folder_in(place) as ours, folder_in(place) as bare:
        add("durable enqueues", queue("enqueue", ours, SECONDS), queue("insert", bare, SECONDS))


def opened(add, full, empty):
    add("open and list, 100,000 rows", queue("open", full), queue("open", empty))


class Line:
    """The sandbox as a client reaches it."""

    def __init__(self, sandbox, folder):
        ready = json.loads(sandbox.ready.read_text())
        self.base, self.ca, self.control = ready["https"].rstrip("/"), ready["ca"], sandbox.control
        self.token = Browser(sandbox.http).tokens("openid Mail.Send Mail.ReadWrite")["access_token"]
        self.folder = Path(folder)

    def ours(self, what, last):
        seconds, peak = output(EXAMPLES / "mail", what, f"{self.base}/v1.0", self.ca, self.token, last).split()
        return float(seconds), float(peak) / 1024

    def theirs(self, what):
        return float(output("node", HERE / "mail" / "graph_client.mjs", what, self.base, self.token, MAILS,
                            NODE_EXTRA_CA_CERTS=self.ca))

    def say(self, what, method="POST", **said):
        data = json.dumps(said).encode() if said else None
        request = urllib.request.Request(f"{self.control}/{what}", data, {"content-type": "application/json"}, method=method)
        urllib.request.urlopen(request).close()

    def graph(self, path, body):
        request = urllib.request.Request(f"{self.base}/v1.0{path}", json.dumps(body).encode(), {
            "content-type": "application/json", "authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.ca)) as answer:
            return json.load(answer)

    def curl(self, parts):
        """curl putting the same ranges to a session of its own, over one connection."""
        draft = self.graph("/me/messages", {"subject": "A mail of the bench"})["id"]
        item = {"attachmentType": "file", "name": "bench.bin", "size": FILE_BYTES}
        session = self.graph(f"/me/messages/{draft}/attachments/createUploadSession", {"AttachmentItem": item})
        written, first = [], 0
        for part in parts:
            last = first + part.stat().st_size - 1
            written.append("\n".join([
                f'url = "{session["uploadUrl"]}"', f'upload-file = "{part}"', f'cacert = "{self.ca}"', "http1.1", "silent",
                "fail", f'header = "Content-Range: bytes {first}-{last}/{FILE_BYTES}"',
                'header = "Content-Type: application/octet-stream"', 'header = "Expect:"', 'output = "/dev/null"']))
            first = last + 1
        config = self.folder / "curl"
        config.write_text("\nnext\n".join(written))
        started = time.perf_counter()
        output("curl", "--config", config)
        return time.perf_counter() - started


def parts_of(folder):
    whole = Path(folder) / "bench.bin"
    contents = os.urandom(FILE_BYTES)
    whole.write_bytes(contents)
    parts = []
    for number, first in enumerate(range(0, FILE_BYTES, RANGE_BYTES)):
        part = Path(folder) / f"part{number}"
        part.write_bytes(contents[first:first + RANGE_BYTES])
        parts.append(part)
    return whole, parts


def uploads(add, line, whole, parts):
    line.say("faults", route="attachments.upload", count=100_000, after_work=True,
             answer={"kind": "delay", "ms": LATENCY_MS})
    seconds, peak = line.ours("upload", whole)
    add("100 MB attachment", FILE_BYTES / seconds / 1e6, FILE_BYTES / line.curl(parts) / 1e6)
    line.say("faults", method="DELETE")
    # Beside what the same program takes for a mail without a file.
    add("peak of memory with it", peak, line.ours("plain", "1")[1])


def measure(runs, place):
    found = {}

    def add(case, mine, theirs):
        pair = found.setdefault(case, ([], []))
        pair[0].append(mine)
        pair[1].append(theirs)

    with folder_in(place) as full, folder_in(place) as empty, folder_in(None) as folder:
        queue("fill", full, ROWS)
        queue("open", empty)
        whole, parts = parts_of(folder)
        with Sandbox(folder) as sandbox:
            sandbox.set({**NO_LIMITS, "message_size_limit_bytes": 150 << 20})
            line = Line(sandbox, folder)
            for done in range(runs):
                print(f"\rround {done + 1} of {runs} ", end="", file=sys.stderr, flush=True)
                durable(add, place)
                opened(add, full, empty)
                for what, case in [("plain", "1,000 mails, plain"), ("draft", "1,000 mails, draft and send")]:
                    add(case, line.ours(what, MAILS)[0] * 1000, line.theirs(what) * 1000)
                uploads(add, line, whole, parts)
    print(file=sys.stderr)
    return found


UNITS = {
    "durable enqueues": ("/s", "bare synced insert"),
    "open and list, 100,000 rows": ("ms", "none"),
    "1,000 mails, plain": ("ms", "Graph client for JavaScript"),
    "1,000 mails, draft and send": ("ms", "Graph client for JavaScript"),
    "100 MB attachment": ("MB/s", "curl, same ranges"),
    "peak of memory with it": ("MiB", "a mail without a file"),
}


def main():
    parser = argparse.ArgumentParser(prog="script/bench mail", description="Benchmarks of the outbox and of sending.")
    parser.add_argument("--json", action="store_true", help="one object a row")
    arguments = parser.parse_args()
    runs = int(os.environ.get("BENCH_RUNS", "7"))
    if runs < 2:
        parser.error("BENCH_RUNS: one run has no spread")
    # Where syncing means something: a temporary folder may lie in memory.
    place = PROGRAMS.parent
    found = measure(runs, place)
    listed = [row("mail", case, UNITS[case][0], *pair, UNITS[case][1]) for case, pair in found.items()]
    if arguments.json:
        for one in listed:
            print(json.dumps(one))
        return
    print(table(listed, "signet"))
    print(f"""
Medians of {runs} runs, each beside its peer in turn. Enqueues and inserts go to the same disk, as durably. Mails go one after the
other over HTTPS to the sandbox, its limits off; the attachment in ranges of {RANGE_BYTES:,} bytes, each answer {LATENCY_MS} ms late.""")


if __name__ == "__main__":
    main()
