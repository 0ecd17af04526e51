"""The table of facts."""

from django.db import models


class Fact(models.Model):
    """One thing that happened. `kind` is past tense (`InvoiceIssued`); `cause` says why, for people and programs.

    `customer_id` is the customer whose story it belongs to; `document_id` and `subject_id` (a subscription, payment,
    profile, ...) narrow it. `on_date` is the business day, `at` the instant of writing.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    kind = models.TextField()
    on_date = models.DateField()
    at = models.DateTimeField()
    customer_id = models.UUIDField(null=True)
    document_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    cause = models.TextField()
    data = models.JSONField(null=True)

    class Meta:
        db_table = "facts"
        indexes = [models.Index(fields=["seller_id", "customer_id", "id"], name="facts_of_customer")]
