"""The audit: an independent check of the books.

It reads tables only and shares no rule with the engine: what must hold is written down here a second time. Each file
in `sql/` is one check: its first comment says what it proves, its query finds the rows that break it. `frozen.py`
works out digests again, `references.py` follows every key in the tables, `run.py` runs them all in one snapshot.
"""
