"""The demonstration: what is seeded, what can be played, who may be signed in with a click."""
