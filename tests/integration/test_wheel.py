"""The built wheel alone: everything that the application needs is in it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from competency.demonstration.cast import PASSWORD
from competency.resources import FRAMEWORKS, STATIC, TEMPLATES
from competency.wording import LANGUAGES, Words

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "competency"
SIGN_IN = "Sign in"


def output(*command: str | Path, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command outside the checkout; return what it printed, or fail with it."""
    done = subprocess.run(  # noqa: S603 - our own words
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of a copy: the build writes catalogues, which other tests read."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("competency", "templates", "frameworks_data"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.mo"))
    for name in ("pyproject.toml", "README.md", "build_translations.py"):
        shutil.copy(ROOT / name, source)
    arguments = ["--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    output(sys.executable, "-m", "build", *arguments, folder=folder, environment=os.environ)
    [built] = folder.glob("*.whl")
    return built


def bare(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing leads to the checkout."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "COMPETENCY_DATA_FOLDER": str(folder / "data"),
    }


def new_environment(folder: Path, *, with_pip: bool) -> Path:
    """Make an empty virtual environment; return its folder of programs."""
    venv.create(folder / "environment", with_pip=with_pip, symlinks=True)
    return folder / "environment" / "bin"


def packaged(folder: Path, into: str, pattern: str) -> set[str]:
    """Return the files of the checkout below ``folder`` as the wheel names them."""
    found = (path for path in folder.rglob(pattern) if path.is_file())
    return {f"{into}/{path.relative_to(folder)}" for path in found}


def test_the_wheel_carries_all_that_is_read_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        *packaged(TEMPLATES, "competency/templates", "*.html"),
        *packaged(STATIC, "competency/static", "*.*"),
        *packaged(FRAMEWORKS, "competency/frameworks_data", "*.yaml"),
        *packaged(FRAMEWORKS, "competency/frameworks_data", "*.schema.json"),
        *packaged(PACKAGE / "migrations", "competency/migrations", "*.py"),
        *packaged(PACKAGE, "competency", "*.py"),
        *(
            f"competency/translations/{language}/LC_MESSAGES/messages.mo"
            for language in LANGUAGES
            if language != "en"
        ),
    }
    assert sorted(wanted - names) == []
    assert sorted(n for n in names if n.startswith(("tests/", "docs/", "instance/"))) == []


def test_the_wheel_alone_gives_a_working_command_and_application(
    wheel: Path, tmp_path: Path
) -> None:
    programs = new_environment(tmp_path, with_pip=False)
    python = programs / "python"
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
    ]
    install = [*pip, "install", "--no-deps", "--no-index", wheel]
    output(*install, folder=tmp_path, environment=os.environ)
    [site] = (tmp_path / "environment" / "lib").glob("python*/site-packages")
    # A plain line is put on the path, while the editable install's own line is not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    works(programs, tmp_path)


@pytest.mark.slow
def test_the_pinned_packages_and_the_wheel_work_in_an_empty_environment(
    wheel: Path, tmp_path: Path
) -> None:
    programs = new_environment(tmp_path, with_pip=True)
    pip: list[str | Path] = [programs / "python", "-m", "pip", "--disable-pip-version-check"]
    pins: list[str | Path] = ["--require-hashes", "-r", ROOT / "requirements" / "run.txt"]
    output(*pip, "install", *pins, folder=tmp_path, environment=os.environ)
    output(*pip, "install", "--no-deps", wheel, folder=tmp_path, environment=os.environ)
    assert "No broken requirements" in output(
        *pip, "check", folder=tmp_path, environment=bare(tmp_path)
    )
    works(programs, tmp_path)


def works(programs: Path, folder: Path) -> None:
    """Use what was installed as a newcomer would: list, set up, fill, open a page."""
    environment = bare(folder)
    where = "import competency, sys; print(competency.__file__); print(*sys.path)"
    place = output(programs / "python", "-c", where, folder=folder, environment=environment)
    assert place.startswith(str(programs.parent))
    assert str(ROOT) not in place.split()

    def run(*words: str) -> str:
        return output(programs / "competency", *words, folder=folder, environment=environment)

    shipped = json.loads(run("frameworks", "list", "--json"))
    assert "supervisor-oficina-comercial" in json.dumps(shipped)
    assert "up to date" in run("db", "upgrade")
    assert "ac3.cd5" in run("frameworks", "show", "supervisor-oficina-comercial")
    environment["COMPETENCY_DATA_FOLDER"] = str(folder / "demonstration")
    assert PASSWORD in run("demo", "--no-serve")
    with served(programs, folder, environment) as address:
        for language in LANGUAGES:
            status, page = opened(f"{address}/sign-in", language)
            assert status == 200
            assert f'<html lang="{language}">' in page
            assert Words(language).gettext(SIGN_IN) in page
        assert opened(f"{address}/static/app.css", "en")[0] == 200
        assert opened(f"{address}/health", "en") == (200, '{"status":"ok"}\n')


@contextmanager
def served(programs: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the installed application on a free port until the block ends."""
    port = str(free_port())
    command = [str(programs / "competency"), "serve", "--port", port, "--workers", "1"]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if "Listening at" in line:
                    break
            assert said, "the server ended without a word"
            assert "Listening at" in said[-1], "".join(said)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def opened(address: str, language: str) -> tuple[int, str]:
    """Return the status and the text of a page in a language."""
    request = urllib.request.Request(address, headers={"Accept-Language": language})  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        return answer.status, answer.read().decode()
