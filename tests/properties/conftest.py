"""Fixtures of the properties and of the faults."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.properties.fleet import Fleet, fleet_on


@pytest.fixture(scope="session")
def fleet(django_ready: None, database_url: str) -> Iterator[Fleet]:
    """Worker processes on this worker's database."""
    with fleet_on(database_url) as found:
        yield found


@pytest.fixture(scope="session")
def index(django_ready: None) -> None:
    """Values of an index on all days that random worlds live through."""
    from tests.properties.worlds import publish_index

    publish_index(date(2025, 11, 1), date(2026, 9, 1))
    publish_index(date(2027, 11, 1), date(2028, 9, 1))
