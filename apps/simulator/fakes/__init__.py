"""Stand-ins for outside systems: real HTTP servers on 127.0.0.1 that keep a ledger. No Django."""
