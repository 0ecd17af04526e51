"""Keys and rights of the payments."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("invoicing", "0002_keys_and_rights")]
    operations = [
        SellersTable(
            "payments",
            keys=[key("customer_id", "customers")],
            customer="customer_id",
            mutable=("state", "free_minor"),
        ),
        SellersTable(
            "payment_moves", keys=[key("payment_id", "payments")], via=("payment_id", "payments"), mutable=()
        ),
        SellersTable(
            "allocations",
            keys=[key("payment_id", "payments"), key("document_id", "documents"), key("customer_id", "customers")],
            customer="customer_id",
            mutable=(),
        ),
        SellersTable(
            "refunds",
            keys=[key("payment_id", "payments"), key("customer_id", "customers")],
            customer="customer_id",
            mutable=(),
        ),
    ]
