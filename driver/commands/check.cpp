/// \file `tpc check`: parse and check only.
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/compile.h"
#include "driver/report/diagnostics.h"
#include "driver/report/json.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// What the program is, where it is one.
void add_program(Json& json, const sema::Program& program) {
  json["parametrization"] = program.parametrization;
  json["width"] = program.width;
  json["dims"] = Json::object();
  for (const sema::FiniteDim& dim : program.dims) json["dims"][dim.name] = dim.size;
  json["params"] = Json::array();
  for (const sema::Parameter& parameter : program.parameters) {
    json["params"].push_back({{"name", parameter.name}, {"shape", parameter.shape}});
  }
  json["data"] = Json::array();
  for (const sema::DataSet& set : program.data_sets) json["data"].push_back(set.name);
}

Json check_json(const Compilation& compilation, bool ok) {
  Json json;
  json["model"] = compilation.syntax != nullptr ? Json(compilation.syntax->model.text) : Json();
  json["ok"] = ok;
  json["file"] = compilation.source.name();
  if (ok) add_program(json, *compilation.program);
  json["diagnostics"] = diagnostics_json(compilation.source, compilation.diagnostics);
  return json;
}

std::string check_text(const sema::Program& program) {
  std::string text = fmt::format("{}: no errors\n", program.model);
  for (const sema::Parameter& parameter : program.parameters) {
    text += fmt::format("  {} : [{}]\n", parameter.name, joined(parameter.shape));
  }
  return text;
}

/// Diagnostics are the result: they are printed nowhere else.
int check_for_programs(const Options& options) {
  const auto compilation = open_program(options);
  const bool ok = compile_text(*compilation, options, Stage::program);
  std::cout << json_text(check_json(*compilation, ok));
  return ok ? exit_success : exit_user_error;
}

}  // namespace

int command_check(const Options& options) {
  if (options.json()) return check_for_programs(options);
  const auto compilation = compile(options, Stage::program);
  if (!compilation) return exit_user_error;
  std::cout << check_text(*compilation->program);
  return exit_success;
}

}  // namespace tpc::driver
