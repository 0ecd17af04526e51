"""Tables of the collections."""

from django.db import models
from django.db.models import F, Q

from abono.base.kernel.moves import moves

OBJECTION_STATES = moves(open="upheld rejected withdrawn", upheld="", rejected="", withdrawn="")
OFFER_STATES = moves(open="accepted declined expired applied", accepted="", declined="", expired="", applied="")
RECOVERY_STATES = moves(offered="asked expired", asked="recovered expired", recovered="", expired="")
# The step of a round that a returned payment opens; it stands before those of the policy's calendar.
RETURNED_STEP = -1


class Step(models.Model):
    """One executed step of a document's calendar: exactly once per document and round. Append-only.

    `step_no` is the step's place in `calendar.steps` of the policy version that the document was issued under.
    `scheduled_on` is the day that the calendar names, `on_date` the day it really happened. A message is `missed` when
    a later one took its place. `counted_by` is the holiday data that a working day was counted by.
    """

    pk = models.CompositePrimaryKey("seller_id", "document_id", "round_no", "step_no")
    seller_id = models.SmallIntegerField()
    document_id = models.UUIDField()
    round_no = models.SmallIntegerField()
    step_no = models.SmallIntegerField()
    customer_id = models.UUIDField()
    action = models.TextField()
    scope = models.TextField(null=True)
    scheduled_on = models.DateField()
    on_date = models.DateField()
    at = models.DateTimeField()
    outcome = models.TextField()
    counted_by = models.TextField(null=True)

    class Meta:
        db_table = "steps"
        indexes = [models.Index(fields=["seller_id", "on_date"], name="steps_of_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=["issue", "remind", "suspend", "terminate", "returned"]), name="steps_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="done") | Q(outcome="missed", action__in=["issue", "remind"]),
                name="steps_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(action="suspend", scope__in=["document", "debtor"])
                | Q(action="terminate", scope="document")
                | (~Q(action__in=["suspend", "terminate"]) & Q(scope__isnull=True)),
                name="steps_scope_known",
            ),
            models.CheckConstraint(
                condition=Q(on_date__gte=F("scheduled_on")) | Q(action="issue"), name="steps_never_early"
            ),
        ]


class Round(models.Model):
    """A payment came back, so that its document is owed again: the calendar counts anew from `day_zero`.

    Round 0 has no row: it counts from the due date.
    """

    pk = models.CompositePrimaryKey("seller_id", "document_id", "round_no")
    seller_id = models.SmallIntegerField()
    document_id = models.UUIDField()
    round_no = models.SmallIntegerField()
    day_zero = models.DateField()
    on_date = models.DateField()
    at = models.DateTimeField()
    cause = models.TextField()

    class Meta:
        db_table = "rounds"
        constraints = [models.CheckConstraint(condition=Q(round_no__gt=0), name="rounds_after_the_first")]


class Postponed(models.Model):
    """The next harmful step of a document that had to wait, with the reason; looked at again on `until_on`."""

    pk = models.CompositePrimaryKey("seller_id", "document_id")
    seller_id = models.SmallIntegerField()
    document_id = models.UUIDField()
    round_no = models.SmallIntegerField()
    step_no = models.SmallIntegerField()
    scheduled_on = models.DateField()
    until_on = models.DateField()
    why = models.TextField()
    since_on = models.DateField()

    class Meta:
        db_table = "postponed_steps"
        indexes = [models.Index(fields=["seller_id", "until_on"], name="postponed_steps_until")]


class Hold(models.Model):
    """A service is stopped because of a document, by an executed step. Suspended means: at least one open hold.

    `customer_id` is the debtor. It closes when the document is owed no longer, the service is the debtor's no
    longer, or the service is over.
    """

    pk = models.CompositePrimaryKey("seller_id", "subscription_id", "document_id", "round_no", "scope")
    seller_id = models.SmallIntegerField()
    subscription_id = models.UUIDField()
    document_id = models.UUIDField()
    round_no = models.SmallIntegerField()
    scope = models.TextField()
    step_no = models.SmallIntegerField()
    customer_id = models.UUIDField()
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)

    class Meta:
        db_table = "holds"
        indexes = [
            models.Index(
                fields=["seller_id", "subscription_id"], name="holds_open", condition=Q(closed_on__isnull=True)
            ),
            models.Index(fields=["seller_id", "document_id"], name="holds_of_document"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["document", "debtor"]), name="holds_scope_known"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_at__isnull=True, closed_by__isnull=True)
                | Q(
                    closed_on__gte=F("opened_on"),
                    closed_at__isnull=False,
                    closed_by__in=["paid", "voided", "credited", "written-off", "left", "ended"],
                ),
                name="holds_closed_with_reason",
            ),
        ]


class Objection(models.Model):
    """The customer objects to a document: while it is open nothing harmful happens because of it."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    document_id = models.UUIDField()
    customer_id = models.UUIDField()
    words = models.TextField()
    state = models.TextField()
    opened_on = models.DateField()
    decided_on = models.DateField(null=True)
    decision = models.TextField(default="")

    class Meta:
        db_table = "objections"
        indexes = [models.Index(fields=["seller_id", "document_id"], name="objections_of_document")]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "document_id"], name="objections_one_open", condition=Q(state="open")
            ),
            models.CheckConstraint(condition=Q(state__in=OBJECTION_STATES.states), name="objections_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", decided_on__isnull=True)
                | (~Q(state="open") & Q(decided_on__gte=F("opened_on"))),
                name="objections_decided_or_open",
            ),
        ]


class Arrangement(models.Model):
    """A later date for one document, granted within the policy's limits: until it is over nothing harmful happens."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    document_id = models.UUIDField()
    customer_id = models.UUIDField()
    granted_on = models.DateField()
    until_on = models.DateField()
    by = models.TextField()
    reason = models.TextField(default="")

    class Meta:
        db_table = "arrangements"
        indexes = [
            models.Index(fields=["seller_id", "document_id"], name="arrangements_of_document"),
            models.Index(fields=["seller_id", "customer_id", "granted_on"], name="arrangements_of_customer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("granted_on")), name="arrangements_later"),
            models.CheckConstraint(condition=Q(by__in=["customer", "staff"]), name="arrangements_by_known"),
        ]


class PeriodOffer(models.Model):
    """A longer period for a service that was restored, from the first cycle not yet asked for, with its amounts."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    subscription_id = models.UUIDField()
    customer_id = models.UUIDField()
    from_on = models.DateField()
    now_unit = models.CharField(max_length=5)
    now_count = models.SmallIntegerField()
    now_minor = models.BigIntegerField()
    new_unit = models.CharField(max_length=5)
    new_count = models.SmallIntegerField()
    new_minor = models.BigIntegerField()
    made_on = models.DateField()
    state = models.TextField()
    decided_on = models.DateField(null=True)

    class Meta:
        db_table = "period_offers"
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "subscription_id"], name="period_offers_one_open", condition=Q(state="open")
            ),
            models.CheckConstraint(condition=Q(state__in=OFFER_STATES.states), name="period_offers_state_known"),
        ]


class Recovery(models.Model):
    """A terminated service can be brought back from its backup until `expires_on`, for a fee by a request."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    subscription_id = models.UUIDField()
    customer_id = models.UUIDField()
    terminated_on = models.DateField()
    expires_on = models.DateField()
    fee_minor = models.BigIntegerField()
    document_id = models.UUIDField(null=True)
    state = models.TextField()
    decided_on = models.DateField(null=True)

    class Meta:
        db_table = "recoveries"
        indexes = [models.Index(fields=["seller_id", "document_id"], name="recoveries_of_document")]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "subscription_id"],
                name="recoveries_one_open",
                condition=Q(state__in=["offered", "asked"]),
            ),
            models.CheckConstraint(condition=Q(state__in=RECOVERY_STATES.states), name="recoveries_state_known"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("terminated_on")), name="recoveries_days_ordered"),
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="recoveries_fee_not_negative"),
        ]


class CollectionDay(models.Model):
    """The latest day whose steps were all executed."""

    seller_id = models.SmallIntegerField(primary_key=True)
    on_date = models.DateField()

    class Meta:
        db_table = "collection_days"
