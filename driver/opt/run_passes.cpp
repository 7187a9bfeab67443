#include "driver/opt/run_passes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <new>
#include <optional>
#include <stdexcept>
#include <variant>

#include "base/diag/utf8.h"
#include "equations/derive.h"

namespace tpc::driver {
namespace {

using passes::AnyModule;

passes::PassError print_derivation(AnyModule& module, const passes::PassContext& context) {
  const auto* limit = std::get_if<ir::limit::Module>(&module);
  if (limit == nullptr) return "works on Limit IR, and the module is TP IR";
  if (const std::string missing = equations::missing_for_equations(*limit); !missing.empty()) {
    return "needs " + missing;
  }
  context.output << equations::derive_text(*limit);
  return {};
}

/// The first word of the text that is not a comment says which IR it is.
bool is_limit_text(std::string_view text) {
  while (!text.empty()) {
    const size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return false;
    text.remove_prefix(start);
    if (!text.starts_with("//")) return text.starts_with("limit");
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
  return false;
}

void report(const std::string& place, const std::string& message) {
  std::cerr << fmt::format("{}: error: {}\n", diag::printable(place), diag::printable(message));
}

/// Parses and verifies; prints what is wrong.
template <class ModuleType, class ParseError>
std::optional<AnyModule> checked(const diag::Source& source, std::variant<ModuleType, ParseError> parsed) {
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    report(fmt::format("{}:{}:{}", source.name(), error->line, error->column), error->message);
    return std::nullopt;
  }
  auto& module = std::get<ModuleType>(parsed);
  const std::vector<ir::Finding> findings = find_faults(module);
  for (const ir::Finding& finding : findings) {
    const auto place = source.position(finding.span.begin);
    report(fmt::format("{}:{}:{}", source.name(), place.line, place.column), finding.message);
  }
  if (!findings.empty()) return std::nullopt;
  return AnyModule(std::move(module));
}

int run(const OptOptions& options, const diag::Source& source) {
  std::optional<AnyModule> module = is_limit_text(source.text()) ? checked(source, ir::limit::parse(source.text()))
                                                                 : checked(source, ir::tp::parse(source.text()));
  if (!module) return opt_user_error;
  passes::PassOptions pass_options = options.pass_options;
  pass_options.log = &std::cerr;
  pass_options.optimizer = options.sgd;
  const passes::PassError error = passes::run_passes(*module, options.passes, pass_options, std::cout, opt_passes());
  if (!error.empty()) {
    report(source.name(), error);
    return opt_user_error;
  }
  const bool printed = !options.passes.empty() && options.passes.back().starts_with("print-");
  if (!printed) std::cout << std::visit([](const auto& any) { return print(any); }, *module);
  return opt_success;
}

}  // namespace

std::vector<passes::NamedPass> opt_passes() {
  std::vector<passes::NamedPass> known = passes::named_passes();
  known.push_back({"print-derivation", "Limit: print the limit equations as text", print_derivation});
  return known;
}

int run_opt(const OptOptions& options, const diag::Source& source) {
  try {
    return run(options, source);
  } catch (const std::overflow_error& error) {  // Rational: powers of n that leave 128 bits
    report(source.name(), error.what());
    return opt_user_error;
  } catch (const std::bad_alloc&) {
    report(source.name(), "not enough memory");
    return opt_user_error;
  } catch (const std::exception& error) {
    std::cerr << "internal error: " << error.what() << '\n';
    return opt_internal_error;
  }
}

}  // namespace tpc::driver
