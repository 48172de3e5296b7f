// Run-time functions on attributes of the model's and values of its callers'. The first byte
// chooses the function, the second its options; the others are attributes and elements.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "runtime/sinter_abi.h"

extern "C" {
SINTER_OP(RegexFullMatch);
SINTER_OP(StringNormalizer);
SINTER_OP(ImageDecoder);
SINTER_OP(TfIdfVectorizer);
SINTER_OP(StringSplit);
SINTER_OP(Cast);
SINTER_OP(ml_TreeEnsembleRegressor);
SINTER_OP(ml_LabelEncoder);

// The functions that run sub-graphs are linked too, but no target here has any.
int32_t sinter_invoke(const sinter_op_call*, const sinter_program*, int32_t,
                      const sinter_value* const*, int32_t, sinter_value*) {
  return SINTER_NOT_SUPPORTED;
}
}

namespace {

using Ints = std::vector<int64_t>;
using Strings = std::vector<std::string>;

// Takes values off the input; nothing is left of an exhausted one but zeros.
class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  int Byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  // So many that they fit: their count is a byte of the input, too.
  Ints List() {
    Ints list(Byte() % 32);
    for (int64_t& value : list) value = static_cast<int8_t>(Byte());
    return list;
  }
  std::string Line() {
    std::string line;
    while (size_ > 0) {
      const char c = static_cast<char>(Byte());
      if (c == '\n') break;
      line += c;
    }
    return line;
  }
  Strings Lines() {
    Strings lines;
    while (size_ > 0) lines.push_back(Line());
    return lines;
  }
  std::string Rest() {
    std::string rest(reinterpret_cast<const char*>(data_), size_);
    size_ = 0;
    return rest;
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

// Memory for a run; all has to be given back.
class Heap {
 public:
  Heap() {
    context_.struct_size = sizeof(context_);
    context_.num_threads = 1;
    context_.allocate = Allocate;
    context_.release = Release;
    context_.memory = this;
  }
  ~Heap() { SINTER_CHECK(blocks_ == 0) << "blocks that were not released"; }
  const sinter_context* context() const { return &context_; }

 private:
  static void* Allocate(void* heap, uint64_t bytes) {
    if (bytes > (uint64_t{1} << 26)) return nullptr;
    void* block = nullptr;
    if (posix_memalign(&block, SINTER_ALIGNMENT, bytes) != 0) return nullptr;
    ++static_cast<Heap*>(heap)->blocks_;
    return block;
  }
  static void Release(void* heap, void* block) {
    --static_cast<Heap*>(heap)->blocks_;
    std::free(block);
  }

  sinter_context context_ = {};
  int64_t blocks_ = 0;
};

class Call {
 public:
  void Attr(const char* name, const Ints& ints) {
    sinter_attr& attr = Add(name, ints.size());
    attr.ints = static_cast<int64_t*>(Keep(ints.data(), ints.size() * sizeof(int64_t)));
  }
  void Attr(const char* name, int64_t value) { Attr(name, Ints{value}); }
  void FloatAttr(const char* name, const Ints& ints) {
    const std::vector<float> floats(ints.begin(), ints.end());
    sinter_attr& attr = Add(name, floats.size());
    attr.floats = static_cast<float*>(Keep(floats.data(), floats.size() * sizeof(float)));
  }
  void Attr(const char* name, const Strings& strings) {
    sinter_attr& attr = Add(name, strings.size());
    attr.strings = KeepStrings(strings);
  }
  void Attr(const char* name, const char* string) { Attr(name, Strings{string}); }

  void Input(sinter_dtype dtype, const Ints& dims, const void* data, size_t bytes) {
    sinter_value& value = inputs_.emplace_back();
    value = {};
    value.kind = SINTER_TENSOR;
    value.dtype = dtype;
    value.rank = static_cast<int32_t>(dims.size());
    for (size_t i = 0; i < dims.size(); ++i) value.dims[i] = dims[i];
    value.data = bytes == 0 ? nullptr : Keep(data, bytes);
  }
  void Input(const Ints& ints) {
    Input(SINTER_I64, {static_cast<int64_t>(ints.size())}, ints.data(),
          ints.size() * sizeof(int64_t));
  }
  void Input(const Strings& strings) {
    Input(SINTER_STRING, {static_cast<int64_t>(strings.size())}, KeepStrings(strings),
          strings.size() * sizeof(sinter_string));
  }

  void Run(sinter_op op, int32_t version, int outputs = 1) {
    std::vector<const sinter_value*> inputs;
    for (const sinter_value& input : inputs_) inputs.push_back(&input);
    std::vector<sinter_value> values(outputs);
    std::vector<sinter_value*> wanted;
    for (sinter_value& value : values) wanted.push_back(&value);
    const char* message = nullptr;
    sinter_op_call call = {};
    call.version = version;
    call.num_inputs = static_cast<int32_t>(inputs.size());
    call.num_outputs = outputs;
    call.num_attrs = static_cast<int32_t>(attrs_.size());
    call.attrs = attrs_.data();
    call.inputs = inputs.data();
    call.outputs = wanted.data();
    call.context = heap_.context();
    call.message = &message;
    const int32_t code = op(&call);
    SINTER_CHECK(code >= SINTER_OK && code <= SINTER_NOT_SUPPORTED) << code;
    for (sinter_value& value : values) sinter_release(heap_.context(), &value);
  }

 private:
  sinter_attr& Add(const char* name, size_t count) {
    sinter_attr& attr = attrs_.emplace_back();
    attr = {};
    attr.name = name;
    attr.count = static_cast<int64_t>(count);
    return attr;
  }
  // A block of its own and of just that size: reading past its end is seen.
  void* Keep(const void* data, size_t bytes) {
    kept_.emplace_back(new char[bytes]);
    if (bytes > 0) std::memcpy(kept_.back().get(), data, bytes);
    return kept_.back().get();
  }
  sinter_string* KeepStrings(const Strings& strings) {
    std::vector<sinter_string> kept;
    for (const std::string& string : strings) {
      kept.push_back({static_cast<char*>(Keep(string.data(), string.size())),
                      static_cast<int64_t>(string.size())});
    }
    return static_cast<sinter_string*>(Keep(kept.data(), kept.size() * sizeof(sinter_string)));
  }

  Heap heap_;
  std::vector<std::unique_ptr<char[]>> kept_;
  std::vector<sinter_attr> attrs_;
  std::deque<sinter_value> inputs_;
};

void Regex(Call& call, Bytes& in, int) {
  call.Attr("pattern", Strings{in.Line()});
  call.Input(in.Lines());
  call.Run(sinter_op_RegexFullMatch, 20);
}

void Normalizer(Call& call, Bytes& in, int options) {
  constexpr const char* kActions[] = {"LOWER", "UPPER", "NONE", "OTHER"};
  call.Attr("case_change_action", kActions[options % 4]);
  call.Attr("is_case_sensitive", options / 4 % 2);
  call.Attr("stopwords", Strings{in.Line(), in.Line()});
  call.Input(in.Lines());
  call.Run(sinter_op_StringNormalizer, 10);
}

void Image(Call& call, Bytes& in, int options) {
  constexpr const char* kFormats[] = {"RGB", "BGR", "Grayscale", "OTHER"};
  call.Attr("pixel_format", kFormats[options % 4]);
  const std::string file = in.Rest();
  call.Input(SINTER_U8, {static_cast<int64_t>(file.size())}, file.data(), file.size());
  call.Run(sinter_op_ImageDecoder, 20);
}

void TfIdf(Call& call, Bytes& in, int options) {
  constexpr const char* kModes[] = {"TF", "IDF", "TFIDF", "OTHER"};
  call.Attr("mode", kModes[options % 4]);
  call.Attr("min_gram_length", static_cast<int8_t>(in.Byte()));
  call.Attr("max_gram_length", static_cast<int8_t>(in.Byte()));
  call.Attr("max_skip_count", static_cast<int8_t>(in.Byte()));
  call.Attr("ngram_counts", in.List());
  call.Attr("ngram_indexes", in.List());
  if (options & 4) call.FloatAttr("weights", in.List());
  call.Attr("pool_int64s", in.List());
  call.Input(in.List());
  call.Run(sinter_op_TfIdfVectorizer, 9);
}

void Split(Call& call, Bytes& in, int options) {
  if (options & 1) call.Attr("delimiter", Strings{in.Line()});
  if (options & 2) call.Attr("maxsplit", static_cast<int8_t>(in.Byte()));
  call.Input(in.Lines());
  call.Run(sinter_op_StringSplit, 20, 2);
}

void FromText(Call& call, Bytes& in, int options) {
  call.Attr("to", 1 + options % 28);
  call.Input(in.Lines());
  call.Run(sinter_op_Cast, 24);
}

void ToText(Call& call, Bytes& in, int options) {
  const std::string bits = in.Rest();
  const int64_t count = static_cast<int64_t>(bits.size()) / 8;
  call.Attr("to", SINTER_STRING);
  const bool wide = (options & 1) != 0;
  call.Input(wide ? SINTER_F64 : SINTER_F32, {wide ? count : 2 * count}, bits.data(), 8 * count);
  call.Run(sinter_op_Cast, 24);
}

void Trees(Call& call, Bytes& in, int options) {
  for (const char* name :
       {"nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_truenodeids",
        "nodes_falsenodeids", "target_treeids", "target_nodeids", "target_ids"}) {
    call.Attr(name, in.List());
  }
  call.FloatAttr("nodes_values", in.List());
  call.FloatAttr("target_weights", in.List());
  constexpr const char* kModes[] = {"BRANCH_LEQ", "BRANCH_GT", "LEAF", "OTHER"};
  Strings modes;
  for (int64_t mode : in.List()) modes.push_back(kModes[mode & 3]);
  call.Attr("nodes_modes", modes);
  call.Attr("n_targets", options);
  const std::vector<float> x = {1, -2, 3, 0.5};
  call.Input(SINTER_F32, {2, 2}, x.data(), x.size() * sizeof(float));
  call.Run(sinter_op_ml_TreeEnsembleRegressor, 3);
}

void Labels(Call& call, Bytes& in, int options) {
  call.Attr("keys_strings", Strings{in.Line(), in.Line()});
  call.Attr("values_int64s", in.List());
  call.Attr("default_int64", options);
  call.Input(in.Lines());
  call.Run(sinter_op_ml_LabelEncoder, 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr void (*kTargets[])(Call&, Bytes&, int) = {
      Regex, Normalizer, Image, TfIdf, Split, FromText, ToText, Trees, Labels,
  };
  Bytes in(data, size);
  const int target = in.Byte() % std::size(kTargets);
  const int options = in.Byte();
  Call call;
  kTargets[target](call, in, options);
  return 0;
}
