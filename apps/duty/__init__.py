"""The duty console: what do I do next."""
