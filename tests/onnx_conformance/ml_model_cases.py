"""Cases of ai.onnx.ml's models: linear ones, support vector machines and trees."""

import numpy as np
from onnx import numpy_helper

from case_writer import seeded
from ml_cases import F32, F64, I32, I64, node, numbers


def classifiers(writer):
    x = numbers("classifier", (4, 3))
    weights = [0.5, -1.0, 2.0, 1.0, 0.25, -0.5, -2.0, 0.75, 0.1]
    for post in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
        node(
            writer,
            f"linearclassifier_ints_{post.lower()}",
            "LinearClassifier",
            [x],
            2,
            coefficients=weights,
            intercepts=[0.1, -0.2, 0.3],
            classlabels_ints=[7, 3, 5],
            post_transform=post,
        )
        node(
            writer,
            f"linearclassifier_binary_{post.lower()}",
            "LinearClassifier",
            [x],
            2,
            coefficients=weights[:3],
            intercepts=[0.1],
            classlabels_ints=[0, 1],
            post_transform=post,
        )
        node(
            writer,
            f"linearclassifier_two_rows_{post.lower()}",
            "LinearClassifier",
            [x],
            2,
            coefficients=weights[:6],
            intercepts=[0.1, -0.1],
            classlabels_strings=["no", "yes"],
            post_transform=post,
        )
    node(
        writer,
        "linearclassifier_strings",
        "LinearClassifier",
        [x],
        2,
        coefficients=weights,
        intercepts=[0.1, -0.2, 0.3],
        classlabels_strings=["x", "y", "z"],
        multi_class=1,
    )
    for dtype in (F64, I64, I32):
        node(
            writer,
            f"linearclassifier_{np.dtype(dtype).name}",
            "LinearClassifier",
            [numbers("lc", (4, 3), dtype)],
            2,
            coefficients=weights,
            intercepts=[0.1, -0.2, 0.3],
            classlabels_ints=[7, 3, 5],
            post_transform="SOFTMAX",
        )
    vector_machines(writer)


def vector_machines(writer):
    rng = seeded("svm")
    vectors = [float(v) for v in rng.standard_normal(4 * 3).astype(F32)]
    x = numbers("svm_x", (5, 3))
    for kernel, params in (
        ("LINEAR", [0.0, 0.0, 0.0]),
        ("POLY", [0.5, 1.0, 2.0]),
        ("RBF", [0.4, 0.0, 0.0]),
        ("SIGMOID", [0.3, 0.1, 0.0]),
    ):
        node(
            writer,
            f"svmregressor_{kernel.lower()}",
            "SVMRegressor",
            [x],
            kernel_type=kernel,
            kernel_params=params,
            n_supports=4,
            support_vectors=vectors,
            coefficients=[0.5, -0.25, 1.0, -1.25],
            rho=[0.3],
        )
        # Three classes: 2 + 1 + 1 support vectors, two rows of coefficients, three pairs.
        node(
            writer,
            f"svmclassifier_{kernel.lower()}",
            "SVMClassifier",
            [x],
            2,
            kernel_type=kernel,
            kernel_params=params,
            support_vectors=vectors,
            vectors_per_class=[2, 1, 1],
            coefficients=[0.5, -0.5, 1.0, -1.0, 0.75, -0.25, -0.5, 0.3],
            rho=[0.1, -0.2, 0.05],
            classlabels_ints=[4, 8, 2],
        )
    node(
        writer,
        "svmregressor_one_class",
        "SVMRegressor",
        [x],
        kernel_type="RBF",
        kernel_params=[0.4, 0.0, 0.0],
        n_supports=4,
        one_class=1,
        support_vectors=vectors,
        coefficients=[0.5, 0.25, 1.0, 0.25],
        rho=[-0.8],
    )
    node(
        writer,
        "svmregressor_linear_rows",
        "SVMRegressor",
        [x],
        kernel_type="LINEAR",
        kernel_params=[0.0, 0.0, 0.0],
        n_supports=0,
        coefficients=[0.5, -1.0, 0.25],
        rho=[0.3],
    )
    node(
        writer,
        "svmclassifier_probabilities",
        "SVMClassifier",
        [x],
        2,
        kernel_type="RBF",
        kernel_params=[0.4, 0.0, 0.0],
        support_vectors=vectors,
        vectors_per_class=[2, 1, 1],
        coefficients=[0.5, -0.5, 1.0, -1.0, 0.75, -0.25, -0.5, 0.3],
        rho=[0.1, -0.2, 0.05],
        prob_a=[-1.5, -0.8, -1.1],
        prob_b=[0.1, 0.0, -0.1],
        classlabels_strings=["a", "b", "c"],
    )
    for post in ("NONE", "LOGISTIC", "SOFTMAX"):
        node(
            writer,
            f"svmclassifier_binary_{post.lower()}",
            "SVMClassifier",
            [x],
            2,
            kernel_type="RBF",
            kernel_params=[0.4, 0.0, 0.0],
            support_vectors=vectors,
            vectors_per_class=[2, 2],
            coefficients=[0.5, 0.75, -1.0, -0.25],
            rho=[0.1],
            classlabels_ints=[0, 1],
            post_transform=post,
        )
    node(
        writer,
        "svmclassifier_binary_probabilities",
        "SVMClassifier",
        [x],
        2,
        kernel_type="RBF",
        kernel_params=[0.4, 0.0, 0.0],
        support_vectors=vectors,
        vectors_per_class=[2, 2],
        coefficients=[0.5, 0.75, -1.0, -0.25],
        rho=[0.1],
        prob_a=[-1.4],
        prob_b=[0.2],
        classlabels_ints=[0, 1],
    )
    node(
        writer,
        "svmclassifier_linear_rows",
        "SVMClassifier",
        [x],
        2,
        kernel_type="LINEAR",
        kernel_params=[0.0, 0.0, 0.0],
        coefficients=[0.5, 0.75, -1.0, -0.25, 1.0, 0.2, 0.1, -0.4, 0.6],
        rho=[0.1, 0.2, 0.3],
        classlabels_ints=[3, 1, 2],
    )


# Two trees over three features. Tree 0: x0 against 0.2, then x1 against -0.3; tree 1: x2 against 0.5.
NODES = {
    "nodes_treeids": [0, 0, 0, 0, 0, 1, 1, 1],
    "nodes_nodeids": [0, 1, 2, 3, 4, 0, 1, 2],
    "nodes_featureids": [0, 1, 0, 0, 0, 2, 0, 0],
    "nodes_values": [0.2, -0.3, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0],
    "nodes_truenodeids": [1, 2, 0, 0, 0, 1, 0, 0],
    "nodes_falsenodeids": [4, 3, 0, 0, 0, 2, 0, 0],
}
LEAVES = [(0, 2), (0, 3), (0, 4), (1, 1), (1, 2)]


def modes(branch):
    return [branch, branch, "LEAF", "LEAF", "LEAF", branch, "LEAF", "LEAF"]


def leaves(prefix, targets, rng):
    rows = [
        (tree, leaf, target, float(np.float32(rng.uniform(-1, 1))))
        for tree, leaf in LEAVES
        for target in range(targets)
    ]
    return {
        f"{prefix}_treeids": [r[0] for r in rows],
        f"{prefix}_nodeids": [r[1] for r in rows],
        f"{prefix}_ids": [r[2] for r in rows],
        f"{prefix}_weights": [r[3] for r in rows],
    }


def trees(writer):
    x = numbers("trees", (6, 3))
    x[0] = [0.2, -0.3, 0.5]  # equal to every threshold
    for branch in ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"):
        node(
            writer,
            f"treeregressor_{branch[7:].lower()}",
            "TreeEnsembleRegressor",
            [x],
            **NODES,
            nodes_modes=modes(branch),
            n_targets=2,
            **leaves("target", 2, seeded("regressor")),
            base_values=[0.5, -0.25],
        )
    for how in ("SUM", "AVERAGE", "MIN", "MAX"):
        for targets in (1, 2):
            node(
                writer,
                f"treeregressor_{how.lower()}_{targets}",
                "TreeEnsembleRegressor",
                [x],
                **NODES,
                nodes_modes=modes("BRANCH_LEQ"),
                n_targets=targets,
                aggregate_function=how,
                **leaves("target", targets, seeded("regressor")),
            )
    missing = x.copy()
    missing[1:4, :] = np.nan
    node(
        writer,
        "treeregressor_missing",
        "TreeEnsembleRegressor",
        [missing],
        **NODES,
        nodes_modes=modes("BRANCH_LEQ"),
        n_targets=1,
        nodes_missing_value_tracks_true=[1, 0, 0, 0, 0, 1, 0, 0],
        **leaves("target", 1, seeded("regressor")),
    )
    node(
        writer,
        "treeregressor_double",
        "TreeEnsembleRegressor",
        [numbers("tree64", (6, 3), F64)],
        **NODES,
        nodes_modes=modes("BRANCH_LT"),
        n_targets=1,
        **leaves("target", 1, seeded("regressor")),
    )
    double = {k: v for k, v in NODES.items() if k != "nodes_values"}
    weights = leaves("target", 1, seeded("regressor"))
    tensor = lambda values: numpy_helper.from_array(np.array(values, F64))
    node(
        writer,
        "treeregressor3_double",
        "TreeEnsembleRegressor",
        [numbers("tree64", (6, 3), F64)],
        **double,
        version=3,
        nodes_modes=modes("BRANCH_LT"),
        n_targets=1,
        nodes_values_as_tensor=tensor(NODES["nodes_values"]),
        target_weights_as_tensor=tensor(weights.pop("target_weights")),
        **weights,
    )
    for post in ("SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "NONE"):
        node(
            writer,
            f"treeregressor_{post.lower()}",
            "TreeEnsembleRegressor",
            [x],
            **NODES,
            nodes_modes=modes("BRANCH_LEQ"),
            n_targets=3,
            post_transform=post,
            **leaves("target", 3, seeded("regressor")),
        )
        node(
            writer,
            f"treeclassifier_{post.lower()}",
            "TreeEnsembleClassifier",
            [x],
            2,
            **NODES,
            nodes_modes=modes("BRANCH_LEQ"),
            post_transform=post,
            classlabels_int64s=[4, 2, 9],
            **leaves("class", 3, seeded("classifier")),
        )
        one = leaves("class", 1, seeded("binary"))
        node(
            writer,
            f"treeclassifier_binary_{post.lower()}",
            "TreeEnsembleClassifier",
            [x],
            2,
            **NODES,
            nodes_modes=modes("BRANCH_LEQ"),
            post_transform=post,
            classlabels_int64s=[0, 1],
            **one,
        )
        node(
            writer,
            f"treeclassifier_positive_{post.lower()}",
            "TreeEnsembleClassifier",
            [x],
            2,
            **NODES,
            nodes_modes=modes("BRANCH_LEQ"),
            post_transform=post,
            classlabels_int64s=[3, 6],
            **{**one, "class_weights": [abs(w) / 2 for w in one["class_weights"]]},
        )
        node(
            writer,
            f"treeclassifier_two_{post.lower()}",
            "TreeEnsembleClassifier",
            [x],
            2,
            **NODES,
            nodes_modes=modes("BRANCH_GT"),
            post_transform=post,
            classlabels_strings=["no", "yes"],
            **leaves("class", 2, seeded("two")),
        )
    node(
        writer,
        "treeclassifier_binary_base",
        "TreeEnsembleClassifier",
        [x],
        2,
        **NODES,
        nodes_modes=modes("BRANCH_LEQ"),
        base_values=[0.2],
        classlabels_int64s=[0, 1],
        **leaves("class", 1, seeded("binary")),
    )
    for dtype in (F64, I64, I32):
        node(
            writer,
            f"treeclassifier_{np.dtype(dtype).name}",
            "TreeEnsembleClassifier",
            [numbers("tree64", (6, 3), dtype)],
            2,
            **NODES,
            nodes_modes=modes("BRANCH_LT"),
            classlabels_int64s=[4, 2, 9],
            **leaves("class", 3, seeded("classifier")),
        )
    ensembles(writer)


def ensembles(writer):
    for dtype in (F32, F64):
        tensor = lambda values: numpy_helper.from_array(np.array(values, dtype))
        for how in range(4):
            node(
                writer,
                f"treeensemble_{np.dtype(dtype).name}_{how}",
                "TreeEnsemble",
                [numbers("trees", (6, 3), dtype)],
                version=5,
                n_targets=2,
                aggregate_function=how,
                tree_roots=[0, 2],
                nodes_featureids=[0, 1, 2],
                nodes_splits=tensor([0.2, -0.3, 0.5]),
                nodes_modes=numpy_helper.from_array(np.array([0, 3, 1], np.uint8)),
                nodes_truenodeids=[1, 0, 3],
                nodes_trueleafs=[0, 1, 1],
                nodes_falsenodeids=[2, 1, 4],
                nodes_falseleafs=[1, 1, 1],
                leaf_targetids=[0, 1, 0, 1, 0],
                leaf_weights=tensor([1.5, -2.0, 0.5, 3.0, -1.0]),
            )


def write(writer):
    classifiers(writer)
    trees(writer)
