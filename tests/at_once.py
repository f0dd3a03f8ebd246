"""Several acts in the same moment, each in a thread with a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def run_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run all in threads of their own; what each returned or raised."""
    results: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            results[place] = acts[place]()
        except Exception as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
