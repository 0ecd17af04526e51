"""Django's entry for this context."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Subscriptions: contracts, periods, claims, changes."""

    name = "abono.domain.subscriptions"
    label = "subscriptions"
