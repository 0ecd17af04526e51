"""The digest that freezes a document: SHA-256 over one canonical text of the document, its lines and its annex.

Fields are joined by U+001F, records by U+001E; nothing is empty text; dates are ISO 8601; ids are lower-case UUIDs;
`unit_price` has 6 decimals and `fraction` 9, as the columns have; JSON is compact, keys sorted, not escaped.

document: kind series number customer_id words_id issuer_id policy_version invoice_when basis currency issued_on due_on
renewal_on net_minor tax_minor gross_minor taxes extra request_id settlement_id corrects_id replaces_id
line:     line_no subscription_id charge_id words period_from period_to quantity unit_price fraction net_minor tax_code
annex:    row_no line_no subscription_id location_id location client product active_from active_to days net_minor
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

FIELD, RECORD = "\x1f", "\x1e"


def digest_of(document: Sequence[str], lines: Iterable[Sequence[str]], annex: Iterable[Sequence[str]] = ()) -> bytes:
    """32 bytes for the document's fields, its lines' fields and its annex rows' fields, each already as text."""
    return digest_of_records([FIELD.join(document), *map(FIELD.join, lines), *map(FIELD.join, annex)])


def digest_of_records(records: Iterable[str]) -> bytes:
    """The same for records whose fields are joined already: the document's, its lines', its annex rows'."""
    return hashlib.sha256(RECORD.join(records).encode()).digest()


def canonical_json(data: object) -> str:
    """JSON in the one form that digests use."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
