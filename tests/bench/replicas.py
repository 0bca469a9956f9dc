"""Answers a second with one `soundings serve` on PostgreSQL, and with two; clients in processes of their own.

With fewer cores than that takes, each replica is held to a part of a core by the kernel's control groups, so that neither
the database nor the clients are what limits: two such replicas against one then tell whether replies scale out.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.clients.form_client import FormClient
from tests.clients.post_office import PostOffice
from tests.clients.postgresql import server, why_not
from tests.scenarios.replicas import Replica, Season, running

PEOPLE, SECONDS, TURNS, TARGET = 16, 4, 3, 1.5
# The database, two replicas and the clients need a core each to be measured and not each other.
CORES = 6
# Of a core, where there are fewer: two replicas then leave more than one core and a half to the others.
PART, PERIOD_US = 0.2, 10_000
GROUPS = Path("/sys/fs/cgroup")


@contextmanager
def narrowed(replicas: list[Replica]) -> Iterator[bool]:
    """Each of them on a part of a core; False, and nothing changed, where control groups can't be written."""
    v2 = (GROUPS / "cgroup.controllers").exists()
    parent = GROUPS if v2 else GROUPS / "cpu"
    made: list[Path] = []
    try:
        for each in replicas:
            group = parent / f"soundings-bench-{each.process.pid}"
            group.mkdir()
            made.append(group)
            quota = int(PERIOD_US * PART)
            if v2:
                (group / "cpu.max").write_text(f"{quota} {PERIOD_US}")
            else:
                (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
                (group / "cpu.cfs_quota_us").write_text(str(quota))
            (group / "cgroup.procs").write_text(str(each.process.pid))
        held = True
    except OSError:
        held = False
    try:
        yield held
    finally:
        for group, each in zip(made, replicas, strict=False):
            with contextlib.suppress(OSError):
                (parent / "cgroup.procs").write_text(str(each.process.pid))
            with contextlib.suppress(OSError):
                group.rmdir()


def client(urls: list[str]) -> None:
    """Answer the first page of each of these forms again and again; prints how many answers were acknowledged."""
    counted = [0] * len(urls)
    stop = time.monotonic() + SECONDS

    def answer(number: int) -> None:
        session, url = requests.Session(), urls[number]
        hidden = FormClient().open(f"{url}?page=well").hidden()
        while time.monotonic() < stop:
            said = ("yes", "no")[counted[number] % 2]
            done = session.post(url, data=[*hidden, ("well", said), ("go", "next")], allow_redirects=False, timeout=10)
            if done.status_code in {302, 303}:
                counted[number] += 1

    hands = [threading.Thread(target=answer, args=(number,)) for number in range(len(urls))]
    for each in hands:
        each.start()
    for each in hands:
        each.join()
    print(sum(counted))


def rate(links: list[str], public_url: str, replicas: list[str]) -> float:
    """Answers a second, the forms shared out among the replicas and two client processes."""
    urls = [link.replace(public_url, replicas[number % len(replicas)]) for number, link in enumerate(links)]
    parts = (urls[::4] + urls[1::4], urls[2::4] + urls[3::4])
    clients = [
        subprocess.Popen([sys.executable, "-m", "tests.bench.replicas", *part], stdout=subprocess.PIPE, text=True)
        for part in parts
    ]
    found = sum(int(each.communicate()[0]) for each in clients)
    assert found, "no answer was acknowledged"
    return found / SECONDS


def main() -> bool:
    """Print both rates; judged only where the machine has enough cores."""
    print("replies on one replica and on two")
    if why := why_not():
        print(f"  left out: {why}")
        return True
    with server() as database, PostOffice() as post, tempfile.TemporaryDirectory() as folder:
        settings = {"DATABASE_URL": database.fresh()}
        season = Season(home=Path(folder), post=post, people=PEOPLE, settings=settings, opens_in=1, reminds_in=3600)
        with running(season, 2) as both:
            post.wait_for(kind="invitation", count=PEOPLE)
            links = [letter.link(season.soundings.public_url) for letter in post.letters(kind="invitation")]
            urls, cores = [each.url for each in both], os.cpu_count() or 1
            rate(links, season.soundings.public_url, urls)
            one, two = [], []
            with narrowed(both if cores < CORES else []) as held:
                for _ in range(TURNS):
                    one.append(rate(links, season.soundings.public_url, urls[:1]))
                    two.append(rate(links, season.soundings.public_url, urls))
    ratios = [after / before for before, after in zip(one, two, strict=True)]
    ratio = statistics.median(ratios)
    verdict = ("met" if ratio >= TARGET else "MISSED") if held else f"not judged on {cores} cores"
    where = f" on {PART} of a core each" if held and cores < CORES else ""
    print(
        f"  one {statistics.median(one):.0f}/s, two {statistics.median(two):.0f}/s{where}: ratio {ratio:.2f}"
        f" ({min(ratios):.2f} to {max(ratios):.2f}; at least {TARGET}: {verdict})"
    )
    return ratio >= TARGET if held else True


if __name__ == "__main__":
    if len(sys.argv) > 1:
        client(sys.argv[1:])
    else:
        sys.exit(0 if main() else 1)
