"""`abono audit`: prove the books."""

import json
from decimal import Decimal
from typing import Any

import click

from abono.base.store import sql
from abono.reports.audit.checks import Finding
from abono.reports.audit.run import Report
from abono.reports.audit.run import audit as run_audit

BROKEN, USAGE = 1, 2

EXAMPLE = """\b
Example:
  abono audit --seller hosting
"""


@click.command("audit", epilog=EXAMPLE)
@click.option("--seller", "key", metavar="S", help="Only this seller's books, by its key; else those of all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def audit(key: str | None, as_json: bool) -> None:
    """Check the books against themselves: periods, documents, money, series, digests, sellers kept apart.

    Only reads, and sees one moment. Each check that fails is named, with the first 20 of the rows that break it.

    Exit status: 0 all is well, 1 something is wrong, 2 the command was used wrongly.
    """
    report = run_audit(seller_id=None if key is None else _seller(key))
    click.echo(_json(report) if as_json else _text(report))
    if not report.ok:
        raise SystemExit(BROKEN)


def _seller(key: str) -> int:
    seller_id: int | None = sql.value("SELECT id FROM sellers WHERE key = %(key)s", {"key": key})
    if seller_id is None:
        known = ", ".join(row[0] for row in sql.rows("SELECT key FROM sellers ORDER BY id")) or "none yet"
        click.echo(f"There is no seller {key!r}; there are: {known}.", err=True)
        raise SystemExit(USAGE)
    return seller_id


def _text(report: Report) -> str:
    lines = [f"{len(report.checked)} checks"]
    for finding in report.findings:
        lines.extend(("", f"{finding.name}: {_rows(finding)}", f"  {finding.proves}"))
        lines.extend(f"  - {_row(row)}" for row in finding.rows)
        if finding.count > len(finding.rows):
            lines.append(f"  - and {finding.count - len(finding.rows)} more")
    if report.findings:
        lines.append("")
    broken = ", ".join(finding.name for finding in report.findings)
    lines.append(f"audit: failed: {broken}" if broken else "audit: ok")
    return "\n".join(lines)


def _rows(finding: Finding) -> str:
    return "1 row" if finding.count == 1 else f"{finding.count} rows"


def _row(row: Any) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items() if value is not None)


def _json(report: Report) -> str:
    found = {
        "ok": report.ok,
        "checks": [{"name": name, "proves": proves} for name, proves in report.checked.items()],
        "findings": [
            {
                "name": finding.name,
                "proves": finding.proves,
                "count": finding.count,
                "rows": [dict(row) for row in finding.rows],
            }
            for finding in report.findings
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> object:
    """Sums of whole amounts come as decimals; days and ids as text."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else str(value)
