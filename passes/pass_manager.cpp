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

const NamedPass* find_pass(const std::vector<NamedPass>& known, const std::string& name) {
  const auto found = std::ranges::find(known, name, &NamedPass::name);
  return found == known.end() ? nullptr : &*found;
}

PassError unknown_pass(const std::vector<NamedPass>& known, const std::string& name) {
  std::vector<std::string> candidates;
  for (const NamedPass& pass : known) candidates.push_back(pass.name);
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
  if (!error.empty()) return fmt::format("pass `{}`: {}", pass.name, error);
  const std::chrono::duration<double, std::milli> time = Clock::now() - begin;
  if (options.log != nullptr && options.time_passes) {
    *options.log << fmt::format("{:>10.3f} ms  {}\n", time.count(), pass.name);
  }
  const auto& wanted = options.print_after;
  if (options.log != nullptr && std::find(wanted.begin(), wanted.end(), pass.name) != wanted.end()) {
    *options.log << "// after " << pass.name << '\n' << std::visit([](const auto& any) { return print(any); }, module);
  }
  if (options.verify_each) check_verified(module, pass.name);
  return {};
}

}  // namespace

const std::vector<NamedPass>& named_passes() {
  static const std::vector<NamedPass> all = {
#define TPC_PASS(name, spelling, description) {spelling, description, run_##name},
#include "passes/passes.def"
  };
  return all;
}

PassError run_passes(AnyModule& module, const std::vector<std::string>& names, const PassOptions& options,
                     std::ostream& output, const std::vector<NamedPass>& known) {
  for (const auto* list : {&names, &options.print_after}) {
    for (const std::string& name : *list) {
      if (find_pass(known, name) == nullptr) return unknown_pass(known, name);
    }
  }
  for (const std::string& name : names) {
    PassError error = run_one(module, *find_pass(known, name), options, output);
    if (!error.empty()) return error;
  }
  return {};
}

}  // namespace tpc::passes
