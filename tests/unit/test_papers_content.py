"""What reports, forms, test sheets and job sheets say: everything they were given, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from competency.documents.fonts import HiddenCharacter, MissingGlyph
from competency.documents.form import CRITERIA_MAXIMUM, blank_form
from competency.documents.form_schema import FormChoice, FormCriterion, FormUnit, Indicator
from competency.documents.job_schema import JobGroup, JobItem, JobSection, Reading
from competency.documents.job_sheet import job_sheet
from competency.documents.practical_test import practical_test_sheet
from competency.documents.report import CRITERIA_MAXIMUM as REPORT_MAXIMUM
from competency.documents.report import HASH_SHOWN, appraisal_report, report_document
from competency.documents.report_schema import (
    AfterDelivery,
    EvidenceLine,
    Given,
    ReportCriterion,
    ReportUnit,
)
from competency.documents.schema import Signatory
from competency.errors import Invalid
from tests.unit.documents_facts import holder, issuer, pages_of, plain, text_of
from tests.unit.paper_facts import (
    HASH,
    LABELS,
    filled_sheet_facts,
    finding,
    form_facts,
    form_units,
    job_facts,
    judged,
    report_facts,
    report_units,
    said,
    sheet_facts,
)
from tests.unit.test_documents_hostile import HOSTILE, squeezed, watched
from tests.unit.test_documents_layout import png

MAKERS: dict[str, Callable[[str], bytes]] = {
    "report": lambda text: appraisal_report(report_facts(issuer=issuer(employer=text))),
    "form": lambda text: blank_form(form_facts(framework_title=text)),
    "sheet": lambda text: practical_test_sheet(sheet_facts(unit_title=text)),
    "job": lambda text: job_sheet(job_facts(title=said(text))),
}


def test_the_same_facts_give_the_same_bytes_and_others_do_not() -> None:
    for make in MAKERS.values():
        assert make("Uno") == make("Uno")
        assert make("Uno") != make("Dos")


@pytest.mark.parametrize("name", MAKERS)
def test_what_the_fonts_lack_is_refused_before_a_byte_exists(name: str) -> None:
    for wrong, error in (("会議", MissingGlyph), ("a\u202eb", HiddenCharacter)):
        with pytest.raises(error):
            MAKERS[name](wrong)
    assert "Щукин Ñandú" in text_of(MAKERS[name]("Щукин Ñandú"))


def test_a_logo_stands_on_every_paper() -> None:
    speaking = issuer(logo=png())
    for content in (
        appraisal_report(report_facts(issuer=speaking)),
        blank_form(form_facts(issuer=speaking)),
        practical_test_sheet(sheet_facts(issuer=speaking)),
        job_sheet(job_facts(issuer=speaking)),
    ):
        assert b"/Image" in content


def test_every_page_says_what_it_is_and_where_it_stands() -> None:
    for content, running in (
        (appraisal_report(report_facts(5, 20)), "Informe de evaluación · Ana Ejemplo · ap7k2m9q4x"),
        (blank_form(form_facts(5, 20)), "Formulario de evaluación · Supervisor de oficina"),
        (job_sheet(job_facts(60)), "Карта должности · Оператор колл-центра"),
    ):
        pages = pages_of(content)
        assert len(pages) > 3
        of = {"P": "Página {} de {}", "К": "Страница {} из {}"}["К" if "Карта" in running else "P"]
        for number, page in enumerate(pages, start=1):
            assert running in plain(page)
            assert of.format(number, len(pages)) in plain(page)


@pytest.mark.parametrize(("count", "criteria"), [(1, 1), (5, 20)])
def test_a_report_says_every_criterion_with_all_that_decided_it(count: int, criteria: int) -> None:
    text = text_of(appraisal_report(report_facts(count, criteria)))
    assert text.count("Atiende al cliente de acuerdo") == count * criteria
    for unit in range(1, count + 1):
        for one in range(1, criteria + 1):
            number = f"{unit}.{one}"
            assert text.count(f"Motivo {number}: tres contactos") == 1
            assert text.count(f"Autoevaluación: Propia {number}.") == 1
            assert text.count(f"Antes {number}: un contacto") == int(one % 3 == 2)
    changed = sum(one % 3 == 2 for one in range(1, criteria + 1)) * count
    assert text.count("Cambiado en la revisión. Antes: Por debajo del primer nivel") == changed
    assert text.count("registrada por Luz Muestra") == count * sum(
        one % 3 for one in range(1, criteria + 1)
    )
    short = sum(one % 4 == 3 for one in range(1, criteria + 1)) * count
    assert text.count("Falta evidencia: se piden 3 pruebas; hasta ahora cuentan 2") == short


def test_a_report_says_what_was_measured_beside_its_criterion_and_with_its_numbers() -> None:
    unit = report_units(1, 1)[0]
    found = (finding(), finding(title="Transferencias", decision="", reason="", is_context=True))
    measured = replace(unit, criteria=(replace(unit.criteria[0], findings=found),))
    text = text_of(appraisal_report(report_facts(units=(measured,)))).replace("\u00a0", " ")
    assert text.count("84,2 % (81,0 % a 87,1 %)") == 3, "in both lines, and with its chart"
    assert text.count("Apartado: Formó a otras personas.") == 2
    assert text.count("Transferencias") == 1, "context has no chart"
    for fact in ("80,0 %", "–", "89,0 %", "7 mar", "al menos 80,0 % se alcanza"):
        assert fact in text, fact


def test_a_report_says_who_when_why_and_what_came_after() -> None:
    text = text_of(appraisal_report(report_facts()))
    for fact in (
        "Ana Ejemplo",
        "RUT 11.111.111-1",
        "Supervisor de oficina comercial, versión 1.0.0",
        "Agentes, 8 de 12 criterios",
        "Ciclo anual 2025",
        "Luz Muestra",
        "Revisora Ficticia",
        "Abierta el",
        "1 de marzo de 2025",
        "Resultado",
        "Todos se exigen: 2 de 2 alcanzados.",
        "Partes de este marco son una lectura de su fuente.",
        "9.2 Proveedores",
        "Impugnada, Ana Ejemplo, 5 de marzo de 2025 No se vio mi turno.",
        "Confirmada, Otra Revisora, 9 de marzo de 2025",
        "Firma y fecha",
        "Empresa de Prueba S.A.",
    ):
        assert fact in text, fact


def test_a_hash_is_shortened_and_what_may_not_be_known_is_left_out() -> None:
    line = EvidenceLine("Entrevista", None, date(2025, 2, 3), None, HASH)
    criterion = replace(judged("1.1", 3, with_own=False), evidence=(line,))
    unit = replace(report_units(1, 1)[0], criteria=(criterion,))
    text = text_of(appraisal_report(report_facts(units=(unit,))))
    assert f"Evidencia: Entrevista, 3 feb 2025, huella {HASH[:HASH_SHOWN]}" in text
    assert HASH[: HASH_SHOWN + 1] not in text
    assert "registrada por" not in text


def test_what_was_not_judged_is_said_and_never_a_level() -> None:
    nothing = ReportCriterion("1.1 Uno", None, ("No se valoró todavía.",))
    excused = ReportCriterion("1.2 Dos", Given("", "de licencia"), own=Given("", None))
    unit = ReportUnit("1 Unidad", None, ("Sin decidir: 1.1.",), (nothing, excused))
    text = text_of(appraisal_report(report_facts(units=(unit,), result_label=None)))
    assert text.count("Sin valorar") == 3
    assert text.count("Sin decidir") == 3, "the whole, the unit, and why"
    assert "Motivo: de licencia" in text
    assert " – " in text, "no self-assessment of the first"


def test_a_level_that_review_only_confirmed_is_not_called_changed() -> None:
    same = Given("Cumple", "visto otra vez")
    criterion = ReportCriterion("1.1 Uno", same, before_review=Given("Cumple", "visto"))
    unit = ReportUnit("1 Unidad", None, (), (criterion,))
    text = text_of(appraisal_report(report_facts(units=(unit,))))
    assert "Confirmado en la revisión." in text
    assert "Cambiado en la revisión" not in text


def test_without_self_assessments_there_is_no_column_for_them() -> None:
    units = report_units(1, 3, with_own=False)
    assert "Autoevaluación" not in text_of(appraisal_report(report_facts(units=units)))


@pytest.mark.parametrize(("count", "criteria"), [(1, 1), (5, 20)])
@pytest.mark.parametrize("described", [True, False])
def test_a_form_has_every_criterion_with_its_levels(
    count: int, criteria: int, *, described: bool
) -> None:
    units = form_units(count, criteria, described=described)
    text = text_of(blank_form(form_facts(units=units)))
    total = count * criteria
    assert text.count("normativa vigente") == total
    for unit in units:
        for criterion in unit.criteria:
            assert text.count(f"{criterion.title.split()[0]} Atiende") == 1
    assert text.count(LABELS[2]) == total
    assert text.count("Sin valorar") == total
    assert text.count("Motivo") == text.count("Evidencia") == total
    assert ("Cómo se reconoce" in text) is described
    for fact in ("ChileValora", "Traducción no oficial", "Agentes, 8 de 12 criterios", "Firmas"):
        assert fact in text


def test_a_form_that_nobody_could_print_is_refused_with_its_count() -> None:
    criterion = FormCriterion("Uno", (FormChoice("Cumple"),))
    unit = FormUnit("Unidad", 1, (criterion,) * 5000)
    with pytest.raises(Invalid, match="too long to print") as refused:
        blank_form(form_facts(units=(unit,)))
    assert refused.value.params["count"] == 5000
    most = replace(unit, criteria=(criterion,) * (CRITERIA_MAXIMUM + 1))
    with pytest.raises(Invalid, match="too long to print"):
        blank_form(form_facts(units=(most,)))


def test_a_blank_sheet_asks_for_what_a_test_needs() -> None:
    text = text_of(practical_test_sheet(sheet_facts()))
    for fact in (
        "Prova pratica in situazione",
        "1 Analisi fabbisogno",
        "Addetto alla gestione operativa, versione 1.0.0",
        "Candidato/a",
        "Data",
        "Luogo",
        "Tentativo n.",
        "Esaminatori",
        "Situazione",
        "Indicatore 3",
        "Capacità 4",
        "Dimensionamento del personale realizzato",
        "Raggiunto",
        "Non raggiunto",
        "Competente",
        "Non ancora competente",
        "Firma e data",
    ):
        assert fact in text, fact
    assert text.count("Esaminatore/trice") == 2


def test_a_filled_sheet_says_what_was_seen() -> None:
    text = text_of(practical_test_sheet(filled_sheet_facts()))
    for fact in ("Ana Ejemplo", "4 marzo 2025", "Aula uno", "Calcolare", "Completa", "Manca"):
        assert fact in text, fact
    assert text.count("Otra Examinadora") == 2, "named, and with a line to sign"
    blank = practical_test_sheet(sheet_facts())
    assert practical_test_sheet(sheet_facts(is_achieved=True)) != blank
    yes = practical_test_sheet(sheet_facts(is_competent=True))
    assert yes != practical_test_sheet(sheet_facts(is_competent=False))


def test_without_indicators_the_capabilities_themselves_are_marked() -> None:
    text = text_of(practical_test_sheet(sheet_facts(indicators=())))
    assert "Indicatori" not in text
    assert "Che cosa si è osservato" in text
    assert text.count("Capacità 4") == 1


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_job_sheet_has_every_item_once_with_its_remarks(count: int) -> None:
    text = text_of(job_sheet(job_facts(count)))
    for one in range(1, count + 1):
        assert text.count(f"Обязанность {one}. ") == 1
        assert text.count(f"Право {one}. ") == 1
    assert text.count("Телефон · Входящие") == 2 * (count // 3)
    for fact in (
        "Другие названия: Оператор",
        "Принимает обращения клиентов. Выведено",
        "Подчиняется Супервайзеру",
        "Только записаны, не применяются.",
        "Источник его не называет.",
        "Должности контакт-центра, версия 1.0.0",
        "Источник: 002.txt",
        "Только часть документа",
    ):
        assert fact in text, fact


def hostile(text: str) -> list[bytes]:
    """Return one of every paper with ``text`` in all its places."""
    given, words = Given(text, text), said(text)
    criterion = ReportCriterion(
        text,
        given,
        (text,),
        given,
        given,
        (EvidenceLine(text, text, date(2025, 1, 1), text, text),),
        (text,),
    )
    item = JobItem(words, None, (text,))
    return [
        appraisal_report(
            report_facts(
                holder=holder(name=text, position=text),
                issuer=issuer(employer=text),
                units=(ReportUnit(text, text, (text,), (criterion,)),),
                answers=(AfterDelivery(text, date(2025, 1, 1), text, text),),
                signatories=(Signatory(text, text),),
            )
        ),
        blank_form(
            form_facts(
                units=(FormUnit(text, 1, (FormCriterion(text, (FormChoice(text, text),), text),)),),
                framework_title=text,
                notices=(text,),
            )
        ),
        practical_test_sheet(
            filled_sheet_facts(
                unit_title=text,
                place=text,
                situation=text,
                examiners=(text,),
                reason=text,
                indicators=(Indicator(text, is_met=True, note=text),),
                expected_result=text,
            )
        ),
        job_sheet(
            job_facts(
                title=words,
                purpose=item,
                sections=(JobSection(text, (JobGroup(words, (item,)),)),),
                readings=(Reading(words, words),),
            )
        ),
    ]


@pytest.mark.parametrize("text", HOSTILE[::4])
def test_hostile_text_is_drawn_literally_and_reaches_for_nothing(text: str) -> None:
    hostile("warm")
    with watched() as seen:
        made = hostile(text)
    assert seen == []
    for content in made:
        assert squeezed("".join(pages_of(content))).count(squeezed(text)) >= 6


def test_a_report_of_more_criteria_than_fit_is_refused() -> None:
    unit = report_units(1, 1)[0]
    most = replace(unit, criteria=unit.criteria * (REPORT_MAXIMUM + 1))
    with pytest.raises(Invalid, match="1001 criteria is too long"):
        report_document(report_facts(units=(most,)))
