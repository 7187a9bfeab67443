/// \file An array of examples by class and item, in the file's own type; quarter turns of images are made when an
/// example is fetched.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "evaluation/sources/grouped_examples.h"
#include "evaluation/sources/npy_file.h"

namespace tpc::evaluation {

/// npy(ARRAY, axes = AXES, where = csv(TABLE, COLUMN = VALUE ..), turns = TURNS)
struct ArrayClassesSource {
  std::string field;                                  ///< name of the one field
  std::string array;                                  ///< .npy
  std::vector<std::string> axes = {"class", "item"};  ///< what its first dimensions are, in their order
  std::string table;                                  ///< csv; empty: all of the array
  std::map<std::string, std::string> where;           ///< only rows of the table with these values
  std::int64_t turns = 1;                             ///< classes made of each: by 0, 1, .. quarter turns, at most 4
};

/// The table says which classes there are. One with the columns `row`, `class` and `item` says what each row of the
/// array is, whose first dimension then is the row; otherwise a column `index` or `class` lists classes as numbered by
/// the array's class axis.
/// Group number k * turns + t is the k-th class in the order of the table, turned counterclockwise t times
/// (numpy.rot90); an image is the first two dimensions of an example.
/// Errors: as of NpyFile and CellReader; axes that are not the array's; an image that is not square; no class of these
/// values; an index out of range or twice.
class ArrayClasses final : public GroupedExamples {
 public:
  static std::variant<ArrayClasses, FileError> load(const ArrayClassesSource& source);

  [[nodiscard]] const std::string& file() const override { return file_; }
  [[nodiscard]] const std::vector<FieldSize>& fields() const override { return fields_; }
  [[nodiscard]] std::int64_t groups() const override { return static_cast<std::int64_t>(classes_.size()) * turns_; }
  [[nodiscard]] std::int64_t items(std::int64_t group) const override;
  [[nodiscard]] std::string name(std::int64_t group) const override;
  [[nodiscard]] std::optional<std::int64_t> find_group(std::int64_t class_number, std::int64_t turn) const override;
  [[nodiscard]] std::optional<std::int64_t> find_item(std::int64_t group, std::int64_t number) const override;
  void fetch(std::size_t field, std::int64_t group, std::int64_t item, double* out) const override;

  [[nodiscard]] std::int64_t turns() const { return turns_; }

 private:
  struct Item {
    std::int64_t number = 0;
    std::uint64_t first = 0;  ///< element of the array it begins with
  };
  struct Class {
    std::int64_t number = 0;
    std::vector<Item> items;  ///< by number
  };
  using Failure = std::optional<FileError>;

  Failure read_rows(const ArrayClassesSource& source);
  Failure read_grid(const ArrayClassesSource& source);
  Failure number_items(const std::string& table);
  Failure prepare_turns(std::int64_t turns, std::size_t image_axis);
  void add_class(std::int64_t number, std::size_t class_axis);

  std::string file_;
  NumberArray array_;
  std::vector<FieldSize> fields_;
  std::int64_t turns_ = 1;
  std::vector<std::vector<std::uint32_t>> turned_;  ///< by turn > 0: where each element of the turned image lies
  std::vector<Class> classes_;
  std::map<std::int64_t, std::int64_t> by_number_;
};

}  // namespace tpc::evaluation
