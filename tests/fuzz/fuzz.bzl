"""Fuzzers of parsers: libFuzzer programs with AddressSanitizer and UndefinedBehaviorSanitizer.

fuzz_target(NAME) makes
  NAME        the program, for long runs:
              bazel run //tests/fuzz:NAME -- -max_total_time=3600 /path/to/a/growing/corpus
  NAME_test   the program on corpus/NAME, and then for a few seconds on what it makes of it

Only `sources`, what is to be fuzzed, are compiled with sanitizers, once more than usual; all else
that they need is linked as it is. That costs seconds instead of a second build of everything. The
libraries which have those sources too stay among `deps` for their headers: the linker takes no
object from them whose symbols it has already.
"""

_COPTS = [
    "-fsanitize=fuzzer-no-link,address,undefined",
    # Both need type information that parts of what is linked lack.
    "-fno-sanitize=vptr,function",
    "-fno-sanitize-recover=undefined",
    "-fno-omit-frame-pointer",
    "-gline-tables-only",
]

_LINKOPTS = ["-fsanitize=fuzzer,address,undefined", "-fsanitize-link-c++-runtime"]

def fuzz_target(name, sources, deps, copts = [], seconds = 15):
    """See above.

    Args:
      name: of the program; NAME.cc has LLVMFuzzerTestOneInput(), corpus/NAME the seeds.
      sources: labels of sources with their headers.
      deps: of the sources and of NAME.cc.
      copts: more flags, for sources that need them.
      seconds: how long the test makes inputs.
    """
    native.cc_library(
        name = name + "_sources",
        srcs = sources,
        copts = _COPTS + copts,
        # Where they are at home, the sources' includes are checked.
        features = ["-layering_check"],
        linkstatic = True,
        alwayslink = True,
        deps = deps,
    )
    native.cc_binary(
        name = name,
        srcs = [name + ".cc"],
        copts = _COPTS,
        linkopts = _LINKOPTS,
        linkstatic = True,
        deps = [":" + name + "_sources"] + deps,
    )
    corpus = native.glob(["corpus/%s/*" % name])
    native.sh_test(
        name = name + "_test",
        size = "medium",
        srcs = ["run_fuzzer.sh"],
        args = ["$(location %s)" % name, str(seconds)] + ["$(location %s)" % file for file in corpus],
        data = [name] + corpus,
    )
