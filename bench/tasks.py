"""The tasks that run in processes of their own: `python -m bench.tasks NAME JSON`, with DATABASE_URL.

Each loads and connects first, says `ready`, waits for a line, works, and prints one line of JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

from abono.interfaces.cli.assembly import assemble
from bench.measure import Stopwatch, memory_mb

SLICE = 256 * 1024
ENGINE = "-c role=abono_engine"


def begin() -> None:
    """Tell that all is ready, and wait for the word to go."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _connected() -> int:
    """Assemble Django and connect as the engine; the number of the process that works for us in PostgreSQL."""
    assemble(url=os.environ["DATABASE_URL"])
    from abono.base.store import sql

    pid: int = sql.value("SELECT pg_backend_pid()")
    return pid


def seller(*, kind: str) -> dict[str, Any]:
    """Make a seller under a built-in policy, with five plans; three flat, two per unit."""
    assemble(url=os.environ["DATABASE_URL"])
    from abono.domain.catalogue.actions import add_plan, add_price
    from abono.domain.sellers.actions import add_policy, add_seller
    from abono.domain.sellers.policy import builtin_policy, builtin_text
    from bench.invent import kind_named

    begin()
    chosen = kind_named(kind)
    when: dict[str, Any] = {"on": date(2020, 1, 1), "at": datetime(2020, 1, 1, tzinfo=UTC)}
    seller_id = add_seller(
        key=chosen.policy,
        name="Bench",
        legal_name="Bench Inc.",
        tax_id="",
        country=chosen.country,
        region=chosen.region,
        time_zone=builtin_policy(chosen.policy).seller.time_zone,
        currency=chosen.currency,
        language=chosen.language,
        address=["1 Main Street"],
        email="billing@seller.example",
        **when,
    )
    text = builtin_text(chosen.policy)
    add_policy(seller_id=seller_id, text=text, file=kind, effective_on=when["on"], at=when["at"])
    plans = []
    for number, price in enumerate(chosen.prices, start=1):
        name = {"en": f"Plan {number}", "es": f"Plan {number}"}
        counted = "locations" if chosen.counted else "fixed"
        plans.append(add_plan(seller_id=seller_id, key=f"plan-{number}", name=name, counted=counted, **when))
        add_price(
            seller_id=seller_id,
            plan_id=plans[-1],
            currency=chosen.currency,
            cycle_unit="month",
            cycle_count=1,
            model="per_unit" if number > 3 or chosen.counted else "flat",
            unit_price=price,
            effective_on=when["on"],
            **when,
        )
    return {"seller_id": seller_id, "plans": [str(one) for one in plans]}


def run(*, seller_id: int, on: str) -> dict[str, Any]:
    """One billing run. Memory in MB: idle once connected, and the highest."""
    pid = _connected()
    from abono.runs.billing.run import run_billing

    day = date.fromisoformat(on)
    idle = memory_mb("VmRSS")
    begin()
    watch = Stopwatch(pid)
    result = run_billing(seller_id=seller_id, on=day, at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    span = watch.stop()
    return {
        **asdict(span),
        "documents": result.written.documents,
        "lines": result.written.lines,
        "parked": len(result.written.parked),
        "held": result.held is not None,
        "idle_mb": idle,
        "highest_mb": memory_mb("VmHWM"),
    }


def copy(*, blocks: list[tuple[str, str, str]], schema: str) -> dict[str, Any]:
    """Plain COPY as the engine, one statement a table, one transaction. A block is (table, columns, file)."""
    loaded = [(table, columns, Path(file).read_bytes()) for table, columns, file in blocks]
    with psycopg.connect(os.environ["DATABASE_URL"], options=f"{ENGINE} -c search_path={schema},public") as connection:
        connection.execute("SELECT 1")
        connection.commit()
        begin()
        watch = Stopwatch(connection.info.backend_pid)
        for table, columns, text in loaded:
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as stream:
                for at in range(0, len(text), SLICE):
                    stream.write(text[at : at + SLICE])
        connection.commit()
        return asdict(watch.stop())


def numbers(*, seller_id: int, block: int, seconds: float) -> dict[str, Any]:
    """Take blocks of numbers of one series, each in a transaction of its own, for a while."""
    _connected()
    from abono.base.store import sql
    from abono.domain.invoicing.batch import take_numbers

    documents: list[Any] = [_Numbered() for _ in range(block)]
    begin()
    taken, began = 0, time.monotonic()
    while (now := time.monotonic()) - began < seconds:
        with sql.in_transaction():
            take_numbers(seller_id=seller_id, documents=documents)
        taken += block
    return {"taken": taken, "seconds": now - began}


def next_number(*, seller_id: int) -> dict[str, Any]:
    """The next number of the series that `numbers` takes from."""
    _connected()
    from abono.base.store import sql

    begin()
    parameters = {"seller": seller_id, "series": _Numbered.series}
    statement = "SELECT next_no FROM series WHERE seller_id = %(seller)s AND series = %(series)s"
    return {"next": sql.value(statement, parameters) or 1}


class _Numbered:
    """All of a document that taking a number touches."""

    series = "BENCH"
    issued_on = "2026-01-01"
    number = 0


def papers(*, seller_id: int, count: int) -> dict[str, Any]:
    """The latest documents on paper: seconds to read them and to draw them, and how large they are."""
    _connected()
    from abono.base.store import sql
    from abono.domain.invoicing.paper import render_pdf
    from abono.reports.papers.document import sheet_of_document

    found = sql.rows(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND run_id IS NOT NULL ORDER BY id DESC LIMIT %(count)s",
        {"seller": seller_id, "count": count},
    )
    ids = [row[0] for row in found]
    render_pdf(sheet_of_document(seller_id=seller_id, document_id=ids[0]))  # fonts and template are read once
    begin()
    watch = Stopwatch(None)
    sheets = [sheet_of_document(seller_id=seller_id, document_id=one) for one in ids]
    read = watch.stop()
    watch = Stopwatch(None)
    sizes = [len(render_pdf(one)) for one in sheets]
    drawn = watch.stop()
    return {"count": len(ids), "read": asdict(read), "drawn": asdict(drawn), "bytes": sum(sizes)}


def collect(*, seller_id: int, on: str) -> dict[str, Any]:
    """One sweep of a day. Memory in MB: idle once connected, and the highest."""
    pid = _connected()
    from abono.runs.collecting.sweep import collect as sweep

    day = date.fromisoformat(on)
    idle = memory_mb("VmRSS")
    begin()
    watch = Stopwatch(pid)
    swept = sweep(seller_id=seller_id, on=day, at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    span = watch.stop()
    return {**asdict(span), **asdict(swept), "idle_mb": idle, "highest_mb": memory_mb("VmHWM")}


def prepare(*, seller_id: int, on: str) -> dict[str, Any]:
    """Make the messages of a day, then let them leave in simulated time."""
    pid = _connected()
    from abono.runs.notifying.prepare import prepare_messages
    from abono.runs.notifying.send import accept_due

    day = date.fromisoformat(on)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    idle = memory_mb("VmRSS")
    begin()
    watch = Stopwatch(pid)
    prepared = prepare_messages(seller_id=seller_id, on=day, at=noon)
    span = watch.stop()
    left = accept_due(seller_id=seller_id, on=day, at=max(prepared.leaves_at, noon))
    return {
        **asdict(span),
        "messages": prepared.messages,
        "left": left,
        "idle_mb": idle,
        "highest_mb": memory_mb("VmHWM"),
    }


def statement(*, text: str) -> dict[str, Any]:
    """One statement as the engine, in one transaction."""
    with psycopg.connect(os.environ["DATABASE_URL"], options=ENGINE) as connection:
        connection.execute("SELECT 1")
        connection.commit()
        begin()
        watch = Stopwatch(connection.info.backend_pid)
        connection.execute(text.encode())
        connection.commit()
        return asdict(watch.stop())


def spin(*, seconds: float) -> dict[str, Any]:
    """Count as far as one process gets in a while: how much of the machine is free."""
    begin()
    counted, began = 0, time.monotonic()
    while time.monotonic() - began < seconds:
        for _ in range(1000):
            counted += 1
    return {"counted": counted}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "seller": seller,
    "run": run,
    "copy": copy,
    "collect": collect,
    "prepare": prepare,
    "statement": statement,
    "numbers": numbers,
    "next_number": next_number,
    "papers": papers,
    "spin": spin,
}


def main() -> None:
    """Do the task that the command line names."""
    name, arguments = sys.argv[1:]
    found = TASKS[name](**json.loads(arguments))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
