"""Django's entry for this context."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices: messages and what became of each."""

    name = "abono.domain.notices"
    label = "notices"
