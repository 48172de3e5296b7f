"""Libraries that the loader or the session must refuse."""

_SOUND = {
    "FAULTY_ARENA_BYTES": "0",
    "FAULTY_DTYPE": "1",
    "FAULTY_STRUCT_SIZE": "sizeof(sinter_model)",
    "FAULTY_SYMBOL": "sinter_model_v1",
    "FAULTY_VERSION": "SINTER_ABI_VERSION",
}

def faulty_model(name, **faults):
    """Builds NAME.so: a model that is sound but for `faults` (macros of faulty_model.c)."""
    macros = dict(_SOUND)
    macros.update(faults)
    native.cc_binary(
        name = name + ".so",
        testonly = True,
        srcs = ["faulty_model.c"],
        copts = ["'-D%s=%s'" % (key, value) for key, value in macros.items()],
        linkshared = True,
        deps = ["//runtime:abi"],
    )
