// The descriptor, the C wrappers and the header of a compiled model.
#include <doctest/doctest.h>

#include <span>

#include <dlfcn.h>
#include <sys/wait.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "codegen/c_names.h"
#include "codegen/model_interface.h"
#include "passes/update/learning_rate.h"
#include "tests/unit/codegen/harness.h"

namespace {

using namespace tpc;
using namespace tpc::test;
using ir::ValueId;

/// step reads x and the class indices, predict only x; "observe" adds a field that comes last.
void add_functions(Playground& p) {
  auto features = [&](ir::limit::Builder& b) {
    return b.contract(b.read(p.weights), b.input("x", {p.batch, p.inputs}), {p.inputs});
  };
  auto& step = p.function("step");
  const ValueId h = features(step);
  const ValueId y = step.insert(ir::OneHot{step.input("label", {p.batch}), p.classes});
  const ValueId f = step.insert(ir::limit::Expect{step.read(p.readout), h, {}});
  const ValueId error = step.sub(f, y);
  step.function().results.push_back({"loss", step.contract(error, error, {p.classes, p.batch})});
  step.write(p.bias, step.contract(h, {}, {p.batch}));
  auto& predict = p.function("predict");
  const ValueId outputs = predict.insert(ir::limit::Expect{predict.read(p.readout), features(predict), {}});
  predict.function().results.push_back({"f", outputs});
  auto& observe = p.function("observe_0");
  const ValueId z = features(observe);
  const ValueId twin = observe.insert(ir::Relabel{z, p.batch, p.other_batch});
  observe.function().results.push_back({"gram", observe.insert(ir::limit::Expect{z, twin, {}})});
  observe.function().results.push_back({"n", observe.contract(observe.input("extra", {p.batch}), {}, {p.batch})});
}

/// Of a field, result or function.
template <class Descriptor>
std::vector<uint32_t> extents(const Descriptor& descriptor) {
  return {descriptor.extents, descriptor.extents + descriptor.extent_count};
}

TEST_CASE("the descriptor says what the module says") {
  Playground p;
  add_functions(p);
  codegen::JitModel jit{codegen::CompiledModel(p.module, {})};
  REQUIRE_MESSAGE(jit.error().empty(), jit.error());
  const tp_model_descriptor& model = *jit.descriptor();
  CHECK(model.abi_version == TP_ABI_VERSION);
  CHECK(model.precision == TP_F64);
  CHECK(model.name == std::string("play"));
  CHECK(model.fingerprint == codegen::fingerprint(p.module, TP_F64));
  CHECK(model.fingerprint != codegen::fingerprint(p.module, TP_F32));
  p.module.states[0].init.value = 2.0;
  CHECK(model.fingerprint != codegen::fingerprint(p.module, TP_F64));

  REQUIRE(model.state_count == 7);
  CHECK(model.states[0].name == std::string("U"));
  CHECK(model.states[0].kind == TP_STATE_RANDOM);
  CHECK(model.states[0].init_kind == TP_INIT_GAUSSIAN);
  CHECK(model.states[0].init_value == 1.5);
  CHECK(model.states[0].rows == 20);
  CHECK(model.states[0].meets_input == 1);
  CHECK(model.states[1].meets_input == 0);
  CHECK(model.states[3].init_kind == TP_INIT_CONSTANT);
  CHECK(model.states[4].rows == 6);
  CHECK(model.states[5].kind == TP_STATE_SCALAR);
  CHECK(model.states[6].kind == TP_STATE_MATRIX);
  CHECK(model.states[6].rows == 1);

  const std::span<const uint32_t> reads(model.functions[0].fields, model.functions[0].field_count);
  CHECK(std::vector(reads.begin(), reads.end()) == std::vector<uint32_t>{0, 1});

  REQUIRE(model.field_count == 3);
  CHECK(model.fields[0].name == std::string("x"));
  CHECK(model.fields[0].size == 20);
  CHECK(model.fields[1].name == std::string("label"));
  CHECK(model.fields[1].size == 1);
  CHECK(model.fields[2].name == std::string("extra"));

  REQUIRE(model.function_count == 3);
  CHECK(model.functions[0].name == std::string("step"));
  CHECK(model.functions[0].role == TP_FUNCTION_STEP);
  CHECK(model.functions[2].role == TP_FUNCTION_OBSERVE);
  CHECK(model.functions[2].index == 0);
  CHECK(model.functions[0].trains == 1);
  CHECK(model.functions[1].trains == 0);
  CHECK(model.functions[1].results[0].size == 3);
  CHECK(extents(model.functions[1].results[0]) == std::vector<uint32_t>{0});
  CHECK(model.functions[1].example_extent == 1);
  REQUIRE(model.functions[2].result_count == 2);
  CHECK(model.functions[2].results[0].name == std::string("gram"));
  CHECK(extents(model.functions[2].results[0]) == std::vector<uint32_t>{0, 0});  // no data of the other points' own
  CHECK(extents(model.functions[2].results[1]).empty());
  CHECK(model.functions[2].example_extent == 0);
  REQUIRE(model.extent_count == 1);
  CHECK(model.extents[0].name == std::string("B"));
  CHECK(model.extents[0].twin_of == 0);
  CHECK(extents(model.fields[0]) == std::vector<uint32_t>{0});
  CHECK(extents(model.functions[0]) == std::vector<uint32_t>{0});
}

/// A shared library whose tp_* symbols come from this program.
void* load_library(const ir::limit::Module& module, const std::string& prefix,
                   const std::map<uint32_t, std::string>& titles = {}) {
  codegen::CodegenOptions options;
  options.prefix = prefix;
  options.titles = titles;
  const auto path = std::filesystem::temp_directory_path() / ("tpc_test_" + prefix + ".so");
  const codegen::CompiledModel model(module, options);
  const codegen::FileContents file = model.contents(codegen::FileKind::shared_library, prefix, "");
  REQUIRE(file.error == "");
  std::ofstream(path, std::ios::binary) << file.bytes;
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  std::filesystem::remove(path);
  REQUIRE_MESSAGE(library != nullptr, dlerror());
  return library;
}

template <class Function>
Function* symbol(void* library, const std::string& name) {
  auto* address = reinterpret_cast<Function*>(dlsym(library, name.c_str()));
  const bool found = address != nullptr;
  REQUIRE_MESSAGE(found, name);
  return address;
}

TEST_CASE("the wrappers pass on their arguments, and the status back") {
  Playground p;
  add_functions(p);
  void* library = load_library(p.module, "net");
  auto* model = symbol<const tp_model_descriptor>(library, "net_model");
  tp_options options{};
  auto* create = symbol<tp_state*(const tp_options*)>(library, "net_create");
  CHECK(create(nullptr) == nullptr);
  tp_state* state = create(&options);
  CHECK(state != nullptr);
  CHECK(recorded_call.model == model);

  const double x[20] = {}, label[1] = {};
  double loss = 0.0, f[3], error[3];
  auto* step = symbol<int(tp_state*, const double*, const double*, size_t, double*)>(library, "net_step");
  CHECK(step(state, x, label, 7, &loss) == TP_CAPACITY);
  CHECK(recorded_call.state == state);
  CHECK(recorded_call.fields == std::vector<const double*>{x, label, nullptr});
  CHECK(recorded_call.extents == std::vector<int64_t>{7});
  CHECK(recorded_call.first_output == &loss);

  recorded_call.fields.clear();
  auto* predict = symbol<int(const tp_state*, const double*, size_t, double*, double*)>(library, "net_predict");
  CHECK(predict(state, x, 9, f, error) == TP_CAPACITY);
  CHECK(recorded_call.fields == std::vector<const double*>{x, nullptr, nullptr});
  CHECK(recorded_call.extents == std::vector<int64_t>{9});
  CHECK(recorded_call.first_output == f);
  CHECK(recorded_call.second_output == error);

  CHECK(symbol<int(const tp_state*, const char*)>(library, "net_save")(state, "file") == TP_FILE);
  CHECK(symbol<tp_state*(const char*)>(library, "net_load")("file") != nullptr);
  symbol<void(tp_state*)>(library, "net_destroy")(state);
  CHECK(recorded_call.state == state);
  dlclose(library);
}

TEST_CASE("observations have wrappers and titles") {
  Playground p;
  add_functions(p);
  const std::map<uint32_t, std::string> titles = {{0, "gram(z) */"}};
  void* library = load_library(p.module, "seen", titles);
  auto* model = symbol<const tp_model_descriptor>(library, "seen_model");
  CHECK(model->functions[0].title == nullptr);
  CHECK(model->functions[2].title == std::string("gram(z) */"));
  tp_options options{};
  tp_state* state = symbol<tp_state*(const tp_options*)>(library, "seen_create")(&options);
  const double x[20] = {}, extra[1] = {};
  double value[1], error[1];
  auto* observe =
      symbol<int(const tp_state*, const double*, const double*, size_t, double*, double*)>(library, "seen_observe_0");
  recorded_call.function = 7;
  CHECK(observe(state, x, extra, 5, value, error) == TP_CAPACITY);
  CHECK(recorded_call.function == 0);
  CHECK(recorded_call.fields == std::vector<const double*>{x, nullptr, extra});
  CHECK(recorded_call.extents == std::vector<int64_t>{5});
  CHECK(recorded_call.first_output == value);
  CHECK(recorded_call.second_output == error);
  CHECK(dlsym(library, "seen_set_learning_rate") == nullptr);
  dlclose(library);

  codegen::CodegenOptions code;
  code.titles = titles;
  const std::string text = codegen::c_header(p.module, code);
  CHECK(text.find("Observed: gram(z) * / on `count` examples.") != std::string::npos);
  CHECK(text.find("value: [count, count, 1] numbers") != std::string::npos);
  CHECK(text.find("int play_observe_0(const play_state *state, const double *x, const double *extra, size_t count, "
                  "double *value, double *value_stderr);") != std::string::npos);
  CHECK(text.find("learning_rate") == std::string::npos);
}

TEST_CASE("a settable learning rate has wrappers") {
  Playground p;
  add_functions(p);
  const auto fields_before = codegen::fields_of(p.module).size();
  ir::SgdSettings settings = ir::SgdSettings::constant(0.25);
  settings.rate_is_settable = true;
  passes::add_rate_functions(p.module, settings);
  CHECK(codegen::fields_of(p.module).size() == fields_before + 1);
  void* library = load_library(p.module, "rated");
  auto* model = symbol<const tp_model_descriptor>(library, "rated_model");
  REQUIRE(model->function_count == 5);
  CHECK(model->functions[3].role == TP_FUNCTION_RATE);
  CHECK(model->functions[4].role == TP_FUNCTION_SET_RATE);
  CHECK(model->functions[4].trains == 1);
  CHECK(model->functions[4].field_count == 1);
  tp_options options{};
  tp_state* state = symbol<tp_state*(const tp_options*)>(library, "rated_create")(&options);
  double rate = 0.0;
  CHECK(symbol<int(const tp_state*, double*)>(library, "rated_learning_rate")(state, &rate) == TP_CAPACITY);
  CHECK(recorded_call.first_output == &rate);
  CHECK(symbol<int(tp_state*, double)>(library, "rated_set_learning_rate")(state, 0.5) == TP_CAPACITY);
  CHECK(recorded_call.rate == 0.5);
  dlclose(library);
  const std::string text = codegen::c_header(p.module, {});
  CHECK(text.find("int play_learning_rate(const play_state *state, double *rate);") != std::string::npos);
  CHECK(text.find("int play_set_learning_rate(play_state *state, double rate);") != std::string::npos);
}

TEST_CASE("without a training step there is no learning rate") {
  Playground p;
  p.function("predict");
  passes::add_rate_functions(p.module, ir::SgdSettings::constant(0.25));
  CHECK(p.module.find(ir::FunctionRole::rate) == nullptr);
  CHECK(p.module.find(ir::FunctionRole::set_rate) == nullptr);
}

/// step of support rows S and query rows B.
void add_two_extents(Playground& p) {
  p.module.dims.push_back({"S", std::nullopt});
  const ir::DimId rows(p.module.dims.size() - 1);
  auto& step = p.function("step");
  const ValueId total = step.contract(step.input("support", {rows, p.inputs}), {}, {rows, p.inputs});
  const ValueId f = step.mul(total, step.input("label", {p.batch}));
  step.function().results.push_back({"loss", step.contract(f, {}, {p.batch})});
  auto& predict = p.function("predict");
  predict.function().results.push_back({"f", predict.input("label", {p.batch})});
}

TEST_CASE("a program with several extents takes the size of each that a function needs, by its name") {
  Playground p;
  add_two_extents(p);
  const std::string text = codegen::c_header(p.module, {});
  CHECK(text.find("int play_step(play_state *state, const double *support, const double *label, size_t B, size_t S, "
                  "double *loss);") != std::string::npos);
  CHECK(text.find("support: [S, 20] values") != std::string::npos);
  CHECK(text.find("label: [B] values") != std::string::npos);
  CHECK(text.find("S: the size of the dimension S.") != std::string::npos);
  CHECK(text.find("int play_predict(const play_state *state, const double *label, size_t B, double *f, "
                  "double *f_stderr);") != std::string::npos);
  CHECK(text.find("f: [B, 1] outputs") != std::string::npos);
  void* library = load_library(p.module, "rows");
  tp_options options{};
  tp_state* state = symbol<tp_state*(const tp_options*)>(library, "rows_create")(&options);
  const double support[40] = {}, label[7] = {};
  double loss = 0.0;
  auto* step = symbol<int(tp_state*, const double*, const double*, size_t, size_t, double*)>(library, "rows_step");
  CHECK(step(state, support, label, 7, 2, &loss) == TP_CAPACITY);
  CHECK(recorded_call.fields == std::vector<const double*>{support, label});
  CHECK(recorded_call.extents == std::vector<int64_t>{7, 2});
  CHECK(recorded_call.first_output == &loss);
  auto* predict = symbol<int(const tp_state*, const double*, size_t, double*, double*)>(library, "rows_predict");
  CHECK(predict(state, label, 7, &loss, nullptr) == TP_CAPACITY);
  CHECK(recorded_call.fields == std::vector<const double*>{nullptr, label});
  CHECK(recorded_call.extents == std::vector<int64_t>{7, 0});
  dlclose(library);
}

/// kernel : [B,B'] and nngp, of the fields x and x'.
void add_kernel(Playground& p) {
  auto& b = p.function("kernel");
  const ValueId x = b.input("x", {p.batch, p.inputs}), other = b.input(ir::Input{"x", true}, {p.other_batch, p.inputs});
  const ValueId product = b.contract(x, other, {p.inputs});
  b.function().results.push_back({"kernel", b.mul(product, product)});
  b.function().results.push_back({"nngp", product});
}

TEST_CASE("the kernel's wrapper passes on the points of both sides") {
  Playground p;
  add_functions(p);
  add_kernel(p);
  void* library = load_library(p.module, "pairs");
  auto* model = symbol<const tp_model_descriptor>(library, "pairs_model");
  CHECK(model->functions[0].sampled == 1);
  CHECK(model->functions[3].sampled == 0);
  CHECK(model->functions[3].role == TP_FUNCTION_KERNEL);
  CHECK(model->fields[0].twin_of == 0);
  CHECK(model->fields[3].name == std::string("x'"));
  CHECK(model->fields[3].twin_of == 1);
  REQUIRE(model->extent_count == 2);
  CHECK(model->extents[1].name == std::string("B'"));
  CHECK(model->extents[1].twin_of == 1);
  CHECK(extents(model->fields[3]) == std::vector<uint32_t>{1});
  CHECK(extents(model->functions[3].results[0]) == std::vector<uint32_t>{0, 1});
  CHECK(extents(model->functions[2].results[0]) == std::vector<uint32_t>{0, 0});
  auto* kernel = symbol<int(const double*, size_t, const double*, size_t, double*, double*)>(library, "pairs_kernel");
  const double x[20] = {}, other[20] = {};
  double values[1], nngp[1];
  CHECK(kernel(x, 7, other, 9, values, nngp) == TP_CAPACITY);
  CHECK(recorded_call.model == model);
  CHECK(recorded_call.function == 3);
  CHECK(recorded_call.fields == std::vector<const double*>{x, nullptr, nullptr, nullptr});
  CHECK(recorded_call.other_fields == std::vector<const double*>{other, nullptr, nullptr, nullptr});
  CHECK(recorded_call.batch == 7);
  CHECK(recorded_call.other_batch == 9);
  CHECK(recorded_call.first_output == values);
  CHECK(recorded_call.second_output == nngp);
  dlclose(library);
}

TEST_CASE("a model without a step has no step wrapper") {
  Playground p;
  auto& b = p.function("predict");
  b.function().results.push_back({"f", b.map(ir::Primitive::Exp, {b.input("x", {p.batch})})});
  void* library = load_library(p.module, "still");
  CHECK(dlsym(library, "still_predict") != nullptr);
  CHECK(dlsym(library, "still_step") == nullptr);
  dlclose(library);
  CHECK(codegen::c_header(p.module, {}).find("_step") == std::string::npos);
}

bool compiles(const std::string& compiler, const std::filesystem::path& header) {
  const std::string command = compiler +
                              " -Wall -Wextra -Werror -pedantic -fsyntax-only -I" TPC_RUNTIME_INCLUDE " -include " +
                              header.string() + " " + header.string();
  const int status = std::system(command.c_str());
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_CASE("the header compiles as C and as C++, whatever the fields are called") {
  Playground p;
  add_functions(p);
  add_kernel(p);
  auto& b = p.function("odd");
  for (const char* name : {"class", "state", "\xce\xbe", "2d", "a*/b", "x_", "NULL", "unix", "__FILE__", "errno"}) {
    const ValueId field = b.input(name, {p.batch});
    b.function().results.push_back({name, b.contract(field, {}, {p.batch})});
  }
  std::swap(p.module.functions[1], p.module.functions[4]);
  p.module.functions[1].key = ir::FunctionRole::predict;
  p.module.functions[4].key = ir::FunctionKey("unused");
  const std::string text = codegen::c_header(p.module, {});
  CHECK(text.find("int play_kernel(const double *x, size_t rows, const double *x_other, size_t columns, "
                  "double *kernel, double *nngp);") != std::string::npos);
  CHECK(text.find("const double *class_, const double *state_") != std::string::npos);
  CHECK(
      text.find("int play_step(play_state *state, const double *x, const double *label, size_t batch, double *loss)") !=
      std::string::npos);
  CHECK(text.find("[batch, 20]") != std::string::npos);
  const auto path = std::filesystem::temp_directory_path() / "tpc_test_header.h";
  std::ofstream(path) << text << "\n";
  CHECK(compiles("cc -std=c99 -x c", path));
  CHECK(compiles("c++ -std=c++11 -x c++", path));
  std::filesystem::remove(path);
}

TEST_CASE("identifiers") {
  CHECK(codegen::c_identifier("mlp") == "mlp");
  CHECK(codegen::c_identifier("my-net") == "my_x2dnet");
  CHECK(codegen::c_identifier("\xce\xbe") == "_xce_xbe");
  CHECK(codegen::c_identifier("2d") == "_2d");
  CHECK(codegen::c_identifier("") == "_");
  CHECK(codegen::parameter_names({{"new", 1, {}, {}}, {"new_", 1, {}, {}}, {"batch", 1, {}, {}}}) ==
        std::vector<std::string>{"new_", "new__", "batch_"});
}

}  // namespace
