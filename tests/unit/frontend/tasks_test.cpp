// Programs whose examples are tasks: groups of fields, and parameters that adapt to a task.
#include <doctest/doctest.h>

#include "frontend/lowering/lower.h"
#include "frontend_support.h"
#include "ir/tp/ir.h"

namespace tpc::test {
namespace {

const std::string tasks_program = R"(model tasks
width n
dim d = 3
dim ways = 2
param U : [n, d] init normal(std = 1)
param W : [n, n] init normal(std = 1)
param V : [ways, n] init normal(std = 1)
def net(x : [d]) -> [ways] { return V @ tanh(W @ tanh(U @ x)) }
def few_shot(support, query, steps, rate) {
  adapt sgd(lr = rate, steps = steps, order = 1) on cross_entropy(net(support.x), support.label)
  return net(query.x)
}
data all : x[d], class = npy("all.npy", axes = [class, item], where = csv("split.csv", split = "train"), turns = 4)
data train : support(x[d], label), query(x[d], label) = episodes(all, ways = ways, shots = 2, queries = 3, seed = 7)
data test : support(x[d], label), query(x[d], label) = episodes(all, ways = ways, shots = 1, count = 10)
train {
  data = train
  loss = cross_entropy(few_shot(support, query, 2, 0.4), query.label)
  optimizer = sgd(lr = 0.1, clip = 0.5)
  batch = 4
  reduce = sum
  steps = 10
}
observe accuracy(few_shot(support, query, 20, 0.4), query.label) on test
observe cross_entropy(few_shot(support, query, 0, 0.4), query.label) on test
parametrization mup
)";

std::string with(const std::string& from, const std::string& to) { return replaced(tasks_program, from, to); }

std::string only_kind(const std::string& text) { return test::only_kind(check_text(text)); }

size_t gradients_in(const ir::tp::Function& function) {
  return static_cast<size_t>(std::ranges::count_if(function.body, [](const ir::tp::Instruction& instruction) {
    return std::holds_alternative<ir::tp::Gradient>(instruction.op);
  }));
}

TEST_CASE("groups, sources and what is learnt from them") {
  const sema::Program program = accept(tasks_program);
  const sema::DataSet& all = program.data_sets[0];
  CHECK(all.source == sema::SourceKind::items);
  CHECK(all.items.table == "split.csv");
  CHECK(all.items.column == "split");
  CHECK(all.items.value == "train");
  CHECK(all.items.turns == 4);
  const sema::DataSet& train = program.data_sets[1];
  CHECK(train.fields[0].name == "support.x");
  CHECK(train.fields[0].rows == "support");
  CHECK(train.fields[3].name == "query.label");
  CHECK(train.episodes.seed == 7);
  CHECK_FALSE(train.episodes.count.has_value());
  CHECK(program.data_sets[2].fields[0].rows == "support'");  // of another size
  const auto size_of = [&](const std::string& name) {
    return std::ranges::find(program.dims, name, &sema::FiniteDim::name)->size;
  };
  CHECK(size_of("support") == 4);
  CHECK(size_of("query") == 6);
  CHECK(size_of("support'") == 2);
  CHECK(program.inputs == std::vector<std::string>{"support.x", "support.label", "query.x"});
  CHECK(program.train->target_field == "query.label");
  CHECK(std::get<ir::SgdSettings>(program.train->optimizer).adds_gradients);
  CHECK(program.train->further_labels == std::vector<std::pair<std::string, int64_t>>{{"support.label", 2}});
  REQUIRE(program.observations.size() == 2);
  CHECK(program.observations[0].text == "accuracy(few_shot(support, query, 20, 0.4), query.label)");
  CHECK(program.observations[0].labels == "query.label");
}

TEST_CASE("adaptation is gradients of the loss of each task") {
  const ir::tp::Module module = lowering::lower(accept(tasks_program));
  const ir::tp::Function& predict = *module.find(ir::FunctionRole::predict);
  const ir::ValueId output = predict.result(ir::result_name::output);
  CHECK(predict.type(output).dims.size() == 3);  // tasks, queries, classes
  CHECK(gradients_in(predict) == 6);             // three weights, two steps
  CHECK(gradients_in(*module.find({ir::FunctionRole::observe, 0})) == 60);
  CHECK(gradients_in(*module.find({ir::FunctionRole::observe, 1})) == 0);
  const std::string named = with("adapt sgd", "adapt V = sgd");
  CHECK(gradients_in(*lowering::lower(accept(named)).find(ir::FunctionRole::predict)) == 2);
}

TEST_CASE("what does not go together in tasks") {
  CHECK(only_kind(with("return net(query.x)", "return net(query.x) + net(support.x)")) == "[mixed-groups]");
  CHECK(only_kind(with("return net(query.x)", "return net(query)")) == "[group-as-value]");
  CHECK(only_kind(with("return net(query.x)", "return net(query.y)")) == "[unknown-name]");
  CHECK(only_kind(with("tanh(U @ x)", "tanh(U @ x.z)")) == "[not-a-group]");
  CHECK(only_kind(with("on cross_entropy(net(support.x), support.label)", "on sum(support.x)")) ==
        "[nothing-to-adapt]");
  CHECK(only_kind("model m\nwidth n\nparam v : [n] init zero\ndef f(x) { return mean(v * x) }\nobserve mse(f(x), y)\n"
                  "parametrization mup\n") == "[observation-without-data]");
  CHECK(only_kind(with("observe accuracy(few_shot(support, query, 20, 0.4), query.label) on test",
                       "def hidden(query) { return U @ query.x }\nobserve hidden(query) on test")) ==
        "[observed-shape]");
  CHECK(only_kind(with("axes = [class, item]", "axes = class")) == "[axes-expected]");
  CHECK(only_kind(with("axes = [class, item]", "axes = [kind, item]")) == "[item-fields]");
  CHECK(only_kind(with("where = csv(\"split.csv\", split = \"train\")", "where = \"split.csv\"")) ==
        "[where-expected]");
  CHECK(only_kind(with("support(x[d], label), query(x[d], label) = episodes(all, ways = ways, shots = 1, count = 10)",
                       "x[d], label = episodes(all, ways = ways, shots = 1, count = 10)")) == "[episode-fields]");
  CHECK(only_kind(with("= episodes(all, ways = ways, shots = 1, count = 10)", "= csv(\"a.csv\")")) ==
        "[groups-without-tasks]");
  CHECK(only_kind(with("support(x[d], label), query(x[d], label) = episodes(all, ways = ways, shots = 1",
                       "support(x[d], a(label)), query(x[d], label) = episodes(all, ways = ways, shots = 1")) ==
        "[nested-group]");
  CHECK(only_kind(with("episodes(all, ways = ways, shots = 1, count = 10)", "episodes(train, ways = ways)")) ==
        "[table-expected]");
}

const std::string by_user = R"(model by_user
width n
dim d = 2
param U : [n, d] init normal(std = 1)
param V : [1, n] init normal(std = 1)
def net(x : [d]) -> [1] { return V @ tanh(U @ x) }
def few_shot(support, query) {
  adapt sgd(lr = 0.1) on mse(net(support.x), support.y)
  return net(query.x)
}
data rows : user, x[d], y = csv("rows.csv")
data train : support(x[d], y), query(x[d], y) = episodes(rows, task = user, shots = 3, queries = 2)
data again : support(y, x[d]), query(user, x[d], y) = episodes(rows, task = user, shots = 3, queries = 2, seed = 4, count = 9)
train {
  data = train
  loss = mse(few_shot(support, query), query.y)
  optimizer = sgd(lr = 0.1)
  batch = 2
  epochs = 1
}
parametrization mup
)";

TEST_CASE("rows of a table with one value of a field are tasks") {
  const sema::Program program = accept(by_user);
  const sema::DataSet &train = program.data_sets[1], &again = program.data_sets[2];
  CHECK(train.source == sema::SourceKind::episodes);
  CHECK(train.episodes.table == "rows");
  CHECK(train.episodes.task == "user");
  CHECK_FALSE(train.episodes.seed.has_value());
  CHECK_FALSE(train.episodes.endless());
  CHECK(again.episodes.seed == 4);
  CHECK(again.episodes.count == 9);
  const auto size_of = [&](const std::string& name) {
    return std::ranges::find(program.dims, name, &sema::FiniteDim::name)->size;
  };
  CHECK(size_of(train.fields[0].rows) == 3);
  CHECK(size_of(train.fields[2].rows) == 2);
  const auto kind = [&](const std::string& from, const std::string& to) {
    return only_kind(replaced(by_user, from, to));
  };
  CHECK(kind("episodes(rows, task = user, shots = 3, queries = 2)", "episodes(train, task = user)") ==
        "[used-before-declaration]");
  CHECK(kind("episodes(rows, task = user, shots = 3, queries = 2, seed", "episodes(train, task = user, seed") ==
        "[grouped-table-expected]");
  CHECK(kind("task = user, shots = 3, queries = 2)", "task = x)") == "[task-field-expected]");
  CHECK(kind("task = user, shots = 3, queries = 2)", "task = 3)") == "[task-field-expected]");
  CHECK(kind("query(user, x[d], y)", "query(user, x[d], y, z)") == "[grouped-task-fields]");
  CHECK(kind("query(user, x[d], y)", "query(user[d], y)") == "[grouped-task-fields]");
  CHECK(kind("support(y, x[d]), query(user, x[d], y)", "query(user, x[d], y)") == "[grouped-task-fields]");
  CHECK(kind("shots = 3, queries = 2)", "shots = 0)") == "[integer-expected]");
}

}  // namespace
}  // namespace tpc::test
