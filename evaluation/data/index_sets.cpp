#include "evaluation/data/index_sets.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "base/diag/check.h"
#include "evaluation/data/index_names.h"
#include "evaluation/sources/whole_number_rows.h"
#include "evaluation/sources/windows.h"

namespace tpc::evaluation {
namespace {

/// The list, and -1 in the places that are left.
void put_list(const std::vector<int32_t>& list, int64_t size, double* places) {
  std::fill(std::copy(list.begin(), list.end(), places), places + size, -1.0);
}

/// The windows of a text, thinned and cut anew in each pass. All passes have as many examples as the first: where
/// another one has more or fewer windows, these are spread over the examples evenly.
class WindowMaker final : public ExampleMaker {
 public:
  WindowMaker(TextWindows windows, int64_t contexts)
      : count_(windows.count()), contexts_(contexts), first_(std::make_shared<const TextWindows>(std::move(windows))) {}

  void make(int64_t example, int64_t epoch, const std::vector<double*>& fields) const override {
    const auto windows = of_epoch(epoch);
    WindowExample window;
    windows->example(window_of(example, *windows), window);
    *fields[0] = window.word;
    put_list(window.context, contexts_, fields[1]);
  }
  [[nodiscard]] int64_t place(int64_t example, int64_t epoch) const override {
    const auto windows = of_epoch(epoch);
    return windows->position(window_of(example, *windows));
  }

 private:
  [[nodiscard]] int64_t window_of(int64_t example, const TextWindows& windows) const {
    return example * windows.count() / count_;
  }

  /// A batch may lie across the end of a pass: the last two are kept.
  [[nodiscard]] std::shared_ptr<const TextWindows> of_epoch(int64_t epoch) const {
    if (epoch == 0) return first_;
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(later_, epoch, &Pass::epoch);
    if (found != later_.end()) return found->windows;
    Pass& pass = later_[std::exchange(next_, 1 - next_)];
    pass = {epoch, std::make_shared<const TextWindows>(first_->in_epoch(epoch))};
    return pass.windows;
  }

  struct Pass {
    int64_t epoch = 0;
    std::shared_ptr<const TextWindows> windows;
  };

  int64_t count_, contexts_;
  std::shared_ptr<const TextWindows> first_;
  mutable std::mutex mutex_;
  mutable std::array<Pass, 2> later_;
  mutable size_t next_ = 0;
};

class RowMaker final : public ExampleMaker {
 public:
  RowMaker(std::vector<int32_t> rows, std::vector<int64_t> sizes, int64_t columns)
      : rows_(std::move(rows)), sizes_(std::move(sizes)), columns_(columns) {}

  void make(int64_t example, int64_t, const std::vector<double*>& fields) const override {
    const int32_t* row = rows_.data() + example * columns_;
    for (size_t i = 0; i < sizes_.size(); ++i) {
      std::copy(row, row + sizes_[i], fields[i]);
      row += sizes_[i];
    }
  }

 private:
  std::vector<int32_t> rows_;
  std::vector<int64_t> sizes_;
  int64_t columns_;
};

class PartsMaker final : public ExampleMaker {
 public:
  explicit PartsMaker(std::vector<SetPart> parts) : parts_(std::move(parts)) {}

  void make(int64_t example, int64_t epoch, const std::vector<double*>& fields) const override {
    size_t first = 0;
    for (const SetPart& part : parts_) {
      if (part.drawn) {
        std::vector<int32_t> list;
        const auto word = static_cast<int32_t>(*fields[part.drawn->word_field]);
        part.drawn->sampler.draw(static_cast<uint64_t>(place(example, epoch)), epoch, word, part.drawn->field.size,
                                 list);
        put_list(list, part.drawn->field.size, fields[first++]);
        continue;
      }
      const std::vector<LoadedField>& own = part.loaded->fields;
      const std::vector<double*> places(fields.begin() + static_cast<std::ptrdiff_t>(first),
                                        fields.begin() + static_cast<std::ptrdiff_t>(first + own.size()));
      first += own.size();
      if (part.loaded->maker != nullptr) {
        part.loaded->maker->make(example, epoch, places);
        continue;
      }
      for (size_t i = 0; i < own.size(); ++i) {
        std::copy_n(own[i].values.data() + example * own[i].size, own[i].size, places[i]);
      }
    }
  }
  [[nodiscard]] int64_t place(int64_t example, int64_t epoch) const override {
    const auto& maker = parts_.front().loaded->maker;
    return maker != nullptr ? maker->place(example, epoch) : example;
  }

 private:
  std::vector<SetPart> parts_;
};

std::vector<LoadedField> fields_without_values(const sema::DataSet& set) {
  std::vector<LoadedField> fields;
  for (const sema::DataField& field : set.fields) fields.push_back({field.name, field.size, {}, !field.space.empty()});
  return fields;
}

/// Reads rows of whole numbers, a piece of the file at a time, and checks them column by column.
class IndexReader {
 public:
  struct Column {
    std::string field;
    int64_t lowest, size;
  };

  IndexReader(const std::string& path, std::vector<Column> columns)
      : path_(path), file_(path), columns_(std::move(columns)) {}

  /// Rows first .. last from 1, last = 0: to the end.
  std::variant<std::vector<int32_t>, FileError> read(uint64_t first, uint64_t last) {
    if (file_.error()) return *file_.error();
    if (!is_signed_whole(file_.type())) {
      return error("has elements of type '" + name_of(file_.type()) + "'; indices are i2 or i4");
    }
    if (file_.columns() != columns_.size()) {
      return error("has " + std::to_string(file_.columns()) + " numbers a row, but the fields have " +
                   std::to_string(columns_.size()));
    }
    if (last == 0) last = file_.rows();
    if (first > last || last > file_.rows()) return error("has " + std::to_string(file_.rows()) + " rows");
    auto fault = visit_rows(file_, path_, first - 1, last,
                            [&](uint64_t row, const int64_t* numbers) { return append(row, numbers); });
    if (fault) return std::move(*fault);
    return std::move(rows_);
  }

 private:
  [[nodiscard]] FileError error(std::string message) const { return {path_, 0, 0, std::move(message)}; }

  std::optional<FileError> append(uint64_t row, const int64_t* numbers) {
    for (size_t at = 0; at < columns_.size(); ++at) {
      const Column& column = columns_[at];
      const int64_t index = numbers[at];
      if (index < column.lowest || index >= column.size) {
        return FileError{path_, row + 1, at + 1,
                         "`" + column.field + "` is " + std::to_string(index) + ", which is not in 0.." +
                             std::to_string(column.size - 1) + (column.lowest < 0 ? ", nor -1 for none" : "")};
      }
      rows_.push_back(static_cast<int32_t>(index));
    }
    return std::nullopt;
  }

  std::string path_;
  NpyFile file_;
  std::vector<Column> columns_;
  std::vector<int32_t> rows_;
};

int64_t size_of_space(const sema::Program& program, const std::string& space) {
  return std::ranges::find(program.dims, space, &sema::FiniteDim::name)->size;
}

}  // namespace

SetOrError load_windows(const sema::Program& program, const sema::DataSet& set, const std::string& file) {
  TextWindowSettings settings;
  settings.first = set.first_row.value_or(1);
  settings.last = set.last_row.value_or(0);
  settings.window = set.windows.window;
  settings.sample = set.windows.sample;
  settings.seed = set.windows.seed;
  auto read = TextWindows::load(file, vocabulary_of(program, set.fields.front().space), settings);
  if (auto* error = std::get_if<FileError>(&read)) return std::move(*error);
  auto windows = std::get<TextWindows>(std::move(read));
  LoadedSet loaded{.name = set.name, .count = windows.count(), .fields = fields_without_values(set)};
  loaded.maker = std::make_shared<const WindowMaker>(std::move(windows), set.fields[1].size);
  return loaded;
}

SetOrError load_index_rows(const sema::Program& program, const sema::DataSet& set, const std::string& file) {
  std::vector<IndexReader::Column> columns;
  std::vector<int64_t> sizes;
  for (const sema::DataField& field : set.fields) {
    const IndexReader::Column column{field.name, static_cast<int64_t>(lowest_index(field)),
                                     size_of_space(program, field.space)};
    columns.insert(columns.end(), static_cast<size_t>(field.size), column);
    sizes.push_back(field.size);
  }
  const auto width = static_cast<int64_t>(columns.size());
  IndexReader reader(file, std::move(columns));
  auto read =
      reader.read(static_cast<uint64_t>(set.first_row.value_or(1)), static_cast<uint64_t>(set.last_row.value_or(0)));
  if (auto* error = std::get_if<FileError>(&read)) return std::move(*error);
  auto& rows = std::get<std::vector<int32_t>>(read);
  LoadedSet loaded{
      .name = set.name, .count = static_cast<int64_t>(rows.size()) / width, .fields = fields_without_values(set)};
  loaded.maker = std::make_shared<const RowMaker>(std::move(rows), std::move(sizes), width);
  return loaded;
}

LoadedSet joined(const std::string& name, std::vector<SetPart> parts) {
  TPC_CHECK(!parts.empty() && parts.front().loaded, "the first source of a data set has its examples");
  LoadedSet result{.name = name, .count = parts.front().loaded->count, .fields = {}};
  for (const SetPart& part : parts) {
    if (part.drawn) {
      result.fields.push_back(part.drawn->field);
      continue;
    }
    for (const LoadedField& field : part.loaded->fields) {
      result.fields.push_back({field.name, field.size, {}, field.indices});
    }
  }
  result.maker = std::make_shared<const PartsMaker>(std::move(parts));
  return result;
}

}  // namespace tpc::evaluation
