"""A program and everything it has started: who they are, what they hold, and how they end. Reads /proc."""

import os
import signal
import time
from pathlib import Path

# How long a tree may take to go after it was asked to, and then after it was told to.
LEAVING_S = 5.0


def _relation(process):
    """Parent and session of a process; nothing where it is gone."""
    try:
        # The name, in brackets, may hold anything.
        state, parent, _group, session = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return None
    return None if state == "Z" else (int(parent), int(session))


def members(root):
    """The process `root`, leader of its session, what descends from it, and what it has orphaned."""
    relations = {int(name): _relation(name) for name in os.listdir("/proc") if name.isdigit()}
    relations = {process: relation for process, relation in relations.items() if relation}
    found = {process for process, (_, session) in relations.items() if session == root}
    while True:
        more = {process for process, (parent, _) in relations.items() if parent in found} - found
        if not more:
            return found
        found |= more


def name(process):
    """What runs in a process."""
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def proportional_kib(process):
    """Memory of a process, what it shares divided among those who share it. Source: proc(5), "smaps_rollup", Pss."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError("the kernel does not tell a process's proportional set size")


def inherited(root, variable):
    """The value of a variable as the children of `root` were given it, which is how `root` itself left it."""
    for process in members(root) - {root}:
        try:
            entries = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        for entry in entries:
            key, _, value = entry.partition(b"=")
            if key.decode(errors="replace") == variable:
                return value.decode(errors="replace")
    return None


def end(started):
    """Ends a started program with its whole tree, and waits until all of it is gone."""
    known = members(started.pid)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in known:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass
        ends = time.monotonic() + LEAVING_S
        while time.monotonic() < ends:
            started.poll()
            known = {process for process in known if _relation(process)} | members(started.pid)
            if not known:
                return
            time.sleep(0.02)
    raise RuntimeError("a program could not be ended")
