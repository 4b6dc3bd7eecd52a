"""Facts for the tests of reports, job sheets and papers to write on; nobody in them is real."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from competency.documents.form_schema import (
    FormChoice,
    FormCriterion,
    FormFacts,
    FormUnit,
    Indicator,
    PracticalTestFacts,
)
from competency.documents.job_schema import (
    JobFacts,
    JobGroup,
    JobItem,
    JobSection,
    Reading,
    Worded,
)
from competency.documents.report_schema import (
    AfterDelivery,
    EvidenceLine,
    Given,
    LevelFinding,
    MeasuredWeek,
    ReportCriterion,
    ReportFacts,
    ReportFinding,
    ReportUnit,
)
from competency.documents.schema import Narrowing
from tests.unit.documents_facts import SENTENCE, holder, issuer, signatories

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LABELS = ("Por debajo del primer nivel", "G · Primer nivel", "F · Segundo nivel")


def evidence(count: int) -> tuple[EvidenceLine, ...]:
    return tuple(
        EvidenceLine("Visto en el trabajo", f"Turno {one}", date(2025, 2, 3), "Luz Muestra", HASH)
        for one in range(1, count + 1)
    )


def finding(**changes: object) -> ReportFinding:
    """Return what an indicator said in ten weeks, in one of which nothing was measured."""
    weeks = tuple(
        MeasuredWeek(
            date(2025, 1, 3) + timedelta(days=7 * one), None if one == 4 else 0.8 + one / 100
        )
        for one in range(10)
    )
    base = ReportFinding(
        title="Resolución en el primer contacto",
        unit="share",
        value="84,2 %",
        between="81,0 % a 87,1 %",
        sample="43 días, dividido por 812",
        window="3 ene. a 7 mar. 2025",
        decision="Apartado:",
        reason="Formó a otras personas.",
        notes=("Compatible con G.",),
        levels=(LevelFinding(LABELS[1], "al menos 80,0 %", "se alcanza"),),
        weeks=weeks,
        low=0.81,
        high=0.871,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def judged(number: str, turn: int, *, with_own: bool = True) -> ReportCriterion:
    """Return a criterion: every third was changed in review, every fourth falls short."""
    changed, short = turn % 3 == 2, turn % 4 == 3
    return ReportCriterion(
        title=f"{number} {SENTENCE}",
        decided=Given(LABELS[turn % 3], f"Motivo {number}: tres contactos observados."),
        before_review=Given(LABELS[0], f"Antes {number}: un contacto.") if changed else None,
        own=Given(LABELS[1], f"Propia {number}.") if with_own else None,
        evidence=evidence(turn % 3),
        falls_short=("se piden 3 pruebas", "hasta ahora cuentan 2") if short else (),
    )


def report_units(count: int, criteria: int, *, with_own: bool = True) -> tuple[ReportUnit, ...]:
    return tuple(
        ReportUnit(
            f"{unit} AC{unit} Gestionar la atención de la oficina",
            "Competente" if unit % 2 else None,
            (f"Todos se exigen: {criteria} de {criteria} alcanzados.",),
            tuple(
                judged(f"{unit}.{one}", one, with_own=with_own) for one in range(1, criteria + 1)
            ),
        )
        for unit in range(1, count + 1)
    )


def report_facts(count: int = 2, criteria: int = 4, **changes: object) -> ReportFacts:
    base = ReportFacts(
        language="es",
        reference="ap7k2m9q4x",
        made_on=date(2025, 3, 14),
        issuer=issuer(),
        holder=holder(),
        framework_title="Supervisor de oficina comercial",
        framework_version="1.0.0",
        framework_language="es",
        cycle_title="Ciclo anual 2025",
        assessor="Luz Muestra",
        reviewer="Revisora Ficticia",
        days=(("Abierta el", date(2025, 2, 1)), ("Decidida el", date(2025, 3, 1))),
        result_label="Competente",
        why=("Todos se exigen: 2 de 2 alcanzados.",),
        units=report_units(count, criteria),
        answers=(
            AfterDelivery("Impugnada", date(2025, 3, 5), "Ana Ejemplo", "No se vio mi turno."),
            AfterDelivery("Confirmada", date(2025, 3, 9), "Otra Revisora", None),
        ),
        signatories=signatories(),
        notices=("Partes de este marco son una lectura de su fuente.",),
        scope=Narrowing("Agentes", 8, 12),
        left_out=("9.1 Presupuestos", "9.2 Proveedores"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def choices(*, described: bool) -> tuple[FormChoice, ...]:
    texts = (None, SENTENCE, f"{SENTENCE} {SENTENCE}") if described else (None, None, None)
    return tuple(FormChoice(label, text) for label, text in zip(LABELS, texts, strict=True))


def form_units(count: int, criteria: int, *, described: bool = True) -> tuple[FormUnit, ...]:
    return tuple(
        FormUnit(
            f"{unit} Actividad clave {unit}",
            1 + (unit % 2 == 0),
            tuple(
                FormCriterion(
                    f"{unit}.{one} {SENTENCE}", choices(described=described), "normativa vigente"
                )
                for one in range(1, criteria + 1)
            ),
        )
        for unit in range(1, count + 1)
    )


def form_facts(count: int = 2, criteria: int = 4, **changes: object) -> FormFacts:
    base = FormFacts(
        language="es",
        issuer=issuer(),
        made_on=date(2025, 1, 2),
        framework_title="Supervisor de oficina comercial",
        framework_version="1.0.0",
        framework_language="es",
        framework_source="ChileValora",
        units=form_units(count, criteria),
        notices=("Traducción no oficial",),
        scope=Narrowing("Agentes", 8, 12),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def sheet_facts(**changes: object) -> PracticalTestFacts:
    base = PracticalTestFacts(
        language="it",
        issuer=issuer(),
        made_on=date(2025, 1, 2),
        framework_title="Addetto alla gestione operativa",
        framework_version="1.0.0",
        framework_language="it",
        framework_source="Regione di Prova",
        unit_title="1 Analisi fabbisogno risorse professionali",
        indicators=tuple(Indicator(f"Indicatore {one}") for one in range(1, 4)),
        capabilities=tuple((f"1.{one}", f"Capacità {one}") for one in range(1, 5)),
        expected_result="Dimensionamento del personale realizzato",
        result_labels=("Competente", "Non ancora competente"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def filled_sheet_facts(**changes: object) -> PracticalTestFacts:
    filled = sheet_facts(
        holder=holder(),
        happened_on=date(2025, 3, 4),
        place="Aula uno",
        attempt=2,
        situation="Calcolare il personale di una settimana.",
        examiners=("Luz Muestra", "Revisora Ficticia", "Otra Examinadora"),
        is_achieved=True,
        is_competent=False,
        reason="Manca l'analisi del contratto.",
        indicators=(
            Indicator("Analisi", is_met=True, note="Completa"),
            Indicator("Contratto", is_met=False),
            Indicator("Non visto"),
        ),
    )
    return replace(filled, **changes)  # type: ignore[arg-type]


def said(text: str, language: str = "ru") -> Worded:
    return Worded(text, language)


def items(count: int, name: str) -> tuple[JobItem, ...]:
    return tuple(
        JobItem(
            said(f"{name} {one}. {SENTENCE}"),
            f"2.{one}" if one % 2 else None,
            ("Телефон", "Входящие") if one % 3 == 0 else (),
        )
        for one in range(1, count + 1)
    )


def job_facts(count: int = 5, **changes: object) -> JobFacts:
    base = JobFacts(
        language="ru",
        issuer=issuer(),
        made_on=date(2025, 1, 2),
        title=said("Оператор колл-центра"),
        also_called=(said("Оператор"),),
        purpose=JobItem(said("Принимает обращения клиентов."), remarks=("Выведено",)),
        about=(JobSection("Подчиняется", (JobGroup(None, (JobItem(said("Супервайзеру")),)),)),),
        sections=(
            JobSection("Обязанности", (JobGroup(said("Цели"), items(count, "Обязанность")),)),
            JobSection("Права", (JobGroup(None, items(count, "Право")),)),
            JobSection(
                "Законы", (JobGroup(None, items(2, "Статья")),), "Только записаны, не применяются."
            ),
        ),
        readings=(Reading(said("Назначение"), said("Источник его не называет.")),),
        file_title=said("Должности контакт-центра"),
        version="1.0.0",
        source="002.txt",
        file_language="ru",
        notices=("Только часть документа",),
    )
    return replace(base, **changes)  # type: ignore[arg-type]
