"""A ServiceNow instance as far as its Table API for incidents shows it."""

from apps.simulator.fakes.servicenow.server import FakeServiceNow

__all__ = ["FakeServiceNow"]
