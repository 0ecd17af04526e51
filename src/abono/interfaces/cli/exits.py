"""The way out for a customer whom the run could not bill: what to put right, by the reason's code."""

_WAYS = {
    "catalogue.no_price": "add the price that is missing (abono plan price)",
    "catalogue.no_index_value": "load the index's values (abono index load)",
    "catalogue.other_currency": "add a price in the subscription's currency (abono plan price)",
    "invoicing.tax_evidence": "save the evidence in the billing profile (abono customer profile)",
    "invoicing.tax_on_hold": "complete the billing profile (abono customer profile)",
    "invoicing.tax_proof": "correct the evidence in the billing profile (abono customer profile)",
    "invoicing.no_letter": "save the tax condition in the billing profile (abono customer profile)",
    "invoicing.profile_incomplete": "complete the billing profile (abono customer profile)",
}
_ANY = "put right what the reason says"


def way_out(*, code: str, customer: str, seller: str) -> str:
    """What to do about a parked customer (C-00042), in one line."""
    return f"{_WAYS.get(code, _ANY)}, then: abono parked free {customer} --seller {seller}"
