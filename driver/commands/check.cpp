/// \file `tpc check`: parse and check only.
#include <iostream>

#include "driver/commands/commands.h"
#include "driver/compile.h"
#include "driver/report/json.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

Json check_json(const sema::Program& program) {
  Json json;
  json["model"] = program.model;
  json["ok"] = true;
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
  return json;
}

std::string check_text(const sema::Program& program) {
  std::string text = fmt::format("{}: no errors\n", program.model);
  for (const sema::Parameter& parameter : program.parameters) {
    text += fmt::format("  {} : [{}]\n", parameter.name, joined(parameter.shape));
  }
  return text;
}

}  // namespace

int command_check(const Options& options) {
  const auto compilation = compile(options, Stage::program);
  if (!compilation) return exit_user_error;
  std::cout << (options.json() ? json_text(check_json(*compilation->program)) : check_text(*compilation->program));
  return exit_success;
}

}  // namespace tpc::driver
