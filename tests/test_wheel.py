"""The wheel holds what it should, and runs somewhere else, away from this checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"bot", "console", "handlers", "schedules", "reports", "channels", "storage", "surveys"}
EXAMPLE = "courageous-conversations"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("soundings_bot-*.whl"))


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """A fresh environment with the wheel; the dependencies are borrowed from here, so nothing is fetched."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "env", with_pip=False, symlinks=os.name != "nt")
    scripts = home / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / Path(sys.executable).name
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    # a line in a .pth file adds the folder but does not follow the .pth files in it, so not this checkout
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=home,
    )
    return scripts, home


def run(*command, cwd):
    env = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "DATABASE_URL"}}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_it_holds_the_packages_and_the_examples_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    own = [name for name in names if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in own} == PACKAGES
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".db", ".env"))]
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".html", ".txt", ".css", ".mako", ".svg", ".js"}
        and "__pycache__" not in path.parts
    }
    assert kept <= set(own)
    examples = {
        f"bot/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "examples").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert examples <= set(own)
    assert f"bot/examples/{EXAMPLE}/programme.yaml" in own
    assert any(name.startswith("storage/migrations/versions/") for name in own)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_it_is_what_runs_elsewhere(elsewhere):
    scripts, home = elsewhere
    where = run(scripts / Path(sys.executable).name, "-c", "import bot; print(bot.__file__)", cwd=home)
    assert Path(where.strip()).is_relative_to(home)


def test_the_command_runs_elsewhere(elsewhere):
    scripts, home = elsewhere
    told = run(scripts / "soundings", "--help", cwd=home)
    assert "serve" in told
    assert "load" in told


def test_the_shipped_example_loads_elsewhere(elsewhere):
    scripts, home = elsewhere
    where = run(scripts / Path(sys.executable).name, "-c", "import bot; print(bot.__file__)", cwd=home)
    example = Path(where.strip()).parent / "examples" / EXAMPLE / "programme.yaml"
    run(scripts / "soundings", "load", example, cwd=home)
    assert "no changes" in run(scripts / "soundings", "load", example, cwd=home)
    assert (home / "var" / "soundings.db").exists()
