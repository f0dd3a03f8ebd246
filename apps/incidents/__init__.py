"""Incidents (tickets), clocks, timeline."""
