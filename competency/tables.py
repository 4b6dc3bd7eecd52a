"""Every table of the system, for migrations and for whoever walks the metadata."""

from __future__ import annotations

from competency.assessments import certification_models as certifications
from competency.assessments import models as assessments
from competency.audit import models as audit
from competency.credentials import models as credentials
from competency.database.base import Base
from competency.frameworks import models as frameworks
from competency.mail import models as mail
from competency.people import models as people
from competency.privacy import models as privacy
from competency.progression import models as progression

MODULES = (
    assessments,
    audit,
    certifications,
    credentials,
    frameworks,
    mail,
    people,
    privacy,
    progression,
)

metadata = Base.metadata
