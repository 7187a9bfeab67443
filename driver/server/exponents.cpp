#include "driver/server/exponents.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "driver/compile.h"
#include "passes/width/forward.h"
#include "passes/width/whole_forward.h"

namespace tpc::driver::server {
namespace {

std::atomic<bool> is_running = false;

/// Values of the function that have names, as the user calls them: n^scale times the program's
/// (ir::Instruction::scale).
void add_values(const ir::tp::Function& function, const std::vector<passes::ValueExponents>& exponents,
                std::vector<NamedValue>& values) {
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto& instruction = function.body[i];
    if (instruction.name.empty() || std::holds_alternative<ir::Input>(instruction.op)) continue;
    const auto& [initial, change] = exponents[i];
    values.push_back({instruction.name, instruction.span, {initial + instruction.scale, change + instruction.scale}});
  }
}

std::string first_error(const diag::Engine& diagnostics) {
  for (const diag::Diagnostic& diagnostic : diagnostics.all()) {
    if (diag::kind_severity(diagnostic.kind) == diag::Severity::error) return diagnostic.message;
  }
  return "it cannot be compiled";
}

WidthFacts computed(const std::string& path, const std::string& text) {
  Compilation compilation(path, text);
  Options options;
  options.command = Command::classify;
  options.file = path;
  WidthFacts facts;
  if (!compile_text(compilation, options, Stage::classification, Training::optional)) {
    facts.why_not = first_error(compilation.diagnostics);
    return facts;
  }
  // What the pipeline has analysed: without a `train` block the step as it is (compile.cpp).
  const ir::tp::Module module =
      compilation.program->train ? passes::with_whole_forward(*compilation.training_step) : *compilation.training_step;
  add_values(*module.find(ir::FunctionRole::predict), compilation.width->predict, facts.values);
  add_values(*module.find(ir::FunctionRole::step), compilation.width->step, facts.values);
  for (const auto& [key, exponents] : compilation.width->other_functions) {
    add_values(*module.find(key), exponents, facts.values);
  }
  facts.width = compilation.program->width;
  facts.classification = *compilation.classification;
  return facts;
}

}  // namespace

WidthFacts width_facts(const std::string& path, const std::string& text) {
  WidthFacts facts;
  try {
    return computed(path, text);
  } catch (const std::bad_alloc&) {
    facts.why_not = "not enough memory";
  } catch (const std::exception& error) {
    facts.why_not = error.what();
  }
  return facts;
}

struct Exponents::Shared {
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  WidthFacts facts;  ///< to be read once `done`
};

std::shared_ptr<Exponents> Exponents::begin(const std::string& path, const std::string& text) {
  if (is_running.exchange(true)) return nullptr;
  auto shared = std::make_shared<Shared>();
  std::thread([shared, path, text] {
    WidthFacts facts = width_facts(path, text);
    {
      const std::lock_guard lock(shared->mutex);
      shared->facts = std::move(facts);
      shared->done = true;
    }
    is_running = false;
    shared->ended.notify_all();
  }).detach();
  return std::shared_ptr<Exponents>(new Exponents(shared));
}

const WidthFacts* Exponents::wait(std::chrono::milliseconds longest) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->ended.wait_for(lock, longest, [&] { return shared_->done; }) ? &shared_->facts : nullptr;
}

bool Exponents::running() { return is_running; }

}  // namespace tpc::driver::server
