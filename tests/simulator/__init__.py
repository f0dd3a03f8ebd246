"""Tests of the fakes: over real HTTP, as any client would use them."""
