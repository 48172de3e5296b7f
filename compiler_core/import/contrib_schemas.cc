#include "compiler_core/import/contrib_schemas.h"

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "onnx/defs/schema.h"

namespace sinter::import {
namespace {

using ::onnx::AttributeProto;
using ::onnx::OpSchema;

// One op; lists are separated by blanks.
struct Row {
  const char* op;
  // name:T for a parameter of a type of T, name:T? for one that may be absent, name:T* for any
  // number of one type, and name:T** for any number of types of T.
  const char* inputs;
  const char* outputs;
  // T=float,float16
  const char* types;
  // name:kind, name:kind=default, or name:kind! for one that a node has to have; kinds are int,
  // float, string, ints, floats and strings.
  const char* attributes = "";
};

// By name.
constexpr Row kRows[] = {
    {"DequantizeLinear", "x:T1 x_scale:T2 x_zero_point:T1?", "y:T2",
     "T1=int8,uint8,int16,uint16,int32,int4,uint4 T2=float,float16", "axis:int=1 block_size:int=0"},
    {"DynamicQuantizeLSTM",
     "X:T W:T2 R:T2 B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T? W_scale:T "
     "W_zero_point:T2 R_scale:T R_zero_point:T2",
     "Y:T? Y_h:T? Y_c:T?", "T=float T1=int32 T2=uint8,int8",
     "activation_alpha:floats activation_beta:floats activations:strings clip:float "
     "direction:string=forward hidden_size:int input_forget:int=0"},
    {"DynamicQuantizeMatMul", "A:T1 B:T2 b_scale:T1 b_zero_point:T2? bias:T1?", "Y:T1",
     "T1=float T2=int8,uint8"},
    {"MatMulIntegerToFloat",
     "A:T1 B:T2 a_scale:T3 b_scale:T3 a_zero_point:T1? b_zero_point:T2? bias:T3?", "Y:T3",
     "T1=int8,uint8 T2=int8,uint8 T3=float"},
    {"MatMulNBits", "A:T1 B:T2 scales:T1 zero_points:T3? g_idx:T4? bias:T1?", "Y:T1",
     "T1=float,float16,bfloat16 T2=uint8 T3=uint8,float,float16,bfloat16 T4=int32",
     "K:int! N:int! accuracy_level:int=0 bits:int=4 block_size:int!"},
    {"QGemm",
     "A:TA a_scale:T a_zero_point:TA B:TB b_scale:T b_zero_point:TB C:TC? y_scale:T? "
     "y_zero_point:TY?",
     "Y:TR", "T=float TA=uint8,int8 TB=uint8,int8 TC=int32 TY=uint8,int8 TR=float,uint8,int8",
     "alpha:float=1 transA:int=0 transB:int=0"},
    {"QLinearAdd",
     "A:T A_scale:F A_zero_point:T? B:T B_scale:F B_zero_point:T? C_scale:F C_zero_point:T?", "C:T",
     "T=uint8,int8 F=float"},
    {"Attention",
     "input:T weights:T bias:T? mask_index:M? past:T? attention_bias:T? past_sequence_length:M?",
     "output:T present:T?", "T=float,float16 M=int32",
     "num_heads:int unidirectional:int=0 qkv_hidden_sizes:ints do_rotary:int=0 "
     "rotary_embedding_dim:int=0 mask_filter_value:float scale:float "
     "past_present_share_buffer:int"},
    {"BiasGelu", "A:T B:T", "C:T", "T=float,double,float16,bfloat16"},
    {"EmbedLayerNormalization",
     "input_ids:I segment_ids:I? word_embedding:T position_embedding:T segment_embedding:T? "
     "gamma:T "
     "beta:T mask:I? position_ids:I?",
     "output:T mask_index:I? embedding_sum:T?", "T=float,float16 I=int32",
     "epsilon:float mask_index_type:int=0"},
    {"FastGelu", "X:T bias:T?", "Y:T", "T=float,float16,bfloat16"},
    {"FusedConv", "X:T W:T B:T? Z:T?", "Y:T", "T=float,double,float16",
     "auto_pad:string=NOTSET kernel_shape:ints dilations:ints strides:ints pads:ints group:int=1 "
     "activation:string activation_params:floats"},
    {"FusedGemm", "A:T B:T C:T?", "Y:T", "T=float,double,float16",
     "alpha:float beta:float transA:int=0 transB:int=0 activation:string activation_alpha:float "
     "activation_beta:float activation_gamma:float"},
    {"FusedMatMul", "A:T B:T", "Y:T", "T=float,double,float16,bfloat16",
     "alpha:float transA:int=0 transB:int=0 transBatchA:int=0 transBatchB:int=0"},
    {"Gelu", "X:T", "Y:T", "T=float,double,float16,bfloat16"},
    {"GroupQueryAttention",
     "query:T key:T? value:T? past_key:T? past_value:T? seqlens_k:M total_sequence_length:M "
     "cos_cache:T? sin_cache:T? position_ids:I? attention_bias:T? head_sink:T?",
     "output:T present_key:T present_value:T output_qk:T?",
     "T=float,float16,bfloat16 M=int32 I=int64",
     "num_heads:int kv_num_heads:int scale:float softcap:float local_window_size:int=-1 "
     "do_rotary:int=0 rotary_interleaved:int=0 smooth_softmax:int=-1 qk_output:int=0 "
     "causal:int=1"},
    {"MultiHeadAttention",
     "query:T key:T? value:T? bias:T? key_padding_mask:M? attention_bias:T? past_key:T? "
     "past_value:T? past_sequence_length:M? cache_indirection:M?",
     "output:T present_key:T? present_value:T? qk:T?", "T=float,float16 M=int32",
     "num_heads:int mask_filter_value:float scale:float unidirectional:int=0"},
    {"NhwcConv", "X:T W:T B:T?", "Y:T", "T=float,double,float16",
     "auto_pad:string=NOTSET kernel_shape:ints dilations:ints strides:ints pads:ints group:int=1"},
    {"QAttention",
     "input:Q weight:W bias:T input_scale:T weight_scale:T mask_index:M? input_zero_point:Q? "
     "weight_zero_point:W? past:T?",
     "output:T present:T?", "Q=int8,uint8 W=int8,uint8 T=float,float16 M=int32",
     "num_heads:int unidirectional:int=0 do_rotary:int=0 mask_filter_value:float scale:float "
     "past_present_share_buffer:int"},
    {"QuickGelu", "X:T", "Y:T", "T=float,double,float16,bfloat16", "alpha:float"},
    {"RotaryEmbedding", "input:T position_ids:M cos_cache:T sin_cache:T", "output:T",
     "T=float,float16,bfloat16 M=int64",
     "interleaved:int=0 num_heads:int=0 rotary_embedding_dim:int=0 scale:float "
     "is_packed_batching:int=0"},
    {"SimplifiedLayerNormalization", "X:T scale:V", "Y:V inv_std_var:U?",
     "T=float,double,float16,bfloat16 V=float,double,float16,bfloat16 U=float,double",
     "axis:int=-1 epsilon:float stash_type:int=1"},
    {"SkipLayerNormalization", "input:T skip:T gamma:T beta:T? bias:T?",
     "output:T mean:U? inv_std_var:U? input_skip_bias_sum:T?", "T=float,float16 U=float",
     "epsilon:float"},
    {"SkipSimplifiedLayerNormalization", "input:T skip:T gamma:T bias:T?",
     "output:T mean:U? inv_std_var:U? input_skip_bias_sum:T?", "T=float,float16,bfloat16 U=float",
     "epsilon:float"},
    {"QLinearAveragePool", "X:T x_scale:F x_zero_point:T? y_scale:F y_zero_point:T?", "Y:T",
     "T=uint8,int8 F=float",
     "auto_pad:string=NOTSET ceil_mode:int=0 channels_last:int=0 count_include_pad:int=0 "
     "kernel_shape:ints! pads:ints strides:ints"},
    {"QLinearConcat", "Y_scale:F Y_zero_point:T8 inputs:TV**", "Y:T8",
     "T8=uint8,int8 F=float TV=uint8,int8,float", "axis:int!"},
    {"QLinearGlobalAveragePool", "X:T x_scale:F x_zero_point:T? y_scale:F y_zero_point:T?", "Y:T",
     "T=uint8,int8 F=float", "channels_last:int=0"},
    {"QLinearLeakyRelu", "X:T X_scale:F X_zero_point:T? Y_scale:F Y_zero_point:T?", "Y:T",
     "T=uint8,int8 F=float", "alpha:float=0.01"},
    {"QLinearMul",
     "A:T A_scale:F A_zero_point:T? B:T B_scale:F B_zero_point:T? C_scale:F C_zero_point:T?", "C:T",
     "T=uint8,int8 F=float"},
    {"QLinearSigmoid", "X:T X_scale:F X_zero_point:T? Y_scale:F Y_zero_point:T?", "Y:T",
     "T=uint8,int8 F=float"},
    {"QLinearSoftmax", "X:T X_scale:F x_zero_point:T? y_scale:F y_zero_point:T", "Y:T",
     "T=uint8,int8 F=float", "axis:int=-1 opset:int!"},
    {"QLinearWhere",
     "condition:B X:T x_scale:F x_zero_point:T Y:T y_scale:F y_zero_point:T z_scale:F "
     "z_zero_point:T",
     "Z:T", "B=bool T=uint8,int8 F=float"},
    {"QuantizeLinear", "x:T1 y_scale:T1 y_zero_point:T2?", "y:T2",
     "T1=float,float16 T2=int8,uint8,int16,uint16,int4,uint4", "axis:int=1 block_size:int=0"},
};

std::vector<std::string> Split(absl::string_view text, absl::string_view separator) {
  return absl::StrSplit(text, std::string(separator), absl::SkipEmpty());
}

// The two sides of `text` at the first `separator`.
std::pair<std::string, std::string> Halves(absl::string_view text, char separator) {
  return absl::StrSplit(text, absl::MaxSplits(separator, 1));
}

struct Parameter {
  std::string name, type;
  OpSchema::FormalParameterOption option = OpSchema::Single;
  bool homogeneous = true;
};

Parameter ReadParameter(absl::string_view text) {
  Parameter parameter;
  std::tie(parameter.name, parameter.type) = Halves(text, ':');
  parameter.homogeneous = !absl::EndsWith(text, "**");
  if (absl::EndsWith(text, "?")) parameter.option = OpSchema::Optional;
  if (absl::EndsWith(text, "*")) parameter.option = OpSchema::Variadic;
  parameter.type.resize(parameter.type.find_last_not_of("?*") + 1);
  return parameter;
}

struct KindRow {
  absl::string_view name;
  AttributeProto::AttributeType type;
};

constexpr KindRow kKinds[] = {
    {"int", AttributeProto::INT},       {"float", AttributeProto::FLOAT},
    {"string", AttributeProto::STRING}, {"ints", AttributeProto::INTS},
    {"floats", AttributeProto::FLOATS}, {"strings", AttributeProto::STRINGS},
};

AttributeProto::AttributeType KindOf(absl::string_view name) {
  for (const KindRow& row : kKinds) {
    if (row.name == name) return row.type;
  }
  SINTER_CHECK(false) << "no kind of attribute: " << name;
  return AttributeProto::UNDEFINED;
}

void AddAttribute(OpSchema& schema, absl::string_view text) {
  const bool required = absl::ConsumeSuffix(&text, "!");
  const auto [name, rest] = Halves(text, ':');
  const auto [kind, value] = Halves(rest, '=');
  if (!absl::StrContains(rest, "=")) {
    schema.Attr(name, "", KindOf(kind), required);
  } else if (kind == "string") {
    schema.Attr(name, "", AttributeProto::STRING, value);
  } else if (kind == "float") {
    float number = 0;
    SINTER_CHECK(absl::SimpleAtof(value, &number)) << name;
    schema.Attr(name, "", AttributeProto::FLOAT, number);
  } else {
    int64_t number = 0;
    SINTER_CHECK(kind == "int" && absl::SimpleAtoi(value, &number)) << name;
    schema.Attr(name, "", AttributeProto::INT, number);
  }
}

OpSchema MakeSchema(const Row& row) {
  OpSchema schema(row.op, __FILE__, __LINE__);
  schema.SetDomain(kContribDomain).SinceVersion(1);
  int next = 0;
  for (const std::string& text : Split(row.inputs, " ")) {
    const Parameter p = ReadParameter(text);
    schema.Input(next++, p.name, "", p.type, p.option, p.homogeneous);
  }
  next = 0;
  for (const std::string& text : Split(row.outputs, " ")) {
    const Parameter p = ReadParameter(text);
    schema.Output(next++, p.name, "", p.type, p.option, p.homogeneous);
  }
  for (const std::string& text : Split(row.types, " ")) {
    const auto [name, members] = Halves(text, '=');
    std::vector<std::string> types;
    for (const std::string& member : Split(members, ",")) types.push_back("tensor(" + member + ")");
    schema.TypeConstraint(name, types, "");
  }
  for (const std::string& text : Split(row.attributes, " ")) AddAttribute(schema, text);
  schema.Finalize();
  return schema;
}

}  // namespace

const OpSchema* ContribSchema(const std::string& op_type) {
  static const auto* const kSchemas = [] {
    auto* schemas = new std::map<std::string, OpSchema>;
    for (const Row& row : kRows) schemas->emplace(row.op, MakeSchema(row));
    return schemas;
  }();
  auto found = kSchemas->find(op_type);
  return found == kSchemas->end() ? nullptr : &found->second;
}

std::vector<std::string> ContribOps() {
  std::vector<std::string> names;
  for (const Row& row : kRows) names.emplace_back(row.op);
  return names;
}

}  // namespace sinter::import
