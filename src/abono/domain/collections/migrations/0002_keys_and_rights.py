"""Keys, rights and row-level security, and the checks that let no service change its state without its cause."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key
from abono.domain.collections.checks import CHECKS, CLAIMS_MAY_SHRINK


class Migration(migrations.Migration):
    """See `SellersTable`; the checks are explained in `collections/checks.py`."""

    dependencies = [
        ("collections", "0001_initial"),
        ("subscriptions", "0003_services"),
        ("invoicing", "0003_issued_and_owed"),
        ("payments", "0002_keys_and_rights"),
    ]

    operations = [
        SellersTable(
            "steps",
            keys=[key("document_id", "documents"), key("customer_id", "customers")],
            customer="customer_id",
            mutable=(),
        ),
        SellersTable("rounds", keys=[key("document_id", "documents")], via=("document_id", "documents"), mutable=()),
        SellersTable(
            "postponed_steps",
            keys=[key("document_id", "documents")],
            via=("document_id", "documents"),
            deletable=True,
        ),
        SellersTable(
            "holds",
            keys=[
                key("subscription_id", "subscriptions"),
                key("customer_id", "customers"),
                key("document_id round_no step_no", "steps", "document_id round_no step_no"),
            ],
            via=("subscription_id", "subscriptions"),
            mutable=("closed_on", "closed_at", "closed_by"),
        ),
        SellersTable(
            "objections",
            keys=[key("document_id", "documents"), key("customer_id", "customers")],
            customer="customer_id",
            mutable=("state", "decided_on", "decision"),
        ),
        SellersTable(
            "arrangements",
            keys=[key("document_id", "documents"), key("customer_id", "customers")],
            customer="customer_id",
            mutable=(),
        ),
        SellersTable(
            "period_offers",
            keys=[key("subscription_id", "subscriptions"), key("customer_id", "customers")],
            customer="customer_id",
            mutable=("state", "decided_on"),
        ),
        SellersTable(
            "recoveries",
            keys=[
                key("subscription_id", "subscriptions"),
                key("customer_id", "customers"),
                key("document_id", "documents"),
            ],
            customer="customer_id",
            mutable=("state", "decided_on", "document_id"),
        ),
        SellersTable("collection_days"),
        migrations.RunSQL(
            """
            ALTER TABLE service_moves ADD CONSTRAINT service_moves_document_fk
              FOREIGN KEY (seller_id, document_id) REFERENCES documents (seller_id, id);
            ALTER TABLE service_moves ADD CONSTRAINT service_moves_step_fk
              FOREIGN KEY (seller_id, document_id, round_no, step_no)
              REFERENCES steps (seller_id, document_id, round_no, step_no);
            ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_moved_by_fk
              FOREIGN KEY (seller_id, id, move_no, state)
              REFERENCES service_moves (seller_id, subscription_id, move_no, after);
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(CHECKS, migrations.RunSQL.noop),
        migrations.RunSQL(CLAIMS_MAY_SHRINK, migrations.RunSQL.noop),
    ]
