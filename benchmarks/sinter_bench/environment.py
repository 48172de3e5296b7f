"""What a number was measured on: machine, versions, digests. Linux only.

The keys are those of Google Benchmark's JSON context; what it lacks stands below "sinter".
"""
import datetime
import hashlib
import json
import os
import pathlib
import platform
import socket
import subprocess


def _read(path, otherwise=""):
    try:
        return pathlib.Path(path).read_text().strip()
    except OSError:
        return otherwise


def _cpuinfo():
    """-> the first processor's lines of /proc/cpuinfo."""
    lines = _read("/proc/cpuinfo").split("\n\n")[0].splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _caches():
    """As Google Benchmark lists them; sizes in bytes."""
    found = []
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        size = _read(folder / "size", "0K")
        sharing = _read(folder / "shared_cpu_map").replace(",", "")
        found.append({"type": _read(folder / "type"), "level": int(_read(folder / "level", "0")),
                      "size": int(size.rstrip("KM")) << (20 if size.endswith("M") else 10),
                      "num_sharing": bin(int(sharing or "0", 16)).count("1")})
    return found


def governor():
    """How the clock is chosen; "unknown" where the host does not say (most virtual machines)."""
    return _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or "unknown"


def steal_ticks():
    """-> (stolen, all) ticks since boot: what a hypervisor gave to others."""
    ticks = [int(field) for field in _read("/proc/stat").splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)


def digest(path):
    """SHA-256 of a file in hex, or None if there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _commit(folder):
    """The commit of the tree that the driver lies in; "unknown" outside of one."""
    done = subprocess.run(["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=12"],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.strip() or "unknown"


def sinter_details(sinter):
    """What `sinter version` says and the program's digest."""
    done = subprocess.run([sinter, "version", "--json"], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {}
    return {**told, "sha256": digest(sinter)}


def describe():
    """-> the context of results.json, without what only a run knows."""
    cpu = _cpuinfo()
    memory = next(line for line in _read("/proc/meminfo").splitlines() if line.startswith("MemTotal"))
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "host_name": socket.gethostname(),
        "executable": "sinter bench",
        "num_cpus": len(os.sched_getaffinity(0)),
        "mhz_per_cpu": round(float(cpu.get("cpu MHz", 0))),
        "cpu_scaling_enabled": governor() not in ("performance", "unknown"),
        "caches": _caches(),
        "load_avg": list(os.getloadavg()),
        "library_build_type": "release",
        "sinter": {
            "schema": 1,
            "commit": _commit(pathlib.Path(__file__).parent),
            "cpu": {"model": cpu.get("model name", platform.machine()), "governor": governor(),
                    "flags": cpu.get("flags", cpu.get("Features", "")).split()},
            "memory_bytes": int(memory.split()[1]) * 1024,
            "kernel": platform.release(),
            "os": platform.platform(),
            "python": platform.python_version(),
        },
    }
