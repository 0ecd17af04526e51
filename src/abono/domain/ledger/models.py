"""The books."""

from django.db import models
from django.db.models import F, Q

from abono.domain.ledger.rules import ACCOUNTS, CAUSES


class Transfer(models.Model):
    """One movement: `debit` <- `credit`, a positive amount, one currency. Append-only, so the books always balance.

    `cause` and `cause_id` say what moved it (`request_issued` and the document's id, ...); with `part` they are the
    key, so that the same event is never booked twice.
    """

    pk = models.CompositePrimaryKey("seller_id", "cause_id", "cause", "part")
    seller_id = models.SmallIntegerField()
    cause_id = models.UUIDField()
    cause = models.TextField()
    part = models.SmallIntegerField()
    customer_id = models.UUIDField()
    debit = models.TextField()
    credit = models.TextField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    on_date = models.DateField()

    class Meta:
        db_table = "transfers"
        indexes = [models.Index(fields=["seller_id", "customer_id", "on_date"], name="transfers_of_customer")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfers_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfers_two_accounts"),
            models.CheckConstraint(condition=Q(cause__in=CAUSES), name="transfers_cause_known"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{side}__regex": rf"^({'|'.join(ACCOUNTS)})(:[A-Za-z0-9-]+)?$"}),
                    name=f"transfers_{side}_known",
                )
                for side in ("debit", "credit")
            ),
        ]
