"""Django's entry for this context."""

from django.apps import AppConfig


class SellersConfig(AppConfig):
    """Sellers: tenants, their policy versions and their brand."""

    name = "abono.domain.sellers"
    label = "sellers"
