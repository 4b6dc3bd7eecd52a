"""Every table of the system, for migrations and for whoever walks the metadata."""

from __future__ import annotations

from competency.assessments import application_models as applications
from competency.assessments import approval_models as approvals
from competency.assessments import calibration_models as calibrations
from competency.assessments import certification_models as certifications
from competency.assessments import evidence_models as evidence
from competency.assessments import finding_models as findings
from competency.assessments import models as assessments
from competency.assessments import opening_level_models as opening_levels
from competency.assessments import reassessment_models as reassessments
from competency.assessments import reminder_models as reminders
from competency.assessments import written_models as written
from competency.audit import models as audit
from competency.credentials import models as credentials
from competency.database.base import Base
from competency.frameworks import models as frameworks
from competency.kpis import models as kpis
from competency.mail import models as mail
from competency.observations import models as observations
from competency.people import models as people
from competency.privacy import models as privacy
from competency.progression import models as progression

MODULES = (
    applications,
    approvals,
    assessments,
    audit,
    calibrations,
    certifications,
    credentials,
    evidence,
    findings,
    frameworks,
    kpis,
    mail,
    observations,
    opening_levels,
    people,
    privacy,
    progression,
    reminders,
    reassessments,
    written,
)

metadata = Base.metadata
