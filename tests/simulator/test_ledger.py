"""The ledger keeps everything, in order, also over a kill."""

import json
import threading
from pathlib import Path

import pytest

from apps.simulator.fakes.ledger import Ledger, LedgerDamaged

NOON = 1_651_492_800.25  # 2022-05-02 12:00:00.25 UTC


def _ledger(file: Path | None = None) -> Ledger:
    return Ledger(file, clock=lambda: NOON)


def test_it_numbers_entries_and_says_when_and_what() -> None:
    ledger = _ledger()
    ledger.note_effect("incident.created", {"number": "INC1"}, "POST", "/x")
    ledger.note_request("POST", "/x", 201, {"a": 1})
    effect, request = ledger.entries
    assert (effect.sequence, effect.kind, effect.what) == (1, "effect", "incident.created")
    assert (effect.method, effect.path, effect.status) == ("POST", "/x", 0)
    assert (request.sequence, request.kind, request.status) == (2, "request", 201)
    assert request.at == "2022-05-02T12:00:00.250000+00:00"
    assert request.payload == {"a": 1}


def test_it_keeps_what_was_said_then_and_not_what_it_became() -> None:
    ledger = _ledger()
    payload = {"state": "1", "tags": ["a"]}
    ledger.note_effect("incident.created", payload)
    payload["state"] = "2"
    payload["tags"].append("b")  # type: ignore[attr-defined]  # the list it was made with
    assert ledger.entries[0].payload == {"state": "1", "tags": ["a"]}


def test_it_gives_requests_by_method_and_path_and_effects_by_name() -> None:
    ledger = _ledger()
    ledger.note_request("GET", "/api/a", 200, None)
    ledger.note_request("POST", "/api/b", 200, None)
    ledger.note_effect("message.posted", None)
    ledger.note_effect("message.edited", None)
    assert [each.path for each in ledger.requests()] == ["/api/a", "/api/b"]
    assert [each.path for each in ledger.requests("POST")] == ["/api/b"]
    assert [each.path for each in ledger.requests(path="i/a")] == ["/api/a"]
    assert [each.what for each in ledger.effects("message.edited")] == ["message.edited"]
    assert len(ledger.effects()) == 2


def test_it_gives_away_copies_of_its_list() -> None:
    ledger = _ledger()
    ledger.note_effect("x", None)
    ledger.entries.clear()
    assert len(ledger.entries) == 1


def test_it_has_the_line_in_the_file_before_it_returns(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "fake.jsonl"
    ledger = _ledger(file)
    ledger.note_request("GET", "/ünï", 200, {"text": "a\nb"})
    (line,) = file.read_text("utf-8").splitlines()
    ledger.close()
    assert json.loads(line)["payload"] == {"text": "a\nb"}
    assert file.stat().st_mode & 0o077 == 0


def test_it_goes_on_where_an_earlier_run_stopped(tmp_path: Path) -> None:
    first = _ledger(tmp_path / "fake.jsonl")
    first.note_effect("a", {"n": 1})
    first.close()
    second = _ledger(tmp_path / "fake.jsonl")
    second.note_effect("b", {"n": 2})
    second.close()
    third = _ledger(tmp_path / "fake.jsonl")
    third.close()
    assert [(each.sequence, each.what) for each in third.entries] == [(1, "a"), (2, "b")]
    assert third.entries == second.entries


@pytest.mark.parametrize("whole", [0, 1, 2])
def test_it_cuts_off_a_line_torn_by_a_kill(tmp_path: Path, whole: int) -> None:
    file = tmp_path / "fake.jsonl"
    ledger = _ledger(file)
    for number in range(whole):
        ledger.note_effect("kept", number)
    ledger.close()
    with file.open("ab") as torn:
        torn.write(b'{"sequence": 9, "at": "20')
    again = _ledger(file)
    again.note_effect("after", None)
    again.close()
    read = _ledger(file)
    read.close()
    assert [each.what for each in read.entries] == ["kept"] * whole + ["after"]
    assert [each.sequence for each in read.entries] == list(range(1, whole + 2))


@pytest.mark.parametrize("line", ["not json", '{"sequence": 1}', "[]"])
def test_it_says_so_when_a_whole_line_is_damaged(tmp_path: Path, line: str) -> None:
    file = tmp_path / "fake.jsonl"
    file.write_text(line + "\n")
    with pytest.raises(LedgerDamaged, match="line 1"):
        _ledger(file)


def test_it_loses_and_doubles_nothing_under_many_threads(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path / "fake.jsonl")

    def write() -> None:
        for _ in range(50):
            ledger.note_effect("x", None)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    again = _ledger(tmp_path / "fake.jsonl")
    again.close()
    assert [each.sequence for each in again.entries] == list(range(1, 401))


def test_it_waits_for_an_entry_and_gives_up_when_none_comes() -> None:
    ledger = _ledger()
    timer = threading.Timer(0.05, ledger.note_effect, ("late", None))
    timer.start()
    found = ledger.wait_for(lambda entry: entry.what == "late", within=10)
    timer.join()
    assert found is not None
    assert found.what == "late"
    assert ledger.wait_for(lambda entry: entry.what == "never", within=0.01) is None
