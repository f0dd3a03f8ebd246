"""Tables of dotted paths: where apps below ask for what apps above them know."""

from apps.accounts.choices import Role
from apps.core.context import Place

DECIDING = frozenset({Role.PM, Role.DM, Role.ADMINISTRATOR})
NAVIGATION = (  # `key` after g goes there
    Place("Duty console", "home", "console", "c"),
    Place("Inbox", "inbox", "inbox", "i", count="apps.intake.panels.waiting", within=("channel",)),
    Place("Tickets", "ticket", "tickets", "t", within=("ticket",), query="?state=open"),
    Place("Product board", "layout-kanban", "product-board", "p",
          within=("work-item", "new-work-item")),
    Place("Delivery board", "columns-3", "delivery-board", "d"),
    Place("Sites", "building-hospital", "sites-page", "s", within=("site",)),
    Place("Schedule", "calendar", "schedule", "e", within=("planner", "hand-over", "hand-overs")),
    Place("Waves", "rocket", "waves-page", "w", within=("wave",)),
    Place("On call", "calendar-user", "oncall-week", "o",
          within=("coverage", "rota", "layer", "calendar", "shift", "my-shifts", "cover", "swap",
                  "leave", "override", "fairness", "holiday")),
    Place("Paging", "bell", "paging", "n", within=("my-ways", "my-way", "page")),
    Place("Audit", "history", "audit", "a"),
    Place("Settings", "settings", "admin:index", "", roles=frozenset({Role.ADMINISTRATOR})),
)  # fmt: skip

MORE_PAGES = (  # found by name, not in the navigation
    Place("Map of sites", "map-pin", "schedule-map", ""),
    Place("Schedule changes", "history", "schedule-changes-page", ""),
    Place("Hand-overs to support", "clock-check", "hand-overs", ""),
    Place("Shift hand-overs", "arrows-exchange", "shift-hand-overs", ""),
    Place("Planner", "list-check", "planner", "", roles=DECIDING),
    Place("Import sites and schedule", "upload", "schedule-import", "", roles=DECIDING),
    Place("Deputies", "user-check", "deputies-page", ""),
    Place("Coverage proof", "calendar-user", "coverage-page", ""),
    Place("Downtimes of holidays", "calendar", "holiday-duties-page", ""),
    Place("Fairness", "users", "fairness-page", ""),
    Place("New work item", "plus", "new-work-item", "", roles=DECIDING | {Role.ENGINEER}),
    Place("How you are told", "bell", "my-ways", ""),
    Place("Your account", "user", "account", ""),
    Place("Calendars", "calendar-plus", "feeds-page", ""),
    Place("Status of the portal", "server", "status", ""),
)

SEARCHES = {  # kind: its heading, callable (text, person, most) -> hits
    "site": ("Sites", "apps.rollouts.search.find_sites"),
    "ticket": ("Tickets", "apps.incidents.search.find_tickets"),
    "person": ("People", "apps.accounts.search.find_people"),
    "page": ("Pages", "apps.core.places.find_pages"),
}

SCHEDULE_EFFECTS = (  # callables (programme, steps, now) -> sentences
    "apps.rollouts.effects.pace",
    "apps.rollouts.effects.end_of_programme",
    "apps.rollouts.effects.phases",
    "apps.rollouts.effects.readiness",
    "apps.oncall.effects.coverage",
    "apps.intake.effects.channels",
)

HAND_OVER_EFFECTS = (  # callables (programme, waves by site, now) -> sentences by site
    "apps.servicenow.handover.effects",
    "apps.intake.handover.effects",
)

GO_NO_GO_CHECKS = (  # callables (wave, now) -> findings
    "apps.rollouts.go_no_go.readiness",
    "apps.incidents.go_no_go.severity_one",
    "apps.oncall.go_no_go.coverage",
)

INCIDENT_FOLLOWERS = (  # callables (happened), in the transaction of each change to a ticket
    "apps.paging.following.follow",
)

HAND_OVER_FACTS = (  # callables (hand-over, now) -> Facts its note begins with
    "apps.incidents.handing.facts",
)

HAND_OVER_FOLLOWERS = (  # callables (hand-over, by, origin, now), when it is acknowledged
    "apps.paging.following.hand_over_taken",
)

FAIRNESS_COUNTS = (  # callables (programme, period) -> Counts by person beside their hours
    "apps.incidents.fairness.acknowledged",
    "apps.incidents.fairness.given",
)

PAGE_PANELS: dict[str, tuple[str, ...]] = {  # callables (subject, person, now) -> Panel | None
    "ticket": (
        "apps.intake.panels.thread",
        "apps.servicenow.panels.record",
        "apps.boards.panels.work_items",
    ),
    "site": (
        "apps.rollouts.panels.readiness_of_site",
        "apps.incidents.panels.recent_of_site",
    ),
    "passport": ("apps.incidents.panels.open_on_passport",),
    "brief": ("apps.incidents.panels.urgent_of_brief",),  # of who begins a shift
}

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
    "apps.rollouts.config.readiness.READINESS",
    "apps.incidents.config.QUEUES",
    "apps.incidents.config.CATEGORIES",
    "apps.incidents.config.SEVERITIES",
    "apps.incidents.config.SLA",
    "apps.rollouts.config.people.PEOPLE",
    "apps.oncall.config.ROTAS",
    "apps.connections.config.CONNECTIONS",
    "apps.paging.config.ESCALATIONS",
    "apps.intake.config.CHANNELS",
)

PURGES = (  # callables (now) -> rows forgotten; asked hourly
    "apps.core.services.purge_answers",
    "apps.rollouts.services.forget_contacts",
    "apps.oncall.services.forget_drafts",
)

FEEDS = {  # kind of calendar: the FeedKind that offers and fills it
    "programme": "apps.rollouts.feeds.PROGRAMME",
    "wave": "apps.rollouts.feeds.WAVE",
    "product": "apps.rollouts.feeds.PRODUCT",
    "shifts": "apps.oncall.feeds.SHIFTS",
    "rota": "apps.oncall.feeds.ROTA",
}

READY_CHECKS = (  # anybody may ask these
    "apps.core.health.database",
    "apps.core.health.broker",
    "apps.core.health.workers",
    "apps.intake.health.inbox",
    "apps.outbox.health.outbox",
    "apps.paging.health.paging",
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
    "apps.paging.health.paging",
    "apps.oncall.health.calendars",
    "apps.ledger.health.ledger",
)
