#include "frontend/sema/comparison.h"

#include "frontend/sema/builtins.h"

namespace tpc::sema {

using diag::Kind;

std::string field_name(const ast::Expression& expression) {
  if (const auto* reference = std::get_if<ast::Reference>(&expression.node)) return reference->name.text;
  const auto* member = std::get_if<ast::Member>(&expression.node);
  const auto* group = member != nullptr ? std::get_if<ast::Reference>(&member->operand->node) : nullptr;
  return group != nullptr ? group->name.text + "." + member->name.text : std::string();
}

bool check_comparison(Checker& checker, const TermBuilder& builder, Comparison& comparison, Span target,
                      const DataField* declared) {
  const Shape& output = builder.shape(comparison.term.output);
  const Shape& found = builder.shape(comparison.term.target);
  const bool of_width = builder.width_count(output) > 0;
  const bool row = builder.fit(found, output) && output.size() <= 1 && !of_width;
  switch (targets_of(comparison.term.loss)) {
    case Targets::numbers: {
      const bool one_number =
          output.empty() || (output.size() == 1 && !of_width && checker.dimension_size(output.front()) == 1);
      if (row || (found.empty() && one_number)) return true;
      break;
    }
    case Targets::classes:
      comparison.term.class_index = found.empty() && !comparison.field.empty();
      if (output.size() == 1 && !of_width && (comparison.term.class_index || row)) return true;
      break;
  }
  auto handle = checker.diagnostics.report(
      Kind::target_shape, target,
      {{"target", declared != nullptr ? "the target `" + declared->name + "`" : "this target"},
       {"found", shape_text(found)},
       {"output", shape_text(output)},
       {"loss", std::string(loss_name(comparison.term.loss))}});
  if (declared != nullptr) handle.note("declared here", declared->span);
  return false;
}

void warn_about_classes(Checker& checker, const TermBuilder& builder, const Comparison& comparison,
                        const std::string& output, Span target) {
  if (targets_of(comparison.term.loss) != Targets::classes) return;
  const std::map<std::string, std::string> names = {{"loss", std::string(loss_name(comparison.term.loss))},
                                                    {"definition", output}};
  if (checker.dimension_size(builder.shape(comparison.term.output).front()) == 1) {
    checker.diagnostics.report(Kind::one_class, target, names);
  }
  const Term& scores = builder.body().at(comparison.term.output);
  if (std::holds_alternative<SoftmaxTerm>(scores.op)) {
    checker.diagnostics.report(Kind::second_softmax, target, names).note("returned here", scores.span);
  }
}

std::optional<TermId> BodyLosses::check(const ExpressionContext& context, const ast::Call& call, Span span) {
  const auto loss = loss_from_name(call.callee.text);
  if (!loss) return std::nullopt;
  const auto bound = bind_arguments(checker_, call, span, required({"output", "target"}));
  if (!bound) return TermId();
  const TermId output = check_expression(context, *bound->at(0));
  const TermId target = check_expression(context, *bound->at(1));
  if (!output.valid() || !target.valid()) return TermId();
  const bool field = std::holds_alternative<ArgumentTerm>(context.builder.body().at(target).op);
  Comparison comparison{{*loss, output, target}, field ? field_name(*bound->at(1)) : ""};
  if (!check_comparison(checker_, context.builder, comparison, bound->at(1)->span, nullptr)) return TermId();
  const auto* callee = std::get_if<ast::Call>(&bound->at(0)->node);
  warn_about_classes(checker_, context.builder, comparison, callee != nullptr ? callee->callee.text : "the output",
                     bound->at(1)->span);
  return context.builder.loss(comparison.term, span);
}

}  // namespace tpc::sema
