#!/usr/bin/env python3
"""oneDNN as an engine: models of one MatMul, MatMulInteger, Gemm or Conv, through its C interface.

Weights that are part of the model are put into the layout that the primitive asks for (format
`any`) once, at the load, as oneDNN's guide says. Data lies as ONNX lays it out: where a convolution
wants another layout, the reorders belong to the call, unless the plain layout is faster; the load
tries both.
"""
import sys

import numpy as np

import protocol

TRIAL_S = 0.03  # of timing each layout of a convolution


class OneDnnEngine(protocol.Engine):
    name = "onednn"

    def hello(self):
        import kernel_shapes
        import onednn_api
        import onnx_model
        self._shapes, self._models, self._api = kernel_shapes, onnx_model, onednn_api
        self._dnn = onednn_api.OneDnn()
        return self._dnn.version(), {
            "runtime": "OpenMP (libgomp)", "weights": "constant ones prepacked at the load",
            "data": "plain in and out; reorders are timed"}

    def load(self, model, inputs, threads, work_dir, options):
        # The number of threads is OMP_NUM_THREADS, that the driver has set.
        kernel = self._models.load_kernel(model, inputs, ("MatMul", "MatMulInteger", "Gemm", "Conv"))
        self._name, self._kept = kernel.output, list(kernel.inputs)
        if kernel.op == "Conv":
            self._conv(kernel)
        else:
            self._product(kernel)
        for step in self._steps:
            self._dnn.run(step)

    def _packed(self, array, shape, strides, layout):
        """-> memory with a constant in another layout."""
        dnn = self._dnn
        plain, packed = dnn.layout(shape, array.dtype, strides), dnn.memory(layout)
        dnn.run(dnn.reorder(plain, dnn.memory(plain, array), layout, packed))
        return packed

    def _product(self, kernel):
        dnn, api, one = self._dnn, self._api, self._shapes.product(kernel)
        if one.alpha != 1 or (one.c is not None and one.beta not in (0, 1)):
            raise protocol.Unsupported("Gemm with an alpha or beta other than 1")
        outer = (one.batch,) if one.batch > 1 else ()

        def shape_and_strides(rows, columns, is_transposed):
            shape = (*outer, rows, columns)
            inner = (1, rows) if is_transposed else (columns, 1)
            return shape, (*((rows * columns,) if outer else ()), *inner)

        a_shape, a_strides = shape_and_strides(one.rows, one.depth, one.transposed[0])
        b_shape, b_strides = shape_and_strides(one.depth, one.columns, one.transposed[1])
        out_shape, out_strides = shape_and_strides(one.rows, one.columns, False)
        out_type = np.int32 if kernel.op == "MatMulInteger" else one.a.dtype
        self._out = protocol.aligned(np.zeros(one.output_shape, out_type))
        a_layout = dnn.layout(a_shape, one.a.dtype, a_strides)
        out_layout = dnn.layout(out_shape, out_type, out_strides)
        b_layout = dnn.layout(b_shape, one.b.dtype, None if one.b_is_constant else b_strides)
        bias_layout, bias = self._bias(one)
        zero_points = self._zero_points(kernel) if kernel.op == "MatMulInteger" else {}
        descriptor = dnn.matmul(a_layout, b_layout, bias_layout, out_layout,
                                [argument - api.ZERO_POINTS for argument in zero_points])
        if one.b_is_constant:
            b = self._packed(one.b, b_shape, b_strides, dnn.chosen(descriptor, api.WEIGHTS))
        else:
            b = dnn.memory(b_layout, one.b)
        memories = {api.SRC: dnn.memory(a_layout, one.a), api.WEIGHTS: b,
                    api.DST: dnn.memory(out_layout, self._out), **zero_points}
        if bias is not None:
            memories[api.BIAS] = bias
        self._steps = [dnn.step(descriptor, memories)]

    def _bias(self, one):
        """-> (layout, memory) of what is added to a product, or Nones."""
        if one.c is None or one.beta == 0:
            return None, None
        shape = (1,) * (2 - one.c.ndim) + one.c.shape
        layout = self._dnn.layout(shape, one.c.dtype, self._api.plain_strides(shape))
        return layout, self._dnn.memory(layout, one.c)

    def _zero_points(self, kernel):
        """-> {argument: memory} of a MatMulInteger's; those that are zero change nothing."""
        found, api = {}, self._api
        for index, argument in ((2, api.SRC), (3, api.WEIGHTS)):
            value = kernel.inputs[index][1] if len(kernel.inputs) > index else None
            if value is None:
                continue
            if value.size != 1 or not kernel.constants[index]:
                raise protocol.Unsupported("MatMulInteger with zero points that are no constant, or many")
            if value.any():
                value = value.reshape(1).astype(np.int32)
                self._kept.append(value)
                layout = self._dnn.layout((1,), np.int32, (1,))
                found[api.ZERO_POINTS + argument] = self._dnn.memory(layout, value)
        return found

    def _conv(self, kernel):
        data, weights = kernel.inputs[0][1], kernel.inputs[1][1]
        if not kernel.constants[1]:
            raise protocol.Unsupported("Conv with weights that are no constant")
        extents, count = weights.shape[2:], data.ndim - 2
        strides = kernel.attributes.get("strides", [1] * count)
        dilations = kernel.attributes.get("dilations", [1] * count)
        before, after = self._shapes.conv_padding(kernel, data, extents, strides, dilations)
        sizes = [(size + low + high - (extent - 1) * dilation - 1) // stride + 1 for
                 size, low, high, extent, dilation, stride
                 in zip(data.shape[2:], before, after, extents, dilations, strides)]
        self._out = protocol.aligned(np.zeros((data.shape[0], weights.shape[0], *sizes), data.dtype))
        window = (strides, [dilation - 1 for dilation in dilations], before, after)
        tried = []
        for is_plain in (False, True):
            try:
                tried.append(self._conv_steps(kernel, window, is_plain))
            except protocol.Unsupported:
                if is_plain and not tried:
                    raise
        times = []
        for self._steps in tried:
            times.append(min(protocol.take_samples(self.call(), TRIAL_S)[0]))
        self._steps = tried[times.index(min(times))]

    def _conv_steps(self, kernel, window, is_plain):
        """-> the steps of a call, with data in the plain layout or in the one that oneDNN likes."""
        dnn, api = self._dnn, self._api
        data, weights = kernel.inputs[0][1], kernel.inputs[1][1]
        groups = kernel.attributes.get("group", 1)
        shape = weights.shape
        if groups > 1:
            shape = (groups, shape[0] // groups, *shape[1:])

        def plain(array):
            return dnn.layout(array.shape, array.dtype, api.plain_strides(array.shape))

        wanted = [plain(array) if is_plain else dnn.layout(array.shape, array.dtype)
                  for array in (data, self._out)]
        bias = kernel.inputs[2][1] if len(kernel.inputs) > 2 else None
        descriptor = dnn.convolution(wanted[0], dnn.layout(shape, weights.dtype),
                                     plain(bias) if bias is not None else None, wanted[1], *window)
        weights_layout = dnn.chosen(descriptor, api.WEIGHTS)
        memories = {api.WEIGHTS: self._packed(weights, shape, api.plain_strides(shape), weights_layout)}
        if bias is not None:
            memories[api.BIAS] = dnn.memory(plain(bias), bias)
        steps = []
        for argument, array in ((api.SRC, data), (api.DST, self._out)):
            given, chosen = plain(array), dnn.chosen(descriptor, argument)
            outside = memories[argument] = dnn.memory(given, array)
            if not dnn.same(given, chosen):
                inside = memories[argument] = dnn.memory(chosen)
                steps.append(dnn.reorder(given, outside, chosen, inside) if argument == api.SRC
                             else dnn.reorder(chosen, inside, given, outside))
        steps.insert(1 if not dnn.same(plain(data), dnn.chosen(descriptor, api.SRC)) else 0,
                     dnn.step(descriptor, memories))
        return steps

    def call(self):
        if len(self._steps) == 1:
            return self._steps[0]
        steps = tuple(self._steps)

        def call():
            for step in steps:
                step()
        return call

    def outputs(self):
        return [(self._name, self._out, None)]


if __name__ == "__main__":
    sys.exit(protocol.serve(OneDnnEngine()))
