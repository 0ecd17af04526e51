"""Keys and rights of the catalogue."""

from django.db import migrations

from abono.base.store.tenancy import ENGINE, PORTAL, STAFF, SellersTable, key


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("sellers", "0002_keys_and_rights")]
    operations = [
        SellersTable("plans"),
        SellersTable("prices", keys=[key("plan_id", "plans")], mutable=()),
        migrations.RunSQL(
            f"GRANT SELECT, INSERT ON index_values TO {ENGINE}; GRANT SELECT ON index_values TO {STAFF}, {PORTAL};",
            migrations.RunSQL.noop,
        ),
    ]
