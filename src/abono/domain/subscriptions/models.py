"""Tables of the subscriptions."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from abono.base.kernel.moves import moves
from abono.domain.subscriptions.periods import NO_CYCLE

# A project is a service without a cycle: it is frozen where other services are suspended.
STATES = moves(
    ordered="active cancelled",
    active="suspended frozen cancelled terminated",
    suspended="active cancelled terminated",
    frozen="active cancelled",
    terminated="active",
    cancelled="",
)
# In which state a new service may begin; every later one needs a move with its cause.
FIRST_STATES = ("ordered", "active")


class Subscription(models.Model):
    """A contract to pay for a plan every cycle. Periods follow from `terms_from`, the cycle and `anchor_day` alone.

    `terms_from` is `started_on` until the cycle changes; then it is the day of the change. `continues` marks a service
    that ran before it was moved in: its first document is a renewal like any other, without a set-up fee.

    `own_price` replaces the catalogue's unit price for this subscription (imported or agreed prices).
    `ends_on` is exclusive. `state` is the state of the service that the contract pays for; it changes only together
    with `move_no`, the number of the service move that says why. A project has the cycle unit "none" and no plan: work
    in progress that is paid for by one-off charges.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    customer_id = models.UUIDField()
    profile_id = models.UUIDField()
    plan_id = models.UUIDField(null=True)
    words = models.TextField(default="")
    currency = models.CharField(max_length=3)
    cycle_unit = models.CharField(max_length=5)
    cycle_count = models.SmallIntegerField()
    anchor_day = models.SmallIntegerField()
    ordered_on = models.DateField()
    started_on = models.DateField()
    terms_from = models.DateField()
    continues = models.BooleanField(default=False)
    ends_on = models.DateField(null=True)
    quantity = models.IntegerField()
    own_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    reference = models.TextField(null=True)
    state = models.TextField()
    move_no = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "subscriptions"
        indexes = [
            models.Index(fields=["seller_id", "customer_id"], name="subscriptions_of_customer"),
            models.Index(
                fields=["seller_id", "ends_on"],
                name="subscriptions_ending",
                condition=Q(ends_on__isnull=False) & ~Q(state="cancelled"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "reference"],
                name="subscriptions_reference_once",
                condition=Q(reference__isnull=False),
            ),
            models.CheckConstraint(condition=Q(state__in=STATES.states), name="subscriptions_state_known"),
            models.CheckConstraint(
                condition=Q(anchor_day__gte=1) & Q(anchor_day__lte=31), name="subscriptions_anchor_in_month"
            ),
            models.CheckConstraint(
                condition=Q(cycle_unit__in=["week", "month", NO_CYCLE]), name="subscriptions_unit_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(cycle_unit=NO_CYCLE, cycle_count=0, plan_id__isnull=True)
                    | (~Q(cycle_unit=NO_CYCLE) & Q(cycle_count__gt=0, plan_id__isnull=False))
                ),
                name="subscriptions_cycle_or_project",
            ),
            models.CheckConstraint(
                condition=(Q(cycle_unit=NO_CYCLE) & ~Q(state__in=["suspended", "terminated"]))
                | (~Q(cycle_unit=NO_CYCLE) & ~Q(state="frozen")),
                name="subscriptions_projects_freeze",
            ),
            models.CheckConstraint(
                condition=Q(move_no__isnull=False) | Q(state__in=FIRST_STATES), name="subscriptions_moved_by_moves"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="subscriptions_quantity_not_negative"),
            models.CheckConstraint(
                condition=Q(own_price__isnull=True) | Q(own_price__gte=0),
                name="subscriptions_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("started_on")),
                name="subscriptions_days_ordered",
            ),
        ]


class ServiceMove(models.Model):
    """One change of a service's state with its cause; append-only. The database checks the cause (see collections).

    `cause` says which: `paid` (the first document, or a recovery), `free` (nothing to pay), `step` (an executed step of
    a document's calendar), `released` (nothing holds it any longer), `ended` (the contract is over).
    """

    pk = models.CompositePrimaryKey("seller_id", "subscription_id", "move_no")
    seller_id = models.SmallIntegerField()
    subscription_id = models.UUIDField()
    move_no = models.SmallIntegerField()
    before = models.TextField()
    after = models.TextField()
    on_date = models.DateField()
    at = models.DateTimeField()
    cause = models.TextField()
    document_id = models.UUIDField(null=True)
    round_no = models.SmallIntegerField(null=True)
    step_no = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "service_moves"
        indexes = [models.Index(fields=["seller_id", "on_date"], name="service_moves_of_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "subscription_id", "move_no", "after"], name="service_moves_lead_to"
            ),
            models.CheckConstraint(
                condition=reduce(or_, (Q(before=one, after__in=sorted(STATES.table[one])) for one in STATES.states)),
                name="service_moves_allowed",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["paid", "free", "step", "released", "ended"]), name="service_moves_cause_known"
            ),
            models.CheckConstraint(
                condition=Q(cause="step", document_id__isnull=False, round_no__isnull=False, step_no__isnull=False)
                | ~Q(cause="step"),
                name="service_moves_step_named",
            ),
        ]


class Cursor(models.Model):
    """Where billing stands: the next period of the subscription begins on `billed_to`. There is no row once it ended.

    Narrow and without an index on `billed_to`, so that the run's UPDATE stays within the page (HOT). `payer_id` is who
    pays for the period that begins on `billed_to`. `last_net_minor` is what the last whole period cost.
    """

    pk = models.CompositePrimaryKey("seller_id", "payer_id", "subscription_id")
    seller_id = models.SmallIntegerField()
    payer_id = models.UUIDField()
    subscription_id = models.UUIDField()
    billed_to = models.DateField()
    last_net_minor = models.BigIntegerField(null=True)

    class Meta:
        db_table = "cursors"
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "subscription_id"], name="cursors_one_each"),
        ]


class Claim(models.Model):
    """This subscription's period is asked for by this document, or is rightly not billed for this reason.

    The keys make gaps, overlaps and doubles impossible: one claim per period begin and per period end, and each claim
    but the first begins where another ends (`follows` is a key to that end).
    """

    pk = models.CompositePrimaryKey("seller_id", "subscription_id", "period_from")
    seller_id = models.SmallIntegerField()
    subscription_id = models.UUIDField()
    period_from = models.DateField()
    period_to = models.DateField()
    follows = models.DateField(null=True)
    document_id = models.UUIDField(null=True)
    reason = models.TextField(null=True)

    class Meta:
        db_table = "claims"
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "subscription_id", "period_to"], name="claims_one_end"),
            models.UniqueConstraint(
                fields=["seller_id", "subscription_id"],
                name="claims_one_first",
                condition=Q(follows__isnull=True),
            ),
            models.CheckConstraint(condition=Q(period_to__gt=F("period_from")), name="claims_days_ordered"),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | Q(follows=F("period_from")), name="claims_follow_at_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(document_id__isnull=False, reason__isnull=True)
                    | Q(document_id__isnull=True, reason__isnull=False)
                ),
                name="claims_document_or_reason",
            ),
        ]


class Pause(models.Model):
    """Days `[from_on, to_on)` on which the subscription is not billed; open while `to_on` is null."""

    pk = models.CompositePrimaryKey("seller_id", "subscription_id", "from_on")
    seller_id = models.SmallIntegerField()
    subscription_id = models.UUIDField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "pauses"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="pauses_days_ordered"
            ),
        ]


class Discount(models.Model):
    """Less on each period that begins on a day in `[from_on, until_on)`: per cent (basis points) or a fixed amount."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    subscription_id = models.UUIDField()
    percent_bp = models.IntegerField(null=True)
    fixed_minor = models.BigIntegerField(null=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    words = models.TextField(default="")

    class Meta:
        db_table = "discounts"
        indexes = [models.Index(fields=["seller_id", "subscription_id"], name="discounts_of_subscription")]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(percent_bp__gt=0, percent_bp__lte=10_000, fixed_minor__isnull=True)
                    | Q(percent_bp__isnull=True, fixed_minor__gt=0)
                ),
                name="discounts_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")),
                name="discounts_days_ordered",
            ),
        ]


class Activation(models.Model):
    """A location counts for a subscription on the days `[from_on, to_on)`."""

    pk = models.CompositePrimaryKey("seller_id", "subscription_id", "location_id", "from_on")
    seller_id = models.SmallIntegerField()
    subscription_id = models.UUIDField()
    location_id = models.UUIDField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "activations"
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "subscription_id", "location_id"],
                name="activations_one_open",
                condition=Q(to_on__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="activations_days_ordered"
            ),
        ]


class PlannedChange(models.Model):
    """A change that takes effect when the period that begins on or after `on_date` is billed."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    subscription_id = models.UUIDField()
    on_date = models.DateField()
    plan_id = models.UUIDField(null=True)
    quantity = models.IntegerField(null=True)
    own_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    cycle_unit = models.CharField(max_length=5, null=True)
    cycle_count = models.SmallIntegerField(null=True)
    applied_on = models.DateField(null=True)

    class Meta:
        db_table = "planned_changes"
        indexes = [
            models.Index(
                fields=["seller_id", "subscription_id"],
                name="planned_changes_open",
                condition=Q(applied_on__isnull=True),
            )
        ]


class Charge(models.Model):
    """Something to put on a document besides a period: a one-off charge, a set-up fee, a credit or charge of a change.

    Asked for with the documents whose renewal day is on or after `on_date`, or at once by an action. `document_id` is
    set once, by the document that asks for it. `net_minor` is negative for a credit. `key` makes it exist once.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    key = models.TextField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    profile_id = models.UUIDField()
    subscription_id = models.UUIDField(null=True)
    kind = models.TextField()
    category = models.TextField(default="service")
    words = models.TextField()
    currency = models.CharField(max_length=3)
    on_date = models.DateField()
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    quantity = models.IntegerField(default=1)
    net_minor = models.BigIntegerField()
    document_id = models.UUIDField(null=True)

    class Meta:
        db_table = "charges"
        indexes = [
            models.Index(
                fields=["seller_id", "payer_id", "on_date"],
                name="charges_open",
                condition=Q(document_id__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "key"], name="charges_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["one-off", "set-up", "credit", "charge", "true-up", "recovery"]),
                name="charges_kind_known",
            ),
        ]
