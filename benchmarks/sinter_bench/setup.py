"""sinter bench setup: installs the peers, at the versions that ../requirements pins.

  python3 -m sinter_bench.setup [--peers=NAME,…]     needs nothing but Python: it makes the rest

Each gets a virtual environment in the cache (see peers.py), with exactly the packages of its file,
checked by SHA-256. A stamp, written last, names what an environment was made from: one that is
there is left alone, one that was interrupted or has other pins is made anew. The driver has one
too, which is always made.
"""
import argparse
import fcntl
import hashlib
import pathlib
import platform
import shutil
import subprocess
import sys
import time

from sinter_bench import peers
from sinter_bench.report import install_echarts

# The pinned archives are for this one.
PYTHON = "3.11"


def _say(text):
    print(f"setup: {text}", file=sys.stderr, flush=True)


def _requirements(name):
    return peers.FOLDER / "requirements" / f"{name}.txt"


def base_python():
    """-> an interpreter of the version that the pins are for. ERRORS: FileNotFoundError."""
    if platform.python_version().startswith(PYTHON + "."):
        return getattr(sys, "_base_executable", None) or sys.executable
    found = shutil.which(f"python{PYTHON}")
    if found is None:
        raise FileNotFoundError(f"this is Python {platform.python_version()}; the pinned packages "
                                f"are for {PYTHON}: install python{PYTHON} with its venv module")
    return found


def stamp(name):
    """What an environment is made from."""
    digest = hashlib.sha256(_requirements(name).read_bytes()).hexdigest()
    return f"{digest} python={PYTHON}\n"


def is_made(name, cache):
    try:
        return (cache / name / ".stamp").read_text() == stamp(name)
    except OSError:
        return False


def _reason(done):
    """Why pip or venv failed, in a line, from all that it said."""
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR")]
    return (errors or lines or [f"exit code {done.returncode}"])[-1]


def _run(command, name):
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode == 0:
        return
    hint = ""
    # pip tells the two apart only in words: it asked in vain, or it was given something else.
    if any(word in done.stderr for word in ("No matching distribution", "Max retries", "connection",
                                            "Connection")):
        hint = "; a package index must be within reach (pip's settings name it, PIP_INDEX_URL too)"
    raise RuntimeError(f"`{name}` was not installed: {_reason(done)}{hint}")


def install(name, cache, python):
    """Makes the environment of one peer. ERRORS: RuntimeError that says why it could not."""
    folder = cache / name
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _run([python, "-m", "venv", str(folder)], name)
        _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps",
              "--disable-pip-version-check", "--require-hashes", "--only-binary=:all:",
              "--retries=2", "-r", str(_requirements(name))], name)
    except RuntimeError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / ".stamp").write_text(stamp(name))


def setup(names, cache=None):
    """Installs what is not there yet. -> messages of those that could not be.

    ERRORS: ValueError for a name that is no peer's.
    """
    cache = pathlib.Path(cache or peers.cache_dir()).absolute()
    for name in names:
        if name not in (peers.DRIVER, *peers.PEERS, *peers.SERVERS):
            known = ", ".join((*peers.PEERS, *peers.SERVERS))
            raise ValueError(f"there is no peer `{name}`; those are {known}")
    cache.mkdir(parents=True, exist_ok=True)
    failures = []
    with open(cache / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in names:
            if is_made(name, cache):
                _say(f"{name} is there")
                continue
            begin = time.monotonic()
            _say(f"installing {name}")
            try:
                install(name, cache, base_python())
                _say(f"{name} is ready ({time.monotonic() - begin:.0f} s)")
            except RuntimeError as error:
                _say(str(error))
                failures.append(str(error))
                if name == peers.DRIVER:
                    break  # what would not come for the driver would not for the others
    return failures


def install_report(cache):
    """What the report draws with. -> messages, as setup()'s."""
    try:
        install_echarts(cache / "report", cache / peers.DRIVER / "bin" / "python")
    except (subprocess.CalledProcessError, ValueError) as error:
        message = f"the report's drawing library was not installed: {error}"
        _say(message)
        return [message]
    _say("the report's drawing library is there")
    return []


def main(names=None):
    """-> the exit code: 4 if one could not be installed; the others are."""
    wanted = [peers.DRIVER, *(names if names is not None else (*peers.PEERS, *peers.SERVERS))]
    cache = peers.cache_dir().absolute()
    failures = setup(list(dict.fromkeys(wanted)), cache)
    if is_made(peers.DRIVER, cache):
        failures += install_report(cache)
    return 4 if failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="sinter bench setup",
                                     description=__doc__.split("\n\n")[0])
    parser.add_argument("--peers", type=lambda text: [name for name in text.split(",") if name],
                        metavar="NAME,…", help="all by default; the driver always")
    try:
        sys.exit(main(parser.parse_args().peers))
    except (FileNotFoundError, ValueError) as error:
        _say(str(error))
        sys.exit(4 if isinstance(error, FileNotFoundError) else 2)
