"""Keys, rights and frozen rows of the documents."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial"), ("subscriptions", "0002_keys_and_rights")]
    operations = [
        SellersTable("series"),
        SellersTable(
            "documents",
            keys=[
                key("customer_id", "customers"),
                key("words_id", "party_words"),
                key("issuer_id", "party_words"),
                key("policy_version invoice_when", "policy_versions", "version invoice_when"),
                key("request_id", "documents"),
                key("corrects_id", "documents"),
                key("replaces_id", "documents"),
            ],
            customer="customer_id",
            mutable=("state", "open_minor"),
        ),
        SellersTable(
            "lines", keys=[key("document_id", "documents")], via=("document_id", "documents"), mutable=()
        ),
        SellersTable(
            "annex_rows", keys=[key("document_id", "documents")], via=("document_id", "documents"), mutable=()
        ),
        SellersTable(
            "settlements", keys=[key("request_id", "documents")], via=("request_id", "documents"), mutable=()
        ),
        migrations.RunSQL(
            "ALTER TABLE documents ADD CONSTRAINT documents_settlement_fk "
            "FOREIGN KEY (seller_id, settlement_id, request_id) REFERENCES settlements (seller_id, id, request_id)",
            migrations.RunSQL.noop,
        ),
        SellersTable(
            "claims",
            keys=[
                key("subscription_id", "subscriptions"),
                key("document_id", "documents"),
                key("subscription_id follows", "claims", "subscription_id period_to"),
            ],
            via=("subscription_id", "subscriptions"),
            mutable=("document_id", "reason"),
        ),
        SellersTable(
            "waiting_invoices",
            keys=[
                key("request_id", "documents"),
                key("settlement_id", "settlements"),
                key("customer_id", "customers"),
            ],
            customer="customer_id",
            deletable=True,
        ),
        SellersTable("billing_runs"),
        SellersTable("run_days"),
        SellersTable("parked", keys=[key("customer_id", "customers")], deletable=True),
        migrations.RunSQL(
            "ALTER TABLE charges ADD CONSTRAINT charges_document_fk "
            "FOREIGN KEY (seller_id, document_id) REFERENCES documents (seller_id, id)",
            migrations.RunSQL.noop,
        ),
    ]
