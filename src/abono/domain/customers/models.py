"""Tables of the customers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Customer(models.Model):
    """An account that can owe money. People see `C-00042`, made from `number`."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    number = models.IntegerField()
    name = models.TextField()
    email = models.TextField(default="")
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    reference = models.TextField(null=True)
    default_profile_id = models.UUIDField(null=True)
    created_on = models.DateField()

    class Meta:
        db_table = "customers"
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "number"], name="customers_number_once"),
            models.UniqueConstraint(
                fields=["seller_id", "reference"],
                name="customers_reference_once",
                condition=Q(reference__isnull=False),
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="customers_number_positive"),
        ]


class BillingProfile(models.Model):
    """Who a document is made out to. `words_id` is the frozen form that documents point to; saving makes a new one.

    `tax_key` is JSON of all that tax depends on, so that profiles taxed alike have equal keys.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    customer_id = models.UUIDField()
    country = models.CharField(max_length=2)
    fields = models.JSONField()
    complete = models.BooleanField()
    problems = models.JSONField(default=list)
    vat_evidence = models.JSONField(null=True)
    exemptions = models.JSONField(default=list)
    tax_key = models.TextField()
    words_id = models.UUIDField()
    saved_on = models.DateField()

    class Meta:
        db_table = "billing_profiles"
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "customer_id", "id"], name="billing_profiles_of_customer"),
        ]


class Contact(models.Model):
    """A person to write to, with the notices that this person wants."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    customer_id = models.UUIDField()
    name = models.TextField()
    email = models.TextField(default="")
    phone = models.TextField(default="")
    language = models.CharField(max_length=2)
    role = models.TextField()
    notices = ArrayField(models.TextField())

    class Meta:
        db_table = "contacts"
        indexes = [models.Index(fields=["seller_id", "customer_id"], name="contacts_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["owner", "accounting", "technical", "other"]),
                name="contacts_role_known",
            ),
        ]


class Location(models.Model):
    """A place of a customer's: a store, a kitchen, a salon."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    customer_id = models.UUIDField()
    name = models.TextField()
    reference = models.TextField(null=True)
    address = models.TextField(default="")
    region = models.TextField(default="")
    locality = models.TextField(default="")
    active_from = models.DateField()
    active_to = models.DateField(null=True)

    class Meta:
        db_table = "locations"
        indexes = [models.Index(fields=["seller_id", "customer_id"], name="locations_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_to__gt=F("active_from")),
                name="locations_days_ordered",
            ),
        ]


class Sponsorship(models.Model):
    """Who pays for whom, and since when: `payer_id` pays for `customer_id` on the days `[from_on, to_on)`."""

    pk = models.CompositePrimaryKey("seller_id", "customer_id", "from_on")
    seller_id = models.SmallIntegerField()
    customer_id = models.UUIDField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    payer_id = models.UUIDField()

    class Meta:
        db_table = "sponsorships"
        indexes = [models.Index(fields=["seller_id", "payer_id"], name="sponsorships_of_payer")]
        constraints = [
            models.UniqueConstraint(
                fields=["seller_id", "customer_id"],
                name="sponsorships_one_open",
                condition=Q(to_on__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="sponsorships_days_ordered"
            ),
            models.CheckConstraint(condition=~Q(payer_id=F("customer_id")), name="sponsorships_not_oneself"),
        ]
