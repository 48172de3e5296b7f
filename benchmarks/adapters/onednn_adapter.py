#!/usr/bin/env python3
"""oneDNN as an engine: models of one matrix product or convolution, through its C interface.

Weights that are part of the model are put into the layout that the primitive asks for (format
`any`) once, at the load, as oneDNN's guide says. Data lies as ONNX lays it out: where a convolution
wants another layout, the reorders belong to the call, unless the plain layout is faster; the load
tries both. The number of threads is OMP_NUM_THREADS, which the driver has set.
"""
import sys

import numpy as np

import protocol

OPS = ("MatMul", "Gemm", "Conv", "MatMulInteger", "ConvInteger", "QLinearMatMul", "QLinearConv")
TRIAL_S = 0.03  # of timing each layout of a convolution


class OneDnnEngine(protocol.Engine):
    name = "onednn"

    def hello(self):
        import kernel_shapes
        import onednn_api
        import onnx_model
        import onnx_quantized
        self._shapes, self._api = kernel_shapes, onednn_api
        self._models, self._quantized = onnx_model, onnx_quantized
        self._dnn = onednn_api.OneDnn()
        return self._dnn.version(), {
            "runtime": "OpenMP (libgomp)", "weights": "constant ones prepacked at the load",
            "data": "plain in and out; reorders are timed"}

    def load(self, model, inputs, threads, work_dir, options):
        kernel, meaning = self._quantized.split(self._models.load_kernel(model, inputs, OPS))
        self._name = kernel.output
        self._kept = [kernel, meaning]  # what the library has the addresses of
        if kernel.inputs[1][1].dtype == np.uint8:
            raise protocol.Unsupported("u8 weights; oneDNN has s8 ones")
        if kernel.op == "Conv":
            self._conv(kernel, meaning)
        else:
            self._product(kernel, meaning)
        for step in self._steps:
            self._dnn.run(step)

    def _packed(self, array, shape, strides, layout):
        """-> memory with a constant in another layout."""
        dnn = self._dnn
        plain, packed = dnn.layout(shape, array.dtype, strides), dnn.memory(layout)
        dnn.run(dnn.reorder(plain, dnn.memory(plain, array), layout, packed))
        return packed

    def _plain(self, array):
        return self._dnn.layout(array.shape, array.dtype, self._api.plain_strides(array.shape))

    def _meaning(self, meaning, channel_mask):
        """-> (attributes, {argument: memory}) of scales and zero points."""
        api, memories = self._api, {}
        roles = {self._quantized.SOURCE: api.SRC, self._quantized.WEIGHTS: api.WEIGHTS,
                 self._quantized.TARGET: api.DST}
        masks = {api.SCALES: {}, api.ZERO_POINTS: {}}
        for kind, values in ((api.SCALES, meaning.scales), (api.ZERO_POINTS, meaning.zero_points)):
            for role, array in values.items():
                masks[kind][roles[role]] = channel_mask if array.size > 1 else 0
                memories[kind + roles[role]] = self._dnn.memory(self._plain(array), array)
        return self._dnn.attributes(masks[api.SCALES], masks[api.ZERO_POINTS]), memories

    def _product(self, kernel, meaning):
        dnn, api, one = self._dnn, self._api, self._shapes.product(kernel)
        if one.alpha != 1 or (one.c is not None and one.beta not in (0, 1)):
            raise protocol.Unsupported("Gemm with an alpha or beta other than 1")
        outer = (one.batch,) if one.batch > 1 else ()

        def shape_and_strides(rows, columns, is_transposed=False):
            inner = (1, rows) if is_transposed else (columns, 1)
            return (*outer, rows, columns), (*((rows * columns,) if outer else ()), *inner)

        a_shape, a_strides = shape_and_strides(one.rows, one.depth, one.transposed[0])
        b_shape, b_strides = shape_and_strides(one.depth, one.columns, one.transposed[1])
        out_shape, out_strides = shape_and_strides(one.rows, one.columns)
        self._out = protocol.aligned(np.zeros(one.output_shape, meaning.output_type))
        a_layout = dnn.layout(a_shape, one.a.dtype, a_strides)
        b_layout = dnn.layout(b_shape, one.b.dtype, None if one.b_is_constant else b_strides)
        out_layout = dnn.layout(out_shape, meaning.output_type, out_strides)
        bias_layout, bias = self._bias(one)
        attributes, memories = self._meaning(meaning, channel_mask=1 << len(outer) + 1)
        descriptor = dnn.matmul(a_layout, b_layout, bias_layout, out_layout, attributes)
        if one.b_is_constant:
            b = self._packed(one.b, b_shape, b_strides, dnn.chosen(descriptor, api.WEIGHTS))
        else:
            b = dnn.memory(b_layout, one.b)
        memories.update({api.SRC: dnn.memory(a_layout, one.a), api.WEIGHTS: b,
                         api.DST: dnn.memory(out_layout, self._out)})
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

    def _conv(self, kernel, meaning):
        data, weights = kernel.inputs[0][1], kernel.inputs[1][1]
        if not kernel.constants[1]:
            raise protocol.Unsupported("Conv with weights that are no constant")
        window = self._shapes.conv_window(kernel, data, weights)
        self._out = protocol.aligned(
            np.zeros((data.shape[0], weights.shape[0], *window.output_dims), meaning.output_type))
        tried = []
        for is_plain in (False, True):
            try:
                tried.append(self._conv_steps(kernel, meaning, window, is_plain))
            except protocol.Unsupported:
                if is_plain and not tried:
                    raise
        best = []
        for self._steps in tried:
            best.append(min(protocol.take_samples(self.call(), TRIAL_S)[0]))
        self._steps = tried[best.index(min(best))]

    def _conv_steps(self, kernel, meaning, window, is_plain):
        """-> the steps of a call, with data in the plain layout or in the one that oneDNN likes."""
        dnn, api = self._dnn, self._api
        data, weights = kernel.inputs[0][1], kernel.inputs[1][1]
        bias = kernel.inputs[2][1] if len(kernel.inputs) > 2 else None
        groups, shape = kernel.attributes.get("group", 1), weights.shape
        if groups > 1:
            shape = (groups, shape[0] // groups, *shape[1:])
        attributes, memories = self._meaning(meaning, channel_mask=3 if groups > 1 else 1)
        wanted = [self._plain(array) if is_plain else dnn.layout(array.shape, array.dtype)
                  for array in (data, self._out)]
        descriptor = dnn.convolution(
            wanted[0], dnn.layout(shape, weights.dtype),
            None if bias is None else self._plain(bias), wanted[1],
            window.strides, [dilation - 1 for dilation in window.dilations],
            window.before, window.after, attributes)
        memories[api.WEIGHTS] = self._packed(weights, shape, api.plain_strides(shape),
                                             dnn.chosen(descriptor, api.WEIGHTS))
        if bias is not None:
            memories[api.BIAS] = dnn.memory(self._plain(bias), bias)
        before, after = [], []
        for argument, array in ((api.SRC, data), (api.DST, self._out)):
            given, chosen = self._plain(array), dnn.chosen(descriptor, argument)
            outside = memories[argument] = dnn.memory(given, array)
            if dnn.same(given, chosen):
                continue
            inside = memories[argument] = dnn.memory(chosen)
            if argument == api.SRC:
                before.append(dnn.reorder(given, outside, chosen, inside))
            else:
                after.append(dnn.reorder(chosen, inside, given, outside))
        return [*before, dnn.step(descriptor, memories), *after]

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
