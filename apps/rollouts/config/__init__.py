"""The sections of programme.yaml about the roll-out."""
