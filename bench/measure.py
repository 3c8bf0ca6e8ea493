"""One measurement: a number of requests of one call to one service."""

from dataclasses import asdict, dataclass
from statistics import median

from calls import Call
from load import connections, load
from processes import cpu_spent
from seeded import Seeded


@dataclass(frozen=True)
class Figures:
    """`server_ms` and `database_ms` are CPU time per request."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    server_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.server_ms + self.database_ms


def measured(seeded: Seeded, call: Call, requests: int | None) -> Figures:
    """Preparing the load and cleaning up after it don't count."""
    service, each = seeded.service, call.each(requests)
    scripts = call.scripts(seeded, each)
    opened = connections(service, call.connections)
    before = service.cpu_times()
    done = load(opened, scripts, each, call.status)
    after = service.cpu_times()
    for connection in opened:
        connection.socket.close()
    call.clean(seeded)

    latencies, count = sorted(done.latencies), len(done.latencies)
    server, database = (
        1_000 * cpu_spent(*times) / count for times in zip(before, after, strict=True)
    )
    p50, p99 = 1_000 * median(latencies), 1_000 * latencies[int(count * 0.99)]
    return Figures(count, count / done.seconds, p50, p99, server, database)


def medians(rounds: list[Figures]) -> Figures:
    """The median of each figure by itself."""
    names = asdict(rounds[0])
    return Figures(**{name: median(getattr(one, name) for one in rounds) for name in names})
