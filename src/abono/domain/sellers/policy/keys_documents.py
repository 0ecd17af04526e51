"""The keys of a policy, first part: the seller and how its documents ask for money."""

from abono.domain.sellers.policy.kinds import COUNTRY, CURRENCY, TIME_ZONE, Choice, Listed, Whole
from abono.domain.sellers.policy.rows import Key, Same
from abono.domain.sellers.policy.vocabulary import LANGUAGE_WORDS, WORDINGS

DOCUMENT_KEYS = (
    Key(
        "seller",
        "country",
        "I",
        COUNTRY,
        "The country whose identifiers, public holidays and tax tables apply.",
        {
            "other": (
                "The seller is established in {value}, whose rules on tax, identifiers and public holidays apply.",
                "El vendedor está establecido en {value} y rigen sus normas de impuestos, identificadores y feriados.",
                "Az eladó székhelye szerinti ország: {value}; az adózásra, az azonosítókra és az "
                "ünnepnapokra "
                "ennek szabályai irányadók.",
            )
        },
        speak="country",
    ),
    Key(
        "seller",
        "currency",
        "I",
        CURRENCY,
        "The currency of prices, documents and payments.",
        {
            "other": (
                "Prices, documents and payments are in {value}.",
                "Los precios, los documentos y los pagos se expresan en {value}.",
                "Az árak, a bizonylatok és a fizetések pénzneme: {value}.",
            )
        },
        speak="currency",
    ),
    Key(
        "seller",
        "time_zone",
        "I",
        TIME_ZONE,
        "The zone by whose clock a day begins and ends.",
        {
            "other": (
                "Every date follows the clock of the time zone {value}.",
                "Todas las fechas se rigen por la hora de la zona {value}.",
                "Minden dátum az alábbi időzóna szerint értendő: {value}.",
            )
        },
        speak="code",
    ),
    Key(
        "seller",
        "languages",
        "I",
        Listed(tuple(LANGUAGE_WORDS), least=1),
        "The languages of documents and messages; the first one for customers who have not chosen.",
        {
            "one": (
                "Documents and messages are written in {first}.",
                "Los documentos y los mensajes se redactan en {first}.",
                "A bizonylatok és az üzenetek {first} készülnek.",
            ),
            "other": (
                "Documents and messages are written in {any}, as the customer chooses, and otherwise in {first}.",
                "Los documentos y los mensajes se redactan en {any}, según elija el cliente, y si no elige, "
                "en {first}.",
                "A bizonylatok és az üzenetek az ügyfél választása szerint {any} készülnek, választás "
                "hiányában {first}.",
            ),
        },
        speak="languages",
    ),
    Key(
        "documents",
        "request",
        "I",
        Choice(("none", "proforma", "charge-note", "payment-request")),
        "What asks for the money before there is an invoice.",
        {
            "none": (
                "The invoice itself asks for the payment, and nothing is sent before it.",
                "La propia factura solicita el pago y no la precede ningún otro documento.",
                "A fizetést maga a számla kéri, előtte más bizonylat nem készül.",
            ),
            "proforma": (
                "Payment is asked for with a proforma, which is not an invoice.",
                "El pago se solicita mediante una proforma, que no es una factura.",
                "A fizetést proforma számla kéri, amely nem minősül számlának.",
            ),
            "charge-note": (
                "Payment is asked for with a charge note, which is not a tax document.",
                "El pago se solicita mediante una nota de cobro, que no es un documento tributario.",
                "A fizetést fizetési értesítő kéri, amely nem adóügyi bizonylat.",
            ),
            "payment-request": (
                "Payment is asked for with a payment request, which is not an invoice.",
                "El pago se solicita mediante una solicitud de pago, que no es una factura.",
                "A fizetést díjbekérő kéri, amely nem minősül számlának.",
            ),
        },
    ),
    Key(
        "documents",
        "invoice",
        "I",
        Choice(("at-issue", "on-payment")),
        "When the invoice, the fiscal document, is issued.",
        {
            "at-issue": (
                "The invoice is issued when the payment is asked for.",
                "La factura se emite en el momento de solicitar el pago.",
                "A számla a fizetés kérésekor készül el.",
            ),
            "on-payment": (
                "The invoice is issued only once the full amount has been paid.",
                "La factura se emite únicamente cuando se ha pagado el importe completo.",
                "A számla csak a teljes összeg megfizetése után készül el.",
            ),
        },
    ),
    Key(
        "documents",
        "group",
        "I",
        Choice(("each", "same-day", "payer")),
        "Which services share a document: none, those of one customer due on the same day, or all of one payer.",
        {
            "each": (
                "Each service gets a document of its own.",
                "Cada servicio tiene su propio documento.",
                "Minden szolgáltatásról külön bizonylat készül.",
            ),
            "same-day": (
                "Each service gets a document of its own, unless several of a customer's services renew on "
                "the same day, "
                "which then share one.",
                "Cada servicio tiene su propio documento, salvo que varios del mismo cliente se renueven el "
                "mismo día, "
                "en cuyo caso comparten uno.",
                "Minden szolgáltatásról külön bizonylat készül, kivéve az ügyfél azonos napon megújuló "
                "szolgáltatásait, "
                "amelyek közös bizonylatra kerülnek.",
            ),
            "payer": (
                "All services that one payer pays for share one document per due date, also those of the "
                "payer's clients.",
                "Todos los servicios que paga un mismo pagador, también los de sus clientes, van en un solo "
                "documento "
                "por fecha de vencimiento.",
                "Az egy fizető fél által fizetett összes szolgáltatás, az ügyfeleiéit is beleértve, "
                "esedékességenként "
                "egy bizonylatra kerül.",
            ),
        },
        default="each",
    ),
    Key(
        "documents",
        "issue_days",
        "I",
        Whole(-180, 0),
        "The day of issue, in days from the renewal day, the day on which a new period begins.",
        {
            "before": (
                "Documents are issued {days} before the service renews.",
                "Los documentos se emiten {days} antes de la renovación del servicio.",
                "A bizonylatok a szolgáltatás megújulása előtt {n} nappal készülnek.",
            ),
            "zero": (
                "Documents are issued on the day the service renews.",
                "Los documentos se emiten el mismo día en que se renueva el servicio.",
                "A bizonylatok a szolgáltatás megújulásának napján készülnek.",
            ),
        },
        speak="days",
    ),
    Key(
        "documents",
        "due_days",
        "I",
        Whole(-180, 180),
        "The due date, in days from the renewal day.",
        {
            "before": (
                "Payment is due {days} before the service renews.",
                "El pago vence {days} antes de la renovación del servicio.",
                "A fizetés a szolgáltatás megújulása előtt {n} nappal esedékes.",
            ),
            "zero": (
                "Payment is due on the day the service renews.",
                "El pago vence el mismo día en que se renueva el servicio.",
                "A fizetés a szolgáltatás megújulásának napján esedékes.",
            ),
            "other": (
                "Payment is due {days} after the service renews.",
                "El pago vence {days} después de la renovación del servicio.",
                "A fizetés a szolgáltatás megújulása után {n} nappal esedékes.",
            ),
        },
        speak="days",
        default=0,
    ),
    Key(
        "documents",
        "due_days_without_method",
        "II",
        Whole(-180, 180),
        "The due date of a payer who has no usable means of payment on file, in days from the renewal day.",
        {
            "before": (
                "Without a means of payment on file, payment is due {days} before the service renews.",
                "Sin un medio de pago guardado, el pago vence {days} antes de la renovación del servicio.",
                "Elmentett fizetési mód nélkül a fizetés a megújulás előtt {n} nappal esedékes.",
            ),
            "zero": (
                "Without a means of payment on file, payment is due on the day the service renews.",
                "Sin un medio de pago guardado, el pago vence el mismo día en que se renueva el servicio.",
                "Elmentett fizetési mód nélkül a fizetés a megújulás napján esedékes.",
            ),
            "other": (
                "Without a means of payment on file, payment is due {days} after the service renews.",
                "Sin un medio de pago guardado, el pago vence {days} después de la renovación del servicio.",
                "Elmentett fizetési mód nélkül a fizetés a megújulás után {n} nappal esedékes.",
            ),
        },
        speak="days",
        default=Same("due_days"),
    ),
    Key(
        "documents",
        "min_days_to_pay",
        "I",
        Whole(0, 90),
        "The least number of days between issue and due date; a later issue moves the due date.",
        {
            "zero": (
                "No minimum time to pay is promised from the day of issue.",
                "No se garantiza un plazo mínimo de pago desde la emisión.",
                "A kiállítástól számítva nincs garantált legrövidebb fizetési határidő.",
            ),
            "other": (
                "From the day of issue there are always at least {days} to pay.",
                "Desde la emisión siempre hay al menos {days} para pagar.",
                "A kiállítástól a fizetésre mindig legalább {n} nap áll rendelkezésre.",
            ),
        },
        speak="days",
        default=0,
    ),
    Key(
        "documents",
        "notes",
        "I",
        Listed(tuple(WORDINGS), ordered=False),
        "The fixed legal wordings, at most one for each kind of document that is issued.",
        {
            "zero": (
                "Documents carry no fixed legal wording.",
                "Los documentos no llevan ningún texto legal fijo.",
                "A bizonylatokon nincs állandó jogi szöveg.",
            ),
            "other": (
                "Documents carry the fixed legal wording of the {all}.",
                "Los documentos llevan el texto legal fijo de: {all}.",
                "A bizonylatokon a következő állandó jogi szövegek szerepelnek: {all}.",
            ),
        },
        speak="wordings",
        default=(),
    ),
    Key(
        "documents",
        "use_credit",
        "I",
        Choice(("at-issue", "never")),
        "Whether a customer's credit pays for new documents by itself.",
        {
            "at-issue": (
                "A customer's credit is used when the next document is issued.",
                "El saldo a favor del cliente se aplica al emitir el siguiente documento.",
                "Az ügyfél javára fennálló egyenleg a következő bizonylat kiállításakor felhasználásra kerül.",
            ),
            "never": (
                "A customer's credit is never used without being asked to.",
                "El saldo a favor del cliente nunca se aplica sin que él lo pida.",
                "Az ügyfél javára fennálló egyenleg kérés nélkül soha nem kerül felhasználásra.",
            ),
        },
        default="at-issue",
    ),
    Key(
        "documents",
        "index_day",
        "I",
        Choice(("issue", "due")),
        "Which day's value an index-priced line uses; the value is frozen on the document.",
        {
            "issue": (
                "Prices tied to an index use its value on the day of issue.",
                "Los precios reajustables usan el valor del índice en el día de emisión.",
                "Az indexhez kötött árakat az index kiállításkori értéke határozza meg.",
            ),
            "due": (
                "Prices tied to an index use its value on the due date.",
                "Los precios reajustables usan el valor del índice en el día de vencimiento.",
                "Az indexhez kötött árakat az index esedékességkori értéke határozza meg.",
            ),
        },
        default="issue",
    ),
    Key(
        "documents",
        "tax_rounding",
        "I",
        Choice(("document", "line")),
        "Whether tax is rounded once per rate on the document's net total, or on each line.",
        {
            "document": (
                "Tax is worked out once for each rate, on the document's net total.",
                "El impuesto se calcula una sola vez por tasa, sobre el total neto del documento.",
                "Az adót adókulcsonként egyszer, a bizonylat nettó végösszegéből kell kiszámítani.",
            ),
            "line": (
                "Tax is worked out and rounded line by line.",
                "El impuesto se calcula y se redondea línea por línea.",
                "Az adót soronként kell kiszámítani és kerekíteni.",
            ),
        },
        default="document",
    ),
)
