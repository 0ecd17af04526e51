"""The keys of a policy, second part: periods, profiles, means of payment, partners and runs."""

from abono.domain.sellers.policy.kinds import Choice, Flag, Lengths, Listed, Whole
from abono.domain.sellers.policy.rows import Key
from abono.domain.sellers.policy.vocabulary import FIELDS

CYCLE_KEYS = (
    Key(
        "cycle",
        "sold",
        "I",
        Lengths(least=1, ordered=False),
        "The periods a service can be taken for.",
        {
            "other": (
                "Services are sold for {any} at a time.",
                "Los servicios se contratan por períodos de {any}.",
                "A szolgáltatások a következő időszakokra rendelhetők: {any}.",
            )
        },
        speak="lengths",
    ),
    Key(
        "cycle",
        "anchor",
        "I",
        Choice(("service", "first-of-month", "programme")),
        "The day on which periods turn; a day that a month lacks is its last day, and comes back the month after.",
        {
            "service": (
                "Each service renews on a day of its own, counted from its start.",
                "Cada servicio se renueva en su propio día, contado desde su inicio.",
                "Minden szolgáltatás a saját, az indulásától számított fordulónapján újul meg.",
            ),
            "first-of-month": (
                "Services renew on the first day of a month.",
                "Los servicios se renuevan el primer día del mes.",
                "A szolgáltatások a hónap első napján újulnak meg.",
            ),
            "programme": (
                "Services renew on the day of the month on which the partner's programme began.",
                "Los servicios se renuevan el día del mes en que comenzó el programa del socio.",
                "A szolgáltatások a hónapnak azon a napján újulnak meg, amelyen a partner programja indult.",
            ),
        },
        default="service",
    ),
    Key(
        "cycle",
        "end_day",
        "I",
        Choice(("exclusive", "inclusive")),
        "Whether the end date named in an order is the first day without service or the last day with it.",
        {
            "exclusive": (
                "A service with an end date runs until the day before it.",
                "Un servicio con fecha de término funciona hasta el día anterior a ella.",
                "A záró dátummal rendelt szolgáltatás a záró dátum előtti napig tart.",
            ),
            "inclusive": (
                "A service with an end date still runs on that day.",
                "Un servicio con fecha de término funciona también ese día.",
                "A záró dátummal rendelt szolgáltatás a záró napon még jár.",
            ),
        },
        default="exclusive",
    ),
    Key(
        "cycle",
        "activate",
        "I",
        Choice(("on-payment", "at-once")),
        "When a new service starts.",
        {
            "on-payment": (
                "A new service starts when its first document is paid.",
                "Un servicio nuevo comienza cuando se paga su primer documento.",
                "Az új szolgáltatás az első bizonylat kifizetésekor indul.",
            ),
            "at-once": (
                "A new service starts at once, without waiting for its payment.",
                "Un servicio nuevo comienza de inmediato, sin esperar el pago.",
                "Az új szolgáltatás azonnal indul, a fizetésre nem vár.",
            ),
        },
        default="on-payment",
    ),
    Key(
        "cycle",
        "change",
        "I",
        Choice(("at-once", "renewal")),
        "When a change of plan or quantity takes effect if the order does not say.",
        {
            "at-once": (
                "Unless asked otherwise, a change of plan or quantity takes effect at once and is prorated.",
                "Salvo que se pida otra cosa, un cambio de plan o de cantidad rige de inmediato y se prorratea.",
                "Eltérő kérés hiányában a csomag vagy a mennyiség módosítása azonnal, időarányosan érvényesül.",
            ),
            "renewal": (
                "Unless asked otherwise, a change of plan or quantity takes effect at the next renewal.",
                "Salvo que se pida otra cosa, un cambio de plan o de cantidad rige desde la próxima renovación.",
                "Eltérő kérés hiányában a csomag vagy a mennyiség módosítása a következő megújuláskor érvényesül.",
            ),
        },
        default="at-once",
    ),
    Key(
        "cycle",
        "cancel",
        "I",
        Choice(("at-once", "period-end")),
        "When a cancellation takes effect if it does not say.",
        {
            "at-once": (
                "Unless asked otherwise, a cancelled service ends at once.",
                "Salvo que se pida otra cosa, un servicio cancelado termina de inmediato.",
                "Eltérő kérés hiányában a lemondott szolgáltatás azonnal megszűnik.",
            ),
            "period-end": (
                "Unless asked otherwise, a cancelled service ends with the period already billed.",
                "Salvo que se pida otra cosa, un servicio cancelado termina al final del período ya cobrado.",
                "Eltérő kérés hiányában a lemondott szolgáltatás a már felszámított időszak végén szűnik meg.",
            ),
        },
        default="period-end",
    ),
    Key(
        "cycle",
        "refund",
        "I",
        Choice(("prorated", "none")),
        "What becomes of the paid days of a service that ends within its period.",
        {
            "prorated": (
                "When a service ends within a paid period, the days left are credited.",
                "Si un servicio termina dentro de un período pagado, se acreditan los días restantes.",
                "Ha egy szolgáltatás kifizetett időszak közben szűnik meg, a hátralévő napok ára jóváírásra kerül.",
            ),
            "none": (
                "When a service ends within a paid period, the days left are not given back.",
                "Si un servicio termina dentro de un período pagado, no se devuelven los días restantes.",
                "Ha egy szolgáltatás kifizetett időszak közben szűnik meg, a hátralévő napok ára nem jár vissza.",
            ),
        },
        default="prorated",
    ),
    Key(
        "profile",
        "requires",
        "I",
        Listed(tuple(FIELDS), own=True, ordered=False),
        "What a billing profile must contain, in valid form, before an invoice can be made out to it.",
        {
            "zero": (
                "An invoice can be made out without any detail of the customer.",
                "La factura puede emitirse sin ningún dato del cliente.",
                "A számla az ügyfél adatai nélkül is kiállítható.",
            ),
            "other": (
                "An invoice needs these details of the customer: {all}.",
                "La factura exige estos datos del cliente: {all}.",
                "A számlához az ügyfél következő adatai szükségesek: {all}.",
            ),
        },
        speak="fields",
        default=("legal_name",),
    ),
    Key(
        "profile",
        "when_incomplete",
        "I",
        Choice(("wait", "refuse")),
        "What happens while the profile is incomplete: the invoice waits, or nothing new can be ordered either.",
        {
            "wait": (
                "While a required detail is missing, only the invoice waits, and it is tried again when the "
                "profile is "
                "saved and every day.",
                "Mientras falte un dato obligatorio solo espera la factura, que se reintenta al guardar el "
                "perfil y "
                "cada día.",
                "Amíg kötelező adat hiányzik, csak a számla várakozik, és az adatok mentésekor, valamint "
                "naponta újra "
                "sorra kerül.",
            ),
            "refuse": (
                "While a required detail is missing, the invoice waits and nothing new can be ordered.",
                "Mientras falte un dato obligatorio, la factura espera y no se puede contratar nada nuevo.",
                "Amíg kötelező adat hiányzik, a számla várakozik, és új szolgáltatás nem rendelhető.",
            ),
        },
        default="wait",
    ),
    Key(
        "means.*",
        "settles",
        "I",
        Choice(("at-once", "when-cleared", "when-matched", "when-reported")),
        "When a payment by this means counts as money.",
        {
            "at-once": (
                "A payment {means} counts as soon as it is accepted.",
                "Un pago {means} vale desde que se acepta.",
                "{Means} a befizetés az elfogadásakor teljesítettnek számít.",
            ),
            "when-cleared": (
                "A payment {means} counts when the bank has cleared it.",
                "Un pago {means} vale cuando el banco lo ha compensado.",
                "{Means} a befizetés a banki elszámolásakor számít teljesítettnek.",
            ),
            "when-matched": (
                "A payment {means} counts when it is found on the seller's bank statement.",
                "Un pago {means} vale cuando se encuentra en el extracto bancario del vendedor.",
                "{Means} a befizetés akkor számít teljesítettnek, amikor az eladó bankkivonatán megtalálható.",
            ),
            "when-reported": (
                "A payment {means} counts as soon as it is reported.",
                "Un pago {means} vale desde que se informa.",
                "{Means} a befizetés a bejelentésekor teljesítettnek számít.",
            ),
        },
        speak="means",
    ),
    Key(
        "means.*",
        "fee_bp",
        "I",
        Whole(0, 1000),
        "A fee on top, in basis points (300 = 3 %), asked only where and as far as the dated law tables allow it.",
        {
            "zero": (
                "A payment {means} costs no fee.",
                "Un pago {means} no tiene recargo.",
                "{Means} külön díj nincs.",
            ),
            "other": (
                "A payment {means} costs a fee of {percent}, as far as the law allows it.",
                "Un pago {means} tiene un recargo del {percent}, en la medida en que la ley lo permita.",
                "{Means} a jogszabályok által megengedett mértékig {percent} kezelési díj fizetendő.",
            ),
        },
        speak="means",
        default=0,
    ),
    Key(
        "means.*",
        "saved",
        "II",
        Flag(),
        "Whether it can be kept on file and is then charged on the due date.",
        {
            "true": (
                "The details for a payment {means} can be kept on file and are then charged on the due date.",
                "Los datos para un pago {means} pueden guardarse y entonces se cobra el día del vencimiento.",
                "{Means} az adatok elmenthetők, és a terhelés ekkor az esedékesség napján történik.",
            ),
            "false": (
                "The details for a payment {means} are not kept on file.",
                "Los datos para un pago {means} no se guardan.",
                "{Means} az adatok nem kerülnek elmentésre.",
            ),
        },
        speak="means",
        default=False,
    ),
    Key(
        "partner",
        "count",
        "I",
        Choice(("at-issue", "at-renewal")),
        "The day on which a counted quantity, such as a partner's active locations, is counted.",
        {
            "at-issue": (
                "Active locations are counted on the day of issue.",
                "Las sucursales activas se cuentan el día de la emisión.",
                "Az aktív helyszínek számbavétele a kiállítás napján történik.",
            ),
            "at-renewal": (
                "Active locations are counted as they will stand on the renewal day.",
                "Las sucursales activas se cuentan según estarán el día de la renovación.",
                "Az aktív helyszínek számbavétele a megújulás napján várható állapot szerint történik.",
            ),
        },
        default="at-issue",
    ),
    Key(
        "partner",
        "true_up",
        "I",
        Choice(("days", "none")),
        "Whether joins and leaves of the period before are settled on the next document.",
        {
            "days": (
                "Locations that join or leave within a period are settled by days on the next document.",
                "Las sucursales que entran o salen durante un período se liquidan por días en el documento siguiente.",
                "Az időszak közben csatlakozó vagy távozó helyszínek napokra számolva, a következő "
                "bizonylaton "
                "kerülnek elszámolásra.",
            ),
            "none": (
                "Locations that join or leave within a period change the amount only from the next period on.",
                "Las sucursales que entran o salen durante un período solo cambian el importe desde el "
                "período "
                "siguiente.",
                "Az időszak közben csatlakozó vagy távozó helyszínek csak a következő időszaktól "
                "változtatják az összeget.",
            ),
        },
        default="days",
    ),
    Key(
        "partner",
        "annex",
        "I",
        Flag(),
        "Whether an annex names every location with its days and its share of the amount.",
        {
            "true": (
                "An annex names every location with its days and its amount.",
                "Un anexo detalla cada sucursal con sus días y su importe.",
                "Melléklet sorolja fel az összes helyszínt, napjaikkal és összegükkel együtt.",
            ),
            "false": (
                "Locations are not listed in an annex.",
                "Las sucursales no se detallan en un anexo.",
                "A helyszínekről nem készül melléklet.",
            ),
        },
        default=False,
    ),
    Key(
        "runs",
        "catch_up_days",
        "I",
        Whole(0, 60),
        "How many missed days the daily run makes up without being confirmed by a person.",
        {
            "zero": (
                "A missed day is made up only after a person has confirmed it.",
                "Un día omitido se recupera solo después de que una persona lo confirme.",
                "A kimaradt nap pótlása csak emberi jóváhagyás után történik meg.",
            ),
            "other": (
                "At most {days} that were missed are made up without a person's confirmation.",
                "Como máximo {days} de atraso se recuperan sin que una persona lo confirme.",
                "Emberi jóváhagyás nélkül legfeljebb {n} kimaradt nap pótolható.",
            ),
        },
        speak="days",
        default=7,
    ),
    Key(
        "runs",
        "hold_total_percent",
        "I",
        Whole(1, 1000),
        "How far, in per cent, a run's total may differ from the same subscriptions' last amounts before it is held.",
        {
            "other": (
                "A run whose total differs by more than {percent} from the last one is held until a person "
                "confirms it.",
                "Una facturación cuyo total difiera en más del {percent} de la anterior queda retenida hasta "
                "que una "
                "persona la confirme.",
                "Ha egy számlázás végösszegének az előzőtől való eltérése több mint {percent}, a számlázás "
                "emberi jóváhagyásig várakozik.",
            )
        },
        speak="percent",
        default=30,
    ),
)
