"""Cases of ONNX's own operators where the ONNX project has few: recurrent, quantized, control flow,
sequences and strings."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from case_writer import seeded

KIND = "more"
F32, F64, I32, I64, U8, I8 = np.float32, np.float64, np.int32, np.int64, np.uint8, np.int8


def recurrent(writer):
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}

    def one(
        name,
        op,
        *,
        both=False,
        bias=True,
        lens=None,
        state=False,
        peep=False,
        version=14,
        outputs=None,
        **attributes,
    ):
        rng = seeded(name)
        draw = lambda *shape: (rng.standard_normal(shape) * 0.6).astype(F32)
        steps, batch, width, hidden, d = 4, 3, 2, 5, 2 if both else 1
        rows = gates[op] * hidden
        inputs = [
            draw(steps, batch, width),
            draw(d, rows, width),
            draw(d, rows, hidden),
            draw(d, 2 * rows) if bias else None,
            None if lens is None else np.array(lens, I32),
            draw(d, batch, hidden) if state else None,
        ]
        if op == "LSTM":
            inputs += [draw(d, batch, hidden) if state else None, draw(d, 3 * hidden) if peep else None]
        while inputs[-1] is None:
            inputs.pop()
        attributes["direction"] = "bidirectional" if both else attributes.get("direction", "forward")
        writer.node(
            KIND,
            name,
            op,
            inputs,
            outputs or (3 if op == "LSTM" else 2),
            onnx=version,
            hidden_size=hidden,
            **attributes,
        )

    for op, count in (("RNN", 1), ("GRU", 2), ("LSTM", 3)):
        low = op.lower()
        one(f"{low}_plain", op, bias=False)
        one(f"{low}_reverse", op, direction="reverse", state=True)
        one(f"{low}_both", op, both=True, state=True)
        one(f"{low}_lens", op, lens=[4, 1, 3])
        one(f"{low}_lens_reverse", op, lens=[4, 1, 3], direction="reverse", state=True)
        one(f"{low}_lens_both", op, lens=[2, 4, 3], both=True)
        one(f"{low}_clip", op, clip=0.4)
        one(f"{low}_old", op, version=7)
        one(f"{low}_only_last", op, outputs="01" if op != "LSTM" else "011")
        for names, alpha, beta in (
            (["Relu"], None, None),
            (["LeakyRelu"], 0.1, None),
            (["ThresholdedRelu"], 0.3, None),
            (["ScaledTanh"], 0.5, 0.7),
            (["HardSigmoid"], 0.3, 0.4),
            (["Elu"], 0.6, None),
            (["Softsign"], None, None),
            (["Softplus"], None, None),
            (["Affine"], 0.5, 0.1),
        ):
            more = {}
            if alpha is not None:
                more["activation_alpha"] = [alpha] * count
            if beta is not None:
                more["activation_beta"] = [beta] * count
            one(f"{low}_{names[0].lower()}", op, activations=names * count, **more)
    one("gru_linear_before_reset", "GRU", linear_before_reset=1, state=True)
    one("gru_linear_before_reset_both", "GRU", linear_before_reset=1, both=True, lens=[4, 2, 1])
    one("lstm_peepholes", "LSTM", peep=True, state=True)
    one("lstm_peepholes_both", "LSTM", peep=True, both=True, state=True)
    one("lstm_input_forget", "LSTM", input_forget=1)
    one("gru_activations_both", "GRU", both=True, activations=["Sigmoid", "Tanh", "HardSigmoid", "Relu"])
    one(
        "lstm_activations_both",
        "LSTM",
        both=True,
        activations=["Sigmoid", "Tanh", "Tanh", "HardSigmoid", "Relu", "Softsign"],
    )


def whole(rng, dtype, *shape):
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max + 1, shape).astype(dtype)


def near(rng, dtype, *shape):
    return ((128 if dtype == U8 else 0) + rng.integers(-9, 10, shape)).astype(dtype)


def quantized(writer):
    def conv(name, x, w, *, a=U8, b=I8, y=U8, channels=False, bias=True, **attributes):
        rng = seeded(name)
        per = (w[0],) if channels else ()
        scale = lambda about, *shape: (rng.uniform(0.5, 1.5, shape) * about).astype(F32)
        inputs = [
            whole(rng, a, *x),
            scale(0.02),
            near(rng, a),
            whole(rng, b, *w),
            scale(0.02, *per),
            np.zeros(per, b) if b == I8 else near(rng, b),
            scale(0.3),
            near(rng, y),
        ]
        if bias:
            inputs.append(rng.integers(-3000, 3000, (w[0],)).astype(I32))
        writer.node(KIND, name, "QLinearConv", inputs, onnx=10, tolerance="exact", **attributes)

    conv("qlinearconv_plain", (1, 3, 6, 6), (4, 3, 3, 3))
    conv("qlinearconv_channels", (1, 3, 6, 6), (4, 3, 3, 3), channels=True, pads=[1, 1, 1, 1])
    conv("qlinearconv_signed", (1, 3, 6, 6), (4, 3, 3, 3), a=I8, y=I8, strides=[2, 2])
    conv("qlinearconv_unsigned", (1, 3, 6, 6), (4, 3, 3, 3), b=U8, bias=False)
    conv("qlinearconv_groups", (2, 4, 5, 5), (4, 1, 3, 3), group=4, pads=[1, 1, 1, 1])
    conv("qlinearconv_1d", (2, 3, 9), (4, 3, 3), dilations=[2])
    conv("qlinearconv_auto_pad", (1, 2, 5, 5), (3, 2, 2, 2), auto_pad="SAME_LOWER")

    def integer(name, x, w, *, zeros=2, b=U8, channels=False, **attributes):
        rng = seeded(name)
        inputs = [whole(rng, U8, *x), whole(rng, b, *w)] + [
            near(rng, U8),
            near(rng, b, *((w[0],) if channels else ())),
        ][:zeros]
        writer.node(KIND, name, "ConvInteger", inputs, onnx=10, tolerance="exact", **attributes)

    integer("convinteger_plain", (1, 3, 6, 6), (4, 3, 3, 3))
    integer("convinteger_no_zeros", (1, 3, 6, 6), (4, 3, 3, 3), zeros=0, pads=[1, 1, 1, 1])
    integer("convinteger_signed", (1, 3, 6, 6), (4, 3, 3, 3), b=I8, strides=[2, 1], pads=[0, 1, 0, 1])
    integer("convinteger_groups", (2, 4, 5, 5), (4, 2, 3, 3), group=2, dilations=[2, 2])

    def matmul(name, a_type, b_type, a=(3, 8), b=(8, 5), *, zeros=2, columns=False):
        rng = seeded(name)
        inputs = [
            whole(rng, a_type, *a),
            whole(rng, b_type, *b),
            near(rng, a_type),
            near(rng, b_type, *((b[-1],) if columns else ())),
        ]
        writer.node(KIND, name, "MatMulInteger", inputs[: 2 + zeros], onnx=10, tolerance="exact")

    for a in (U8, I8):
        for b in (U8, I8):
            matmul(f"matmulinteger_{np.dtype(a).name}_{np.dtype(b).name}", a, b)
    matmul("matmulinteger_columns", U8, I8, columns=True)
    matmul("matmulinteger_batched", U8, U8, (2, 3, 8), (2, 8, 5), zeros=1)
    matmul("matmulinteger_broadcast", U8, I8, (2, 1, 3, 8), (4, 8, 5), zeros=0)
    matmul("matmulinteger_vector", U8, U8, (8,), (8, 5))
    for name, a, b in (
        ("qlinearmatmul_plain", (3, 8), (8, 5)),
        ("qlinearmatmul_broadcast", (2, 3, 8), (8, 5)),
    ):
        for dtype in (U8, I8):
            rng = seeded(name)
            scale = lambda about: (rng.uniform(0.5, 1.5, ()) * about).astype(F32)
            writer.node(
                KIND,
                f"{name}_{np.dtype(dtype).name}",
                "QLinearMatMul",
                [
                    whole(rng, dtype, *a),
                    scale(0.02),
                    near(rng, dtype),
                    whole(rng, dtype, *b),
                    scale(0.02),
                    near(rng, dtype),
                    scale(0.5),
                    near(rng, dtype),
                ],
                onnx=10,
                tolerance="exact",
            )
    for name, low, high in (
        ("positive", 1.0, 5.0),
        ("negative", -5.0, -1.0),
        ("mixed", -3.0, 4.0),
        ("zero", 0.0, 0.0),
    ):
        x = seeded(name).uniform(low, high, (4, 6)).astype(F32)
        writer.node(KIND, f"dynamicquantizelinear_{name}", "DynamicQuantizeLinear", [x], 3, onnx=11)


def info(name, elem=TensorProto.FLOAT, shape=None):
    return helper.make_tensor_value_info(name, elem, shape)


def make(op, ins, outs, **attributes):
    return helper.make_node(op, ins, outs, **attributes)


def constant(name, value):
    return make("Constant", [], [name], value=numpy_helper.from_array(np.asarray(value)))


def loops(writer):
    i64, boolean = TensorProto.INT64, TensorProto.BOOL
    body = helper.make_graph(
        [
            make("Add", ["v", "step"], ["v_out"]),
            make("Identity", ["go"], ["go_out"]),
            make("Mul", ["v_out", "v_out"], ["s"]),
        ],
        "body",
        [info("i", i64, []), info("go", boolean, []), info("v")],
        [info("go_out", boolean, []), info("v_out"), info("s")],
    )
    for version in (11, 13, 16, 21):
        for count in (0, 3):
            writer.graph(
                KIND,
                f"loop{version}_{count}",
                [make("Loop", ["n", "go", "v"], ["last", "all"], body=body)],
                {
                    "n": np.array(count, I64),
                    "go": np.array(True),
                    "v": np.ones((2,), F32),
                    "step": np.array([1, 2], F32),
                },
                ["last", "all"],
                opsets={"": version},
            )
    # Ends by its condition: doubles until the sum is past 50; no trip count.
    body = helper.make_graph(
        [
            make("Add", ["v", "v"], ["v_out"]),
            make("ReduceSum", ["v_out"], ["total"], keepdims=0),
            make("Less", ["total", "limit"], ["go_out"]),
        ],
        "body",
        [info("i", i64, []), info("go", boolean, []), info("v")],
        [info("go_out", boolean, []), info("v_out")],
    )
    writer.graph(
        KIND,
        "loop_while",
        [make("Loop", ["", "go", "v"], ["last"], body=body)],
        {"go": np.array(True), "v": np.ones((2,), F32), "limit": np.array(50, F32)},
        ["last"],
        opsets={"": 21},
    )
    writer.graph(
        KIND,
        "loop_never",
        [make("Loop", ["", "go", "v"], ["last"], body=body)],
        {"go": np.array(False), "v": np.ones((2,), F32), "limit": np.array(50, F32)},
        ["last"],
        opsets={"": 21},
    )
    # The carried tensor grows by one each iteration.
    body = helper.make_graph(
        [
            make("Concat", ["v", "one"], ["v_out"], axis=0),
            make("Identity", ["go"], ["go_out"]),
            make("ReduceMax", ["v_out"], ["s"], keepdims=1),
        ],
        "body",
        [info("i", i64, []), info("go", boolean, []), info("v", shape=["k"])],
        [info("go_out", boolean, []), info("v_out", shape=["k1"]), info("s", shape=[1])],
    )
    writer.graph(
        KIND,
        "loop_growing",
        [make("Loop", ["n", "", "v"], ["last", "all"], body=body)],
        {"n": np.array(4, I64), "v": np.array([1, 2], F32), "one": np.array([5], F32)},
        ["last", "all"],
        opsets={"": 21},
    )
    # A loop in a loop: the inner one sees the outer one's values.
    inner = helper.make_graph(
        [
            make("Cast", ["i"], ["fi"], to=1),
            make("Add", ["w", "fi"], ["t"]),
            make("Add", ["t", "f"], ["w_out"]),
            make("Identity", ["go2"], ["go2_out"]),
        ],
        "inner",
        [info("j", i64, []), info("go2", boolean, []), info("w")],
        [info("go2_out", boolean, []), info("w_out")],
    )
    outer = helper.make_graph(
        [
            make("Cast", ["i"], ["f"], to=1),
            make("Loop", ["i", "", "v"], ["v_out"], body=inner),
            make("Identity", ["go"], ["go_out"]),
        ],
        "outer",
        [info("i", i64, []), info("go", boolean, []), info("v")],
        [info("go_out", boolean, []), info("v_out")],
    )
    inner.node[0].input[0] = "j"
    writer.graph(
        KIND,
        "loop_nested",
        [make("Loop", ["n", "", "v"], ["last"], body=outer)],
        {"n": np.array(4, I64), "v": np.zeros((2,), F32)},
        ["last"],
        opsets={"": 21},
    )


def branches_and_scans(writer):
    grown = helper.make_graph([make("Concat", ["x", "x"], ["t"], axis=0)], "then", [], [info("t")])
    kept = helper.make_graph([make("Neg", ["x"], ["e"])], "else", [], [info("e")])
    for version in (11, 13, 21):
        for taken in (True, False):
            writer.graph(
                KIND,
                f"if{version}_{str(taken).lower()}",
                [make("If", ["c"], ["y"], then_branch=grown, else_branch=kept)],
                {"c": np.array(taken), "x": np.array([[1, 2]], F32)},
                ["y"],
                opsets={"": version},
            )
    body = helper.make_graph(
        [make("Add", ["s", "x"], ["s_out"]), make("Mul", ["s_out", "z"], ["y"])],
        "body",
        [info("s"), info("x"), info("z")],
        [info("s_out"), info("y")],
    )
    rng = seeded("scan")
    s, x, z = (rng.standard_normal(shape).astype(F32) for shape in ((2,), (4, 2), (4, 2)))
    scan = lambda name, feeds, version, **more: writer.graph(
        KIND,
        name,
        [make("Scan", ["s", "x", "z"], ["last", "all"], body=body, num_scan_inputs=2, **more)],
        feeds,
        ["last", "all"],
        opsets={"": version},
    )
    for version in (9, 11, 16, 21):
        scan(f"scan{version}", {"s": s, "x": x, "z": z}, version)
    scan("scan_reverse_in", {"s": s, "x": x, "z": z}, 21, scan_input_directions=[1, 0])
    scan("scan_reverse_out", {"s": s, "x": x, "z": z}, 21, scan_output_directions=[1])
    scan("scan_axes", {"s": s, "x": x.T.copy(), "z": z}, 21, scan_input_axes=[1, 0], scan_output_axes=[1])
    scan(
        "scan_negative_axes",
        {"s": s, "x": x.T.copy(), "z": z},
        21,
        scan_input_axes=[-1, -2],
        scan_output_axes=[-1],
        scan_input_directions=[1, 1],
    )
    batched = {
        "s": rng.standard_normal((3, 2)).astype(F32),
        "x": rng.standard_normal((3, 4, 2)).astype(F32),
        "z": rng.standard_normal((3, 4, 2)).astype(F32),
    }
    eight = lambda name, feeds, lens, **more: writer.graph(
        KIND,
        name,
        [make("Scan", [lens, "s", "x", "z"], ["last", "all"], body=body, num_scan_inputs=2, **more)],
        feeds,
        ["last", "all"],
        opsets={"": 8},
    )
    eight("scan8", batched, "")
    eight("scan8_lens", {"lens": np.array([4, 2, 3], I64), **batched}, "lens")
    eight("scan8_reverse", batched, "", directions=[1, 0])


def sequences(writer):
    a, b, c = (seeded("seq").standard_normal(shape).astype(F32) for shape in ((2, 3), (2, 1), (2, 2)))
    values = {"a": a, "b": b, "c": c}
    built = make("SequenceConstruct", ["a", "b", "c"], ["s"])

    def one(name, nodes, outputs, more=None, tolerance="exact"):
        writer.graph(
            KIND, name, nodes, {**values, **(more or {})}, outputs, opsets={"": 21}, tolerance=tolerance
        )

    one("sequence_concat", [built, make("ConcatFromSequence", ["s"], ["y"], axis=1)], ["y"])
    one("sequence_at", [built, make("SequenceAt", ["s", "p"], ["y"])], ["y"], {"p": np.array(-2, I64)})
    one(
        "sequence_erase",
        [
            built,
            make("SequenceErase", ["s", "p"], ["t"]),
            make("SequenceLength", ["t"], ["n"]),
            make("ConcatFromSequence", ["t"], ["y"], axis=1),
        ],
        ["n", "y"],
        {"p": np.array(0, I32)},
    )
    one("sequence_erase_last", [built, make("SequenceErase", ["s"], ["y"])], ["y"])
    one(
        "sequence_insert",
        [built, make("SequenceInsert", ["s", "b", "p"], ["y"])],
        ["y"],
        {"p": np.array(1, I64)},
    )
    one(
        "sequence_insert_negative",
        [built, make("SequenceInsert", ["s", "b", "p"], ["y"])],
        ["y"],
        {"p": np.array(-1, I64)},
    )
    one(
        "sequence_of_int64",
        [
            make("SequenceEmpty", [], ["e"], dtype=7),
            make("Cast", ["a"], ["i"], to=7),
            make("SequenceInsert", ["e", "i"], ["y"]),
        ],
        ["y"],
    )
    one(
        "sequence_new_axis",
        [
            make("SequenceConstruct", ["a", "a"], ["s"]),
            make("ConcatFromSequence", ["s"], ["y"], axis=-1, new_axis=1),
        ],
        ["y"],
    )
    x = np.arange(20, dtype=F32).reshape(5, 4)
    split = lambda name, lengths, outputs=1, **more: writer.node(
        KIND,
        name,
        "SplitToSequence",
        [x] + ([] if lengths is None else [np.array(lengths, I64)]),
        onnx=21,
        tolerance="exact",
        **more,
    )
    split("splittosequence_scalar", 2)
    split("splittosequence_lengths", [1, 0, 4])
    split("splittosequence_axis", [3, 1], axis=1)
    split("splittosequence_each", None, axis=-1)
    split("splittosequence_each_dropped", None, axis=1, keepdims=0)


def text(writer):
    words = lambda *values: np.array(values, dtype=object)
    normalize = lambda name, values, **more: writer.node(
        KIND, name, "StringNormalizer", [values], onnx=10, tolerance="exact", locale="C", **more
    )
    normalize(
        "stringnormalizer_upper",
        words("hello", "Welt", "stop"),
        case_change_action="UPPER",
        stopwords=["stop"],
        is_case_sensitive=1,
    )
    normalize(
        "stringnormalizer_insensitive",
        words("Hello", "STOP", "x"),
        case_change_action="LOWER",
        stopwords=["stop"],
        is_case_sensitive=0,
    )
    normalize("stringnormalizer_2d", words("a", "b", "a", "c").reshape(1, 4), stopwords=["a"])
    cast = lambda name, value, to: writer.node(KIND, name, "Cast", [value], onnx=21, to=to, tolerance="exact")
    cast("cast_string_float", words("1.5", "-2e3", "NaN", "INF", "-inf", "0"), TensorProto.FLOAT)
    cast("cast_string_int64", words("15", "-20", "9007199254740993"), TensorProto.INT64)
    cast("cast_string_double", words("0.1", "1e300"), TensorProto.DOUBLE)
    cast("cast_int64_string", np.array([15, -20, 0], I64), TensorProto.STRING)
    cast(
        "cast_float_string",
        np.array([1.5, -0.25, 100, np.nan, np.inf, 1e-7, 123456789], F32),
        TensorProto.STRING,
    )
    cast("cast_double_string", np.array([0.1, 1e300, -3], F64), TensorProto.STRING)
    cast("cast_bool_string", np.array([True, False]), TensorProto.STRING)
    grams = {
        "min_gram_length": 1,
        "max_gram_length": 2,
        "max_skip_count": 1,
        "ngram_counts": [0, 2],
        "ngram_indexes": [0, 1, 3, 2],
    }
    for mode, more in (
        ("TF", {}),
        ("IDF", {"weights": [0.5, 2.0, 3.0, 4.0]}),
        ("TFIDF", {"weights": [0.5, 2.0, 3.0, 4.0]}),
    ):
        writer.node(
            KIND,
            f"tfidf_{mode.lower()}",
            "TfIdfVectorizer",
            [np.array([[1, 2, 1, 5, 7], [5, 7, 1, 1, 2]], I32)],
            onnx=9,
            mode=mode,
            pool_int64s=[1, 2, 5, 7, 1, 2],
            **grams,
            **more,
        )
        writer.node(
            KIND,
            f"tfidf_string_{mode.lower()}",
            "TfIdfVectorizer",
            [words("a", "b", "a", "c", "d")],
            onnx=9,
            mode=mode,
            pool_strings=["a", "b", "c", "d", "a", "b"],
            **grams,
            **more,
        )


def write(writer):
    recurrent(writer)
    quantized(writer)
    loops(writer)
    branches_and_scans(writer)
    sequences(writer)
    text(writer)
