"""Keys and rights of saved methods and of the attempts to charge them."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_methods_and_attempts"), ("invoicing", "0002_keys_and_rights")]
    operations = [
        SellersTable(
            "methods",
            keys=[key("customer_id", "customers")],
            customer="customer_id",
            mutable=("state", "verified"),
        ),
        SellersTable(
            "attempts",
            keys=[
                key("customer_id", "customers"),
                key("document_id", "documents"),
                key("debt_id", "documents"),
                key("method_id method_verified", "methods", "id verified"),
            ],
            customer="customer_id",
            mutable=(
                "state",
                "sent_on",
                "sent_at",
                "asked",
                "ask_at",
                "code",
                "reference",
                "retry_on",
                "ended_on",
                "words",
            ),
        ),
        SellersTable("gateway_looks", deletable=False),
    ]
