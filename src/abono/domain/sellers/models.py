"""Tables of the sellers."""

from django.db import models
from django.db.models import Q


class Seller(models.Model):
    """A business that bills with Abono: its legal identity, its brand and how it writes. One row is one tenant."""

    id = models.SmallIntegerField(primary_key=True)
    key = models.TextField(unique=True)
    name = models.TextField()
    legal_name = models.TextField()
    tax_id = models.TextField()
    tax_condition = models.TextField(default="")
    country = models.CharField(max_length=2)
    region = models.TextField(default="")
    time_zone = models.TextField()
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=2)
    address = models.JSONField(default=list)
    email = models.TextField()
    accent = models.CharField(max_length=7, default="#16181B")
    paper = models.TextField(default="a4")
    pay_url = models.TextField(default="")
    pay_to = models.TextField(default="")
    words_id = models.UUIDField(null=True)
    customers_made = models.IntegerField(default=0)
    created_on = models.DateField()

    class Meta:
        db_table = "sellers"
        constraints = [
            models.CheckConstraint(condition=Q(id__gt=0), name="sellers_id_positive"),
            models.CheckConstraint(condition=Q(paper__in=["a4", "letter"]), name="sellers_paper_known"),
        ]


class PolicyVersion(models.Model):
    """A policy as it stood from a day on. Append-only; a document keeps the version of its issue.

    `invoice_when` repeats the policy's `documents.invoice` so that a document's foreign key can carry it: that is how
    the database knows whether an invoice needs a settled request.
    """

    pk = models.CompositePrimaryKey("seller_id", "version")
    seller_id = models.SmallIntegerField()
    version = models.IntegerField()
    effective_on = models.DateField()
    invoice_when = models.TextField()
    text = models.TextField()
    fingerprint = models.TextField()
    added_at = models.DateTimeField()

    class Meta:
        db_table = "policy_versions"
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "effective_on"], name="policy_versions_one_a_day"),
            models.UniqueConstraint(fields=["seller_id", "version", "invoice_when"], name="policy_versions_when"),
            models.CheckConstraint(
                condition=Q(invoice_when__in=["at-issue", "on-payment"]), name="policy_versions_when_known"
            ),
        ]


class PartyWords(models.Model):
    """The words that name a party on paper, kept for ever. The id is made from them, so equal words are one row."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    body = models.JSONField()

    class Meta:
        db_table = "party_words"
