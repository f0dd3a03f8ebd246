"""Trigram search over the words of tickets: GIN on PostgreSQL, FTS5 on SQLite."""

from django.db import migrations

SQLITE_UP = [
    (
        "CREATE VIRTUAL TABLE incidents_search USING fts5("
        "search_text, content='incidents_incident', content_rowid='id', tokenize='trigram')"
    ),
    (
        "CREATE TRIGGER incidents_search_insert AFTER INSERT ON incidents_incident BEGIN "
        "INSERT INTO incidents_search(rowid, search_text) VALUES (new.id, new.search_text); END"
    ),
    (
        "CREATE TRIGGER incidents_search_delete AFTER DELETE ON incidents_incident BEGIN "
        "INSERT INTO incidents_search(incidents_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); END"
    ),
    (
        "CREATE TRIGGER incidents_search_update AFTER UPDATE OF search_text ON incidents_incident "
        "WHEN old.search_text <> new.search_text BEGIN "
        "INSERT INTO incidents_search(incidents_search, rowid, search_text) "
        "VALUES ('delete', old.id, old.search_text); "
        "INSERT INTO incidents_search(rowid, search_text) VALUES (new.id, new.search_text); END"
    ),
    "INSERT INTO incidents_search(incidents_search) VALUES ('rebuild')",
]
SQLITE_DOWN = [
    "DROP TRIGGER incidents_search_insert",
    "DROP TRIGGER incidents_search_delete",
    "DROP TRIGGER incidents_search_update",
    "DROP TABLE incidents_search",
]
POSTGRESQL_UP = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    (
        "CREATE INDEX incident_search ON incidents_incident "
        "USING gin (UPPER(search_text) gin_trgm_ops)"
    ),
]
POSTGRESQL_DOWN = ["DROP INDEX incident_search"]


def fill(apps, editor):
    """Words of the tickets that are there already."""
    incidents = apps.get_model("incidents", "Incident")
    rows = incidents.objects.filter(search_text="").select_related("site")
    batch = []
    for row in rows.iterator(chunk_size=500):
        site = f"{row.site.number} {row.site.name}" if row.site else ""
        parts = (f"RC-{row.pk}", row.title, row.description, site, row.reporter)
        row.search_text = " ".join(" ".join(part for part in parts if part).split())
        batch.append(row)
        if len(batch) == 500:
            incidents.objects.bulk_update(batch, ["search_text"])
            batch = []
    incidents.objects.bulk_update(batch, ["search_text"])


def up(apps, editor):
    statements = SQLITE_UP if editor.connection.vendor == "sqlite" else POSTGRESQL_UP
    for statement in statements:
        editor.execute(statement)


def down(apps, editor):
    statements = SQLITE_DOWN if editor.connection.vendor == "sqlite" else POSTGRESQL_DOWN
    for statement in statements:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_handling")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(up, down),
    ]
