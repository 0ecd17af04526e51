"""The one table of keys. Validation, sentences and the reference are all made from it."""

from abono.domain.sellers.policy.keys_collection import CALENDAR_KEYS, COLLECTION_KEYS, STEP_KEYS
from abono.domain.sellers.policy.keys_cycle import CYCLE_KEYS
from abono.domain.sellers.policy.keys_documents import DOCUMENT_KEYS
from abono.domain.sellers.policy.rows import IN_EFFECT, PARTS, REQUIRED, Key, Part, Required, Same

KEYS: tuple[Key, ...] = DOCUMENT_KEYS + CYCLE_KEYS + CALENDAR_KEYS + COLLECTION_KEYS

# The sections of a file in the order of the reference; `means` holds one table per means of payment.
SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(key.section.split(".")[0] for key in KEYS))

_BY_PATH = {key.path: key for key in KEYS}


def keys_of(section: str) -> dict[str, Key]:
    """The rows of a section by name. `means.*` and `calendar.steps` are the inside of one means, one step."""
    rows = STEP_KEYS if section == "calendar.steps" else KEYS
    return {key.name: key for key in rows if key.section == section}


def key_named(path: str) -> Key:
    """The row of a setting: `means.card.settles` belongs to `means.*.settles`, a step to `calendar.steps`."""
    section, _, rest = path.partition(".")
    if section == "means":
        return _BY_PATH[f"means.*.{rest.partition('.')[2]}"]
    if section == "calendar":
        return _BY_PATH["calendar.steps"]
    return _BY_PATH[path]


__all__ = [
    "IN_EFFECT",
    "KEYS",
    "PARTS",
    "REQUIRED",
    "SECTIONS",
    "STEP_KEYS",
    "Key",
    "Part",
    "Required",
    "Same",
    "key_named",
    "keys_of",
]
