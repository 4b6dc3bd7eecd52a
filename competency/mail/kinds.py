"""The one table of what people are told: kind, words, the page it leads to.

Words are filled with the kind's params; ``person`` is whom it is about. They name no
level, no judgement and no code: a mail says that something waits, the page says what.
"""

from __future__ import annotations

from collections.abc import Mapping

from competency.errors import message_id
from competency.mail.schema import Kind

APPRAISAL = ("assessments.appraisal", "public_id")
PLAN = ("progression.plan", "public_id")
REQUEST = ("assessments.request_page", "public_id")
SESSION = ("assessments.session", "public_id")
OBSERVATION = ("observations.observation", "public_id")
OBSERVATION_CALIBRATION = ("observations.calibration", "calibration_id")
DOCUMENT = ("credentials.of_appraisal", "public_id")
SESSION_PARAMS = frozenset({"cycle", "held_on", "time", "zone", "place"})
"""Day and time are those at the person's site; ``zone`` is its time zone."""

KINDS: Mapping[str, Kind] = {
    "appraisal_opened": Kind(
        message_id("Your appraisal has been opened"),
        message_id("An appraisal of yours was opened in “%(cycle)s”. Your assessor judges first."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
    ),
    "self_assessment_waiting": Kind(
        message_id("Your self-assessment is waiting"),
        message_id(
            "An appraisal of yours was opened in “%(cycle)s”. "
            "Assess yourself and hand in by %(due_on)s."
        ),
        *APPRAISAL,
        params=frozenset({"cycle", "due_on"}),
    ),
    "appraisals_to_judge": Kind(
        message_id("Appraisals are waiting for you: %(cycle)s"),
        message_id(
            "Appraisals that you lead in “%(cycle)s”: %(count)s. Submit them by %(due_on)s."
        ),
        "assessments.home",
        params=frozenset({"cycle", "count", "due_on"}),
    ),
    "appraisals_handed_over": Kind(
        message_id("Appraisals were handed over to you: %(cycle)s"),
        message_id(
            "You lead appraisals of “%(cycle)s” that somebody else led until now. "
            "What was written stays. Submit them by %(due_on)s."
        ),
        "assessments.home",
        params=frozenset({"cycle", "due_on"}),
    ),
    "calibration_opened": Kind(
        message_id("You take part in a calibration session"),
        message_id(
            "A session about appraisals of “%(cycle)s” was opened, and you take part. "
            "Its page shows the levels side by side."
        ),
        "assessments.calibration",
        "public_id",
        params=frozenset({"cycle"}),
    ),
    "appraisals_to_review": Kind(
        message_id("There is something to review: %(cycle)s"),
        message_id("Submitted appraisals of “%(cycle)s” are waiting for a review."),
        "assessments.home",
        params=frozenset({"cycle"}),
    ),
    "reminder_to_judge": Kind(
        message_id("Reminder: appraisals are waiting for you"),
        message_id("Appraisals that you have not submitted yet: %(count)s. Due: %(due_on)s."),
        "assessments.home",
        params=frozenset({"count", "due_on"}),
    ),
    "reminder_of_self_assessment": Kind(
        message_id("Reminder: your self-assessment is waiting"),
        message_id("Self-assessments that you have not handed in yet: %(count)s. Due: %(due_on)s."),
        "assessments.home",
        params=frozenset({"count", "due_on"}),
    ),
    "reminder_to_review": Kind(
        message_id("Reminder: there is something to review"),
        message_id("Submitted appraisals that wait for a review: %(count)s. Due: %(due_on)s."),
        "assessments.home",
        params=frozenset({"count", "due_on"}),
    ),
    "reminder_of_all": Kind(
        message_id("Reminder: several things are waiting for you"),
        message_id(
            "Appraisals to submit: %(to_judge)s. Self-assessments to hand in: %(own)s. "
            "Appraisals to review: %(to_review)s. The first is due: %(due_on)s."
        ),
        "assessments.home",
        params=frozenset({"to_judge", "own", "to_review", "due_on"}),
    ),
    "appraisal_returned": Kind(
        message_id("An appraisal came back to you"),
        message_id(
            "Review returned the appraisal of %(person)s in “%(cycle)s”. "
            "Its page says what should be looked at again."
        ),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "asked_as_second": Kind(
        message_id("Your judgement is asked for"),
        message_id(
            "You are asked to judge the work of %(person)s in “%(cycle)s” as a second assessor. "
            "Hand in by %(due_on)s."
        ),
        *APPRAISAL,
        params=frozenset({"cycle", "due_on"}),
        about=True,
    ),
    "asked_as_peer": Kind(
        message_id("Your view as a colleague is asked for"),
        message_id(
            "You are asked how you see the work of %(person)s, as a peer in “%(cycle)s”. "
            "Hand in by %(due_on)s, or decline on the page."
        ),
        *APPRAISAL,
        params=frozenset({"cycle", "due_on"}),
        about=True,
    ),
    "peers_proposed": Kind(
        message_id("Peers were proposed: %(cycle)s"),
        message_id("Proposed peers of “%(cycle)s” wait for your answer."),
        "assessments.cycle_assessors",
        "public_id",
        params=frozenset({"cycle"}),
    ),
    "peer_refused": Kind(
        message_id("A peer whom you proposed is not asked"),
        message_id(
            "Human resources turned down a peer whom you proposed in “%(cycle)s”. "
            "The page says why."
        ),
        "assessments.assessors",
        "public_id",
        params=frozenset({"cycle"}),
    ),
    "result_released": Kind(
        message_id("Your result can be read"),
        message_id(
            "The result of your appraisal in “%(cycle)s” can be read. "
            "Say by %(answer_by_on)s that you have seen it; that is not agreeing."
        ),
        *APPRAISAL,
        params=frozenset({"cycle", "answer_by_on"}),
    ),
    "result_commented": Kind(
        message_id("Somebody commented on their result"),
        message_id("%(person)s has seen the result of “%(cycle)s” and wrote a comment."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "result_contested": Kind(
        message_id("Somebody contests their result"),
        message_id("%(person)s contests the result of “%(cycle)s”. Read the statement and decide."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "results_contested": Kind(
        message_id("Contested results are waiting: %(cycle)s"),
        message_id(
            "Contested results of “%(cycle)s” that wait for a decision: %(count)s. "
            "Read each statement and decide."
        ),
        "assessments.home",
        params=frozenset({"cycle", "count"}),
    ),
    "contest_decided": Kind(
        message_id("What you contested was decided"),
        message_id(
            "Somebody who was new to it decided what you contested in “%(cycle)s”. "
            "The page says why."
        ),
        *APPRAISAL,
        params=frozenset({"cycle"}),
    ),
    "appraisal_reassessed": Kind(
        message_id("What you contested is judged anew"),
        message_id(
            "Somebody else judges what you contested in “%(cycle)s”. "
            "You are told when the result can be read."
        ),
        *APPRAISAL,
        params=frozenset({"cycle"}),
    ),
    "reassessment_to_judge": Kind(
        message_id("You are asked to judge anew"),
        message_id(
            "%(person)s contested a result of “%(cycle)s”. Judge what was contested for yourself."
        ),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "appraisal_reopened": Kind(
        message_id("A result of yours is worked on again"),
        message_id(
            "The result of your appraisal in “%(cycle)s” was taken back to be worked on again. "
            "The page says why."
        ),
        *APPRAISAL,
        params=frozenset({"cycle"}),
    ),
    "reopened_to_judge": Kind(
        message_id("An appraisal was reopened for you"),
        message_id("The appraisal of %(person)s in “%(cycle)s” was reopened. Its page says why."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "appraisal_suspended": Kind(
        message_id("An appraisal of yours is suspended"),
        message_id("Your appraisal in “%(cycle)s” is suspended. The page says why."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
    ),
    "suspended_to_judge": Kind(
        message_id("An appraisal that you work on is suspended"),
        message_id("The appraisal of %(person)s in “%(cycle)s” is suspended. Its page says why."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "appraisal_resumed": Kind(
        message_id("An appraisal of yours goes on"),
        message_id("Your appraisal in “%(cycle)s” is no longer suspended."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
    ),
    "resumed_to_judge": Kind(
        message_id("An appraisal that you work on goes on"),
        message_id("The appraisal of %(person)s in “%(cycle)s” is no longer suspended."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "appraisal_reminder": Kind(
        message_id("An appraisal is still waiting for you"),
        message_id(
            "The appraisal of %(person)s in “%(cycle)s” is waiting for you. "
            "Its due date is %(due_on)s."
        ),
        *APPRAISAL,
        params=frozenset({"cycle", "due_on"}),
        about=True,
    ),
    "attestation_issued": Kind(
        message_id("An attestation was issued to you"),
        message_id("The attestation %(number)s was issued to you. You can download it."),
        *DOCUMENT,
        params=frozenset({"number"}),
    ),
    "document_suspended": Kind(
        message_id("A document of yours is suspended"),
        message_id("The document %(number)s does not stand while it is suspended."),
        *DOCUMENT,
        params=frozenset({"number"}),
    ),
    "document_reinstated": Kind(
        message_id("A document of yours stands again"),
        message_id("The document %(number)s was suspended and stands again."),
        *DOCUMENT,
        params=frozenset({"number"}),
    ),
    "document_revoked": Kind(
        message_id("A document of yours was revoked"),
        message_id("The document %(number)s was revoked: it does not stand any more."),
        *DOCUMENT,
        params=frozenset({"number"}),
    ),
    "document_superseded": Kind(
        message_id("A document of yours was superseded"),
        message_id(
            "The document %(number)s does not stand any more: another is to take its place."
        ),
        *DOCUMENT,
        params=frozenset({"number"}),
    ),
    "commission_appointed": Kind(
        message_id("You were appointed to a commission"),
        message_id(
            "You are a member of the commission that decides on the document of %(person)s. "
            "Read the result and decide."
        ),
        "credentials.commission",
        "public_id",
        about=True,
    ),
    "request_made": Kind(
        message_id("Somebody asks to be assessed"),
        message_id("%(person)s asks to be assessed against “%(framework)s” and waits for you."),
        *REQUEST,
        params=frozenset({"framework"}),
        about=True,
    ),
    "request_overdue": Kind(
        message_id("A request to be assessed waits for too long"),
        message_id(
            "%(person)s asked to be assessed against “%(framework)s”, was promised an answer "
            "by %(answer_by_on)s, and still waits."
        ),
        *REQUEST,
        params=frozenset({"framework", "answer_by_on"}),
        about=True,
    ),
    "request_answered": Kind(
        message_id("Your request was answered"),
        message_id(
            "Your request to be assessed against “%(framework)s” was answered. "
            "Its page says how, and why."
        ),
        *REQUEST,
        params=frozenset({"framework"}),
    ),
    "certification_withdrawn": Kind(
        message_id("A candidate has withdrawn"),
        message_id("%(person)s has withdrawn from “%(cycle)s”. Nothing more is to be judged."),
        *APPRAISAL,
        params=frozenset({"cycle"}),
        about=True,
    ),
    "application_made": Kind(
        message_id("Somebody applies to be certified"),
        message_id("%(person)s applies to be certified against “%(framework)s” and waits for you."),
        *REQUEST,
        params=frozenset({"framework"}),
        about=True,
    ),
    "application_answered": Kind(
        message_id("Your application was answered"),
        message_id(
            "Your application to be certified against “%(framework)s” was answered. "
            "Its page says how, and why."
        ),
        *REQUEST,
        params=frozenset({"framework"}),
    ),
    "session_planned": Kind(
        message_id("A session of yours is planned"),
        message_id(
            "A session of “%(cycle)s” is planned for you: %(held_on)s, %(time)s (%(zone)s). "
            "Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
    ),
    "session_to_examine": Kind(
        message_id("You examine in a session"),
        message_id(
            "You examine %(person)s in a session of “%(cycle)s”: %(held_on)s, %(time)s (%(zone)s). "
            "Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
        about=True,
    ),
    "session_changed": Kind(
        message_id("A session of yours was changed"),
        message_id(
            "What holds now for your session of “%(cycle)s”: %(held_on)s, %(time)s (%(zone)s). "
            "Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
    ),
    "session_to_examine_changed": Kind(
        message_id("A session in which you examine was changed"),
        message_id(
            "What holds now for the session of %(person)s in “%(cycle)s”: %(held_on)s, %(time)s "
            "(%(zone)s). Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
        about=True,
    ),
    "session_moved": Kind(
        message_id("A session of yours was moved"),
        message_id(
            "Your session of “%(cycle)s” was moved to %(held_on)s, %(time)s (%(zone)s). "
            "Place: %(place)s. Its page says why."
        ),
        *SESSION,
        params=SESSION_PARAMS,
    ),
    "session_to_examine_moved": Kind(
        message_id("A session in which you take part was moved"),
        message_id(
            "The session of %(person)s in “%(cycle)s” was moved to %(held_on)s, %(time)s "
            "(%(zone)s). Place: %(place)s. Its page says why."
        ),
        *SESSION,
        params=SESSION_PARAMS,
        about=True,
    ),
    "session_to_examine_asked": Kind(
        message_id("A candidate asks for another day"),
        message_id(
            "%(person)s asks for another day than %(held_on)s, %(time)s (%(zone)s), in “%(cycle)s” "
            "(%(place)s), and waits for your answer."
        ),
        *SESSION,
        params=SESSION_PARAMS,
        about=True,
    ),
    "session_kept": Kind(
        message_id("The day of your session stays"),
        message_id(
            "Your session of “%(cycle)s” stays as it was planned: %(held_on)s, %(time)s "
            "(%(zone)s). Place: %(place)s. Its page says why."
        ),
        *SESSION,
        params=SESSION_PARAMS,
    ),
    "session_examined_by_others": Kind(
        message_id("You don't examine in a session any more"),
        message_id(
            "The session of “%(cycle)s” on %(held_on)s, %(time)s (%(zone)s), is held without you."
        ),
        "assessments.home",
        params=frozenset({"cycle", "held_on", "time", "zone"}),
    ),
    "session_cancelled": Kind(
        message_id("A session of yours was cancelled"),
        message_id(
            "Your session of “%(cycle)s” on %(held_on)s, %(time)s (%(zone)s), was cancelled. "
            "It uses up no attempt."
        ),
        *SESSION,
        params=frozenset({"cycle", "held_on", "time", "zone"}),
    ),
    "session_to_examine_cancelled": Kind(
        message_id("A session in which you examine was cancelled"),
        message_id(
            "The session of %(person)s in “%(cycle)s” on %(held_on)s, %(time)s (%(zone)s), "
            "was cancelled."
        ),
        "assessments.home",
        params=frozenset({"cycle", "held_on", "time", "zone"}),
        about=True,
    ),
    "plan_action_due": Kind(
        message_id("An action of a development plan is due soon"),
        message_id(
            "In the development plan of %(person)s something of yours is due on %(due_on)s."
        ),
        *PLAN,
        params=frozenset({"due_on"}),
        about=True,
    ),
    "plan_action_overdue": Kind(
        message_id("An action of a development plan is overdue"),
        message_id(
            "In the development plan of %(person)s something of yours was due on %(due_on)s "
            "and is still open."
        ),
        *PLAN,
        params=frozenset({"due_on"}),
        about=True,
    ),
    "observation_calibration_opened": Kind(
        message_id("You are invited to a calibration of observations"),
        message_id(
            "Several observers mark one contact of %(contact_on)s, each without seeing the "
            "others. Hand in your sheet."
        ),
        *OBSERVATION_CALIBRATION,
        params=frozenset({"contact_on"}),
    ),
    "observation_calibration_closed": Kind(
        message_id("A calibration of observations is closed"),
        message_id("The sheets about the contact of %(contact_on)s can be read side by side now."),
        *OBSERVATION_CALIBRATION,
        params=frozenset({"contact_on"}),
    ),
    "observation_handed_in": Kind(
        message_id("A contact of yours was observed"),
        message_id(
            "One of your contacts of %(contact_on)s was observed. Read what was seen; you can "
            "reply to it, or dispute it."
        ),
        *OBSERVATION,
        params=frozenset({"contact_on"}),
    ),
    "observation_replied": Kind(
        message_id("A reply to an observation"),
        message_id("%(person)s replied to your observation of a contact of %(contact_on)s."),
        *OBSERVATION,
        params=frozenset({"contact_on"}),
        about=True,
    ),
    "observation_disputed": Kind(
        message_id("An observation is disputed"),
        message_id(
            "%(person)s disputes the observation of a contact of %(contact_on)s. Somebody else "
            "than the observer answers it."
        ),
        *OBSERVATION,
        params=frozenset({"contact_on"}),
        about=True,
    ),
    "observation_answered": Kind(
        message_id("Your dispute was answered"),
        message_id(
            "You disputed the observation of a contact of %(contact_on)s. There is an answer."
        ),
        *OBSERVATION,
        params=frozenset({"contact_on"}),
    ),
    "observation_dispute_answered": Kind(
        message_id("A dispute about your observation was answered"),
        message_id(
            "%(person)s disputed your observation of a contact of %(contact_on)s. There is an "
            "answer."
        ),
        *OBSERVATION,
        params=frozenset({"contact_on"}),
        about=True,
    ),
    "code_waiting": Kind(
        message_id("A sign-in code is waiting for you"),
        message_id(
            "A one-time code was made for you. Ask human resources for it: codes are never "
            "sent by mail. It works until %(expires_on)s."
        ),
        "access.code",
        params=frozenset({"expires_on"}),
    ),
}
"""Every kind of message. A feature that tells people something new adds its kind here."""
