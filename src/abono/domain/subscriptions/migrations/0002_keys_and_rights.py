"""Keys, rights and frozen rows of the subscriptions."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial"), ("customers", "0002_keys_and_rights"), ("catalogue", "0002_keys_and_rights")]
    operations = [
        SellersTable(
            "subscriptions",
            keys=[
                key("customer_id", "customers"),
                key("customer_id profile_id", "billing_profiles", "customer_id id"),
                key("plan_id", "plans"),
            ],
            customer="customer_id",
        ),
        SellersTable(
            "cursors",
            keys=[key("payer_id", "customers"), key("subscription_id", "subscriptions")],
            deletable=True,
            fillfactor=60,
        ),
        SellersTable("pauses", keys=[key("subscription_id", "subscriptions")], via=("subscription_id", "subscriptions")),
        SellersTable(
            "discounts", keys=[key("subscription_id", "subscriptions")], via=("subscription_id", "subscriptions")
        ),
        SellersTable(
            "activations",
            keys=[key("subscription_id", "subscriptions"), key("location_id", "locations")],
            via=("subscription_id", "subscriptions"),
        ),
        SellersTable(
            "planned_changes",
            keys=[key("subscription_id", "subscriptions"), key("plan_id", "plans")],
            via=("subscription_id", "subscriptions"),
            deletable=True,
        ),
        SellersTable(
            "charges",
            keys=[
                key("customer_id", "customers"),
                key("payer_id", "customers"),
                key("payer_id profile_id", "billing_profiles", "customer_id id"),
                key("subscription_id", "subscriptions"),
            ],
            customer="payer_id",
            mutable=("document_id",),
        ),
    ]
