"""The story that the tour tells, played by the demonstration's cast in a real browser.

Each chapter takes pictures through ``Teller.picture``; the test keeps none of them, and
``make screenshots`` writes them for ``docs/tour.md``. People read pages in their own
language, so things are found by what they are and not by their words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from competency.demonstration.cast import AURORA, PASSWORD
from tests.support.browser import Visitor, visitor

REQUEST = "Desde marzo propongo alternativas en cada caso; quisiera que se vea."
ACCEPTED = "De acuerdo: hay evidencia nueva en foco en el cliente."
BELOW_REASON = "No acompañó a los dos ingresos de este mes ni comparte sus casos."
REVIEWED = "Los tres casos comentados muestran que decide sin tener toda la información."
MISSING = ("customer-focus", "ambiguity")
SIMONS_KEYS = {"leadership": "0", "product-knowledge": "2", "process-knowledge": "2",
               "autonomy": "2", "planning": "2", "responsibility": "2",
               "customer-focus": "2", "ambiguity": "1", "trust": "2"}  # fmt: skip
"""What the supervisor presses for each criterion of the scope, in the order of the page."""

Picture = Callable[[Page, str], None]


def no_picture(_page: Page, _name: str) -> None:
    """Take no picture."""


@dataclass
class Teller:
    """The browser that plays the story, the windows of its people, and who takes pictures."""

    browser: Browser
    base: str
    picture: Picture = no_picture
    check: bool = True
    """Whether each new page is checked as a test checks it: axe, width, other hosts."""
    documents: dict[str, bytes] = field(default_factory=dict)

    def play(self) -> None:
        """Play every chapter."""
        address = self.she_asks()
        appraisal = self.he_answers(address)
        self.she_judges_herself(appraisal)
        self.he_appraises(appraisal)
        self.review_changes_one_level(appraisal)
        self.it_is_delivered(appraisal)
        self.the_plan_comes_out(appraisal)
        certification = self.the_test_is_recorded()
        self.the_unit_is_judged(certification)
        token = self.attested_but_not_certified(certification)
        self.a_changed_byte_is_found(token)

    # Chapters

    def she_asks(self) -> str:
        """See what is missing, and ask to be assessed; return the request's address."""
        with self._as(AURORA) as aurora:
            result = aurora.page.locator(".own-result").first
            expect(result).to_contain_text(re.compile(r"7 de 9"))
            expect(result.locator("> ul.gaps > li")).to_have_count(len(MISSING))
            self._look(aurora, "home-of-an-agent")
            self._follow(result.locator("a[href*='/requests/new']"))
            aurora.page.locator("#words").fill(REQUEST)
            self._look(aurora, "asking-to-be-assessed")
            self._send(aurora.page.locator("form[action='/requests']"))
            return aurora.page.url.removeprefix(self.base)

    def he_answers(self, address: str) -> str:
        """Accept with a reason, as the supervisor; return the appraisal's address."""
        with self._as("D200") as simon:
            self._follow(simon.page.locator(f"a[href='{address}']").first)
            expect(simon.page.locator("#scope")).to_have_value("agents")
            simon.page.locator("#accept-reason").fill(ACCEPTED)
            self._look(simon, "answering-a-request")
            self._send(simon.page.locator("form[action$='/accept']"))
            link = simon.page.locator("a.btn-primary[href^='/appraisals/']").first
            return str(link.get_attribute("href"))

    def she_judges_herself(self, appraisal: str) -> None:
        """Judge oneself by keyboard, and hand in."""
        with self._as(AURORA) as aurora:
            aurora.open(appraisal)
            self._press(aurora, ["2"] * 8 + ["3"])  # leadership has its third level alone
            self._submit(aurora)
            self._send(aurora.page.locator("main form[method='post']").last)

    def he_appraises(self, appraisal: str) -> None:
        """Judge by keyboard, one criterion below, and submit."""
        with self._as("D200") as simon:
            simon.open(appraisal)
            keys = [SIMONS_KEYS[criterion] for criterion in self._criteria(simon.page)]
            self._press(simon, keys, BELOW_REASON)
            self._look(simon, "scoring-by-keyboard", "#c-customer-focus")
            confirmed = simon.page.locator("input[name='evidence_confirmed']")
            if confirmed.count():
                confirmed.check()
            self._submit(simon)

    def review_changes_one_level(self, appraisal: str) -> None:
        """Take the review, raise one level with a reason, and approve."""
        with self._as("D410") as romulo:
            romulo.open(appraisal)
            self._send(romulo.page.locator("form[action$='/take']"))
            changed = romulo.page.locator("#c-ambiguity")
            changed.locator("summary").last.click()
            changed.locator("label.choice input[value='n2']").check(force=True)
            note = changed.locator("textarea")
            note.fill(REVIEWED)
            note.blur()
            expect(changed.locator(".save-state")).to_have_attribute("data-state", "saved")
            self._look(romulo, "review-changes-a-level", "#c-ambiguity")
            self._send(romulo.page.locator("form[action$='/approve']"))

    def it_is_delivered(self, appraisal: str) -> None:
        """Release it, and acknowledge it."""
        with self._as("D100") as hortensia:
            hortensia.open(appraisal)
            self._confirm(hortensia.page.locator("form[action$='/release']"))
        with self._as(AURORA) as aurora:
            aurora.open(appraisal)
            expect(aurora.page.get_by_text(REVIEWED).first).to_be_visible()
            self._look(aurora, "the-result-and-why")
            self._send(aurora.page.locator("form[action$='/acknowledge']"))

    def the_plan_comes_out(self, appraisal: str) -> None:
        """Open the plan that the gaps ask for, and take it along as a document."""
        with self._as(AURORA) as aurora:
            aurora.open(f"{appraisal}/plan")
            self._look(aurora, "development-plan")
            self.documents["plan"] = self._download(aurora, "a[href$='plan.pdf']")
            said = text_of(self.documents["plan"])
            assert "Aurora Ficticia Demo" in said
            assert BELOW_REASON in said

    def the_test_is_recorded(self) -> str:
        """Record a practical test that was passed, as its examiner; return the appraisal."""
        with self._as("D810") as vera:
            self._follow(vera.page.locator("a[href^='/sessions/']").first)
            self._look(vera, "practical-test")
            self._follow(vera.page.locator("a[href$='/record']").first)
            for choice in vera.page.locator("input[value='yes']").all():
                choice.check(force=True)
            self._look(vera, "recording-a-practical-test")
            self._send(vera.page.locator("form[action$='/record']"))
            link = vera.page.locator("main a[href^='/appraisals/'], nav a[href^='/appraisals/']")
            return str(link.first.get_attribute("href")).split("?")[0]

    def the_unit_is_judged(self, certification: str) -> None:
        """Judge, review, release and acknowledge the certification of one unit."""
        with self._as("D810") as vera:
            vera.open(certification)
            self._press(vera, ["1"] * len(self._criteria(vera.page)))
            for piece in vera.page.locator("input[name^='relied-'][value='yes']").all():
                piece.press("Space")
                expect(piece).to_be_checked()
            self._submit(vera)
        with self._as("D400") as renata:
            renata.open(certification)
            self._send(renata.page.locator("form[action$='/take']"))
            self._send(renata.page.locator("form[action$='/approve']"))
        with self._as("D110") as ginevra:
            ginevra.open(certification)
            self._confirm(ginevra.page.locator("form[action$='/release']"))
        with self._as("D900") as ottone:
            ottone.open(certification)
            self._send(ottone.page.locator("form[action$='/acknowledge']"))

    def attested_but_not_certified(self, certification: str) -> str:
        """Be refused the statutory document, issue the internal one; return its address."""
        with self._as("D500") as carla:
            carla.open(f"{certification}/attestation")
            statutory = carla.page.locator(
                "form:has(input[name='document']:not([value='attestation']))"
            )
            self._confirm(statutory.first)
            expect(carla.page.locator(".alert-danger")).to_be_visible()
            self._look(carla, "the-statutory-certificate-is-refused")
            carla.console.clear()  # the refusal is a 422, which the console names
            carla.open(f"{certification}/attestation")
            internal = carla.page.locator("form:has(input[name='document'][value='attestation'])")
            self._confirm(internal.first)
            self.documents["attestation"] = self._download(carla, "a[href$='.pdf']")
            assert "Ottone Prova" in text_of(self.documents["attestation"])
            link = carla.page.locator("a[href*='/verify/']").first
            return str(link.get_attribute("href"))

    def a_changed_byte_is_found(self, address: str) -> None:
        """Verify the document as a stranger: it is the one; with a byte changed it isn't."""
        content = self.documents["attestation"]
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 1
        with visitor(self.browser, self.base, "it-IT") as stranger:
            for name, file, is_right in (
                ("verified", content, True),
                ("a-changed-byte", bytes(changed), False),
            ):
                stranger.open(address)
                stranger.page.locator("input[type='file']").set_input_files(
                    {"name": "attestazione.pdf", "mimeType": "application/pdf", "buffer": file}
                )
                self._send(stranger.page.locator("form:has(input[type='file'])"))
                told = "success" if is_right else "danger"
                expect(stranger.page.locator(f".alert-{told}")).to_be_visible()
                self._look(stranger, name)

    # How people do things

    def _as(self, number: str) -> _Signed:
        """Open a window for one of the cast, signed in."""
        return _Signed(self, number)

    def _look(self, guest: Visitor, name: str, at: str = "") -> None:
        """Check the page and take its picture, with the element ``at`` in the middle."""
        if self.check:
            guest.check()
        if at:
            guest.page.locator(at).evaluate("it => it.scrollIntoView({block: 'center'})")
        self.picture(guest.page, name)

    def _send(self, form: Locator) -> None:
        """Press a form's button and wait for the next page."""
        self._follow(form.locator("button[type=submit]").first)

    def _follow(self, found: Locator) -> None:
        """Click what leads to another page and wait for that page."""
        with found.page.expect_navigation():
            found.click()

    def _submit(self, guest: Visitor) -> None:
        """Press the button that hands in or submits what was judged."""
        with guest.page.expect_navigation():
            guest.page.locator("button[data-submit]").click()

    def _confirm(self, form: Locator) -> None:
        """Open the question around a form where there is one, and say yes."""
        summary = form.locator("xpath=ancestor::details[1]/summary")
        if summary.count() and not form.is_visible():
            summary.click()
        self._send(form)

    def _criteria(self, page: Page) -> list[str]:
        """Return the ids of the criteria on a scoring page, in order."""
        return [
            str(article.get_attribute("id")).removeprefix("c-")
            for article in page.locator("article.criterion").all()
        ]

    def _press(self, guest: Visitor, keys: list[str], reason: str = "") -> None:
        """Judge criterion after criterion by one key each; below asks for the reason."""
        first = guest.page.locator("article.criterion").first
        first.evaluate("it => it.focus()")
        for done, key in enumerate(keys, start=1):
            guest.page.keyboard.press(key)
            if key == "0":
                guest.page.keyboard.type(reason)
                guest.page.keyboard.press("Escape")
            count = guest.page.locator("[data-count]")
            expect(count).to_contain_text(re.compile(rf"^\s*{done}\b"))
        expect(guest.page.locator(".bar-state")).to_have_attribute("data-state", "saved")

    def _download(self, guest: Visitor, link: str) -> bytes:
        """Click a link to a document and return it."""
        with guest.page.expect_download() as caught:
            guest.page.locator(link).first.click()
        return Path(caught.value.path()).read_bytes()


class _Signed:
    """A window of one of the cast, signed in, for the time of a chapter's part."""

    def __init__(self, teller: Teller, number: str) -> None:
        self._window = visitor(teller.browser, teller.base)
        self._teller, self._number = teller, number

    def __enter__(self) -> Visitor:
        guest = self._window.__enter__()
        guest.page.goto(f"{self._teller.base}/sign-in")
        guest.page.locator("input[name=employee_number]").fill(self._number)
        guest.page.locator("input[name=password]").fill(PASSWORD)
        guest.page.locator("main form button[type=submit]").first.click()
        guest.page.wait_for_url("**/home")
        return guest

    def __exit__(self, *raised: object) -> None:
        self._window.__exit__(*raised)  # type: ignore[arg-type]


def text_of(pdf: bytes) -> str:
    """Return a PDF's text with single spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
