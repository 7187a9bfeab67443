#include "evaluation/sources/array_classes.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "evaluation/sources/cells.h"

namespace tpc::evaluation {
namespace {

/// The rows of a table that have the wanted values.
class SelectedRows {
 public:
  SelectedRows(CellReader& cells, const std::map<std::string, std::string>& where) : cells_(cells) {
    for (const auto& [name, value] : where) {
      if (const auto column = cells.column(name)) conditions_.push_back({*column, name, value, {}});
    }
  }

  bool next() {
    while (cells_.next()) {
      bool wanted = true;
      for (Condition& condition : conditions_) {
        const std::string& cell = cells_.cell(condition.column);
        if (cell == condition.value) continue;
        wanted = false;
        if (condition.others.size() < most_others) condition.others.insert(cell.substr(0, 40));
      }
      any_ = any_ || wanted;
      if (wanted) return true;
    }
    if (!any_) cells_.reject(std::nullopt, none());
    return false;
  }

 private:
  static constexpr std::size_t most_others = 10;
  struct Condition {
    std::size_t column;
    std::string name, value;
    std::set<std::string> others;
  };

  [[nodiscard]] std::string none() const {
    if (conditions_.empty()) return "has no rows";
    std::string text = "no row with";
    for (const Condition& condition : conditions_) {
      text += (&condition == conditions_.data() ? " " : " and ") + condition.name + " = \"" + condition.value + "\"";
      std::string others;
      for (const std::string& other : condition.others) others += (others.empty() ? "\"" : ", \"") + other + "\"";
      if (!others.empty()) text += " (others are " + others + ")";
    }
    return text;
  }

  CellReader& cells_;
  std::vector<Condition> conditions_;
  bool any_ = false;
};

std::string numbers_of(const std::vector<std::uint64_t>& shape) {
  std::string text = "[";
  for (std::uint64_t length : shape) text += (text.size() == 1 ? "" : ", ") + std::to_string(length);
  return text + "]";
}

std::uint64_t product_from(const std::vector<std::uint64_t>& shape, std::size_t begin) {
  std::uint64_t product = 1;
  for (std::size_t i = begin; i < shape.size(); ++i) product *= shape[i];
  return product;
}

/// A whole number of a cell in 0 .. bound - 1.
std::optional<std::int64_t> index_below(CellReader& cells, std::size_t column, std::uint64_t bound,
                                        const std::string& of) {
  const auto number = cells.whole(column);
  if (!number) return std::nullopt;
  if (*number >= 0 && static_cast<std::uint64_t>(*number) < bound) return number;
  cells.reject(column, std::to_string(*number) + " is not in 0.." + std::to_string(bound - 1) + ", the " + of);
  return std::nullopt;
}

}  // namespace

std::variant<ArrayClasses, FileError> ArrayClasses::load(const ArrayClassesSource& source) {
  auto array = read_array(source.array);
  if (const auto* error = std::get_if<FileError>(&array)) return *error;
  ArrayClasses classes;
  classes.file_ = source.array;
  classes.array_ = std::get<NumberArray>(std::move(array));
  bool by_row = false;
  if (!source.table.empty()) {
    const CellReader table(source.table);
    if (table.error()) return *table.error();
    by_row = table.has("row");
  }
  if (Failure failure = by_row ? classes.read_rows(source) : classes.read_grid(source)) return *failure;
  if (Failure failure = classes.number_items(source.table)) return *failure;
  if (Failure failure = classes.prepare_turns(source.turns, by_row ? 1 : 2)) return *failure;
  classes.fields_ = {{source.field, static_cast<std::int64_t>(product_from(classes.array_.shape, by_row ? 1 : 2))}};
  return classes;
}

ArrayClasses::Failure ArrayClasses::read_rows(const ArrayClassesSource& source) {
  CellReader cells(source.table);
  SelectedRows rows(cells, source.where);
  const auto row_column = cells.column("row"), class_column = cells.column("class"), item_column = cells.column("item");
  if (cells.error()) return cells.error();
  const std::uint64_t size = product_from(array_.shape, 1);
  while (rows.next()) {
    const auto row = index_below(cells, *row_column, array_.shape.empty() ? 1 : array_.shape[0], "rows of " + file_);
    const auto number = cells.whole(*class_column), item = cells.whole(*item_column);
    if (!row || !number || !item) break;
    const auto [found, added] = by_number_.try_emplace(*number, static_cast<std::int64_t>(classes_.size()));
    if (added) classes_.push_back({*number, {}});
    classes_[static_cast<std::size_t>(found->second)].items.push_back({*item, static_cast<std::uint64_t>(*row) * size});
  }
  return cells.error();
}

ArrayClasses::Failure ArrayClasses::read_grid(const ArrayClassesSource& source) {
  const bool class_first = source.axes == std::vector<std::string>{"class", "item"};
  if (!class_first && source.axes != std::vector<std::string>{"item", "class"}) {
    return FileError{file_, 0, 0, "the axes of an array by class and item are [class, item] or [item, class]"};
  }
  if (array_.shape.size() < 2) {
    return FileError{file_, 0, 0, "has the shape " + numbers_of(array_.shape) + ", without axes for class and item"};
  }
  const std::size_t class_axis = class_first ? 0 : 1;
  const std::uint64_t count = array_.shape[class_axis];
  if (source.table.empty()) {
    for (std::uint64_t number = 0; number < count; ++number) add_class(static_cast<std::int64_t>(number), class_axis);
    return std::nullopt;
  }
  CellReader cells(source.table);
  SelectedRows rows(cells, source.where);
  const auto column = cells.column(cells.has("class") ? "class" : "index");
  if (cells.error()) return cells.error();
  while (rows.next()) {
    const auto number = index_below(cells, *column, count, "classes of " + file_);
    if (!number) break;
    if (by_number_.contains(*number)) cells.reject(*column, "class " + std::to_string(*number) + " is listed twice");
    add_class(*number, class_axis);
  }
  return cells.error();
}

void ArrayClasses::add_class(std::int64_t number, std::size_t class_axis) {
  const std::uint64_t size = product_from(array_.shape, 2), items = array_.shape[1 - class_axis];
  const std::uint64_t class_stride = class_axis == 0 ? items : 1, item_stride = class_axis == 0 ? 1 : array_.shape[1];
  by_number_[number] = static_cast<std::int64_t>(classes_.size());
  Class& added = classes_.emplace_back(Class{number, {}});
  for (std::uint64_t item = 0; item < items; ++item) {
    const std::uint64_t at = static_cast<std::uint64_t>(number) * class_stride + item * item_stride;
    added.items.push_back({static_cast<std::int64_t>(item), at * size});
  }
}

ArrayClasses::Failure ArrayClasses::number_items(const std::string& table) {
  for (Class& one : classes_) {
    const auto by_number = [](const Item& a, const Item& b) { return a.number < b.number; };
    std::stable_sort(one.items.begin(), one.items.end(), by_number);
    const auto twice = std::adjacent_find(one.items.begin(), one.items.end(),
                                          [](const Item& a, const Item& b) { return a.number == b.number; });
    if (twice == one.items.end()) continue;
    return FileError{table, 0, 0,
                     "class " + std::to_string(one.number) + " has item " + std::to_string(twice->number) + " twice"};
  }
  return std::nullopt;
}

/// numpy.rot90: the turned image has at (i, j) what was at (j, side - 1 - i); twice and three times likewise.
ArrayClasses::Failure ArrayClasses::prepare_turns(std::int64_t turns, std::size_t image_axis) {
  if (turns < 1 || turns > 4) {
    return FileError{file_, 0, 0, "there are 1 to 4 quarter turns, not " + std::to_string(turns)};
  }
  turns_ = turns;
  if (turns == 1) return std::nullopt;
  const auto& shape = array_.shape;
  if (shape.size() < image_axis + 2 || shape[image_axis] != shape[image_axis + 1]) {
    return FileError{file_, 0, 0, "has the shape " + numbers_of(shape) + "; only square images can be turned"};
  }
  const auto side = static_cast<std::uint32_t>(shape[image_axis]);
  const std::uint64_t depth = product_from(shape, image_axis + 2);
  if (static_cast<std::uint64_t>(side) * side * depth > UINT32_MAX) {
    return FileError{file_, 0, 0, "has images too large to be turned"};
  }
  std::vector<std::uint32_t> order(side * side * depth);
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  turned_.assign(1, {});
  for (std::int64_t turn = 1; turn < turns; ++turn) {
    std::vector<std::uint32_t> next(order.size());
    for (std::uint32_t i = 0; i < side; ++i) {
      for (std::uint32_t j = 0; j < side; ++j) {
        const std::uint64_t from = (std::uint64_t{j} * side + (side - 1 - i)) * depth;
        std::copy_n(order.begin() + static_cast<std::ptrdiff_t>(from), depth,
                    next.begin() + static_cast<std::ptrdiff_t>((std::uint64_t{i} * side + j) * depth));
      }
    }
    turned_.push_back(next);
    order = std::move(next);
  }
  return std::nullopt;
}

std::int64_t ArrayClasses::items(std::int64_t group) const {
  return static_cast<std::int64_t>(classes_[static_cast<std::size_t>(group / turns_)].items.size());
}

std::string ArrayClasses::name(std::int64_t group) const {
  const std::string text = "class " + std::to_string(classes_[static_cast<std::size_t>(group / turns_)].number);
  return turns_ == 1 ? text : text + ", turn " + std::to_string(group % turns_);
}

std::optional<std::int64_t> ArrayClasses::find_group(std::int64_t class_number, std::int64_t turn) const {
  const auto found = by_number_.find(class_number);
  if (found == by_number_.end() || turn < 0 || turn >= turns_) return std::nullopt;
  return found->second * turns_ + turn;
}

std::optional<std::int64_t> ArrayClasses::find_item(std::int64_t group, std::int64_t number) const {
  const std::vector<Item>& items = classes_[static_cast<std::size_t>(group / turns_)].items;
  const auto found = std::lower_bound(items.begin(), items.end(), number,
                                      [](const Item& item, std::int64_t wanted) { return item.number < wanted; });
  if (found == items.end() || found->number != number) return std::nullopt;
  return found - items.begin();
}

void ArrayClasses::fetch(std::size_t, std::int64_t group, std::int64_t item, double* out) const {
  const Class& one = classes_[static_cast<std::size_t>(group / turns_)];
  const std::uint64_t first = one.items[static_cast<std::size_t>(item)].first;
  const auto turn = static_cast<std::size_t>(group % turns_);
  const auto size = static_cast<std::size_t>(fields_[0].size);
  std::visit(
      [&]<class T>(std::type_identity<T>) {
        const char* bytes = array_.bytes.data() + first * sizeof(T);
        const auto element = [bytes](std::size_t at) {
          T value;
          std::memcpy(&value, bytes + at * sizeof(T), sizeof(T));
          return static_cast<double>(value);
        };
        if (turn == 0) {
          for (std::size_t i = 0; i < size; ++i) out[i] = element(i);
        } else {
          for (std::size_t i = 0; i < size; ++i) out[i] = element(turned_[turn][i]);
        }
      },
      array_.type);
}

}  // namespace tpc::evaluation
