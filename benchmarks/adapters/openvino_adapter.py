#!/usr/bin/env python3
"""OpenVINO as an engine: the CPU plugin in f32, one stream, latency first, shapes made static."""
import re
import sys

import protocol


class OpenVino(protocol.Engine):
    name = "openvino"
    noise = re.compile(r"^(Exception from |Check '|.*failed with \w+:$|While validating |Summary:"
                       r"|Model wasn't fully converted|-- .* with a message:$)")
    lacking = re.compile(protocol.Engine.lacking.pattern
                         + r"|no conversion rule|has to be known|Op(Conversion|Validation)Failure",
                         re.I)

    def hello(self):
        import openvino
        self._ov = openvino
        return openvino.__version__, {"device": "CPU", "precision": "f32", "streams": 1,
                                      "hint": "LATENCY", "free_dims": "made static"}

    def load(self, model, inputs, threads, work_dir, options):
        core = self._ov.Core()
        read = core.read_model(model)
        free = {name: list(array.shape) for name, array in inputs.items()
                if read.input(name).get_partial_shape().is_dynamic}
        if free:
            read.reshape(free)
        compiled = core.compile_model(read, "CPU", {
            "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
            # Else it rounds activations to 8 bits where weights have few.
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0,
            "ENABLE_CPU_PINNING": False})  # the driver pins
        self._request = compiled.create_infer_request()
        self._tensors = {name: self._ov.Tensor(array, shared_memory=True)
                         for name, array in inputs.items()}
        for name, tensor in self._tensors.items():
            self._request.set_tensor(name, tensor)
        self._count = len(compiled.outputs)
        # The names of the ONNX file: the plugin's tensors may carry several.
        self._names = [result.get_friendly_name().removesuffix("/sink_port_0")
                       for result in read.get_results()]

    def call(self):
        # Not a copy: without this, each call would copy the outputs into arrays of Python's.
        infer = self._request.infer
        return lambda: infer(share_outputs=True)

    def outputs(self):
        return [(name, self._request.get_output_tensor(index).data.copy(), None)
                for index, name in enumerate(self._names)]


if __name__ == "__main__":
    sys.exit(protocol.serve(OpenVino()))
