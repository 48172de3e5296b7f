"""Cases of com.microsoft's quantized operators."""

import numpy as np

from case_writer import MICROSOFT, seeded

KIND = "contrib"
F32, U8, I8 = np.float32, np.uint8, np.int8


class Numbers:
    """Seeded operands; `whole` draws over the whole range of the type."""

    def __init__(self, name):
        self.rng = seeded(name)

    def f32(self, *shape):
        return self.rng.standard_normal(shape).astype(F32)

    def whole(self, dtype, *shape):
        info = np.iinfo(dtype)
        return self.rng.integers(info.min, info.max + 1, shape).astype(dtype)

    def near(self, dtype, *shape):
        """Zero points: not far from the middle."""
        middle = 128 if dtype == U8 else 0
        return (middle + self.rng.integers(-9, 10, shape)).astype(dtype)

    def scale(self, *shape, about=0.02):
        return (self.rng.uniform(0.5, 1.5, shape) * about).astype(F32)


def node(writer, name, op, inputs, tolerance="exact", **attributes):
    while inputs[-1] is None:
        inputs.pop()
    writer.node(KIND, name, op, inputs, domain=MICROSOFT, tolerance=tolerance, **attributes)


def elementwise(writer):
    for op, about in (("QLinearAdd", 0.03), ("QLinearMul", 0.1)):
        for dtype in (U8, I8):
            for label, b in (("same", (3, 37)), ("row", (37,)), ("scalar", ())):
                name = f"{op.lower()}_{np.dtype(dtype).name}_{label}"
                n = Numbers(name)
                node(
                    writer,
                    name,
                    op,
                    [
                        n.whole(dtype, 3, 37),
                        n.scale(),
                        n.near(dtype),
                        n.whole(dtype, *b),
                        n.scale(),
                        n.near(dtype),
                        n.scale(about=about),
                        n.near(dtype),
                    ],
                )
    for op, more, about in (("QLinearSigmoid", {}, 1 / 256), ("QLinearLeakyRelu", {"alpha": 0.2}, 0.02)):
        for dtype in (U8, I8):
            name = f"{op.lower()}_{np.dtype(dtype).name}"
            n = Numbers(name)
            node(
                writer,
                name,
                op,
                [n.whole(dtype, 4, 50), n.scale(), n.near(dtype), n.scale(about=about), n.near(dtype)],
                **more,
            )
    for dtype in (U8, I8):
        for opset, axis in ((13, -1), (13, 1), (12, 1)):
            name = f"qlinearsoftmax_{np.dtype(dtype).name}_{opset}_axis{axis % 3}"
            n = Numbers(name)
            zero = np.array(0 if dtype == U8 else -128, dtype)
            node(
                writer,
                name,
                "QLinearSoftmax",
                [n.whole(dtype, 2, 5, 6), n.scale(), n.near(dtype), np.array(1 / 256, F32), zero],
                opset=opset,
                axis=axis,
            )


def concat_and_pools(writer):
    for dtype in (U8, I8):
        kind = np.dtype(dtype).name
        n = Numbers(f"qlinearconcat_{kind}")
        parts = [v for k in (2, 3, 1) for v in (n.whole(dtype, 2, k, 3), n.scale(), n.near(dtype))]
        node(writer, f"qlinearconcat_{kind}", "QLinearConcat", [n.scale(), n.near(dtype), *parts], axis=1)
        for label, more in (
            ("plain", {}),
            ("pads", {"pads": [1, 0, 0, 1]}),
            ("include", {"pads": [1, 1, 1, 1], "count_include_pad": 1}),
            ("strides", {"strides": [2, 2], "ceil_mode": 1}),
            ("last", {"channels_last": 1}),
        ):
            name = f"qlinearaveragepool_{kind}_{label}"
            n = Numbers(name)
            shape = (1, 6, 5, 3) if label == "last" else (1, 3, 6, 5)
            node(
                writer,
                name,
                "QLinearAveragePool",
                [n.whole(dtype, *shape), n.scale(), n.near(dtype), n.scale(), n.near(dtype)],
                kernel_shape=[3, 2],
                **more,
            )
        for last in (0, 1):
            name = f"qlinearglobalaveragepool_{kind}_{last}"
            n = Numbers(name)
            node(
                writer,
                name,
                "QLinearGlobalAveragePool",
                [n.whole(dtype, 2, 3, 4, 5), n.scale(), n.near(dtype), n.scale(), n.near(dtype)],
                channels_last=last,
            )


def products(writer):
    def from_integers(name, a, b, *, columns=False, zeros="both", bias=False, shape=(3, 8), weights=(8, 5)):
        n = Numbers(name)
        per = (weights[-1],) if columns else ()
        node(
            writer,
            name,
            "MatMulIntegerToFloat",
            [
                n.whole(a, *shape),
                n.whole(b, *weights),
                n.scale(),
                n.scale(*per),
                n.near(a) if zeros in ("both", "a") else None,
                n.near(b, *per) if zeros == "both" else None,
                n.f32(weights[-1]) if bias else None,
            ],
            "f32",
        )

    for a, b in ((U8, U8), (U8, I8), (I8, I8)):
        from_integers(f"matmulintegertofloat_{np.dtype(a).name}_{np.dtype(b).name}", a, b)
    from_integers("matmulintegertofloat_columns", U8, I8, columns=True, bias=True)
    from_integers("matmulintegertofloat_no_zeros", U8, I8, zeros="none")
    from_integers("matmulintegertofloat_batched", U8, U8, shape=(2, 3, 8), zeros="a", bias=True)

    def dynamic(name, b, *, columns=False, zeros=True, bias=False, shape=(3, 8), weights=(8, 5)):
        n = Numbers(name)
        per = (weights[-1],) if columns else ()
        node(
            writer,
            name,
            "DynamicQuantizeMatMul",
            [
                n.f32(*shape),
                n.whole(b, *weights),
                n.scale(*per),
                n.near(b, *per) if zeros else None,
                n.f32(weights[-1]) if bias else None,
            ],
            "f32",
        )

    dynamic("dynamicquantizematmul_uint8", U8)
    dynamic("dynamicquantizematmul_int8", I8)
    dynamic("dynamicquantizematmul_columns", I8, columns=True, bias=True)
    dynamic("dynamicquantizematmul_no_zero", I8, zeros=False)
    dynamic("dynamicquantizematmul_batched", U8, shape=(2, 3, 8), bias=True)

    def gemm(name, a, b, *, c=True, y=None, columns=False, trans=(0, 0), alpha=1.0):
        n = Numbers(name)
        left, right = ((8, 3) if trans[0] else (3, 8)), ((5, 8) if trans[1] else (8, 5))
        per = (5,) if columns else ()
        inputs = [
            n.whole(a, *left),
            n.scale(),
            n.near(a),
            n.whole(b, *right),
            n.scale(*per),
            n.near(b, *per),
            n.rng.integers(-5000, 5000, (5,)).astype(np.int32) if c else None,
        ]
        inputs += [n.scale(about=0.5), n.near(y)] if y else []
        node(
            writer,
            name,
            "QGemm",
            inputs,
            "exact" if y else "f32",
            transA=trans[0],
            transB=trans[1],
            alpha=alpha,
        )

    gemm("qgemm_uint8", U8, U8, y=U8)
    gemm("qgemm_int8", U8, I8, y=U8, trans=(0, 1))
    gemm("qgemm_signed", I8, I8, y=I8, c=False, trans=(1, 1))
    gemm("qgemm_float", U8, I8)
    gemm("qgemm_columns", U8, I8, y=U8, columns=True, alpha=0.5)
    gemm("qgemm_columns_float", U8, I8, columns=True, c=False)


def weight_only(writer):
    def one(name, bits, block, k, n_out, *, zeros=None, bias=False, shape=(3,), dtype=F32):
        n = Numbers(name)
        blocks = -(-k // block)
        scales = n.scale(n_out, blocks, about=0.1 if bits < 8 else 0.005).astype(dtype)
        zero = None
        if zeros == "packed":
            zero = n.whole(U8, n_out, -(-blocks * bits // 8))
        if zeros == "float":
            zero = n.f32(n_out, blocks).astype(dtype)
        inputs = [
            n.f32(*shape, k).astype(dtype),
            n.whole(U8, n_out, blocks, block * bits // 8),
            scales,
            zero,
            None,
            n.f32(n_out).astype(dtype) if bias else None,
        ]
        # Weights are constants in every exported model, and ONNX Runtime packs them.
        constants = [1, 2] + ([3] if zeros else [])
        node(
            writer,
            name,
            "MatMulNBits",
            inputs,
            "f32" if dtype == F32 else "half",
            K=k,
            N=n_out,
            bits=bits,
            block_size=block,
            constants=constants,
        )

    one("matmulnbits_4", 4, 16, 32, 5)
    one("matmulnbits_4_zeros", 4, 16, 48, 5, zeros="packed")
    one("matmulnbits_4_tail", 4, 16, 40, 6, zeros="packed", bias=True)
    one("matmulnbits_4_block32", 4, 32, 64, 5, shape=(2, 3), bias=True)
    one("matmulnbits_4_float_zeros", 4, 16, 32, 5, zeros="float")
    one("matmulnbits_8", 8, 16, 32, 5)
    one("matmulnbits_8_zeros", 8, 32, 96, 5, zeros="packed")
    one("matmulnbits_2", 2, 32, 64, 5)
    one("matmulnbits_2_zeros", 2, 32, 96, 5, zeros="packed")


def attention(writer):
    def one(name, a, b, *, mask=None, columns=False, past=0, **attributes):
        n = Numbers(name)
        batch, length, width, heads = 2, 3, 8, 2
        per = (3 * width,) if columns else ()
        inputs = [
            n.whole(a, batch, length, width),
            n.whole(b, width, 3 * width),
            n.f32(3 * width),
            n.scale(),
            n.scale(*per),
            mask,
            n.near(a),
            n.near(b, *per),
            n.f32(2, batch, heads, past, width // heads) if past else None,
        ]
        while inputs[-1] is None:
            inputs.pop()
        writer.node(
            KIND,
            name,
            "QAttention",
            inputs,
            2 if past else 1,
            domain=MICROSOFT,
            num_heads=heads,
            constants=[1],
            **attributes,
        )

    one("qattention_uint8", U8, U8)
    one("qattention_int8", U8, I8)
    one("qattention_columns", U8, I8, columns=True)
    one("qattention_mask", U8, I8, mask=np.array([3, 2], np.int32))
    one("qattention_mask_raw", U8, I8, mask=np.array([[1, 1, 0], [0, 1, 1]], np.int32))
    one("qattention_causal", U8, I8, unidirectional=1)
    one("qattention_past", U8, I8, past=2, unidirectional=1)


def linear(writer):
    for dtype in (U8, I8):
        kind = np.dtype(dtype).name
        n = Numbers(f"ms_quantizelinear_{kind}")
        node(writer, f"ms_quantizelinear_{kind}", "QuantizeLinear", [n.f32(3, 40), n.scale(), n.near(dtype)])
        n = Numbers(f"ms_quantizelinear_{kind}_axis")
        node(
            writer,
            f"ms_quantizelinear_{kind}_axis",
            "QuantizeLinear",
            [n.f32(3, 4, 5), n.scale(4), n.near(dtype, 4)],
            axis=1,
        )
        n = Numbers(f"ms_dequantizelinear_{kind}")
        node(
            writer,
            f"ms_dequantizelinear_{kind}",
            "DequantizeLinear",
            [n.whole(dtype, 3, 40), n.scale(), n.near(dtype)],
            "f32",
        )
        n = Numbers(f"ms_dequantizelinear_{kind}_axis")
        node(
            writer,
            f"ms_dequantizelinear_{kind}_axis",
            "DequantizeLinear",
            [n.whole(dtype, 3, 4, 5), n.scale(4), n.near(dtype, 4)],
            "f32",
            axis=1,
        )
    n = Numbers("ms_quantizelinear_uint16")
    node(
        writer,
        "ms_quantizelinear_uint16",
        "QuantizeLinear",
        [n.f32(3, 40), n.scale(about=1e-4), np.array(32000, np.uint16)],
    )
    n = Numbers("ms_dequantizelinear_int32")
    node(
        writer,
        "ms_dequantizelinear_int32",
        "DequantizeLinear",
        [n.rng.integers(-9000, 9000, (3, 4)).astype(np.int32), n.scale()],
        "f32",
    )


def lstm(writer):
    # The state is quantized in each step: what rounds the other way there shows in the third digit.
    def one(
        name,
        dtype,
        *,
        directions=1,
        columns=False,
        bias=True,
        state=False,
        lens=None,
        peep=False,
        **attributes,
    ):
        n = Numbers(name)
        steps, batch, width, hidden = 4, 2, 3, 5
        per = (directions, 4 * hidden) if columns else (directions,)
        zero = lambda *shape: np.zeros(shape, dtype) if columns else n.near(dtype, *shape)
        inputs = [
            n.f32(steps, batch, width),
            n.whole(dtype, directions, width, 4 * hidden),
            n.whole(dtype, directions, hidden, 4 * hidden),
            n.f32(directions, 8 * hidden) if bias else None,
            lens,
            n.f32(directions, batch, hidden) if state else None,
            n.f32(directions, batch, hidden) if state else None,
            n.f32(directions, 3 * hidden) if peep else None,
            n.scale(*per, about=0.005),
            zero(*per),
            n.scale(*per, about=0.005),
            zero(*per),
        ]
        writer.node(
            KIND,
            name,
            "DynamicQuantizeLSTM",
            inputs,
            3,
            domain=MICROSOFT,
            hidden_size=hidden,
            constants=[1, 2, 8, 9, 10, 11],
            tolerance="half",
            **attributes,
        )

    one("dynamicquantizelstm_int8", I8)
    one("dynamicquantizelstm_uint8", U8)
    one("dynamicquantizelstm_columns", I8, columns=True)
    one("dynamicquantizelstm_reverse", U8, direction="reverse", state=True)
    one(
        "dynamicquantizelstm_both",
        U8,
        directions=2,
        direction="bidirectional",
        lens=np.array([4, 2], np.int32),
    )
    one("dynamicquantizelstm_peepholes", U8, peep=True, bias=False)


def write(writer):
    elementwise(writer)
    concat_and_pools(writer)
    products(writer)
    weight_only(writer)
    attention(writer)
    linear(writer)
    lstm(writer)
