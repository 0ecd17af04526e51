"""Putting Django together for a command: which database, as which role."""

import os

import django


def assemble(*, url: str) -> None:
    """Assemble Django on the database at `url`; the connection acts as the engine. Call it before using any domain."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abono.site.settings")
    django.setup()
