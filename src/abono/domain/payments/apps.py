"""Django's entry for this context."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments: money reported, settled, returned, and what it was allocated to."""

    name = "abono.domain.payments"
    label = "payments"
