"""Operators that move elements: each takes a Graph and adds nodes, or returns None."""
import numpy as np

DATA = ("float32", "float16", "float64", "int32", "int64", "uint8", "int8", "bool")


def any_of_rank(least, most=5):
    return lambda v: least <= v.rank <= most and v.dtype in DATA and np.prod(v.shape) <= 8000


def transpose(g):
    x = g.pick(any_of_rank(2))
    if x is None:
        return None
    perm = [int(i) for i in g.rng.permutation(x.rank)]
    return g.node("Transpose", [x], x.dtype, [x.shape[i] for i in perm], x.exact, perm=perm)


def reshape(g):
    x = g.pick(any_of_rank(1))
    if x is None:
        return None
    kind = g.rng.integers(0, 4)
    total = int(np.prod(x.shape))
    if kind == 0:
        axis = int(g.rng.integers(0, x.rank + 1))
        shape = (int(np.prod(x.shape[:axis])), int(np.prod(x.shape[axis:])))
        return g.node("Flatten", [x], x.dtype, shape, x.exact, axis=axis)
    if kind == 1:
        return g.node("Reshape", [x, g.ints([-1])], x.dtype, [total], x.exact)
    if kind == 2 and x.rank >= 2:  # joins the last two
        shape = x.shape[:-2] + (x.shape[-2] * x.shape[-1],)
        return g.node("Reshape", [x, g.ints([0] * (x.rank - 2) + [-1])], x.dtype, shape, x.exact)
    last = x.shape[-1]
    if last % 2 == 0:  # splits the last
        shape = x.shape[:-1] + (last // 2, 2)
        return g.node("Reshape", [x, g.ints([0] * (x.rank - 1) + [last // 2, 2])], x.dtype, shape,
                      x.exact)
    return None


def squeeze(g):
    x = g.pick(any_of_rank(0, 4))
    if x is None:
        return None
    ones = [i for i, d in enumerate(x.shape) if d == 1]
    if ones and g.rng.random() < 0.5:
        axis = int(g.rng.choice(ones))
        return g.node("Squeeze", [x, g.ints([axis])], x.dtype, x.shape[:axis] + x.shape[axis + 1:],
                      x.exact)
    axis = int(g.rng.integers(0, x.rank + 1))
    return g.node("Unsqueeze", [x, g.ints([axis])], x.dtype, x.shape[:axis] + (1,) + x.shape[axis:],
                  x.exact)


def slice_(g):
    x = g.pick(any_of_rank(1))
    if x is None:
        return None
    axis = int(g.rng.integers(0, x.rank))
    size = x.shape[axis]
    if size < 2:
        return None
    begin = int(g.rng.integers(0, size - 1))
    step = int(g.rng.choice([1, 1, 2, 3]))
    end = int(g.rng.integers(begin + 1, size + 1))
    starts, ends, steps = [begin], [end], [step]
    count = len(range(begin, end, step))
    if g.rng.random() < 0.3:  # backwards, to the very front
        starts, ends, steps = [-1], [-(2**31)], [-step]
        count = len(range(size - 1, -1, -step))
    shape = x.shape[:axis] + (count,) + x.shape[axis + 1:]
    chosen = axis - x.rank if g.rng.random() < 0.3 else axis
    return g.node("Slice", [x, g.ints(starts), g.ints(ends), g.ints([chosen]), g.ints(steps)], x.dtype,
                  shape, x.exact)


def concat(g):
    x = g.pick(any_of_rank(1))
    if x is None:
        return None
    axis = int(g.rng.integers(0, x.rank))

    def fits(v):
        return v.dtype == x.dtype and v.rank == x.rank and all(
            a == b for i, (a, b) in enumerate(zip(v.shape, x.shape)) if i != axis)

    parts = [x] + [g.pick(fits) for _ in range(int(g.rng.integers(1, 3)))]
    shape = x.shape[:axis] + (sum(p.shape[axis] for p in parts),) + x.shape[axis + 1:]
    return g.node("Concat", parts, x.dtype, shape, all(p.exact for p in parts), axis=axis)


def gather(g):
    x = g.pick(any_of_rank(1, 4))
    if x is None:
        return None
    axis = int(g.rng.integers(0, x.rank))
    shape = tuple(int(d) for d in g.rng.integers(1, 4, int(g.rng.integers(0, 3))))
    indices = g.constant(g.rng.integers(-x.shape[axis], x.shape[axis], shape).astype(np.int64))
    return g.node("Gather", [x, indices], x.dtype, x.shape[:axis] + shape + x.shape[axis + 1:], x.exact,
                  axis=axis)


def gather_elements(g):
    x = g.pick(any_of_rank(1, 4))
    if x is None:
        return None
    axis = int(g.rng.integers(0, x.rank))
    indices = g.constant(g.rng.integers(0, x.shape[axis], x.shape).astype(np.int64))
    return g.node("GatherElements", [x, indices], x.dtype, x.shape, x.exact, axis=axis)


def scatter(g):
    x = g.pick(any_of_rank(1, 4))
    if x is None or x.dtype == "bool":
        return None
    axis = int(g.rng.integers(0, x.rank))
    shape = list(x.shape)
    shape[axis] = int(g.rng.integers(1, x.shape[axis] + 1))
    order = np.argsort(g.rng.random(x.shape), axis=axis)  # no place twice
    indices = np.take(order, np.arange(shape[axis]), axis=axis).astype(np.int64)
    updates = g.constant(g.random_array(x.dtype, shape))
    return g.node("ScatterElements", [x, g.constant(indices), updates], x.dtype, x.shape, x.exact,
                  axis=axis)


def pad(g):
    x = g.pick(lambda v: 1 <= v.rank <= 4 and v.dtype in ("float32", "int32", "int64", "float64")
               and np.prod(v.shape) <= 2000)
    if x is None:
        return None
    mode = str(g.rng.choice(["constant", "constant", "edge", "reflect"]))
    most = [3 if mode != "reflect" else min(3, d - 1) for d in x.shape]
    before = [int(g.rng.integers(0, m + 1)) for m in most]
    after = [int(g.rng.integers(0, m + 1)) for m in most]
    if mode == "constant" and g.rng.random() < 0.3 and x.shape[0] > 1:
        before[0] = -1
    shape = [b + d + a for b, d, a in zip(before, x.shape, after)]
    return g.node("Pad", [x, g.ints(before + after)], x.dtype, shape, x.exact, mode=mode)


def expand(g):
    x = g.pick(lambda v: v.rank <= 4 and v.dtype in DATA and np.prod(v.shape) <= 1000)
    if x is None:
        return None
    shape = tuple(int(g.rng.integers(2, 4)) if d == 1 else d for d in x.shape)
    if g.rng.random() < 0.4:
        shape = (2,) + shape
    return g.node("Expand", [x, g.ints(shape)], x.dtype, shape, x.exact)


def tile(g):
    x = g.pick(lambda v: 1 <= v.rank <= 4 and v.dtype in ("float32", "int32", "int64", "float64")
               and np.prod(v.shape) <= 1000)
    if x is None:
        return None
    repeats = [int(r) for r in g.rng.integers(1, 3, x.rank)]
    return g.node("Tile", [x, g.ints(repeats)], x.dtype, [d * r for d, r in zip(x.shape, repeats)],
                  x.exact)


def trilu(g):
    x = g.pick(lambda v: v.rank >= 2 and v.dtype in ("float32", "int64", "float64"))
    if x is None:
        return None
    k = g.constant(np.array(g.rng.integers(-2, 3), np.int64))
    return g.node("Trilu", [x, k], x.dtype, x.shape, x.exact, upper=int(g.rng.integers(0, 2)))


def depth_to_space(g):
    x = g.pick(lambda v: v.rank == 4 and v.dtype == "float32" and v.shape[1] % 4 == 0)
    if x is None:
        return None
    n, c, h, w = x.shape
    mode = str(g.rng.choice(["DCR", "CRD"]))
    return g.node("DepthToSpace", [x], x.dtype, (n, c // 4, h * 2, w * 2), x.exact, blocksize=2, mode=mode)


def space_to_depth(g):
    x = g.pick(lambda v: v.rank == 4 and v.dtype == "float32" and v.shape[2] % 2 == v.shape[3] % 2 == 0)
    if x is None:
        return None
    n, c, h, w = x.shape
    return g.node("SpaceToDepth", [x], x.dtype, (n, c * 4, h // 2, w // 2), x.exact, blocksize=2)


def resize(g):
    x = g.pick(lambda v: v.rank == 4 and v.dtype == "float32" and np.prod(v.shape) <= 4000)
    if x is None:
        return None
    scales = g.constant(np.array([1, 1, 2, 2], np.float32))
    shape = x.shape[:2] + (x.shape[2] * 2, x.shape[3] * 2)
    if g.rng.random() < 0.5:
        return g.node("Resize", [x, "", scales], x.dtype, shape, x.exact, mode="nearest",
                      coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    return g.node("Resize", [x, "", scales], x.dtype, shape, False, mode="linear",
                  coordinate_transformation_mode=str(g.rng.choice(["half_pixel", "asymmetric"])))


OPERATORS = (transpose, transpose, reshape, reshape, squeeze, slice_, slice_, concat, concat, gather,
             gather_elements, scatter, pad, expand, tile, trilu, depth_to_space, space_to_depth, resize)
