#include "passes/pass_manager.h"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "passes/pipeline.h"
#include "small_program.h"

using namespace tpc;
using passes::AnyModule;
using passes::PassOptions;
namespace tp = ir::tp;

namespace {

std::string run(AnyModule& module, const std::vector<std::string>& names, const PassOptions& options = {}) {
  std::ostringstream output;
  return passes::run_passes(module, names, options, output);
}

}  // namespace

TEST_CASE("names are listed once, with a description") {
  std::set<std::string> names;
  for (const passes::NamedPass& pass : passes::named_passes()) {
    CHECK(names.insert(pass.name).second);
    CHECK_FALSE(pass.description.empty());
  }
  CHECK(names.contains("print-width"));
}

TEST_CASE("the pipelines only name passes, and make a verified step") {
  AnyModule module = testing::random_program(3, 10);
  PassOptions options;
  options.verify_each = true;
  options.optimizer = ir::SgdSettings::constant(0.1);
  CHECK(run(module, passes::step_pipeline(), options).empty());
  CHECK(std::get<tp::Module>(module).find(ir::FunctionRole::step) != nullptr);
  AnyModule differentiated = testing::random_program(3, 10);
  CHECK(run(differentiated, passes::gradient_pipeline(), options).empty());
  CHECK(std::get<tp::Module>(differentiated).find(ir::FunctionRole::gradient) != nullptr);
  CHECK(std::get<tp::Module>(differentiated).find(ir::FunctionRole::step) == nullptr);
  AnyModule limit = ir::limit::Module{};
  CHECK(run(limit, passes::limit_pipeline(), options).empty());
}

TEST_CASE("errors say what is wrong") {
  AnyModule module = testing::random_program(1, 3);
  CHECK(run(module, {"simplfy"}) == "there is no pass `simplfy` (did you mean `simplify`?)");
  PassOptions print_unknown;
  print_unknown.print_after = {"nothing"};
  CHECK_FALSE(run(module, {"dce"}, print_unknown).empty());
  CHECK(run(module, {"sgd"}) == "pass `sgd`: needs the function `gradient` (run autodiff before it)");
  CHECK(run(module, {"homogenize"}) == "pass `homogenize`: works on Limit IR, and the module is TP IR");
  CHECK(run(module, {"autodiff"}).empty());
  CHECK(run(module, {"autodiff"}) == "pass `autodiff`: the function `gradient` is there already");
  AnyModule empty = tp::Module{};
  CHECK(run(empty, {"autodiff"}) == "pass `autodiff`: needs a function `loss` with a result `loss`");
  CHECK(run(empty, {"print-width"}) == "pass `print-width`: needs the functions `step` and `predict`");
  AnyModule limit = ir::limit::Module{};
  for (const char* name : {"autodiff", "sgd", "print-width", "derive-limit", "derive-kernel", "derive-operator"}) {
    CHECK(run(limit, {name}) == "pass `" + std::string(name) + "`: works on TP IR, and the module is Limit IR");
  }
}

TEST_CASE("a caller may know more passes") {
  AnyModule module = testing::random_program(1, 3);
  std::vector<passes::NamedPass> known = passes::named_passes();
  known.push_back({"print-functions", "", [](AnyModule& any, const passes::PassContext& context) {
                     context.output << std::get<tp::Module>(any).functions.size();
                     return passes::PassError();
                   }});
  const size_t functions = std::get<tp::Module>(module).functions.size();
  std::ostringstream output;
  CHECK(passes::run_passes(module, {"dce", "print-functions"}, {}, output, known).empty());
  CHECK(output.str() == std::to_string(functions));
  CHECK(run(module, {"print-functions"}).starts_with("there is no pass `print-functions`"));
}

TEST_CASE("the verifier names the pass that broke the program") {
  testing::SmallProgram program;
  auto& build = program.build();
  program.finish({build.neg(build.read(program.U))});
  // A type that no shape rule gives: the first pass that keeps it is blamed.
  for (auto& instruction : program.function().body) {
    if (std::holds_alternative<ir::Read>(instruction.op)) instruction.type = {ir::Kind::vector, {program.outputs}};
  }
  AnyModule module = program.module;
  PassOptions options;
  options.verify_each = true;
  std::string message;
  try {
    run(module, {"dce"}, options);
  } catch (const InternalError& error) {
    message = error.what();
  }
  CHECK(message.find("the pass `dce` broke the program") != std::string::npos);
}

TEST_CASE("printing after a pass, and times") {
  AnyModule module = testing::random_program(1, 3);
  std::ostringstream log;
  PassOptions options;
  options.print_after = {"cse"};
  options.time_passes = true;
  options.log = &log;
  CHECK(run(module, {"cse", "dce"}, options).empty());
  CHECK(log.str().find("// after cse\ntp module") != std::string::npos);
  CHECK(log.str().find("// after dce") == std::string::npos);
  CHECK(log.str().find("ms  dce") != std::string::npos);
}
