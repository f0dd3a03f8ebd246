"""Tables of dotted paths: where apps below ask for what apps above them know."""

CONFIG_SECTIONS = (  # sections of programme.yaml, in the order in which they are applied
    "apps.rollouts.config.programme.PROGRAMME",
    "apps.rollouts.config.programme.LABELS",
    "apps.rollouts.config.programme.PHASES",
    "apps.rollouts.config.programme.HOLIDAYS",
    "apps.rollouts.config.programme.BLACKOUTS",
    "apps.rollouts.config.schedule.PRODUCTS",
    "apps.rollouts.config.schedule.SITES",
    "apps.rollouts.config.schedule.WAVES",
    "apps.rollouts.config.schedule.GO_LIVES",
    "apps.incidents.config.QUEUES",
    "apps.incidents.config.CATEGORIES",
    "apps.incidents.config.SEVERITIES",
    "apps.incidents.config.SLA",
    "apps.rollouts.config.people.PEOPLE",
    "apps.oncall.config.ROTAS",
    "apps.connections.config.CONNECTIONS",
    "apps.intake.config.CHANNELS",
)

READY_CHECKS = (  # anybody may ask these
    "apps.core.health.database",
    "apps.core.health.broker",
    "apps.core.health.workers",
    "apps.intake.health.inbox",
    "apps.outbox.health.outbox",
)

HEALTH_CHECKS = (  # for those who run the portal
    "apps.core.health.configuration",
    "apps.core.health.database",
    "apps.core.health.migrations",
    "apps.core.health.broker",
    "apps.core.health.workers",
    "apps.core.health.disk",
    "apps.connections.health.connections",
    "apps.intake.health.inbox",
    "apps.outbox.health.outbox",
    "apps.ledger.health.ledger",
)
