"""COPY that PostgreSQL goes on with while the program does something else.

Rows that are sent need not be waited for: PostgreSQL is a process of its own. Here they are sent, the answer is fetched
later, and what is to be written after them waits in a queue. There is no thread: whoever asks moves the queue on.
"""

from collections import deque

import psycopg
from psycopg import pq


class Behind:
    """What one connection writes behind the program's back, in the order given. Only its own thread may use it.

    While `busy`, no statement can run on the connection.
    """

    __slots__ = ("_at_work", "_waiting")

    def __init__(self) -> None:
        self._at_work: pq.abc.PGconn | None = None
        self._waiting: deque[tuple[pq.abc.PGconn, bytes, bytes]] = deque()

    @property
    def busy(self) -> bool:
        """Whether anything is being written, or waits to be."""
        return self._at_work is not None or bool(self._waiting)

    def write(self, connection: pq.abc.PGconn, statement: bytes, block: bytes) -> None:
        """COPY a block of text by a statement, after all that was given before."""
        self._waiting.append((connection, statement, block))
        self.go_on()

    def go_on(self) -> None:
        """Send what comes next if PostgreSQL has done what came before; raise what that ended in."""
        working = self._at_work
        if working is not None:
            working.flush()  # of a large block only a part fits on the way
            working.consume_input()
            if working.is_busy():
                return
            self._finish(working)
        if self._waiting:
            self._begin(*self._waiting.popleft())

    def settle(self) -> None:
        """Wait until all is written; raise what it ended in."""
        while self.busy:
            if self._at_work is not None:
                self._finish(self._at_work)
            if self._waiting:
                self._begin(*self._waiting.popleft())

    def abandon(self) -> None:
        """Forget what waits, and leave the connection free for the transaction to be undone."""
        self._waiting.clear()
        working, self._at_work = self._at_work, None
        if working is not None:
            _answer(working)

    def _begin(self, connection: pq.abc.PGconn, statement: bytes, block: bytes) -> None:
        begun = connection.exec_(statement)
        if begun.status != pq.ExecStatus.COPY_IN:
            self._waiting.clear()
            raise _error(connection, begun)
        self._at_work = connection
        connection.put_copy_data(block)
        connection.put_copy_end()
        connection.flush()

    def _finish(self, working: pq.abc.PGconn) -> None:
        self._at_work = None
        answer = _answer(working)
        if answer is None or answer.status != pq.ExecStatus.COMMAND_OK:
            self._waiting.clear()
            raise _error(working, answer)


def _answer(connection: pq.abc.PGconn) -> pq.abc.PGresult | None:
    """What the COPY ended in. Sends what is not sent yet, and waits."""
    first = connection.get_result()
    if first is not None:
        while connection.status == pq.ConnStatus.OK and connection.get_result() is not None:
            pass
    return first


def _error(connection: pq.abc.PGconn, answer: pq.abc.PGresult | None) -> psycopg.Error:
    if answer is None or connection.status != pq.ConnStatus.OK:
        return psycopg.OperationalError(connection.get_error_message())
    return psycopg.errors.error_from_result(answer)
