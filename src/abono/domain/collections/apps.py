"""Django's entry for this context."""

from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    """Collections: calendar steps, holds, objections, arrangements, recoveries, longer-period offers."""

    name = "abono.domain.collections"
    label = "collections"
