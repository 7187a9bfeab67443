#include "frontend/lowering/function_lowering.h"

#include <algorithm>
#include <set>

#include "frontend/lowering/losses.h"
#include "ir/tp/lengths.h"

namespace tpc::lowering {

using ir::DimId;
using ir::StateId;
using ir::ValueId;
using sema::TermId;

namespace {

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

}  // namespace

FunctionLowering::FunctionLowering(const sema::Program& program, ir::tp::Module& module, ir::tp::Function& function,
                                   Dimensions& dimensions)
    : program_(program),
      dimensions_(dimensions),
      builder_(module, function),
      arrays_(builder_, dimensions),
      names_(names_of(*body_)) {
  choose_loop_dims();
}

void FunctionLowering::of(const sema::Body& body, const std::vector<std::string>& fields) {
  body_ = &body;
  names_ = names_of(body);
  arguments_ = &fields;
  choose_loop_dims();
}

/// Loops that no value has both of share a dimension: what one of them made, another one finds under its own index. The
/// others differ in the primes of their dimensions, whatever their sizes: so equations give them letters of their own.
void FunctionLowering::choose_loop_dims() {
  const sema::Body& body = *body_;
  std::vector<std::set<size_t>> together(body.loops.size());
  for (const sema::Term& term : body.terms) {
    std::vector<size_t> loops = term.loops;
    sema::for_each_operand(term, [&](TermId operand) {
      const auto& more = body.at(operand).loops;
      loops.insert(loops.end(), more.begin(), more.end());
    });
    for (size_t loop : loops) together[loop].insert(loops.begin(), loops.end());
  }
  loop_dims_.clear();
  std::vector<size_t> numbers(body.loops.size());
  for (size_t loop = 0; loop < body.loops.size(); ++loop) {
    std::set<size_t> taken;
    for (size_t other : together[loop]) {
      if (other < loop) taken.insert(numbers[other]);
    }
    while (taken.contains(numbers[loop])) ++numbers[loop];
    loop_dims_.push_back(dimensions_.of_loop(body.loops[loop].size, numbers[loop]));
  }
}

Array FunctionLowering::operand(const sema::Term& term, TermId id) {
  if (!id.valid()) return {};
  std::vector<DimId> taken;
  for (size_t loop : term.loops) taken.push_back(loop_dim(loop));
  sema::for_each_operand(term, [&](TermId each) {
    for (size_t loop : body_->at(each).loops) taken.push_back(loop_dim(loop));
  });
  return taken.empty() ? operand(id) : arrays_.without(operand(id), taken);
}

Array FunctionLowering::at_counter(const sema::Term& term, const sema::AtCounterTerm& op) {
  const DimId dim = loop_dim(op.loop);
  std::vector<DimId> taken;
  for (size_t loop : term.loops) {
    if (loop != op.loop) taken.push_back(loop_dim(loop));
  }
  Array array = arrays_.without(operand(op.operand), taken);
  for (size_t axis = 0; axis < array.axes.size(); ++axis) {
    if (axis != op.axis && array.axes[axis] == dim) array = arrays_.without(array, {dim});
  }
  return arrays_.at_index(array, op.axis, dim, op.first, op.step);
}

/// Counters count from where their loops begin, indices from 0.
Array FunctionLowering::within(const sema::WithinTerm& op) {
  const sema::Loop& loop = body_->loops[op.loop];
  const sema::Loop& bound = body_->loops[*loop.bounded_by];
  return arrays_.at_most(loop_dim(op.loop), loop_dim(*loop.bounded_by), bound.first + loop.offset - loop.first);
}

Array FunctionLowering::of_shape(ValueId value, const sema::Shape& shape) const {
  const auto grows = [&](const std::string& axis) { return sema::width_of(program_, axis) != nullptr; };
  std::vector<std::string> finite = shape;
  std::erase_if(finite, grows);
  std::vector<DimId> dims = dimensions_.of_shape(finite);
  Array array{value, {}, {}};
  size_t next = 0;
  for (const std::string& axis : shape) array.axes.push_back(grows(axis) ? Axis() : Axis(dims[next++]));
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
  const ir::State& state = builder_.module().states[term.parameter];
  const double rate_of_adjoint = term.rate / ir::tp::entries(state).value();
  const ValueId rate = builder_.mul(builder_.constant(rate_of_adjoint), power);
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
      for (TermId argument : op.arguments) arguments.push_back(self.operand(term, argument));
      return self.arrays_.pointwise(op.primitive, std::move(arguments), op.power);
    }
    Array operator()(const sema::TransposeTerm& op) const {
      return ArrayBuilder::transpose(self.operand(term, op.operand));
    }
    Array operator()(const sema::ContractTerm& op) const {
      return self.arrays_.contract(self.operand(term, op.lhs), self.operand(term, op.rhs), self.ratio_summed(term));
    }
    Array operator()(const sema::MeanTerm& op) const {
      return self.arrays_.mean(self.operand(term, op.lhs), op.rhs.valid() ? self.operand(term, op.rhs) : Array{});
    }
    Array operator()(const sema::ElementTerm& op) const {
      return self.arrays_.element(self.operand(term, op.operand), op.index, op.axis);
    }
    Array operator()(const sema::PadTerm& op) const {
      const DimId longer = self.dimensions_.of_shape({term.shape[op.axis]}).front();
      return self.arrays_.pad(self.operand(term, op.operand), op.axis, longer, op.before);
    }
    Array operator()(const sema::StackTerm& op) const {
      std::vector<Array> elements;
      for (TermId element : op.elements) elements.push_back(self.operand(term, element));
      return self.arrays_.stack(std::move(elements), self.dimensions_.of_shape({term.shape.front()}).front());
    }
    Array operator()(const sema::SumTerm& op) const { return self.arrays_.sum(self.operand(term, op.operand)); }
    Array operator()(const sema::SoftmaxTerm& op) const { return self.arrays_.softmax(self.operand(term, op.operand)); }
    Array operator()(const sema::LossTerm& op) const { return {self.loss(op), {}, {}}; }
    Array operator()(const sema::RowMeanTerm& op) const { return self.row_mean(op); }
    Array operator()(const sema::AdaptedTerm& op) const { return self.adapted(op); }
    Array operator()(const sema::GatherTerm& op) const {
      return self.arrays_.gather(self.operand(term, op.operand), self.operand(term, op.index), op.axis);
    }
    Array operator()(const sema::PresenceTerm& op) const {
      Array array = self.operand(term, op.list);
      array.value = self.builder_.insert(ir::Present{array.value});
      return array;
    }
    Array operator()(const sema::CounterTerm& op) const {
      return self.arrays_.index(self.loop_dim(op.loop), self.body_->loops[op.loop].first);
    }
    Array operator()(const sema::WithinTerm& op) const { return self.within(op); }
    Array operator()(const sema::AtCounterTerm& op) const { return self.at_counter(term, op); }
    Array operator()(const sema::AllCountersTerm& op) const {
      const auto& loops = self.body_->at(op.operand).loops;
      const bool varies = std::ranges::find(loops, op.loop) != loops.end();
      const DimId dim = self.loop_dim(op.loop);
      return self.arrays_.from_index(
          varies ? self.operand(op.operand) : self.arrays_.without(self.operand(op.operand), {dim}), dim);
    }
    Array operator()(const sema::LoopSumTerm& op) const {
      return self.arrays_.sum_over(self.operand(term, op.lhs), self.operand(term, op.rhs), self.loop_dim(op.loop));
    }
  };
  return std::visit(Visitor{*this, term}, term.op);
}

ir::Rational FunctionLowering::ratio_summed(const sema::Term& term) const {
  const auto* product = std::get_if<sema::ContractTerm>(&term.op);
  const sema::Width* summed =
      product != nullptr ? sema::width_of(program_, body_->at(product->lhs).shape.back()) : nullptr;
  return summed != nullptr ? summed->ratio : ir::Rational(1);
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
    const bool of_product = term.name.empty() && !is_result;
    std::string name = of_product ? product_name(term) : names_[i];
    // A product over another width than n is named before its ratio, which is a constant and a multiplication.
    const size_t behind = of_product && ratio_summed(term) != ir::Rational(1) ? 2 : 0;
    if (!name.empty()) instructions[instructions.size() - 1 - behind].name = std::move(name);
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

}  // namespace tpc::lowering
