#include "tests/unit/codegen/harness.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace tpc::test {

using ir::Dimension;
using ir::Init;
using ir::InitKind;
using ir::Kind;

Playground::Playground() {
  module.name = "play";
  auto dim = [&](const char* name, std::optional<int64_t> size) {
    module.dims.push_back({name, size});
    return ir::DimId(module.dims.size() - 1);
  };
  batch = dim("B", std::nullopt);
  other_batch = dim("B'", std::nullopt);
  module.dims.back().twin_of = batch;
  classes = dim("k", 3);
  inputs = dim("d", 20);
  other_inputs = dim("d'", 20);
  other_pair = dim("j'", 2);
  pair = dim("j", 2);
  auto state = [&](const char* name, Kind kind, std::vector<ir::DimId> dims, Init init) {
    ir::State made;
    made.name = name;
    made.type = {kind, std::move(dims)};
    made.init = init;
    module.states.push_back(made);
    return ir::StateId(module.states.size() - 1);
  };
  const Init normal{InitKind::gaussian, 1.5};
  weights = state("U", Kind::vector, {inputs}, normal);
  readout = state("V", Kind::vector, {classes}, normal);
  bias = state("b", Kind::vector, {}, {InitKind::zero, 0.0});
  other_bias = state("c", Kind::vector, {}, {InitKind::constant, 1.0});
  table = state("T", Kind::vector, {pair, classes}, normal);
  rates = state("r", Kind::scalar, {classes}, {InitKind::constant, 0.5});
  matrix = state("W", Kind::matrix, {}, normal);
}

ir::limit::Builder& Playground::function(const std::string& name) {
  module.functions.reserve(16);
  module.functions.push_back({ir::FunctionKey(name), {}, {}});
  builder_ = std::make_unique<ir::limit::Builder>(module, module.functions.back());
  return *builder_;
}

Contents random_contents(const ir::limit::Module& module, int64_t samples, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  Contents contents;
  contents.samples = samples;
  double total = 0.0;
  for (int64_t s = 0; s < samples; ++s) {
    contents.weights.push_back(1.0 + 0.5 * std::sin(static_cast<double>(s)));
    total += contents.weights.back();
  }
  for (double& weight : contents.weights) weight /= total;
  for (uint32_t i = 0; i < module.states.size(); ++i) {
    const auto& type = module.states[i].type;
    if (type.kind == Kind::matrix) continue;
    if (type.kind == Kind::pair) {
      auto& values = contents.pairs[i];
      values.resize(static_cast<size_t>(samples * samples));
      for (float& x : values) x = static_cast<float>(normal(random));
      continue;
    }
    int64_t rows = 1;
    for (ir::DimId dim : type.dims) rows *= *module.dim(dim).size;
    auto& place = type.kind == Kind::vector ? contents.random[i] : contents.numbers[i];
    place.resize(static_cast<size_t>(type.kind == Kind::vector ? rows * samples : rows));
    for (double& x : place) x = static_cast<float>(normal(random));  // exact in both precisions
  }
  return contents;
}

namespace {

/// A class, an index in [-1, 3) (-1: absent), or a number.
double random_value(const std::string& field, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  if (field == "label") return static_cast<double>(random() % 3);
  if (field == "index of pairs") return static_cast<double>(random() % 3) - 1.0;
  if (field.starts_with("index")) return static_cast<double>(random() % 4) - 1.0;
  return normal(random);
}

}  // namespace

Fields random_fields(const ir::limit::Module& module, const ExtentSizes& sizes, std::mt19937_64& random) {
  Fields fields;
  for (const auto& function : module.functions) {
    for (const auto& instruction : function.body) {
      const auto* input = std::get_if<ir::Input>(&instruction.op);
      if (!input || fields.contains(input->name())) continue;
      int64_t count = 1;
      for (ir::DimId dim : instruction.type.dims) count *= sizes.of(module, dim);
      auto& values = fields[input->name()];
      for (int64_t i = 0; i < count; ++i) {
        values.push_back(random_value(input->field, random));
      }
    }
  }
  return fields;
}

codegen::JitModel compile(const ir::limit::Module& module, const codegen::CodegenOptions& options) {
  codegen::JitModel jit{codegen::CompiledModel(module, options)};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  return jit;
}

Evaluation run_compiled(const codegen::JitModel& jit, const std::string& function, const Contents& before,
                        const Fields& fields, const ExtentSizes& sizes, int64_t samples_a_block) {
  const tp_model_descriptor& model = *jit.descriptor();
  std::vector<const double*> field_table;
  for (uint32_t i = 0; i < model.field_count; ++i) field_table.push_back(fields.at(model.fields[i].name).data());
  const tp_function_descriptor* entry =
      std::find_if(model.functions, model.functions + model.function_count,
                   [&](const tp_function_descriptor& f) { return function == f.name; });
  REQUIRE(entry != model.functions + model.function_count);
  std::vector<int64_t> extents;
  for (uint32_t i = 0; i < model.extent_count; ++i) {
    const tp_extent_descriptor& extent = model.extents[i];
    auto size = sizes.named.find(extent.name);
    if (size == sizes.named.end() && extent.twin_of != 0)
      size = sizes.named.find(model.extents[extent.twin_of - 1].name);
    extents.push_back(size == sizes.named.end() ? sizes.count : size->second);
  }
  Evaluation evaluation;
  std::vector<double*> results;
  for (uint32_t i = 0; i < entry->result_count; ++i) {
    const tp_result_descriptor& result = entry->results[i];
    auto count = static_cast<int64_t>(result.size);
    for (uint32_t e = 0; e < result.extent_count; ++e) count *= extents[result.extents[e]];
    evaluation.results.emplace_back(static_cast<size_t>(count), std::nan(""));
  }
  for (auto& result : evaluation.results) results.push_back(result.data());
  tp_context context(before, static_cast<tp_precision>(model.precision), samples_a_block);
  REQUIRE(entry->code(&context, field_table.data(), extents.data(), results.data()) == TP_OK);
  context.make_changes();
  evaluation.after = std::move(context.contents);
  for (const auto& [slot, numbers] : context.number_slots) {
    evaluation.largest_numbers = std::max(evaluation.largest_numbers, numbers.size());
  }
  return evaluation;
}

namespace {

void check_near(const std::vector<double>& got, const std::vector<double>& expected, double tolerance,
                const std::string& what) {
  REQUIRE_MESSAGE(got.size() == expected.size(), what);
  double scale = 1e-30, worst = 0.0;
  size_t at = 0;
  for (double x : expected) scale = std::max(scale, std::fabs(x));
  for (size_t i = 0; i < got.size(); ++i) {
    const double error = got[i] == expected[i] ? 0.0 : std::fabs(got[i] - expected[i]);
    if (!(error <= worst)) {
      worst = error;
      at = i;
    }
  }
  if (!(worst <= tolerance * scale)) {
    FAIL_CHECK(what << ": entry " << at << " is " << got[at] << ", expected " << expected[at] << " (scale " << scale
                    << ")");
  }
}

}  // namespace

void check_same(const Evaluation& compiled, const Evaluation& expected, double tolerance) {
  REQUIRE(compiled.results.size() == expected.results.size());
  for (size_t i = 0; i < expected.results.size(); ++i) {
    check_near(compiled.results[i], expected.results[i], tolerance, "result " + std::to_string(i));
  }
  for (const auto& [state, values] : expected.after.random) {
    check_near(compiled.after.random.at(state), values, tolerance, "random state " + std::to_string(state));
  }
  for (const auto& [state, values] : expected.after.numbers) {
    check_near(compiled.after.numbers.at(state), values, tolerance, "numbers of state " + std::to_string(state));
  }
  for (const auto& [state, values] : expected.after.pairs) {
    const auto& got = compiled.after.pairs.at(state);
    check_near({got.begin(), got.end()}, {values.begin(), values.end()}, std::max(tolerance, 1e-6),
               "pairs of state " + std::to_string(state));
  }
  REQUIRE(compiled.after.updates.size() == expected.after.updates.size());
  for (const auto& [state, updates] : expected.after.updates) {
    const auto& got = compiled.after.updates.at(state);
    REQUIRE(got.size() == updates.size());
    for (size_t i = 0; i < updates.size(); ++i) {
      CHECK(got[i].rows == updates[i].rows);
      check_near({got[i].coefficient}, {updates[i].coefficient}, tolerance, "coefficient");
      check_near(got[i].left, updates[i].left, tolerance, "left of an update");
      check_near(got[i].right, updates[i].right, tolerance, "right of an update");
    }
  }
}

void check_function(const ir::limit::Module& module, const std::string& function, uint64_t seed,
                    const ExtentSizes& sizes) {
  CAPTURE(seed);
  for (const std::string& problem : ir::limit::verify(module)) FAIL(problem);
  std::mt19937_64 random(seed);
  const Contents before = random_contents(module, 320, random);
  const Fields fields = random_fields(module, sizes, random);
  const Evaluation expected = evaluate(module, *module.find(ir::FunctionKey(function)), before, fields, sizes);
  const auto wide = compile(module);
  check_same(run_compiled(wide, function, before, fields, sizes, 128), expected, 1e-11);
  check_same(run_compiled(wide, function, before, fields, sizes, 320), expected, 1e-11);
  codegen::CodegenOptions options;
  options.precision = TP_F32;
  check_same(run_compiled(compile(module, options), function, before, fields, sizes), expected, 1e-4);
}

}  // namespace tpc::test
