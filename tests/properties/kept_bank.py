"""A bank that outlives the processes that ask it: what it took note of is in a folder, one file for each key."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from abono.simulation.bank import Bank, Entry, Fate


class KeptBank(Bank):
    """A bank whose entries are files, so that a killed process takes no charge with it."""

    def __init__(self, *, folder: Path) -> None:
        super().__init__(seed=1, unplanned=False)
        self.folder = folder
        for file in sorted(folder.glob("*.json")):
            found = json.loads(file.read_text(encoding="utf-8"))
            fate = Fate(**found.pop("fate"))
            entry = Entry(**{**found, "on": date.fromisoformat(found["on"]), "fate": fate})
            self.entries[entry.key] = entry

    def note(self, entry: Entry) -> None:
        """Keep an entry; two processes that ask under one key at once leave one."""
        super().note(entry)
        file = self.folder / f"{entry.key}.json"
        file.write_text(json.dumps(asdict(entry), default=str), encoding="utf-8")
