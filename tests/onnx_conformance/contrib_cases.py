"""Cases of com.microsoft's float operators that exporters emit, attention apart."""

import numpy as np
from onnx import helper

from case_writer import MICROSOFT, seeded

KIND = "contrib"
F32, F16 = np.float32, np.float16


def draw(name, *shapes, dtype=F32):
    rng = seeded(name)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def activations(writer):
    for op, types in (("Gelu", (F32, F16)), ("QuickGelu", (F32, F16)), ("FastGelu", (F32, F16))):
        for dtype in types:
            name = f"{op.lower()}_{np.dtype(dtype).name}"
            writer.node(
                KIND,
                name,
                op,
                draw(name, (3, 4, 5), dtype=dtype),
                domain=MICROSOFT,
                tolerance="f32" if dtype == F32 else "half",
            )
    writer.node(
        KIND, "quickgelu_alpha", "QuickGelu", draw("quickgelu_alpha", (7,)), domain=MICROSOFT, alpha=0.5
    )
    writer.node(KIND, "fastgelu_bias", "FastGelu", draw("fastgelu_bias", (2, 3, 5), (5,)), domain=MICROSOFT)
    writer.node(KIND, "biasgelu", "BiasGelu", draw("biasgelu", (2, 3, 5), (5,)), domain=MICROSOFT)
    x, bias = draw("biassplitgelu", (2, 3, 8), (8,))
    judge = [
        helper.make_node("Add", ["x", "b"], ["s"]),
        helper.make_node("Split", ["s"], ["l", "r"], axis=-1, num_outputs=2),
        helper.make_node("Gelu", ["r"], ["g"], domain=MICROSOFT),
        helper.make_node("Mul", ["l", "g"], ["y0"]),
    ]
    writer.graph(
        KIND,
        "biassplitgelu",
        [helper.make_node("BiasSplitGelu", ["x", "b"], ["y0"], domain=MICROSOFT)],
        {"x": x, "b": bias},
        ["y0"],
        opsets={"": 21, MICROSOFT: 1},
        judge=judge,
    )


def products(writer):
    def matmul(name, a, b, **attributes):
        writer.node(KIND, name, "FusedMatMul", draw(name, a, b), domain=MICROSOFT, **attributes)

    matmul("fusedmatmul_plain", (3, 4), (4, 5))
    matmul("fusedmatmul_alpha", (2, 3, 4), (4, 5), alpha=0.25)
    matmul("fusedmatmul_trans_a", (4, 3), (4, 5), transA=1)
    matmul("fusedmatmul_trans_b", (2, 3, 4), (2, 5, 4), transB=1, alpha=1.5)
    matmul("fusedmatmul_trans_both", (2, 4, 3), (5, 4), transA=1, transB=1)
    matmul("fusedmatmul_broadcast", (2, 1, 3, 4), (6, 5, 4), transB=1)
    matmul("fusedmatmul_trans_batch_a", (3, 2, 4), (2, 4, 5), transBatchA=1)
    matmul("fusedmatmul_trans_batch_b", (2, 3, 4), (4, 2, 5), transBatchB=1)
    matmul(
        "fusedmatmul_trans_batch_all", (4, 2, 3), (5, 2, 4), transBatchA=1, transBatchB=1, transA=1, transB=1
    )
    matmul("fusedmatmul_vector", (4,), (2, 4, 5))

    def gemm(name, *shapes, **attributes):
        writer.node(KIND, name, "FusedGemm", draw(name, *shapes), domain=MICROSOFT, **attributes)

    gemm("fusedgemm_relu", (3, 4), (4, 5), (5,), activation="Relu")
    gemm("fusedgemm_plain", (3, 4), (4, 5), activation="Relu", alpha=0.5)
    gemm(
        "fusedgemm_leaky",
        (4, 3),
        (5, 4),
        (3, 1),
        activation="LeakyRelu",
        activation_alpha=0.3,
        transA=1,
        transB=1,
        alpha=0.5,
        beta=2.0,
    )
    gemm("fusedgemm_sigmoid", (3, 4), (4, 5), (1,), activation="Sigmoid")
    gemm("fusedgemm_tanh", (3, 4), (4, 5), (3, 5), activation="Tanh")
    gemm(
        "fusedgemm_hardsigmoid",
        (3, 4),
        (4, 5),
        (5,),
        activation="HardSigmoid",
        activation_alpha=0.3,
        activation_beta=0.4,
    )


def convolutions(writer):
    def conv(name, *shapes, inputs=None, **attributes):
        writer.node(KIND, name, "FusedConv", inputs or draw(name, *shapes), domain=MICROSOFT, **attributes)

    conv("fusedconv_relu", (1, 3, 6, 6), (4, 3, 3, 3), (4,), activation="Relu", pads=[1, 1, 1, 1])
    conv("fusedconv_plain", (1, 3, 6, 6), (4, 3, 3, 3))
    conv(
        "fusedconv_leaky",
        (2, 4, 5, 5),
        (4, 2, 3, 3),
        (4,),
        activation="LeakyRelu",
        activation_params=[0.2],
        group=2,
        strides=[2, 2],
    )
    conv("fusedconv_clip", (1, 2, 5, 5), (3, 2, 1, 1), (3,), activation="Clip", activation_params=[-0.5, 0.7])
    conv("fusedconv_sigmoid", (1, 2, 5, 5), (3, 2, 3, 3), activation="Sigmoid", dilations=[2, 2])
    conv("fusedconv_tanh", (1, 2, 7), (3, 2, 3), (3,), activation="Tanh", auto_pad="SAME_UPPER")
    conv(
        "fusedconv_hardsigmoid",
        (1, 2, 5, 5),
        (3, 2, 3, 3),
        (3,),
        activation="HardSigmoid",
        activation_params=[0.25, 0.4],
    )
    conv(
        "fusedconv_sum", (1, 2, 5, 5), (3, 2, 3, 3), (3,), (1, 3, 5, 5), activation="Relu", pads=[1, 1, 1, 1]
    )

    def nhwc(name, x, w, b, **attributes):
        shapes = [x, w] + ([b] if b else [])
        values = {f"x{i}": v for i, v in enumerate(draw(name, *shapes))}
        ours = helper.make_node("NhwcConv", list(values), ["y0"], domain=MICROSOFT, **attributes)
        judge = [
            helper.make_node("Transpose", ["x0"], ["a"], perm=[0, 3, 1, 2]),
            helper.make_node("Transpose", ["x1"], ["b"], perm=[0, 3, 1, 2]),
            helper.make_node("Conv", ["a", "b", *list(values)[2:]], ["c"], **attributes),
            helper.make_node("Transpose", ["c"], ["y0"], perm=[0, 2, 3, 1]),
        ]
        writer.graph(KIND, name, [ours], values, ["y0"], opsets={"": 21, MICROSOFT: 1}, judge=judge)

    nhwc("nhwcconv_bias", (1, 6, 5, 3), (4, 3, 3, 3), (4,), pads=[1, 1, 1, 1])
    nhwc("nhwcconv_group", (2, 5, 5, 4), (6, 3, 2, 2), None, group=2, strides=[2, 1])


def norms(writer):
    def skip(name, op, outputs, shapes, dtype=F32, **attributes):
        values = [
            None if s is None else v
            for s, v in zip(shapes, draw(name, *[s or (1,) for s in shapes], dtype=dtype))
        ]
        writer.node(
            KIND,
            name,
            op,
            values,
            outputs,
            domain=MICROSOFT,
            tolerance="f32" if dtype == F32 else "half",
            **attributes,
        )

    x, v = (2, 3, 8), (8,)
    skip("skiplayernorm", "SkipLayerNormalization", 1, [x, x, v, v])
    skip("skiplayernorm_no_beta", "SkipLayerNormalization", 1, [x, x, v], epsilon=1e-3)
    skip("skiplayernorm_bias_sum", "SkipLayerNormalization", "1001", [x, x, v, v, v])
    skip("skiplayernorm_broadcast", "SkipLayerNormalization", 1, [x, (1, 3, 8), v, v])
    skip("skiplayernorm_broadcast2d", "SkipLayerNormalization", "1001", [x, (3, 8), v, None, v])
    skip("skiplayernorm_float16", "SkipLayerNormalization", 1, [x, x, v, v], dtype=F16)
    skip("skipsimplified", "SkipSimplifiedLayerNormalization", 1, [x, x, v])
    skip("skipsimplified_bias_sum", "SkipSimplifiedLayerNormalization", "1001", [x, x, v, v], epsilon=1e-5)
    skip("skipsimplified_2d", "SkipSimplifiedLayerNormalization", 1, [(4, 8), (4, 8), v])
    for name, shape, scale, more in (
        ("simplified", (2, 3, 8), (8,), {}),
        ("simplified_axis1", (2, 3, 4), (3, 4), {"axis": 1}),
        ("simplified_epsilon", (5, 8), (8,), {"epsilon": 0.1}),
    ):
        writer.node(
            KIND, f"{name}_layernorm", "SimplifiedLayerNormalization", draw(name, shape, scale), **more
        )
    embed(writer)


def embed(writer):
    def one(name, outputs, *, segment=True, mask=None, positions=None, **attributes):
        rng = seeded(name)
        ids = rng.integers(0, 10, (2, 4)).astype(np.int32)
        kinds = rng.integers(0, 2, (2, 4)).astype(np.int32) if segment else None
        word, place, part = (rng.standard_normal((n, 8)).astype(F32) for n in (10, 6, 2))
        gamma, beta = (rng.standard_normal(8).astype(F32) for _ in range(2))
        inputs = [ids, kinds, word, place, part if segment else None, gamma, beta, mask, positions]
        while inputs[-1] is None:
            inputs.pop()
        writer.node(KIND, name, "EmbedLayerNormalization", inputs, outputs, domain=MICROSOFT, **attributes)

    mask = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], np.int32)
    one("embedlayernorm", "11", mask=mask, mask_index_type=1)
    one("embedlayernorm_no_mask", "11")
    one("embedlayernorm_no_segment", "11", segment=False, mask=mask, epsilon=1e-3)
    one("embedlayernorm_sum", "101", mask_index_type=0)
    one("embedlayernorm_positions", "11", mask=mask, positions=np.array([[3, 2, 1, 0]], np.int32))
    one("embedlayernorm_positions_all", "11", positions=np.array([[3, 2, 1, 0], [5, 0, 4, 1]], np.int32))


def write(writer):
    activations(writer)
    products(writer)
    convolutions(writer)
    norms(writer)
