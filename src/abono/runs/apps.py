"""Django's entry for the runs: once everything is loaded, reactions are joined."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """What time does, and what reacts to what."""

    name = "abono.runs"
    label = "runs"

    def ready(self) -> None:
        """Join the reactions."""
        from abono.runs.wiring import wire

        wire()
