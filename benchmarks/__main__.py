"""`make bench`: every figure, on SQLite and on a private PostgreSQL and Redis."""

import sys

from benchmarks import delay, inbox, intake
from scripts import services


def main() -> int:
    services.install_missing()
    intake.measure("SQLite", "")
    inbox.measure("SQLite", "")
    delay.measure("one box: SQLite, local broker", {})
    with services.postgresql(durable=True) as database, services.redis() as broker:
        intake.measure("PostgreSQL", database)
        inbox.measure("PostgreSQL", database)
        delay.measure("PostgreSQL and Redis", {"DATABASE_URL": database, "REDIS_URL": broker})
    return 0


if __name__ == "__main__":
    sys.exit(main())
