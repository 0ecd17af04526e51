"""The keys of a policy, third part: what happens around the due date, and what makes it good again."""

from abono.domain.sellers.policy.kinds import Choice, Flag, Lengths, Listed, Name, Steps, Whole
from abono.domain.sellers.policy.rows import Key
from abono.domain.sellers.policy.vocabulary import CHANNELS, NEEDS

CALENDAR_KEYS = (
    Key(
        "calendar",
        "steps",
        "II",
        Steps(30),
        "What happens around a document's due date, in order.",
        {
            "zero": (
                "Nothing happens by itself before or after the due date.",
                "Nada ocurre por sí solo antes ni después del vencimiento.",
                "Az esedékesség előtt és után magától semmi nem történik.",
            ),
            "issue": (
                "{When}, the document is issued and reaches the customer {by}.",
                "{When}, el documento se emite y llega al cliente {by}.",
                "{When} a bizonylat elkészül, és {by} eljut az ügyfélhez.",
            ),
            "remind": (
                "{When}, {message} goes out {by}.",
                "{When}, se envía {message} {by}.",
                "{When} az ügyfél {by} megkapja {message}.",
            ),
            "suspend.document": (
                "{When}, the services on an unpaid document are suspended, and the customer is told {by}{with}.",
                "{When}, se suspenden los servicios del documento impago y se avisa al cliente {by}{with}.",
                "{When} a kifizetetlen bizonylaton szereplő szolgáltatások felfüggesztésre kerülnek, "
                "és erről az ügyfél {by} értesül{with}.",
            ),
            "suspend.debtor": (
                "{When}, all services that the debtor pays for are suspended and work in progress is frozen, "
                "and the customer is told {by}{with}.",
                "{When}, se suspenden todos los servicios que paga el deudor, se congelan los trabajos en "
                "curso y se avisa al cliente {by}{with}.",
                "{When} az adós által fizetett összes szolgáltatás felfüggesztésre kerül, a folyamatban "
                "lévő munkák leállnak, és erről az ügyfél {by} értesül{with}.",
            ),
            "terminate.document": (
                "{When}, the services on an unpaid document are terminated, and the customer is told {by}{with}.",
                "{When}, se dan de baja los servicios del documento impago y se avisa al cliente {by}{with}.",
                "{When} a kifizetetlen bizonylaton szereplő szolgáltatások megszűnnek, és erről az ügyfél "
                "{by} értesül{with}.",
            ),
        },
        speak="step",
        default=(),
    ),
)

# The parts of one step. They have no sentence of their own: the step is the sentence.
STEP_KEYS = (
    Key(
        "calendar.steps",
        "day",
        "II",
        Whole(-180, 730),
        "Days from the due date, negative before it.",
        default=None,
    ),
    Key(
        "calendar.steps",
        "business_day",
        "II",
        Whole(-60, 90, zero=False),
        "Working days of the seller's country from the due date; instead of `day`.",
        default=None,
    ),
    Key("calendar.steps", "do", "II", Choice(("issue", "remind", "suspend", "terminate")), "What happens."),
    Key(
        "calendar.steps",
        "scope",
        "II",
        Choice(("document", "debtor")),
        "Which services a suspension stops: those on the document, or all that the debtor pays for.",
        default="document",
    ),
    Key(
        "calendar.steps",
        "text",
        "II",
        Name(),
        "The name of the message. A reminder needs one; a suspension or termination may have its own.",
        default=None,
    ),
    Key(
        "calendar.steps",
        "by",
        "II",
        Listed(tuple(CHANNELS), least=1, ordered=False),
        "How the message reaches the customer.",
        default=("email", "portal"),
    ),
)

COLLECTION_KEYS = (
    Key(
        "suspension",
        "needs",
        "II",
        Listed(tuple(NEEDS), ordered=False),
        "What must hold before a service is stopped; the first two always must.",
        {
            "other": (
                "A service is stopped only if {all}.",
                "Un servicio solo se detiene si {all}.",
                "Szolgáltatás csak akkor állítható le, ha {all}.",
            )
        },
        speak="needs",
        default=tuple(NEEDS),
    ),
    Key(
        "suspension",
        "max_hold_days",
        "II",
        Whole(1, 30),
        "How long an accepted payment that is still pending holds the calendar.",
        {
            "other": (
                "An accepted payment that is still pending holds the calendar for at most {days}.",
                "Un pago aceptado aún en curso detiene el calendario por un máximo de {days}.",
                "Az elfogadott, de még folyamatban lévő fizetés legfeljebb {n} napig tartja vissza a lépéseket.",
            )
        },
        speak="days",
        default=5,
    ),
    Key(
        "suspension",
        "access",
        "II",
        Choice(("none", "read-only")),
        "What is left of a suspended service.",
        {
            "none": (
                "A suspended service cannot be used.",
                "Un servicio suspendido no se puede usar.",
                "A felfüggesztett szolgáltatás nem használható.",
            ),
            "read-only": (
                "A suspended service can be looked at but not changed.",
                "Un servicio suspendido se puede consultar, pero no modificar.",
                "A felfüggesztett szolgáltatás megtekinthető, de nem módosítható.",
            ),
        },
        default="none",
    ),
    Key(
        "suspension",
        "bill_while_suspended",
        "II",
        Flag(),
        "Whether new documents are issued for a suspended service.",
        {
            "false": (
                "Nothing is billed for a suspended service, and what was skipped is billed when it is restored.",
                "Un servicio suspendido no se cobra, y lo omitido se cobra cuando se restablece.",
                "A felfüggesztés alatt új bizonylat nem készül, a kimaradtak a visszaállításkor készülnek el.",
            ),
            "true": (
                "A suspended service goes on being billed.",
                "Un servicio suspendido se sigue cobrando.",
                "A felfüggesztett szolgáltatásról továbbra is készül bizonylat.",
            ),
        },
        default=False,
    ),
    Key(
        "suspension",
        "on_unpaid_partner",
        "II",
        Choice(("suspend-clients", "partner-only")),
        "Who loses service when a partner that pays for its clients does not pay.",
        {
            "suspend-clients": (
                "When a partner does not pay, the services of its clients stop too.",
                "Si un socio no paga, también se detienen los servicios de sus clientes.",
                "Ha egy partner nem fizet, az ügyfeleinek szolgáltatásai is leállnak.",
            ),
            "partner-only": (
                "When a partner does not pay, only the partner's own services stop.",
                "Si un socio no paga, solo se detienen sus propios servicios.",
                "Ha egy partner nem fizet, csak a saját szolgáltatásai állnak le.",
            ),
        },
        default="suspend-clients",
    ),
    Key(
        "objection",
        "within_days",
        "II",
        Whole(0, 90),
        "After how many days from proven receipt silence is recorded as no objection; 0 never.",
        {
            "zero": (
                "Silence is never taken as consent.",
                "El silencio nunca se toma como aceptación.",
                "A hallgatás soha nem számít elfogadásnak.",
            ),
            "other": (
                "A document counts as not objected to when {days} have passed since its proven receipt.",
                "Un documento se tiene por no objetado cuando pasan {days} desde su recepción comprobada.",
                "A bizonylat az igazolt kézhezvételtől számított {n} nap elteltével nem kifogásoltnak számít.",
            ),
        },
        speak="days",
        default=0,
    ),
    Key(
        "arrangement",
        "max_days",
        "II",
        Whole(0, 90),
        "By how many days a customer may put off a payment without asking anybody; 0: not at all.",
        {
            "zero": (
                "A customer cannot put off a payment alone.",
                "El cliente no puede postergar un pago por su cuenta.",
                "Az ügyfél önállóan nem kérhet halasztást.",
            ),
            "other": (
                "A customer may put off a payment alone by at most {days}.",
                "El cliente puede postergar un pago por su cuenta un máximo de {days}.",
                "Az ügyfél önállóan legfeljebb {n} nap halasztást kérhet.",
            ),
        },
        speak="days",
        default=0,
    ),
    Key(
        "arrangement",
        "per_year",
        "II",
        Whole(0, 12),
        "How many times a year a customer may do so.",
        {
            "zero": (
                "No postponement is granted within a year.",
                "No se concede ninguna postergación en el año.",
                "Egy éven belül halasztás nem adható.",
            ),
            "other": (
                "A postponement is granted at most {times} a year.",
                "Se concede una postergación como máximo {times} al año.",
                "Halasztás egy éven belül legfeljebb {n} alkalommal adható.",
            ),
        },
        speak="days",
        default=0,
    ),
    Key(
        "restoration",
        "longer_period",
        "II",
        Lengths(),
        "The ladder of periods, shortest first; a restored service climbs one rung. At most six months.",
        {
            "zero": (
                "No longer period is foreseen after a restoration.",
                "Tras un restablecimiento no se prevé un período más largo.",
                "Visszaállítás után hosszabb időszak nincs előirányozva.",
            ),
            "other": (
                "After a restoration the next longer period is taken from this ladder: {all}.",
                "Tras un restablecimiento corresponde el siguiente período de esta escala: {all}.",
                "Visszaállítás után az alábbi sor következő, hosszabb időszaka jön szóba: {all}.",
            ),
        },
        speak="lengths",
        default=(),
    ),
    Key(
        "restoration",
        "longer_period_mode",
        "II",
        Choice(("off", "offer", "automatic")),
        "Whether the longer period is left alone, offered with its amounts, or applied.",
        {
            "off": (
                "After a restoration the period stays as it was.",
                "Tras un restablecimiento el período queda como estaba.",
                "Visszaállítás után az időszak hossza nem változik.",
            ),
            "offer": (
                "The longer period is offered with its amounts, and the customer decides.",
                "El período más largo se ofrece con sus importes y decide el cliente.",
                "A hosszabb időszak ajánlatként, az összegekkel együtt jelenik meg, és az ügyfél dönt.",
            ),
            "automatic": (
                "The longer period applies by itself from the first period not yet asked for.",
                "El período más largo se aplica por sí solo desde el primer período aún no cobrado.",
                "A hosszabb időszak az első még fel nem számított időszaktól magától érvényesül.",
            ),
        },
        default="off",
    ),
    Key(
        "recovery",
        "within_days",
        "II",
        Whole(0, 365),
        "For how many days after termination a service can be brought back from its backup; 0: not at all.",
        {
            "zero": (
                "A terminated service cannot be recovered.",
                "Un servicio dado de baja no se puede recuperar.",
                "A megszűnt szolgáltatás nem állítható helyre.",
            ),
            "other": (
                "A terminated service can be recovered from its backup within {days} of its termination.",
                "Un servicio dado de baja se puede recuperar desde su respaldo hasta {days} después de la baja.",
                "A szolgáltatás a megszűnéstől számított {n} napon belül a biztonsági mentésből helyreállítható.",
            ),
        },
        speak="days",
        default=0,
    ),
    Key(
        "recovery",
        "fee_minor",
        "II",
        Whole(0, 10**12),
        "What recovery costs, in minor units of the seller's currency, before tax.",
        {
            "zero": (
                "No fee is asked for a recovery.",
                "La recuperación no tiene costo.",
                "A helyreállításért díj nem fizetendő.",
            ),
            "other": (
                "Recovery costs {money} before tax.",
                "La recuperación cuesta {money} antes de impuestos.",
                "A helyreállítás nettó díja: {money}.",
            ),
        },
        speak="money",
        default=0,
    ),
)
