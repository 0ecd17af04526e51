"""Django's entry for this context."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Catalogue: plans, prices, index values."""

    name = "abono.domain.catalogue"
    label = "catalogue"
