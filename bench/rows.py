"""Comparisons as rows: what both benches print."""

import statistics


def spread(values):
    """The distance of the quartiles, as a share of the median."""
    first, median, third = statistics.quantiles(values, n=4, method="inclusive")
    return (third - first) / median


def row(bench, case, unit, ours, peer, peer_name):
    """One comparison. The spread is that of the side that was less steady."""
    ours_median, peer_median = statistics.median(ours), statistics.median(peer)
    return {
        "bench": bench,
        "case": case,
        "ours": round(ours_median, 1),
        "peer": round(peer_median, 1),
        "peer_name": peer_name,
        "ratio": round(ours_median / peer_median, 6),
        "spread": round(max(spread(ours), spread(peer)), 3),
        "unit": unit,
        "runs": len(ours),
    }


def ratio(value):
    """A part of the peer's where it is far below it."""
    return f"1/{1 / value:.0f}" if 0 < value < 0.05 else f"{value:.2f}"


def table(found, ours):
    """The rows for people."""
    lines = [("bench", "case", ours, "peer", "", "ratio", "spread")]
    for one in found:
        lines.append((
            one["bench"], one["case"], f"{one['ours']:.0f} {one['unit']}", f"{one['peer']:.0f} {one['unit']}",
            one["peer_name"], ratio(one["ratio"]), f"{one['spread'] * 100:.0f} %",
        ))
    widths = [max(map(len, column)) for column in zip(*lines)]
    numbers = {2, 3, 5, 6}
    return "\n".join(
        "  ".join(cell.rjust(width) if at in numbers else cell.ljust(width)
                  for at, (cell, width) in enumerate(zip(line, widths)))
        for line in lines
    )
