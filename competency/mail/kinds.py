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
    "appraisals_to_review": Kind(
        message_id("There is something to review: %(cycle)s"),
        message_id("Submitted appraisals of “%(cycle)s” are waiting for a review."),
        "assessments.home",
        params=frozenset({"cycle"}),
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
    "request_answered": Kind(
        message_id("Your request was answered"),
        message_id(
            "Your request to be assessed against “%(framework)s” was answered. "
            "Its page says how, and why."
        ),
        *REQUEST,
        params=frozenset({"framework"}),
    ),
    "session_planned": Kind(
        message_id("A test of yours is planned"),
        message_id(
            "A test of “%(cycle)s” is planned for you: %(held_on)s, %(time)s (%(zone)s). "
            "Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
    ),
    "session_to_examine": Kind(
        message_id("You examine in a test"),
        message_id(
            "You examine %(person)s in a test of “%(cycle)s”: %(held_on)s, %(time)s (%(zone)s). "
            "Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
        about=True,
    ),
    "session_changed": Kind(
        message_id("A test of yours was changed"),
        message_id(
            "What holds now for your test of “%(cycle)s”: %(held_on)s, %(time)s (%(zone)s). "
            "Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
    ),
    "session_to_examine_changed": Kind(
        message_id("A test in which you examine was changed"),
        message_id(
            "What holds now for the test of %(person)s in “%(cycle)s”: %(held_on)s, %(time)s "
            "(%(zone)s). Place: %(place)s."
        ),
        *SESSION,
        params=SESSION_PARAMS,
        about=True,
    ),
    "session_examined_by_others": Kind(
        message_id("You don't examine in a test any more"),
        message_id(
            "The test of “%(cycle)s” on %(held_on)s, %(time)s (%(zone)s), is held without you."
        ),
        "assessments.home",
        params=frozenset({"cycle", "held_on", "time", "zone"}),
    ),
    "session_cancelled": Kind(
        message_id("A test of yours was cancelled"),
        message_id(
            "Your test of “%(cycle)s” on %(held_on)s, %(time)s (%(zone)s), was cancelled. "
            "It uses up no attempt."
        ),
        *SESSION,
        params=frozenset({"cycle", "held_on", "time", "zone"}),
    ),
    "session_to_examine_cancelled": Kind(
        message_id("A test in which you examine was cancelled"),
        message_id(
            "The test of %(person)s in “%(cycle)s” on %(held_on)s, %(time)s (%(zone)s), "
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
