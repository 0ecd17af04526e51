"""Keys, rights and frozen rows of the customers."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("sellers", "0002_keys_and_rights")]
    operations = [
        SellersTable("customers", customer="id"),
        SellersTable(
            "billing_profiles",
            keys=[key("customer_id", "customers"), key("words_id", "party_words")],
            customer="customer_id",
        ),
        migrations.RunSQL(
            "ALTER TABLE customers ADD CONSTRAINT customers_default_profile_fk "
            "FOREIGN KEY (seller_id, default_profile_id) REFERENCES billing_profiles (seller_id, id)",
            migrations.RunSQL.noop,
        ),
        SellersTable("contacts", keys=[key("customer_id", "customers")], customer="customer_id", deletable=True),
        SellersTable("locations", keys=[key("customer_id", "customers")], customer="customer_id"),
        SellersTable(
            "sponsorships", keys=[key("customer_id", "customers"), key("payer_id", "customers")], customer="customer_id"
        ),
    ]
