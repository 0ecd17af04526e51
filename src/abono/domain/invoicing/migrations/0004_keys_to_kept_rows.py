"""What a run writes most of: its keys to rows that are kept for ever are checked once a statement."""

from django.db import migrations

from abono.base.store.kept_keys import KeysToKept
from abono.base.store.tenancy import key


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0003_issued_and_owed"), ("sellers", "0002_keys_and_rights")]
    operations = [
        KeysToKept(
            "documents",
            keys=[
                key("words_id", "party_words"),
                key("issuer_id", "party_words"),
                key("policy_version invoice_when", "policy_versions", "version invoice_when"),
            ],
        ),
        KeysToKept("lines", keys=[key("document_id", "documents")]),
        KeysToKept("claims", keys=[key("document_id", "documents")], changing=["document_id"]),
    ]
