#include "driver/outputs.h"

#include <sys/stat.h>

#include <filesystem>

#include "driver/terminal/files.h"
#include "driver/terminal/png.h"
#include "evaluation/data/load.h"
#include "evaluation/training/named_vectors.h"
#include "evaluation/vectors/save_vectors.h"

namespace tpc::driver {
namespace {

std::vector<NamedFile> outputs_of(const Options& options) {
  std::vector<NamedFile> outputs;
  for (const NamedFile& file : {NamedFile{"-o", options.output}, NamedFile{"--header", options.header},
                                NamedFile{"--plot", options.plot}, NamedFile{"--csv", options.csv}}) {
    if (!file.path.empty()) outputs.push_back(file);
  }
  for (const auto& [parameter, path] : options.saves) {
    outputs.push_back({"--save", path});
    const bool array = evaluation::vector_format(path) == evaluation::VectorFormat::array;
    if (array) outputs.push_back({"--save", evaluation::words_beside(path)});
  }
  return outputs;
}

bool is_regular(const struct stat& status) { return S_ISREG(status.st_mode); }

/// Whether writing one would change the other. Pipes and devices keep nothing that could be lost.
bool same_file(const std::string& a, const std::string& b) {
  struct stat first{};
  struct stat second{};
  const bool has_first = stat(a.c_str(), &first) == 0, has_second = stat(b.c_str(), &second) == 0;
  if (has_first && has_second) {
    return is_regular(first) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
  }
  if (has_first || has_second) return false;
  std::error_code error;
  namespace fs = std::filesystem;
  return fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error);
}

}  // namespace

std::vector<NamedFile> input_files(const Compilation& compilation, const Options& options) {
  std::vector<NamedFile> inputs;
  const sema::Program& program = *compilation.program;
  const std::string directory = directory_of(options);
  if (options.file != "-") inputs.push_back({"the program", options.file});
  diag::Engine unused;  // what is wrong with --data is reported where data are read
  const auto binding = evaluation::bind_data(program, options.data_paths, unused);
  for (const std::string& path : evaluation::data_paths(program, binding, directory)) inputs.push_back({"data", path});
  for (const std::string& path : evaluation::observed_vector_paths(program, directory)) {
    inputs.push_back({"observed", path});
  }
  const auto add = [&](const char* what, const std::string& written) {
    if (!written.empty()) inputs.push_back({what, evaluation::in_directory(directory, written)});
  };
  for (const sema::FiniteDim& dim : program.dims) add("names", dim.source ? dim.source->path : "");
  for (const sema::Parameter& parameter : program.parameters) add("a start", parameter.start);
  return inputs;
}

bool outputs_are_free(Compilation& compilation, const Options& options) {
  const std::vector<NamedFile> outputs = outputs_of(options);
  if (outputs.empty()) return true;
  std::vector<NamedFile> others = input_files(compilation, options);
  bool free = true;
  for (const NamedFile& output : outputs) {
    for (const NamedFile& other : others) {
      if (!same_file(output.path, other.path)) continue;
      free = false;
      compilation.diagnostics.report(
          diag::Kind::output_is_taken,
          {{"option", output.option}, {"path", output.path}, {"other", other.path}, {"what", other.option}});
      break;
    }
    others.push_back(output);
  }
  print_diagnostics(compilation);
  return free;
}

/// Before anything is computed that would be lost; what `compile` writes takes no time to make.
void report_unwritable(Compilation& compilation, const Options& options) {
  if (options.command == Command::compile) return;
  std::vector<std::string> paths = {options.output, options.plot, options.csv};
  for (const auto& [parameter, path] : options.saves) paths.push_back(path);
  for (const std::string& path : paths) {
    const std::string why = path.empty() ? std::string() : obstacle_to_writing(path);
    if (!why.empty()) compilation.diagnostics.report(diag::Kind::cannot_write_file, {{"path", path}, {"why", why}});
  }
  const std::string no_png = is_png(options.plot) ? obstacle_to_png() : std::string();
  if (!no_png.empty())
    compilation.diagnostics.report(diag::Kind::cannot_write_file, {{"path", options.plot}, {"why", no_png}});
}

bool outputs_can_be_written(Compilation& compilation, const Options& options) {
  report_unwritable(compilation, options);
  return !print_diagnostics(compilation);
}

}  // namespace tpc::driver
