"""Tables of the documents."""

from django.db import models
from django.db.models import F, Q

from abono.base.kernel.moves import moves

# A request reopens when its payment is returned before the invoice exists; an invoice is owed again after a return.
STATES = moves(open="settled voided", settled="open", voided="", issued="")
KINDS = ("request", "invoice", "credit_note", "receipt")
# What makes an invoice lawful: its policy lets it ask for the money itself, or its request was settled, or it replaces
# an invoice that a credit note took back.
BASES = ("asks", "settlement", "replacement")


class Series(models.Model):
    """A counter row: numbers are taken from it in blocks inside the writing transaction, never from a sequence.

    `last_no` is the end of an authorised range, when an authority gives ranges. `last_on` is the latest day of issue:
    numbers follow the calendar, nothing is backdated.
    """

    pk = models.CompositePrimaryKey("seller_id", "series")
    seller_id = models.SmallIntegerField()
    series = models.TextField()
    next_no = models.IntegerField(default=1)
    last_no = models.IntegerField(null=True)
    last_on = models.DateField(null=True)

    class Meta:
        db_table = "series"
        constraints = [
            models.CheckConstraint(condition=Q(next_no__gt=0), name="series_positive"),
            models.CheckConstraint(
                condition=Q(last_no__isnull=True) | Q(next_no__lte=F("last_no") + 1), name="series_in_range"
            ),
        ]


class Document(models.Model):
    """A request, invoice, credit note or receipt. Issued means frozen: only `state` and `open_minor` may change.

    `renewal_on` is the renewal day whose lines it groups. `taxes` lists `[code, rate_bp, base_minor, tax_minor]`.
    `extra` holds the frozen rest: language, letter, index values, treatment with its evidence, references.
    `digest` is SHA-256 over the canonical text of the document with its lines (see `invoicing/digest.py`).
    `open_minor` is what is still asked for. `invoice_when` repeats the policy's word through a foreign key.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    kind = models.TextField()
    series = models.TextField()
    number = models.IntegerField()
    customer_id = models.UUIDField()
    words_id = models.UUIDField()
    issuer_id = models.UUIDField()
    policy_version = models.IntegerField()
    invoice_when = models.TextField()
    basis = models.TextField(null=True)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    due_on = models.DateField()
    renewal_on = models.DateField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    state = models.TextField()
    taxes = models.JSONField()
    extra = models.JSONField()
    digest = models.BinaryField()
    run_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)
    settlement_id = models.UUIDField(null=True)
    corrects_id = models.UUIDField(null=True)
    replaces_id = models.UUIDField(null=True)

    class Meta:
        db_table = "documents"
        indexes = [
            models.Index(fields=["seller_id", "customer_id", "due_on"], name="documents_of_customer"),
            models.Index(fields=["seller_id", "issued_on"], name="documents_issued"),
            models.Index(
                fields=["seller_id", "due_on"], name="documents_owed", condition=Q(state="open", open_minor__gt=0)
            ),
            models.Index(
                fields=["seller_id", "corrects_id"],
                name="documents_corrections",
                condition=Q(corrects_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "series", "number"], name="documents_number_once"),
            models.UniqueConstraint(
                fields=["seller_id", "request_id"],
                name="documents_one_invoice_a_request",
                condition=Q(kind="invoice", request_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["seller_id", "replaces_id"],
                name="documents_replaced_once",
                condition=Q(replaces_id__isnull=False),
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="documents_kind_known"),
            models.CheckConstraint(condition=Q(state__in=STATES.states), name="documents_state_known"),
            models.CheckConstraint(condition=Q(number__gt=0), name="documents_number_positive"),
            models.CheckConstraint(condition=Q(gross_minor=F("net_minor") + F("tax_minor")), name="documents_add_up"),
            models.CheckConstraint(condition=Q(gross_minor__gte=0), name="documents_not_negative"),
            models.CheckConstraint(
                condition=Q(open_minor__gte=0) & Q(open_minor__lte=F("gross_minor")),
                name="documents_open_within",
            ),
            models.CheckConstraint(
                condition=~Q(state="voided") | Q(kind="request"), name="documents_only_requests_void"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="documents_due_after_issue"),
            models.CheckConstraint(
                condition=(
                    Q(kind="invoice", basis="asks", invoice_when="at-issue", settlement_id__isnull=True)
                    | Q(
                        kind="invoice",
                        basis="settlement",
                        settlement_id__isnull=False,
                        request_id__isnull=False,
                    )
                    | Q(kind="invoice", basis="replacement", replaces_id__isnull=False)
                    | (~Q(kind="invoice") & Q(basis__isnull=True))
                ),
                name="documents_no_fiscal_before_payment",
            ),
            models.CheckConstraint(
                condition=~Q(kind="credit_note") | Q(corrects_id__isnull=False),
                name="documents_credit_corrects",
            ),
        ]


class Line(models.Model):
    """One line of a document, frozen. Money is exact fraction x price, half up once."""

    pk = models.CompositePrimaryKey("seller_id", "document_id", "line_no")
    seller_id = models.SmallIntegerField()
    document_id = models.UUIDField()
    line_no = models.IntegerField()
    subscription_id = models.UUIDField(null=True)
    charge_id = models.UUIDField(null=True)
    words = models.TextField()
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    fraction = models.DecimalField(max_digits=12, decimal_places=9, null=True)
    net_minor = models.BigIntegerField()
    tax_code = models.TextField()

    class Meta:
        db_table = "lines"


class AnnexRow(models.Model):
    """One location of a unified invoice: its days and its share of a line, frozen with the document."""

    pk = models.CompositePrimaryKey("seller_id", "document_id", "row_no")
    seller_id = models.SmallIntegerField()
    document_id = models.UUIDField()
    row_no = models.IntegerField()
    line_no = models.IntegerField()
    subscription_id = models.UUIDField()
    location_id = models.UUIDField()
    location = models.TextField()
    client = models.TextField()
    product = models.TextField()
    active_from = models.DateField()
    active_to = models.DateField()
    days = models.IntegerField()
    net_minor = models.BigIntegerField()

    class Meta:
        db_table = "annex_rows"


class Settlement(models.Model):
    """A request was paid in full. Append-only: a later return changes nothing here; invoices point to it."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    request_id = models.UUIDField()
    on_date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "id", "request_id"], name="settlements_of_request"),
        ]
        indexes = [models.Index(fields=["seller_id", "request_id"], name="settlements_by_request")]


class Waiting(models.Model):
    """A paid request whose invoice waits for a complete billing profile; gone once the invoice is issued."""

    pk = models.CompositePrimaryKey("seller_id", "request_id")
    seller_id = models.SmallIntegerField()
    request_id = models.UUIDField()
    settlement_id = models.UUIDField()
    customer_id = models.UUIDField()
    since = models.DateField()
    reasons = models.JSONField()

    class Meta:
        db_table = "waiting_invoices"


class BillingRun(models.Model):
    """One call of the billing run for a day: who asked, what it wrote, whether it was held for confirmation."""

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    on_date = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.TextField()
    documents = models.IntegerField(default=0)
    gross_minor = models.BigIntegerField(default=0)
    planned_minor = models.BigIntegerField(null=True)
    before_minor = models.BigIntegerField(null=True)
    confirmed_by = models.TextField(null=True)

    class Meta:
        db_table = "billing_runs"
        indexes = [models.Index(fields=["seller_id", "on_date"], name="billing_runs_of_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "held", "confirmed", "done"]),
                name="billing_runs_state_known",
            ),
        ]


class RunDay(models.Model):
    """The latest day that billing ran for. An earlier day never writes."""

    seller_id = models.SmallIntegerField(primary_key=True)
    on_date = models.DateField()

    class Meta:
        db_table = "run_days"


class Parked(models.Model):
    """A customer whom the run could not bill, with the reason; others are billed. Freed by `abono parked free`."""

    pk = models.CompositePrimaryKey("seller_id", "customer_id")
    seller_id = models.SmallIntegerField()
    customer_id = models.UUIDField()
    code = models.TextField()
    words = models.TextField()
    since = models.DateField()

    class Meta:
        db_table = "parked"
