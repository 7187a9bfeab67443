#include "frontend/sema/builtins.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numbers>
#include <utility>

#include "base/diag/check.h"
#include "frontend/sema/meant.h"

namespace tpc::sema {
namespace {

using diag::Kind;
using ir::Primitive;
using Arguments = std::vector<TermId>;

/// An argument that must be given, or one with a default.
struct BuiltinParameter {
  BuiltinParameter(const char* name) : spec{name, true, 0.0} {}
  BuiltinParameter(const char* name, double default_value) : spec{name, false, default_value} {}
  ParameterSpec spec;
};

struct Builtin {
  std::vector<BuiltinParameter> parameters;
  bool coordinatewise;
  std::function<TermId(TermBuilder&, const Arguments&, Span)> build;
};

namespace compound {

TermId identity(TermBuilder&, const Arguments& x, Span) { return x[0]; }

TermId square(TermBuilder& builder, const Arguments& x, Span span) {
  return builder.pointwise(Primitive::Pow, x, span, 2);
}

/// alpha x + (1 - alpha) relu(x)
TermId leaky_relu(TermBuilder& builder, const Arguments& x, Span span) {
  TermId complement = builder.pointwise(Primitive::Sub, {builder.constant(1.0, span), x[1]}, span);
  TermId linear = builder.pointwise(Primitive::Mul, {x[1], x[0]}, span);
  TermId rectified = builder.pointwise(Primitive::Relu, {x[0]}, span);
  return builder.pointwise(Primitive::Add, {linear, builder.pointwise(Primitive::Mul, {complement, rectified}, span)},
                           span);
}

/// x sigmoid(x)
TermId silu(TermBuilder& builder, const Arguments& x, Span span) {
  return builder.pointwise(Primitive::Mul, {x[0], builder.pointwise(Primitive::Sigmoid, {x[0]}, span)}, span);
}

/// x/2 (1 + erf(x / sqrt 2)): x times the distribution function of a standard Gaussian
TermId gelu(TermBuilder& builder, const Arguments& x, Span span) {
  TermId scaled = builder.pointwise(Primitive::Mul, {builder.constant(1.0 / std::numbers::sqrt2, span), x[0]}, span);
  TermId error_function = builder.pointwise(Primitive::Erf, {scaled}, span);
  TermId sum = builder.pointwise(Primitive::Add, {builder.constant(1.0, span), error_function}, span);
  TermId half = builder.pointwise(Primitive::Mul, {builder.constant(0.5, span), x[0]}, span);
  return builder.pointwise(Primitive::Mul, {half, sum}, span);
}

/// v + relu(u - v): relu(u) for v = 0. Where both are equal the slope is that of v, as relu'(0) = 0 has it; a number
/// always takes the place of v, so that max(0, u) is relu(u), too.
TermId max(TermBuilder& builder, const Arguments& x, Span span) {
  const bool swap = builder.number(x[0]) && !builder.number(x[1]);
  const TermId u = x[swap ? 1 : 0], v = x[swap ? 0 : 1];
  if (builder.number(v) == 0.0) return builder.pointwise(Primitive::Relu, {u}, span);
  const TermId excess = builder.pointwise(Primitive::Relu, {builder.pointwise(Primitive::Sub, {u, v}, span)}, span);
  return builder.pointwise(Primitive::Add, {v, excess}, span);
}

/// v - relu(v - u), with the same rules as max.
TermId min(TermBuilder& builder, const Arguments& x, Span span) {
  const bool swap = builder.number(x[0]) && !builder.number(x[1]);
  const TermId u = x[swap ? 1 : 0], v = x[swap ? 0 : 1];
  const TermId excess = builder.pointwise(Primitive::Relu, {builder.pointwise(Primitive::Sub, {v, u}, span)}, span);
  return builder.pointwise(Primitive::Sub, {v, excess}, span);
}

TermId mean(TermBuilder& builder, const Arguments& z, Span span) { return builder.mean(z[0], span); }
TermId dot(TermBuilder& builder, const Arguments& z, Span span) { return builder.dot(z[0], z[1], span); }
TermId sum(TermBuilder& builder, const Arguments& s, Span span) { return builder.sum(s[0], span); }
TermId average(TermBuilder& builder, const Arguments& v, Span span) { return builder.average(v[0], span); }
TermId softmax(TermBuilder& builder, const Arguments& s, Span span) { return builder.softmax(s[0], span); }

/// (h - mean h) / sqrt(mean((h - mean h)^2) + eps)
TermId layernorm(TermBuilder& builder, const Arguments& h, Span span) {
  TermId centred = builder.pointwise(Primitive::Sub, {h[0], builder.mean(h[0], span)}, span);
  TermId variance = builder.pointwise(Primitive::Add, {builder.dot(centred, centred, span), h[1]}, span);
  return builder.pointwise(Primitive::Div, {centred, builder.pointwise(Primitive::Sqrt, {variance}, span)}, span);
}

}  // namespace compound

const std::map<std::string, Builtin>& builtins() {
  static const std::map<std::string, Builtin> table = {
#define TPC_PRIMITIVE_FUNCTION(spelling, primitive)                                 \
  {#spelling, Builtin{{"x"}, true, [](TermBuilder& b, const Arguments& x, Span s) { \
                        return b.pointwise(Primitive::primitive, x, s);             \
                      }}},
#define TPC_COMPOUND_FUNCTION(spelling, ...) {#spelling, Builtin{{__VA_ARGS__}, true, compound::spelling}},
#define TPC_REDUCTION(spelling, ...) {#spelling, Builtin{{__VA_ARGS__}, false, compound::spelling}},
#define TPC_SPECIAL_FUNCTION(spelling)
#include "frontend/sema/builtins.def"
  };
  return table;
}

constexpr std::pair<const char*, SpecialFunction> special_functions[] = {
#define TPC_PRIMITIVE_FUNCTION(spelling, primitive)
#define TPC_COMPOUND_FUNCTION(spelling, ...)
#define TPC_REDUCTION(spelling, ...)
#define TPC_SPECIAL_FUNCTION(spelling) {#spelling, SpecialFunction::spelling},
#include "frontend/sema/builtins.def"
};

}  // namespace

std::optional<SpecialFunction> special_function(const std::string& name) {
  for (const auto& [spelling, function] : special_functions) {
    if (name == spelling) return function;
  }
  return std::nullopt;
}

bool is_reserved_name(const std::string& name) {
  return name == "lr" || builtins().contains(name) || special_function(name);
}

bool is_coordinatewise(const std::string& builtin) { return builtins().at(builtin).coordinatewise; }

std::vector<std::string> builtin_function_names() {
  std::vector<std::string> names;
  for (const auto& [name, builtin] : builtins()) names.push_back(name);
  for (const auto& [name, function] : special_functions) names.emplace_back(name);
  return names;
}

std::optional<std::vector<ParameterSpec>> builtin_parameters(const std::string& name) {
  auto found = builtins().find(name);
  if (found == builtins().end()) return std::nullopt;
  std::vector<ParameterSpec> parameters;
  for (const BuiltinParameter& parameter : found->second.parameters) parameters.push_back(parameter.spec);
  return parameters;
}

TermId build_builtin(TermBuilder& builder, const std::string& name, const Arguments& arguments, Span span) {
  const Builtin& builtin = builtins().at(name);
  TPC_CHECK(arguments.size() == builtin.parameters.size(), "wrong number of arguments of " + name);
  if (!std::all_of(arguments.begin(), arguments.end(), [](TermId id) { return id.valid(); })) return {};
  return builtin.build(builder, arguments, span);
}

std::vector<ParameterSpec> required(const std::vector<std::string>& names) {
  std::vector<ParameterSpec> parameters;
  for (const std::string& name : names) parameters.push_back({name});
  return parameters;
}

namespace {

/// "it takes `lr`, `momentum`"
std::string parameter_list(const std::vector<ParameterSpec>& parameters) {
  std::string text;
  for (const ParameterSpec& parameter : parameters)
    text += (text.empty() ? "it takes `" : ", `") + parameter.name + "`";
  return text.empty() ? "it takes no arguments" : text;
}

/// The parameter an argument is meant for; empty if an error was reported.
std::optional<size_t> parameter_of(Checker& checker, const ast::Call& call, size_t argument,
                                   const std::vector<ParameterSpec>& parameters) {
  const auto& keyword = call.arguments[argument].keyword;
  if (!keyword) {
    if (argument < parameters.size()) return argument;
    checker.diagnostics
        .report(Kind::argument_count, call.arguments[argument].value->span,
                {{"callee", call.callee.text},
                 {"expected", std::to_string(parameters.size())},
                 {"found", std::to_string(call.arguments.size())}})
        .note(parameter_list(parameters));
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name == keyword->text) return i;
    names.push_back(parameters[i].name);
  }
  auto handle = checker.diagnostics.report(Kind::unknown_argument, keyword->span,
                                           {{"callee", call.callee.text}, {"name", keyword->text}});
  std::string suggestion = meant(keyword->text, names);
  if (suggestion.empty()) {
    handle.note(parameter_list(parameters));
  } else {
    handle.did_you_mean(suggestion, keyword->span);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<const ast::Expression*>> bind_arguments(Checker& checker, const ast::Call& call, Span span,
                                                                  const std::vector<ParameterSpec>& parameters) {
  std::vector<const ast::Expression*> bound(parameters.size(), nullptr);
  bool valid = true;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    auto index = parameter_of(checker, call, i, parameters);
    if (!index) {
      valid = false;
      if (!call.arguments[i].keyword) break;  // one message is enough for a list that is too long
      continue;
    }
    if (bound[*index] != nullptr) {
      checker.diagnostics
          .report(Kind::repeated_declaration, call.arguments[i].value->span,
                  {{"what", "argument `" + parameters[*index].name + "`"}})
          .note("first given here", bound[*index]->span);
      valid = false;
      continue;
    }
    bound[*index] = call.arguments[i].value.get();
  }
  for (size_t i = 0; valid && i < parameters.size(); ++i) {
    if (bound[i] != nullptr || !parameters[i].required) continue;
    checker.diagnostics.report(Kind::missing_argument, span,
                               {{"callee", call.callee.text}, {"name", parameters[i].name}});
    valid = false;
  }
  if (!valid) return std::nullopt;
  return bound;
}

}  // namespace tpc::sema
