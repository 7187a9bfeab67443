#include "frontend/sema/features.h"

#include <algorithm>

namespace tpc::sema {
namespace {

/// By term: whether it is computed from the example.
std::vector<bool> depends_on_example(const Body& body) {
  std::vector<bool> depends(body.terms.size());
  for (size_t i = 0; i < body.terms.size(); ++i) {
    depends[i] = std::holds_alternative<ArgumentTerm>(body.terms[i].op);
    for_each_operand(body.terms[i], [&](TermId operand) { depends[i] = depends[i] || depends[operand.index]; });
  }
  return depends;
}

/// The vectors [n] that products of weights with activations read, where the result has no width any more.
std::vector<TermId> read_vectors(const Program& program) {
  const Body& body = program.network.body;
  const std::vector<bool> needed = terms_needed_for(body, body.result), depends = depends_on_example(body);
  std::vector<TermId> found;
  for (size_t i = 0; i < body.terms.size(); ++i) {
    const auto* product = std::get_if<ContractTerm>(&body.terms[i].op);
    if (product == nullptr || !needed[i] || width_count(program, body.terms[i].shape) > 0) continue;
    const bool left = depends[product->lhs.index];
    if (left == depends[product->rhs.index]) continue;  // of two activations, or of none
    const TermId vector = left ? product->lhs : product->rhs;
    const Term& term = body.at(vector);
    const bool plain =
        term.shape.size() == 1 && width_count(program, term.shape) == 1 && term.loops.empty() && term.rows.empty();
    if (plain && std::ranges::find(found, vector) == found.end()) found.push_back(vector);
  }
  return found;
}

std::string name_of(const Body& body, TermId value) {
  const auto local = std::ranges::find(body.locals, value, &Local::value);
  if (local != body.locals.end()) return local->name;
  return body.at(value).name.empty() ? "what the readout reads" : body.at(value).name;
}

}  // namespace

void observe_readouts(Program& program) {
  if (adapts(program) || !program.network.body.result.valid()) return;
  for (const TermId vector : read_vectors(program)) {
    const bool observed = std::ranges::any_of(program.observations, [&](const Observation& other) {
      return other.kind == ObservationKind::gram && other.value == vector;
    });
    if (observed) continue;
    Observation observation;
    observation.kind = ObservationKind::gram;
    observation.text = "gram(" + name_of(program.network.body, vector) + ")";
    observation.function = {ir::FunctionRole::observe, static_cast<uint32_t>(program.observations.size())};
    observation.value = vector;
    observation.span = program.network.body.at(vector).span;
    program.observations.push_back(std::move(observation));
  }
}

}  // namespace tpc::sema
