"""What the people of the demonstration wrote: reasons, evidence and plans."""

from __future__ import annotations

CONFIRMED = (
    "El área de personas leyó el documento con las jefaturas: las letras suben de izquierda a "
    "derecha en cada criterio, y el nivel de la dimensión es el más bajo de sus criterios."
)

LEVELS = (
    "222221123",  # Aurora: at the second level or above in seven of nine
    "11111111-",
    "21211211-",
    "22222222-",
    "11121112-",
    "32222232-",
    "12111011-",
    "22221122-",
    "333333333",
    "21112111-",
    "10111111-",
    "23222322-",
)
"""A digit a criterion: its level, 0 for below the first, - for not judged, with a reason."""

LEADS_NOBODY = (
    "No tiene personas a cargo ni acompaña a nuevos ingresos.",
    "Non coordina persone e non affianca i nuovi ingressi.",
)
"""In Spanish and in Italian, as the assessor writes."""

BELOW_FIRST = {
    "process-knowledge": (
        "Todavía consulta el procedimiento de reclamos en cada caso.",
        "Consulta ancora la procedura dei reclami a ogni caso.",
    ),
    "customer-focus": (
        "Atiende por orden de llegada también cuando hay un caso urgente.",
        "Segue l'ordine di arrivo anche quando un caso è urgente.",
    ),
}

AURORAS_PLAN = (
    (
        "customer-focus",
        "on_the_job",
        "Proponer cada semana una alternativa para un caso que se repite y probarla en su línea.",
        "Cuatro alternativas registradas y aplicadas",
        30,
    ),
    (
        "ambiguity",
        "coaching",
        "Revisar con el supervisor un caso sin solución clara cada quince días.",
        "Tres casos comentados, con lo que decidió y por qué",
        45,
    ),
)
"""Criterion, kind, what is done, how it shows, and in how many days."""

AURORAS_EVIDENCE = (
    "Caso de facturación duplicada",
    "Propuso un pago en dos partes mientras se anulaba el cobro; ya se ofrece en la línea.",
    ("customer-focus", "ambiguity"),
)

NOT_MET = (
    "En dos de los tres contactos escuchados no ocurrió.",
    "Lo sabe explicar, pero en la jornada observada no lo hizo.",
    "El cliente tuvo que pedirlo dos veces.",
    "No hay registro en la ficha de los casos revisados.",
)

PEERS_SAID = (
    "Lo hace también cuando hay cola.",
    "Cuando se lo piden, ayuda a quien está al lado.",
    "A veces se le olvida al final del turno.",
)

SEEN = {
    "D200": (
        "Turno de apertura",
        "Entregó el material al equipo antes de abrir y reasignó dos turnos por licencia.",
        ("ac1.cd2", "ac1.cd3", "ac1.cd4"),
    ),
    "D210": (
        "Cierre de jornada",
        "Resolvió en caja el reclamo de un cliente y dejó el registro en el informe diario.",
        ("ac3.cd2", "ac3.cd3"),
    ),
    "D220": (
        "Riunione del lunedì",
        "Ha ridistribuito i turni della settimana e spiegato al gruppo la nuova procedura.",
        ("ac1.cd3", "ac1.cd4"),
    ),
    "D230": (
        "Chiusura di cassa",
        "Ha trovato la differenza di cassa e ne ha scritto la causa nel rapporto.",
        ("ac3.cd2", "ac3.cd3"),
    ),
}
"""What was seen of each supervisor: title, text, criteria."""

SHORT = {
    "D210": {
        "ac2.cd2": "No hay registro del monitoreo de dos ejecutivos en el trimestre.",
        "ac2.cd4": "Los indicadores se informan sin análisis de sus causas.",
    },
    "D220": {
        "ac2.cd4": "Gli indicatori del mese non sono stati analizzati, solo copiati nel rapporto.",
    },
    "D230": {
        "ac1.cd5": "Due variazioni di turno non sono state comunicate al gruppo.",
    },
}
"""What each supervisor does not meet yet, and why."""

CELESTES_PLAN = (
    "ac2.cd4",
    "coaching",
    "Analizar con la jefatura los indicadores de cada semana.",
    "Cuatro informes con causas y acciones propuestas",
    60,
)

SITUATION = (
    "Sono date le curve di traffico delle ultime sei settimane della commessa Beta e le "
    "presenze previste. In novanta minuti: prevedere i volumi della settimana prossima, "
    "dimensionare il fabbisogno di personale per fascia oraria e motivare le scelte."
)

CALIBRATION_TITLE = "Alfa: antes de aprobar"
CALIBRATED = (
    "En los tres contactos escuchados en conjunto no se ve. Se ajusta como en los demás del equipo."
)

THRESHOLD_REASON = "Ejemplo inventado: acordado con la jefatura para esta demostración."
FIGURES_ASIDE = (
    "Per tre settimane ha affiancato i nuovi ingressi: i contatti difficili li prendeva lui."
)

FORM_TITLE = "Pauta de voz: atención al cliente"
SOURCE_NAME = "Monitoreos de contactos"
SOURCE_PARAMETERS = "Lo que se marca en la pauta de un contacto, con sus notas."
TELEPHONY_NAME = "Central telefónica"
TELEPHONY_PARAMETERS = (
    "Por agente y día: contactos, su duración, si bastó uno, traslados, respuestas de encuestas "
    "y minutos según lo programado. Ninguna grabación."
)
TELEPHONY_BASIS = "Ejemplo inventado: acuerdo con los representantes del personal."
BASIS = "Ejemplo inventado: reglamento interno, capítulo de calidad."
PURPOSES = "Formación y evaluación de competencias."
OBSERVED_NOTES = (
    "Se oyó en el minuto dos; conviene repasarlo juntos.",
    "Lo hizo a medias, al final de la llamada.",
    "El cliente tuvo que pedirlo dos veces.",
)
PLAN_REASON = "Acuerdo de calidad: cuatro contactos al mes"
RECORDER_NAME = "Grabadora de llamadas"
RECORDER_PARAMETERS = "La referencia de cada grabación y los segundos en espera; no el audio."
REPLIED = "De acuerdo, lo tendré presente."
DISPUTED = "El cliente cortó antes; no alcancé a hacerlo."
DISPUTE_ANSWERED = "Se escuchó de nuevo la grabación: tiene razón."
