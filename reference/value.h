// What flows between operators: tensors, sequences, optionals and maps.
//
// Values are immutable once made and cheap to copy. Not bound to any thread.
#ifndef SINTER_REFERENCE_VALUE_H_
#define SINTER_REFERENCE_VALUE_H_

#include <complex>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "reference/dtype.h"
#include "reference/shape.h"
#include "reference/small_types.h"

namespace sinter::reference {

// A tensor in row-major order. Its elements are kept by kind and not by type: floats of all formats
// as double, integers and bools as Integer, so that an operator is written once for all types of a
// kind. The evaluator rounds every tensor that an operator returns to its element type
// (RoundElements): operators compute as if numbers were exact, and round only where their
// definition has a step in between.
class Tensor {
 public:
  using Elements = std::variant<std::vector<double>, std::vector<Integer>, std::vector<std::string>,
                                std::vector<std::complex<double>>>;

  // All zeros, false or empty strings. REQUIRES: CheckElementCount(dims) is OK.
  Tensor(Dtype dtype, Dims dims);

  // REQUIRES: elements of the dtype's kind, as many as the shape has.
  Tensor(Dtype dtype, Dims dims, Elements elements);

  // An int64 tensor of rank 1, and scalars.
  static Tensor FromInts(const std::vector<int64_t>& values);
  static Tensor Int64(int64_t value);
  static Tensor Bool(bool value);

  Dtype dtype() const { return dtype_; }
  const Dims& dims() const { return dims_; }
  int64_t rank() const { return static_cast<int64_t>(dims_.size()); }
  int64_t count() const;

  // REQUIRES: the kind fits: floats; integers and bools; strings; complex numbers.
  std::vector<double>& reals() { return std::get<0>(elements_); }
  std::vector<Integer>& integers() { return std::get<1>(elements_); }
  std::vector<std::string>& strings() { return std::get<2>(elements_); }
  std::vector<std::complex<double>>& complexes() { return std::get<3>(elements_); }
  const std::vector<double>& reals() const { return std::get<0>(elements_); }
  const std::vector<Integer>& integers() const { return std::get<1>(elements_); }
  const std::vector<std::string>& strings() const { return std::get<2>(elements_); }
  const std::vector<std::complex<double>>& complexes() const { return std::get<3>(elements_); }
  // For std::visit, where an operator treats all kinds alike.
  Elements& elements() { return elements_; }
  const Elements& elements() const { return elements_; }

  bool HoldsReals() const { return elements_.index() == 0; }
  bool HoldsIntegers() const { return elements_.index() == 1; }

  // Element `i` of a float, integer or bool tensor as a real number.
  double RealAt(int64_t i) const {
    return HoldsReals() ? reals()[i] : static_cast<double>(integers()[i]);
  }
  // All elements of an integer or bool tensor. The evaluator knows from the op's schema that sizes
  // and axes are int64 or int32.
  std::vector<int64_t> ToInts() const;

  // The same elements under another shape. REQUIRES: of the same count.
  Tensor Reshaped(Dims dims) const;
  void Reshape(Dims dims);

  // Makes every element one that the type has: floats to nearest even, integers modulo 2^bits.
  void RoundElements();

 private:
  Dtype dtype_;
  Dims dims_;
  Elements elements_;
};

class Value;

// Elements of one type, which an empty sequence has too: ONNX's text, as "tensor(float)".
struct Sequence {
  std::string element_type;
  std::vector<Value> elements;
};

// A value or none, of a type that is known even then.
struct Optional {
  std::string element_type;
  std::shared_ptr<const Value> value;  // null for none
};

// keys[i] (of a rank 1 tensor of integers or strings) maps to values[i].
struct Map {
  Tensor keys;
  std::string value_type;
  std::vector<Value> values;
};

class Value {
 public:
  Value(Tensor tensor);      // NOLINT(google-explicit-constructor)
  Value(Sequence sequence);  // NOLINT(google-explicit-constructor)
  Value(Optional optional);  // NOLINT(google-explicit-constructor)
  Value(Map map);            // NOLINT(google-explicit-constructor)

  // Null where the value is of another kind. They live as long as any copy of this value.
  const Tensor* tensor() const { return Get<Tensor>(); }
  const Sequence* sequence() const { return Get<Sequence>(); }
  const Optional* optional() const { return Get<Optional>(); }
  const Map* map() const { return Get<Map>(); }

  // As ONNX writes types: "tensor(float)", "seq(tensor(int64))", "optional(...)", "map(int64,
  // ...)".
  std::string TypeText() const;

 private:
  template <typename T>
  const T* Get() const {
    const auto* held = std::get_if<std::shared_ptr<const T>>(&held_);
    return held == nullptr ? nullptr : held->get();
  }

  std::variant<std::shared_ptr<const Tensor>, std::shared_ptr<const Sequence>,
               std::shared_ptr<const Optional>, std::shared_ptr<const Map>>
      held_;
};

// "tensor(float)".
std::string TensorTypeText(Dtype dtype);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_VALUE_H_
