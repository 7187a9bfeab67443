#include "frontend/sema/network.h"

#include <algorithm>

#include "frontend/sema/instances.h"
#include "frontend/sema/record_names.h"
#include "frontend/sema/roles.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// "net(x)"
std::string call_text(const Checker& checker, const NetworkCall& network) {
  std::string text = checker.definitions[network.definition].name + "(";
  for (size_t i = 0; i < network.fields.size(); ++i) text += (i > 0 ? ", " : "") + network.fields[i];
  return text + ")";
}

void check_input_shapes(Checker& checker, const Definition& definition) {
  for (size_t i = 0; i < definition.shapes.size(); ++i) {
    const Shape& shape = definition.shapes[i];
    if (width_count(checker.program, shape) == 0) continue;
    checker.diagnostics.report(
        Kind::input_shape, definition.span,
        {{"name", definition.parameters[i]}, {"definition", definition.name}, {"shape", shape_text(shape)}});
  }
}

/// One number or one finite dimension of outputs, computed from the inputs.
void check_output(Checker& checker, const Definition& definition) {
  const Body& body = definition.body;
  const Shape& shape = body.at(body.result).shape;
  const bool grows = width_count(checker.program, shape) > 0;
  const bool list = std::ranges::any_of(checker.program.dims, [&](const FiniteDim& dim) {
    return dim.list && std::ranges::find(shape, dim.name) != shape.end();
  });
  if (grows || list || shape.size() > 1) {
    checker.diagnostics.report(Kind::output_shape, definition.span,
                               {{"definition", definition.name}, {"shape", shape_text(shape)}});
  }
  std::vector<bool> needed = terms_needed_for(body, body.result);
  for (size_t i = 0; i < needed.size(); ++i) {
    if (needed[i] && std::holds_alternative<ArgumentTerm>(body.terms[i].op)) return;
  }
  checker.diagnostics.report(Kind::output_without_input, definition.span, {{"definition", definition.name}});
}

void mark_used(const Body& body, std::vector<bool>& used) {
  if (!body.result.valid()) return;
  const std::vector<bool> needed = terms_needed_for(body, body.result);
  for (size_t i = 0; i < needed.size(); ++i) {
    const auto* parameter = std::get_if<ParameterTerm>(&body.terms[i].op);
    if (needed[i] && parameter != nullptr) used[parameter->index] = true;
  }
}

void warn_unused_parameters(Checker& checker, const Definition& definition) {
  std::vector<bool> used(checker.program.parameters.size(), false);
  mark_used(definition.body, used);
  if (checker.program.train) mark_used(checker.program.train->loss, used);
  // One message a declaration: the members of a family stand side by side.
  const std::vector<Parameter>& parameters = checker.program.parameters;
  for (size_t first = 0, last = 0; first < used.size(); first = last) {
    std::string unused;
    size_t count = 0;
    for (last = first; last < used.size() && parameters[last].span == parameters[first].span; ++last) {
      if (used[last]) continue;
      unused += (unused.empty() ? "" : "`, `") + parameters[last].name;
      ++count;
    }
    if (count == 0) continue;
    const bool whole_family = count > 1 && count == last - first;
    checker.report_missing(
        Kind::unused_parameter, parameters[first].span,
        {{"name", whole_family ? parameters[first].family : unused}, {"definition", definition.name}});
  }
}

/// The dimension whose indices a parameter of the network takes; empty: it takes numbers.
std::string space_of(const Definition& definition, size_t parameter) {
  return parameter < definition.spaces.size() ? definition.spaces[parameter] : "";
}

/// The def and the fields of a call, whatever the model's network is.
std::optional<NetworkCall> resolve_network_call(Checker& checker, const ast::Expression& expression,
                                                const DataSet& data_set) {
  const auto* call = std::get_if<ast::Call>(&expression.node);
  const Symbol* callee = call != nullptr ? checker.find(call->callee.text) : nullptr;
  if (callee != nullptr && callee->kind == SymbolKind::definition && callee->usable) {
    const Definition definition = checker.definitions[callee->index];
    if (definition.syntax != nullptr) {
      const auto index = instance_for(checker, *call, definition, data_set, expression.span);
      if (!index) return std::nullopt;
      return NetworkCall{*index, checker.definitions[*index].parameters};
    }
  }
  auto fields = call != nullptr ? field_arguments(*call) : std::nullopt;
  if (!fields || checker.find_in_library(call->callee.text) != nullptr) {
    checker.diagnostics.report(Kind::network_call_expected, expression.span);
    return std::nullopt;
  }
  const Symbol* symbol = checker.find(call->callee.text);
  if (symbol == nullptr) {
    checker.report_unknown(call->callee, checker.names_of({SymbolKind::definition}));
    return std::nullopt;
  }
  if (symbol->kind != SymbolKind::definition) {
    checker.report_wrong_kind(call->callee, *symbol, "a `def`");
    return std::nullopt;
  }
  if (!symbol->usable) return std::nullopt;
  record_fields(checker, *call, data_set);
  NetworkCall network{symbol->index, *fields};
  const Definition& definition = checker.definitions[network.definition];
  if (fields->size() != definition.parameters.size()) {
    checker.diagnostics.report(Kind::argument_count, expression.span,
                               {{"callee", definition.name},
                                {"expected", std::to_string(definition.parameters.size())},
                                {"found", std::to_string(fields->size())}});
    return std::nullopt;
  }
  return network;
}

}  // namespace

std::optional<std::vector<std::string>> field_arguments(const ast::Call& call) {
  std::vector<std::string> fields;
  for (const ast::Argument& argument : call.arguments) {
    const auto* reference = std::get_if<ast::Reference>(&argument.value->node);
    if (reference == nullptr || argument.keyword) return std::nullopt;
    fields.push_back(reference->name.text);
  }
  return fields;
}

bool is_network_call(const Checker& checker, const ast::Call& call, const Symbol& symbol, const DataSet& data_set,
                     Span span) {
  const NetworkCall& network = *checker.network;
  const bool has_instances = checker.definitions[symbol.index].syntax != nullptr;
  if (has_instances) return known_instance(checker, call, data_set, span) == network.definition;
  return symbol.index == network.definition && field_arguments(call) == network.fields;
}

std::optional<NetworkCall> check_network_call(Checker& checker, const ast::Expression& expression,
                                              const DataSet& data_set) {
  auto network = resolve_network_call(checker, expression, data_set);
  if (!network) {
    checker.network_failed = true;
    return std::nullopt;
  }
  if (!checker.network) checker.network = network;
  if (*checker.network == *network) return network;
  checker.diagnostics.report(
      Kind::second_network, expression.span,
      {{"found", call_text(checker, *network)}, {"network", call_text(checker, *checker.network)}});
  return std::nullopt;
}

bool settle_network(Checker& checker) {
  if (checker.network_failed || checker.network) return checker.network.has_value();
  for (size_t i = checker.definitions.size(); i-- > 0;) {
    if (checker.definitions[i].syntax != nullptr) continue;  // nothing is known of it without a call
    checker.network = NetworkCall{i, checker.definitions[i].parameters};
    return true;
  }
  return false;
}

const DataSet* find_data_set(Checker& checker, const ast::Name& name) {
  const Symbol* symbol = checker.find(name.text);
  if (symbol == nullptr) {
    checker.report_unknown(name, checker.names_of({SymbolKind::data_set}));
    return nullptr;
  }
  if (symbol->kind != SymbolKind::data_set) {
    checker.report_wrong_kind(name, *symbol, "a data set");
    return nullptr;
  }
  record_name(checker, name);
  return symbol->usable ? &checker.program.data_sets[symbol->index] : nullptr;
}

const DataField* find_field(const DataSet& data_set, const std::string& name) {
  for (const DataField& field : data_set.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

namespace {

/// Whether the field has the shape, and the number of rows, of a parameter of the def.
bool fits(const DataField& field, const Definition& definition, size_t parameter) {
  const std::string rows = definition.rows.empty() ? "" : definition.rows[parameter];
  return field.dims == definition.shapes[parameter] && field.rows == rows;
}

std::string field_text(const Shape& shape, const std::string& rows) {
  return rows.empty() ? shape_text(shape) : shape_text(shape) + " in rows of `" + rows + "`";
}

}  // namespace

bool check_network_inputs(Checker& checker, const NetworkCall& network, const DataSet& data_set, Span span) {
  const Definition& definition = checker.definitions[network.definition];
  bool valid = true;
  for (size_t i = 0; i < network.fields.size(); ++i) {
    const DataField* field = find_field(data_set, network.fields[i]);
    if (field == nullptr) {
      auto handle = checker.diagnostics.report(Kind::missing_field, span,
                                               {{"data", data_set.name}, {"field", network.fields[i]}});
      handle.note("its fields are declared here", data_set.span);
    } else if (field->space != space_of(definition, i)) {
      const auto text = [](const std::string& space) {
        return space.empty() ? "a number" : "an index of `" + space + "`";
      };
      checker.diagnostics
          .report(Kind::field_space, span,
                  {{"data", data_set.name},
                   {"field", field->name},
                   {"found", text(field->space)},
                   {"definition", definition.name},
                   {"expected", text(space_of(definition, i))}})
          .note("declared here", field->span);
    } else if (!fits(*field, definition, i)) {
      checker.diagnostics
          .report(Kind::field_shape, span,
                  {{"data", data_set.name},
                   {"field", field->name},
                   {"found", field_text(field->dims, field->rows)},
                   {"definition", definition.name},
                   {"expected", field_text(definition.shapes[i], definition.rows.empty() ? "" : definition.rows[i])}})
          .note("declared here", field->span);
    } else {
      continue;
    }
    valid = false;
  }
  return valid;
}

bool has_network_inputs(const Checker& checker, const NetworkCall& network, const DataSet& data_set) {
  for (size_t i = 0; i < network.fields.size(); ++i) {
    const DataField* field = find_field(data_set, network.fields[i]);
    const Definition& definition = checker.definitions[network.definition];
    if (field == nullptr || !fits(*field, definition, i) || field->space != space_of(definition, i)) return false;
  }
  return true;
}

const Shape& network_output(const Checker& checker, const NetworkCall& network) {
  const Body& body = checker.definitions[network.definition].body;
  return body.at(body.result).shape;
}

void finish_network(Checker& checker) {
  if (!settle_network(checker)) {
    if (!checker.network_failed) checker.report_missing(Kind::missing_network, checker.syntax.model.span);
    return;
  }
  const Definition& definition = checker.definitions[checker.network->definition];
  if (!definition.body.result.valid()) return;
  check_input_shapes(checker, definition);
  check_output(checker, definition);
  warn_unused_parameters(checker, definition);
  // The loss begins with the network's body.
  const auto& train = checker.program.train;
  settle_roles(checker, train && train->loss.result.valid() ? train->loss : definition.body);
  Program& program = checker.program;
  program.inputs = checker.network->fields;
  program.output_size = 1;
  for (const std::string& axis : network_output(checker, *checker.network)) {
    if (width_of(program, axis) == nullptr) program.output_size *= checker.dimension_size(axis);
  }
  program.network = {definition.name, definition.body};
  for (const Definition& each : checker.definitions) {
    const auto& calls = each.body.calls;
    const bool itself =
        !calls.empty() && calls.back().definition == each.name && calls.back().result == each.body.result;
    if (itself && each.rows.empty())
      program.row_functions.push_back({each.name, each.parameters, each.shapes, each.body});
  }
}

}  // namespace tpc::sema
