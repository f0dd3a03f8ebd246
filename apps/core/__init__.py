"""What every app stands on: periods, HTTP seam, doorbell, work rows, configuration files."""
