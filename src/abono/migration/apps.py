"""Django's entry for moving in."""

from django.apps import AppConfig


class MigrationConfig(AppConfig):
    """Moving in: what was imported, when and from where."""

    name = "abono.migration"
    label = "migration"
