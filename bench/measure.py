"""Starts Signet and an empty Tauri window in turn and compares them. Called by script/bench, which builds them."""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from desk import POLL_S, RENDERER, REST_S, Desk
from rows import row, table

PROGRAMS = Path(__file__).resolve().parent.parent / "target" / "release"

# The sizes of Signet's windows: src-tauri/src/windows.rs.
MAIN_WINDOW = ["480", "720"]
COMPOSE_WINDOW = ["860", "700"]

BENCHES = {
    "start": ([], MAIN_WINDOW),
    "compose": (["mailto:ana@example.com"], COMPOSE_WINDOW),
}

FLOOR = "empty Tauri window"

CHOSEN, OFF, ON = "renderer as chosen", "DMABUF renderer off", "DMABUF renderer on"


@dataclass
class Pair:
    """Signet and the floor, in one window size under one renderer."""

    bench: str
    case: str
    signet: list
    floor: list
    signet_renderer: str | None
    floor_renderer: str
    ours: list = field(default_factory=list)
    peer: list = field(default_factory=list)

    def run(self, desk):
        """One of each, one after the other: what slows the machine down slows both."""
        self.ours.append(desk.start(self.signet, self.signet_renderer))
        self.peer.append(desk.start(self.floor, self.floor_renderer))


def pairs(bench, signet, floor, chosen):
    """The three ways to draw: as Signet chooses, which the floor is told, and forced each way."""
    arguments, size = BENCHES[bench]
    ways = [(CHOSEN, None, chosen), (OFF, "1", "1"), (ON, "0", "0")]
    return [
        Pair(bench, case, [signet, *arguments], [floor, *size], ours, peer) for case, ours, peer in ways
    ]


def rows(measured):
    """Signet beside the floor, and Signet beside itself under the other renderer."""
    kinds = [
        ("painted", "ms", lambda start: start.painted_ms),
        ("memory", "MiB", lambda start: start.memory_mib),
    ]
    for kind, unit, read in kinds:
        for pair in measured:
            yield row(pair.bench, f"{kind}, {pair.case}", unit, [*map(read, pair.ours)], [*map(read, pair.peer)], FLOOR)
        off, on = (next(pair for pair in measured if pair.case == case) for case in (OFF, ON))
        yield row(off.bench, f"{kind}, {OFF}", unit, [*map(read, off.ours)], [*map(read, on.ours)], f"Signet, {ON}")


def legend(measured, runs, chosen):
    """How the figures came about, and how exact they are."""
    errors = [start.error_ms for pair in measured for start in pair.ours + pair.peer]
    said = f"{RENDERER}={chosen}" if chosen else f"no {RENDERER}"
    return f"""
Medians of {runs} runs, both programs in turn; spread: distance of the quartiles by the median, the less steady side's.
Painted: from the start of the process until a look at the window's pixels finds a page. A look every {POLL_S * 1000:.0f} ms and
what it costs itself make a figure too large by at most {max(errors):.0f} ms, half of them by less than {statistics.median(errors):.0f} ms.
Memory: proportional set size of the program and all it has started, {REST_S:.0f} s after it has painted.
Every run has a home of its own and ends before the next begins; the files are in the page cache.
Here Signet chose {said}."""


def measure(wanted, runs):
    """Runs everything in turn, round by round."""
    with tempfile.TemporaryDirectory(prefix="signet-bench-") as folder, Desk() as desk:
        # A build meanwhile shall not change what is measured.
        signet, floor = (shutil.copy2(PROGRAMS / name, folder) for name in ("signet", "floor"))
        # Not counted: it fills the page cache, and tells what Signet chooses.
        chosen = desk.start([signet], None).renderer
        desk.start([floor, *MAIN_WINDOW], chosen or "0")
        measured = {bench: pairs(bench, signet, floor, chosen or "0") for bench in wanted}
        for done in range(runs):
            print(f"\rround {done + 1} of {runs} ", end="", file=sys.stderr, flush=True)
            for pair in (pair for bench in measured.values() for pair in bench):
                pair.run(desk)
        print(file=sys.stderr)
    return measured, chosen


def main():
    parser = argparse.ArgumentParser(prog="script/bench", description="Benchmarks of Signet.")
    parser.add_argument("what", nargs="?", choices=["all", *BENCHES], default="all")
    parser.add_argument("--json", action="store_true", help="one object a row")
    arguments = parser.parse_args()
    runs = int(os.environ.get("BENCH_RUNS", "7"))
    if runs < 2:
        parser.error("BENCH_RUNS: one run has no spread")
    measured, chosen = measure(BENCHES if arguments.what == "all" else [arguments.what], runs)
    found = [one for bench in measured.values() for one in rows(bench)]
    if arguments.json:
        for one in found:
            print(json.dumps(one))
    else:
        print(table(found, "Signet"))
        print(legend([pair for bench in measured.values() for pair in bench], runs, chosen))


if __name__ == "__main__":
    main()
