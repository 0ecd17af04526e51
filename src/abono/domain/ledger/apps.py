"""Django's entry for this context."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Ledger: transfers between accounts, append-only."""

    name = "abono.domain.ledger"
    label = "ledger"
