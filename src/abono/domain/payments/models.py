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
        indexes = [models.Index(fields=["seller_id", "on_date"], name="payment_moves_of_day")]


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


METHOD_STATES = moves(unverified="usable revoked", usable="declined revoked", declined="revoked", revoked="")
ATTEMPT_STATES = moves(
    planned="sent dropped",
    sent="pending settled declined unknown mismatch dropped",
    unknown="sent pending settled declined mismatch dropped closed",
    pending="settled declined returned unknown mismatch",
    settled="returned mismatch",
    declined="",
    returned="",
    mismatch="closed",
    dropped="",
    closed="",
)
# As long as an attempt is in one of these, its debt is not charged by another.
OPEN_ATTEMPTS = ("planned", "sent", "pending", "unknown", "mismatch")


class Method(models.Model):
    """A means of payment that a customer let us keep: a token of a vault or gateway, never a number that pays.

    `fingerprint` is the same for the same card or account under another token, where the gateway tells it.
    `expires_on` is the last day on which a card is good. `verified`: the account is known to be the customer's.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    customer_id = models.UUIDField()
    token = models.TextField()
    fingerprint = models.TextField(default="")
    means = models.TextField()
    brand = models.TextField(default="")
    last4 = models.TextField(default="")
    expires_on = models.DateField(null=True)
    funding = models.TextField(default="")
    state = models.TextField()
    verified = models.BooleanField()
    added_on = models.DateField()

    class Meta:
        db_table = "methods"
        indexes = [
            models.Index(fields=["seller_id", "customer_id"], name="methods_of_customer", condition=Q(state="usable")),
            models.Index(fields=["seller_id", "fingerprint"], name="methods_alike", condition=~Q(fingerprint="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "token"], name="methods_token_once"),
            # What an attempt points to, so that nothing unverified can ever be charged.
            models.UniqueConstraint(fields=["seller_id", "id", "verified"], name="methods_verified"),
            models.CheckConstraint(condition=Q(state__in=METHOD_STATES.states), name="methods_state_known"),
            models.CheckConstraint(
                condition=Q(verified=True) | Q(state__in=["unverified", "revoked"]), name="methods_usable_verified"
            ),
            models.CheckConstraint(condition=Q(means__in=["card", "ach", "direct-debit"]), name="methods_means"),
            models.CheckConstraint(condition=Q(last4__regex=r"^([0-9]{4})?$"), name="methods_last_four"),
        ]


class Attempt(models.Model):
    """One charge of a saved method for one document, written before the gateway is asked. Its key is never used again.

    `debt_id` is the document where the debt began: an invoice's request, the first of documents issued anew. Of a debt
    one attempt is open at a time. `amount_minor` is what is charged, the card fee within it; `owed_minor` the
    document's open amount at that time. `sent_on` is the first day on which the gateway was asked. `retry_on` is the
    day from which a refused one may be made again by itself; `ask_at` when to ask next what became of it, None once a
    person must. `words` say what a person must look at.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    key = models.TextField()
    customer_id = models.UUIDField()
    document_id = models.UUIDField()
    debt_id = models.UUIDField()
    method_id = models.UUIDField()
    method_verified = models.BooleanField(default=True)
    means = models.TextField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    owed_minor = models.BigIntegerField()
    try_no = models.SmallIntegerField()
    planned_on = models.DateField()
    state = models.TextField()
    sent_on = models.DateField(null=True)
    sent_at = models.DateTimeField(null=True)
    asked = models.SmallIntegerField(default=0)
    ask_at = models.DateTimeField(null=True)
    code = models.TextField(default="")
    reference = models.TextField(default="")
    retry_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    words = models.TextField(default="")

    class Meta:
        db_table = "attempts"
        indexes = [
            models.Index(fields=["seller_id", "debt_id"], name="attempts_of_debt"),
            models.Index(fields=["seller_id", "ended_on"], name="attempts_declined", condition=Q(state="declined")),
            models.Index(fields=["seller_id", "customer_id"], name="attempts_of_customer"),
            models.Index(
                fields=["seller_id", "state"],
                name="attempts_at_work",
                condition=Q(state__in=OPEN_ATTEMPTS),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "key"], name="attempts_key_once"),
            models.UniqueConstraint(
                fields=["seller_id", "debt_id"], name="attempts_one_open", condition=Q(state__in=OPEN_ATTEMPTS)
            ),
            models.CheckConstraint(condition=Q(state__in=ATTEMPT_STATES.states), name="attempts_state_known"),
            models.CheckConstraint(condition=Q(method_verified=True), name="attempts_method_verified"),
            models.CheckConstraint(
                condition=Q(owed_minor__gt=0) & Q(amount_minor__gte=models.F("owed_minor")), name="attempts_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "dropped"]) | Q(sent_on__isnull=False), name="attempts_sent"
            ),
        ]


class GatewayLook(models.Model):
    """The latest day on which a seller's gateway was asked what the bank took back."""

    pk = models.CompositePrimaryKey("seller_id", "means")
    seller_id = models.SmallIntegerField()
    means = models.TextField()
    on_date = models.DateField()

    class Meta:
        db_table = "gateway_looks"
