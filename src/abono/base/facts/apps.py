"""Django's entry for the facts."""

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """The append-only table of facts."""

    name = "abono.base.facts"
    label = "facts"
