#!/usr/bin/env python3
"""IREE as an engine: its importer and compiler as programs, its runtime within this process.

Compiled for the host's processor at -O3 with data tiling and static shapes. One thread runs on the
`local-sync` device, more on `local-task` with as many workers; inputs are buffers of the device.
"""
import importlib.metadata
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

import protocol

COMPILE_FLAGS = ("--iree-hal-target-device=local",
                 "--iree-hal-local-target-device-backends=llvm-cpu",
                 "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3", "--iree-opt-data-tiling",
                 # A quarter of it, the default, is too little for some of its own choices of tiles.
                 "--iree-llvmcpu-stack-allocation-limit=131072")
# By default doubles are computed as floats. Where a model takes none, those are constants inside of it,
# and without the default some such models don't compile.
KEEP_DOUBLES = "--iree-input-demote-f64-to-f32=false"


class Iree(protocol.Engine):
    name = "iree"
    lacking = re.compile(protocol.Engine.lacking.pattern + r"|failed to legalize", re.I)

    def hello(self):
        import iree.compiler
        import iree.runtime
        import onnx_model
        self._runtime, self._models = iree.runtime, onnx_model
        return importlib.metadata.version("iree-base-compiler"), {
            "flags": list(COMPILE_FLAGS), "free_dims": "made static",
            "device": "local-sync for one thread, local-task for more"}

    def load(self, model, inputs, threads, work_dir, options):
        import onnx
        folder = pathlib.Path(tempfile.mkdtemp(prefix="iree-", dir=work_dir))
        static = self._models.load_static(model, inputs)
        self._outputs = self._models.output_types(static)
        files = [folder / ("model" + ending) for ending in (".onnx", ".mlir", ".vmfb")]
        onnx.save(static, files[0])
        del static
        self._program([sys.executable, "-m", "iree.compiler.tools.import_onnx",
                       files[0], "-o", files[1]])
        has_doubles = any(array.dtype == np.float64 for array in inputs.values())
        self._program([pathlib.Path(sys.executable).with_name("iree-compile"), files[1],
                       "-o", files[2], *COMPILE_FLAGS, *([KEEP_DOUBLES] if has_doubles else [])])
        size = files[2].stat().st_size
        order = self._models.graph_inputs(onnx.load(files[0], load_external_data=False))
        self._start(files[2], [inputs[name] for name in order], threads)
        for file in files[:2]:
            file.unlink()
        return size

    @staticmethod
    def _program(command):
        """ERRORS: RuntimeError with the first error that the program tells."""
        done = subprocess.run([os.fspath(word) for word in command], text=True, errors="replace",
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            told = next((line for line in lines if "error:" in line), lines[-1])
            raise RuntimeError(told[told.find("error:"):] if "error:" in told else told)

    def _start(self, file, arrays, threads):
        runtime = self._runtime
        if threads > 1:
            runtime.flags.parse_flags(f"--task_topology_group_count={threads}")
        config = runtime.Config("local-sync" if threads == 1 else "local-task")
        module = runtime.VmModule.mmap(config.vm_instance, os.fspath(file))
        self._context = runtime.VmContext(config.vm_instance,
                                          modules=[*config.default_vm_modules, module])
        functions = [name for name in module.function_names
                     if not name.startswith("__") and not name.endswith("$async")]
        self._function = module.lookup_function(functions[0])
        self._device = config.device
        # The device's own buffers; the arrays on the Python side must live as long.
        self._buffers = [runtime.asdevicearray(config.device, np.ascontiguousarray(array))
                         for array in arrays]
        self._arguments = runtime.VmVariantList(len(arrays))
        for buffer in self._buffers:
            self._arguments.push_ref(buffer._buffer_view)  # pylint: disable=protected-access

    def call(self):
        context, function, arguments = self._context, self._function, self._arguments
        made, count = self._runtime.VmVariantList, len(self._outputs)

        def invoke():
            self._results = made(count)
            context.invoke(function, arguments, self._results)
        return invoke

    def outputs(self):
        runtime, results = self._runtime, []
        for index, (name, dtype) in enumerate(self._outputs):
            view = self._results.get_as_object(index, runtime.HalBufferView)
            array = runtime.DeviceArray(self._device, view, implicit_host_transfer=True)
            array = np.array(array.to_host())
            # Its integers have no sign of their own, so that u8 comes out as i8.
            if dtype is not None and dtype.kind in "iu" and dtype.itemsize == array.itemsize:
                array = array.view(dtype)
            results.append((name, array, None))
        return results


if __name__ == "__main__":
    sys.exit(protocol.serve(Iree()))
