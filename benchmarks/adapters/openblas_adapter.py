#!/usr/bin/env python3
"""OpenBLAS as an engine: models of one MatMul or Gemm, in f32 or f64, through its C interface.

BLAS has no prepacked weights: what a call does to them is timed, as in each use of the library.
"""
import ctypes
import math
import pathlib
import sys

import numpy as np

import protocol

ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112
PREFIX = "scipy_"  # of this package's symbols


class OpenBlas(protocol.Engine):
    name = "openblas"

    def hello(self):
        import kernel_shapes
        import onnx_model
        import scipy_openblas32
        self._shapes, self._models = kernel_shapes, onnx_model
        folder = pathlib.Path(scipy_openblas32.get_lib_dir())
        self._library = ctypes.CDLL(str(folder / scipy_openblas32.get_library(fullname=True)))
        self._library.scipy_openblas_get_config.restype = ctypes.c_char_p
        told = self._library.scipy_openblas_get_config().decode()
        return told.split()[1], {"config": told.strip(), "weights": "as they are in the model"}

    def load(self, model, inputs, threads, work_dir, options):
        self._kernel = self._models.load_kernel(model, inputs, ("MatMul", "Gemm"))
        self._library.scipy_openblas_set_num_threads(ctypes.c_int(threads))
        self._product = one = self._shapes.product(self._kernel)
        if one.a.dtype not in (np.float32, np.float64) or one.a.dtype != one.b.dtype:
            raise protocol.Unsupported(f"a product of `{one.a.dtype}` and `{one.b.dtype}`; "
                                       "BLAS has f32 and f64")
        self._out = protocol.aligned(np.zeros(one.output_shape, one.a.dtype))

    def _arguments(self):
        """Those of cblas_?gemm, made once: turning them into C's may outlast a small product."""
        one, index = self._product, ctypes.c_int
        scalar = ctypes.c_float if one.a.dtype == np.float32 else ctypes.c_double
        widths = [matrix.shape[-1] for matrix in (one.a, one.b, self._out)]
        strides = [math.prod(matrix.shape[-2:]) for matrix in (one.a, one.b, self._out)]
        a, b, out = [(ctypes.c_void_p(matrix.ctypes.data), index(width),
                      *([index(stride)] if one.batch > 1 else []))
                     for matrix, width, stride in zip((one.a, one.b, self._out), widths, strides)]
        kinds = [index(TRANSPOSED if is_transposed else PLAIN) for is_transposed in one.transposed]
        sizes = [index(size) for size in (one.rows, one.columns, one.depth)]
        count = [index(one.batch)] if one.batch > 1 else []
        return [index(ROW_MAJOR), *kinds, *sizes, scalar(one.alpha), *a, *b, scalar(one.beta), *out,
                *count]

    def call(self):
        one, out = self._product, self._out
        name = f"cblas_{'s' if one.a.dtype == np.float32 else 'd'}gemm"
        gemm = getattr(self._library, PREFIX + name + ("_batch_strided" if one.batch > 1 else ""))
        gemm.restype = None
        arguments = self._arguments()
        if not one.beta:
            return lambda: gemm(*arguments)
        addend = np.broadcast_to(one.c, out.shape)

        def call():
            # The product is added to what lies in `out`, so that this belongs to the call.
            np.copyto(out, addend)
            gemm(*arguments)
        return call

    def outputs(self):
        return [(self._kernel.output, self._out, None)]


if __name__ == "__main__":
    sys.exit(protocol.serve(OpenBlas()))
