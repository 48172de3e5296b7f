"""Generated pages that are checked in: a test says when one is out of date."""

def golden(name, checked_in, cmd, srcs):
    """`checked_in` must be what `cmd` writes to $@; `tools/dev update-goldens` copies it over.

    Programs that `cmd` runs are in `srcs` as well: as `tools` they would be built a second time.
    """
    native.genrule(
        name = name,
        srcs = srcs,
        outs = [name + ".generated"],
        cmd = cmd,
    )
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = ["//bazel:golden.sh"],
        args = ["$(location %s)" % checked_in, "$(location :%s)" % name],
        data = [checked_in, ":" + name],
    )
