"""Who is told, how, when; escalation until somebody acknowledges."""
