#include "frontend/sema/loss.h"

#include <algorithm>

#include "base/diag/check.h"
#include "frontend/ast/walk.h"
#include "frontend/sema/builtins.h"
#include "frontend/sema/comparison.h"
#include "frontend/sema/expressions.h"
#include "frontend/sema/instances.h"
#include "frontend/sema/losses.h"
#include "frontend/sema/network.h"

namespace tpc::sema {
namespace {

using diag::Kind;

class LossChecker : public LossCalls {
 public:
  LossChecker(Checker& checker, const ast::Expression& loss, const DataSet* data_set, TrainPlan& plan)
      : checker_(checker), expression_(loss), data_set_(data_set), plan_(plan) {}

  void check_all() {
    if (!settle_output()) return;
    begin_with_network();
    TermBuilder builder(plan_.loss, checker_.program, checker_.term_budget, checker_.diagnostics);
    add_fields(builder);
    const TermId result = builder.row_mean(
        check_expression({checker_, builder, names(), Place::loss, this}, expression_), expression_.span);
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
    const bool definition = symbol != nullptr && symbol->kind == SymbolKind::definition;
    if (definition && is_network_call(checker_, call, *symbol, *data_set_, span)) return output_;
    if (symbol != nullptr || is_reserved_name(name) || checker_.find_in_library(name) != nullptr) return std::nullopt;
    checker_.report_unknown_choice("loss", call.callee, loss_names());
    return TermId();
  }

 private:
  /// The first call of the expression that `wanted` is true of.
  template <class Wanted>
  [[nodiscard]] const ast::Expression* first_call(const Wanted& wanted) const {
    return ast::first_part(expression_, [&](const ast::Expression& part) {
      const auto* call = std::get_if<ast::Call>(&part.node);
      return call != nullptr && wanted(*call);
    });
  }
  [[nodiscard]] const Definition& network() const { return checker_.definitions[checker_.network->definition]; }

  /// Finds the network. False if an error was reported, or one in the data set was.
  bool settle_output() {
    const ast::Expression* call =
        first_call([](const ast::Call& candidate) { return loss_from_name(candidate.callee.text).has_value(); });
    if (call != nullptr) {
      auto bound = bind_arguments(checker_, std::get<ast::Call>(call->node), call->span, loss_parameters());
      if (!bound) return false;
      call = bound->at(0);
    } else {
      call = first_call([&](const ast::Call& candidate) {
        const Symbol* symbol = checker_.find(candidate.callee.text);
        return symbol != nullptr && symbol->kind == SymbolKind::definition;
      });
      if (call == nullptr) return report_no_network();
    }
    if (data_set_ == nullptr) {
      checker_.network_failed = true;
      return false;
    }
    auto found = check_network_call(checker_, *call, *data_set_);
    if (!found) return false;
    if (check_network_inputs(checker_, *found, *data_set_, call->span)) return true;
    checker_.network.reset();
    checker_.network_failed = true;
    return false;
  }

  /// No def, so no network: a word that is no loss at all, or an expression without one.
  bool report_no_network() {
    checker_.network_failed = true;
    const ast::Expression* unknown = first_call([&](const ast::Call& candidate) {
      const std::string& name = candidate.callee.text;
      return checker_.find(name) == nullptr && !is_reserved_name(name) && checker_.find_in_library(name) == nullptr;
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

  void add_fields(TermBuilder& builder) { fields_ = bind_fields(builder, *data_set_, plan_.loss_fields); }

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
    Comparison comparison{{loss, output, target}, field_name(*bound->at(1))};
    const Span place = bound->at(1)->span;
    if (!check_comparison(checker_, context.builder, comparison, place, find_field(*data_set_, comparison.field)))
      return {};
    warn_about_classes(checker_, context.builder, comparison, std::get<ast::Call>(bound->at(0)->node).callee.text,
                       place);
    comparisons_.push_back(comparison);
    return context.builder.loss(comparison.term, span);
  }

  bool is_def_call(const ast::Expression& output) {
    const auto* call = std::get_if<ast::Call>(&output.node);
    const Symbol* symbol = call != nullptr ? checker_.find(call->callee.text) : nullptr;
    if (call == nullptr || checker_.find_in_library(call->callee.text) != nullptr) {
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
    const std::string field = field_name(target);
    if (!field.empty() && find_field(*data_set_, field) == nullptr) {
      checker_.diagnostics.report(Kind::missing_field, target.span, {{"data", data_set_->name}, {"field", field}})
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
    // Also those of losses that a task adapts to, in the network's own body.
    const std::vector<bool> needed = terms_needed_for(plan_.loss, plan_.loss.result);
    for (size_t i = 0; i < needed.size(); ++i) {
      const auto* loss = std::get_if<LossTerm>(&plan_.loss.terms[i].op);
      if (!needed[i] || loss == nullptr || !loss->class_index) continue;
      const auto* field = std::get_if<ArgumentTerm>(&plan_.loss.at(loss->target).op);
      const std::string& name = plan_.loss_fields.at(field->index);
      if (name == plan_.target_field) continue;
      const Shape& output = plan_.loss.at(loss->output).shape;
      const std::pair<std::string, int64_t> label(name, checker_.dimension_size(output.front()));
      auto& known = plan_.further_labels;
      if (std::ranges::find(known, label) == known.end()) known.push_back(label);
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
