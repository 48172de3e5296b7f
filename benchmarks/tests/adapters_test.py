"""Adapters with their real engines, on models made here; those not installed are skipped."""
import functools
import pathlib
import tempfile
import types
import unittest

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from sinter_bench import peers
from sinter_bench.adapter_process import AdapterError, AdapterProcess

RNG = np.random.default_rng(7)


def normal(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


def value(name, array, dims=None):
    kind = helper.np_dtype_to_tensor_dtype(array.dtype)
    return helper.make_tensor_value_info(name, kind, dims or array.shape)


class Case:
    """A model of one node in a folder, with its inputs and the reference's answer."""

    def __init__(self, folder, op, inputs, constants=(), free=False, **attributes):
        names = [f"in{index}" for index in range(len(inputs) + len(constants))]
        node = helper.make_node(op, names, ["out/put"], **attributes)
        self.arrays = dict(zip(names, inputs))
        given = [value(name, array, [f"d{index}" for index in range(array.ndim)] if free else None)
                 for name, array in self.arrays.items()]
        held = [numpy_helper.from_array(np.asarray(array), name)
                for name, array in zip(names[len(inputs):], constants)]
        kind = (TensorProto.INT32 if "Integer" in op
                else helper.np_dtype_to_tensor_dtype(inputs[0].dtype))
        out = helper.make_tensor_value_info("out/put", kind, None)
        model = helper.make_model(helper.make_graph([node], "one", given, [out], held),
                                  opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        self.expected = ReferenceEvaluator(model).run(None, self.arrays)[0]
        self.folder = pathlib.Path(folder)
        self.path = self.folder / "model.onnx"
        onnx.save(model, self.path)

    def request(self, threads):
        inputs = []
        for name, array in self.arrays.items():
            np.save(self.folder / f"{name}.npy", array)
            inputs.append({"name": name, "file": str(self.folder / f"{name}.npy")})
        return {"op": "load", "model": str(self.path), "inputs": inputs, "threads": threads,
                "work_dir": str(self.folder), "options": {}}


class Adapter(unittest.TestCase):
    """What every adapter must do; a class below for each engine."""
    engine = None

    def setUp(self):
        self.command, self.environment = peers.command(self.engine, types.SimpleNamespace())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.case = functools.partial(Case, folder.name)

    def start(self, threads=1):
        process = AdapterProcess(self.engine, self.command, threads, self.environment)
        self.addCleanup(process.end)
        self.assertEqual(process.ask({"op": "hello"}, 120)["engine"], self.engine)
        return process

    def check(self, case, threads=1, atol=1e-4):
        process = self.start(threads)
        loaded = process.ask(case.request(threads), 300)
        self.assertGreater(loaded["peak_rss_bytes"], 1 << 20)
        output, = process.ask({"op": "outputs", "dir": str(case.folder)}, 60)["outputs"]
        self.assertEqual(output["name"], "out/put")
        got = np.load(output["file"])
        self.assertEqual(got.dtype, case.expected.dtype)
        np.testing.assert_allclose(got.astype(np.float64), case.expected, rtol=1e-4, atol=atol)
        timed = process.ask({"op": "time", "min_s": 0.01, "max_samples": 20, "warmup": 1}, 60)
        self.assertTrue(all(sample > 0 for sample in timed["samples_ns"]))
        return loaded

    def refuses(self, case):
        process = self.start()
        with self.assertRaises(AdapterError) as caught:
            process.ask(case.request(1), 300)
        return caught.exception.status, str(caught.exception)

    def test_product_with_a_weight(self):
        self.check(self.case("MatMul", [normal(8, 32)], [normal(32, 16)]))

    def test_two_threads(self):
        self.check(self.case("MatMul", [normal(64, 64)], [normal(64, 64)]), threads=2)


class OnnxRuntime(Adapter):
    engine = "onnxruntime"

    def test_free_dims_and_texts(self):
        self.check(self.case("Softmax", [normal(3, 5)], free=True))
        self.check(self.case("Conv", [normal(1, 3, 8, 8)], [normal(4, 3, 3, 3)], pads=[1, 1, 1, 1]))

    def test_what_it_lacks_is_told_in_its_own_words(self):
        case = self.case("MatMul", [normal(2, 2), normal(2, 2)])
        model = onnx.load(case.path)
        model.graph.node[0].op_type = "NoSuchOperator"
        onnx.save(model, case.path)
        status, message = self.refuses(case)
        self.assertIn("NoSuchOperator", message)
        self.assertIn(status, ("unsupported", "failed"))


class OpenVino(Adapter):
    engine = "openvino"


class Iree(Adapter):
    engine = "iree"

    def test_the_compiler_counts(self):
        loaded = self.check(self.case("Softmax", [normal(4, 5)], free=True))
        self.assertGreater(loaded["cpu_s"], 0.2)
        self.assertGreater(loaded["artifact_bytes"], 1000)

    def test_doubles_stay_doubles(self):
        self.check(self.case("Add", [RNG.standard_normal((4, 5)), RNG.standard_normal((4, 5))]))

    def test_unsigned_outputs(self):
        numbers = RNG.integers(0, 255, (4, 6)).astype(np.uint8)
        self.check(self.case("Transpose", [numbers], perm=[1, 0]))


class Tvm(Adapter):
    engine = "tvm"


class Kernels(Adapter):
    """What the libraries of kernels have in common."""

    def test_products(self):
        self.check(self.case("MatMul", [normal(8, 32), normal(32, 16)]))
        self.check(self.case("MatMul", [normal(2, 3, 8, 16), normal(2, 3, 16, 5)]))
        self.check(self.case("MatMul", [normal(2, 3, 16)], [normal(16, 5)]))
        self.check(self.case("Gemm", [normal(8, 16)], [normal(5, 16), normal(5)], transB=1))
        self.check(self.case("Gemm", [normal(16, 8), normal(16, 5), normal(8, 5)], transA=1))

    def test_what_is_no_kernel(self):
        self.assertEqual(self.refuses(self.case("Relu", [normal(2, 2)]))[0], "unsupported")
        status, message = self.refuses(self.case("MatMul", [normal(2, 3, 4), normal(5, 1, 4, 3)]))
        self.assertEqual(status, "unsupported")
        self.assertIn("spreads batches", message)


class OpenBlas(Kernels):
    engine = "openblas"

    def test_scaled(self):
        self.check(self.case("Gemm", [normal(16, 8), normal(16, 5), normal(8, 1)], transA=1,
                             alpha=0.5, beta=2.0))

    def test_double(self):
        self.check(self.case("MatMul", [normal(8, 8).astype(np.float64)],
                             [normal(8, 8).astype(np.float64)]))


class OneDnn(Kernels):
    engine = "onednn"

    def test_convolutions(self):
        self.check(self.case("Conv", [normal(1, 16, 14, 14)], [normal(32, 16, 3, 3), normal(32)],
                             pads=[1, 1, 1, 1], strides=[2, 2]))
        self.check(self.case("Conv", [normal(1, 16, 14, 14)], [normal(16, 1, 3, 3)], group=16))
        self.check(self.case("Conv", [normal(2, 4, 30)], [normal(6, 4, 3)], auto_pad="SAME_UPPER",
                             dilations=[2]))

    def test_integers(self):
        a = RNG.integers(0, 255, (8, 32)).astype(np.uint8)
        b = RNG.integers(-128, 127, (32, 16)).astype(np.int8)
        self.check(self.case("MatMulInteger", [a], [b]))
        self.check(self.case("MatMulInteger", [a], [b, np.array(128, np.uint8)]))
        x = RNG.integers(0, 255, (1, 16, 7, 7)).astype(np.uint8)
        w = RNG.integers(-128, 127, (8, 16, 3, 3)).astype(np.int8)
        self.check(self.case("ConvInteger", [x], [w, np.array(3, np.uint8)], pads=[1, 1, 1, 1]))

    def test_quantized(self):
        a = RNG.integers(0, 255, (8, 32)).astype(np.uint8)
        b = RNG.integers(-128, 127, (32, 16)).astype(np.int8)
        scale, zero = np.float32, np.zeros((), np.int8)
        by_channel = RNG.uniform(0.01, 0.03, 16).astype(np.float32)
        self.check(self.case("QLinearMatMul", [a], [
            scale(0.02), np.array(120, np.uint8), b, by_channel, np.zeros(16, np.int8),
            scale(0.9), np.array(110, np.uint8)]), atol=1)
        x = RNG.integers(0, 255, (1, 16, 7, 7)).astype(np.uint8)
        w = RNG.integers(-128, 127, (8, 16, 3, 3)).astype(np.int8)
        bias = RNG.integers(-3000, 3000, 8).astype(np.int32)
        self.check(self.case("QLinearConv", [x], [
            scale(0.02), np.array(7, np.uint8), w, scale(0.03), zero,
            scale(4), np.array(99, np.uint8), bias], pads=[1, 1, 1, 1]), atol=1)


del Adapter, Kernels  # no cases of their own


def load_tests(loader, _tests, _pattern):
    """ONNX Runtime, which the test command installs, and the others that `sinter bench setup` has."""
    suite = unittest.TestSuite()
    for case in (OnnxRuntime, OpenVino, Iree, Tvm, OpenBlas, OneDnn):
        if case is OnnxRuntime or case.engine in peers.installed():
            suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
