"""Threads on connections of their own that go on one statement at a time, in an order that dice decide.

Before each statement a thread waits for its turn. One that PostgreSQL keeps waiting for a lock has had its turn: others
go on until the lock is free. So every order of statements may happen that could happen between processes.
"""

import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

# Whoever has not come to its next statement by then waits for a lock, or works: others may go on meanwhile.
PATIENCE_S = 0.004
LONGEST_S = 60


class Turns:
    """Some deeds at once; `switches` counts how often another went on than the one before."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._changed = threading.Condition()
        self._own = threading.local()
        self._actors: list[_Actor] = []
        self.switches = 0

    def run(self, deeds: Sequence[Callable[[], Any]], monkeypatch: pytest.MonkeyPatch) -> None:
        """Do them all, each in a thread; raises what the first that failed raised."""
        from abono.base.store import sql

        connection_of = sql.raw_connection

        def in_turn() -> Any:
            self._wait_for_turn()
            return connection_of()

        self._actors = [_Actor(deed) for deed in deeds]
        with monkeypatch.context() as patch:
            patch.setattr(sql, "raw_connection", in_turn)
            threads = [threading.Thread(target=self._act, args=[one], daemon=True) for one in self._actors]
            for thread in threads:
                thread.start()
            self._take_turns()
            for thread in threads:
                thread.join(LONGEST_S)
        for actor in self._actors:
            if actor.failed is not None:
                raise actor.failed

    def _act(self, actor: "_Actor") -> None:
        from django.db import connections

        self._own.actor = actor
        try:
            actor.deed()
        except BaseException as why:
            actor.failed = why
        finally:
            connections.close_all()
            with self._changed:
                actor.ended = True
                self._changed.notify_all()

    def _wait_for_turn(self) -> None:
        actor = getattr(self._own, "actor", None)
        if actor is None:
            return
        with self._changed:
            actor.waits = True
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: not actor.waits, LONGEST_S):
                raise TimeoutError("nobody gives turns")

    def _take_turns(self) -> None:
        latest: _Actor | None = None
        with self._changed:
            self._changed.wait_for(lambda: all(one.waits or one.ended for one in self._actors), LONGEST_S)
            while not all(one.ended for one in self._actors):
                ready = [one for one in self._actors if one.waits]
                if not ready:
                    if not self._changed.wait(LONGEST_S):
                        raise TimeoutError("nobody goes on")
                    continue
                chosen = self._dice.choice(ready)
                self.switches += chosen is not latest and latest is not None and not latest.ended
                latest = chosen
                chosen.waits = False
                self._changed.notify_all()
                self._changed.wait_for(lambda one=chosen: one.waits or one.ended, PATIENCE_S)  # type: ignore[misc]


class _Actor:
    """One thread's deed, and how it stands."""

    def __init__(self, deed: Callable[[], Any]) -> None:
        self.deed = deed
        self.waits = False
        self.ended = False
        self.failed: BaseException | None = None
