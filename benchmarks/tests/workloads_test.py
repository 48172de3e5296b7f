"""Every row becomes a valid model with inputs that ONNX Runtime computes; its figures are exact."""
import hashlib
import pathlib
import tempfile
import types
import unittest

import numpy as np
import onnx
import onnxruntime

from sinter_bench import costs, rows, workloads
from sinter_bench.shapes import Shapes

# 2 a multiply-add, computed by hand from the shapes of the row.
FLOPS = {
    "matmul_bert_qkv": 2 * 128 * 768 * 768,
    "gemm_resnet50_classes": 2 * 2048 * 1000 + 1000,
    "matmul_vit_scores": 12 * 2 * 197 * 197 * 64,
    "gemv_gpt2_up_4bit": 2 * 768 * 3072,
    "conv3x3_56": 2 * 56 * 56 * 64 * 64 * 9,
    "conv3x3_resnet50_strided": 2 * 28 * 28 * 128 * 128 * 9,
    "grouped_shufflenet": 2 * 14 * 14 * 272 * 68,
    "depthwise_mobilenet": 2 * 56 * 56 * 144 * 9,
    "conv_transpose_ocr": 2 * 160 * 160 * 24 * 24 * 4,
    "conv3x3_crnn_integer": 2 * 16 * 40 * 192 * 48 * 9,
    "conv_vit_patches": 2 * 14 * 14 * 768 * 3 * 256 + 14 * 14 * 768,
    "lstm_crnn": 2 * 2 * 20 * 4 * 512 * (512 + 512),
    "gru_speech": 2 * 20 * 3 * 512 * (512 + 512),
    # Two products, the scale, and five operations an element of softmax.
    "attention_bert": 2 * 2 * 12 * 128 * 128 * 64 + (1 + 5) * 12 * 128 * 128,
    "add_16k": 16384,
    "gelu_erf_bert": 5 * 128 * 3072,
    # The weight's scale is applied when the model is compiled; 2 to quantize, 2 to read quantized.
    "matmul_bert_up_qdq": 128 * (2 * 768 * 3072 + 2 * 768 + 2 * 3072),
    "transpose_keys": 0,
    "top_k_gpt2": None,
}
BYTES = {
    "matmul_bert_qkv": 4 * (128 * 768 + 768 * 768 + 128 * 768),
    "matmul_bert_up_f16": 2 * (128 * 768 + 768 * 3072 + 128 * 3072),
    "add_1k": 4 * 3 * 1024,
    "cast_f32_f16": (4 + 2) * 128 * 3072,
    # Of the table, only the rows that are looked up.
    "gather_minilm_words": 4 * 128 * 384 + 8 * 128 + 4 * 128 * 384,
}


class WorkloadsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make(self, suite, row, seed=0):
        return workloads.make(suite, row, types.SimpleNamespace(work_dir=self.folder, seed=seed))

    def row(self, name, suite="operators"):
        return rows.chosen(rows.read(suite), [name])[0]


class Operators(WorkloadsTest):
    def run_in_onnx_runtime(self, workload):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 4
        session = onnxruntime.InferenceSession(str(workload.model), options,
                                               providers=["CPUExecutionProvider"])
        arrays = {name: np.load(path) for name, path in workload.inputs.items()}
        return dict(zip([value.name for value in session.get_outputs()], session.run(None, arrays)))

    def test_every_row_is_a_valid_model_that_runs(self):
        for row in rows.read("operators"):
            with self.subTest(row["name"]):
                workload = self.make("operators", row)
                onnx.checker.check_model(onnx.load(workload.model), full_check=True)
                if row["lacks"].startswith("onnxruntime: "):
                    # What is no longer lacking must not stay excused.
                    with self.assertRaises(Exception):
                        self.run_in_onnx_runtime(workload)
                    continue
                for name, output in self.run_in_onnx_runtime(workload).items():
                    self.assertTrue(np.isfinite(output).all(), name)
                    if output.size > 1:
                        self.assertTrue(output.any(), f"`{name}` is all zero: nothing to compare")

    def test_outputs_of_products_are_about_one(self):
        for name in ("matmul_bert_up", "conv3x3_resnet50", "conv_transpose_ocr",
                     "gemv_gpt2_up_4bit", "matmul_bert_up_dynamic", "lstm_crnn"):
            outputs = self.run_in_onnx_runtime(self.make("operators", self.row(name)))
            output = next(iter(outputs.values()))
            self.assertTrue(0.1 < output.std() < 2, f"{name}: {output.std()}")

    def test_flops_and_bytes_are_those_of_the_shapes(self):
        for name, flops in FLOPS.items():
            self.assertEqual(self.make("operators", self.row(name)).extra["flops"], flops, name)
        for name, size in BYTES.items():
            self.assertEqual(self.make("operators", self.row(name)).extra["bytes"], size, name)

    def test_a_seed_gives_the_same_bytes_and_another_one_others(self):
        def digests(seed):
            workload = self.make("operators", self.row("conv3x3_14"), seed)
            return [hashlib.sha256(path.read_bytes()).hexdigest()
                    for path in (workload.model, *workload.inputs.values())]
        first = digests(1)
        self.assertEqual(first, digests(1))
        self.assertFalse(set(first) & set(digests(2)))

    def test_the_results_know_what_a_row_is(self):
        extra = self.make("operators", self.row("softmax_64")).extra
        self.assertEqual((extra["family"], extra["dtype"]), ("softmax", "f32"))
        self.assertEqual(extra["op"], "Softmax")
        self.assertEqual((extra["size_series"], extra["size"]), ("softmax 12xNxN", 64))
        self.assertEqual(extra["tolerance"], 1e-4)
        self.assertNotIn("size", self.make("operators", self.row("erf_bert")).extra)

    def test_a_series_has_three_sizes_and_no_row_twice(self):
        series, seen = {}, set()
        for row in rows.read("operators"):
            what = tuple(row[key] for key in ("op", "operands", "dtype", "attributes"))
            self.assertNotIn(what, seen, row["where"])
            seen.add(what)
            if row["series"] != "-":
                series.setdefault(row["series"], set()).add(int(row["size"]))
        for name, sizes in series.items():
            self.assertGreaterEqual(len(sizes), 3, name)

    def test_a_bad_row_is_told_with_its_place(self):
        good = self.row("conv3x3_14")
        for change, text in (({"operands": "1x64x14x14 weight"}, "`weight` is no operand"),
                             ({"operands": "1x64x14x14"}, ""),
                             ({"op": "Convolve"}, "ONNX has no operator `Convolve`"),
                             ({"attributes": "padding=1"}, "`Conv` has no attribute `padding`"),
                             ({"dtype": "f8"}, "`f8` is no element type"),
                             ({"tolerance": "small"}, "small")):
            with self.assertRaisesRegex(ValueError, rf"operators\.tsv:\d+: `conv3x3_14`: .*{text}"):
                self.make("operators", {**good, **change})


class Models(WorkloadsTest):
    def test_every_model_of_the_manifest_has_a_row(self):
        self.assertEqual({row["model"] for row in rows.read("models")}, set(workloads.manifest()))

    def test_a_model_comes_with_the_inputs_of_its_tests(self):
        workload = self.make("models", self.row("mtcnn_rnet", "models"))
        self.assertEqual(workload.model, workloads.MODELS / "mtcnn_rnet.onnx")
        self.assertEqual(np.load(workload.inputs["input_2"]).shape, (16, 24, 24, 3))
        self.assertEqual(workload.extra["tolerance"], 1e-4)
        convolutions = 16 * (2 * 22 * 22 * 28 * 27 + 22 * 22 * 28 + 2 * 9 * 9 * 48 * 28 * 9
                             + 9 * 9 * 48 + 2 * 3 * 3 * 64 * 48 * 4 + 3 * 3 * 64)
        products = 16 * 2 * (576 * 128 + 128 * 4 + 128 * 2)
        self.assertEqual(workload.extra["flops"], convolutions + products)

    def test_what_shapes_do_not_tell_is_not_made_up(self):
        extra = self.make("models", self.row("lgbm_phase", "models")).extra
        self.assertIsNone(extra["flops"])
        self.assertIsNone(self.make("models", self.row("silero_vad", "models")).extra["flops"])

    def test_shapes_made_of_shapes_are_known(self):
        for name, flops in (("minilm_l3", 1434451968), ("ppocr_v4_rec", 1410308100)):
            model = onnx.load(workloads.MODELS / f"{name}.onnx")
            shapes = Shapes(model, workloads.shape_set(name))
            self.assertEqual(costs.graph_flops(model, shapes, costs.HEAVY), flops)

    def test_a_bad_row_is_told_with_its_place(self):
        row = self.row("magika", "models")
        for change, text in (({"model": "magica"}, "`magica` is no model"),
                             ({"shapes": "2"}, "has 2 sets of shapes")):
            with self.assertRaisesRegex(ValueError, rf"models\.tsv:\d+: `magika`: .*{text}"):
                self.make("models", {**row, **change})


if __name__ == "__main__":
    unittest.main()
