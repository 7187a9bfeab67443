#include "evaluation/data/data_paths.h"

#include <algorithm>
#include <filesystem>

namespace tpc::evaluation {
namespace {

using diag::Kind;

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string near = diag::nearest(word, candidates);
  return near.empty() ? std::string() : "; did you mean `" + near + "`?";
}

std::vector<std::string> names_of(const auto& declarations) {
  std::vector<std::string> names;
  for (const auto& declaration : declarations) names.push_back(declaration.name);
  return names;
}

}  // namespace

std::string in_directory(const std::string& program_directory, const std::string& path) {
  return (std::filesystem::path(program_directory) / path).string();
}

std::map<std::string, std::string> field_paths(const sema::DataSet& set, const DataBinding& binding,
                                               const std::string& program_directory) {
  std::map<std::string, std::string> paths;
  if (set.source == sema::SourceKind::items) return paths;  // one array
  if (!binding.set_paths.contains(set.name)) {
    for (const auto& [field, path] : set.field_paths) paths[field] = in_directory(program_directory, path);
  }
  if (const auto given = binding.field_paths.find(set.name); given != binding.field_paths.end()) {
    for (const auto& [field, path] : given->second) paths[field] = path;
  }
  return paths;
}

std::string table_path(const sema::DataSet& set, const DataBinding& binding, const std::string& program_directory) {
  const auto bound = binding.set_paths.find(set.name);
  if (bound != binding.set_paths.end()) return bound->second;
  switch (set.source) {
    case sema::SourceKind::inline_rows:
    case sema::SourceKind::episodes:
    case sema::SourceKind::parts:
    case sema::SourceKind::negatives: return {};
    case sema::SourceKind::items:
    case sema::SourceKind::windows:
    case sema::SourceKind::csv:
    case sema::SourceKind::npy: break;
  }
  if (!field_paths(set, binding, program_directory).empty()) return {};
  return in_directory(program_directory, set.path);
}

DataBinding bind_data(const sema::Program& program, const std::map<std::string, std::string>& options,
                      diag::Engine& diagnostics) {
  DataBinding binding;
  for (const auto& [name, path] : options) {
    const size_t dot = name.find('.');
    const std::string set_name = name.substr(0, dot);
    const auto set = std::find_if(program.data_sets.begin(), program.data_sets.end(),
                                  [&](const sema::DataSet& candidate) { return candidate.name == set_name; });
    if (set == program.data_sets.end()) {
      diagnostics.report(
          Kind::data_unknown_set,
          {{"name", name}, {"set", set_name}, {"hint", did_you_mean(set_name, names_of(program.data_sets))}});
      continue;
    }
    if (dot == std::string::npos) {
      binding.set_paths[set_name] = path;
      continue;
    }
    const std::string field_name = name.substr(dot + 1);
    std::vector<std::string> fields = names_of(set->fields);
    if (!set->items.table.empty()) fields.emplace_back(where_key);
    if (std::find(fields.begin(), fields.end(), field_name) == fields.end()) {
      diagnostics.report(
          Kind::data_unknown_field,
          {{"name", name}, {"set", set_name}, {"field", field_name}, {"hint", did_you_mean(field_name, fields)}});
      continue;
    }
    binding.field_paths[set_name][field_name] = path;
  }
  return binding;
}

std::vector<std::string> data_paths(const sema::Program& program, const DataBinding& binding,
                                    const std::string& program_directory) {
  std::vector<std::string> paths;
  std::vector<const sema::DataSet*> sets;
  for (const sema::DataSet& set : program.data_sets) {
    sets.push_back(&set);
    if (binding.set_paths.contains(set.name)) continue;
    for (const sema::DataSet& part : set.parts) sets.push_back(&part);
  }
  for (const sema::DataSet* each : sets) {
    const sema::DataSet& set = *each;
    for (const auto& [field, path] : field_paths(set, binding, program_directory)) paths.push_back(path);
    if (std::string path = table_path(set, binding, program_directory); !path.empty()) paths.push_back(std::move(path));
    for (const std::string& path : {set.items.table, set.episodes.replayed}) {
      if (!path.empty()) paths.push_back(in_directory(program_directory, path));
    }
  }
  return paths;
}

}  // namespace tpc::evaluation
