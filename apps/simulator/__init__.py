"""Plays the outside systems: fakes over real HTTP, and the demonstration."""
