#include "tests/fuzz/seed_irs.h"

#include <sstream>

#include "base/diag/diagnostic.h"
#include "frontend/lowering/lower.h"
#include "frontend/sema/sema.h"
#include "grammar/parse.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "tests/fuzz/seeds.h"

namespace tpc::fuzz {
namespace {

using passes::AnyModule;

constexpr size_t most = 40'000;  // bytes; larger texts take long and say the same

class Stages {
 public:
  explicit Stages(std::vector<std::string>& texts) : texts_(texts) {}

  void add(const AnyModule& module) {
    std::string text = std::visit([](const auto& any) { return print(any); }, module);
    if (text.size() <= most) texts_.push_back(std::move(text));
  }
  /// The module after the passes, which is added; nothing: it is not of a kind for them.
  std::optional<AnyModule> after(AnyModule module, const std::vector<std::string>& names,
                                 const ir::OptimizerSettings& optimizer) {
    passes::PassOptions options;
    options.optimizer = optimizer;
    std::ostringstream unused;
    if (!passes::run_passes(module, names, options, unused).empty()) return std::nullopt;
    add(module);
    return module;
  }

 private:
  std::vector<std::string>& texts_;
};

void add_program(const std::string& text, const std::string& parametrization, std::vector<std::string>& texts) {
  const diag::Source source("example", text);
  diag::Engine diagnostics;
  const auto syntax = grammar::parse(source, diagnostics);
  if (diagnostics.has_errors()) return;
  const auto program = sema::check(syntax, {parametrization, {}}, diagnostics);
  if (diagnostics.has_errors() || !program || !program->train) return;
  Stages stages(texts);
  const AnyModule lowered = lowering::lower(*program);
  stages.add(lowered);
  const ir::OptimizerSettings& optimizer = program->train->optimizer;
  const auto step = stages.after(lowered, passes::step_pipeline(), optimizer);
  if (!step) return;
  for (const char* derivation : {"derive-limit", "derive-kernel", "derive-operator"}) {
    std::vector<std::string> names = passes::limit_pipeline();
    names.insert(names.begin(), derivation);
    const auto limit = stages.after(*step, names, optimizer);
    if (limit) stages.after(*limit, {"gaussian"}, optimizer);
  }
}

}  // namespace

std::vector<std::string> example_irs(const std::filesystem::path& folder) {
  std::vector<std::string> texts;
  for (const std::string& program : example_programs(folder)) {
    for (const char* parametrization : {"mup", "ntp"}) add_program(program, parametrization, texts);
  }
  return texts;
}

}  // namespace tpc::fuzz
