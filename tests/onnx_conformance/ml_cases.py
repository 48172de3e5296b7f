"""Cases of ai.onnx.ml's operators on features, labels and maps; ml_model_cases.py has its models."""

import numpy as np
from onnx import helper, numpy_helper

from case_writer import ML, seeded

KIND = "ml"
F32, F64, I32, I64 = np.float32, np.float64, np.int32, np.int64


def strings(*values):
    return np.array(values, dtype=object)


def node(writer, name, op, inputs, outputs=1, version=1, tolerance="f32", **attributes):
    writer.node(
        KIND,
        name,
        op,
        inputs,
        outputs,
        domain=ML,
        version=version,
        tolerance=tolerance,
        **{k: v for k, v in attributes.items() if v is not None},
    )


def numbers(name, shape, dtype=F32):
    rng = seeded(name)
    return (
        rng.integers(-5, 6, shape).astype(dtype)
        if np.dtype(dtype).kind == "i"
        else rng.standard_normal(shape).astype(dtype)
    )


def simple(writer):
    for dtype in (F32, F64, I64, I32):
        kind = np.dtype(dtype).name
        x = numbers(f"ml_{kind}", (3, 4), dtype)
        node(
            writer,
            f"arrayfeatureextractor_{kind}",
            "ArrayFeatureExtractor",
            [x, np.array([2, 0], I64)],
            tolerance="exact",
        )
        node(
            writer, f"scaler_{kind}", "Scaler", [x], offset=[0.5, -1.0, 2.0, 0.0], scale=[1.0, 2.0, 0.5, -3.0]
        )
        node(writer, f"scaler_one_{kind}", "Scaler", [x], offset=[0.5], scale=[2.0])
        for norm in ("MAX", "L1", "L2"):
            node(writer, f"normalizer_{norm.lower()}_{kind}", "Normalizer", [x], norm=norm)
        node(
            writer,
            f"featurevectorizer_{kind}",
            "FeatureVectorizer",
            [x, numbers("b" + kind, (3, 2), dtype)],
            inputdimensions=[4, 2],
        )
    node(
        writer,
        "arrayfeatureextractor_string",
        "ArrayFeatureExtractor",
        [strings("a", "b", "c", "d", "e", "f").reshape(2, 3), np.array([[2, 1]], I64)],
        tolerance="exact",
    )
    node(
        writer,
        "arrayfeatureextractor_vector",
        "ArrayFeatureExtractor",
        [numbers("v", (5,)), np.array([4, 1, 1], I64)],
        tolerance="exact",
    )
    node(
        writer,
        "arrayfeatureextractor_3d",
        "ArrayFeatureExtractor",
        [numbers("v3", (2, 2, 5)), np.array([4, 1], I64)],
        tolerance="exact",
    )
    node(
        writer,
        "binarizer_float",
        "Binarizer",
        [numbers("binarizer", (3, 4))],
        threshold=0.25,
        tolerance="exact",
    )
    node(
        writer,
        "featurevectorizer_clipped",
        "FeatureVectorizer",
        [numbers("f1", (2, 3)), numbers("f2", (2, 2))],
        inputdimensions=[2, 3],
    )
    node(
        writer,
        "featurevectorizer_vectors",
        "FeatureVectorizer",
        [numbers("f3", (3,)), numbers("f4", (2,))],
        inputdimensions=[3, 2],
    )
    node(writer, "normalizer_vector", "Normalizer", [numbers("nv", (4,))], norm="L2")
    node(writer, "normalizer_zero", "Normalizer", [np.zeros((2, 3), F32)], norm="L1")
    node(writer, "normalizer_negative_max", "Normalizer", [np.array([[-1, -2], [-4, 3]], F32)], norm="MAX")
    for post in ("SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT", "NONE"):
        scale = 0.05 if post == "PROBIT" else 1.0
        node(
            writer,
            f"linearregressor_{post.lower()}",
            "LinearRegressor",
            [np.abs(numbers("lr", (3, 2)))],
            targets=3,
            post_transform=post,
            coefficients=[scale * v for v in (1.0, 2.0, 0.0, 0.0, 0.5, 1.0)],
            intercepts=None if post != "PROBIT" else [0.2, 0.3, 0.6],
        )
    node(
        writer,
        "linearregressor_one",
        "LinearRegressor",
        [numbers("lr1", (4, 3))],
        coefficients=[0.5, -1.0, 2.0],
    )
    imputer(writer)


def imputer(writer):
    node(
        writer,
        "imputer_nan",
        "Imputer",
        [np.array([[1, np.nan], [np.nan, 4]], F32)],
        replaced_value_float=float("nan"),
        imputed_value_floats=[9.0, 8.0],
    )
    node(
        writer,
        "imputer_value",
        "Imputer",
        [np.array([[1, 0], [0, 4]], F32)],
        replaced_value_float=0.0,
        imputed_value_floats=[7.5],
    )
    node(
        writer,
        "imputer_int64",
        "Imputer",
        [np.array([[1, -1], [-1, 4]], I64)],
        replaced_value_int64=-1,
        imputed_value_int64s=[7, 8],
    )


def categories(writer):
    node(
        writer,
        "categorymapper_to_int",
        "CategoryMapper",
        [strings("a", "x", "c")],
        cats_strings=["a", "b", "c"],
        cats_int64s=[4, 5, 6],
        default_int64=-7,
        tolerance="exact",
    )
    node(
        writer,
        "categorymapper_to_string",
        "CategoryMapper",
        [np.array([[4, 9], [6, 5]], I64)],
        cats_strings=["a", "b", "c"],
        cats_int64s=[4, 5, 6],
        default_string="none",
        tolerance="exact",
    )
    for dtype in (I64, F32, F64):
        node(
            writer,
            f"onehotencoder_{np.dtype(dtype).name}",
            "OneHotEncoder",
            [np.array([[2, 5], [7, 9]], dtype)],
            cats_int64s=[5, 7, 2],
            tolerance="exact",
        )
    node(
        writer,
        "onehotencoder_string",
        "OneHotEncoder",
        [strings("b", "z", "a")],
        cats_strings=["a", "b"],
        zeros=1,
        tolerance="exact",
    )
    node(
        writer,
        "onehotencoder_strict",
        "OneHotEncoder",
        [strings("b", "a")],
        cats_strings=["a", "b"],
        zeros=0,
        tolerance="exact",
    )
    # ONNX Runtime's Python takes maps of floats alone: what others give is plain to see.
    for name, value, expected in (
        ("string_int64", {"a": 4, "c": 8}, np.array([[4, 8, 0, 0]], I64)),
        ("string_float", {"z": F32(1.5), "b": F32(2)}, None),
        ("string_double", {"a": F64(0.5)}, np.array([[0.5, 0, 0, 0]], F64)),
    ):
        node(
            writer,
            f"dictvectorizer_{name}",
            "DictVectorizer",
            [value],
            string_vocabulary=["a", "c", "b", "z"],
            tolerance="exact",
            expected=[expected] if expected is not None else None,
        )
    for name, value, expected in (
        ("int64_float", {3: F32(4), 9: F32(8)}, None),
        ("int64_double", {1: F64(4)}, np.array([[4, 0, 0]], F64)),
        ("int64_string", {1: "x", 9: "y"}, strings("x", "", "y").reshape(1, 3)),
    ):
        node(
            writer,
            f"dictvectorizer_{name}",
            "DictVectorizer",
            [value],
            int64_vocabulary=[1, 3, 9],
            tolerance="exact",
            expected=[expected] if expected is not None else None,
        )
    for cast in ("TO_FLOAT", "TO_INT64"):
        value = {5: np.float32(2.5), 1: np.float32(-1), 3: np.float32(7)}
        node(writer, f"castmap_dense_{cast.lower()}", "CastMap", [value], cast_to=cast, tolerance="exact")
        node(
            writer,
            f"castmap_sparse_{cast.lower()}",
            "CastMap",
            [value],
            cast_to=cast,
            map_form="SPARSE",
            max_map=7,
            tolerance="exact",
        )
    node(
        writer,
        "castmap_strings",
        "CastMap",
        [{2: "b", 0: "a"}],
        cast_to="TO_STRING",
        tolerance="exact",
        expected=[strings("a", "b").reshape(1, 2)],
    )
    node(
        writer,
        "castmap_from_string",
        "CastMap",
        [{2: "1.5", 0: "-3"}],
        cast_to="TO_FLOAT",
        tolerance="exact",
        expected=[np.array([[-3, 1.5]], F32)],
    )
    node(
        writer,
        "zipmap_string",
        "ZipMap",
        [numbers("zipmap", (2, 3))],
        classlabels_strings=["a", "b", "c"],
        tolerance="exact",
    )
    node(
        writer,
        "zipmap_int64",
        "ZipMap",
        [numbers("zipmap", (2, 3))],
        classlabels_int64s=[10, 5, 7],
        tolerance="exact",
    )
    node(
        writer,
        "zipmap_vector",
        "ZipMap",
        [numbers("zipmap1", (3,))],
        classlabels_int64s=[10, 5, 7],
        tolerance="exact",
    )
    labels(writer)


def labels(writer):
    node(
        writer,
        "labelencoder1_to_int",
        "LabelEncoder",
        [strings("b", "q", "a")],
        classes_strings=["a", "b", "c"],
        default_int64=-5,
        tolerance="exact",
    )
    node(
        writer,
        "labelencoder1_to_string",
        "LabelEncoder",
        [np.array([2, 9, 0], I64)],
        classes_strings=["a", "b", "c"],
        default_string="?",
        tolerance="exact",
    )
    for version in (2, 4):
        node(
            writer,
            f"labelencoder{version}_string_float",
            "LabelEncoder",
            [strings("b", "q", "a")],
            keys_strings=["a", "b"],
            values_floats=[0.5, 1.5],
            default_float=-2.0,
            version=version,
            tolerance="exact",
        )
        node(
            writer,
            f"labelencoder{version}_int_string",
            "LabelEncoder",
            [np.array([[3, 4], [5, 3]], I64)],
            keys_int64s=[3, 5],
            values_strings=["three", "five"],
            version=version,
            tolerance="exact",
        )
        node(
            writer,
            f"labelencoder{version}_float_int",
            "LabelEncoder",
            [np.array([1.5, np.nan, 2.0], F32)],
            keys_floats=[1.5, 2.5],
            values_int64s=[1, 2],
            default_int64=42,
            version=version,
            tolerance="exact",
        )
    node(
        writer,
        "labelencoder4_nan",
        "LabelEncoder",
        [np.array([1.5, np.nan, 2.0], F32)],
        keys_floats=[1.5, float("nan")],
        values_int64s=[1, 2],
        version=4,
        tolerance="exact",
    )
    tensor = numpy_helper.from_array
    node(
        writer,
        "labelencoder4_tensor_double",
        "LabelEncoder",
        [np.array([1.5, np.nan, 2.0], F64)],
        keys_tensor=tensor(np.array([1.5, 2.0])),
        values_tensor=tensor(np.array([10.0, 20.0])),
        default_tensor=tensor(np.array([-1.0])),
        version=4,
        tolerance="exact",
    )
    node(
        writer,
        "labelencoder4_tensor_int16",
        "LabelEncoder",
        [strings("b", "q")],
        keys_tensor=helper.make_tensor("k", 8, [2], [b"a", b"b"]),
        values_tensor=tensor(np.array([10, 20], np.int16)),
        default_tensor=tensor(np.array([-1], np.int16)),
        version=4,
        tolerance="exact",
    )


def write(writer):
    simple(writer)
    categories(writer)
