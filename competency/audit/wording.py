"""Words for what the chain records, in the page's language; the codes never change."""

from __future__ import annotations

from flask_babel import gettext


def action_words() -> dict[str, str]:
    """Return what each action's code says."""
    return {code: words for _, group in grouped_actions() for code, words in group.items()}


def grouped_actions() -> tuple[tuple[str, dict[str, str]], ...]:
    """Return the actions by what they are about, each group with its heading."""
    return (
        (gettext("Cycles and appraisals"), _appraisals()),
        (gettext("Observations"), _observations()),
        (gettext("People and access"), _people()),
        (gettext("Organisation and frameworks"), _structure()),
        (gettext("Figures"), _figures()),
        (gettext("Measurements"), _measurements()),
        (gettext("Documents and mail"), _papers()),
    )


def _appraisals() -> dict[str, str]:
    """Return the words for cycles, appraisals, judging and evidence."""
    return {
        "cycle.opened": gettext("Cycle opened"),
        "cycle.closed": gettext("Cycle closed"),
        "cycle.people_added": gettext("People added to the cycle"),
        "cycle.reminded": gettext("Those who were late reminded"),
        "appraisal.open": gettext("Appraisal opened"),
        "appraisal.reassess_criteria": gettext("Single criteria opened to be assessed anew"),
        "appraisal.handed_over": gettext("Appraisal handed over to another assessor"),
        "appraisal.submit": gettext("Appraisal submitted"),
        "appraisal.pass": gettext("Appraisal approved without review"),
        "appraisal.take": gettext("Appraisal taken into review"),
        "appraisal.return": gettext("Appraisal returned to its assessor"),
        "appraisal.approve": gettext("Appraisal approved"),
        "approval.given": gettext("Approval given that a result waits for"),
        "appraisal.release": gettext("Result released to the employee"),
        "appraisal.acknowledge": gettext("Result seen by the employee"),
        "appraisal.lapse": gettext("Appraisal closed without an answer"),
        "appraisal.cancel": gettext("Appraisal cancelled"),
        "appraisal.contest": gettext("Result contested by the employee"),
        "appraisal.uphold": gettext("Contested result upheld"),
        "appraisal.reassess": gettext("Reassessment by a new assessor begun"),
        "appraisal.reopen": gettext("Result reopened"),
        "appraisal.suspend": gettext("Appraisal suspended"),
        "appraisal.resume": gettext("Appraisal resumed"),
        "appraisal.withdraw": gettext("Candidate withdrawn from a certification"),
        "appraisal.reminded": gettext("Reminder of an appraisal sent"),
        "self_assessment.handed_in": gettext("Self-assessment handed in"),
        "assessor.asked": gettext("Second assessor asked"),
        "assessor.handed_in": gettext("Judgement beside the assessor handed in"),
        "assessor.released": gettext("Second assessor or peer taken off"),
        "peer.proposed": gettext("Peer proposed"),
        "peer.approved": gettext("Peer asked"),
        "peer.refused": gettext("Proposed peer refused"),
        "peer.declined": gettext("Peer declined"),
        "peer.withdrawn": gettext("Proposal of a peer ended"),
        "cycle.sampled": gettext("Appraisals drawn to be scored twice"),
        "calibration.opened": gettext("Calibration session opened"),
        "calibration.adjusted": gettext("Level adjusted in a calibration session"),
        "calibration.undone": gettext("Adjustment of a calibration session taken back"),
        "calibration.closed": gettext("Calibration session closed"),
        "draft.saved": gettext("Draft judgement saved"),
        "draft.cleared": gettext("Change of the review taken back"),
        "request.ask": gettext("Assessment asked for"),
        "request.overdue": gettext("Told that a request waits for too long"),
        "request.withdraw": gettext("Request for an assessment withdrawn"),
        "request.accept": gettext("Request for an assessment accepted"),
        "request.decline": gettext("Request for an assessment declined"),
        "opening_level.imported": gettext("Levels held before imported"),
        "opening_level.removed": gettext("Imported level removed"),
        "session.planned": gettext("Test planned"),
        "session.changed": gettext("Planned test changed"),
        "session.moved": gettext("Planned session moved"),
        "session.move_asked": gettext("Another day asked for"),
        "session.kept": gettext("Wish for another day refused"),
        "session.held": gettext("Test held and recorded"),
        "session.cancelled": gettext("Test cancelled"),
        "evidence.added": gettext("Evidence added"),
        "evidence.linked": gettext("Evidence linked to criteria"),
        "evidence.unlinked": gettext("Evidence unlinked from criteria"),
        "evidence.replaced": gettext("Evidence replaced by a new version"),
        "evidence.set_aside": gettext("Evidence set aside"),
        "evidence.given_back": gettext("Evidence given back"),
        "evidence.withdrawn": gettext("Evidence withdrawn"),
        "evidence.restored": gettext("Evidence restored"),
    }


def _observations() -> dict[str, str]:
    """Return the words for observations of contacts and their forms."""
    return {
        "observation_form.made": gettext("Observation form made"),
        "observation_form.retired": gettext("Observation form retired"),
        "behaviour.mapped": gettext("Behaviour mapped to a criterion"),
        "behaviour.unmapped": gettext("Behaviour mapped to a criterion no more"),
        "observation_plan.set": gettext("Observations planned"),
        "observation_plan.ended": gettext("Plan of observations ended"),
        "contact.drawn": gettext("Contact drawn at random"),
        "contact.set_aside": gettext("Drawn contact set aside"),
        "contacts.forgotten": gettext("References of contacts deleted"),
        "observation_calibration.opened": gettext("Calibration of observations opened"),
        "observation_calibration.submitted": gettext("Sheet of a calibration handed in"),
        "observation_calibration.closed": gettext("Calibration of observations closed"),
        "observation.begun": gettext("Observation begun"),
        "observation.discarded": gettext("Draft of an observation thrown away"),
        "observation.handed_in": gettext("Observation handed in"),
        "observation.reply": gettext("Reply to an observation"),
        "observation.dispute": gettext("Observation disputed"),
        "observation.uphold": gettext("Dispute answered: the score stands"),
        "observation.change": gettext("Dispute answered: the score was changed"),
    }


def _people() -> dict[str, str]:
    """Return the words for people, their access and their data."""
    return {
        "employee.added": gettext("Person added"),
        "employee.changed": gettext("Personal data changed"),
        "employee.placed": gettext("Site or team changed"),
        "employee.position": gettext("Position changed"),
        "employee.campaign": gettext("Campaign joined"),
        "employee.campaign_ended": gettext("Campaign ended"),
        "employee.reports_to": gettext("Supervisor changed"),
        "employee.absence": gettext("Leave entered"),
        "employee.absence_removed": gettext("Leave removed"),
        "employee.left": gettext("Leaving recorded"),
        "employee.taken_back": gettext("Return recorded"),
        "account.made": gettext("Account made"),
        "account.invited": gettext("Sign-in code given"),
        "account.password_set": gettext("Password set"),
        "account.signed_in": gettext("Signed in"),
        "account.signed_out": gettext("Signed out"),
        "account.language": gettext("Language chosen"),
        "account.ended": gettext("Access ended"),
        "role.granted": gettext("Role granted"),
        "role.revoked": gettext("Role revoked"),
        "erasure.requested": gettext("Erasure requested"),
        "erasure.carried_out": gettext("Erasure carried out"),
    }


def _structure() -> dict[str, str]:
    """Return the words for the organisation and what it is divided into."""
    return {
        "organisation.applied": gettext("Structure of the organisation applied"),
        "organisation.changed": gettext("Organisation changed"),
        "employer.added": gettext("Employer added"),
        "employer.changed": gettext("Employer changed"),
        "employer.logo_set": gettext("Logo of an employer set"),
        "employer.logo_removed": gettext("Logo of an employer removed"),
        "site.added": gettext("Site added"),
        "site.changed": gettext("Site changed"),
        "site.closed": gettext("Site closed"),
        "site.reopened": gettext("Site opened again"),
        "team.added": gettext("Team added"),
        "team.changed": gettext("Team changed"),
        "team.closed": gettext("Team closed"),
        "team.reopened": gettext("Team opened again"),
        "campaign.added": gettext("Campaign added"),
        "campaign.changed": gettext("Campaign changed"),
        "campaign.closed": gettext("Campaign closed"),
        "campaign.reopened": gettext("Campaign opened again"),
        "position.added": gettext("Position added"),
        "position.changed": gettext("Position renamed"),
        "position.closed": gettext("Position closed"),
        "position.reopened": gettext("Position opened again"),
    }


def _figures() -> dict[str, str]:
    """Return the words for sources, what allows their figures, and thresholds."""
    return {
        "source.added": gettext("Source of figures added"),
        "source.changed": gettext("Source of figures changed"),
        "basis.set": gettext("Legal basis for figures about people set"),
        "basis.ended": gettext("Legal basis for figures about people ended"),
        "basis.taken_back": gettext("Legal basis for figures about people taken back"),
        "threshold.set": gettext("Threshold of an indicator set"),
        "threshold.ended": gettext("Threshold of an indicator ended"),
        "finding.accepted": gettext("Figures accepted as evidence"),
        "finding.set_aside": gettext("Figures set aside"),
    }


def _measurements() -> dict[str, str]:
    """Return the words for what operations measured, and how it comes in."""
    return {
        "measurements.imported": gettext("Measurements imported"),
        "measurements.reversed": gettext("Import of measurements reversed"),
        "measurements.expired": gettext("Measurements deleted whose time was over"),
        "measurements.aside_emptied": gettext("Rows set aside looked through and deleted"),
        "import_profile.saved": gettext("Import profile saved"),
        "source_alias.added": gettext("Person of a source named"),
        "source_alias.removed": gettext("Person of a source forgotten"),
    }


def _papers() -> dict[str, str]:
    """Return the words for plans, documents, frameworks and the installation."""
    return {
        "plan.made": gettext("Development plan made"),
        "plan.action_added": gettext("Action of the plan added"),
        "plan.action_changed": gettext("Action of the plan changed"),
        "plan.action_open": gettext("Action of the plan opened again"),
        "plan.action_done": gettext("Action of the plan done"),
        "plan.action_dropped": gettext("Action of the plan dropped"),
        "credential.decided": gettext("Attestation decided"),
        "credential.issued": gettext("Attestation issued"),
        "credential.suspended": gettext("Document suspended"),
        "credential.reinstated": gettext("Document reinstated"),
        "credential.revoked": gettext("Document revoked"),
        "credential.superseded": gettext("Document superseded"),
        "commission.appointed": gettext("Member of a commission appointed"),
        "commission.decided": gettext("Decision of a member of a commission"),
        "issuer.added": gettext("Issuer added"),
        "issuer.authorised": gettext("Authorisation of an issuer recorded"),
        "issuer.authorisation_ended": gettext("Authorisation of an issuer ended"),
        "framework.published": gettext("Framework published"),
        "framework.reading_confirmed": gettext("Reading of a framework confirmed"),
        "catalogue.published": gettext("Positions, indicators, paths or translation published"),
        "evidence.swept": gettext("Files that nothing names removed"),
        "access_log.trimmed": gettext("Access log trimmed"),
        "mail.tried_again": gettext("Mail sent again"),
        "mail.trimmed": gettext("Old messages removed"),
        "system.set_up": gettext("System set up"),
    }


def read_words(what: str) -> str:
    """Return what ``note_read`` was told was read; an identifier at its end is left out."""
    words = _reads()
    return words.get(what) or words.get(what.rpartition(" ")[0]) or what


def _reads() -> dict[str, str]:
    """Return the words for what can be read of a person, as that person is told."""
    appraisal = gettext("An appraisal of yours")
    calibration = gettext("An appraisal of yours, in a calibration session")
    result = gettext("The result of an appraisal of yours")
    session = gettext("A session of your certification")
    evidence = gettext("What was done with your evidence")
    observations = gettext("Observations of your contacts")
    return {
        "person": gettext("Your record"),
        "team": gettext("You, in the list of a team"),
        "appraisal": appraisal,
        "rounds of": appraisal,
        "state of appraisal": gettext("The state of an appraisal of yours"),
        "review of": gettext("An appraisal of yours, to review it"),
        "calibration": calibration,
        "calibration of": calibration,
        "log of calibration": calibration,
        "outcome of": result,
        "result of appraisal": result,
        "commission": gettext("An appraisal of yours, as a member of its commission"),
        "request": gettext("A request of yours for an assessment"),
        "imported levels": gettext("Levels that you held before, as imported"),
        "tests of": session,
        "session": session,
        "questions of session": session,
        "key of session": session,
        "answers of session": session,
        "evidence": gettext("Your evidence"),
        "file of evidence": gettext("A file of your evidence"),
        "record of evidence": evidence,
        "records of evidence": evidence,
        "credential": gettext("A document of yours"),
        "plan": gettext("Your development plan"),
        "figures": gettext("Your figures"),
        "observation": observations,
        "list of observations": observations,
        "observations due": observations,
        "contact draw": observations,
        "calibration of observations": observations,
        "list of calibrations of observations": observations,
    }
