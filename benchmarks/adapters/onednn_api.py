"""As much of oneDNN's C interface (version 3) as its adapter calls, through ctypes.

Numbers are those of oneapi/dnnl/dnnl_types.h and dnnl_common_types.h, which are its ABI. What is
made here lives until the process ends.
"""
import ctypes
import math
import pathlib
import sys

import numpy as np

import protocol

CPU, IN_ORDER = 1, 1
FORWARD_INFERENCE, CONVOLUTION_AUTO = 96, 3
FORMAT_ANY = 1
QUERY_EXEC_ARG_MD, QUERY_IMPL_INFO = 255, 8
SRC, DST, WEIGHTS, BIAS = 1, 17, 33, 41
SCALES, ZERO_POINTS = 4096, 8192  # added to one of those
ALLOCATE = ctypes.c_void_p(-1)
UNIMPLEMENTED = 3
STATUSES = ("success", "out of memory", "invalid arguments", "unimplemented",
            "last implementation reached", "runtime error", "not required")
TYPES = {np.dtype(name): number for number, name in
         ((1, "float16"), (3, "float32"), (4, "int32"), (5, "int8"), (6, "uint8"))}


class Version(ctypes.Structure):
    _fields_ = [("major", ctypes.c_int), ("minor", ctypes.c_int), ("patch", ctypes.c_int),
                ("hash", ctypes.c_char_p), ("runtimes", ctypes.c_uint * 2)]


class ExecArg(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_int), ("memory", ctypes.c_void_p)]


def _told(status):
    return STATUSES[status] if status < len(STATUSES) else f"status {status}"


def _dims(values):
    return (ctypes.c_int64 * 12)(*values)


def plain_strides(shape):
    return [math.prod(shape[index + 1:]) for index in range(len(shape))]


class OneDnn:
    """The library with one engine and one stream."""

    def __init__(self):
        path = pathlib.Path(sys.prefix) / "lib" / "libdnnl.so.3"
        try:
            self._library = ctypes.CDLL(str(path))
        except OSError as error:
            raise ImportError(str(error)) from None
        for name in ("dnnl_primitive_desc_query_md", "dnnl_version"):
            getattr(self._library, name).restype = ctypes.c_void_p
        self._engine = self._make("dnnl_engine_create", CPU, ctypes.c_size_t(0))
        self._stream = self._make("dnnl_stream_create", self._engine, IN_ORDER)

    def version(self):
        found = Version.from_address(self._library.dnnl_version())
        return f"{found.major}.{found.minor}.{found.patch}"

    def _check(self, function, *arguments):
        status = getattr(self._library, function)(*arguments)
        if status == UNIMPLEMENTED:
            raise protocol.Unsupported(f"{function}: unimplemented for these types and shapes")
        if status:
            raise RuntimeError(f"{function}: {_told(status)}")

    def _make(self, function, *arguments):
        """Calls what returns a handle by its first argument."""
        handle = ctypes.c_void_p()
        self._check(function, ctypes.byref(handle), *arguments)
        return handle

    def layout(self, shape, dtype, strides=None):
        """-> a memory descriptor; without strides, oneDNN chooses the layout."""
        if np.dtype(dtype) not in TYPES:
            raise protocol.Unsupported(f"no type `{np.dtype(dtype)}`")
        dims, kind = _dims(shape), TYPES[np.dtype(dtype)]
        if strides is None:
            return self._make("dnnl_memory_desc_create_with_tag", len(shape), dims, kind,
                              FORMAT_ANY)
        return self._make("dnnl_memory_desc_create_with_strides", len(shape), dims, kind,
                          _dims(strides))

    def memory(self, layout, array=None):
        """-> a memory object over an array that the caller keeps, or of its own."""
        data = ALLOCATE if array is None else ctypes.c_void_p(array.ctypes.data)
        return self._make("dnnl_memory_create", layout, self._engine, data)

    def attributes(self, scales, zero_points):
        """Both are {argument: mask of the dims that it differs along}, 0 for one value."""
        made = self._make("dnnl_primitive_attr_create")
        for argument, mask in scales.items():
            self._check("dnnl_primitive_attr_set_scales_mask", made, argument, mask)
        for argument, mask in zero_points.items():
            self._check("dnnl_primitive_attr_set_zero_points_mask", made, argument, mask)
        return made

    def matmul(self, source, weights, bias, target, attributes):
        return self._make("dnnl_matmul_primitive_desc_create", self._engine, source, weights, bias,
                          target, attributes)

    def convolution(self, source, weights, bias, target, strides, dilations, before, after,
                    attributes):
        """Dilations count the skipped ones, as oneDNN does: 0 is dense."""
        return self._make("dnnl_convolution_forward_primitive_desc_create", self._engine,
                          FORWARD_INFERENCE, CONVOLUTION_AUTO, source, weights, bias, target, _dims(strides),
                          _dims(dilations), _dims(before), _dims(after), attributes)

    def chosen(self, descriptor, argument):
        """-> the layout that a primitive wants for an argument."""
        return ctypes.c_void_p(self._library.dnnl_primitive_desc_query_md(
            descriptor, QUERY_EXEC_ARG_MD, argument))

    def implementation(self, descriptor):
        told = ctypes.c_char_p()
        self._check("dnnl_primitive_desc_query", descriptor, QUERY_IMPL_INFO, 0, ctypes.byref(told))
        return told.value.decode()

    def same(self, one, other):
        return bool(self._library.dnnl_memory_desc_equal(one, other))

    def step(self, descriptor, memories):
        """-> a function that computes; it has returned when the result is there, as the CPU's
        OpenMP streams run what they are given at once. -> its status."""
        primitive = self._make("dnnl_primitive_create", descriptor)
        arguments = (ExecArg * len(memories))(*((key, memory) for key, memory in memories.items()))
        execute, stream, count = self._library.dnnl_primitive_execute, self._stream, len(memories)
        return lambda: execute(primitive, stream, count, arguments)

    def reorder(self, source_layout, source, target_layout, target):
        """-> a step that copies from one layout to another."""
        descriptor = self._make("dnnl_reorder_primitive_desc_create", source_layout, self._engine,
                                target_layout, self._engine, None)
        return self.step(descriptor, {SRC: source, DST: target})

    def run(self, step):
        """ERRORS: RuntimeError if it fails."""
        status = step()
        if status:
            raise RuntimeError(f"dnnl_primitive_execute: {_told(status)}")
