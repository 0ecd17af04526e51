"""Who reacts to what. Influence upwards goes through here alone; each reaction is part of the same transaction."""

from abono.domain.invoicing import events
from abono.runs.collecting.releasing import open_round, release_document


def wire() -> None:
    """Join the reactions. Again: changes nothing."""
    events.when_closed(release_document)
    events.when_reopened(open_round)
