"""Invented documents of five kinds of seller, for the tests of the paper and for the eye."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from abono.domain.invoicing.paper import (
    Annex,
    AnnexRow,
    Brand,
    Deduction,
    Fact,
    Line,
    Mark,
    Paid,
    Party,
    Reference,
    Sheet,
    Slip,
    Statement,
    StatementEntry,
    Tax,
)

FERRYBEE = Brand("Ferrybee", "#FFC21A")
ANDARIVEL = Brand("Andarivel Hosting", "#2347C5")
CALADO = Brand("Calado", "#00E5A8")
LARKSPUR = Brand("Larkspur Point of Sale", "#D9480F")
HAJNAL = Brand("Hajnal Foglalás", "#8A1C4A")


def us_invoice() -> Sheet:
    """A franchise owner's invoice for three products in two stores, letter size, with sales tax."""
    period = {"period_from": date(2026, 12, 1), "period_to": date(2027, 1, 1)}
    return Sheet(
        kind="invoice",
        language="en",
        currency="USD",
        paper="letter",
        brand=LARKSPUR,
        number="2026-001184",
        issued_on=date(2026, 11, 11),
        due_on=date(2026, 12, 1),
        summary="2 stores, December 1 to 31, 2026",
        issuer_line="Larkspur Systems LLC, EIN 00-1234567, 400 Harbor Street, Austin, TX 78701",
        parties=(
            Party("customer", "Two Rivers Burgers LLC", ("91 Cedar Lane", "Waco, TX 76701", "ap@tworivers.example")),
            Party(
                "seller", "Larkspur Systems LLC", ("400 Harbor Street", "Austin, TX 78701", "billing@larkspur.example")
            ),
        ),
        lines=(
            Line("Register", 19800, quantity=2, unit_price=Decimal("99"), detail="Waco Center, Waco North", **period),
            Line("Kitchen display", 5800, quantity=2, unit_price=Decimal("29"), **period),
            Line("Loyalty", 4512, quantity=1504, unit_price=Decimal("0.03"), detail="Members on November 1"),
        ),
        quantity_heading="Count",
        taxes=(Tax("Texas sales tax 6.25%", 1505, 24090), Tax("City of Waco 2%", 482, 24090)),
        net_minor=30112,
        gross_minor=32099,
        deductions=(Deduction("Your credit", 5000),),
        due_minor=27099,
        notes=(
            "No payment method is on file, so this invoice is paid by check or by an e-check on the page below.",
            "Access to the products ends on December 16, 2026 if the invoice is still open then.",
        ),
        slip=Slip("https://pay.larkspur.example/d/001184", "LK-2026-001184", "Larkspur Systems LLC"),
    )


def cl_charge_note() -> Sheet:
    """A Chilean charge note in pesos, which is not a tax document."""
    return Sheet(
        kind="request",
        request_kind="charge-note",
        language="es",
        currency="CLP",
        paper="letter",
        brand=ANDARIVEL,
        number="NC-20931",
        issued_on=date(2026, 11, 23),
        due_on=date(2026, 12, 3),
        summary="Alojamiento y dominio, del 3 de diciembre de 2026 al 2 de diciembre de 2027",
        issuer_line="Andarivel SpA, RUT 76.543.210-3, Servicios informáticos, Av. Los Robles 1200, Providencia",
        parties=(
            Party(
                "customer",
                "Viña Peñascal Limitada",
                ("RUT 77.120.450-8", "Giro: Elaboración de vinos", "Camino Real 455, Ñuñoa", "Santiago"),
            ),
            Party("seller", "Andarivel SpA", ("RUT 76.543.210-3", "Av. Los Robles 1200, Providencia", "Santiago")),
        ),
        lines=(
            Line(
                "Plan Cordillera",
                35000,
                detail="vinapenascal.example",
                period_from=date(2026, 12, 3),
                period_to=date(2027, 12, 3),
            ),
            Line("Certificado SSL", 7000, period_from=date(2026, 12, 3), period_to=date(2027, 12, 3)),
        ),
        taxes=(Tax("IVA 19 %", 7980),),
        net_minor=42000,
        gross_minor=49980,
        due_minor=49980,
        notes=(
            "Esta nota de cobro no es un documento tributario. La factura electrónica se emite al registrar tu pago.",
        ),
        slip=Slip(
            "https://pagar.andarivel.example/NC-20931",
            "NC-20931",
            "Andarivel SpA",
            ("Banco Ejemplo, cuenta corriente 000-12345-07",),
        ),
    )


def cl_invoice() -> Sheet:
    """The fiscal invoice that the payment of the charge note issues."""
    return replace(
        cl_charge_note(),
        kind="invoice",
        title="Factura electrónica",
        number="1042",
        issued_on=date(2026, 12, 1),
        due_on=None,
        references=(Reference("made_from", "Nota de cobro", "NC-20931", date(2026, 11, 23)),),
        facts=(Fact("Condición de venta", "Contado"),),
        paid=Paid("Visa terminada en 4412", date(2026, 12, 1)),
        due_minor=0,
        notes=(),
        slip=None,
        brand=replace(
            ANDARIVEL,
            logo_svg=(
                '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">'
                '<circle cx="32" cy="32" r="30" fill="#2347C5"/><path d="M14 44 L32 16 L50 44 Z" fill="#fff"/></svg>'
            ),
        ),
    )


def ar_proforma() -> Sheet:
    """An Argentine proforma: letter X, legend, two services that renew on one day."""
    period = {"period_from": date(2026, 12, 6), "period_to": date(2027, 1, 6)}
    return Sheet(
        kind="request",
        language="es",
        currency="ARS",
        brand=CALADO,
        number="P-2026-000042",
        issued_on=date(2026, 11, 21),
        due_on=date(2026, 12, 6),
        summary="2 servicios, del 6 de diciembre de 2026 al 5 de enero de 2027",
        issuer_line="Calado Internet S.R.L., CUIT 30-71234567-1, Responsable inscripto",
        mark=Mark("X", "DOCUMENTO NO VÁLIDO COMO FACTURA"),
        parties=(
            Party(
                "customer",
                "Ferretería El Ñandú S.A.",
                ("CUIT 30-70987654-2", "Responsable inscripto", "Bv. Oroño 1450, Rosario", "Santa Fe"),
            ),
            Party("seller", "Calado Internet S.R.L.", ("CUIT 30-71234567-1", "Av. Corrientes 3200, CABA")),
        ),
        lines=(
            Line("Servidor Delta 8", 7850000, detail="elnandu.example", **period),
            Line("Casillas de correo", 580000, quantity=Decimal(8), unit_price=Decimal("725"), **period),
        ),
        taxes=(Tax("IVA 21 %", 1770300),),
        net_minor=8430000,
        gross_minor=10200300,
        due_minor=10200300,
        notes=(
            "Si tienes algo que objetar, hazlo desde la página de este documento hasta el 1 de diciembre de 2026.",
            "Si sigue sin pago, los servicios se suspenden el 8 de diciembre de 2026.",
        ),
        slip=Slip("https://pagos.calado.example/P-2026-000042", "CAL-000042", "Calado Internet S.R.L."),
    )


def hu_request() -> Sheet:
    """A Hungarian díjbekérő in forints."""
    period = {"period_from": date(2026, 12, 1), "period_to": date(2027, 3, 1)}
    return Sheet(
        kind="request",
        language="hu",
        currency="HUF",
        brand=HAJNAL,
        number="DB-2026/000317",
        issued_on=date(2026, 11, 23),
        due_on=date(2026, 12, 1),
        summary="3 hónap, 4 munkatárs",
        issuer_line="Hajnal Foglalás Kft., adószám 12345676-2-41, 1051 Budapest, Tölgy utca 8.",
        parties=(
            Party("customer", "Tükörfény Szépségszalon Bt.", ("9021 Győr, Őrház köz 3.", "Adószám: 87654321-1-08")),
            Party("seller", "Hajnal Foglalás Kft.", ("1051 Budapest, Tölgy utca 8.", "Adószám: 12345676-2-41")),
        ),
        lines=(
            Line(
                "Foglalási rendszer", 28800, quantity=4, unit="fő", unit_price=Decimal(7200), tax_words="27 %", **period
            ),
            Line("SMS-csomag", 7200, quantity=600, unit="db", unit_price=Decimal(12), tax_words="27 %"),
        ),
        taxes=(Tax("Áfa 27 %", 9720, 36000),),
        net_minor=36000,
        gross_minor=45720,
        due_minor=45720,
        notes=("Ez a díjbekérő nem számla. A számlát a befizetés után állítjuk ki.",),
        slip=Slip(
            "https://fizetes.hajnal.example/DB-2026-000317",
            "DB-2026/000317",
            "Hajnal Foglalás Kft.",
            ("11111111-22222222-33333333",),
        ),
    )


def hu_invoice() -> Sheet:
    """The Hungarian invoice after payment, with the date of performance."""
    return replace(
        hu_request(),
        kind="invoice",
        number="HF-2026/000298",
        issued_on=date(2026, 11, 30),
        due_on=None,
        references=(Reference("made_from", "Díjbekérő", "DB-2026/000317", date(2026, 11, 23)),),
        facts=(Fact("Teljesítés napja", "2026. nov. 30."), Fact("Fizetési mód", "Bankkártya")),
        paid=Paid("Bankkártyával, 4412 végű Visa", date(2026, 11, 30)),
        due_minor=0,
        notes=(),
        slip=None,
    )


_SHOPS = (
    "Basil Court",
    "Copper Spoon",
    "Dune Street Tacos",
    "Elm & Rye",
    "Fennel House",
    "Gull & Anchor",
    "Iron Kettle",
)


_PRICES = {"Order hub": 2400, "Menu sync": 1250, "Courier desk": 2500}


def _products(index: int) -> list[str]:
    return ["Order hub"] + ["Menu sync"] * (index % 3 > 0) + ["Courier desk"] * (index % 4 == 0)


def _locations(count: int) -> tuple[AnnexRow, ...]:
    return tuple(
        AnnexRow(
            location=f"{_SHOPS[index % 7]} {index // 7 + 1}",
            client=f"Client {index % 23 + 1} LLC",
            products=", ".join(_products(index)),
            active_from=date(2026, 11, 1),
            active_to=date(2026, 12, 1),
            days=30,
            amount_minor=sum(_PRICES[name] for name in _products(index)),
        )
        for index in range(count)
    )


def partner_invoice(locations: int = 148) -> Sheet:
    """A partner's unified invoice: three lines, and an annex that names every location."""
    used = {name: sum(name in _products(index) for index in range(locations)) for name in _PRICES}
    lines = tuple(
        Line(name, n * _PRICES[name], quantity=n, unit_price=Decimal(_PRICES[name]) / 100, detail=f"{n} all month")
        for name, n in used.items()
    )
    total = sum(line.amount_minor for line in lines)
    return Sheet(
        kind="invoice",
        language="en",
        currency="USD",
        paper="letter",
        brand=FERRYBEE,
        number="2026-11-0417",
        issued_on=date(2026, 11, 16),
        due_on=date(2026, 12, 1),
        summary=f"{locations} active locations of 23 clients, November 1 to 30, 2026",
        issuer_line="Ferrybee Inc., tax ID 00-0000417",
        parties=(
            Party(
                "customer",
                "Larkrow Kitchens LLC",
                ("2207 Quarry Bend, Suite 5", "Dellwood Falls, OH 43990", "ap@larkrowkitchens.example"),
            ),
            Party("seller", "Ferrybee Inc.", ("18 Lantern Row", "Port Hadley, IL 60999", "billing@ferrybee.example")),
        ),
        lines=lines,
        quantity_heading="Locations",
        taxes=(Tax("Sales tax", 0),),
        net_minor=total,
        gross_minor=total,
        due_minor=total,
        notes=(
            "Every location, its days and its amount are listed in the annex. Paying by credit card adds a 3% card fee "
            "on the receipt; a bank account or debit card has none.",
        ),
        slip=Slip("https://pay.ferrybee.example/0417", "FB-2026-11-0417", "Ferrybee Inc."),
        annex=Annex(
            _locations(locations),
            note="A location is billed for the days it was active, in thirtieths of its monthly price.",
        ),
    )


def credit_note() -> Sheet:
    """A credit note that corrects a Chilean invoice in part."""
    return replace(
        cl_invoice(),
        kind="credit_note",
        title="Nota de crédito electrónica",
        number="88",
        issued_on=date(2026, 12, 10),
        summary="Baja del certificado SSL",
        references=(Reference("corrects", "Factura electrónica", "1042", date(2026, 12, 1)),),
        facts=(Fact("Motivo", "Corrige montos"),),
        lines=(Line("Certificado SSL", 7000, period_from=date(2026, 12, 3), period_to=date(2027, 12, 3)),),
        taxes=(Tax("IVA 19 %", 1330),),
        net_minor=7000,
        gross_minor=8330,
        paid=None,
        notes=("El monto queda a tu favor y se usa en tu próximo documento.",),
    )


def card_receipt() -> Sheet:
    """A receipt of a card payment with the fee as its own line."""
    return replace(
        partner_invoice(3),
        kind="receipt",
        number="R-000911",
        issued_on=date(2026, 11, 20),
        due_on=None,
        summary="",
        lines=(
            Line("Payment of invoice 2026-11-0417", 621450),
            Line("Card fee", 18644, detail="3% of $6,214.50, charged by Ferrybee Inc. for credit cards only"),
        ),
        lines_heading="Payment",
        quantity_heading="",
        references=(Reference("settles", "Invoice", "2026-11-0417", date(2026, 11, 16)),),
        taxes=(),
        net_minor=640094,
        gross_minor=640094,
        due_minor=0,
        paid=Paid("Visa ending in 4412", date(2026, 11, 20)),
        notes=("The card fee is returned in proportion if the payment is refunded.",),
        slip=None,
        annex=None,
    )


def sample(language: str = "en") -> Sheet:
    """What an invoice will look like; never a document."""
    return replace(
        us_invoice(), kind="sample", language=language, number=None, slip=None, deductions=(), due_minor=32099
    )


def statement() -> Sheet:
    """A statement of account over a quarter, ending with a balance to pay."""
    return Sheet(
        kind="statement",
        language="es",
        currency="ARS",
        brand=CALADO,
        issued_on=date(2026, 12, 1),
        due_on=None,
        issuer_line="Calado Internet S.R.L., CUIT 30-71234567-1",
        parties=ar_proforma().parties,
        statement=Statement(
            period_from=date(2026, 9, 1),
            period_to=date(2026, 12, 1),
            opening_minor=-1250000,
            closing_minor=10200300,
            entries=(
                StatementEntry(date(2026, 9, 6), "Factura A 0003-00001201", 8950300, charged_minor=10200300),
                StatementEntry(date(2026, 9, 9), "Pago con transferencia", 0, paid_minor=8950300, detail="CAL-000037"),
                StatementEntry(date(2026, 10, 6), "Factura A 0003-00001298", 10200300, charged_minor=10200300),
                StatementEntry(
                    date(2026, 10, 6), "Pago con tarjeta", 0, paid_minor=10200300, detail="Visa terminada en 4412"
                ),
                StatementEntry(date(2026, 11, 21), "Proforma P-2026-000042", 10200300, charged_minor=10200300),
            ),
        ),
        slip=Slip("https://pagos.calado.example/cuenta", "CAL-000042", "Calado Internet S.R.L."),
    )


def letter() -> Sheet:
    """A letter to a customer who moves over from an older system."""
    return Sheet(
        kind="letter",
        language="en",
        currency="USD",
        paper="letter",
        brand=LARKSPUR,
        title="Your new billing pages",
        issued_on=date(2026, 11, 11),
        issuer_line="Larkspur Systems LLC, EIN 00-1234567",
        parties=us_invoice().parties[:1],
        body=(
            "Your billing moves to new pages on December 1, 2026. Your products, prices and dates stay as they are.",
            "Card and bank details are not carried over. Sign in with ap@tworivers.example and enter a way to pay "
            "before November 27, 2026. Without one your invoices are paid by check.",
            "A sample of the new invoice is enclosed. It is not a bill.",
        ),
    )


def many_lines(count: int) -> Sheet:
    """One request with as many lines as asked for."""
    lines = tuple(Line(f"Service {index}", 1000 + index % 7, detail=f"host-{index}.example") for index in range(count))
    total = sum(line.amount_minor for line in lines)
    return replace(
        ar_proforma(),
        lines=lines,
        taxes=(),
        net_minor=total,
        gross_minor=total,
        due_minor=total,
        summary=f"{count} servicios",
    )


SAMPLES: dict[str, Callable[[], Sheet]] = {
    "us-invoice": us_invoice,
    "cl-charge-note": cl_charge_note,
    "cl-invoice": cl_invoice,
    "cl-credit-note": credit_note,
    "ar-proforma": ar_proforma,
    "hu-request": hu_request,
    "hu-invoice": hu_invoice,
    "us-partner-invoice": partner_invoice,
    "us-receipt": card_receipt,
    "us-sample": sample,
    "ar-statement": statement,
    "us-letter": letter,
}
