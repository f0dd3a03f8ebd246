"""Which outside systems we talk to: kind, base URL, encrypted secrets."""
