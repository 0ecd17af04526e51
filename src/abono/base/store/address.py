"""From `DATABASE_URL` to the settings of one connection."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict


def database_settings(url: str, *, role: str | None) -> dict[str, Any]:
    """Django's settings for the database at `url` (any libpq form), acting as `role` (None: as the one who signs in).

    The role is set as the session starts, so one login that is a member of Abono's roles serves all of them; a login
    per role works too: give each process its own URL.
    """
    parts = {name: str(part) for name, part in conninfo_to_dict(url).items()} if url else {}
    options = parts.pop("options", "")
    if role:
        options = f"{options} -c role={role}".strip()
    extra: dict[str, Any] = {"application_name": parts.pop("application_name", "abono")}
    if options:
        extra["options"] = options
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "",
        "CONN_MAX_AGE": None,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
    for name, text in parts.items():
        if name in known:
            settings[known[name]] = text
        else:
            extra[name] = text
    settings["OPTIONS"] = extra
    return settings
