"""`abono notices`: what is said to customers: look at it, send it, print it, note what became of it."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from abono.base.kernel.refusal import Missing
from abono.interfaces.cli import clock
from abono.interfaces.cli.options import as_json, at_most, dated, day, most, of_seller, word
from abono.interfaces.cli.out import say, say_facts, say_json, say_table
from abono.interfaces.cli.refusals import Answered, Unreadable

if TYPE_CHECKING:
    from abono.domain.notices.channels import Post
    from abono.domain.notices.queries import MessageCard
    from abono.domain.sellers.queries import SellerCard

_STATES = ("queued", "sending", "sent", "failed", "bounced", "parked", "cancelled")
_TAIL = 12
_message = click.argument("message", type=word)


@click.group("notices")
def group() -> None:
    """Messages to customers: by e-mail, by letter, in the portal.

    A message is named by its id, or by the end of it that lists show.
    """


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@click.option("--document", type=word, help="Only those about this document.")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(_STATES), help="Only in this state; may be repeated."
)
@at_most
@as_json
def list_(
    *,
    seller: "SellerCard",
    customer: str | None,
    document: str | None,
    states: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """List messages, the latest first, and how many there are in each state.

    \b
    Examples:
      abono notices list --seller shop --customer C-00042
      abono notices list --seller shop --state failed --state parked --state bounced
    """
    from abono.domain.customers.queries import find_customer
    from abono.domain.invoicing.queries import find_document
    from abono.domain.notices.queries import counts_by_state, messages

    found = messages(
        seller_id=seller.id,
        customer_id=find_customer(seller_id=seller.id, asked=customer).id if customer else None,
        document_id=find_document(seller_id=seller.id, asked=document).id if document else None,
        states=states,
        limit=most(limit),
    )
    shown = found[: limit or None]
    if as_json:
        say_json({"messages": [_facts(one) for one in shown], "more": len(found) > len(shown)})
        return
    say_table(
        ("message", "made", "kind", "by", "to", "state", "left", "subject"),
        [
            (
                str(one.id)[-_TAIL:],
                one.made_on,
                one.kind,
                one.channel,
                one.recipient,
                one.state,
                one.left_on,
                one.subject,
            )
            for one in shown
        ],
    )
    if len(found) > len(shown):
        say(f"and more; --limit 0 shows all (shown: {limit})")
    if not (customer or document or states):
        counts = counts_by_state(seller_id=seller.id)
        say(", ".join(f"{count} {channel} {state}" for (channel, state), count in counts.items()))


@group.command("show")
@_message
@of_seller
@as_json
def show(*, seller: "SellerCard", message: str, as_json: bool) -> None:
    """Show a message: its words, and what became of it.

    \b
    Example:
      abono notices show 7d1f0c42a9be --seller shop
    """
    from abono.domain.notices.queries import events_of, find_message

    found = find_message(seller_id=seller.id, asked=message)
    events = events_of(seller_id=seller.id, message_id=found.id)
    if as_json:
        say_json({**_facts(found), "body": found.body, "events": [one._asdict() for one in events]})
        return
    say_facts(
        {
            "message": found.id,
            "because of": found.ref,
            "kind": found.kind,
            "to": f"{found.recipient} ({found.channel}, {found.language})",
            "state": f"{found.state}: {found.reason}" if found.reason else found.state,
            "left": found.left_at,
            "next try": found.next_try_at,
            "attached": ", ".join(one["name"] for one in found.attachments),
            "SHA-256": found.digest.hex(),
        }
    )
    for one in events:
        say(f"{one.on} {one.kind}: {one.words}")
    say(f"\n{found.subject}\n\n{found.body}")


@group.command("send")
@of_seller
@as_json
def send(*, seller: "SellerCard", as_json: bool) -> None:
    """Make the messages of what happened since the day's run, and send those whose time has come.

    They go to the mail server at ABONO_SMTP_URL (smtps://user:password@host:465, smtp+starttls://user:password@host:587,
    smtp://host:25 without a password). Without it each becomes a file in the folder ABONO_MAIL_FOLDER, else in mail/
    beside the data of the embedded server. ABONO_MAIL_FROM is the address that mails come from, where it is not the
    seller's. What did not leave is tried again after 5 and 15 minutes, 1, 4, 12 and 24 hours, for three days.

    Exit code: 0 all were handed over or refused for good, 1 the mail server or folder cannot be reached.

    \b
    Example:
      abono notices send --seller shop
    """
    from abono.domain.invoicing.paper import render_pdf
    from abono.reports.papers.document import sheet_of_document
    from abono.runs.notifying.prepare import prepare_messages
    from abono.runs.notifying.send import send_due

    now = clock.clock()
    on = now.astimezone(ZoneInfo(seller.time_zone)).date()
    prepare_messages(seller_id=seller.id, on=on, at=now)
    done = send_due(
        seller_id=seller.id,
        post=post_of(os.environ),
        papers=lambda seller_id, document_id: render_pdf(
            sheet_of_document(seller_id=seller_id, document_id=document_id)
        ),
        clock=clock.clock,
        mail_from=os.environ.get("ABONO_MAIL_FROM", ""),
    )
    counts = {
        "left": done.left,
        "to be tried again": done.again,
        "given up": done.failed,
        "bounced": done.bounced,
        "set aside": done.parked,
        "cancelled": done.cancelled,
    }
    if as_json:
        say_json({**{name.replace(" ", "_"): count for name, count in counts.items()}, "closed": done.closed})
    else:
        say(", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing is due")
        if done.closed:
            say(f"the post cannot be reached: {done.closed}")
    if done.closed:
        raise Answered


@group.command("letters")
@of_seller
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--again", "again_on", type=day, help="The batch of this day once more.")
def letters(*, seller: "SellerCard", out: Path, again_on: date | None) -> None:
    """Write all letters that were not printed yet into one PDF, and note them as sent.

    The address stands where the window of an envelope is; a letter's document follows on its own pages.

    \b
    Examples:
      abono notices letters --seller shop --out letters.pdf
      abono notices letters --seller shop --out letters.pdf --again 2026-03-02
    """
    from abono.domain.notices.queries import letters_of_day
    from abono.reports.papers.letters import letter_batch
    from abono.runs.notifying.post_office import letters_printed, take_letters

    at = clock.clock()
    today = clock.today(seller=seller)
    found = letters_of_day(seller_id=seller.id, on=again_on) if again_on else take_letters(seller_id=seller.id, at=at)
    if not found:
        raise Missing("notices.no_letters", f"No letter was printed on {again_on}." if again_on else "No letter waits.")
    pdf = letter_batch(seller_id=seller.id, letters=found, on=again_on or today)
    try:
        out.write_bytes(pdf)
    except OSError as error:
        raise Unreadable(f"{out}: cannot be written: {error.strerror}.") from None
    if not again_on:
        letters_printed(seller_id=seller.id, letters=found, batch=out.name, at=at)
    say(f"{len(found)} letter{'' if len(found) == 1 else 's'} in {out}")


@group.command("bounced")
@_message
@of_seller
@dated
@click.option("--reason", required=True, type=word, help="What the other side said.")
def bounced(*, seller: "SellerCard", message: str, on: date, at: datetime, reason: str) -> None:
    """Note that a message came back. It no longer counts as having left: no service is stopped on its account.

    \b
    Example:
      abono notices bounced 7d1f0c42a9be --seller shop --reason "mailbox does not exist"
    """
    from abono.domain.notices.actions import record_bounced
    from abono.domain.notices.queries import find_message

    found = find_message(seller_id=seller.id, asked=message)
    record_bounced(seller_id=seller.id, message_id=found.id, words=reason, on=on, at=at)
    say(f"the message to {found.recipient} bounced")


@group.command("received")
@_message
@of_seller
@dated
@click.option("--words", required=True, type=word, help="How one knows that the recipient has it.")
def received(*, seller: "SellerCard", message: str, on: date, at: datetime, words: str) -> None:
    """Note a proof that the recipient has a message.

    \b
    Example:
      abono notices received 7d1f0c42a9be --seller shop --words "return receipt of registered letter RR1234"
    """
    from abono.domain.notices.actions import note_received
    from abono.domain.notices.queries import find_message

    found = find_message(seller_id=seller.id, asked=message)
    note_received(seller_id=seller.id, message_id=found.id, words=words, on=on, at=at)
    say(f"noted: {found.recipient} has the message")


@group.command("again")
@_message
@of_seller
@dated
@click.option("--reason", type=word, default="put right", show_default=True, help="Why it may work now.")
@click.option("--to", "address", type=word, help="Another e-mail address; the message goes there instead.")
def again(*, seller: "SellerCard", message: str, on: date, at: datetime, reason: str, address: str | None) -> None:
    """Try a message again that failed, bounced or was set aside; to another address, if the old one was wrong.

    \b
    Examples:
      abono notices again 7d1f0c42a9be --seller shop
      abono notices again 7d1f0c42a9be --seller shop --to accounts@new.example
    """
    from abono.domain.notices.actions import queue_again, send_elsewhere
    from abono.domain.notices.queries import find_message

    found = find_message(seller_id=seller.id, asked=message)
    if address:
        send_elsewhere(seller_id=seller.id, message_id=found.id, address=address, words=reason, on=on, at=at)
    else:
        queue_again(seller_id=seller.id, message_id=found.id, words=reason, on=on, at=at)
    say(f"it goes to {address or found.recipient} with the next abono notices send")


def post_of(environ: "os._Environ[str] | dict[str, str]") -> "Post":
    """The post that the environment names: a mail server, else a folder."""
    from abono.base.store.server import data_folder
    from abono.domain.notices.channels.folder import FolderPost
    from abono.domain.notices.channels.smtp import SmtpPost, smtp_address

    if environ.get("ABONO_SMTP_URL"):
        return SmtpPost(smtp_address(environ["ABONO_SMTP_URL"]))
    folder = environ.get("ABONO_MAIL_FOLDER")
    return FolderPost(Path(folder) if folder else data_folder(environ=environ).parent / "mail")


def _facts(one: "MessageCard") -> dict[str, Any]:
    return {
        "id": one.id,
        "ref": one.ref,
        "kind": one.kind,
        "channel": one.channel,
        "recipient": one.recipient,
        "customer_id": one.customer_id,
        "document_id": one.document_id,
        "language": one.language,
        "subject": one.subject,
        "state": one.state,
        "reason": one.reason,
        "attempts": one.attempts,
        "made_on": one.made_on,
        "leaves_at": one.leaves_at,
        "left_on": one.left_on,
        "left_at": one.left_at,
        "next_try_at": one.next_try_at,
        "attachments": one.attachments,
        "sha256": one.digest.hex(),
    }
