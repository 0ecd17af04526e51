"""Keys and rights of the books."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("customers", "0002_keys_and_rights")]
    operations = [
        SellersTable("transfers", keys=[key("customer_id", "customers")], customer="customer_id", mutable=()),
    ]
