"""`abono audit`: prove the books."""

import json
from collections.abc import Mapping
from decimal import Decimal

import click

from abono.base.store import sql
from abono.interfaces.cli.database import open_books
from abono.interfaces.cli.refusals import Answered, Unreadable
from abono.reports.audit.checks import Finding
from abono.reports.audit.run import Report
from abono.reports.audit.run import audit as run_audit


@click.command("audit")
@click.option("--seller", "key", metavar="KEY", help="Only this seller's books; else those of all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def audit(key: str | None, as_json: bool) -> None:
    """Check the books against themselves: periods, documents, money, series, digests, sellers kept apart.

    Only reads, and sees one moment. Each check that fails is named, with the first 20 of the rows that break it.

    Exit code: 0 all is well, 1 something is wrong, 2 a wrong call.

    \b
    Example:
      abono audit --seller shop
    """
    open_books()
    report = run_audit(seller_id=None if key is None else _seller(key))
    click.echo(_json(report) if as_json else _text(report))
    if not report.ok:
        raise Answered


def _seller(key: str) -> int:
    seller_id: int | None = sql.value("SELECT id FROM sellers WHERE key = %(key)s", {"key": key})
    if seller_id is None:
        known = ", ".join(row[0] for row in sql.rows("SELECT key FROM sellers ORDER BY id")) or "none yet"
        raise Unreadable(f"There is no seller {key!r}; there are: {known}.")
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


def _row(row: Mapping[str, object]) -> str:
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
