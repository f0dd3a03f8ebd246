"""Only what connections need: a programme, and themselves."""

SECTIONS = (
    "apps.rollouts.config.programme.PROGRAMME",
    "apps.connections.config.CONNECTIONS",
)
