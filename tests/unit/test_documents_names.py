"""Names are printed as they are, or the document is refused: never altered."""

from __future__ import annotations

import unicodedata
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from competency.documents.attestation import attestation
from competency.documents.fonts import (
    COVERED,
    REGULAR,
    SEMIBOLD,
    HiddenCharacter,
    MissingGlyph,
    prepared,
)
from competency.documents.plan import development_plan
from competency.documents.text import broken, shortened
from competency.errors import Invalid
from tests.unit.documents_facts import attestation_facts, holder, plain, plan_facts, text_of

NAMES = [
    "Ana Ejemplo",
    "José Núñez Prueba",
    "María Ángeles Muñoz Íñiguez",
    "Núria Güell i Puigdollers",
    "Begoña Peñafiel Ñandú",
    "João Gonçalves Conceição",
    "Zoë Brontë Example",
    "François L'Hôpital",
    "Élodie d’Exemple",
    "Siân O'Higgins",
    "Bernardo O’Higgins Prueba",
    "D'Angelo Dell'Esempio",
    "Niccolò Però Città",
    "Mattia Prova Così",
    "Åsa Bjørnsdóttir Æbelø",
    "Jürgen Größe Weiß",
    "Łukasz Wałęsa Przykład",
    "Žofia Čapková Ďurišová",
    "Šárka Řeháková Ťuková",
    "Đorđe Ćirić",
    "Ștefan Țărău Întâi",
    "Şükrü İlkay Ağaoğlu",
    "Ilze Bērziņa Ķīsis",
    "Ąžuolas Ęžerėlis",
    "Győző Űrhajós",
    "Nguyễn Thị Ví Dụ",
    "Trần Đức Mẫu",
    "Мария Примерова",
    "Пётр Ёлкин Образцов",
    "Юлия Щукина-Йодова",
    "Ольга Съёмкина Эъыь",
    "Олексій Її Ґалаґан Є",
    "Ђорђе Љубић Њ Ћ Џ",
    "Әлия Қазақ Өмір Ұлы Үй Һ Ің",
    "ООО «Ромашка» Примеров",
    "R&D Prueba",
    "Smith & Sons",
    "O<Brien",
    "<b>Ana</b> Ejemplo",
    "Ana <i>Ejemplo",
    "&amp; Ejemplo &lt;x&gt;",
    "Ana &nbsp; Ejemplo",
    "100% Prueba %s %(name)s",
    "{name} {0} Ejemplo",
    "Back\\slash \\n Prueba",
    "Ana (la mayor) Ejemplo",
    "Ana )( Ejemplo",
    'Ana "la Prueba" Ejemplo',
    "Ana “la Prueba” Ejemplo",
    "Jean-Luc Ejemplo-Prueba",
    "Ana–María Ejemplo — Prueba",
    "Ana. Ejemplo, Jr.",
    "X Æ 12 Ejemplo",
    "A",
    "Ó",
    "Ana María de los Ángeles Fernández de Córdoba y Álvarez de Toledo Ejemplo Prueba",
    " ".join(["Maximiliano"] * 25),
    "Ana Ejemplo / Prueba @ Sede #1",
    "Kamehameha ʻOkina Kahanamoku",
    "Ana\u00a0Ejemplo y\u202fPrueba",
]


def nfc(text: str) -> str:
    return plain(unicodedata.normalize("NFC", text))


def test_there_are_sixty_different_names() -> None:
    assert len(set(NAMES)) == 60


@pytest.mark.parametrize("name", NAMES)
def test_a_name_reads_back_from_both_documents_as_it_is_stored(name: str) -> None:
    person = holder(name=name)
    assert nfc(name) in text_of(attestation(attestation_facts(holder=person)))
    assert nfc(name) in text_of(development_plan(plan_facts(holder=person)))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_in_the_title_of_the_file(name: str) -> None:
    content = attestation(attestation_facts(holder=holder(name=name)))
    information = PdfReader(BytesIO(content)).metadata
    assert information is not None
    assert nfc(name) in plain(information.title or "")


def test_a_name_that_is_one_endless_word_is_broken_and_complete() -> None:
    name = "Nombreinterminable" * 12
    text = text_of(attestation(attestation_facts(holder=holder(name=name))))
    assert name in text.replace(" ", "")


def test_a_decomposed_name_is_composed() -> None:
    name = unicodedata.normalize("NFD", "José Núñez Ёлкин Йодов")
    content = attestation(attestation_facts(holder=holder(name=name)))
    assert "José Núñez Ёлкин Йодов" in text_of(content)


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("张伟", "张 (U+5F20), 伟 (U+4F1F)"),
        ("Ana 🙂 Ejemplo", "🙂 (U+1F642)"),
        ("محمد", "م (U+0645)"),
        ("דוד", "ד (U+05D3)"),
        ("Ana\u20ddEjemplo", "U+20DD"),
        ("Ж\u0301анна Примерова", "U+0301"),
        ("Ana \ud800 Ejemplo", "U+D800"),
    ],
)
def test_a_missing_glyph_is_an_error_that_names_it(name: str, missing: str) -> None:
    with pytest.raises(MissingGlyph) as refusal:
        attestation(attestation_facts(holder=holder(name=name)))
    assert isinstance(refusal.value, Invalid)
    assert missing in str(refusal.value)
    with pytest.raises(MissingGlyph):
        development_plan(plan_facts(holder=holder(name=name)))


@pytest.mark.parametrize("code", ["\u202e", "\u202a", "\u2066", "\u2069", "\x00", "\x1b", "\x7f"])
def test_a_code_that_reorders_or_controls_is_refused(code: str) -> None:
    with pytest.raises(HiddenCharacter, match=f"U\\+{ord(code):04X}"):
        attestation(attestation_facts(holder=holder(name=f"Ana {code}Ejemplo")))


@pytest.mark.parametrize(
    "hint", ["\xad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e"]
)
def test_a_hint_without_a_mark_on_paper_is_dropped(hint: str) -> None:
    assert prepared(f"Ana{hint} Ejemplo") == "Ana Ejemplo"


def test_every_line_break_is_one_and_every_odd_space_a_space() -> None:
    assert prepared("a\r\nb\rc\x0bd\u2028e") == "a\nb\nc\nd\ne"
    assert prepared("a\tb\u2003c") == "a b c"


WORDS = st.text(alphabet=sorted(COVERED), max_size=200)


@settings(max_examples=200)
@given(text=WORDS, width=st.floats(20, 500), size=st.floats(6, 30))
def test_lines_fit_and_lose_nothing(text: str, width: float, size: float) -> None:
    ready = prepared(text)
    lines = broken(ready, REGULAR, size, width)
    for line in lines:
        assert len(line) == 1 or REGULAR.width(line, size) <= width + 0.01
    assert "".join(lines).replace(" ", "") == ready.replace("\n", "").replace(" ", "")


@given(text=WORDS, width=st.floats(40, 300))
def test_a_shortened_text_fits(text: str, width: float) -> None:
    assert SEMIBOLD.width(shortened(prepared(text), SEMIBOLD, 8, width), 8) <= width + 0.01


@settings(max_examples=300)
@given(st.text(max_size=40))
def test_any_text_is_either_drawable_or_refused(text: str) -> None:
    try:
        ready = prepared(text)
    except (MissingGlyph, HiddenCharacter) as refusal:
        assert str(refusal).isprintable()  # noqa: PT017 - both ways are right, each is checked
    else:
        assert COVERED.issuperset(ready)
        assert prepared(ready) == ready
