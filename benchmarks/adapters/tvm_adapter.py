#!/usr/bin/env python3
"""TVM as an engine: Relax from ONNX, its default pipeline for LLVM and the host's processor.

Untuned: tuning takes hours a model, and what it finds is worth nothing on another machine.
"""
import os
import re
import sys

import numpy as np

import protocol

OPT_LEVEL = 3


class Tvm(protocol.Engine):
    name = "tvm"
    noise = re.compile(r"^(Traceback|File |InternalError: *$)")
    lacking = re.compile(protocol.Engine.lacking.pattern
                         + r"|OpNotImplemented|OpAttributeUnImplemented", re.I)

    def hello(self):
        # The driver pins; TVM's own choice of processors knows nothing of it.
        os.environ["TVM_BIND_THREADS"] = "0"
        import tvm
        from tvm import relax
        import onnx_model
        self._tvm, self._relax, self._models = tvm, relax, onnx_model
        self._target = {"kind": "llvm", "mcpu": tvm.target.codegen.llvm_get_system_cpu()}
        return tvm.__version__, {"tuning": "untuned", "pipeline": "default",
                                 "free_dims": "made static",
                                 "target": f"llvm -mcpu={self._target['mcpu']}"}

    def load(self, model, inputs, threads, work_dir, options):
        tvm, relax = self._tvm, self._relax
        from tvm.relax.frontend.onnx import from_onnx
        os.environ["TVM_NUM_THREADS"] = str(threads)
        static = self._models.load_static(model, inputs)
        self._names = self._models.output_names(static)
        order = self._models.graph_inputs(static)
        module = from_onnx(static, shape_dict={name: list(inputs[name].shape) for name in order},
                           dtype_dict={name: inputs[name].dtype.name for name in order},
                           keep_params_in_input=False, sanitize_input_names=False)
        del static
        with tvm.transform.PassContext(opt_level=OPT_LEVEL):
            built = tvm.compile(module, tvm.target.Target(self._target))
        tvm.get_global_func("runtime.config_threadpool")(1, threads)
        self._machine = relax.VirtualMachine(built, tvm.cpu())
        self._tensors = [tvm.runtime.tensor(np.ascontiguousarray(inputs[name]), tvm.cpu())
                         for name in order]
        self._machine.set_input("main", *self._tensors)
        return None

    def call(self):
        machine = self._machine
        return lambda: machine.invoke_stateful("main")

    def outputs(self):
        made = self._machine.get_outputs("main")
        made = list(made) if isinstance(made, (tuple, list)) else [made]
        return [(name, value.numpy() if hasattr(value, "numpy") else None, None)
                for name, value in zip(self._names, made)]


if __name__ == "__main__":
    sys.exit(protocol.serve(Tvm()))
