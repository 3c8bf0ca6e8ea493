"""What is printed, and what `--out` writes."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from measure import Figures, medians
from ratios import Estimate

ALONE = ("call", "req/s", "p50 ms", "p99 ms", "server ms", "database ms")
COMPARED = ("call", "rounds", "work ms", "base ms", "work ÷ base", "95 % interval")
NAME_WIDTH = 20
WIDTH = 18
ERASED = "\r\033[K"

Row = tuple[str, ...]
Rounds = dict[str, list[Figures]]


def row(name: str, rounds: Rounds, ratio: Estimate | None) -> Row:
    return compared_row(name, rounds, ratio) if ratio else alone_row(name, rounds)


def alone_row(name: str, rounds: Rounds) -> Row:
    found = medians(rounds["work"])
    latencies = f"{found.p50_ms:.2f}", f"{found.p99_ms:.2f}"
    cpu = f"{found.server_ms:.3f}", f"{found.database_ms:.3f}"
    return name, f"{found.per_second:.0f}", *latencies, *cpu


def compared_row(name: str, rounds: Rounds, ratio: Estimate) -> Row:
    found = [medians(rounds[side]) for side in ("work", "base")]
    cpu = (f"{one.server_ms:.3f} + {one.database_ms:.3f}" for one in found)
    interval = f"{ratio.low:.3f} – {ratio.high:.3f}"
    return name, str(len(rounds["work"])), *cpu, f"{ratio.median:.3f}", interval


def print_row(row: Row) -> None:
    name, *figures = row
    line = name.ljust(NAME_WIDTH) + "".join(figure.rjust(WIDTH) for figure in figures)
    print(ERASED + line if sys.stdout.isatty() else line, flush=True)


def print_progress(name: str, done: int, ratio: Estimate | None) -> None:
    """On a terminal, in a line that the call's row replaces."""
    if sys.stdout.isatty():
        so_far = f": {ratio.median:.3f} ({ratio.low:.3f} – {ratio.high:.3f})" if ratio else ""
        print(f"{ERASED}{name.ljust(NAME_WIDTH)}round {done}{so_far}", end="", flush=True)


def markdown(head: Row, rows: list[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def described_memory(who: str, memory: tuple[float, float]) -> str:
    return f"memory (PSS), {who}: server {memory[0]:.0f} MB, database {memory[1]:.0f} MB"


def kept(name: str, rounds: Rounds, ratio: Estimate | None) -> dict[str, Any]:
    """One call's figures, for the file."""
    return {
        "call": name,
        "rounds": {side: [asdict(one) for one in figures] for side, figures in rounds.items()},
        **({"ratio": ratio._asdict()} if ratio else {}),
    }


def write(path: Path | None, content: dict[str, Any]) -> None:
    if path is None:
        return
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
