"""A shop with a file to import: what the tests of moving in share."""

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from click.testing import CliRunner, Result

from tests.world import World, at, make_world

DECEMBER = date(2026, 12, 1)
CARD = "4111 1111 1111 1111"
MAPPING = """
[customer]
reference = "id"
name = "name"
email = { text = "{id}@customer.example" }
country = { column = "country", default = "US" }

[profile]
address = { constant = "12 Elm Street" }
city = "city"
region = { constant = "CA" }
postal_code = { constant = "93701" }

[subscription]
reference = "contract"
plan = "plan"
cycle = { constant = "monthly" }
start = { column = "start", default = "2026-12-01" }
price = "price"
quantity = "quantity"
words = "words"
"""
HEAD = "id,name,country,city,contract,plan,start,price,quantity,words"
ANA = "C1,Ana,US,Fresno,S1,basic,2026-12-01,29.85,1,first"
BO = "C2,Bo,,Fresno,S2,basic,,10,3,"
ANAS_SECOND = "C1,Ana,US,Fresno,S3,basic,2026-12-15,5.5,1,second"


class Shop:
    """A seller with a plan, a mapping, and a file to import."""

    def __init__(self, folder: Path, policy: str = "partners_us", **more: Any) -> None:
        self.world: World = make_world(policy, **more)
        self.world.plan()
        self.folder = folder
        self.file = folder / "file.csv"

    def write(self, *lines: str, head: str = HEAD) -> Path:
        self.file.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
        return self.file

    def bring(self, *lines: str, mapping: str = MAPPING, head: str = HEAD, on: date = DECEMBER, **how: Any) -> Any:
        from abono.domain.sellers.queries import seller_by_id
        from abono.migration.csv.importing import import_file
        from abono.migration.csv.mapping import read_mapping

        if lines:
            self.write(*lines, head=head)
        return import_file(
            seller=seller_by_id(seller_id=self.world.seller_id),
            path=self.file,
            mapping=read_mapping(text=mapping, file="m.toml"),
            dry_run=how.get("dry_run", False),
            skip_rejected=how.get("skip_rejected", False),
            report=how.get("report"),
            on=on,
            at=at(on),
        )

    def undo(self, mapping: str | None = MAPPING) -> Any:
        from abono.migration.csv.mapping import read_mapping
        from abono.migration.csv.reading import look_at
        from abono.migration.undoing import undo_import

        return undo_import(
            seller_id=self.world.seller_id,
            file_name=self.file.name,
            file_digest=look_at(path=self.file, encoding="auto").digest,
            mapping_digest=read_mapping(text=mapping, file="m.toml").digest if mapping else None,
            on=DECEMBER,
            at=at(DECEMBER),
        )

    def command(self, *words: object) -> Result:
        from abono.interfaces.cli.main import abono

        mapping = self.folder / "m.toml"
        if not mapping.exists():
            mapping.write_text(MAPPING, encoding="utf-8")
        own = ("--seller", self.world.key, "--mapping", mapping, "--on", "2026-12-01")
        return CliRunner().invoke(abono, [str(word) for word in ("import", self.file, *own, *words)])

    def counts(self) -> tuple[int, int]:
        ((customers,),) = self.world.rows("SELECT count(*) FROM customers WHERE seller_id = %(seller)s")
        ((contracts,),) = self.world.rows("SELECT count(*) FROM subscriptions WHERE seller_id = %(seller)s")
        return customers, contracts

    def audit(self) -> None:
        from abono.reports.audit.run import audit

        assert audit(seller_id=self.world.seller_id).findings == ()


def all_rows(url: str) -> dict[str, int]:
    """How many rows each table of the database has."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # type: ignore[index, call-overload]
            for (name,) in tables.fetchall()
        }


def rejected(found: Any) -> list[tuple[int, str]]:
    return [(note.line, note.code) for note in found.shown["rejected"]]
