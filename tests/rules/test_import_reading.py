"""Reading a CSV file: encodings, separators, quotes, numbers, days, the mapping, and what must never come in."""

import codecs
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abono.base.kernel.refusal import Refused
from abono.domain.payments.account_numbers import Suspect, column_says, looks_like, watch_over
from abono.migration.csv.mapping import MappingError, bound, read_mapping
from abono.migration.csv.numbers import AUTO, COMMA, POINT, read_day, read_decimal
from abono.migration.csv.reading import check_header, look_at, opened

CARD = "4111111111111111"


def read(path: Path, content: bytes, *, encoding: str = "auto", separator: str = "") -> tuple[str, str, list[object]]:
    """The encoding, the separator, and header and lines as they are read."""
    file = path / "file.csv"
    file.write_bytes(content)
    source = look_at(path=file, encoding=encoding)
    with opened(source=source, separator=separator, columns=("id", "name")) as table:
        check_header(header=table.header)
        return source.encoding, table.separator, [table.header, *((one.number, *one.cells) for one in table.lines)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("cp1252", b""),
    ],
)
def test_usual_encodings_and_separators_are_found(tmp_path: Path, encoding: str, mark: bytes, separator: str) -> None:
    text = "id,name,town\r\n1,Ñandú Gmbh,Łódź\r\n".replace(",", separator)
    if encoding == "cp1252":
        text = text.replace("Łódź", "Köln")
    found = read(tmp_path, mark + text.encode(encoding))
    assert found[1:] == (separator, [("id", "name", "town"), (2, *text.split("\r\n")[1].split(separator))])


def test_a_named_encoding_is_taken(tmp_path: Path) -> None:
    assert read(tmp_path, "id,name\n1,Őrző\n".encode("cp1250"), encoding="cp1250")[2][1] == (2, "1", "Őrző")
    assert read(tmp_path, "id,name\n1,Łódź\n".encode("iso-8859-2"), encoding="iso-8859-2")[2][1] == (2, "1", "Łódź")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_the_file(tmp_path: Path, end: str) -> None:
    text = end.join(["", "id,name", '1,"two', 'lines, and a ""quote"""', "", " , ", "2,Bo", ""])
    lines = read(tmp_path, text.encode())[2]
    assert lines == [("id", "name"), (3, "1", f'two{end}lines, and a "quote"'), (7, "2", "Bo")]


def test_the_separator_that_gives_the_columns_asked_for_wins(tmp_path: Path) -> None:
    content = "id;name;a,b,c,d,e\n1;Ana;x\n"
    assert read(tmp_path, content.encode())[1] == ";"
    assert read(tmp_path, b"sep=|\nid|name\n1|Ana\n") == ("utf-8", "|", [("id", "name"), (3, "1", "Ana")])


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "csv.empty", "is empty"),
        (b"\r\n \r\n", "csv.empty", "no lines"),
        (b",,,\n", "csv.empty", "no lines"),
        (b"id,name,id\n", "csv.same_columns", "'id'"),
        (b"id,name\n1,a\n2,b\0\n", "csv.nul", "Line 3"),
        ("id,name\n1,á\n2,".encode() + b"\xe1\n", "csv.encoding", "Line 3"),
        (b"id,name\n1,\x81\n", "csv.encoding", "Line 2"),
        (codecs.BOM_UTF16_LE + b"i\0d", "csv.encoding", "Line 1"),
        (b'id,name\n1,"open\n2,b\n', "csv.quotes", "lines 2 to 3"),
        (b'id,name\n1,"a"b\n', "csv.quotes", "line 2"),
        (b'id,name\n1,"' + b"x\n" * 60_000, "csv.cell_too_long", "line 2"),
        (b"x" * 1_000_001, "csv.line_too_long", "Line 1"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused_with_the_line(
    tmp_path: Path, content: bytes, code: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, content)
    assert refused.value.code == code
    assert words in refused.value.words


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(b"id,name\n1,Ana\n")
    source = look_at(path=file, encoding="auto")
    with opened(source=source, separator="", columns=("id",)) as table:
        file.write_bytes(b"id,name\n1,Ana\n2,Bo\n")
        with pytest.raises(Refused, match="changed while"):
            list(table.lines)


# --- numbers and days


@pytest.mark.parametrize(
    ("text", "auto", "point", "comma"),
    [
        ("12", "12", "12", "12"),
        ("29.85", "29.85", "29.85", None),
        ("29,85", "29.85", None, "29.85"),
        ("1,234.56", "1234.56", "1234.56", None),
        ("1.234,56", "1234.56", None, "1234.56"),
        ("1.234", "?", "1.234", "1234"),
        ("1,234", "?", "1234", "1.234"),
        ("12.990", "?", "12.990", "12990"),
        ("1.234.567", "1234567", None, "1234567"),
        ("1,234,567", "1234567", "1234567", None),
        ("1 234,5", "1234.5", None, "1234.5"),
        ("1\u202f234,5", "1234.5", None, "1234.5"),
        ("1'234.5", "1234.5", "1234.5", None),
        ("0.125", "0.125", "0.125", None),
        ("1234.567", "1234.567", "1234.567", None),
        ("12.3456", "12.3456", "12.3456", None),
        (".5", "0.5", "0.5", None),
        ("-3.2", "-3.2", "-3.2", None),
        ("12,34,567.8", None, None, None),
        ("1.23,4", None, None, None),
        ("1,2.3", None, None, None),
        ("0,123.4", None, None, None),
        ("1e5", None, None, None),
        ("$ 12", None, None, None),
        ("NaN", None, None, None),
        ("²", None, None, None),
        ("", None, None, None),
        ("9" * 41, None, None, None),
    ],
)
def test_numbers_are_read_in_one_way_or_not_at_all(
    text: str, auto: str | None, point: str | None, comma: str | None
) -> None:
    for how, wanted in ((AUTO, auto), (POINT, point), (COMMA, comma)):
        if wanted in (None, "?"):
            with pytest.raises(Refused) as refused:
                read_decimal(text, decimal=how, what="The price")
            assert refused.value.code == ("csv.ambiguous_number" if wanted else "csv.not_a_number"), how
        else:
            assert read_decimal(text, decimal=how, what="The price") == Decimal(str(wanted)), how


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["", "dot", "comma"]))
def test_amounts_written_with_two_decimals_come_back(amount: Decimal, how: str) -> None:
    grouped = f"{amount:,.2f}"
    if how == "comma":
        grouped = grouped.translate(str.maketrans(",.", ".,"))
    text = f"{amount:.2f}" if not how else grouped
    assert read_decimal(text, decimal=AUTO, what="x") == amount


@pytest.mark.parametrize(
    ("text", "dates", "iso"),
    [
        ("2026-12-01", "YYYY-MM-DD", "2026-12-01"),
        ("1/12/2026", "DD/MM/YYYY", "2026-12-01"),
        ("12/1/2026", "MM/DD/YYYY", "2026-12-01"),
        ("2026. 12. 1.", "YYYY.MM.DD.", "2026-12-01"),
        ("01.12.2026", "DD.MM.YYYY", "2026-12-01"),
        ("2026-02-30", "YYYY-MM-DD", ""),
        ("01/12/26", "DD/MM/YYYY", ""),
        ("13/13/2026", "MM/DD/YYYY", ""),
        ("٢٠٢٦-12-01", "YYYY-MM-DD", ""),
    ],
)
def test_days_are_read_in_the_form_that_the_mapping_names(text: str, dates: str, iso: str) -> None:
    if iso:
        assert read_day(text, dates=dates, what="The start").isoformat() == iso
    else:
        with pytest.raises(Refused, match=dates):
            read_day(text, dates=dates, what="The start")


# --- the mapping

MAPPING = """
[customer]
reference = "id"
name = { text = "{first} {last}" }
country = { constant = "US" }
language = { column = "lang", default = "en", values = { "English" = "en", "Spanish" = "es" } }
"""


def test_a_field_comes_from_a_column_a_text_or_a_constant() -> None:
    mapping = read_mapping(text=MAPPING, file="m.toml")
    assert set(mapping.columns) == {"id", "first", "last", "lang"}
    places = {"id": 0, "first": 1, "last": 2, "lang": 3}
    read = {key: bound(value, places=places) for key, value in mapping.customer.items()}
    cells = (" 7 ", "Ana\r\nMaría", "", "Spanish")
    assert {key: one(cells) for key, one in read.items()} == {
        "reference": "7",
        "name": "Ana María",
        "country": "US",
        "language": "es",
    }
    assert read["language"](("", "", "", "")) == "en"
    assert read["name"](("", "", "", "")) == ""
    with pytest.raises(Refused, match="'English', 'Spanish'"):
        read["language"](("", "", "", "Klingon"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[customer", "m.toml:1: is no TOML"),
        ("[custommer]\nreference = 'id'", 'unknown section, did you mean "customer"?; allowed: [file], [customer]'),
        ("[file]\nencoding = 'ebcdic'\n", 'file.encoding: is \'ebcdic\'; allowed: "auto", "utf-8"'),
        ("[file]\nseperator = ';'\n", 'm.toml:2: file.seperator: unknown key, did you mean "separator"?'),
        ("[customer]\nreference = 'id'\nnmae = 'n'", 'm.toml:3: customer.nmae: unknown key, did you mean "name"?'),
        ("[customer]\nreference = 'id'\nname = 5", "customer.name: is 5; allowed: the name of a column"),
        ("[customer]\nreference = 'id'\nname = {}", "has 0 of column, text, constant"),
        ("[customer]\nreference = 'id'\nname = {column = 'a', colum = 'b'}", "customer.name.colum: unknown key"),
        ("[customer]\nreference = 'id'\nname = {text = 'Bo'}", "words with at least one {Column} in braces"),
        ("[customer]\nreference = {constant = 'x'}\nname = 'n'", "customer.reference: is the same on every line"),
        ("[customer]\nreference = 'id'\nemail = 'n'", "customer: name is missing"),
        ("[customer]\nreference = 'id'\n[profile]\ncity = 'c'", "customer: name is missing"),
        ("[customer]\nreference = 'id'\nname = 'n'\n[profile]\ncitty = 'c'", 'did you mean "city"?'),
        ("[customer]\nreference = 'id'\n[subscription]\nreference = 'id'", "subscription: plan is missing"),
        ("[customer]\nreference = 'id'\nname = {column = 'a', values = {a = 1}}", "customer.name.values: is no table"),
        ("", "customer: is missing"),
    ],
)
def test_a_faulty_mapping_is_told_with_line_and_what_is_allowed(text: str, words: str) -> None:
    with pytest.raises(MappingError) as refused:
        read_mapping(text=text, file="m.toml")
    assert words in refused.value.words


def test_the_layout_of_a_mapping_does_not_make_it_another() -> None:
    same = read_mapping(text=MAPPING, file="a.toml").digest
    assert read_mapping(text=f"# words\n{MAPPING}\n\n", file="b.toml").digest == same
    assert read_mapping(text=MAPPING.replace("US", "CL"), file="a.toml").digest != same


# --- card and bank numbers


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111 - 1111 - 1111 - 1111",
        "41 11 11 11 11 11 11 11",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111\u200b1111\u200b1111\u200b1111",
        "４１１１１１１１１１１１１１１１",
        "pays by VISA 4111 1111 1111 1111, exp 12/27",
        "4111111111111111.0",
        "2026-11-21 4111111111111111",
        "5500005555555559",
        "2223003122003222",
        "378282246310005",
        "3782 822463 10005",
        "30569309025904",
        "6011111111111117",
        "3530111333300000",
        "6212345678901232",
        "4222222222222",
        "6304000000000000",
        "5895627823453003",
        "HU42 1177 3016 1111 1018 0000 0000",
        "please pay to hu42117730161111101800000000 in time",
        "DE89370400440532013000",
        "ES91 2100 0418 4502 0005 1332",
        "GB29-NWBK-6016-1331-9268-19",
        "2850590940090418135201",
        "28505909 40090418135201",
        "11773016-11111018-00000000",
        "11773016-11111018",
        "117730161111101800000000",
        "021000021 123456789",
        "routing 021000021, account 12345678",
        "021000021/12345678901234567",
        "ABA: 021000021",
    ],
)
def test_card_and_bank_numbers_are_seen(text: str) -> None:
    assert looks_like(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7590-VHVEG",
        "4111111111111112",
        "1234567890123456",
        "+49 1512 3456789",
        "+5491141234567",
        "(415) 555-1234 / (415) 555-9876",
        "415-555-1234 415-555-9876",
        "2026-11-21 10:15:30.123456",
        "30/06/2026 30/09/2026",
        "20261121101530",
        "1700000000000",
        "12345678-2-41",
        "20-12345678-6",
        "76.086.428-5",
        "12-3456789",
        "123-45-6789",
        "93701-1234",
        "021000021",
        "550e8400-e29b-41d4-a716-446655440000",
        "89344000000000000009",
        "HU42 1177 3016 1111 1018 0000 0001",
        "DE12 units of article 5544332211",
        "1177301611111018",
        "St 12 Fresno California 93701",
        "456116.60",
        "1.234.567,89",
        "**** **** **** 1111",
    ],
)
def test_telephones_references_and_amounts_are_not(text: str) -> None:
    assert looks_like(text) == ""


@pytest.mark.parametrize(
    ("name", "cell", "kind"),
    [
        ("Mobile phone", "4915123456784", ""),
        ("Notes", "4222222222222", "a card number"),
        ("phone", "4222222222222", ""),
        ("phone", CARD, "a card number"),
        ("CVV", "123", "a card's security code"),
        ("visits", "123", ""),
        ("cardnum", "4111111111111112", "a card number"),
        ("Card number", "************1111", ""),
        ("Número de tarjeta", "4111111111111112", "a card number"),
        ("Cuenta bancaria", "1234567", "a bank account number"),
        ("cuentaCorriente", "00-123-45678-90", "a bank account number"),
        ("Bank account", "******7890", ""),
        ("Bankszámla", "1177301611111018", "a bank account number"),
        ("Routing number", "021000021", "a bank account number"),
        ("Routing number", "123456789", ""),
        ("Account number", "00012345", ""),
        ("Payment method", "Bank transfer (automatic)", ""),
    ],
)
def test_the_name_of_a_column_tells_what_it_holds(name: str, cell: str, kind: str) -> None:
    found = list(watch_over(header=("id", name)).suspects(("7", cell)))
    assert found == ([Suspect(1, kind)] if kind else [])


def test_an_account_beside_a_routing_number_is_a_bank_account() -> None:
    watch = watch_over(header=("Account", "ABA"))
    assert [one.place for one in watch.suspects(("00012345", "021000021"))] == [0, 1]


def test_column_names_are_read_whatever_their_spelling() -> None:
    assert "bank" in column_says(name="bankAcct")
    assert column_says(name="CARD_NUMBER") == {"card"}
    assert column_says(name="Caribbean") == frozenset()
    assert column_says(name="company") == frozenset()


@settings(max_examples=300)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["", " ", "-", "."]))
def test_a_card_is_found_among_any_words(before: str, after: str, separator: str) -> None:
    """But not where more digits or a plus sign touch it: then it is another number."""
    if (before and (before[-1].isdigit() or before[-1] in "+ .-_/·")) or (after and after[0].isdigit()):
        return
    card = separator.join(("4111", "1111", "1111", "1111"))
    watch = watch_over(header=("notes",))
    assert list(watch.suspects((f"{before}  {card}  {after}",)))
