"""Every kind and form of notice on example data, as `tests/golden/notices/<language>.txt` holds them."""

from datetime import date

from abono.domain.notices import texts
from abono.domain.notices.kinds import KINDS
from abono.domain.notices.rendering import About, Coming, Matter, Periods, Voice, written

DUE = date(2026, 11, 28)
VOICES = {
    "en": Voice(
        "Northwind Software",
        "billing@northwind.example",
        "US",
        "USD",
        "https://pay.northwind.example",
        "Northwind, Inc.",
    ),
    "es": Voice(
        "Hosting Andino",
        "cobros@andino.example",
        "CL",
        "CLP",
        "https://pagar.andino.example",
        "Banco Sur 00-123-45\nRUT 76.543.210-3",
    ),
    "hu": Voice(
        "Foglaló Kft.", "szamlazas@foglalo.example", "HU", "HUF", "", "Duna Bank 11700000-20000000\nFoglaló Kft."
    ),
}
PAPERS = {
    "en": About("invoice", "", "I-2026-000042", "USD", 124_950, 124_950, DUE),
    "es": About("request", "charge-note", "P-2026-000042", "CLP", 49_980, 49_980, DUE),
    "hu": About("request", "payment-request", "P-2026-000042", "HUF", 24_990, 24_990, DUE),
}
OTHERS = {"credit-note": "credit_note", "receipt": "receipt", "invoice": "invoice"}
NAMES = {"en": "Ann Miller", "es": "Comercial Uno SpA", "hu": "Kovács Anna"}
LEFT = {
    "ahead": (date(2026, 11, 23), date(2026, 11, 27)),
    "today": (DUE,),
    "past": (date(2026, 11, 29), date(2026, 12, 1)),
}
COMING = (
    Coming(date(2026, 12, 3), "suspend", "document"),
    Coming(date(2026, 12, 9), "suspend", "debtor"),
    Coming(date(2026, 12, 28), "terminate", "document"),
)


def kinds_and_forms() -> list[tuple[str, str]]:
    """All of them, reminders with their forms by the days that are left."""
    return [(kind, form) for kind in KINDS for form in texts.forms_of(kind=kind)]


def matters(kind: str, form: str, language: str) -> list[Matter]:
    """Example data for a kind's form; for a reminder one matter for each wording of how far the day is."""
    about = PAPERS[language]
    if kind in OTHERS:
        about = About(OTHERS[kind], "", "N-2026-000007", about.currency, about.gross_minor, 0, DUE)
    if form == "part":
        about = About(*_but(about, open_minor=about.gross_minor // 3))
    counts = KINDS[kind].counts_days
    return [
        Matter(
            kind=kind,
            on=on,
            about=about,
            form="" if counts else form,
            day=date(2026, 12, 3),
            until=date(2026, 12, 15),
            services=("Plan Pro (example.com)", "Backup"),
            projects=("Website relaunch",) if kind == "suspended" else (),
            coming=COMING if counts else COMING[1:],
            access="read-only" if language == "hu" else "none",
            paid_minor=about.gross_minor - about.open_minor or about.gross_minor,
            fee_minor=25_000,
            corrected="I-2026-000041",
            words="The amount of November is counted twice, see our letter of the 20th with the list of locations",
            periods=Periods("Plan Pro", about.currency, "month", 1, 10_000, "month", 3, 28_500, date(2027, 1, 1)),
        )
        for on in (LEFT[form] if counts else (DUE,))
    ]


def _but(about: About, *, open_minor: int) -> tuple[object, ...]:
    return (about.kind, about.request_kind, about.number, about.currency, about.gross_minor, open_minor, about.due_on)


def golden(language: str) -> str:
    """All texts of a language, one after the other."""
    parts = []
    for kind, form in kinds_and_forms():
        for one in matters(kind, form, language):
            said = written(one, voice=VOICES[language], name=NAMES[language], language=language)
            head = f"{'=' * 20} {kind}{f' ({form})' if form else ''}"
            parts.append(f"{head}\n{said.subject}\n\n{said.body}")
    return "\n".join(parts)


if __name__ == "__main__":
    from pathlib import Path

    folder = Path(__file__).parent / "golden" / "notices"
    folder.mkdir(exist_ok=True)
    for name in VOICES:
        (folder / f"{name}.txt").write_text(golden(name), encoding="utf-8")
