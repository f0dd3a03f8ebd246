"""Configuration as code: what an app needs to offer a section of programme.yaml."""

from apps.core.config.problems import Path, Wrong
from apps.core.config.sections import Applying, FromEnvironment, Section

__all__ = ["Applying", "FromEnvironment", "Path", "Section", "Wrong"]
