"""CPU time, latency and memory for every call: this service alone, or beside another revision.

    make bench            or: .venv/bin/python bench/run.py
    .venv/bin/python bench/run.py --base REV

With `--base`, the working tree and the revision run side by side, each on a database of its own.
One of them is loaded at a time, in an order that alternates from round to round. The comparison is
of the CPU time per request, server and database together.
"""

import argparse
import fnmatch
import signal
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import report
from calls import CALLS
from checkout import checked_out, described
from measure import measured
from ratios import Estimate, estimate
from report import Rounds
from seeded import Seeded
from service import PROJECT, Service

NEAR = 0.03
ROUNDS_ALONE = 3
ROUNDS = 9
MOST_ROUNDS = 40
# Otherwise the order within sets would differ from process to process.
ENVIRONMENT = {"PYTHONHASHSEED": "0"}

Sides = dict[str, Seeded]


def main(options: argparse.Namespace) -> None:
    content: dict[str, Any] = {"base": options.base and described(options.base), "calls": []}
    head, rows = report.COMPARED if options.base else report.ALONE, []
    with ExitStack() as stack:
        sides = started(options, stack)
        report.print_row(head)
        for name in options.calls:
            rounds, ratio = rounds_of(sides, name, options)
            rows.append(report.row(name, rounds, ratio))
            report.print_row(rows[-1])
            content["calls"].append(report.kept(name, rounds, ratio))
            report.write(options.out, content)
        content["memory_mb"] = {side: one.service.memory_mb() for side, one in sides.items()}
    report.write(options.out, content)
    print(f"\n{report.markdown(head, rows)}\n")
    for side, memory in content["memory_mb"].items():
        print(report.described_memory(side, memory))


def started(options: argparse.Namespace, stack: ExitStack) -> Sides:
    """The services, which stop with the stack."""
    places = {"work": (PROJECT, sys.executable)}
    if options.base:
        places["base"] = (stack.enter_context(checked_out(options.base)), options.base_python)
    services = {
        side: stack.enter_context(Service(folder, python, None, **ENVIRONMENT))
        for side, (folder, python) in places.items()
    }
    end = datetime.now(UTC)
    return {side: Seeded(service, end) for side, service in services.items()}


def rounds_of(
    sides: Sides, name: str, options: argparse.Namespace
) -> tuple[Rounds, Estimate | None]:
    """Enough rounds of one call. The first one, which warms each side up, doesn't count."""
    call, done = CALLS[name], 0
    rounds: Rounds = {side: [] for side in sides}
    for seeded in sides.values():
        measured(seeded, call, options.requests)
    while True:
        for side in sorted(sides, reverse=done % 2 == 0):
            rounds[side].append(measured(sides[side], call, options.requests))
        done += 1
        ratio = ratio_of(rounds)
        report.print_progress(name, done, ratio)
        if done >= options.rounds and is_sure(ratio, done >= options.most_rounds):
            return rounds, ratio


def is_sure(ratio: Estimate | None, is_last: bool) -> bool:
    return is_last or ratio is None or ratio.is_within(NEAR)


def ratio_of(rounds: Rounds) -> Estimate | None:
    """The ratio of the CPU times within each round, work ÷ base."""
    if "base" not in rounds:
        return None
    pairs = zip(rounds["work"], rounds["base"], strict=True)
    return estimate([work.cpu_ms / base.cpu_ms for work, base in pairs])


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--base", metavar="REV", help="a git revision to compare the working tree with")
    add(
        "--base-python",
        metavar="PATH",
        default=sys.executable,
        help="its interpreter; by default this one",
    )
    add(
        "--calls",
        nargs="+",
        metavar="NAME",
        default=["*"],
        help="such as me 'history-*'; by default all",
    )
    add("--rounds", type=int, help=f"by default {ROUNDS} with --base, {ROUNDS_ALONE} without")
    add(
        "--most-rounds",
        type=int,
        default=MOST_ROUNDS,
        help=f"for a call whose interval isn't within ±{NEAR} yet; by default {MOST_ROUNDS}",
    )
    add("--requests", type=int, help="per call and round; by default each call's own number")
    add("--out", type=Path, metavar="FILE", help="write every single figure to it, as JSON")
    options = parser.parse_args()
    options.rounds = options.rounds or (ROUNDS if options.base else ROUNDS_ALONE)
    options.calls = chosen(parser, options.calls)
    return options


def chosen(parser: argparse.ArgumentParser, patterns: list[str]) -> list[str]:
    for pattern in patterns:
        if not fnmatch.filter(CALLS, pattern):
            parser.error(f"no call is named {pattern}; choose from {', '.join(CALLS)}")
    return [name for name in CALLS if any(fnmatch.fnmatch(name, p) for p in patterns)]


def leave(signum: int, _: object) -> None:
    """Stops and removes everything on the way."""
    sys.exit(128 + signum)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        main(parsed())
    except KeyboardInterrupt:
        sys.exit(130)
