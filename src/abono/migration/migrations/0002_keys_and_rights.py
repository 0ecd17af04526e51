"""Keys and rights of moving in, and the one door through which an import is taken back."""

from django.db import migrations

from abono.base.store.tenancy import ENGINE, SellersTable, key

# The engine may delete no customer and no contract. This function, which runs as the owner, deletes those that one
# import made and nothing else; whatever hangs on them (a document, a payment, a contact) stops it by its foreign key.
REMOVE = f"""
CREATE FUNCTION abono_remove_import(of_seller smallint, of_batch uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  made_customers uuid[];
  made_subscriptions uuid[];
BEGIN
  SELECT array_agg(customer_id) FILTER (WHERE customer_id IS NOT NULL),
    array_agg(subscription_id) FILTER (WHERE subscription_id IS NOT NULL)
  INTO made_customers, made_subscriptions
  FROM import_rows WHERE seller_id = of_seller AND batch_id = of_batch;
  DELETE FROM import_rows WHERE seller_id = of_seller AND batch_id = of_batch;
  DELETE FROM cursors WHERE seller_id = of_seller AND subscription_id = ANY(made_subscriptions);
  DELETE FROM subscriptions WHERE seller_id = of_seller AND id = ANY(made_subscriptions);
  DELETE FROM parked WHERE seller_id = of_seller AND customer_id = ANY(made_customers);
  UPDATE customers SET default_profile_id = NULL WHERE seller_id = of_seller AND id = ANY(made_customers);
  DELETE FROM billing_profiles WHERE seller_id = of_seller AND customer_id = ANY(made_customers);
  DELETE FROM customers WHERE seller_id = of_seller AND id = ANY(made_customers);
END $$;
REVOKE ALL ON FUNCTION abono_remove_import(smallint, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION abono_remove_import(smallint, uuid) TO {ENGINE};
"""

# Right after thousands of rows came in for a seller that the statistics do not know, plans are made for a handful of
# them and run for hours. Only the owner of a table may count it anew.
ANALYSE = f"""
CREATE FUNCTION abono_analyse_import() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE customers, billing_profiles, subscriptions, cursors, import_rows;
END $$;
REVOKE ALL ON FUNCTION abono_analyse_import() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION abono_analyse_import() TO {ENGINE};
"""


class Migration(migrations.Migration):
    dependencies = [("migration", "0001_initial"), ("invoicing", "0002_keys_and_rights")]
    operations = [
        SellersTable("import_batches", mutable=("state", "undone_on")),
        SellersTable(
            "import_rows",
            keys=[
                key("batch_id", "import_batches"),
                key("customer_id", "customers"),
                key("subscription_id", "subscriptions"),
            ],
        ),
        migrations.RunSQL(f"REVOKE UPDATE ON import_rows FROM {ENGINE}", migrations.RunSQL.noop),
        # Each profile that is removed asks whether a customer still points to it.
        migrations.RunSQL(
            "CREATE INDEX customers_of_default_profile ON customers (seller_id, default_profile_id)",
            "DROP INDEX customers_of_default_profile",
        ),
        migrations.RunSQL(ANALYSE, "DROP FUNCTION abono_analyse_import()"),
        migrations.RunSQL(REMOVE, "DROP FUNCTION abono_remove_import(smallint, uuid)"),
    ]
