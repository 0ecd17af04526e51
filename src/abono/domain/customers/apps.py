"""Django's entry for this context."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Customers: accounts, billing profiles, contacts, locations, who pays for whom."""

    name = "abono.domain.customers"
    label = "customers"
