"""Constraints the database keeps itself, beyond those Django ships."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, F, Model, Value
from django.db.models.functions import Length, Replace, Trim
from django.db.models.lookups import GreaterThan

if TYPE_CHECKING:
    from django.db.models.expressions import Expression

BLANKS = "\t\n\r"  # beside the space itself, which TRIM knows


class Written(GreaterThan):
    """Whether a text column holds more than blanks: the condition of a CheckConstraint."""

    def __init__(self, name: str) -> None:
        text: F | Expression = F(name)
        for blank in BLANKS:
            text = Replace(text, Value(blank), Value(""))
        super().__init__(Length(Trim(text)), 0)


class ReferencesTogether(BaseConstraint):
    """A foreign key over several columns: what a row points at belongs where the row belongs.

    The other table needs a unique constraint over `to_columns`. It stands in the table itself, so
    it survives when SQLite's tables are made anew by a later migration; a trigger would not. A row
    with a null among `columns` is not checked.
    """

    def __init__(
        self, *, columns: Sequence[str], to_table: str, to_columns: Sequence[str], name: str
    ) -> None:
        super().__init__(name=name)
        self.columns, self.to_columns = tuple(columns), tuple(to_columns)
        self.to_table = to_table

    def constraint_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        """As part of CREATE TABLE."""
        assert schema_editor is not None  # noqa: S101 - Django always gives one
        quote = schema_editor.quote_name
        columns, others = (
            ", ".join(map(quote, names)) for names in (self.columns, self.to_columns)
        )
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({columns})"
            f" REFERENCES {quote(self.to_table)} ({others}) DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        """For a table that is there (PostgreSQL; SQLite makes the table anew)."""
        return (
            f"{self._alter(model, schema_editor)} ADD {self.constraint_sql(model, schema_editor)}"
        )

    def remove_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert schema_editor is not None  # noqa: S101 - as above
        name = schema_editor.quote_name(self.name)
        return f"{self._alter(model, schema_editor)} DROP CONSTRAINT {name}"

    def _alter(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None  # noqa: S101 - as above
        assert schema_editor is not None  # noqa: S101 - as above
        return f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Only the database knows the other table: nothing to say before it is asked."""

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        facts = {
            "columns": self.columns, "to_table": self.to_table, "to_columns": self.to_columns,
        }  # fmt: skip
        return path, args, kwargs | facts

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReferencesTogether):
            return NotImplemented
        return bool(self.deconstruct() == other.deconstruct())

    def __hash__(self) -> int:
        return hash((self.name, self.columns, self.to_table, self.to_columns))
