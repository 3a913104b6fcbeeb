"""Measures silent acquisition beside Microsoft's libraries. Called by script/bench, which builds it."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rows import row, table

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SILENT = TARGET / "release" / "examples" / "silent"
CLIENTS = ROOT / "crates" / "sandbox" / "clients" / "python"
PYTHON = ROOT / "target" / "clients" / "python" / "bin" / "python"

sys.path.insert(0, str(CLIENTS))
from sandbox import running  # noqa: E402

PERSON = "ada@signet.example"
ACCOUNTS = (1, 100, 1_000)
# The keyring of GNOME writes its whole file at each change: with more accounts, filling it takes longer than measuring.
COLD_ACCOUNTS = (1, 100)
SESSION = """
eval "$(printf bench | gnome-keyring-daemon --unlock --components=secrets | sed 's/^/export /')"
exec "$@"
"""


def output(command, **environment):
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if run.returncode:
        raise RuntimeError(f"{command[0]}: {run.stderr}")
    return run.stdout


def ours(accounts):
    return float(output([SILENT, str(accounts), "cached"]))


def ours_cold(accounts):
    """In a session of its own, with a keyring of its own."""
    with tempfile.TemporaryDirectory(prefix="signet-bench-") as home:
        runtime = Path(home) / "run"
        runtime.mkdir(mode=0o700)
        command = ["dbus-run-session", "--", "bash", "-c", SESSION, "session", SILENT, str(accounts), "cold"]
        return float(output(command, HOME=home, XDG_RUNTIME_DIR=str(runtime)))


def peers(sandbox, accounts):
    here = ROOT / "bench" / "sign_in"
    arguments = [f"{sandbox.https}/common", sandbox.client_id, str(accounts)]
    trusting = {name: sandbox.ca for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")}
    browser = f"{sys.executable} {CLIENTS.parent / 'browser.py'} %s &"
    # The browser says where it has been, on the same output.
    python = output([PYTHON, here / "msal_python.py", *arguments], BROWSER=browser, PERSON=PERSON, **trusting)
    node = output(["node", here / "msal_node.mjs", *arguments], **trusting)
    return {"MSAL Python": json.loads(python.splitlines()[-1]), "MSAL Node": json.loads(node)}


def measure(runs):
    found = {}

    def add(case, peer, mine, theirs):
        pair = found.setdefault((case, peer), ([], []))
        pair[0].append(mine)
        pair[1].append(theirs)

    with tempfile.TemporaryDirectory(prefix="signet-bench-") as folder:
        with running(Path(folder)) as sandbox:
            for done in range(runs):
                print(f"\rround {done + 1} of {runs} ", end="", file=sys.stderr, flush=True)
                for accounts in ACCOUNTS:
                    mine = ours(accounts)
                    cold = ours_cold(accounts) / 1e3 if accounts in COLD_ACCOUNTS else None
                    for peer, theirs in peers(sandbox, accounts).items():
                        add(f"cached token, {accounts:,} accounts", peer, mine, theirs["cached"])
                        if cold is not None:
                            add(f"store to first token, {accounts:,} accounts", peer, cold, theirs["cold"] / 1e3)
    print(file=sys.stderr)
    return found


def rows(found):
    for (case, peer), (mine, theirs) in found.items():
        yield row("sign-in", case, "ns" if case.startswith("cached") else "µs", mine, theirs, peer)


def main():
    parser = argparse.ArgumentParser(prog="script/bench sign-in", description="Benchmarks of silent acquisition.")
    parser.add_argument("--json", action="store_true", help="one object a row")
    arguments = parser.parse_args()
    runs = int(os.environ.get("BENCH_RUNS", "7"))
    if runs < 2:
        parser.error("BENCH_RUNS: one run has no spread")
    listed = list(rows(measure(runs)))
    if arguments.json:
        for one in listed:
            print(json.dumps(one))
        return
    print(table(listed, "entra"))
    print(f"""
Medians of {runs} runs, each beside its peers in turn. Cached: calls for one account after another, all with a good token in memory.
Store to first token: Signet's from opening the Secret Service of the session; the libraries' from their serialized cache in memory,
for which MSAL Python reads its authority's metadata once, from the sandbox.""")


if __name__ == "__main__":
    main()
