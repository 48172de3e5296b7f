"""The engines, a row each, and where to find them.

Peers live in a cache outside the tree, in a virtual environment each, that `sinter bench setup`
makes (setup.py): $SINTER_BENCH_DIR, else ~/.cache/sinter/bench (or where XDG_CACHE_HOME says).
Where a peer has none, but the running interpreter has its module, that interpreter runs it.

Adding an engine is an adapter (../adapters/NAME_adapter.py), its pins (../requirements/NAME.txt)
and a row here.
"""
import dataclasses
import importlib.util
import os
import pathlib
import re
import shutil
import sys

from sinter_bench.adapter_process import AdapterError

FOLDER = pathlib.Path(__file__).parents[1]
DRIVER = "driver"  # the environment of the driver itself


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    title: str
    modules: tuple   # what its adapter imports; all must be there
    does: str        # "models": whole ONNX models; "kernels": models of one operator that it has

    @property
    def adapter(self):
        return FOLDER / "adapters" / f"{self.name}_adapter.py"

    @property
    def requirements(self):
        return FOLDER / "requirements" / f"{self.name}.txt"


PEERS = {peer.name: peer for peer in (
    Peer("onnxruntime", "ONNX Runtime", ("onnxruntime",), "models"),
    Peer("openvino", "OpenVINO", ("openvino",), "models"),
    Peer("iree", "IREE", ("iree.compiler", "iree.runtime", "onnx"), "models"),
    Peer("tvm", "TVM", ("tvm", "onnx"), "models"),
    # A library without a module of its own: its adapter finds it in the environment it runs in.
    Peer("onednn", "oneDNN", (), "kernels"),
    Peer("openblas", "OpenBLAS", ("scipy_openblas32", "onnx"), "kernels"),
)}

# What the suite service compares our daemon with: programs without an adapter (servers.py).
SERVERS = ("buildbox-casd",)


def cache_dir():
    told = os.environ.get("SINTER_BENCH_DIR")
    if told:
        return pathlib.Path(told)
    caches = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return caches / "sinter" / "bench"


def parse(name):
    """-> (engine, options of its `load`): `self` is Sinter once more, `self+5%` every call of it
    5 % longer, `self:fast` (or strict) Sinter under those numerics.

    ERRORS: ValueError if there is no such engine.
    """
    if name in PEERS or name in ("sinter", "self"):
        return ("sinter" if name == "self" else name), {}
    numerics = re.fullmatch(r"self:(strict|default|fast)", name)
    if numerics:
        return "sinter", {"compile_flags": [f"--numerics={numerics[1]}"]}
    slower = re.fullmatch(r"self\+(\d+(?:\.\d+)?)%", name)
    if not slower:
        raise ValueError(f"there is no engine `{name}`; those are {', '.join(PEERS)}, "
                         "`self`, `self+5%` and `self:fast`")
    return "sinter", {"slowdown": 1 + float(slower[1]) / 100}


def _has(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:  # of the package that it is in
        return False


def interpreter(name):
    """-> the Python that has the peer. ERRORS: AdapterError (missing) if none does."""
    own = cache_dir() / name / "bin" / "python"
    # An installation that was interrupted has no stamp.
    if own.exists() and (cache_dir() / name / ".stamp").exists():
        return str(own)
    modules = PEERS[name].modules
    if modules and all(_has(module) for module in modules):
        return sys.executable
    raise AdapterError("missing",
                       f"`{name}` is not installed; `sinter bench setup --peers={name}` does it")


def _sinter_adapter(sinter):
    """-> the program that speaks for Sinter: beside `sinter`, as it is installed or built."""
    told = os.environ.get("SINTER_BENCH_ADAPTER")
    if told:
        return told
    name = "sinter-bench-adapter"
    folder = pathlib.Path(sinter).resolve().parent
    for place in (folder / "libexec" / name, folder / name):
        if place.exists():
            return str(place)
    raise AdapterError("missing", f"no `{name}` in {folder} or its libexec folder; build it "
                                  f"(//benchmarks/adapters/sinter:{name}), or name it in "
                                  "SINTER_BENCH_ADAPTER")


def command(engine, options):
    """-> (the adapter's command line, what its environment has besides).

    ERRORS: AdapterError (missing) if the engine is not installed.
    """
    if engine == "sinter":
        sinter = shutil.which(options.sinter) or options.sinter
        return [_sinter_adapter(sinter)], {"SINTER_BIN": sinter}
    # What is installed for other users of this account, or set for this interpreter, is not pinned.
    return ([interpreter(engine), "-s", str(PEERS[engine].adapter)],
            {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""})


def installed(suite=None):
    """-> names of the peers that can be run, in the table's order; of those that a suite of whole
    models is something for, if it is named."""
    found = []
    for name, peer in PEERS.items():
        if peer.does == "kernels" and suite not in (None, "operators"):
            continue
        try:
            interpreter(name)
            found.append(name)
        except AdapterError:
            pass
    return found
