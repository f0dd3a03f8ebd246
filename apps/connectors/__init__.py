"""One folder per outside system: plain Python, no models, no Django."""
