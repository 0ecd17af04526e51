"""Trigger functions, the sellers' own rights, and the facts' keys."""

from django.db import migrations

from abono.base.store.tenancy import ENGINE, FUNCTIONS, OWNER, PORTAL, STAFF, SellersTable


class Migration(migrations.Migration):
    dependencies = [("sellers", "0001_initial"), ("facts", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"""
            GRANT SELECT, INSERT, UPDATE ON sellers TO {ENGINE};
            GRANT SELECT ON sellers TO {STAFF}, {PORTAL};
            ALTER TABLE sellers ENABLE ROW LEVEL SECURITY;
            ALTER TABLE sellers FORCE ROW LEVEL SECURITY;
            CREATE POLICY sellers_owner ON sellers TO {OWNER} USING (true) WITH CHECK (true);
            CREATE POLICY sellers_own ON sellers FOR SELECT TO {STAFF}, {PORTAL}
              USING (id = current_setting('abono.seller')::smallint);
            """,
            migrations.RunSQL.noop,
        ),
        SellersTable("policy_versions", mutable=()),
        SellersTable("party_words", mutable=()),
        SellersTable("facts", customer="customer_id", mutable=()),
    ]
