// How long the compiler takes, stage by stage and pass by pass: for each program given, the least of several times as
// JSON. Stages are those of driver/compile.h, timed by stopping there; passes are run again one by one on the same
// modules as the pipeline has, and are part of the stage beside them.
#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "base/stopwatch.h"
#include "codegen/codegen.h"
#include "driver/compile.h"
#include "driver/report/json.h"
#include "passes/kernel/pair_functions.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"

namespace {

using namespace tpc;
using driver::Json;
using driver::Stage;

constexpr int repetitions = 5;

double least_milliseconds(const std::function<void()>& work) {
  double least = 0.0;
  for (int i = 0; i < repetitions; ++i) {
    const Stopwatch watch;
    work();
    const double time = watch.seconds() * 1e3;
    least = i == 0 ? time : std::min(least, time);
  }
  return least;
}

std::unique_ptr<driver::Compilation> compiled(const std::string& file, Stage last) {
  driver::Options options;
  options.command = driver::Command::compile;
  options.file = file;
  auto compilation = driver::compile(options, last);
  if (!compilation) throw std::runtime_error("cannot compile " + file);
  return compilation;
}

/// Every stage beyond the one before.
void add_stages(Json& rows, const std::string& file) {
  const std::vector<std::pair<std::string, Stage>> stages = {{"parse", Stage::syntax},
                                                             {"check", Stage::program},
                                                             {"lower", Stage::finite_width},
                                                             {"training step", Stage::training_step},
                                                             {"width analysis", Stage::classification},
                                                             {"limit", Stage::limit}};
  double before = 0.0;
  for (const auto& [name, stage] : stages) {
    const double until = least_milliseconds([&file, last = stage] { compiled(file, last); });
    rows.push_back({{"stage", name}, {"milliseconds", std::max(0.0, until - before)}});
    before = until;
  }
}

/// The passes of a pipeline, each on what the ones before it made; returns what the last one made.
passes::AnyModule add_passes(Json& rows, const std::string& stage, passes::AnyModule module,
                             const std::vector<std::string>& names, const ir::OptimizerSettings& optimizer) {
  passes::PassOptions options;
  options.optimizer = optimizer;
  for (const std::string& name : names) {
    passes::AnyModule result = module;
    std::ostringstream printed;
    const double milliseconds = least_milliseconds([&] {
      result = module;
      const passes::PassError error = passes::run_passes(result, {name}, options, printed);
      if (!error.empty()) throw std::runtime_error(error);
    });
    module = std::move(result);
    rows.push_back({{"stage", stage}, {"pass", name}, {"milliseconds", milliseconds}});
  }
  return module;
}

std::vector<std::string> with_clean_up(std::string pass) {
  std::vector<std::string> names = {std::move(pass)};
  for (const std::string& name : passes::limit_pipeline()) names.push_back(name);
  return names;
}

/// Where features move.
std::vector<std::string> limit_passes() { return with_clean_up("derive-limit"); }

/// In the kernel regime, expectations as formulas too.
std::vector<std::string> kernel_passes() {
  std::vector<std::string> names = with_clean_up("derive-kernel");
  for (const std::string& name : with_clean_up("gaussian")) names.push_back(name);
  return names;
}

/// Limit IR to LLVM IR, optimised; and from there to machine code in this process.
void add_code_generation(Json& rows, const ir::limit::Module& limit) {
  const ir::limit::Module module = passes::without_unknown_sizes(limit);
  rows.push_back({{"stage", "LLVM IR, optimised"},
                  {"milliseconds", least_milliseconds([&] { const codegen::CompiledModel model(module, {}); })}});
  const double until = least_milliseconds([&] { const codegen::JitModel model(codegen::CompiledModel(module, {})); });
  rows.push_back(
      {{"stage", "machine code"}, {"milliseconds", std::max(0.0, until - rows.back()["milliseconds"].get<double>())}});
}

Json measure(const std::string& file) {
  Json stages = Json::array(), by_pass = Json::array();
  add_stages(stages, file);
  const auto compilation = compiled(file, Stage::limit);
  add_code_generation(stages, *compilation->limit);
  const auto& optimizer = compilation->program->train->optimizer;
  add_passes(by_pass, "training step", *compilation->finite_width, passes::step_pipeline(), optimizer);
  if (!compilation->tasks) {
    const bool kernel = compilation->random_limit.has_value();
    add_passes(by_pass, "limit", *compilation->training_step, kernel ? kernel_passes() : limit_passes(), optimizer);
  }
  return {{"file", file}, {"stages", stages}, {"passes", by_pass}};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Json result = Json::array();
    for (int i = 1; i < argc; ++i) result.push_back(measure(argv[i]));
    std::cout << driver::json_text(result);
    return driver::exit_success;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return driver::exit_user_error;
  }
}
