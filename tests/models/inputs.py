"""Seeded inputs of the kind that a model was made for.

A comparison on noise proves little: a detector that sees nothing answers zero everywhere, an
attention mask of ones hides a mask that is not applied. So pictures have edges and texture, pages
carry strokes, token rows are padded behind their mask. `make(row, shapes, seed)` follows the
`inputs` column of manifest.tsv: INPUT=KIND[:ARGUMENT], kinds are the functions below.
"""
import numpy as np


def _canvas(rng, height, width, channels, shapes=10):
    """-> [height, width, channels] in 0..1: slow light, flat shapes with hard edges, fine grain."""
    rows, columns = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)[None, :]
    waves = rng.uniform(-4, 4, (channels, 3, 3))
    image = np.stack([sum(np.cos(6.28 * (a * rows + b * columns + c)) for a, b, c in wave)
                      for wave in waves], axis=-1) / 8 + 0.5
    for _ in range(shapes):
        centre, radius = rng.uniform(0, 1, 2), rng.uniform(0.04, 0.3, 2)
        offsets = abs((rows - centre[0]) / radius[0]), abs((columns - centre[1]) / radius[1])
        is_box = rng.random() < 0.5
        inside = (np.maximum(*offsets) if is_box else offsets[0]**2 + offsets[1]**2) < 1
        image[inside] = rng.uniform(0, 1, channels)
    return np.clip(image + rng.normal(0, 0.03, image.shape), 0, 1)


def _writing(rng, height, width, channels):
    """-> [height, width, channels] in 0..1: lines of dark strokes on light paper."""
    image = np.full((height, width, channels), rng.uniform(0.88, 0.98))
    line = height if height < 64 else max(16, height // int(rng.integers(14, 24)))
    for top in range(0, height - line + 1, line * 3 // 2):
        size, left = line * 7 // 10, int(rng.integers(2, max(3, width // 8)))
        thick = max(1, size // 9)
        while left + size < width - int(rng.integers(0, max(1, width // 6))):
            for _ in range(int(rng.integers(2, 5))):
                y, x = top + line // 7, left
                if rng.random() < 0.5:
                    y += int(rng.integers(0, max(1, size - thick)))
                    image[y:y + thick, x:x + size * 2 // 3] = rng.uniform(0, 0.2)
                else:
                    x += int(rng.integers(0, max(1, size * 2 // 3)))
                    image[y:y + size, x:x + thick] = rng.uniform(0, 0.2)
            left += int(size * rng.uniform(0.8, 1.1))
    return np.clip(image + rng.normal(0, 0.01, image.shape), 0, 1)


def _batch(rng, draw, shape, channels_last=False):
    count = shape[0]
    if channels_last:
        height, width, channels = shape[1:]
    else:
        channels, height, width = shape[1:]
    images = np.stack([draw(rng, height, width, channels) for _ in range(count)])
    return images if channels_last else images.transpose(0, 3, 1, 2)


def picture(rng, shape, _):
    return 4 * _batch(rng, _canvas, shape) - 2


def picture_last(rng, shape, _):
    return 2 * _batch(rng, _canvas, shape, channels_last=True) - 1


def picture01(rng, shape, _):
    return _batch(rng, _canvas, shape)


def picture255(rng, shape, _):
    return 255 * _batch(rng, _canvas, shape)


def page(rng, shape, _):
    return 4 * _batch(rng, _writing, shape) - 2


def line(rng, shape, _):
    return 2 * _batch(rng, _writing, shape) - 1


def text(rng, shape, _):
    """Bytes of something like source code; 256 marks the end."""
    words = (b"for ", b"return ", b"struct ", b"{\n  ", b"}\n", b"= ", b"x", b"0;\n", b"(a, b)", b"// ")
    rows = np.full(shape, 256)
    for row in rows:
        drawn = b"".join(words[i] for i in rng.integers(0, len(words), shape[1]))
        length = int(rng.integers(shape[1] // 2, shape[1]))
        row[:length] = np.frombuffer(drawn[:length], np.uint8)
        noisy = rng.random(length) < 0.2
        row[:length][noisy] = rng.integers(0, 256, int(noisy.sum()))
    return rows


def below(rng, shape, limit):
    return rng.integers(0, int(limit), shape)


def syllables(rng, shape, _):
    return np.stack([rng.integers(3, 139, shape[2]), rng.integers(3, 6227, shape[2])])[None]


def _lengths(shape):
    """How many tokens of each row are real: the rows differ, and none is full but the last."""
    return [max(1, shape[1] * (3 + row) // (3 + shape[0])) for row in range(shape[0])]


def words(rng, shape, limit):
    ids = rng.integers(1000, int(limit), shape)
    for row, length in zip(ids, _lengths(shape)):
        row[length:] = 0
    return ids


def kept(_, shape, __):
    return np.stack([(np.arange(shape[1]) < n).astype(int) for n in _lengths(shape)])


def halves(_, shape, __):
    columns = np.arange(shape[1])
    return np.stack([((columns >= n // 2) & (columns < n)).astype(int) for n in _lengths(shape)])


def voice(rng, shape, _):
    """[rows, samples] at 16 kHz: a gliding tone with overtones that comes and goes, and breath."""
    seconds = np.arange(shape[1]) / 16000
    rows = []
    for _ in range(shape[0]):
        pitch = rng.uniform(90, 220) * (1 + 0.1 * np.sin(2 * np.pi * rng.uniform(2, 5) * seconds))
        phase = 2 * np.pi * np.cumsum(pitch) / 16000
        tone = sum(np.sin(k * phase + rng.uniform(0, 6)) / k for k in range(1, 9))
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(3, 8) * seconds + rng.uniform(0, 6))
        rows.append(0.25 * tone * swell + rng.normal(0, 0.01, shape[1]))
    return np.stack(rows)


def memory(rng, shape, _):
    return rng.uniform(-0.8, 0.8, shape)


def number(_, shape, value):
    return np.full(shape, float(value))


def table(rng, shape, _):
    """Columns of very different size; some values are zero, some are missing."""
    values = rng.normal(0.4, 1.0, shape) * 10.0 ** rng.integers(0, 3, shape[1])
    values[rng.random(shape) < 0.1] = 0
    values[rng.random(shape) < 0.02] = np.nan
    return values


KINDS = {f.__name__: f for f in (picture, picture_last, picture01, picture255, page, line, text,
                                 below, syllables, words, kept, halves, voice, memory, number, table)}


def pairs(text_of_pairs):
    """`a=1;b=2` -> {"a": "1", "b": "2"}; a name may hold anything but `=` and `;`."""
    return dict(pair.rsplit("=", 1) for pair in text_of_pairs.split(";"))


def shape_sets(row):
    """-> one {input: (dims)} for each alternative of the `shapes` column."""
    return [{name: tuple(int(d) for d in dims.split("x") if d) for name, dims in pairs(one).items()}
            for one in row["shapes"].split("|")]


def make(row, shapes, dtypes, seed=0):
    """-> {input: array} for one set of shapes; equal on every machine."""
    arrays = {}
    for name, kind in pairs(row["inputs"]).items():
        kind, _, argument = kind.partition(":")
        rng = np.random.default_rng([seed, *row["name"].encode(), *name.encode()])
        drawn = KINDS[kind](rng, shapes[name], argument)
        arrays[name] = np.asarray(drawn, dtype=dtypes[name], order="C")
    return arrays
