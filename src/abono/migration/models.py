"""Tables of moving in."""

from django.db import models
from django.db.models import Q


class ImportBatch(models.Model):
    """One import that wrote something: from which file (`file_digest`: SHA-256), by which mapping, and how much.

    Every line of the file was rejected, known already, or new and written; those in `lines_different` say something
    else than the books of what is known. `prices` are the sums by currency of the own prices that were written, times
    quantity, as exact text. An `undone` batch has no rows any more.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    file_name = models.TextField()
    file_digest = models.CharField(max_length=64)
    mapping_digest = models.CharField(max_length=64)
    imported_on = models.DateField()
    imported_at = models.DateTimeField()
    lines = models.IntegerField()
    lines_rejected = models.IntegerField()
    lines_known = models.IntegerField()
    lines_different = models.IntegerField()
    customers = models.IntegerField()
    subscriptions = models.IntegerField()
    prices = models.JSONField()
    state = models.TextField()
    undone_on = models.DateField(null=True)

    class Meta:
        db_table = "import_batches"
        indexes = [models.Index(fields=["seller_id", "file_digest"], name="import_batches_of_file")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["done", "undone"]), name="import_batches_state_known"),
            models.CheckConstraint(
                condition=Q(state="done", undone_on__isnull=True) | Q(state="undone", undone_on__isnull=False),
                name="import_batches_undone_when",
            ),
        ]


class ImportRow(models.Model):
    """What one line of a file made: a customer, a subscription, or both. Undoing the import removes it with them."""

    pk = models.CompositePrimaryKey("seller_id", "batch_id", "line_no")
    seller_id = models.SmallIntegerField()
    batch_id = models.UUIDField()
    line_no = models.IntegerField()
    customer_id = models.UUIDField(null=True)
    subscription_id = models.UUIDField(null=True)

    class Meta:
        db_table = "import_rows"
        indexes = [
            models.Index(fields=["seller_id", "customer_id"], name="import_rows_of_customer"),
            models.Index(fields=["seller_id", "subscription_id"], name="import_rows_of_contract"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer_id__isnull=False) | Q(subscription_id__isnull=False),
                name="import_rows_made_something",
            ),
        ]
