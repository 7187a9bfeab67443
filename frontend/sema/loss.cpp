#include "frontend/sema/loss.h"

#include <algorithm>

#include "base/diag/check.h"
#include "frontend/sema/builtins.h"
#include "frontend/sema/expressions.h"
#include "frontend/sema/losses.h"
#include "frontend/sema/network.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// The parts of an expression in the order they are written.
std::vector<const ast::Expression*> parts_of(const ast::Expression& expression) {
  return std::visit(
      ir::Overloaded{
          [](const ir::OneOf<ast::Reference, ast::Number, ast::Text, ast::Whole> auto&) {
            return std::vector<const ast::Expression*>{};
          },
          [](const ir::OneOf<ast::Transpose, ast::Negate> auto& node) {
            return std::vector<const ast::Expression*>{node.operand.get()};
          },
          [](const ast::Binary& node) { return std::vector<const ast::Expression*>{node.lhs.get(), node.rhs.get()}; },
          [](const ast::Power& node) { return std::vector<const ast::Expression*>{node.base.get()}; },
          [](const ast::Call& node) {
            std::vector<const ast::Expression*> arguments;
            for (const ast::Argument& argument : node.arguments) arguments.push_back(argument.value.get());
            return arguments;
          },
          [](const ast::Range& node) { return std::vector<const ast::Expression*>{node.first.get(), node.last.get()}; },
          [](const ast::Index& node) {
            std::vector<const ast::Expression*> parts{node.operand.get()};
            for (const ast::ExpressionPtr& index : node.indices) parts.push_back(index.get());
            return parts;
          }},
      expression.node);
}

/// The first call, from left to right and from outside to inside, that `wanted` is true of.
template <class Wanted>
const ast::Expression* first_call(const ast::Expression& expression, const Wanted& wanted) {
  const auto* call = std::get_if<ast::Call>(&expression.node);
  if (call != nullptr && wanted(*call)) return &expression;
  for (const ast::Expression* part : parts_of(expression)) {
    if (const ast::Expression* found = first_call(*part, wanted)) return found;
  }
  return nullptr;
}

class LossChecker : public LossCalls {
 public:
  LossChecker(Checker& checker, const ast::Expression& loss, const DataSet* data_set, TrainPlan& plan)
      : checker_(checker), expression_(loss), data_set_(data_set), plan_(plan) {}

  void check_all() {
    if (!settle_output()) return;
    begin_with_network();
    TermBuilder builder(plan_.loss, checker_.program.width, checker_.program.dims, checker_.term_budget,
                        checker_.diagnostics);
    for (const DataField& field : data_set_->fields) add_field(builder, field);
    const TermId result = check_expression({checker_, builder, names(), Place::loss, this}, expression_);
    plan_.loss.result = result;
    if (!result.valid()) return;
    if (!builder.shape(result).empty()) {
      checker_.diagnostics.report(Kind::loss_shape, expression_.span, {{"found", shape_text(builder.shape(result))}});
      return;
    }
    settle_labels();
    const std::vector<bool> needed = terms_needed_for(plan_.loss, result, output_);
    for (size_t i = 0; i < needed.size(); ++i) {
      const bool parameter = std::holds_alternative<ParameterTerm>(plan_.loss.terms[i].op);
      if (needed[i] && parameter) plan_.of_output_alone = false;
    }
  }

  std::optional<TermId> check(const ExpressionContext& context, const ast::Call& call, Span span) override {
    const std::string& name = call.callee.text;
    if (const auto loss = loss_from_name(name)) return loss_term(context, *loss, call, span);
    const Symbol* symbol = checker_.find(name);
    if (symbol != nullptr && symbol->kind == SymbolKind::definition && is_network(call, *symbol)) return output_;
    if (symbol != nullptr || is_reserved_name(name)) return std::nullopt;
    checker_.report_unknown_choice("loss", call.callee, loss_names());
    return TermId();
  }

 private:
  /// One loss of the expression that compares with a target.
  struct Comparison {
    LossTerm term;
    std::string field;  ///< the target, if it is a field itself
  };

  [[nodiscard]] const Definition& network() const { return checker_.definitions[checker_.network->definition]; }

  /// Finds the network. False if an error was reported, or one in the data set was.
  bool settle_output() {
    const ast::Expression* call = first_call(
        expression_, [](const ast::Call& candidate) { return loss_from_name(candidate.callee.text).has_value(); });
    if (call != nullptr) {
      auto bound = bind_arguments(checker_, std::get<ast::Call>(call->node), call->span, loss_parameters());
      if (!bound) return false;
      call = bound->at(0);
    } else {
      call = first_call(expression_, [&](const ast::Call& candidate) {
        const Symbol* symbol = checker_.find(candidate.callee.text);
        return symbol != nullptr && symbol->kind == SymbolKind::definition;
      });
      if (call == nullptr) return report_no_network();
    }
    auto found = check_network_call(checker_, *call);
    if (!found || data_set_ == nullptr) return false;
    if (check_network_inputs(checker_, *found, *data_set_, call->span)) return true;
    checker_.network.reset();
    checker_.network_failed = true;
    return false;
  }

  /// No def, so no network: a word that is no loss at all, or an expression without one.
  bool report_no_network() {
    checker_.network_failed = true;
    const ast::Expression* unknown = first_call(expression_, [&](const ast::Call& candidate) {
      return checker_.find(candidate.callee.text) == nullptr && !is_reserved_name(candidate.callee.text);
    });
    const auto* reference = std::get_if<ast::Reference>(&expression_.node);
    if (unknown != nullptr) {
      checker_.report_unknown_choice("loss", std::get<ast::Call>(unknown->node).callee, loss_names());
    } else if (reference != nullptr && loss_from_name(reference->name.text)) {
      checker_.diagnostics.report(Kind::arguments_expected, expression_.span, {{"name", reference->name.text}});
    } else if (reference != nullptr && checker_.find(reference->name.text) == nullptr) {
      checker_.report_unknown_choice("loss", reference->name, loss_names());
    } else {
      checker_.diagnostics.report(Kind::network_call_expected, expression_.span);
    }
    return false;
  }

  static std::vector<ParameterSpec> loss_parameters() { return required({"output", "target"}); }

  /// The terms of the network come first: its values have the same ids in both bodies.
  void begin_with_network() {
    plan_.loss = network().body;
    plan_.loss_fields = checker_.network->fields;
    output_ = plan_.loss.result;
  }

  /// The data's fields, and what else the network names.
  [[nodiscard]] Locals names() const {
    Locals result = fields_;
    for (const Local& local : network().body.locals) {
      const bool element = !local.list.empty();
      const Binding binding{local.span, element ? decltype(Binding::meaning)(List{}) : local.value};
      const auto place = result.emplace(element ? local.list : local.name, binding).first;
      auto* list = std::get_if<List>(&place->second.meaning);
      if (element && list != nullptr) list->elements[local.indices] = local.value;
    }
    return result;
  }

  void add_field(TermBuilder& builder, const DataField& field) {
    auto& fields = plan_.loss_fields;
    const auto known = std::find(fields.begin(), fields.end(), field.name);
    const auto index = static_cast<size_t>(known - fields.begin());
    if (known == fields.end()) fields.push_back(field.name);
    fields_.emplace(field.name, Binding{field.span, builder.argument(index, field.dims, field.span)});
  }

  /// net(x), the model itself.
  [[nodiscard]] bool is_network(const ast::Call& call, const Symbol& symbol) const {
    const NetworkCall& network = *checker_.network;
    if (symbol.index != network.definition || call.arguments.size() != network.fields.size()) return false;
    for (size_t i = 0; i < network.fields.size(); ++i) {
      const auto* reference = std::get_if<ast::Reference>(&call.arguments[i].value->node);
      const bool same = reference != nullptr && !call.arguments[i].keyword && reference->name.text == network.fields[i];
      if (!same) return false;
    }
    return true;
  }

  TermId loss_term(const ExpressionContext& context, Loss loss, const ast::Call& call, Span span) {
    auto bound = bind_arguments(checker_, call, span, loss_parameters());
    if (!bound || !is_def_call(*bound->at(0))) return {};
    const TermId output = check_expression(context, *bound->at(0));
    const TermId target = check_target(context.builder, *bound->at(1));
    if (!output.valid() || !target.valid()) return {};
    if (context.builder.equal_numbers(output)) {
      const auto& callee = std::get<ast::Call>(bound->at(0)->node).callee;
      checker_.diagnostics.report(Kind::output_without_input, bound->at(0)->span, {{"definition", callee.text}});
      return {};
    }
    const auto* reference = std::get_if<ast::Reference>(&bound->at(1)->node);
    Comparison comparison{{loss, output, target}, reference != nullptr ? reference->name.text : ""};
    if (!fits(context.builder, comparison, *bound->at(1))) return {};
    warn_about_classes(context.builder, comparison, *bound->at(0), bound->at(1)->span);
    comparisons_.push_back(comparison);
    return context.builder.loss(comparison.term, span);
  }

  bool is_def_call(const ast::Expression& output) {
    const auto* call = std::get_if<ast::Call>(&output.node);
    const Symbol* symbol = call != nullptr ? checker_.find(call->callee.text) : nullptr;
    if (call == nullptr) {
      checker_.diagnostics.report(Kind::network_call_expected, output.span);
    } else if (symbol == nullptr) {
      checker_.report_unknown(call->callee, checker_.names_of({SymbolKind::definition}));
    } else if (symbol->kind != SymbolKind::definition) {
      checker_.report_wrong_kind(call->callee, *symbol, "a `def`");
    } else {
      return true;
    }
    return false;
  }

  /// Of the data's fields and constants.
  TermId check_target(TermBuilder& builder, const ast::Expression& target) {
    const auto* reference = std::get_if<ast::Reference>(&target.node);
    if (reference != nullptr && !fields_.contains(reference->name.text)) {
      checker_.diagnostics
          .report(Kind::missing_field, target.span, {{"data", data_set_->name}, {"field", reference->name.text}})
          .note("its fields are declared here", data_set_->span);
      return {};
    }
    const TermId result = check_expression({checker_, builder, fields_, Place::target}, target);
    if (!result.valid()) return {};
    const std::vector<bool> needed = terms_needed_for(plan_.loss, result);
    for (size_t i = 0; i < needed.size(); ++i) {
      if (needed[i] && std::holds_alternative<ArgumentTerm>(plan_.loss.terms[i].op)) return result;
    }
    checker_.diagnostics.report(Kind::target_without_field, target.span);
    return {};
  }

  /// A row of the output's shape; or one number: a class index, or the target of an output of size one.
  bool fits(const TermBuilder& builder, Comparison& comparison, const ast::Expression& target) {
    const Shape& output = builder.shape(comparison.term.output);
    const Shape& found = builder.shape(comparison.term.target);
    const bool row = builder.fit(found, output) && output.size() <= 1 && builder.width_count(output) == 0;
    switch (targets_of(comparison.term.loss)) {
      case Targets::numbers: {
        const bool one_number = output.empty() || (output.size() == 1 && builder.width_count(output) == 0 &&
                                                   checker_.dimension_size(output.front()) == 1);
        if (row || (found.empty() && one_number)) return true;
        break;
      }
      case Targets::classes:
        comparison.term.class_index = found.empty() && !comparison.field.empty();
        if (output.size() == 1 && builder.width_count(output) == 0 && (comparison.term.class_index || row)) return true;
        break;
    }
    const DataField* field = find_field(*data_set_, comparison.field);
    auto handle =
        checker_.diagnostics.report(Kind::target_shape, target.span,
                                    {{"target", field != nullptr ? "the target `" + field->name + "`" : "this target"},
                                     {"found", shape_text(found)},
                                     {"output", shape_text(output)},
                                     {"loss", std::string(loss_name(comparison.term.loss))}});
    if (field != nullptr) handle.note("declared here", field->span);
    return false;
  }

  /// What a loss of classes accepts and nobody means.
  void warn_about_classes(const TermBuilder& builder, const Comparison& comparison, const ast::Expression& output,
                          Span target) {
    if (targets_of(comparison.term.loss) != Targets::classes) return;
    const std::map<std::string, std::string> names = {{"loss", std::string(loss_name(comparison.term.loss))},
                                                      {"definition", std::get<ast::Call>(output.node).callee.text}};
    if (checker_.dimension_size(builder.shape(comparison.term.output).front()) == 1) {
      checker_.diagnostics.report(Kind::one_class, target, names);
    }
    const Term& scores = plan_.loss.at(comparison.term.output);
    if (std::holds_alternative<SoftmaxTerm>(scores.op)) {
      checker_.diagnostics.report(Kind::second_softmax, target, names).note("returned here", scores.span);
    }
  }

  /// Which field has the labels of the output, and which fields have those of other values.
  void settle_labels() {
    const Comparison* of_output = nullptr;
    for (const Comparison& comparison : comparisons_) {
      if (comparison.term.output != output_) continue;
      const bool classifies = targets_of(comparison.term.loss) == Targets::classes;
      if (of_output != nullptr && (!classifies || plan_.classifies)) continue;
      of_output = &comparison;
      plan_.classifies = classifies;
      plan_.output_loss = comparison.term.loss;
      plan_.target_field = comparison.field;
      plan_.class_index = comparison.term.class_index;
    }
    for (const Comparison& comparison : comparisons_) {
      if (&comparison == of_output || !comparison.term.class_index) continue;
      const Shape& output = plan_.loss.at(comparison.term.output).shape;
      plan_.further_labels.emplace_back(comparison.field, checker_.dimension_size(output.front()));
    }
  }

  Checker& checker_;
  const ast::Expression& expression_;
  const DataSet* data_set_;
  TrainPlan& plan_;
  TermId output_;  ///< of the network
  Locals fields_;  ///< of the data
  std::vector<Comparison> comparisons_;
};

}  // namespace

void check_loss(Checker& checker, const ast::Expression& loss, const DataSet* data_set, TrainPlan& plan) {
  LossChecker(checker, loss, data_set, plan).check_all();
}

}  // namespace tpc::sema
