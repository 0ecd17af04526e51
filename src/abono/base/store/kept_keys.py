"""Foreign keys to rows that are kept for ever, checked once a statement instead of once a row.

PostgreSQL asks for each row whether the row that a key names is there, and locks that one so that nobody removes it
meanwhile; for a thousand rows that is a quarter of what writing them costs. Where the row named can neither go nor
change its key, because triggers keep it, one question for all rows of a statement proves the same, and there is nothing
to lock. Keys to rows that may go (customers and contracts, when an import is undone) stay foreign keys, and so do those
of rows written one by one.
"""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from abono.base.store.tenancy import Key

# What of this a session saw as a foreign key's error stays one: the same code, the same name. Each statement is planned
# anew (EXECUTE): a plan that a session made while the table was empty would take any index that begins with the seller,
# and read all of the seller's rows for each key once the table has grown.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing boolean;
BEGIN
  EXECUTE 'SELECT EXISTS (
    SELECT FROM fresh AS here WHERE {named} AND NOT EXISTS (SELECT FROM {target} AS there WHERE {same})
  )' INTO missing;
  IF missing THEN
    RAISE EXCEPTION 'a row of % names no row of {target}', TG_TABLE_NAME
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{name}', TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
  END IF;
  RETURN NULL;
END $$
"""
_TRIGGER = (
    "CREATE TRIGGER {trigger} AFTER {event} ON {table} REFERENCING NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION {name}({arguments})"
)


class KeysToKept(Operation):
    """Check these foreign keys of `table` once a statement. They exist already, and lead to rows kept for ever.

    `changing` are columns of the keys that may change in a row; the others are frozen by the table's own trigger. The
    triggers say in their arguments what they check, as a catalogue for those who follow the keys: columns, target,
    columns there.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, *, keys: Sequence[Key], changing: Sequence[str] = ()) -> None:
        self.table = table
        self.keys = tuple(keys)
        self.changing = tuple(changing)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Changes nothing that Django tracks."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Run the statements, in order."""
        for statement in self.statements():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make them foreign keys again."""
        for one in self.keys:
            schema_editor.execute(f"DROP FUNCTION {one.name_in(self.table)}() CASCADE")
            schema_editor.execute(one.constraint_on(self.table))

    def describe(self) -> str:
        """One line for `migrate --plan`."""
        return f"Check keys of {self.table} once a statement"

    def statements(self) -> list[str]:
        """All SQL of these keys."""
        return [statement for one in self.keys for statement in self._statements(one)]

    def _statements(self, one: Key) -> list[str]:
        name = one.name_in(self.table)
        pairs = zip(("seller_id", *one.target), ("seller_id", *one.columns), strict=True)
        function = _FUNCTION.format(
            name=name,
            target=one.table,
            named=" AND ".join(f"here.{column} IS NOT NULL" for column in one.columns),
            same=" AND ".join(f"there.{target} = here.{column}" for target, column in pairs),
        )
        parts = {
            "table": self.table,
            "name": name,
            "arguments": f"'{' '.join(one.columns)}', '{one.table}', '{' '.join(one.target)}'",
        }
        found = [
            f"ALTER TABLE {self.table} DROP CONSTRAINT {name}",
            function,
            _TRIGGER.format(trigger=name, event="INSERT", **parts),
        ]
        if set(one.columns) & set(self.changing):
            found.append(_TRIGGER.format(trigger=f"{name}_again", event="UPDATE", **parts))
        return found
