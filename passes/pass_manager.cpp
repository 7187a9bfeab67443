#include "passes/pass_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>

#include "base/diag/check.h"
#include "base/diag/diagnostic.h"
#include "passes/named_passes.h"

namespace tpc::passes {
namespace {

struct NamedPass {
  const char* spelling;
  const char* description;
  PassError (*run)(AnyModule&, const PassContext&);
};

constexpr NamedPass all_passes[] = {
#define TPC_PASS(name, spelling, description) {spelling, description, run_##name},
#include "passes/passes.def"
};

const NamedPass* find_pass(const std::string& name) {
  const auto* found = std::find_if(std::begin(all_passes), std::end(all_passes),
                                   [&](const NamedPass& pass) { return name == pass.spelling; });
  return found == std::end(all_passes) ? nullptr : found;
}

PassError unknown_pass(const std::string& name) {
  std::vector<std::string> candidates;
  for (const NamedPass& pass : all_passes) candidates.emplace_back(pass.spelling);
  const std::string near = diag::nearest(name, candidates);
  return fmt::format("there is no pass `{}`{}", name, near.empty() ? "" : fmt::format(" (did you mean `{}`?)", near));
}

void check_verified(const AnyModule& module, const std::string& pass) {
  const std::vector<std::string> findings = std::visit([](const auto& any) { return verify(any); }, module);
  TPC_CHECK(findings.empty(), fmt::format("the pass `{}` broke the program: {}", pass, findings.front()));
}

PassError run_one(AnyModule& module, const NamedPass& pass, const PassOptions& options, std::ostream& output) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  PassError error = pass.run(module, {options, output});
  if (!error.empty()) return fmt::format("pass `{}`: {}", pass.spelling, error);
  const std::chrono::duration<double, std::milli> time = Clock::now() - begin;
  if (options.log != nullptr && options.time_passes) {
    *options.log << fmt::format("{:>10.3f} ms  {}\n", time.count(), pass.spelling);
  }
  const auto& wanted = options.print_after;
  if (options.log != nullptr && std::find(wanted.begin(), wanted.end(), pass.spelling) != wanted.end()) {
    *options.log << "// after " << pass.spelling << '\n'
                 << std::visit([](const auto& any) { return print(any); }, module);
  }
  if (options.verify_each) check_verified(module, pass.spelling);
  return {};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> list_passes() {
  std::vector<std::pair<std::string, std::string>> result;
  for (const NamedPass& pass : all_passes) result.emplace_back(pass.spelling, pass.description);
  return result;
}

PassError run_passes(AnyModule& module, const std::vector<std::string>& names, const PassOptions& options,
                     std::ostream& output) {
  for (const auto* list : {&names, &options.print_after}) {
    for (const std::string& name : *list) {
      if (find_pass(name) == nullptr) return unknown_pass(name);
    }
  }
  for (const std::string& name : names) {
    PassError error = run_one(module, *find_pass(name), options, output);
    if (!error.empty()) return error;
  }
  return {};
}

}  // namespace tpc::passes
