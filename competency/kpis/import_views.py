"""Pages of imports of measurements: choose files, map their columns, look, then do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from competency import clock
from competency.config import Config
from competency.database.transactions import unit_of_work
from competency.errors import CompetencyError, IllegalTransition, Invalid, InvalidFile, NotFound
from competency.extensions import db
from competency.files.said import Said
from competency.frameworks.presenters import in_page_language
from competency.kpis import import_mapping as mapping
from competency.kpis.import_carrying import bring_in, look_at
from competency.kpis.import_drafts import (
    KEPT,
    change_profile,
    drop_draft,
    files_of,
    keep_files,
    name_people,
    save_profile,
)
from competency.kpis.import_faults import ImportFault
from competency.kpis.import_files import NamedFile, TextTable, Unreadable, read_table
from competency.kpis.import_forms import FilesForm, ReadingForm, ReversalForm, TextForm
from competency.kpis.import_organisation import known_definitions, source_named
from competency.kpis.import_permissions import can_import
from competency.kpis.import_presenters import step_lines
from competency.kpis.import_profile import read_profile
from competency.kpis.import_progress import Tell
from competency.kpis.import_queries import (
    draft_of,
    file_sources,
    import_by_id,
    imports,
    saved_profiles,
)
from competency.kpis.import_running import (
    SOON,
    UNKNOWN_SHOWN,
    Found,
    Kind,
    Outcome,
    Run,
    RunState,
    ask_to_stop,
    folder_of,
    forget,
    forget_old,
    is_running,
    look,
    start,
)
from competency.kpis.import_schema import Amount, Format, ImportProfile
from competency.kpis.importing import reverse_import
from competency.kpis.models import ImportDraft, KpiImport
from competency.people.queries import names_of_accounts
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import stages

kpi_imports = Blueprint("kpi_imports", __name__, url_prefix="/kpis/imports")

REFUSED = 422
PAGE_SIZE = 20
FILES_MOST = 10
PREVIEW_ROWS = 4
MEGABYTE = 1024 * 1024


def shown_fault(fault: ImportFault) -> dict[str, object]:
    """Return a fault in the page's language."""
    return {
        "file": fault.file,
        "row": fault.row or "",
        "column": fault.column,
        "text": fault.said(lambda message: str(_(message))),
    }


@kpi_imports.get("")
@access(Role.HR, Role.AUDITOR, over_all=True)
def index() -> ResponseReturnValue:
    """List the imports, the last one first."""
    page = page_number()
    rows, count = imports(db.session, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return render_template(
        "kpis/imports/index.html",
        rows=rows,
        pager=Pager(page, PAGE_SIZE, count),
        may_import=can_import(actor()),
    )


def _one(row: KpiImport, form: ReversalForm) -> str:
    """Return the page of one import."""
    accounts = [one for one in (row.imported_by_id, row.reversed_by_id) if one is not None]
    return render_template(
        "kpis/imports/one.html",
        row=row,
        form=form,
        names=names_of_accounts(db.session, accounts),
        may_reverse=can_import(actor()) and row.reversed_at is None,
    )


@kpi_imports.get("/<import_id>")
@access(Role.HR, Role.AUDITOR, over_all=True)
def one(import_id: str) -> ResponseReturnValue:
    """Show one import: its files, what it did, and what became of it."""
    return _one(import_by_id(db.session, import_id), ReversalForm())


@kpi_imports.post("/<import_id>/reverse")
@access(Role.HR, over_all=True)
@stages
def reverse(import_id: str) -> ResponseReturnValue:
    """Take an import back."""
    form = ReversalForm()
    if not form.validate_on_submit():
        return _one(import_by_id(db.session, import_id), form), REFUSED
    with unit_of_work(db.session):
        reverse_import(
            db.session,
            actor=actor(),
            now=clock.now(),
            public_id=import_id,
            reason=form.reason.data,
        )
    flash(_("The import was reversed."))
    return redirect(url_for("kpi_imports.one", import_id=import_id))


def _config() -> Config:
    """Return this application's settings."""
    config: Config = current_app.extensions["competency"]
    return config


def _largest() -> int:
    """Return how many bytes the files of a page may have together."""
    return _config().upload_megabytes * MEGABYTE


def _folder(draft_id: str) -> Path:
    """Return the folder of a draft's runs."""
    return folder_of(_config().data_folder, draft_id)


def _require_idle(draft_id: str) -> None:
    """Refuse to touch files that a run works on."""
    if is_running(_folder(draft_id)):
        raise IllegalTransition("These files are being worked on already.")


def _received(uploads: list[FileStorage]) -> list[NamedFile]:
    """Return the files of a form; raise ``Invalid`` for too many or too large ones."""
    if len(uploads) > FILES_MOST:
        raise Invalid("At most %(number)s files at once are possible.", number=FILES_MOST)
    left, found = _largest(), []
    for upload in uploads:
        content = upload.stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Invalid(
                "Together the files are larger than %(megabytes)s MB. Import them with "
                "“competency kpis import” on the command line, or in parts.",
                megabytes=_largest() // MEGABYTE,
            )
        name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
        found.append(NamedFile(name[:200] or _("File"), content))
    return found


@kpi_imports.route("/new", methods=["GET", "POST"])
@access(Role.HR, over_all=True)
@stages
def new() -> ResponseReturnValue:
    """Take files, and go on to their columns."""
    form = FilesForm()
    sources, profiles = file_sources(db.session), saved_profiles(db.session)
    form.offer(sources, profiles)
    if form.validate_on_submit():
        chosen = {profile.public_id: profile.text for profile in profiles}
        text = chosen.get(form.profile.data) or f"source: {form.source.data}\n"
        files: list[NamedFile] = []
        try:
            files = _received(form.files.data)
        except Invalid as error:
            form.files.errors = [*form.files.errors, worded(error)]
        if (code := _source_in(text)) != form.source.data:
            name = next((source.name for source in sources if source.code == code), code)
            told = _("It is for the source “%(source)s”. Choose that one too.", source=name)
            form.profile.errors = [*form.profile.errors, told]
        if not form.errors:
            with unit_of_work(db.session):
                draft = keep_files(
                    db.session, actor=actor(), now=clock.now(), files=files, profile=text
                )
                draft_id = draft.public_id
            forget_old(_config().data_folder, clock.now(), KEPT)
            return redirect(url_for("kpi_imports.draft", draft_id=draft_id))
    page = render_template("kpis/imports/new.html", form=form, sources=sources)
    return page, REFUSED if form.errors else 200


def _source_in(text: str) -> str:
    """Return the source that a profile names, also one that can't be read."""
    try:
        return read_profile(text).source
    except InvalidFile:
        return text.partition("source: ")[2].split("\n", 1)[0].strip()


@dataclass
class Looking:
    """A draft on its page: its files, how they are read, and what was found."""

    draft: ImportDraft
    files: list[NamedFile]
    profile: ImportProfile | None
    table: TextTable | None = None
    error: str = ""
    details: tuple[str, ...] = ()
    found: Found | None = None

    @property
    def source(self) -> str:
        """Return the code of the source."""
        return self.profile.source if self.profile else _source_in(self.draft.profile)

    def refuse(self, error: CompetencyError) -> None:
        """Say why something can't be done."""
        self.error = worded(error)
        faults = error.faults if isinstance(error, InvalidFile) else ()
        self.details = tuple(
            in_page_language(fault) if isinstance(fault, Said) else fault for fault in faults
        )

    def read_first(self, wanted: Format) -> None:
        """Read the first file, for its columns."""
        try:
            self.table = read_table(self.files[0], wanted)
        except Unreadable as error:
            shown = shown_fault(error.fault)
            self.error = self.error or f"{shown['file']}: {shown['text']}"


def _looking(public_id: str) -> Looking:
    """Return one's own draft with its files."""
    draft = draft_of(db.session, public_id, actor().account_id)
    try:
        profile = read_profile(draft.profile)
    except InvalidFile:
        profile = None
    return Looking(draft, files_of(draft), profile)


def _chosen(looking: Looking) -> list[mapping.Choice]:
    """Return what the page's form says of each column."""
    headings = looking.table.headings if looking.table else ()
    written = {amount.value: amount for amount in Amount}
    return [
        mapping.Choice(
            request.form.get(f"is-{number}", ""),
            written.get(request.form.get(f"as-{number}", ""), Amount.NUMBER),
        )
        for number in range(min(len(headings), mapping.COLUMNS_MOST))
    ]


def _counted() -> list[mapping.Counted]:
    """Return which contacts the page's form counts."""
    sent = request.form
    return [
        mapping.Counted(
            sent.get(f"counts-{number}", ""),
            sent.get(f"where-{number}", ""),
            mapping.values_in(sent.get(f"values-{number}", "")),
        )
        for number in range(mapping.COUNTED_MOST)
    ]


def _page(
    looking: Looking,
    form: ReadingForm,
    choices: list[mapping.Choice],
    counted: list[mapping.Counted],
) -> tuple[str, int]:
    """Return the page of a draft."""
    fields = mapping.fields_of(known_definitions(db.session))
    headings = looking.table.headings if looking.table else ()
    preview = looking.table.rows.head(PREVIEW_ROWS).rows() if looking.table else []
    text = TextForm(formdata=None, text=looking.draft.profile)
    found = looking.found
    page = render_template(
        "kpis/imports/draft.html",
        looking=looking,
        form=form,
        text=text,
        headings=headings[: mapping.COLUMNS_MOST],
        is_wide=len(headings) > mapping.COLUMNS_MOST,
        is_mappable=looking.profile is None or mapping.is_mappable(looking.profile),
        choices=choices,
        counted=[*counted, *[mapping.Counted()] * mapping.COUNTED_MOST][: mapping.COUNTED_MOST],
        preview=preview,
        fields=fields,
        amounts=list(Amount),
        faults=[shown_fault(fault) for fault in found.faults] if found else [],
        unknown=found.unknown if found else (),
    )
    return page, REFUSED if looking.error else 200


@kpi_imports.get("/drafts/<draft_id>")
@access(Role.HR, over_all=True)
def draft(draft_id: str) -> ResponseReturnValue:
    """Show the first rows of a file, what each column is, and what was found at the last look."""
    looking, run = _looking(draft_id), look(_folder(draft_id))
    if run is not None and run.state is RunState.RUNNING:
        return redirect(url_for("kpi_imports.progress", draft_id=draft_id))
    looking.found = run.outcome.found if run else None
    form = ReadingForm(formdata=None)
    looking.read_first(looking.profile.files if looking.profile else Format())
    headings = looking.table.headings if looking.table else ()
    if looking.profile is not None:
        form.show(looking.profile)
        choices = mapping.choices_of(looking.profile, headings)
        counted = mapping.counted_of(looking.profile)
    else:
        choices = mapping.likely(headings, mapping.fields_of(known_definitions(db.session)))
        counted = []
    return _page(looking, form, choices, counted)[0]


@kpi_imports.post("/drafts/<draft_id>")
@access(Role.HR, over_all=True)
@stages
def check(draft_id: str) -> ResponseReturnValue:
    """Begin to look at the files as chosen: what importing them would do, or every fault."""
    _require_idle(draft_id)
    looking, form = _looking(draft_id), ReadingForm()
    given = request.form.get("text", "").replace("\r\n", "\n")
    choices: list[mapping.Choice] = []
    counted = _counted()
    try:
        if given:
            looking.profile = read_profile(given)
            form.show(looking.profile)
        elif not form.validate():
            raise Invalid("Choose from the lists.")
        looking.read_first(looking.profile.files if given and looking.profile else _format(form))
        headings = looking.table.headings if looking.table else ()
        if given and looking.profile is not None:
            choices = mapping.choices_of(looking.profile, headings)
            counted = mapping.counted_of(looking.profile)
        else:
            choices = _chosen(looking)
        settings = form.settings(looking.source)
        text = given or mapping.profile_text(headings, choices, settings, counted)
        read_profile(text)
        _keep(draft_id, text)
    except CompetencyError as error:
        db.session.rollback()
        looking.draft = draft_of(db.session, draft_id, actor().account_id)
        looking.refuse(error)
        return _page(looking, form, choices, counted)
    return _begin(draft_id, Kind.CHECK)


def _begin(draft_id: str, kind: Kind) -> ResponseReturnValue:
    """Begin a run, wait a moment for it, and go on to how far it is."""
    app, who, now = current_app._get_current_object(), actor(), clock.now()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way to hand it to a thread
    carry_out = {Kind.CHECK: look_at, Kind.APPLY: bring_in}[kind]

    def work(tell: Tell) -> Outcome:
        return carry_out(db.session, actor=who, now=now, public_id=draft_id, tell=tell)

    start(app, _folder(draft_id), Run(kind, who.account_id), work).join(SOON)
    return redirect(url_for("kpi_imports.progress", draft_id=draft_id))


@kpi_imports.get("/drafts/<draft_id>/progress")
@access(Role.HR, over_all=True)
def progress(draft_id: str) -> ResponseReturnValue:
    """Show how far a run is; once it has ended, go on to what it came to."""
    run = look(_folder(draft_id))
    if run is None or run.account_id != actor().account_id:
        raise NotFound
    if run.outcome.import_id:
        return redirect(url_for("kpi_imports.one", import_id=run.outcome.import_id))
    if run.outcome.found:
        return redirect(url_for("kpi_imports.draft", draft_id=draft_id))
    if run.state is not RunState.DONE and not _waits(draft_id):
        # its process ended after the import was stored and before it could say so
        return redirect(url_for("kpi_imports.index"))
    error = CompetencyError(run.error, **run.params)
    return render_template(
        "kpis/imports/progress.html",
        draft_id=draft_id,
        run=run,
        steps=step_lines(run),
        error=worded(error) if run.error else "",
    )


def _waits(draft_id: str) -> bool:
    """Return whether files still wait."""
    try:
        draft_of(db.session, draft_id, actor().account_id)
    except NotFound:
        return False
    return True


@kpi_imports.post("/drafts/<draft_id>/stop")
@access(Role.HR, over_all=True)
@stages
def stop(draft_id: str) -> ResponseReturnValue:
    """Ask a run to stop; nothing of it is kept."""
    draft_of(db.session, draft_id, actor().account_id)
    ask_to_stop(_folder(draft_id))
    return redirect(url_for("kpi_imports.progress", draft_id=draft_id))


def _format(form: ReadingForm) -> Format:
    """Return how the files are written, as the form says."""
    names = ("separator", "encoding", "decimal", "thousands", "dates")
    return Format.model_validate({name: form[name].data for name in names})


def _keep(public_id: str, text: str) -> None:
    """Keep how a draft is read, and the profile under a name where one is given."""
    name = request.form.get("name", "").strip()
    with unit_of_work(db.session):
        draft = draft_of(db.session, public_id, actor().account_id)
        change_profile(db.session, actor=actor(), draft=draft, text=text)
        if name:
            save_profile(db.session, actor=actor(), now=clock.now(), name=name, text=text)


@kpi_imports.post("/drafts/<draft_id>/people")
@access(Role.HR, over_all=True)
@stages
def people(draft_id: str) -> ResponseReturnValue:
    """Say who the unknown names of a source are; then the files are looked at again."""
    _require_idle(draft_id)
    looking = _looking(draft_id)
    named: dict[str, str | None] = {}
    for number in range(UNKNOWN_SHOWN):
        name = request.form.get(f"who-{number}", "")
        employee = request.form.get(f"number-{number}", "").strip()
        if name and request.form.get(f"nobody-{number}"):
            named[name] = None
        elif name and employee:
            named[name] = employee
    source = looking.source
    try:
        with unit_of_work(db.session):
            count = name_people(
                db.session,
                actor=actor(),
                now=clock.now(),
                source=source_named(db.session, source),
                named=named,
            )
    except NotFound as error:
        flash(worded(error), "error")
        return redirect(url_for("kpi_imports.draft", draft_id=draft_id))
    forget(_folder(draft_id))
    flash(ngettext("%(num)s name was mapped.", "%(num)s names were mapped.", count))
    return redirect(url_for("kpi_imports.draft", draft_id=draft_id))


@kpi_imports.post("/drafts/<draft_id>/apply")
@access(Role.HR, over_all=True)
@stages
def apply(draft_id: str) -> ResponseReturnValue:
    """Begin to import the files that were looked at; they are read and checked again."""
    draft_of(db.session, draft_id, actor().account_id)
    db.session.rollback()
    return _begin(draft_id, Kind.APPLY)


@kpi_imports.post("/drafts/<draft_id>/drop")
@access(Role.HR, over_all=True)
@stages
def drop(draft_id: str) -> ResponseReturnValue:
    """Let go of the files."""
    _require_idle(draft_id)
    with unit_of_work(db.session):
        draft = draft_of(db.session, draft_id, actor().account_id)
        drop_draft(db.session, actor=actor(), draft=draft)
    forget(_folder(draft_id))
    flash(_("The files were deleted; nothing was imported."))
    return redirect(url_for("kpi_imports.index"))
