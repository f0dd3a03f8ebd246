"""The database itself refuses to alter or delete a change: only sealing and purging are allowed."""

from django.db import migrations

FIXED = [
    "at",
    "actor",
    "origin",
    "programme_id",
    "subject",
    "subject_key",
    "verb",
    "fields_digest",
    "digest",
]

SQLITE_UPDATE = f"""
CREATE TRIGGER ledger_change_no_update BEFORE UPDATE ON ledger_change
WHEN {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED)}
  OR (OLD.seq IS NOT NULL AND (NEW.seq IS NOT OLD.seq OR NEW.link IS NOT OLD.link))
  OR (NEW.fields IS NOT OLD.fields AND NEW.fields IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""
SQLITE_DELETE = """
CREATE TRIGGER ledger_change_no_delete BEFORE DELETE ON ledger_change
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""
POSTGRESQL_FUNCTION = f"""
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'DELETE'
    OR {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED)}
    OR (OLD.seq IS NOT NULL AND (NEW.seq IS DISTINCT FROM OLD.seq OR NEW.link IS DISTINCT FROM OLD.link))
    OR (NEW.fields IS DISTINCT FROM OLD.fields AND NEW.fields IS NOT NULL)
  THEN
    RAISE EXCEPTION 'the ledger is append-only';
  END IF;
  RETURN NEW;
END $body$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER ledger_change_append_only BEFORE UPDATE OR DELETE ON ledger_change
FOR EACH ROW EXECUTE FUNCTION ledger_append_only()
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = [POSTGRESQL_FUNCTION, POSTGRESQL_TRIGGER]
    else:
        statements = [SQLITE_UPDATE, SQLITE_DELETE]
    for statement in statements:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER ledger_change_append_only ON ledger_change")
        schema_editor.execute("DROP FUNCTION ledger_append_only()")
    else:
        schema_editor.execute("DROP TRIGGER ledger_change_no_update")
        schema_editor.execute("DROP TRIGGER ledger_change_no_delete")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
