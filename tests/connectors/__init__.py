"""Tests of apps.connectors."""
