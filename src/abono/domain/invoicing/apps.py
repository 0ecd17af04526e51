"""Django's entry for this context."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Invoicing: requests, invoices, credit notes, receipts, series, tax."""

    name = "abono.domain.invoicing"
    label = "invoicing"
