#include "frontend/lowering/lower.h"

#include <algorithm>
#include <map>

#include "base/diag/check.h"
#include "frontend/lowering/arrays.h"
#include "frontend/lowering/losses.h"
#include "ir/tp/criterion.h"

namespace tpc::lowering {
namespace {

using ir::DimId;
using ir::StateId;
using ir::ValueId;
using sema::TermId;

ir::Type state_type(const sema::Parameter& parameter, const std::string& width, Dimensions& dimensions) {
  std::vector<std::string> finite = parameter.shape;
  auto widths = std::erase(finite, width);
  const ir::Kind kind = widths == 0 ? ir::Kind::scalar : widths == 1 ? ir::Kind::vector : ir::Kind::matrix;
  return {kind, dimensions.of_shape(finite)};
}

/// By term, the user's name. A name that is bound again outside of loops counts, z.2: every value, and every gradient
/// named after it, can be told from the others, in every function alike.
std::vector<std::string> names_of(const sema::Body& body) {
  std::map<std::string, int> bound;
  std::vector<std::string> names;
  for (const sema::Term& term : body.terms) {
    const int count = term.name.empty() ? 0 : ++bound[term.name];
    names.push_back(count > 1 ? term.name + "." + std::to_string(count) : term.name);
  }
  return names;
}

/// Lowers terms of the network's body into one function.
class FunctionLowering {
 public:
  FunctionLowering(const sema::Program& program, ir::tp::Module& module, ir::tp::Function& function,
                   Dimensions& dimensions)
      : program_(program), dimensions_(dimensions), builder_(module, function), arrays_(builder_, dimensions) {}

  /// Another body than the network's, computed from these data fields.
  void of(const sema::Body& body, const std::vector<std::string>& fields) {
    body_ = &body;
    names_ = names_of(body);
    arguments_ = &fields;
  }
  /// From now on the network's output is this : scalar[B, k], whatever it was computed from.
  void set_output(ValueId output) { output_ = output; }

  ir::tp::Builder& builder() { return builder_; }
  /// The value of one term and everything it needs.
  Array lower(TermId root);
  /// The network's output: scalar[B, k], with k of size 1 where the file has a scalar.
  ValueId output();
  /// The result of the body at hand.
  ValueId value() { return arrays_.scaled(lower(body_->result)).value; }
  /// Where the def is called in what has been lowered.
  [[nodiscard]] std::vector<ir::tp::Call> calls_of(const std::string& definition) const;
  /// One data field of the batch.
  [[nodiscard]] std::string product_name(const sema::Term& term) const;
  ValueId field(const std::string& name, const sema::Term& term);
  [[nodiscard]] DimId output_dim();

 private:
  Array lower_term(const sema::Term& term);
  /// Whether the term is the network's output, which is given.
  [[nodiscard]] bool is_output(TermId id) const { return output_.valid() && id == program_.network.body.result; }
  Array operand(TermId id);
  /// With the dimension of size 1 if it is a scalar.
  Array with_output_dim(TermId id);
  ValueId loss(const sema::LossTerm& term);
  Array row_mean(const sema::RowMeanTerm& term);
  Array adapted(const sema::AdaptedTerm& term);
  Array of_shape(ValueId value, const sema::Shape& shape) const;
  Array read(size_t parameter);

  const sema::Program& program_;
  Dimensions& dimensions_;
  ir::tp::Builder builder_;
  ArrayBuilder arrays_;
  const sema::Body* body_ = &program_.network.body;
  std::vector<std::string> names_ = names_of(*body_);             ///< by term
  const std::vector<std::string>* arguments_ = &program_.inputs;  ///< the data fields of its arguments
  std::vector<Array> values_;
  ValueId output_;  ///< of the network, if it is given
  std::map<std::string, ValueId> fields_;
  std::map<size_t, ValueId> reads_;
};

Array FunctionLowering::of_shape(ValueId value, const sema::Shape& shape) const {
  std::vector<std::string> finite = shape;
  std::erase(finite, program_.width);
  std::vector<DimId> dims = dimensions_.of_shape(finite);
  Array array{value, {}, {}};
  size_t next = 0;
  for (const std::string& axis : shape) array.axes.push_back(axis == program_.width ? Axis() : Axis(dims[next++]));
  return array;
}

ValueId FunctionLowering::field(const std::string& name, const sema::Term& term) {
  const std::string input = sema::input_name(name, term.rows);
  auto found = fields_.find(input);
  if (found != fields_.end()) return found->second;
  std::vector<DimId> dims = dimensions_.of_examples(term.rows);
  for (const DimId dim : dimensions_.of_shape(term.shape)) dims.push_back(dim);
  builder_.name_next(input);
  return fields_[input] = builder_.input(input, dims);
}

/// W = n^{-a} w, TP-IV section 3.
Array FunctionLowering::read(size_t parameter) {
  auto found = reads_.find(parameter);
  if (found == reads_.end()) found = reads_.emplace(parameter, builder_.read(StateId(parameter))).first;
  Array array = of_shape(found->second, program_.parameters[parameter].shape);
  array.exponent = -program_.parameters[parameter].a;
  return array;
}

Array FunctionLowering::operand(TermId id) {
  Array& value = values_.at(id.index);
  if (is_output(id) && !value.value.valid()) {
    const bool scalar = body_->at(id).shape.empty();
    const DimId dim = output_dim();
    value = scalar ? Array{builder_.contract(output_, {}, {dim}), {}, {}} : Array{output_, {dim}, {}};
  }
  return value;
}

Array FunctionLowering::with_output_dim(TermId id) {
  if (is_output(id)) return {output_, {output_dim()}, {}};
  Array array = arrays_.scaled(operand(id));
  if (!array.axes.empty()) return array;
  const DimId dim = dimensions_.single_output();
  return {builder_.mul(array.value, arrays_.ones(dim)), {dim}, {}};
}

ValueId FunctionLowering::loss(const sema::LossTerm& term) {
  const Array output = with_output_dim(term.output);
  const DimId over = *output.axes.front();
  if (term.class_index) {
    const ValueId label = builder_.insert(ir::OneHot{operand(term.target).value, over});
    return example_losses(builder_, term.loss, output.value, label, over);
  }
  Array target = operand(term.target);
  target = target.axes.empty() ? Array{builder_.mul(target.value, arrays_.ones(over)), {over}, {}}
                               : arrays_.with_axes(target, {over});
  return example_losses(builder_, term.loss, output.value, target.value, over);
}

Array FunctionLowering::row_mean(const sema::RowMeanTerm& term) {
  Array array = operand(term.operand);
  const DimId rows = dimensions_.of_shape({body_->at(term.operand).rows}).front();
  const ValueId sum = builder_.contract(array.value, {}, {rows});
  array.value = builder_.div(sum, builder_.insert(ir::DimSize{rows}));
  return array;
}

/// The trained w is what moves: of W = n^{-a} w and the rate n^{-c}, as in the step of training.
Array FunctionLowering::adapted(const sema::AdaptedTerm& term) {
  Array array = operand(term.before);
  if (term.rate == 0.0) return array;
  const ValueId loss = arrays_.scaled(operand(term.loss)).value;
  ValueId gradient = builder_.insert(ir::tp::Gradient{loss, array.value});
  if (!term.differentiate_through_step) gradient = builder_.insert(ir::tp::StopGradient{gradient});
  const sema::Parameter& parameter = program_.parameters[term.parameter];
  const ValueId power = builder_.insert(ir::tp::WidthPower{-parameter.c});
  const ValueId rate = builder_.mul(builder_.constant(term.rate), power);
  // The tasks come first, as in everything that is computed from data.
  array.value = builder_.add(builder_.neg(builder_.mul(rate, gradient)), array.value);
  return array;
}

Array FunctionLowering::lower_term(const sema::Term& term) {
  struct Visitor {
    FunctionLowering& self;
    const sema::Term& term;
    Array operator()(const sema::NumberTerm& op) const { return {self.builder_.constant(op.value), {}, {}}; }
    Array operator()(const sema::ParameterTerm& op) const { return self.read(op.index); }
    Array operator()(const sema::ArgumentTerm& op) const {
      return self.of_shape(self.field(self.arguments_->at(op.index), term), term.shape);
    }
    Array operator()(const sema::PointwiseTerm& op) const {
      std::vector<Array> arguments;
      for (TermId argument : op.arguments) arguments.push_back(self.operand(argument));
      return self.arrays_.pointwise(op.primitive, std::move(arguments), op.power);
    }
    Array operator()(const sema::TransposeTerm& op) const { return ArrayBuilder::transpose(self.operand(op.operand)); }
    Array operator()(const sema::ContractTerm& op) const {
      return self.arrays_.contract(self.operand(op.lhs), self.operand(op.rhs));
    }
    Array operator()(const sema::MeanTerm& op) const {
      return self.arrays_.mean(self.operand(op.lhs), op.rhs.valid() ? self.operand(op.rhs) : Array{});
    }
    Array operator()(const sema::ElementTerm& op) const {
      return self.arrays_.element(self.operand(op.operand), op.index, op.axis);
    }
    Array operator()(const sema::StackTerm& op) const {
      std::vector<Array> elements;
      for (TermId element : op.elements) elements.push_back(self.operand(element));
      return self.arrays_.stack(std::move(elements), self.dimensions_.of_shape({term.shape.front()}).front());
    }
    Array operator()(const sema::SumTerm& op) const { return self.arrays_.sum(self.operand(op.operand)); }
    Array operator()(const sema::SoftmaxTerm& op) const { return self.arrays_.softmax(self.operand(op.operand)); }
    Array operator()(const sema::LossTerm& op) const { return {self.loss(op), {}, {}}; }
    Array operator()(const sema::RowMeanTerm& op) const { return self.row_mean(op); }
    Array operator()(const sema::AdaptedTerm& op) const { return self.adapted(op); }
    Array operator()(const sema::GatherTerm& op) const {
      return self.arrays_.gather(self.operand(op.operand), self.operand(op.index), op.axis);
    }
    Array operator()(const sema::PresenceTerm& op) const {
      Array array = self.operand(op.list);
      array.value = self.builder_.insert(ir::Present{array.value});
      return array;
    }
  };
  return std::visit(Visitor{*this, term}, term.op);
}

/// Products with a weight that the user left unnamed are named as in the theory: the preactivation `W z1`.
std::string FunctionLowering::product_name(const sema::Term& term) const {
  const auto* product = std::get_if<sema::ContractTerm>(&term.op);
  if (product == nullptr) return {};
  const sema::Body& body = *body_;
  const sema::Term* weight = &body.at(product->lhs);
  const auto* transpose = std::get_if<sema::TransposeTerm>(&weight->op);
  if (transpose != nullptr) weight = &body.at(transpose->operand);
  const auto* parameter = std::get_if<sema::ParameterTerm>(&weight->op);
  const sema::Term& factor = body.at(product->rhs);
  std::string name = names_[product->rhs.index];
  if (const auto* argument = std::get_if<sema::ArgumentTerm>(&factor.op)) name = arguments_->at(argument->index);
  if (parameter == nullptr || name.empty()) return {};
  return program_.parameters[parameter->index].name + (transpose != nullptr ? "^T " : " ") + name;
}

Array FunctionLowering::lower(TermId root) {
  const sema::Body& body = *body_;
  std::vector<bool> needed =
      sema::terms_needed_for(body, root, output_.valid() ? program_.network.body.result : TermId());
  values_.resize(body.terms.size());
  for (size_t i = 0; i <= root.index; ++i) {
    if (!needed[i] || values_[i].value.valid() || is_output(TermId(i))) continue;
    const sema::Term& term = body.terms[i];
    auto& instructions = builder_.function().body;
    const size_t before = instructions.size();
    builder_.at(term.span);
    values_[i] = lower_term(term);
    if (instructions.size() == before) continue;
    const bool is_result = i == body.result.index || i == program_.network.body.result.index;
    std::string name = term.name.empty() && !is_result ? product_name(term) : names_[i];
    if (!name.empty()) instructions.back().name = std::move(name);
  }
  return operand(root);
}

DimId FunctionLowering::output_dim() {
  const sema::Body& body = program_.network.body;
  const sema::Shape& shape = body.at(body.result).shape;
  return shape.empty() ? dimensions_.single_output() : dimensions_.of_shape(shape).front();
}

ValueId FunctionLowering::output() {
  Array result = arrays_.scaled(lower(program_.network.body.result));
  auto& instructions = builder_.function().body;
  if (result.axes.empty()) {
    result.value = builder_.mul(result.value, arrays_.ones(output_dim()));
  } else {
    result = arrays_.with_axes(result, {output_dim()});
  }
  std::string& name = instructions[result.value.index].name;
  if (name.empty()) name = program_.network.definition;
  return result.value;
}

std::vector<ir::tp::Call> FunctionLowering::calls_of(const std::string& definition) const {
  std::vector<ir::tp::Call> calls;
  const auto value = [&](TermId id) { return id.valid() && id.index < values_.size() ? values_[id.index] : Array{}; };
  for (const sema::DefinitionCall& call : body_->calls) {
    const Array result = value(call.result);
    if (call.definition != definition || !result.value.valid()) continue;
    ir::tp::Call made{{}, result.value};
    for (const TermId argument : call.arguments) made.arguments.push_back(value(argument).value);
    calls.push_back(std::move(made));
  }
  return calls;
}

/// The calls of one def that are looked for, by function.
struct CallRecord {
  const std::string& definition;
  ir::tp::CallsByFunction& calls;
};

void record_calls(const CallRecord* record, const FunctionLowering& lowering, const ir::FunctionKey& function) {
  if (record != nullptr) record->calls[function] = lowering.calls_of(record->definition);
}

/// The loss of every example : scalar[B], where `output` is that of the network.
ValueId lower_losses(const sema::TrainPlan& plan, FunctionLowering& lowering, ValueId output) {
  lowering.set_output(output);
  return lowering.lower(plan.loss.result).value;
}

/// The mean over the batch.
void lower_loss(const sema::Program& program, ir::tp::Module& module, Dimensions& dimensions,
                const CallRecord* record) {
  const sema::TrainPlan& plan = *program.train;
  ir::tp::Function function{ir::FunctionRole::loss, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  ir::tp::Builder& builder = lowering.builder();
  lowering.of(plan.loss, plan.loss_fields);
  const ValueId output = lowering.output();
  const ValueId losses = lower_losses(plan, lowering, output);
  builder.at(plan.loss.at(plan.loss.result).span);
  const ValueId sum = builder.contract(losses, {}, {dimensions.batch()});
  const ValueId count = builder.insert(ir::DimSize{dimensions.batch()});
  builder.name_next("loss");
  function.results = {{ir::result_name::loss, builder.div(sum, count)}};
  if (!plan.of_output_alone) function.results.push_back({ir::result_name::output, output});
  record_calls(record, lowering, function.key);
  module.functions.push_back(std::move(function));
}

void lower_criterion(const sema::Program& program, ir::tp::Module& module, Dimensions& dimensions) {
  const sema::TrainPlan& plan = *program.train;
  ir::tp::Function function{ir::FunctionRole::criterion, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  lowering.of(plan.loss, plan.loss_fields);
  const sema::Body& network = program.network.body;
  std::vector<DimId> dims = dimensions.of_examples(network.at(network.result).rows);
  dims.push_back(lowering.output_dim());
  const ValueId output = lowering.builder().input(ir::tp::criterion_output, dims);
  function.results = {{ir::result_name::losses, lower_losses(plan, lowering, output)}};
  module.functions.push_back(std::move(function));
}

void lower_predict(const sema::Program& program, ir::tp::Module& module, Dimensions& dimensions,
                   const CallRecord* record) {
  ir::tp::Function function{ir::FunctionRole::predict, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  ValueId output = lowering.output();
  function.results = {{ir::result_name::output, output}};
  record_calls(record, lowering, function.key);
  module.functions.push_back(std::move(function));
}

/// gram(z) = (1/n) sum over the width of z(x) z(x') for all pairs of the batch: scalar[B, B'].
void lower_gram(const sema::Program& program, const sema::Observation& observation, ir::tp::Module& module,
                Dimensions& dimensions) {
  ir::tp::Function function{observation.function, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  ir::tp::Builder& builder = lowering.builder();
  Array value = lowering.lower(observation.value);
  builder.at(observation.span);
  ValueId other = builder.insert(ir::Relabel{value.value, dimensions.batch(), dimensions.second_batch()});
  ValueId sum = builder.insert(ir::tp::Moment{value.value, other, {}});
  const ir::Rational exponent(-1);
  function.body[sum.index].scale = exponent;
  ValueId factor = builder.insert(ir::tp::WidthPower{exponent});
  builder.name_next("gram");
  function.results = {{ir::result_name::value, builder.mul(factor, sum)}};
  module.functions.push_back(std::move(function));
}

/// Values of the examples: of a def, their losses, or the scores that accuracy compares with labels.
void lower_own(const sema::Program& program, const sema::Observation& observation, ir::tp::Module& module,
               Dimensions& dimensions, const CallRecord* record) {
  ir::tp::Function function{observation.function, {}, {}};
  FunctionLowering lowering(program, module, function, dimensions);
  lowering.of(observation.body, observation.fields);
  function.results = {{ir::result_name::value, lowering.value()}};
  record_calls(record, lowering, function.key);
  module.functions.push_back(std::move(function));
}

void check_module(const ir::tp::Module& module) {
  const std::vector<std::string> problems = ir::tp::verify(module);
  TPC_CHECK(problems.empty(), "lowering made TP IR that does not verify: " + problems.front());
}

ir::tp::Module lower_program(const sema::Program& program, const CallRecord* record) {
  ir::tp::Module module;
  module.name = program.model;
  module.width = program.width;
  Dimensions dimensions(program, module);
  for (const sema::Parameter& parameter : program.parameters) {
    module.states.push_back({.name = parameter.name,
                             .type = state_type(parameter, program.width, dimensions),
                             .init = parameter.init,
                             .role = parameter.role,
                             .a = parameter.a,
                             .b = parameter.b,
                             .c = parameter.c,
                             .scale = ir::Exponent(0),
                             .learning_rate_factor = parameter.learning_rate_factor,
                             .span = parameter.span});
  }
  lower_predict(program, module, dimensions, record);
  if (program.train) {
    lower_loss(program, module, dimensions, record);
    if (program.train->of_output_alone) lower_criterion(program, module, dimensions);
  }
  for (const sema::Observation& observation : program.observations) {
    switch (observation.kind) {
      case sema::ObservationKind::outputs: break;  // predict
      case sema::ObservationKind::gram: lower_gram(program, observation, module, dimensions); break;
      case sema::ObservationKind::values:
      case sema::ObservationKind::measure: lower_own(program, observation, module, dimensions, record); break;
    }
  }
  check_module(module);
  return module;
}

}  // namespace

ir::tp::Module lower(const sema::Program& program) { return lower_program(program, nullptr); }

WithCalls lower_with_calls(const sema::Program& program, const std::string& definition) {
  WithCalls result;
  const CallRecord record{definition, result.calls};
  result.module = lower_program(program, &record);
  return result;
}

ir::tp::Module lower_targets(const sema::Program& program, const std::vector<sema::TermId>& targets) {
  ir::tp::Module module;
  module.name = program.model;
  module.width = program.width;
  Dimensions dimensions(program, module);
  for (size_t i = 0; i < targets.size(); ++i) {
    ir::tp::Function function{ir::FunctionKey("target_" + std::to_string(i)), {}, {}};
    FunctionLowering lowering(program, module, function, dimensions);
    lowering.of(program.train->loss, program.train->loss_fields);
    function.results = {{ir::result_name::value, lowering.lower(targets[i]).value}};
    module.functions.push_back(std::move(function));
  }
  check_module(module);
  return module;
}

}  // namespace tpc::lowering
