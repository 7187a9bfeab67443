/// \file A checked program: what the rest of the compiler and the driver need to know of a `.tp` file. Everything is
/// resolved (names, shapes, constants, exponents, `--set` and `--param` overrides); nothing refers to syntax but spans.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diag/span.h"
#include "frontend/ast/ast.h"
#include "frontend/sema/term.h"
#include "ir/core/module.h"
#include "ir/core/optimizer.h"

namespace tpc::sema {

/// The names of a dimension's indices 0, 1, ...
class IndexNames {
 public:
  virtual ~IndexNames() = default;
  [[nodiscard]] virtual int64_t size() const = 0;
  /// Precondition: 0 <= index < size.
  [[nodiscard]] virtual std::string_view name(int64_t index) const = 0;
  /// -1: no index has this name.
  [[nodiscard]] virtual int64_t find(std::string_view name) const = 0;
};

/// vocabulary("corpus.txt", first = 2000000, min_count = 115), vocabulary(list = "words.txt") or
/// items("ratings.csv", column = "user")
struct IndexSource {
  enum class Kind { corpus, list, column } kind = Kind::corpus;
  std::string path;              ///< as written
  std::optional<int64_t> first;  ///< of a corpus: only so many of its words are read
  int64_t min_count = 1;         ///< of a corpus: of a word
  std::string column;
  friend bool operator==(const IndexSource&, const IndexSource&) = default;
};

/// A column group of a data set: `x[d]`, or `y` (size 1, `indexed`: a number or class index per example).
struct DataField {
  std::string name = {};               ///< of a group's field: "support.pixels"
  std::vector<std::string> dims = {};  ///< names of dimensions or numbers as written; empty: one number
  int64_t size = 1;                    ///< of the dims
  std::string group = {};              ///< "support"; empty: the field is one of the example
  std::string rows = {};               ///< the dimension that counts the group's rows
  std::string space = {};  ///< the dimension whose indices the values are; -1: absent, in a list. Empty: numbers
  bool at_most = false;    ///< of a list of indices: it has so many, or fewer
  Span span = {};
};

/// What a compiled program calls the field `name` with these rows: itself, or where data sets have groups of different
/// sizes "support'.pixels", by the dimension that counts the rows. Every such field has one shape in the whole program.
std::string input_name(const std::string& name, const std::string& rows);

enum class SourceKind {
  inline_rows,
  items,      ///< an array by class and item (ItemArray): what episodes are drawn from
  episodes,   ///< tasks (Episodes)
  windows,    ///< words of a text with those around them (TextWindows)
  negatives,  ///< indices drawn by how often they occur (Negatives)
  parts,      ///< fields from several sources
#define TPC_DATA_SOURCE(kind, one_field) kind,
#include "frontend/sema/data_sources.def"
};

/// npy(FILE, axes = [class, item], where = csv(FILE, split = "train"), turns = 4)
struct ItemArray {
  std::vector<std::string> axes;  ///< the names of the array's first two axes
  std::string table;              ///< the file of `where`, as written; empty: every class
  std::string column, value;      ///< the rows that count: those with this value; both empty: all
  int64_t turns = 1;              ///< every quarter turn of a class, of so many, is a class of its own
};

/// episodes(TABLE, ways = 5, shots = 1, queries = 1, seed = 1, count = 100), episodes(TABLE, from = FILE), or
/// episodes(TABLE, task = FIELD, shots = 3, queries = 2): the rows with one value of FIELD are a task
struct Episodes {
  std::string table;  ///< name of a data set
  int64_t ways = 0, shots = 0, queries = 0;
  std::optional<uint64_t> seed = 1;  ///< by a field, empty: the first rows of each task
  std::optional<int64_t> count;      ///< empty: new tasks forever; by a field: as many as the field has values
  std::string replayed;              ///< the file to replay; empty: tasks are drawn
  std::string task;                  ///< the field; empty: tasks are drawn from classes

  [[nodiscard]] bool endless() const { return replayed.empty() && task.empty() && !count; }
};

/// windows("corpus.txt", rows = 1..1950000, window = 8, sample = 1e-4, seed = 1); the text is DataSet::path
struct TextWindows {
  int64_t window = 1;
  std::optional<double> sample;  ///< empty: frequent words are not thinned out
  uint64_t seed = 1;
};

/// negatives(word, power = 0.75, seed = 2): as many draws as the field has places; one equal to the word is dropped
struct Negatives {
  std::string word;  ///< a field of the data set
  double power = 0.75;
  uint64_t seed = 1;
};

/// Columns of a table by the names in its first line: one, or all from one to another.
struct NamedColumns {
  std::string first;
  std::string last;  ///< empty: one column
};

struct DataSet {
  std::string name;
  std::vector<DataField> fields;
  SourceKind source = SourceKind::inline_rows;
  std::vector<double> rows;                        ///< inline: row-major, all fields side by side
  std::string path;                                ///< of all fields side by side: as written, relative to the .tp file
  std::map<std::string, std::string> field_paths;  ///< by field, if each has a file of its own; then all are there
  /// By field: the columns of `path` that it is made of; then all fields are there. Empty: columns in their order.
  std::map<std::string, std::vector<NamedColumns>> columns;
  /// The data set whose means and deviations its inputs are shifted and scaled by (is_standardized); empty: they are
  /// not. Of SourceKind::parts: what each part says.
  std::string standardized_by;
  ItemArray items;                             ///< of SourceKind::items; the array's file is `path`
  Episodes episodes;                           ///< of SourceKind::episodes
  TextWindows windows;                         ///< of SourceKind::windows
  Negatives negatives;                         ///< of SourceKind::negatives
  std::vector<DataSet> parts;                  ///< of SourceKind::parts, in the order of the fields
  std::optional<int64_t> first_row, last_row;  ///< 1-based and inclusive, of the file's data rows; empty: all
  Span span;
};

struct TrainPlan {
  std::string data;                      ///< name of a data set
  std::optional<int64_t> batch;          ///< empty: full
  std::optional<uint64_t> shuffle_seed;  ///< empty: data order; else a new permutation every epoch
  std::optional<int64_t> steps, epochs;  ///< exactly one is set
  ir::OptimizerSettings optimizer;
  /// The loss of one example, a number: argument i is the field loss_fields[i]. Its first terms are those of the
  /// network's body.
  Body loss;
  std::vector<std::string> loss_fields;
  /// The loss depends on the parameters through the network's output alone.
  bool of_output_alone = true;
  // Of the output's own term of the loss (if there are several, of the first that compares it with classes):
  Loss output_loss = Loss::mse;
  bool classifies = false;   ///< the outputs are scores of classes: accuracy is reported where labels are known
  std::string target_field;  ///< y, if the target is a field itself; else empty
  bool class_index = false;  ///< the target is the index of a class, a field without dims
  /// Class indices that other terms compare with: the field, and how many classes there are.
  std::vector<std::pair<std::string, int64_t>> further_labels;
  Span span;
};

/// values: of another def, for every example. measure: a loss of the examples, or the share of scores that are largest
/// at the right class.
enum class ObservationKind { outputs, gram, values, measure };

struct Observation {
  ObservationKind kind = ObservationKind::outputs;
  std::string text = {};                 ///< as written, e.g. "gram(z2)"
  ir::FunctionKey function = {};         ///< of the TP IR module: predict, or observe and a number
  TermId value = {};                     ///< gram: of the network's body
  Body body = {};                        ///< values, measure: of one example; of accuracy, the scores
  std::vector<std::string> fields = {};  ///< the data fields of that body's arguments
  std::string labels = {};               ///< measure, accuracy: the field the scores are compared with; a loss has none
  std::vector<std::string> data_sets = {};
  Span span = {};
};

/// analogies(U, "questions.txt", top = 30000), nearest(U, "king queen", count = 5) or pca(U, "cities.txt"): of the rows
/// of a table whose first dimension has names, at the end of the training.
struct NamedVectors {
  enum class Kind { analogies, nearest, pca } kind = Kind::analogies;
  std::string text;             ///< as written
  size_t parameter = 0;         ///< of Program::parameters
  std::string space;            ///< its first dimension
  std::string path;             ///< analogies, pca: of the questions, of a list of names
  std::vector<std::string> of;  ///< nearest: names of the space
  int64_t count = 0;            ///< analogies: only so many of the first names; nearest: how many neighbours
  Span span;
};

struct Parameter {
  std::string name;                ///< of a member of a family: "W[2]"
  std::string family;              ///< "W"; empty: a single parameter
  std::vector<std::string> shape;  ///< as written, e.g. {"k", "n"}
  ir::Role role = ir::Role::input;
  ir::Init init;
  ir::Rational a, b, c;
  std::optional<ir::Rational> d;  ///< entrywise optimizers see n^d times the gradient; empty: so that they see order 1
  double learning_rate_factor = 1.0;  ///< of this weight, times the training step's learning rate
  std::string start;  ///< the file of its initial values, a network of one width; then `init` is what it is a draw of
  Span span;
};

struct FiniteDim {
  std::string name;
  int64_t size = 0;
  Span span;
  std::optional<IndexSource> source = {};        ///< of the names of its indices, where they have some
  std::shared_ptr<const IndexNames> names = {};  ///< read from there
  /// The places of a field that lists indices, of which some may be absent: sums over it count those present.
  bool list = false;
};

/// The def that is the model, inlined to operations: argument i is the data field inputs[i] of one example.
struct Network {
  std::string definition;  ///< its name, e.g. "net"
  Body body;               ///< body.result has no dimension or one finite dimension
};

/// A def that is checked once, whatever it is called with: argument i is parameter i.
struct RowFunction {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<Shape> shapes;  ///< of the parameters
  Body body;
};

/// A dimension that grows: n itself, or one in a fixed ratio to it, `width m = 4 n`.
struct Width {
  std::string name;
  ir::Rational ratio = ir::Rational(1);  ///< m / n
};

struct Program {
  std::string model;
  std::string width;          ///< its name in the file, usually "n"
  std::vector<Width> widths;  ///< in file order, `width` the first of them
  std::vector<FiniteDim> dims;
  std::vector<Parameter> parameters;  ///< in file order
  std::string parametrization;        ///< "mup", "custom", ...
  std::vector<DataSet> data_sets;
  std::vector<std::string> inputs;  ///< the fields the network reads, in the order of the def's parameters
  int64_t output_size = 0;
  std::optional<TrainPlan> train;
  std::vector<Observation> observations;
  std::vector<NamedVectors> named_vectors;
  Network network;                         ///< for lowering
  std::vector<RowFunction> row_functions;  ///< in the order of the file
  std::shared_ptr<const ast::Program> syntax;
};

/// Whether `standardize = ..` acts on a field of a table: a number that the network reads, itself or in tasks that are
/// drawn from the table; never indices and the index of a class.
bool is_standardized(const Program& program, const DataField& field);

/// Whether parameters adapt to tasks; and the program in which they stay what training made of them.
bool adapts(const Program& program);
Program without_adaptation(Program program);

/// Whether examples are tasks: some data set has groups of rows.
bool has_groups(const Program& program);

/// The width that an axis is; null: it is finite.
const Width* width_of(const Program& program, const std::string& axis);
size_t width_count(const Program& program, const Shape& shape);

/// How many indices a finite axis of a shape has: the size of its dimension, or the number as it is written.
int64_t axis_size(const Program& program, const std::string& axis);

/// The program whose network is this function, neither trained nor observed: its data fields are the parameters.
Program network_of(const Program& program, const RowFunction& function);

/// How many iterations the longest of the loops has that are dimensions; 0: none is.
int64_t longest_loop(const Program& program);

}  // namespace tpc::sema
