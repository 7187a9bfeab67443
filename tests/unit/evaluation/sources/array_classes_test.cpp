// Arrays by class and item, good and bad.
#include "evaluation/sources/array_classes.h"

#include <numeric>

#include "evaluation/sources/cells.h"
#include "files.h"

using namespace tpc::evaluation;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Numbers = std::vector<double>;

/// 3 classes of 2 items, images [[b, b + 1], [b + 2, b + 3]] with b = 10 * (2 class + item).
Bytes small_images() {
  Bytes values;
  for (int image = 0; image < 6; ++image) {
    for (int i = 0; i < 4; ++i) values.push_back(static_cast<std::uint8_t>(10 * image + i));
  }
  return values;
}

struct Fixture {
  Folder folder;
  ArrayClassesSource source;

  Fixture() {
    source.field = "x";
    source.array = folder.file("a.npy", npy_bytes("|u1", "(3, 2, 2, 2)", small_images()));
  }
  void table(const std::string& text) { source.table = folder.file("t.csv", text); }
  [[nodiscard]] ArrayClasses load() const { return value_of(ArrayClasses::load(source)); }
  [[nodiscard]] std::string error() const { return error_of(ArrayClasses::load(source)); }
};

Numbers fetched(const GroupedExamples& examples, std::int64_t group, std::int64_t item) {
  Numbers values(static_cast<std::size_t>(examples.fields()[0].size));
  examples.fetch(0, group, item, values.data());
  return values;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "every class of an array; a field of its own size") {
  const ArrayClasses classes = load();
  CHECK(classes.groups() == 3);
  CHECK(classes.items(1) == 2);
  CHECK(classes.fields()[0].name == "x");
  CHECK(classes.fields()[0].size == 4);
  CHECK(classes.name(2) == "class 2");
  CHECK(fetched(classes, 1, 1) == Numbers{30, 31, 32, 33});
}

TEST_CASE_FIXTURE(Fixture, "items before classes") {
  source.array = folder.file("a.npy", npy_bytes("|u1", "(2, 3, 2, 2)", small_images()));
  source.axes = {"item", "class"};
  const ArrayClasses classes = load();
  CHECK(classes.groups() == 3);
  CHECK(fetched(classes, 2, 1) == Numbers{50, 51, 52, 53});
  CHECK(fetched(classes, 1, 0) == Numbers{10, 11, 12, 13});
}

TEST_CASE_FIXTURE(Fixture, "quarter turns are classes: numpy.rot90, counterclockwise") {
  source.turns = 4;
  const ArrayClasses classes = load();
  CHECK(classes.groups() == 12);
  CHECK(classes.name(7) == "class 1, turn 3");
  CHECK(fetched(classes, 4, 0) == Numbers{20, 21, 22, 23});
  CHECK(fetched(classes, 5, 0) == Numbers{21, 23, 20, 22});
  CHECK(fetched(classes, 6, 0) == Numbers{23, 22, 21, 20});
  CHECK(fetched(classes, 7, 0) == Numbers{22, 20, 23, 21});
  CHECK(classes.find_group(1, 3) == 7);
  CHECK(classes.find_group(1, 4) == std::nullopt);
}

TEST_CASE_FIXTURE(Fixture, "images of three colours are turned too, other numbers are kept as they are") {
  std::vector<float> values(12);
  std::iota(values.begin(), values.end(), 0.5F);
  source.array = folder.file("a.npy", npy_bytes("<f4", "(1, 1, 2, 2, 3)", values));
  source.turns = 2;
  const ArrayClasses classes = load();
  CHECK(fetched(classes, 1, 0) == Numbers{3.5, 4.5, 5.5, 9.5, 10.5, 11.5, 0.5, 1.5, 2.5, 6.5, 7.5, 8.5});
}

TEST_CASE_FIXTURE(Fixture, "a table says which classes there are") {
  table("index,split,alphabet\n0,train,\"a, b\"\n1,test,c\n2,train,c\n");
  source.where = {{"split", "train"}};
  const ArrayClasses classes = load();
  CHECK(classes.groups() == 2);
  CHECK(classes.find_group(1, 0) == std::nullopt);
  CHECK(classes.find_group(2, 0) == 1);
  CHECK(fetched(classes, 1, 0) == Numbers{40, 41, 42, 43});
  source.where = {{"split", "train"}, {"alphabet", "a, b"}};
  CHECK(load().groups() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a table says what each row of an array is") {
  source.array = folder.file("a.npy", npy_bytes("|u1", "(6, 2, 2)", small_images()));
  table("row,class,item\n5,7,3\n0,7,1\n2,4,8\n");
  source.turns = 2;
  const ArrayClasses classes = load();
  CHECK(classes.groups() == 4);
  CHECK(classes.items(0) == 2);
  CHECK(classes.items(2) == 1);
  CHECK(classes.find_group(4, 1) == 3);
  CHECK(classes.find_item(0, 3) == 1);
  CHECK(classes.find_item(0, 2) == std::nullopt);
  CHECK(fetched(classes, 0, 1) == Numbers{50, 51, 52, 53});
  CHECK(fetched(classes, 3, 0) == Numbers{21, 23, 20, 22});
}

TEST_CASE_FIXTURE(Fixture, "what is wrong with arrays by class and item") {
  const auto error_with = [&](const std::string& text) {
    table(text);
    return error();
  };
  CHECK(error_with("index,split\n0,train\n3,train\n") == "t.csv:3:1 3 is not in 0..2, the classes of a.npy");
  CHECK(error_with("index\n-1\n") == "t.csv:2:1 -1 is not in 0..2, the classes of a.npy");
  CHECK(error_with("index\n1\n1\n") == "t.csv:3:1 class 1 is listed twice");
  CHECK(error_with("index\nx\n") == "t.csv:2:1 'x' is not a whole number");
  CHECK(error_with("number,split\n1,train\n") == "t.csv:1:0 no column `index`; there are `number`, `split`");
  CHECK(error_with("index,split\n1\n") == "t.csv:2:0 1 columns, but 2 are expected");
  CHECK(error_with("index,split\n") == "t.csv:1:0 has no rows");
  CHECK(error_with("") == "t.csv:0:0 is empty; its first line would name its columns");
  CHECK(error_with("row,class,item\n3,0,0\n") == "t.csv:2:1 3 is not in 0..2, the rows of a.npy");
  CHECK(error_with("row,class,item\n0,5,2\n1,5,2\n") == "t.csv:0:0 class 5 has item 2 twice");
  source.where = {{"split", "trian"}};
  CHECK(error_with("index,split\n0,train\n1,test\n") ==
        "t.csv:3:0 no row with split = \"trian\" (others are \"test\", \"train\")");
  source.where = {{"set", "a"}};
  CHECK(error_with("index,split\n0,train\n") == "t.csv:1:0 no column `set`; there are `index`, `split`");
  source.where.clear();
  source.table = folder.path("none.csv");
  CHECK(error() == "none.csv:0:0 cannot be read: No such file or directory");
  source.table.clear();
  source.axes = {"class", "row"};
  CHECK(error() == "a.npy:0:0 the axes of an array by class and item are [class, item] or [item, class]");
  source.axes = {"class", "item"};
  source.turns = 5;
  CHECK(error() == "a.npy:0:0 there are 1 to 4 quarter turns, not 5");
  source.turns = 4;
  source.array = folder.file("b.npy", npy_bytes("|u1", "(3, 2, 1, 4)", small_images()));
  CHECK(error() == "b.npy:0:0 has the shape [3, 2, 1, 4]; only square images can be turned");
  source.array = folder.file("b.npy", npy_bytes("|u1", "(24,)", small_images()));
  CHECK(error() == "b.npy:0:0 has the shape [24], without axes for class and item");
  source.array = folder.file("b.npy", npy_bytes("|u1", "(24000, 9)", small_images()));
  CHECK(error() == "b.npy:0:0 is shorter than its header says");
}

TEST_CASE("the shared images: a subset by row is the whole by class and item") {
  const auto all = shared_file("data/omniglot28.npy"), split = shared_file("data/omniglot28_split.csv");
  const auto some = shared_file("golden/experiments/omniglot_subset.npy");
  const auto rows = shared_file("golden/experiments/omniglot_subset.csv");
  if (!all || !split || !some || !rows) return;
  const ArrayClasses whole = value_of(ArrayClasses::load({"pixels", *all, {"class", "item"}, "", {}, 4}));
  const ArrayClasses subset = value_of(ArrayClasses::load({"pixels", *some, {"class", "item"}, *rows, {}, 4}));
  CHECK(whole.groups() == 4 * 1623);
  CHECK(whole.fields()[0].size == 784);
  CellReader cells(*rows);
  std::int64_t compared = 0;
  for (; cells.next(); ++compared) {
    const std::int64_t number = *cells.whole(1), item = *cells.whole(2), turn = compared % 4;
    const std::int64_t a = whole.find_group(number, turn).value(), b = subset.find_group(number, turn).value();
    CHECK(fetched(whole, a, whole.find_item(a, item).value()) == fetched(subset, b, subset.find_item(b, item).value()));
  }
  CHECK(compared == 343);
  const auto classes_of = [&](const std::string& part) {
    return value_of(ArrayClasses::load({"pixels", *all, {"class", "item"}, *split, {{"split", part}}, 1})).groups();
  };
  CHECK(classes_of("train") == 822);
  CHECK(classes_of("valid") == 142);
  CHECK(classes_of("test") == 659);
}
