"""Tables of the notices."""

from django.db import models
from django.db.models import Q

from abono.base.kernel.moves import moves

# `sending` is a lease: who took the message has until `next_try_at` to say what became of it. A message that left may
# still bounce; one that gave up (`failed`), was set aside (`parked`) or bounced may be queued again by a person.
STATES = moves(
    queued="sending sent cancelled",
    sending="queued sent failed bounced parked cancelled",
    sent="bounced",
    failed="queued cancelled",
    bounced="queued",
    parked="queued cancelled",
    cancelled="",
)
CHANNELS = ("email", "letter", "portal")
EVENTS = ("sent", "tried", "failed", "bounced", "parked", "cancelled", "renewed", "queued", "received")
# What would end a line, or a text, where a mail header or an envelope expects it to go on.
CONTROLS = r"[\u0001-\u001f\u007f]"
# The same in a text of several lines.
CONTROLS_BUT_NEWLINE = r"[\u0001-\u0009\u000b-\u001f\u007f]"


class Message(models.Model):
    """One message to one recipient by one channel. It exists once: (ref, channel, recipient).

    `ref` says what caused it: `step:<document>:<round>:<step>`, `issued:<document>`, `restored:<subscription>:<move>`.
    `round_no` and `step_no` name the calendar step that it is the notice of, to the debtor itself. `recipient` is an
    e-mail address, a name on an envelope, or the customer's number in the portal. `contact_id` is the person chosen,
    None for the customer itself; people may be removed later. `words_id` are the frozen words of a letter's address.
    `digest` is SHA-256 of what it says and to whom (see `notices/digest.py`). `speaks_on` is the day that its words
    count from. `left_on` is that of the seller's zone. `next_try_at` is the next try, or the end of the lease.
    `attachments` lists `{document, name, digest}`.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    ref = models.TextField()
    kind = models.TextField()
    channel = models.TextField()
    recipient = models.TextField()
    customer_id = models.UUIDField()
    document_id = models.UUIDField(null=True)
    subscription_id = models.UUIDField(null=True)
    round_no = models.SmallIntegerField(null=True)
    step_no = models.SmallIntegerField(null=True)
    contact_id = models.UUIDField(null=True)
    words_id = models.UUIDField(null=True)
    language = models.CharField(max_length=2)
    subject = models.TextField()
    body = models.TextField()
    attachments = models.JSONField(default=list)
    digest = models.BinaryField()
    speaks_on = models.DateField()
    made_on = models.DateField()
    made_at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    state = models.TextField()
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    left_on = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    class Meta:
        db_table = "messages"
        indexes = [
            models.Index(
                fields=["seller_id", "channel", "next_try_at"],
                name="messages_to_send",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["seller_id", "document_id"], name="messages_of_document"),
            models.Index(fields=["seller_id", "customer_id", "made_on"], name="messages_of_customer"),
            models.Index(fields=["seller_id", "left_on"], name="messages_left_on"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller_id", "ref", "channel", "recipient"], name="messages_once"),
            models.CheckConstraint(condition=Q(state__in=STATES.states), name="messages_state_known"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="messages_channel_known"),
            models.CheckConstraint(
                condition=~Q(subject__regex=CONTROLS) & ~Q(recipient__regex=CONTROLS) & ~Q(ref__regex=CONTROLS),
                name="messages_one_line",
            ),
            models.CheckConstraint(condition=~Q(body__regex=CONTROLS_BUT_NEWLINE), name="messages_plain_text"),
            models.CheckConstraint(condition=~Q(recipient="") & ~Q(subject=""), name="messages_addressed"),
            models.CheckConstraint(condition=Q(attempts__gte=0), name="messages_attempts_counted"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, left_at__isnull=True)
                | Q(left_on__isnull=False, left_at__isnull=False),
                name="messages_left_day_and_time",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", left_at__isnull=False)
                | Q(state="bounced")
                | (~Q(state__in=["sent", "bounced"]) & Q(left_at__isnull=True)),
                name="messages_sent_have_left",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "sending"]) | Q(next_try_at__isnull=False),
                name="messages_waiting_have_a_time",
            ),
            models.CheckConstraint(
                condition=Q(round_no__isnull=True, step_no__isnull=True)
                | Q(round_no__isnull=False, step_no__isnull=False, document_id__isnull=False),
                name="messages_step_of_document",
            ),
        ]


class MessageEvent(models.Model):
    """What became of a message, append-only: each try, that it left, bounced, was set aside, or was received.

    `words` is what the other side answered, or what a person noted. `data` holds the rest, such as the SHA-256 of each
    file that went with it.
    """

    pk = models.CompositePrimaryKey("seller_id", "id")
    seller_id = models.SmallIntegerField()
    id = models.UUIDField()
    message_id = models.UUIDField()
    kind = models.TextField()
    on_date = models.DateField()
    at = models.DateTimeField()
    words = models.TextField(default="")
    data = models.JSONField(null=True)

    class Meta:
        db_table = "message_events"
        indexes = [models.Index(fields=["seller_id", "message_id"], name="message_events_of_message")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=EVENTS), name="message_events_known")]


class NoticeDay(models.Model):
    """The latest day that notices were prepared for; what came before it is looked at no more."""

    seller_id = models.SmallIntegerField(primary_key=True)
    on_date = models.DateField()

    class Meta:
        db_table = "notice_days"
