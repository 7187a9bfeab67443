#include "evaluation/data/load.h"

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/data/file_error.h"
#include "evaluation/data/index_names.h"
#include "evaluation/data/index_sets.h"
#include "evaluation/data/named_cells.h"
#include "evaluation/data/readers.h"
#include "evaluation/data/standardize.h"
#include "evaluation/data/tasks.h"
#include "evaluation/data/value_checks.h"
#include "fmt/format.h"

namespace tpc::evaluation {
namespace {

using diag::Kind;

/// A table and how to speak of its rows.
struct SourceTable {
  Table table;
  std::string file;      ///< empty: rows written in the program
  size_t first_row = 1;  ///< number of the table's first row in its source

  [[nodiscard]] std::string place(size_t row) const {
    if (file.empty()) return fmt::format("row {}", row + 1);
    if (row < table.lines.size()) return fmt::format("{}, row {}", file, table.lines[row]);
    return fmt::format("{}, row {}", file, first_row + row);
  }
};

/// Loads one data set; reports to diagnostics.
class SetLoader {
 public:
  /// `scales`: of the sets that others are standardized by, as far as they are known; outlives this.
  SetLoader(const sema::Program& program, const sema::DataSet& set, const DataBinding& binding,
            const std::string& program_directory, diag::Engine& diagnostics, ScalesBySet& scales)
      : program_(program),
        set_(set),
        binding_(binding),
        directory_(program_directory),
        diagnostics_(diagnostics),
        scales_(scales),
        checks_(program, set, diagnostics) {}

  LoadedSet load() {
    LoadedSet loaded = load_as_written();
    const std::map<std::string, std::string> scaled = standardized_fields(program_, set_);
    if (diagnostics_.has_errors()) return loaded;
    if (gives_scales(program_, set_)) learn_scales(loaded);
    for (const auto& [field, by] : scaled) {
      if (!scales_.contains(by)) SetLoader(program_, set_of(by), binding_, directory_, diagnostics_, scales_).load();
      if (diagnostics_.has_errors()) return loaded;
      standardize(loaded, field, scales_.at(by).at(field));
    }
    return loaded;
  }

 private:
  /// The numbers as they stand in the source.
  LoadedSet load_as_written() {
    loaded_.name = set_.name;
    const bool bound = binding_.set_paths.contains(set_.name);  // one file for all fields, whatever their own sources
    if (set_.source == sema::SourceKind::episodes) {
      load_episodes();
    } else if (set_.source == sema::SourceKind::parts && !bound) {
      load_parts();
    } else if (set_.source == sema::SourceKind::windows && !bound) {
      take(load_windows(program_, set_, in_directory(directory_, set_.path)));
    } else if (const std::string file = table_path(set_, binding_, directory_); is_index_array(file)) {
      take(load_index_rows(program_, set_, file));
    } else if (const auto paths = field_paths(set_, binding_, directory_); !paths.empty()) {
      load_fields(paths);
    } else {
      load_columns();
    }
    return std::move(loaded_);
  }

  [[nodiscard]] const sema::DataSet& set_of(const std::string& name) const {
    return *std::ranges::find(program_.data_sets, name, &sema::DataSet::name);
  }

  void learn_scales(const LoadedSet& loaded) {
    const auto [entry, is_new] = scales_.try_emplace(set_.name, column_scales(loaded));
    if (is_new) report_constant_columns(program_, set_, loaded, entry->second, diagnostics_);
  }

  /// Tasks of a table of classes.
  void load_episodes() {
    const auto table = std::ranges::find(program_.data_sets, set_.episodes.table, &sema::DataSet::name);
    if (!set_.episodes.task.empty()) return load_grouped(*table);
    const std::string array = table_path(*table, binding_, directory_);
    const auto path = [&](const std::string& written) {
      return written.empty() ? written : in_directory(directory_, written);
    };
    const auto bound = binding_.field_paths.find(table->name);
    const bool own = bound != binding_.field_paths.end() && bound->second.contains(where_key);
    const std::string where = own ? bound->second.at(where_key) : path(table->items.table);
    take(load_tasks(set_, *table, {array, where, path(set_.episodes.replayed)}));
  }

  /// Tasks of the rows of a table that agree in one field.
  void load_grouped(const sema::DataSet& table) {
    const LoadedSet rows = SetLoader(program_, table, binding_, directory_, diagnostics_, scales_).load();
    if (diagnostics_.has_errors()) return;
    const std::string path = table_path(table, binding_, directory_);
    const std::string place = path.empty() ? "`" + table.name + "`" : path;
    for (const sema::DataField& field : set_.fields) {
      const std::optional<int64_t> classes = checks_.classes_of(field.name);
      if (!classes) continue;
      checks_.check_classes(field.name, rows.values_of(field.name.substr(field.group.size() + 1)), *classes,
                            [&](size_t row) { return fmt::format("example {} of `{}`", row + 1, table.name); });
    }
    take(load_grouped_tasks(set_, rows, place));
  }

  void take(std::variant<LoadedSet, FileError> result) {
    if (const auto* error = std::get_if<FileError>(&result)) {
      diagnostics_.report(Kind::data_file, {{"set", set_.name}, {"place", place_of(*error)}, {"why", error->message}})
          .note("declared here", set_.span);
      return;
    }
    loaded_ = std::get<LoadedSet>(std::move(result));
  }

  /// An array of whole numbers that has all fields, which are indices.
  [[nodiscard]] bool is_index_array(const std::string& file) const {
    return !file.empty() && reader_of(file).one_field &&
           std::ranges::none_of(set_.fields, &std::string::empty, &sema::DataField::space);
  }

  /// Fields from several sources, of as many examples each.
  void load_parts() {
    std::vector<SetPart> parts;
    for (const sema::DataSet& part : set_.parts) {
      if (part.source == sema::SourceKind::negatives) {
        parts.push_back({{}, drawn(part)});
        if (!parts.back().drawn) return;
        continue;
      }
      parts.push_back({SetLoader(program_, part, {}, directory_, diagnostics_, scales_).load_as_written(), {}});
      if (diagnostics_.has_errors()) return;
      const LoadedSet &first = *parts.front().loaded, &own = *parts.back().loaded;
      if (own.count == first.count) continue;
      diagnostics_.report(Kind::data_row_counts, {{"set", set_.name},
                                                  {"field", own.fields.front().name},
                                                  {"place", part.path},
                                                  {"seen", std::to_string(own.count)},
                                                  {"other", first.fields.front().name},
                                                  {"expected", std::to_string(first.count)}});
      return;
    }
    loaded_ = joined(set_.name, std::move(parts));
  }

  /// Draws by how often the names occur. Empty: reported.
  std::optional<SetPart::Drawn> drawn(const sema::DataSet& part) {
    const sema::DataField& field = part.fields.front();
    const Vocabulary& vocabulary = vocabulary_of(program_, field.space);
    std::vector<int64_t> counts = vocabulary.counts();
    if (counts.empty() && part.negatives.power == 0.0) counts.assign(static_cast<size_t>(vocabulary.size()), 1);
    if (counts.empty()) {
      diagnostics_.report(Kind::no_counts, field.span, {{"space", field.space}});
      return std::nullopt;
    }
    const auto word = std::ranges::find(set_.fields, part.negatives.word, &sema::DataField::name);
    return SetPart::Drawn{{field.name, field.size, {}, true},
                          static_cast<size_t>(word - set_.fields.begin()),
                          NegativeSampler(counts, part.negatives.power, part.negatives.seed)};
  }

  /// Every field from its own file.
  void load_fields(const std::map<std::string, std::string>& paths) {
    for (const sema::DataField& field : set_.fields) {
      const auto path = paths.find(field.name);
      if (path == paths.end()) {
        report_field_without_path(field);
        continue;
      }
      auto source = read(path->second, {field});
      if (!source) continue;
      const auto count = static_cast<int64_t>(source->table.rows);
      if (!loaded_.fields.empty() && count != loaded_.count) {
        diagnostics_.report(Kind::data_row_counts, {{"set", set_.name},
                                                    {"field", field.name},
                                                    {"place", path->second},
                                                    {"seen", std::to_string(count)},
                                                    {"other", loaded_.fields.front().name},
                                                    {"expected", std::to_string(loaded_.count)}});
        continue;
      }
      loaded_.count = count;
      loaded_.fields.push_back({field.name, field.size, source->table.values, !field.space.empty()});
      checks_.check(field, loaded_.fields.back(), [&](size_t row) { return source->place(row); });
    }
  }

  /// All fields side by side in one table.
  void load_columns() {
    const std::optional<SourceTable> source = read_columns();
    if (!source) return;
    loaded_.count = static_cast<int64_t>(source->table.rows);
    size_t column = 0;
    for (const sema::DataField& field : set_.fields) {
      LoadedField values{field.name, field.size, {}, !field.space.empty()};
      values.values.reserve(source->table.rows * static_cast<size_t>(field.size));
      for (size_t row = 0; row < source->table.rows; ++row) {
        const double* begin = source->table.values.data() + row * source->table.columns + column;
        values.values.insert(values.values.end(), begin, begin + field.size);
      }
      if (const auto& names = source->table.names; !names.empty()) {
        const auto first = names.begin() + static_cast<std::ptrdiff_t>(column);
        values.columns.assign(first, first + field.size);
      }
      column += static_cast<size_t>(field.size);
      loaded_.fields.push_back(std::move(values));
      checks_.check(field, loaded_.fields.back(), [&](size_t row) { return source->place(row); });
    }
  }

  std::optional<SourceTable> read_columns() {
    int64_t columns = 0;
    for (const sema::DataField& field : set_.fields) columns += field.size;
    const std::string path = table_path(set_, binding_, directory_);
    if (path.empty()) {
      SourceTable source;
      source.table.columns = static_cast<size_t>(columns);
      source.table.rows = set_.rows.size() / source.table.columns;
      source.table.values = set_.rows;
      return source;
    }
    if (reader_of(path).one_field && set_.fields.size() > 1) {
      report_field_without_path(set_.fields.front());
      return {};
    }
    if (reader_of(path).one_field && !set_.columns.empty()) {
      diagnostics_.report(Kind::no_column_names, set_.span, {{"set", set_.name}, {"path", path}});
      return {};
    }
    return read(path, set_.fields);
  }

  /// The cells of these fields, if columns are taken by name, or a name stands for its index in a space that has names
  /// from a column; else empty: all of them are numbers.
  [[nodiscard]] std::vector<FieldCells> named_cells(const std::vector<sema::DataField>& fields) const {
    std::vector<FieldCells> cells;
    bool named = !set_.columns.empty();
    for (const sema::DataField& field : fields) {
      const auto dim = std::ranges::find(program_.dims, field.space, &sema::FiniteDim::name);
      const bool names =
          dim != program_.dims.end() && dim->source && dim->source->kind == sema::IndexSource::Kind::column;
      named = named || names;
      const auto columns = set_.columns.find(field.name);
      cells.push_back({field.name, static_cast<size_t>(field.size),
                       columns == set_.columns.end() ? std::vector<sema::NamedColumns>() : columns->second,
                       names ? dim->names.get() : nullptr, !field.dims.empty()});
    }
    return named ? cells : std::vector<FieldCells>();
  }

  std::optional<SourceTable> read(const std::string& path, const std::vector<sema::DataField>& fields) {
    const RowRange range = {static_cast<size_t>(set_.first_row.value_or(1)),
                            static_cast<size_t>(set_.last_row.value_or(0))};
    const Reader& reader = reader_of(path);
    const std::vector<FieldCells> cells = reader.one_field ? std::vector<FieldCells>() : named_cells(fields);
    size_t columns = 0;
    for (const sema::DataField& field : fields) columns += static_cast<size_t>(field.size);
    auto result = cells.empty() ? reader.read(path, range, columns) : read_named_cells(path, range, cells);
    if (const auto* error = std::get_if<FileError>(&result)) {
      diagnostics_.report(Kind::data_file, {{"set", set_.name}, {"place", place_of(*error)}, {"why", error->message}})
          .note("declared here, with " + layout(), set_.span);
      return {};
    }
    return SourceTable{std::get<Table>(std::move(result)), path, range.first};
  }

  /// "2 columns for x and 1 column for y"
  [[nodiscard]] std::string layout() const {
    std::string text;
    for (const sema::DataField& field : set_.fields) {
      text += fmt::format("{}{} column{} for {}", text.empty() ? "" : " and ", field.size, field.size == 1 ? "" : "s",
                          field.name);
    }
    return text;
  }

  void report_field_without_path(const sema::DataField& field) {
    diagnostics_.report(Kind::data_field_without_path, {{"set", set_.name}, {"field", field.name}});
  }

  const sema::Program& program_;
  const sema::DataSet& set_;
  const DataBinding& binding_;
  std::string directory_;
  diag::Engine& diagnostics_;
  ScalesBySet& scales_;
  ValueChecks checks_;
  LoadedSet loaded_;
};

}  // namespace

std::vector<LoadedSet> load_data(const sema::Program& program, const DataBinding& binding,
                                 const std::string& program_directory, diag::Engine& diagnostics) {
  std::vector<LoadedSet> sets;
  ScalesBySet scales;
  for (const sema::DataSet& set : program.data_sets) {
    if (set.source == sema::SourceKind::items) continue;  // read by the sets that draw from it
    sets.push_back(SetLoader(program, set, binding, program_directory, diagnostics, scales).load());
  }
  return sets;
}

std::optional<int64_t> count_examples(const sema::Program& program, const std::string& set_name,
                                      const DataBinding& binding, const std::string& program_directory,
                                      diag::Engine& diagnostics) {
  const auto set = std::find_if(program.data_sets.begin(), program.data_sets.end(),
                                [&](const sema::DataSet& candidate) { return candidate.name == set_name; });
  TPC_CHECK(set != program.data_sets.end(), "no data set named " + set_name);
  ScalesBySet scales;
  const LoadedSet loaded = SetLoader(program, *set, binding, program_directory, diagnostics, scales).load();
  return diagnostics.has_errors() ? std::nullopt : std::optional(loaded.count);
}

}  // namespace tpc::evaluation
