"""The hash chain: what a change's digest covers, and how links follow each other."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = hashlib.sha256(b"rollcall ledger").hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 (hex) of a JSON value written canonically: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def change_digest(header: Mapping[str, Any], fields_digest: str) -> str:
    """Digest of one change: its header, and only the digest of its fields, so that fields can be
    purged later and the chain still verifies."""
    return digest_of([dict(header), fields_digest])


def next_link(previous: str, seq: int, digest: str) -> str:
    """The chain's hash after the change with number `seq`."""
    return hashlib.sha256(f"{previous}:{seq}:{digest}".encode()).hexdigest()
