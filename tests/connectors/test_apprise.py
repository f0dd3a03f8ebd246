"""Other services: which addresses are taken, and what their answers mean."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from apps.connectors.apprise.client import is_address, scheme_of, tell
from apps.connectors.base import ConnectorError


class Service(HTTPServer):
    """Keeps what it is told and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.got = 200, list[dict[str, str]]()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


TWILIO = f"twilio://AC{'a' * 32}:{'b' * 32}@15551230000/15551234567/"


def test_it_tells(service: Service) -> None:
    tell(service.address, title="RC-1 is down", text="Acknowledge: http://here/")
    (got,) = service.got
    assert (got["title"], got["message"]) == ("RC-1 is down", "Acknowledge: http://here/")


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_a_refusal_is_worth_another_try(service: Service, status: int) -> None:
    service.status = status
    with pytest.raises(ConnectorError) as said:
        tell(service.address, title="a", text="b")
    assert not said.value.permanent
    assert str(said.value) == "json did not take it"


def test_a_service_that_is_not_there_is_worth_another_try() -> None:
    with pytest.raises(ConnectorError, match="json did not take it"):
        tell("json://127.0.0.1:9/", title="a", text="b")


@pytest.mark.parametrize(
    "address",
    ["", "ana@example.gov", "json://10.0.0.1/", "json://a:b@10.0.0.1@localhost/x",
     "jsons://example.gov/", "json://[::1", "xml://a",
     "file:///etc/passwd", "http://127.0.0.1/", "twilio://", "syslog://127.0.0.1", "mailto://a@b"],
)  # fmt: skip
def test_it_takes_no_address_that_could_lead_into_our_network(address: str) -> None:
    assert not is_address(address)
    if not scheme_of(address):
        with pytest.raises(ConnectorError) as said:
            tell(address, title="a", text="b")
        assert said.value.permanent


def test_it_takes_addresses_of_services() -> None:
    assert (scheme_of(TWILIO), is_address(TWILIO)) == ("twilio", True)
