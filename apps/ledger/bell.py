"""Tells this process's hub that something was committed; the rest it finds by itself."""

import threading

rung = threading.Event()


def ring() -> None:
    """Something may be there to be sealed and told."""
    rung.set()
