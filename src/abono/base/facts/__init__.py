"""Facts: what happened, in one append-only table, written in the transaction that made it happen."""
