"""Tables of the catalogue."""

from django.db import models
from django.db.models import Q


class Plan(models.Model):
    """Something sold again and again. `counted` says where a subscription's quantity comes from."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    key = models.TextField()
    name = models.JSONField()
    category = models.TextField(default="service")
    counted = models.TextField(default="fixed")

    class Meta:
        db_table = "plans"
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "key"], name="plans_key_once"),
            models.CheckConstraint(condition=Q(counted__in=["fixed", "locations"]), name="plans_counted_known"),
        ]


class Price(models.Model):
    """What a plan costs for one cycle, from a day on. Append-only: a new price is a new row.

    `unit_price` is in whole units of the currency, or of the index (`UF`) when there is one. `tiers` is a list of
    `[up_to or null, unit_price]` for graduated and volume prices.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    plan_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    cycle_unit = models.CharField(max_length=5)
    cycle_count = models.SmallIntegerField()
    effective_on = models.DateField()
    model = models.TextField()
    unit_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    tiers = models.JSONField(default=list)
    setup_minor = models.BigIntegerField(default=0)
    index_name = models.TextField(null=True)

    class Meta:
        db_table = "prices"
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "plan_id", "currency", "cycle_unit", "cycle_count", "effective_on"],
                name="prices_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(model__in=["flat", "per_unit", "graduated", "volume"]), name="prices_model_known"
            ),
            models.CheckConstraint(condition=Q(cycle_unit__in=["week", "month"]), name="prices_unit_known"),
            models.CheckConstraint(condition=Q(cycle_count__gt=0), name="prices_count_positive"),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gte=0), name="prices_not_negative"
            ),
            models.CheckConstraint(condition=Q(setup_minor__gte=0), name="prices_setup_not_negative"),
        ]


class IndexValue(models.Model):
    """A published value of an index on a day, such as the UF in pesos. No seller: it is the same for all."""

    pk = models.CompositePrimaryKey("name", "on_date")
    name = models.TextField()
    on_date = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=6)
    source = models.TextField()

    class Meta:
        db_table = "index_values"
        constraints = [models.CheckConstraint(condition=Q(value__gt=0), name="index_values_positive")]
