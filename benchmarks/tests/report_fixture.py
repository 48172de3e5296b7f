"""Made-up results for the tests of report and summary. Nothing here was measured: every number is
drawn from a seeded generator, in the shape of results.json.
"""
import numpy as np

from sinter_bench import results
from sinter_bench.measurement import Measurement

PEERS = {"onnxruntime": 1.0, "openvino": 0.9, "iree": 1.7, "tvm": 2.4}
FAMILIES = ("matmul", "conv", "elementwise", "reduction", "softmax")
HOSTILE = 'node `a` failed: </script><b id="injected">&lt;bold&gt;</b><img src=x onerror=alert(1)>'


class _Maker:
    def __init__(self, suite, day):
        self.suite = suite
        # What the workloads are like stays the same over days, samples don't.
        self.rng = np.random.default_rng(list(suite.encode()))
        self.daily = np.random.default_rng([day, *suite.encode()])
        self.progress = 0.93 ** (day - 1)
        self.measurements = []

    def rounds(self, centre, count=10, samples=30, spread=0.02):
        """A round's level varies, its samples vary around that, with a tail."""
        levels = centre * np.exp(self.daily.normal(0, spread, count))
        return [(level * (1 + self.daily.gamma(1.2, spread / 2, samples))).tolist()
                 for level in levels]

    def add(self, workload, engine, variant, centre, spread=0.02, samples=30, **more):
        one = Measurement(self.suite, workload, engine, variant, **more)
        if engine.startswith(("sinter", "self")) and one.unit in ("ns", "s"):
            centre *= self.progress
        if one.status == "ok":
            one.rounds = self.rounds(centre, samples=samples, spread=spread)
        self.measurements.append(one)
        return one


def _latency(make, workload, threads, centre, extra, peers=PEERS):
    centre = centre / (1 + 0.75 * (threads - 1))
    speed = make.rng.lognormal(-0.1, 0.3)
    make.add(workload, "sinter", {"threads": threads}, centre * speed, extra=dict(extra))
    for peer, factor in peers.items():
        make.add(workload, peer, {"threads": threads}, centre * factor * make.rng.lognormal(0, 0.2),
                 extra=dict(extra))
    make.add(workload, "self", {"threads": threads}, centre * speed, extra=dict(extra))
    make.add(workload, "self+5%", {"threads": threads}, centre * speed * 1.05, extra=dict(extra))


def _models(make, count=12):
    for number in range(count):
        centre = 10 ** make.rng.uniform(5, 8)
        extra = {"family": ("vision", "language", "audio")[number % 3], "dtype": "f32",
                 "flops": centre * make.rng.uniform(10, 45), "bytes": centre * make.rng.uniform(1, 6)}
        for threads in (1, 2):
            _latency(make, f"made_up_model_{number}", threads, centre, extra)
    told = {one.engine: one for one in make.measurements if one.workload == "made_up_model_3"}
    told["tvm"].fail("unsupported", "no lowering of `LSTM`")
    told["iree"].fail("failed", HOSTILE)
    for one in make.measurements:
        if one.workload == "made_up_model_4" and one.engine == "openvino":
            one.fail("wrong", "outputs are 3.1e-01 of the largest value off; 1e-03 is allowed")
        if one.workload == "made_up_model_5" and one.engine == "sinter":
            one.fail("timeout", "no answer in 300 s")
        if one.workload == "made_up_model_6" and one.engine == "tvm":
            one.fail("missing", "`tvm` is not installed: run `sinter bench setup --peers=tvm`")


def _operators(make):
    for number in range(30):
        family = FAMILIES[number % 5]
        intensity = (40, 25, 0.12, 0.25, 0.6)[number % 5]
        moved = 10 ** make.rng.uniform(4.5, 7.5)
        centre = max(moved * intensity / 55, moved / 12) * make.rng.uniform(1, 2.2)
        for threads in (1, 2):
            _latency(make, f"{family}_{number}", threads, centre,
                     {"family": family, "dtype": ("f32", "f32", "s8")[number % 3],
                      "flops": moved * intensity, "bytes": moved})
    for size in (32, 64, 128, 256, 512, 1024):
        _latency(make, f"square_{size}", 1, 2 * size ** 2.93 / 50,
                 {"family": "matmul", "dtype": "f32", "flops": 2 * size ** 3, "bytes": 12 * size ** 2,
                  "size_series": "square matmul", "size": size})
        _latency(make, f"vector_{size}", 1, 120 + size ** 1.02 / 3,
                 {"family": "elementwise", "dtype": "f32", "flops": size, "bytes": 8 * size,
                  "size_series": "vector add", "size": size * 64})


def _compile(make):
    stages = {"import": 0.05, "shapes": 0.03, "fuse": 0.1, "codegen": 0.62, "link": 0.14}
    for number in range(8):
        seconds, workload = 10 ** make.rng.uniform(-0.3, 1.1), f"made_up_model_{number}"
        for mode, part in (("cold", 1.0), ("warm", 0.3), ("hit", 0.002)):
            extra = {"stages": {name: seconds * share * make.rng.uniform(0.7, 1.3)
                                for name, share in stages.items()}} if mode == "cold" else {}
            make.add(workload, "sinter", {"mode": mode}, seconds * part, metric="wall_s", unit="s",
                     samples=1, extra=extra)
        for engine, factor in (("iree", 2.1), ("tvm", 4.3)):
            make.add(workload, engine, {"mode": "cold"}, seconds * factor, metric="wall_s", unit="s",
                     samples=1)
        for engine, factor in (("sinter", 1.0), ("iree", 2.6), ("tvm", 3.0)):
            factor *= make.rng.lognormal(0, 0.15)
            make.add(workload, engine, {"mode": "cold"}, seconds * 1.6 * factor, metric="cpu_s",
                     unit="s", samples=1)
            make.add(workload, engine, {"mode": "cold"}, 3e8 * factor, metric="peak_rss", unit="bytes",
                     samples=1)
            make.add(workload, engine, {"mode": "cold"}, 2e7 * factor, 1e-6, metric="artifact_size",
                     unit="bytes", samples=1)


def _service(make):
    for scenario, centre, factor in (("hit", 4e5, 1.4), ("miss", 9e7, None)):
        for connections in (1, 16):
            variant = {"scenario": scenario, "connections": connections, "rate": None}
            name = f"{scenario}_c{connections}"
            for engine, slower in (("sinter", 1), ("buildbox-casd", factor)):
                if slower:
                    _served(make, name, engine, variant, centre * slower * connections ** 0.6)
                    make.add(name, engine, variant, 1e9 / centre / slower * connections ** 0.4, samples=1,
                             metric="throughput", unit="requests/s", better="higher")
        for share in (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97):
            rate = round(2e9 / centre * share, 1)
            variant = {"scenario": scenario, "connections": 16, "rate": rate}
            one = _served(make, f"{scenario}_r{rate:g}", "sinter", variant, centre / (1 - share) ** 0.8)
            one.extra["achieved_rate"] = rate * 0.999
    for engine, factor in (("sinter", 1.0), ("buildbox-casd", 0.4)):
        make.add("start", engine, {"scenario": "start to listening"}, 3e7 * factor, samples=1)
        make.add("start", engine, {"scenario": "idle"}, 6e7 * factor, metric="rss", unit="bytes",
                 samples=1)
    make.add("start", "sinter", {"scenario": "start to first worker"}, 9e7, samples=1)


def _served(make, name, engine, variant, centre):
    one = make.add(name, engine, variant, centre, samples=1500, spread=0.06)
    one.rounds = [(samples * (1 + 0.15 * make.daily.pareto(2.2, len(samples)))).tolist()
                  for samples in map(np.asarray, one.rounds)]
    every = np.concatenate(one.rounds)
    places = (("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9))
    one.extra.update(percentiles={key: float(np.percentile(every, at)) for key, at in places}, errors=0)
    return one


def _peaks(threads):
    return {"f32_flops": 1.1e11 * threads, "s8_ops": 4.2e11 * threads, "bf16_flops": 2.0e11 * threads,
            "dram_read_bytes_per_s": 1.3e10 * (1 + 0.5 * (threads - 1)),
            "dram_copy_bytes_per_s": 1.1e10, "l1_read_bytes_per_s": 3.1e11 * threads,
            "l2_read_bytes_per_s": 1.3e11 * threads}


def _context(suite, make, day, commit, noisy):
    cv = 0.047 if noisy else 0.006
    loop = 3.1e6 * (1 + np.abs(make.daily.normal(0, cv, 90)))
    engines = {peer: {"version": "1.0-made-up", "details": {}} for peer in PEERS}
    engines["onednn"] = {"error": "`onednn` is not installed"}
    return {
        "date": f"2026-01-{day:02}T12:00:00+00:00", "host_name": "nowhere",
        "executable": "sinter bench", "num_cpus": 2, "mhz_per_cpu": 3000,
        "cpu_scaling_enabled": False, "load_avg": [0.1, 0.2, 0.3],
        "caches": [{"type": "Data", "level": 1, "size": 32768, "num_sharing": 1}],
        "library_build_type": "release",
        "sinter": {"schema": 1, "suite": suite, "argv": ["run", f"--suite={suite}"], "commit": commit,
                   "seed": 0, "budget_s": 600, "rounds": 10, "wall_s": 480.0,
                   "cpu": {"model": "Made-Up Processor", "flags": ["avx2", "fma"], "governor": "unknown"},
                   "memory_bytes": 2**34, "kernel": "6.1", "engines": engines,
                   "peaks": {"1": _peaks(1), "2": _peaks(2)},
                   "noise": {"cv": cv, "steal": 0.018 if noisy else 0.0, "noisy": noisy,
                             "samples": loop.tolist(), "unit": "ns"}}}


_SUITES = {"models": _models, "operators": _operators, "compile": _compile, "service": _service}


def make(suite, day=1, commit="0123456789ab", noisy=False):
    """-> the contents of a results.json; the same at every call."""
    maker = _Maker(suite, day)
    _SUITES[suite](maker)
    results.derive(maker.measurements)
    return {"context": _context(suite, maker, day, commit, noisy), "benchmarks": [],
            "measurements": [one.to_json() for one in maker.measurements]}


def history(suite, commits=4):
    return [make(suite, day, f"{day:03}c0ffee{day:03}", noisy=day == commits)
                 for day in range(1, commits + 1)]
