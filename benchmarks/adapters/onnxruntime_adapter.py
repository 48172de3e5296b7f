#!/usr/bin/env python3
"""ONNX Runtime as an engine: its CPU provider, all graph optimisations, inputs and outputs bound.
"""
import sys

import numpy as np

import protocol

# Of numpy's types, those that a tensor of ONNX Runtime is bound to as it is.
BINDABLE = "?biuf"


class OnnxRuntime(protocol.Engine):
    name = "onnxruntime"

    def hello(self):
        import onnxruntime  # only here, so that its absence is an answer
        self._ort = onnxruntime
        onnxruntime.set_default_logger_severity(3)
        return onnxruntime.__version__, {"provider": "CPUExecutionProvider", "io": "bound",
                                         "graph_optimization": "all", "free_dims": "kept"}

    def load(self, model, inputs, threads, work_dir, options):
        ort = self._ort
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        settings.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        self._session = ort.InferenceSession(model, settings, providers=["CPUExecutionProvider"])
        self._names = [output.name for output in self._session.get_outputs()]
        self._ranks = [len(output.shape) for output in self._session.get_outputs()]
        self._inputs = inputs
        tensors = [value.type.startswith("tensor(") for value in self._session.get_outputs()]
        self._is_bound = all(tensors) and all(a.dtype.kind in BINDABLE for a in inputs.values())
        if self._is_bound:
            self._bind(inputs)

    def _bind(self, inputs):
        """Inputs lie where the engine reads them; outputs() binds the outputs likewise."""
        self._binding = self._session.io_binding()
        for name, array in inputs.items():
            self._binding.bind_ortvalue_input(name, self._ort.OrtValue.ortvalue_from_numpy(array))
        for name in self._names:
            self._binding.bind_output(name, "cpu")

    def call(self):
        session = self._session
        if self._is_bound:
            binding = self._binding
            return lambda: session.run_with_iobinding(binding)
        return self._run

    def _run(self):
        """Texts, sequences and maps cannot be bound."""
        self._values = self._session.run(None, self._inputs)

    def outputs(self):
        if not self._is_bound:
            values = self._values
        else:
            made = self._binding.get_outputs()
            values = [value.numpy() for value in made]
            # A model that declares another rank than it gives can't be called with outputs bound.
            self._is_bound = [value.ndim for value in values] == self._ranks
            # Now that their shapes are known, later calls write to where these are.
            for name, value in zip(self._names, made):
                if "string" not in value.data_type():
                    self._binding.bind_ortvalue_output(name, value)
        return [(name, value if isinstance(value, np.ndarray) else None, None)
                for name, value in zip(self._names, values)]


if __name__ == "__main__":
    sys.exit(protocol.serve(OnnxRuntime()))
