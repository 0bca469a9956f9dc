"""Write the two lock files: every version pinned, every file hashed, for all systems and Pythons we support.

`make lock` calls this with uv on hand. Versions already locked stay as they are unless `--upgrade` is given.
The address of the package index stays out of the files, so that they install from any mirror.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"requirements.lock": "build", "requirements-dev.lock": "dev"}
COMMAND = (
    "pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate"
    " --no-emit-index-url --no-emit-find-links --quiet"
).split()


def main(extra: list[str]) -> int:
    """Compile both files; `extra` is handed to uv. Returns uv's exit code."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    for name, group in LOCKS.items():
        # the development lock must hold the same runtime versions, so the first file constrains the second
        same = ["--constraint", "requirements.lock"] if group == "dev" else []
        done = subprocess.run(
            [uv, *COMMAND, *same, "--group", group, "--output-file", name, *extra], cwd=ROOT, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
