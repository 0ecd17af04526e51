"""One migration operation that makes a table a seller's table.

It adds what Django cannot state: composite foreign keys that begin with `seller_id`, row-level security for the
page roles, grants per role, and the triggers that keep a table append-only or frozen. Every seller's table goes
through it; a law test walks the tables of the database and finds one that did not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

ENGINE, PORTAL, STAFF, OWNER = "abono_engine", "abono_portal", "abono_staff", "abono_owner"


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key of a seller's table: `seller_id` plus `columns` point to `table`'s `target` columns."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...] = ("id",)

    def name_in(self, table: str) -> str:
        """What the key of `table` is called."""
        return f"{table}_{'_'.join(self.columns) or 'seller'}_fk"[:63]

    def constraint_on(self, table: str) -> str:
        """The statement that makes it a foreign key of `table`."""
        here = ", ".join(("seller_id", *self.columns))
        there = ", ".join(("seller_id", *self.target)) if self.columns else "id"
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {self.name_in(table)} "
            f"FOREIGN KEY ({here}) REFERENCES {self.table} ({there})"
        )


def key(columns: str, table: str, target: str = "id") -> Key:
    """Shorthand: `key("customer_id", "customers")`, `key("a b", "t", "x y")`; `seller_id` is added on both sides."""
    return Key(tuple(columns.split()), table, tuple(target.split()))


class SellersTable(Operation):
    """Make `table` a seller's table. See the module's docstring.

    `customer` names the column that says which customer a row belongs to (None: pages of the portal never read it);
    `via` instead names a parent, as `(column, parent table)`, whose own policy decides.
    `mutable`: None leaves the table open to UPDATE, an empty tuple makes it append-only, names are the only columns
    that may change. `deletable` says whether rows may be deleted.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        table: str,
        *,
        keys: Sequence[Key] = (),
        customer: str | None = None,
        via: tuple[str, str] | None = None,
        mutable: Sequence[str] | None = None,
        deletable: bool = False,
        fillfactor: int | None = None,
    ) -> None:
        self.table = table
        self.keys = tuple(keys)
        self.customer = customer
        self.via = via
        self.mutable = mutable if mutable is None else tuple(mutable)
        self.deletable = deletable
        self.fillfactor = fillfactor

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
            schema_editor.execute(statement)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing to do: the table itself is dropped by the migration that made it."""

    def describe(self) -> str:
        """One line for `migrate --plan`."""
        return f"Make {self.table} a seller's table"

    def statements(self) -> list[str]:
        """All SQL of this table."""
        found = [one.constraint_on(self.table) for one in self._all_keys()]
        if self.fillfactor:
            found.append(f"ALTER TABLE {self.table} SET (fillfactor = {self.fillfactor})")
        return [*found, *self._security(), *self._grants(), *self._freeze()]

    def _all_keys(self) -> Sequence[Key]:
        return self.keys or (Key((), "sellers", ()),)

    def _security(self) -> list[str]:
        seller = "seller_id = current_setting('abono.seller')::smallint"
        found = [
            f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {self.table}_owner ON {self.table} TO {OWNER} USING (true) WITH CHECK (true)",
            f"CREATE POLICY {self.table}_staff ON {self.table} FOR SELECT TO {STAFF} USING ({seller})",
        ]
        mine = self._mine()
        if mine:
            found.append(
                f"CREATE POLICY {self.table}_portal ON {self.table} FOR SELECT TO {PORTAL} USING ({seller} AND {mine})"
            )
        return found

    def _mine(self) -> str:
        if self.customer:
            return f"{self.customer} = current_setting('abono.customer')::uuid"
        if self.via:
            column, parent = self.via
            return (
                f"EXISTS (SELECT 1 FROM {parent} AS parent WHERE parent.seller_id = {self.table}.seller_id "
                f"AND parent.id = {self.table}.{column})"
            )
        return ""

    def _grants(self) -> list[str]:
        rights = ["SELECT", "INSERT"]
        if self.mutable is None or self.mutable:
            rights.append("UPDATE")
        if self.deletable:
            rights.append("DELETE")
        readers = f"{STAFF}, {PORTAL}" if self.customer or self.via else STAFF
        return [
            f"GRANT {', '.join(rights)} ON {self.table} TO {ENGINE}",
            f"GRANT SELECT ON {self.table} TO {readers}",
        ]

    def _freeze(self) -> list[str]:
        if self.mutable is None:
            return []
        columns = ", ".join(f"'{name}'" for name in self.mutable)
        return [
            f"CREATE TRIGGER {self.table}_frozen BEFORE UPDATE ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION abono_only_columns_change({columns})",
            f"CREATE TRIGGER {self.table}_kept BEFORE DELETE ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION abono_never()",
            f"CREATE TRIGGER {self.table}_whole BEFORE TRUNCATE ON {self.table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION abono_never()",
        ]


# The functions behind the triggers; made once, by the first migration.
FUNCTIONS = """
CREATE FUNCTION abono_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are kept for ever', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION abono_only_columns_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- Without arguments TG_ARGV is null, and a row less null is null: everything would pass.
  may_change text[] := coalesce(TG_ARGV, '{}');
  before jsonb := to_jsonb(OLD) - may_change;
  after jsonb := to_jsonb(NEW) - may_change;
BEGIN
  IF before IS DISTINCT FROM after THEN
    RAISE EXCEPTION 'a row of % is frozen', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
