#!/usr/bin/env python3
"""Apache ECharts 5.5.1, the library that draws the report: where it lies, and how it gets there.

  echarts.py FOLDER      puts echarts.min.js into FOLDER, if it is not there already

The file is ECharts' own release, byte for byte (the digest below is that of `dist/echarts.min.js`
in npm's package echarts@5.5.1). It is taken out of a Python package that carries it, because the
set-up has pip at hand and no Node. Standard library only.
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

VERSION = "5.5.1"
NAME = "echarts.min.js"
SHA256 = "e84270bd0cd5bdf60fefc26d00c2a391cb2e81f4d26a7a9ee16185a54773a3cf"
CARRIER = ("nicegui==2.24.2 "
           "--hash=sha256:9b810fe75f3dd1ff926e3d96d71e25031387fe5b7a21d32159a32611b8023423")
MEMBER = "nicegui/elements/lib/echarts/echarts.min.js"
PROJECT_COPY = pathlib.Path("/opt/sinter/deps/echarts") / NAME


def bench_folder():
    """The cache of the peers, which `sinter bench setup` fills."""
    if named := os.environ.get("SINTER_BENCH_DIR"):
        return pathlib.Path(named)
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache) / "sinter" / "bench"


def find_echarts():
    """-> the file. ERRORS: FileNotFoundError that says how to get it."""
    named = os.environ.get("SINTER_BENCH_ECHARTS")
    places = [pathlib.Path(named)] if named else [bench_folder() / "report" / NAME, PROJECT_COPY]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"no `{NAME}` at {' or '.join(map(str, places))}: the report is drawn "
                            "with it; `sinter bench setup` installs it")


def _is_right(path):
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == SHA256


def install_echarts(folder, python=sys.executable):
    """Fetches the pinned file into `folder` with that interpreter's pip. -> its path. A second call
    does nothing.

    ERRORS: subprocess.CalledProcessError if pip fails, ValueError for a wrong digest.
    """
    target = pathlib.Path(folder) / NAME
    if _is_right(target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sinter-echarts-", dir=target.parent) as temporary:
        scratch = pathlib.Path(temporary)
        pins = scratch / "requirements.txt"
        pins.write_text(CARRIER + "\n")
        subprocess.run([str(python), "-m", "pip", "download", "--quiet", "--no-deps",
                        "--disable-pip-version-check", "--require-hashes", "--only-binary=:all:",
                        "-d", temporary, "-r", str(pins)], check=True)
        with zipfile.ZipFile(next(scratch.glob("*.whl"))) as wheel:
            wheel.extract(MEMBER, scratch)
        if not _is_right(scratch / MEMBER):
            raise ValueError(f"`{MEMBER}` of the downloaded package has not the pinned SHA-256")
        os.replace(scratch / MEMBER, target)
    return target


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(install_echarts(sys.argv[1]))
