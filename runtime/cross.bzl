"""Other architectures: C compiled for them, and compiled models run on them under qemu-user.

`arch` is one of the keys of ARCHES.
"""

ARCHES = {
    "aarch64": "aarch64-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
}

def cross_c(name, arch, srcs, hdrs = [], shared = False, **kwargs):
    """Compiles C files to the program (or shared library) `name` for `arch`."""
    flags = "-std=c11 -O2 -I. " + ("-shared -fPIC " if shared else "")
    native.genrule(
        name = name + "_build",
        srcs = srcs + hdrs,
        outs = [name],
        cmd = ARCHES[arch] + "-gcc " + flags + " ".join(["$(locations %s)" % s for s in srcs]) +
              " -o $@ -ldl",
        executable = not shared,
        **kwargs
    )

def random_input(name, dtype, shape, seed = 1):
    """Makes the file `name` with the elements of `random:SEED`; `shape` is like "1x3x224x224"."""
    native.genrule(
        name = name + "_make",
        testonly = True,
        outs = [name],
        cmd = "$(location //runtime/tools:random_npy) $@ %s '%s' %d" % (dtype, shape, seed),
        tools = ["//runtime/tools:random_npy"],
    )

def qemu_model_test(name, arch, model, host_model, inputs, cpu = "", tolerance = "0"):
    """Runs a model compiled for `arch` under qemu-user and compares its outputs.

    Args:
      name: of the test
      arch: what `model` is compiled for
      model: label of the model.so to test
      host_model: label of the same model compiled for this machine, which gives what is wanted
      inputs: labels of .npy files, in the model's order
      cpu: for qemu's -cpu, e.g. "rv64,v=true,vlen=256"; empty for its default
      tolerance: of //runtime/tools:compare_npy
    """
    files = [
        "//runtime/tools:abi_runner",
        "//runtime/tools:abi_runner_" + arch,
        "//runtime/tools:compare_npy",
        host_model,
        model,
    ] + inputs
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["//runtime/tools:qemu_model_test.sh"],
        args = [arch, ARCHES[arch], "'%s'" % cpu, tolerance] + ["$(location %s)" % f for f in files],
        data = files,
    )
