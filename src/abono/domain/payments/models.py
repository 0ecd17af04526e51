"""Tables of the payments."""

from django.db import models
from django.db.models import Q

from abono.base.kernel.moves import moves

STATES = moves(
    reported="pending settled failed",
    unknown="pending settled failed",
    pending="settled failed",
    settled="returned",
    returned="",
    failed="",
)


class Payment(models.Model):
    """Money that a customer says they sent, or that arrived. Never final: a settled payment may be returned.

    `free_minor` is what of it is neither allocated nor refunded. `key` comes from whoever records it and makes the
    payment exist once. `fee_minor` is the card fee within `amount_minor`.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    key = models.TextField()
    customer_id = models.UUIDField()
    means = models.TextField()
    funding = models.TextField(default="")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    free_minor = models.BigIntegerField(default=0)
    state = models.TextField()
    on_date = models.DateField()
    reference = models.TextField(default="")
    chosen_ids = models.JSONField(default=list)

    class Meta:
        db_table = "payments"
        indexes = [
            models.Index(fields=["seller_id", "customer_id"], name="payments_of_customer"),
            models.Index(
                fields=["seller_id", "customer_id", "id"], name="payments_free", condition=Q(free_minor__gt=0)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "key"], name="payments_key_once"),
            models.CheckConstraint(condition=Q(state__in=STATES.states), name="payments_state_known"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_positive"),
            models.CheckConstraint(
                condition=Q(free_minor__gte=0) & Q(free_minor__lte=models.F("amount_minor")),
                name="payments_free_within",
            ),
            models.CheckConstraint(condition=Q(state="settled") | Q(free_minor=0), name="payments_free_only_settled"),
        ]


class PaymentMove(models.Model):
    """One change of a payment's state, with its cause; append-only."""

    pk = models.CompositePrimaryKey("seller_id", "payment_id", "move_no")
    seller_id = models.SmallIntegerField()
    payment_id = models.UUIDField()
    move_no = models.SmallIntegerField()
    before = models.TextField(null=True)
    after = models.TextField()
    on_date = models.DateField()
    at = models.DateTimeField()
    cause = models.TextField()

    class Meta:
        db_table = "payment_moves"


class Allocation(models.Model):
    """Money of a payment set against a document; a negative one undoes. Append-only."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    payment_id = models.UUIDField()
    document_id = models.UUIDField()
    customer_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    on_date = models.DateField()
    cause = models.TextField()

    class Meta:
        db_table = "allocations"
        indexes = [
            models.Index(fields=["seller_id", "document_id"], name="allocations_of_document"),
            models.Index(fields=["seller_id", "payment_id"], name="allocations_of_payment"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="allocations_not_zero")]


class Refund(models.Model):
    """Money of a payment that went back to the customer."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    key = models.TextField()
    payment_id = models.UUIDField()
    customer_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    on_date = models.DateField()
    cause = models.TextField()

    class Meta:
        db_table = "refunds"
        indexes = [models.Index(fields=["seller_id", "payment_id"], name="refunds_of_payment")]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "key"], name="refunds_key_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refunds_positive"),
        ]
