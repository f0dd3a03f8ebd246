"""What every fake is: ledger, switches and an admin path around the replies of one vendor."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.request import ProxyHandler, build_opener

from apps.simulator.fakes.exchange import Reply, Request, json_reply
from apps.simulator.fakes.faults import Fault
from apps.simulator.fakes.ledger import Clock, Ledger
from apps.simulator.fakes.listener import HOST, Listener
from apps.simulator.fakes.switches import Switch, Switches

ADMIN = "/_fake/"


class FakeBroke(Exception):
    """A fake met something its author did not think of; the trace is on standard error."""


class FakeSystem:
    """A running fake; made is started. `with` stops it at the end.

    With a folder it keeps its ledger there as `<name>.jsonl` and takes its records from it when
    it is started again. Admin paths, for a fake in another process: `/_fake/switch` (GET, POST,
    DELETE), `/_fake/ledger` (GET, `?after=sequence`), `/_fake/records` (GET).
    """

    name: ClassVar[str]
    faults: ClassVar[Mapping[str, Fault]]

    def __init__(self, *, port: int, folder: Path | None, clock: Clock = time.time) -> None:
        """Raises OSError when the port is taken, LedgerDamaged."""
        self.clock = clock
        self.ledger = Ledger(folder / f"{self.name}.jsonl" if folder else None, clock)
        self.switches = Switches(self.faults)
        self.restore()
        try:
            self._listener = Listener(port, self.answer, clock)
        except OSError:
            self.ledger.close()
            raise
        self.port: int = self._listener.server_port
        self.url = f"http://{HOST}:{self.port}"
        self._listener.start()

    def restore(self) -> None:
        """Bring back from the ledger what an earlier run left."""
        raise NotImplementedError

    def handle(self, request: Request) -> Reply:
        """The reply of the real system."""
        raise NotImplementedError

    def loggable(self, request: Request) -> Any:
        """The payload of a request for the ledger, without credentials."""
        raise NotImplementedError

    def everything(self) -> Any:
        """All records, for `/_fake/records`."""
        raise NotImplementedError

    def admin(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        """What the admin path answers, by method and rest of the path."""
        return {
            ("GET", "switch"): self._show_switches,
            ("POST", "switch"): self._set_switch,
            ("DELETE", "switch"): self._clear_switches,
            ("GET", "ledger"): self._show_ledger,
            ("GET", "records"): lambda _: json_reply(200, self.everything()),
        }

    def switch(self, fault: str, **options: Any) -> Switch:
        """Switch a fault on: times, method, path, seconds, retry_after, words (see Switch)."""
        return self.switches.set(fault, **options)

    def clear(self, fault: str = "") -> None:
        """Switch this fault off, or all."""
        self.switches.clear(fault)

    def quiet(self, within: float = 5.0) -> bool:
        """Whether all requests sent so far, also by clients that have died, are dealt with.

        False when some still are under way after `within` seconds (a hanging one, say).
        """
        # Connections are accepted in turn: once ours has been answered, the earlier ones are in.
        with build_opener(ProxyHandler({})).open(f"{self.url}{ADMIN}switch", timeout=within):
            return self._listener.quiet(within)

    def stop(self) -> None:
        """Break off what is under way and let the port go. May be called again."""
        if not self._listener.stopping.is_set():
            self._listener.stop()
            self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop. Raises FakeBroke when the fake itself failed and nothing else has."""
        self.stop()
        if error is None and self._listener.bugs:
            raise FakeBroke(f"the fake {self.name} failed") from self._listener.bugs[0]

    def answer(self, request: Request) -> Reply:
        """The reply to any request, spoiled where a switch says so, noted in the ledger."""
        if request.path.startswith(ADMIN):
            return self._administer(request)
        switch = self.take_switch(request)
        reply = self._spoiled(request, switch) if switch else self.handle(request)
        payload = self.loggable(request)
        self.ledger.note_request(request.method, request.path, reply.logged_status, payload)
        return reply

    def take_switch(self, request: Request) -> Switch | None:
        """The fault for this request, counted."""
        return self.switches.take(request.method, request.path)

    def _spoiled(self, request: Request, switch: Switch) -> Reply:
        fault = self.faults[switch.fault]
        if fault.waits and self._listener.stopping.wait(switch.seconds):
            return Reply(ends="closed")
        if not fault.commits:
            return fault.spoil(switch, Reply())
        reply = self.handle(request)
        return fault.spoil(switch, reply) if reply.status < 400 else reply

    def _administer(self, request: Request) -> Reply:
        act = self.admin().get((request.method, request.path.removeprefix(ADMIN)))
        if act is None:
            return json_reply(404, {"error": "there is no such admin path"})
        try:
            return act(request)
        except (ValueError, TypeError) as error:
            return json_reply(400, {"error": str(error)})

    def _show_switches(self, _: Request) -> Reply:
        return json_reply(200, {"on": self.switches.now(), "faults": self.switches.faults})

    def _set_switch(self, request: Request) -> Reply:
        self.switches.set(**request.json())
        return self._show_switches(request)

    def _clear_switches(self, request: Request) -> Reply:
        self.switches.clear(request.query.get("fault", ""))
        return self._show_switches(request)

    def _show_ledger(self, request: Request) -> Reply:
        after = int(request.query.get("after", "0"))
        found = [asdict(each) for each in self.ledger.entries if each.sequence > after]
        return json_reply(200, {"entries": found})
