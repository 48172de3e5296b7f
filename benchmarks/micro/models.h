// Models made for the microbenchmarks, as the bytes of ONNX files. The same call makes the same
// bytes.
#ifndef SINTER_BENCHMARKS_MICRO_MODELS_H_
#define SINTER_BENCHMARKS_MICRO_MODELS_H_

#include <string>

namespace sinter::benchmarks {

// One after the other `nodes` nodes: MatMul by a weight of its own, Add of a bias, Relu, MatMul,
// ... on x: float32[n,32]. REQUIRES: nodes >= 1.
std::string ChainModel(int nodes);

// A classifier of 32x32 images in 15 nodes: three convolutions with batch normalization, pools, a
// fully connected layer and a softmax.
std::string SmallCnn();

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_MICRO_MODELS_H_
