"""`make bench`: every figure, on SQLite and on a private PostgreSQL and Redis.

`BENCH_ONLY=intake,pages,delay,live` leaves the others out.
"""

import os
import sys

from benchmarks import delay, inside, intake, live
from scripts import services

ONLY = set(os.environ.get("BENCH_ONLY", "intake,pages,delay,live").split(","))


def main() -> int:
    services.install_missing()
    _measure("SQLite", "", "")
    with services.postgresql(durable=True) as database, services.redis() as broker:
        _measure("PostgreSQL", database, broker)
    return 0


def _measure(name: str, database: str, broker: str) -> None:
    urls = {"DATABASE_URL": database, "REDIS_URL": broker} if database else {}
    shape = f"{name} and Redis" if broker else f"one box: {name}, local broker"
    if "intake" in ONLY:
        intake.measure(name, database)
    if "pages" in ONLY:
        inside.measure(name, database)
    if "delay" in ONLY:
        delay.measure(shape, urls)
    if "live" in ONLY:
        viewers = 200 if broker else 40
        live.measure(shape, urls, viewers=viewers, own_server=bool(broker))


if __name__ == "__main__":
    sys.exit(main())
