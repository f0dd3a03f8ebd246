"""Faults that can be switched on: for good or for the next few requests, for all or for some."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

KINDS: dict[str, tuple[type, ...]] = {
    "times": (int, type(None)),
    "method": (str,),
    "path": (str,),
    "seconds": (int, float),
    "retry_after": (int, type(None)),
    "words": (str,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One fault. `times` counts the requests it is still good for, None means until cleared.

    `method` and `path` (a part of it) limit it to some requests. `seconds` is how long hanging
    and slow ones last, `retry_after` the header of a 429 (None leaves it out), `words` what a
    refusal says: an error code or the name of a business rule.
    """

    fault: str
    times: int | None = None
    method: str = ""
    path: str = ""
    seconds: float = 60.0
    retry_after: int | None = 1
    words: str = ""

    def is_for(self, method: str, path: str) -> bool:
        return self.method in ("", method) and self.path in path


class Switches:
    """The faults switched on in one fake; the one set first is used up first."""

    def __init__(self, faults: Collection[str]) -> None:
        self.faults = sorted(faults)
        self._lock = threading.Lock()
        self._set: list[Switch] = []

    def set(self, fault: str, **options: Any) -> Switch:
        """Switch a fault on, with the options of Switch. Raises ValueError, TypeError in words."""
        if fault not in self.faults:
            raise ValueError(f"no fault {fault!r}; there are {', '.join(self.faults)}")
        _check(options)
        switch = Switch(fault=fault, **options)
        with self._lock:
            self._set.append(switch)
        return switch

    def clear(self, fault: str = "") -> None:
        """Switch this fault off, or all."""
        with self._lock:
            self._set = [each for each in self._set if fault not in ("", each.fault)]

    def now(self) -> list[dict[str, Any]]:
        """What is switched on, in the order of use."""
        with self._lock:
            return [asdict(each) for each in self._set]

    def take(self, method: str, path: str, *, named: bool = False) -> Switch | None:
        """The fault for this request, counted; None when there is none.

        `named`: only one that is limited to a path counts.
        """
        with self._lock:
            for index, switch in enumerate(self._set):
                if switch.is_for(method, path) and (switch.path or not named):
                    self._count(index, switch)
                    return switch
        return None

    def _count(self, index: int, switch: Switch) -> None:
        if switch.times is None:
            return
        if switch.times <= 1:
            del self._set[index]
        else:
            self._set[index] = replace(switch, times=switch.times - 1)


def _check(options: Mapping[str, Any]) -> None:
    for name, value in options.items():
        if name not in KINDS:
            raise ValueError(f"no option {name!r}; there are {', '.join(KINDS)}")
        if not isinstance(value, KINDS[name]) or isinstance(value, bool):
            raise TypeError(f"{name} cannot be {value!r}")
    times = options.get("times")
    if times is not None and times < 1:
        raise ValueError("times starts at 1")
    if not 0 <= options.get("seconds", 0) <= 3600:
        raise ValueError("seconds are between 0 and 3600")
