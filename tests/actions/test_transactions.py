"""What is refused inside a transaction undoes all of it, never a part in silence; an attempt may be undone alone."""

import pytest

from tests.world import make_world

pytestmark = pytest.mark.usefixtures("database")


class Unwilling(Exception):
    pass


def _name_it(seller_id: int, name: str) -> None:
    from abono.base.store import sql

    with sql.in_transaction():
        sql.change("UPDATE sellers SET name = %(name)s WHERE id = %(seller)s", {"name": name, "seller": seller_id})
        if name == "never":
            raise Unwilling


def _name_of(seller_id: int) -> str:
    from abono.base.store import sql

    return str(sql.value("SELECT name FROM sellers WHERE id = %(seller)s", {"seller": seller_id}))


def test_going_on_after_a_part_was_refused_is_no_longer_possible() -> None:
    from django.db.transaction import TransactionManagementError

    from abono.base.store import sql

    seller_id = make_world("hosting_ar").seller_id

    def go_on() -> None:
        with sql.in_transaction():
            _name_it(seller_id, "one")
            with pytest.raises(Unwilling):
                _name_it(seller_id, "never")
            _name_it(seller_id, "two")

    with pytest.raises(TransactionManagementError):
        go_on()
    assert _name_of(seller_id) == "Testing"


def test_an_attempt_is_undone_alone() -> None:
    from abono.base.store import sql

    seller_id = make_world("hosting_ar").seller_id
    with sql.in_transaction():
        _name_it(seller_id, "one")
        with pytest.raises(Unwilling), sql.attempt():
            _name_it(seller_id, "never")
        assert _name_of(seller_id) == "one"
    assert _name_of(seller_id) == "one"
