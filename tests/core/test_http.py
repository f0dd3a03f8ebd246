"""The seam for outgoing HTTP, against real servers on this machine."""

import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.core import transport
from apps.core.http import (
    Answer,
    Http,
    HttpProblem,
    Limits,
    check_base_url,
    get_public,
    open_session,
)
from tests.connectors.serving import (
    Closed,
    answering,
    cut_short,
    dripping_body,
    dripping_headers,
    hanging,
    raw,
    resetting,
    serving,
)

QUICK = Limits(connect=0.5, read=0.3, total=0.6, max_bytes=1000)


def get(http: Http, path: str = "thing") -> Answer:
    return http.get(path, params={}, headers={})


def post(http: Http) -> Answer:
    return http.post_json("thing", payload={"a": "é"}, params={}, headers={})


def problem_of(http: Http, call: object = post) -> HttpProblem:
    assert callable(call)
    with http, pytest.raises(HttpProblem) as caught:
        call(http)
    return caught.value


def test_it_gets_json_below_the_base_url() -> None:
    with serving(answering({"a": 1})) as server, Http(server.url + "/api/") as http:
        answer = http.get("/thing", params={"q": "a b&c"}, headers={"X-One": "1"})

    assert (answer.status, answer.media_type, answer.json()) == (200, "application/json", {"a": 1})
    assert (server.seen[0].path, server.seen[0].query) == ("/api/thing", {"q": "a b&c"})
    assert server.seen[0].headers["x-one"] == "1"


def test_it_posts_json_and_forms() -> None:
    with serving(answering({})) as server, Http(server.url) as http:
        post(http)
        http.post_form("token", fields={"grant": "a b", "é": "&"}, headers={})

    assert server.seen[0].json == {"a": "é"}
    assert server.seen[0].headers["content-type"] == "application/json; charset=utf-8"
    assert server.seen[1].form == {"grant": "a b", "é": "&"}
    assert server.seen[1].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 404, 429, 500, 503])
def test_it_hands_every_status_but_redirects_to_the_caller(status: int) -> None:
    with serving(raw(b"", status=status)) as server, Http(server.url) as http:
        assert post(http).status == status


def test_not_modified_is_an_answer() -> None:
    with serving(raw(b"", status=304)) as server, Http(server.url) as http:
        assert get(http).status == 304


def test_an_address_anybody_typed_must_lead_outside() -> None:
    with serving(answering({})) as server:
        with pytest.raises(HttpProblem) as caught:
            get_public(f"{server.url}/a?b=c", inside=(), headers={}, limits=QUICK)
        assert (caught.value.kind, caught.value.sent, server.seen) == ("policy", False, [])
        inside = get_public(
            f"{server.url}/a?b=c", inside=["127.0.0.1"], headers={"X-One": "1"}, limits=QUICK
        )
    assert inside.status == 200
    assert (server.seen[0].path, server.seen[0].query) == ("/a", {"b": "c"})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_it_follows_no_redirect(status: int) -> None:
    with serving(raw(b"", status=status, Location="/elsewhere")) as server:
        problem = problem_of(Http(server.url))

    assert (problem.kind, problem.sent, len(server.seen)) == ("redirect", True, 1)


def test_it_knows_that_a_refused_connection_was_not_sent() -> None:
    problem = problem_of(Http(Closed.make().url))

    assert (problem.kind, problem.sent) == ("refused", False)
    assert str(problem) == "127.0.0.1 refused the connection"


def test_it_knows_that_an_unknown_name_was_not_sent() -> None:
    problem = problem_of(Http("https://" + "a" * 70 + ".invalid"))

    assert (problem.kind, problem.sent) == ("unreachable", False)


def test_it_gives_up_on_a_silent_server() -> None:
    with serving(hanging) as server:
        problem = problem_of(Http(server.url, limits=QUICK))

    assert (problem.kind, problem.sent, len(server.seen)) == ("timeout", True, 1)


@pytest.mark.parametrize("reply", [dripping_headers, dripping_body])
def test_it_holds_the_total_time_against_a_server_that_drips(reply: object) -> None:
    with serving(reply) as server:  # type: ignore[arg-type]  # each is a Reply
        problem = problem_of(Http(server.url, limits=QUICK))

    assert (problem.kind, problem.sent) == ("timeout", True)


def test_it_calls_a_broken_connection_sent_and_posts_once() -> None:
    with serving(resetting) as server:
        problem = problem_of(Http(server.url))

    assert (problem.kind, problem.sent, len(server.seen)) == ("reset", True, 1)


def test_it_calls_a_body_cut_short_a_reset() -> None:
    with serving(cut_short) as server:
        problem = problem_of(Http(server.url))

    assert (problem.kind, problem.sent) == ("reset", True)


def test_it_asks_once_more_when_a_get_broke() -> None:
    with serving(resetting, answering({"a": 2})) as server, Http(server.url) as http:
        assert get(http).json() == {"a": 2}

    assert len(server.seen) == 2


def test_it_asks_only_twice() -> None:
    with serving(resetting) as server:
        problem = problem_of(Http(server.url), get)

    assert (problem.kind, len(server.seen)) == ("reset", 2)


def test_it_does_not_repeat_a_get_that_timed_out() -> None:
    with serving(hanging) as server:
        problem = problem_of(Http(server.url, limits=QUICK), get)

    assert (problem.kind, len(server.seen)) == ("timeout", 1)


def test_it_refuses_more_than_it_accepts() -> None:
    with serving(raw(b"x" * 1001)) as server:
        problem = problem_of(Http(server.url, limits=QUICK))

    assert (problem.kind, problem.sent) == ("too_large", True)


def test_it_accepts_exactly_the_limit() -> None:
    with serving(raw(b"x" * 1000)) as server, Http(server.url, limits=QUICK) as http:
        assert len(get(http).body) == 1000


def test_it_measures_a_compressed_answer_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    with serving(raw(bomb, Content_Encoding="gzip")) as server:
        problem = problem_of(Http(server.url, limits=QUICK))

    assert problem.kind == "too_large"


def test_it_keeps_a_connection_for_several_calls() -> None:
    with serving(answering({})) as server, Http(server.url) as http:
        assert [get(http).status for _ in range(3)] == [200, 200, 200]

    assert len(server.seen) == 3


def test_it_keeps_no_cookies() -> None:
    with serving(raw(b"", Set_Cookie="JSESSIONID=1")) as server, Http(server.url) as http:
        get(http)
        get(http)

    assert "cookie" not in server.seen[1].headers


def test_it_takes_no_proxy_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, Closed.make().url)
    with serving(answering({})) as server, Http(server.url) as http:
        assert get(http).status == 200


def test_it_takes_no_password_from_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ana password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answering({})) as server, Http(server.url) as http:
        get(http)

    assert "authorization" not in server.seen[0].headers


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\n", "a\0b", "☃"])
def test_it_refuses_headers_that_break_out(value: str) -> None:
    with serving(answering({})) as server, Http(server.url) as http:
        with pytest.raises(HttpProblem) as caught:
            http.get("thing", params={}, headers={"X-One": value})

        assert (caught.value.kind, caught.value.sent, server.seen) == ("policy", False, [])


def test_it_refuses_text_that_is_not_utf8() -> None:
    with serving(answering({})) as server, Http(server.url) as http:
        with pytest.raises(HttpProblem) as caught:
            http.get("thing", params={"q": "\ud800"}, headers={})

        assert (caught.value.kind, caught.value.sent) == ("policy", False)


@pytest.mark.parametrize(
    "url",
    [
        "https://yourit.example.gov",
        "https://slack.com/api/",
        "https://10.0.0.7:8443/api",
        "http://127.0.0.1:8000",
        "http://[::1]:8000/",
        "http://localhost:9",
    ],
)
def test_it_accepts_base_urls(url: str) -> None:
    assert check_base_url(url).hostname


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.gov", "https is required"),
        ("http://10.0.0.7", "https is required"),
        ("http://127.0.0.1.example.gov", "https is required"),
        ("ftp://example.gov", "https is required"),
        ("file:///etc/passwd", "not a URL"),
        ("", "not a URL"),
        ("example.gov", "not a URL"),
        ("https://", "not a URL"),
        ("https://a b.gov", "not a URL"),
        ("https://example.gov\\@evil.example", "not a URL"),
        ("https://example.gov\r\nX: 1", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://example.gov:port", "not a URL"),
        ("https://user@example.gov", "user name or password"),
        ("https://user:secret@example.gov", "user name or password"),
        ("https://example.gov?a=1", "no query"),
        ("https://example.gov#a", "no query and no fragment"),
    ],
)
def test_it_refuses_other_base_urls_in_words(url: str, why: str) -> None:
    with pytest.raises(HttpProblem, match=why) as caught:
        Http(url)

    assert (caught.value.kind, caught.value.sent) == ("policy", False)
    assert "secret" not in str(caught.value)


def test_it_judges_the_address_it_connects_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name looks harmless when configured and leads to credentials when called."""
    monkeypatch.setattr(transport, "resolve", lambda host, port: ["169.254.169.254"])

    problem = problem_of(Http("https://yourit.example.gov"))

    assert (problem.kind, problem.sent) == ("policy", False)
    assert str(problem) == "yourit.example.gov may not be called (its address is not allowed)"


def test_it_uses_only_the_permitted_ones_of_several_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(answering({})) as server:
        monkeypatch.setattr(
            transport, "resolve", lambda host, port: ["10.0.0.1", "169.254.169.254", "127.0.0.1"]
        )
        with Http(server.url.replace("127.0.0.1", "localhost")) as http:
            assert get(http).status == 200


def test_it_lets_another_host_lead_only_to_public_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "resolve", lambda host, port: ["10.0.0.1", "127.0.0.1"])
    with Http("https://yourit.example.gov") as http, pytest.raises(HttpProblem) as caught:
        get(http, "https://elsewhere.example.gov/page?offset=100")

    assert (caught.value.kind, caught.value.sent) == ("policy", False)


def test_it_refuses_plain_http_to_another_host() -> None:
    with Http("https://yourit.example.gov") as http, pytest.raises(HttpProblem, match="https"):
        get(http, "http://elsewhere.example.gov/")


@pytest.fixture(scope="module")
def untrusted_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A TLS server on this machine whose certificate nobody has signed."""
    context = _self_signed(tmp_path_factory.mktemp("tls") / "pair.pem")
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        thread = threading.Thread(target=_shake_hands, args=(listening, context, stop))
        thread.start()
        yield listening.getsockname()[1]
        stop.set()
        thread.join()


def _shake_hands(listening: socket.socket, context: ssl.SSLContext, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        with connection:
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:  # the client does not trust us, as it should
                continue


def _self_signed(where: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    start = dt.datetime(2022, 5, 2, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    where.write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where)
    return context


def test_it_sends_nothing_to_a_certificate_it_cannot_trust(untrusted_port: int) -> None:
    problem = problem_of(Http(f"https://127.0.0.1:{untrusted_port}"))

    assert (problem.kind, problem.sent) == ("tls", False)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("", None),
        ("-1", None),
        ("1e9", None),
        ("9" * 9, None),
        ("Fri", None),
    ],
)
def test_it_reads_how_long_to_wait(said: str, expected: float | None) -> None:
    assert Answer(429, {"Retry-After": said}, b"").retry_after == expected


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"\xff", "can't decode"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 10_000, "Exceeds the limit"),
    ],
)
def test_it_calls_what_is_not_json_a_value_error(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Answer(200, {}, body).json()


def test_it_opens_sessions_that_trust_nothing_around_them() -> None:
    with open_session() as session:
        assert session.trust_env is False
        assert session.get_adapter("https://example.gov").max_retries.total == 0  # type: ignore[attr-defined]  # of HTTPAdapter
