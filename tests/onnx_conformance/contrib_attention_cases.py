"""Cases of com.microsoft's attention operators and of rotary embedding."""

import numpy as np

from case_writer import MICROSOFT, seeded

KIND = "contrib"
F32, F16 = np.float32, np.float16


class Numbers:
    def __init__(self, name):
        self.rng = seeded(name)

    def f32(self, *shape, dtype=F32):
        return self.rng.standard_normal(shape).astype(dtype)


def trimmed(inputs):
    while inputs[-1] is None:
        inputs.pop()
    return inputs


def attention(writer):
    def one(
        name,
        *,
        batch=2,
        length=3,
        width=8,
        heads=2,
        sizes=None,
        mask=None,
        past=0,
        bias=True,
        added=None,
        present=False,
        dtype=F32,
        **attributes
    ):
        numbers = Numbers(name)
        total = sum(sizes) if sizes else 3 * width
        inputs = [
            numbers.f32(batch, length, width, dtype=dtype),
            numbers.f32(width, total, dtype=dtype) * dtype(0.5),
            numbers.f32(total, dtype=dtype) if bias else None,
            mask,
            numbers.f32(2, batch, heads, past, width // heads, dtype=dtype) if past else None,
            numbers.f32(*added, dtype=dtype) if added else None,
        ]
        if sizes:
            attributes["qkv_hidden_sizes"] = sizes
        writer.node(
            KIND,
            name,
            "Attention",
            trimmed(inputs),
            2 if past or present else 1,
            domain=MICROSOFT,
            num_heads=heads,
            tolerance="f32" if dtype == F32 else "half",
            **attributes
        )

    i32 = np.int32
    one("attention_plain")
    one("attention_no_bias", bias=False)
    one("attention_scale", scale=0.3)
    one("attention_causal", unidirectional=1)
    one("attention_mask_length", mask=np.array([3, 2], i32))
    one("attention_mask_ends_starts", mask=np.array([3, 3, 0, 1], i32))
    one("attention_mask_raw", mask=np.array([[1, 1, 0], [0, 1, 1]], i32))
    one("attention_mask_raw_filter", mask=np.array([[1, 1, 0], [0, 1, 1]], i32), mask_filter_value=-100.0)
    one("attention_mask_3d", mask=np.array([[[1, 0, 0], [1, 1, 0], [1, 1, 1]]] * 2, i32))
    one("attention_mask_causal", mask=np.array([[1, 1, 0], [0, 1, 1]], i32), unidirectional=1)
    one("attention_added", added=(2, 2, 3, 3))
    one("attention_added_broadcast", added=(1, 1, 3, 3))
    one("attention_value_size", sizes=[8, 8, 4])
    one("attention_past", past=2, unidirectional=1)
    one("attention_past_mask", past=2, mask=np.array([[0, 1, 1, 1, 1], [1, 1, 1, 1, 0]], i32))
    one("attention_present", present=True)


def multi_head(writer):
    def one(
        name,
        *,
        batch=2,
        length=3,
        keys=4,
        heads=2,
        size=4,
        v_size=4,
        form="3d",
        bias=False,
        mask=None,
        added=None,
        past=0,
        outputs=1,
        dtype=F32,
        **attributes
    ):
        n = Numbers(name)
        draw = lambda *shape: n.f32(*shape, dtype=dtype)
        width, v_width = heads * size, heads * v_size
        query, key, value = draw(batch, length, width), draw(batch, keys, width), draw(batch, keys, v_width)
        if form == "4d":
            key, value = draw(batch, heads, keys, size), draw(batch, heads, keys, v_size)
        inputs = [
            query,
            key,
            value,
            draw(2 * width + v_width) if bias else None,
            mask,
            draw(*added) if added else None,
            draw(batch, heads, past, size) if past else None,
            draw(batch, heads, past, v_size) if past else None,
        ]
        writer.node(
            KIND,
            name,
            "MultiHeadAttention",
            trimmed(inputs),
            outputs,
            domain=MICROSOFT,
            num_heads=heads,
            tolerance="f32" if dtype == F32 else "half",
            **attributes
        )

    i32 = np.int32
    one("mha_plain")
    one("mha_bias", bias=True)
    one("mha_scale", scale=0.4)
    one("mha_value_size", v_size=6, bias=True)
    one("mha_causal", keys=3, unidirectional=1)
    one("mha_mask_lengths", mask=np.array([4, 2], i32))
    one("mha_mask_2d", mask=np.array([[1, 1, 1, 0], [1, 0, 1, 1]], i32))
    one("mha_mask_3d", mask=np.array([[[1, 0, 0, 1], [1, 1, 0, 0], [1, 1, 1, 1]]] * 2, i32))
    one("mha_added", added=(2, 2, 3, 4))
    one("mha_added_broadcast", added=(1, 2, 3, 4), mask=np.array([[1, 1, 1, 0], [1, 0, 1, 1]], i32))
    one("mha_key_4d", form="4d")
    one("mha_past", keys=3, past=2, outputs=3, bias=True)
    one("mha_past_causal", keys=3, past=2, outputs=3, unidirectional=1)
    one("mha_present", keys=3, outputs=3)
    one("mha_float16", dtype=F16, bias=True)


def group_query(writer):
    def one(
        name,
        *,
        batch=2,
        length=3,
        heads=4,
        kv_heads=2,
        size=16,
        past=0,
        buffer=None,
        ends=None,
        packed=False,
        rotary=False,
        interleaved=0,
        positions=None,
        added=None,
        sink=False,
        dtype=F32,
        outputs=3,
        **attributes
    ):
        n = Numbers(name)
        draw = lambda *shape: n.f32(*shape, dtype=dtype)
        total = past + length
        kv = kv_heads * size
        query = draw(batch, length, heads * size + (2 * kv if packed else 0))
        key, value = (None, None) if packed else (draw(batch, length, kv), draw(batch, length, kv))
        stored = past if buffer is None else buffer
        old = [draw(batch, kv_heads, stored, size) for _ in range(2)] if past or buffer else [None, None]
        ends = np.full(batch, total - 1, np.int32) if ends is None else np.array(ends, np.int32)
        angles = np.arange(16)[:, None] * (0.3 ** np.arange(size // 2))[None]
        tables = [f(angles).astype(dtype) for f in (np.cos, np.sin)] if rotary else [None, None]
        inputs = [
            query,
            key,
            value,
            *old,
            ends,
            np.array(ends.max() + 1, np.int32),
            *tables,
            positions,
            draw(*added) if added else None,
            draw(heads) if sink else None,
        ]
        writer.node(
            KIND,
            name,
            "GroupQueryAttention",
            trimmed(inputs),
            outputs,
            domain=MICROSOFT,
            num_heads=heads,
            kv_num_heads=kv_heads,
            do_rotary=int(rotary),
            rotary_interleaved=interleaved,
            tolerance="f32" if dtype == F32 else "half",
            **attributes
        )

    one("gqa_prompt")
    one("gqa_scale", scale=0.2)
    one("gqa_token", length=1, past=4)
    one("gqa_token_buffer", length=1, past=4, buffer=7)
    one("gqa_token_ragged", length=1, past=4, buffer=6, ends=[4, 2])
    one("gqa_packed", packed=True)
    one("gqa_rotary", rotary=True)
    one("gqa_rotary_interleaved", rotary=True, interleaved=1)
    one("gqa_rotary_token", rotary=True, length=1, past=4)
    one("gqa_rotary_packed", rotary=True, packed=True)
    one("gqa_rotary_positions", rotary=True, positions=np.array([[0, 1, 2], [0, 1, 2]], np.int64))
    one("gqa_softcap", softcap=5.0)
    one("gqa_window", length=5, local_window_size=2)
    one("gqa_window_token", length=1, past=5, local_window_size=3)
    one("gqa_added", added=(2, 4, 3, 3))
    one("gqa_added_broadcast", added=(1, 1, 3, 3))
    one("gqa_sink", sink=True)
    one("gqa_smooth", smooth_softmax=1)
    one("gqa_chunk", batch=1, length=3, past=2)
    one("gqa_float16", dtype=F16)
    one("gqa_bidirectional", causal=0)


def rotary(writer):
    def one(name, shape, positions, *, table=4, dtype=F32, **attributes):
        n = Numbers(name)
        angles = np.arange(8)[:, None] * (0.5 ** np.arange(table))[None]
        writer.node(
            KIND,
            name,
            "RotaryEmbedding",
            [
                n.f32(*shape, dtype=dtype),
                np.array(positions, np.int64),
                np.cos(angles).astype(dtype),
                np.sin(angles).astype(dtype),
            ],
            domain=MICROSOFT,
            tolerance="f32" if dtype == F32 else "half",
            **attributes
        )

    one("rotary_3d", (2, 3, 16), [[0, 1, 2], [5, 4, 3]], num_heads=0)
    one("rotary_offset", (2, 3, 16), [2])
    one("rotary_interleaved", (2, 3, 16), [0], interleaved=1)
    one("rotary_4d", (2, 2, 3, 8), [[0, 1, 2], [1, 2, 3]])
    one("rotary_partial", (2, 3, 32), [[0, 1, 2], [1, 2, 3]], num_heads=2, rotary_embedding_dim=8)
    one("rotary_partial_interleaved", (1, 3, 32), [1], num_heads=2, rotary_embedding_dim=8, interleaved=1)
    one("rotary_float16", (2, 3, 16), [0], dtype=F16)


def write(writer):
    attention(writer)
    multi_head(writer)
    group_query(writer)
    rotary(writer)
