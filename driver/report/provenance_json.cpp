#include "driver/report/provenance_json.h"

#include "driver/report/json.h"

namespace tpc::driver {
namespace {

Json file_json(const HashedFile& file) {
  return {{"file", file.path}, {"sha256", file.sha256 ? Json(*file.sha256) : Json()}};
}

}  // namespace

Json provenance_json(const Provenance& provenance, const Options& options) {
  Json json = {{"version", provenance.version}, {"program", file_json(provenance.program)}, {"data", Json::array()}};
  for (const HashedFile& file : provenance.data) json["data"].push_back(file_json(file));
  json["settings"] = Json::object();
  for (const auto& [name, value] : options.values) json["settings"][name] = value;
  json["param"] = options.parametrization ? Json(*options.parametrization) : Json();
  json["seed"] = options.seed;
  return json;
}

Json provenance_json(const Compilation& compilation, const Options& options) {
  return provenance_json(provenance_of(compilation, options), options);
}

}  // namespace tpc::driver
