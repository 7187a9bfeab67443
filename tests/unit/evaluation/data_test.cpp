#include "evaluation/data/load.h"

#include <doctest/doctest.h>

#include "driver_support.h"

using namespace tpc::driver;
using namespace tpc::evaluation;
namespace sema = tpc::sema;
namespace diag = tpc::diag;
using diag::Kind;

namespace {

/// A set `train` of x[2] and a class index y (of 3 classes), from a file in a temporary folder.
struct Fixture {
  TemporaryFolder folder;
  sema::Program program;
  diag::Engine diagnostics;
  std::map<std::string, std::string> options;

  Fixture() {
    sema::DataSet set;
    set.name = "train";
    set.fields = {{.name = "x", .dims = {"d"}, .size = 2}, {.name = "y", .dims = {}}};
    set.source = sema::SourceKind::csv;
    set.path = "train.csv";
    program.data_sets = {set};
    program.output_size = 3;
    sema::TrainPlan plan;
    plan.data = "train";
    plan.target_field = "y";
    plan.class_index = true;
    program.train = plan;
  }

  LoadedSet load() {
    const DataBinding binding = bind_data(program, options, diagnostics);
    return load_data(program, binding, folder.path(), diagnostics).front();
  }
  /// Loads train.csv with this text; there must be one error of this kind whose message has all the words.
  void check_error(const std::string& csv, Kind kind, const std::vector<std::string>& words) {
    const std::string path = folder.file("train.csv", csv);
    load();
    REQUIRE(diagnostics.all().size() == 1);
    CHECK(diagnostics.all()[0].kind == kind);
    const std::string& message = diagnostics.all()[0].message;
    CAPTURE(message);
    for (const std::string& word : words) CHECK(message.find(word) != std::string::npos);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "columns in the declared order, header skipped") {
  const std::string path = folder.file("train.csv", "a,b,label\n1,2,0\n3,4,2\n");
  const LoadedSet set = load();
  CHECK(diagnostics.all().empty());
  CHECK(set.count == 2);
  CHECK(set.field("x")->values == std::vector<double>{1, 2, 3, 4});
  CHECK(set.field("y")->values == std::vector<double>{0, 2});
  CHECK(set.field("z") == nullptr);
  CHECK(set.batch({1, 0, 1}).fields.at("x") == std::vector<double>{3, 4, 1, 2, 3, 4});
  CHECK(set.batch({1}).count == 1);
  CHECK(set.slice(1, 2).fields.at("y") == std::vector<double>{2});
}

TEST_CASE_FIXTURE(Fixture, "a range of rows") {
  program.data_sets[0].first_row = 2;
  program.data_sets[0].last_row = 3;
  const std::string path = folder.file("train.csv", "1,2,0\n3,4,1\n5,6,2\n7,8,0\n");
  CHECK(load().field("y")->values == std::vector<double>{1, 2});
}

TEST_CASE_FIXTURE(Fixture, "the program gives every field a file of its own; --data replaces one of them, or all") {
  program.data_sets[0].path.clear();
  program.data_sets[0].field_paths = {{"x", "inputs.csv"}, {"y", "labels.csv"}};
  program.data_sets[0].first_row = 2;
  const std::string inputs = folder.file("inputs.csv", "1,2\n3,4\n5,6\n");
  const std::string labels = folder.file("labels.csv", "0\n1\n2\n");
  const std::string other = folder.file("other.csv", "2\n0\n0\n");
  const std::string all = folder.file("all.csv", "7,8,1\n9,9,2\n");
  CHECK(load().field("x")->values == std::vector<double>{3, 4, 5, 6});
  CHECK(load().field("y")->values == std::vector<double>{1, 2});
  options = {{"train.y", other}};
  CHECK(load().field("x")->values == std::vector<double>{3, 4, 5, 6});
  CHECK(load().field("y")->values == std::vector<double>{0, 0});
  options = {{"train", all}};
  CHECK(load().field("x")->values == std::vector<double>{9, 9});
  CHECK(diagnostics.all().empty());
}

TEST_CASE_FIXTURE(Fixture, "labels of further losses") {
  program.train->class_index = false;
  program.train->further_labels = {{"y", 9}};
  check_error("1,8,8\n9,2,9\n", Kind::data_label_range, {"row 2", "`y` is 9", "0 to 8"});
}

TEST_CASE_FIXTURE(Fixture, "--data binds a set to another file") {
  options["train"] = folder.file("other.csv", "9,8,1\n");
  CHECK(load().field("x")->values == std::vector<double>{9, 8});
  CHECK(diagnostics.all().empty());
}

TEST_CASE_FIXTURE(Fixture, "--data binds fields to files of their own") {
  options["train.x"] = folder.file("x.csv", "1 2\n3 4\n");
  options["train.y"] = folder.file("y.csv", "2\n1\n");
  const LoadedSet set = load();
  CHECK(diagnostics.all().empty());
  CHECK(set.field("x")->values == std::vector<double>{1, 2, 3, 4});
  CHECK(set.field("y")->values == std::vector<double>{2, 1});
}

TEST_CASE_FIXTURE(Fixture, "bad files: which file, which row") {
  SUBCASE("columns") { check_error("1,2,0\n1,2\n", Kind::data_file, {"train.csv", "row 2", "3"}); }
  SUBCASE("text") { check_error("1,2,0\n1,two,0\n", Kind::data_file, {"train.csv", "row 2", "column 2", "two"}); }
  SUBCASE("nan") { check_error("a,b,c\n1,2,0\nnan,2,1\n", Kind::data_file, {"train.csv", "row 3", "finite"}); }
  SUBCASE("empty") { check_error("", Kind::data_file, {"train.csv"}); }
  SUBCASE("header only") { check_error("a,b,c\n", Kind::data_file, {"train.csv"}); }
  SUBCASE("label too large") {
    check_error("1,2,0\n1,2,3\n", Kind::data_label_range, {"train.csv", "row 2", "`y` is 3"});
  }
  SUBCASE("label with a fraction") { check_error("x,x,y\n1,2,0.5\n", Kind::data_label_range, {"row 2", "0.5"}); }
  SUBCASE("negative label") { check_error("1,2,-1\n", Kind::data_label_range, {"row 1", "-1"}); }
}

TEST_CASE_FIXTURE(Fixture, "a file that is not there") {
  load();
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].kind == Kind::data_file);
  CHECK(diagnostics.all()[0].message.find("train.csv") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "labels in the program itself") {
  program.data_sets[0].source = sema::SourceKind::inline_rows;
  program.data_sets[0].rows = {1, 2, 0, 1, 2, 7};
  load();
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].kind == Kind::data_label_range);
  CHECK(diagnostics.all()[0].message.find("row 2") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "fields with different numbers of examples") {
  options["train.x"] = folder.file("x.csv", "1 2\n3 4\n");
  options["train.y"] = folder.file("y.csv", "2\n");
  load();
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].kind == Kind::data_row_counts);
}

TEST_CASE_FIXTURE(Fixture, "a field without a file of its own") {
  options["train.x"] = folder.file("x.csv", "1 2\n");
  load();
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].kind == Kind::data_field_without_path);
}

TEST_CASE_FIXTURE(Fixture, "names that are not declared") {
  options["trian"] = "a.csv";
  options["train.z"] = "b.csv";
  bind_data(program, options, diagnostics);
  REQUIRE(diagnostics.all().size() == 2);
  CHECK(diagnostics.all()[0].kind == Kind::data_unknown_field);
  CHECK(diagnostics.all()[1].kind == Kind::data_unknown_set);
  CHECK(diagnostics.all()[1].message.find("did you mean `train`") != std::string::npos);
}
