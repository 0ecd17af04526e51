"""Keys, rights and row-level security of the notices; what left keeps its words."""

from django.db import migrations

from abono.base.store.tenancy import SellersTable, key

# What a message says may be written anew, with the days that are really left, until it has left.
WORDS_STAY = """
CREATE FUNCTION abono_words_that_left_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.left_at IS NOT NULL OR OLD.state NOT IN ('queued', 'sending') THEN
    RAISE EXCEPTION 'the words of a message that left are frozen' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER words_that_left_stay BEFORE UPDATE OF subject, body, digest, speaks_on ON messages FOR EACH ROW
  WHEN (OLD.subject IS DISTINCT FROM NEW.subject OR OLD.body IS DISTINCT FROM NEW.body
        OR OLD.digest IS DISTINCT FROM NEW.digest OR OLD.speaks_on IS DISTINCT FROM NEW.speaks_on)
  EXECUTE FUNCTION abono_words_that_left_stay();
"""
WORDS_MAY_GO = """
DROP TRIGGER words_that_left_stay ON messages;
DROP FUNCTION abono_words_that_left_stay();
"""


class Migration(migrations.Migration):
    """See `SellersTable`."""

    dependencies = [
        ("notices", "0001_initial"),
        ("sellers", "0002_keys_and_rights"),
        ("customers", "0002_keys_and_rights"),
        ("subscriptions", "0003_services"),
        ("invoicing", "0003_issued_and_owed"),
    ]

    operations = [
        SellersTable(
            "messages",
            keys=[
                key("customer_id", "customers"),
                key("document_id", "documents"),
                key("subscription_id", "subscriptions"),
                key("words_id", "party_words"),
            ],
            customer="customer_id",
            mutable=(
                "subject",
                "body",
                "digest",
                "speaks_on",
                "state",
                "attempts",
                "next_try_at",
                "left_on",
                "left_at",
                "reason",
            ),
        ),
        SellersTable(
            "message_events", keys=[key("message_id", "messages")], via=("message_id", "messages"), mutable=()
        ),
        SellersTable("notice_days"),
        migrations.RunSQL(WORDS_STAY, WORDS_MAY_GO),
    ]
