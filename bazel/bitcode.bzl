"""C that every compiled model may bring along, as LLVM bitcode."""

_COMPILE = "clang-19 --target=%s -I. -std=c11 -O2 -ffreestanding -fno-builtin " + \
           "-fvisibility=hidden -fwrapv -fno-stack-protector -fno-asynchronous-unwind-tables " + \
           "-fno-vectorize -fno-slp-vectorize -Wall -Wextra -Werror -emit-llvm %s -c "

def bitcode_library(name, srcs, hdrs, triple, copts = []):
    """Compiles C for the layouts of `triple` and links it to `name`.bc.

    The code that comes of it is for any machine whose pointers are as wide as those of `triple`.

    Args:
      name: of the library
      srcs: names of C files, without `.c`
      hdrs: labels of headers
      triple: as clang takes it
      copts: more flags for clang
    """
    for source in srcs:
        native.genrule(
            name = "%s_%s_bc" % (name, source),
            srcs = [source + ".c"] + hdrs,
            outs = ["%s_%s.bc" % (name, source)],
            cmd = _COMPILE % (triple, " ".join(copts)) + "$(location %s.c) -o $@" % source,
        )
    native.genrule(
        name = name,
        srcs = ["%s_%s.bc" % (name, source) for source in srcs],
        outs = [name + ".bc"],
        cmd = "llvm-link-19 $(SRCS) -o $@",
    )
