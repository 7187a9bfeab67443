#include "driver/report/json.h"

#include <algorithm>
#include <cmath>

#include "base/diag/check.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

/// Arrays that hold at most flat arrays are printed on one line.
bool on_one_line(const Json& json) {
  return json.is_array() && std::none_of(json.begin(), json.end(), [](const Json& element) {
           return element.is_object() ||
                  (element.is_array() &&
                   std::any_of(element.begin(), element.end(), [](const Json& e) { return e.is_structured(); }));
         });
}

void write(const Json& json, int depth, std::string& out);

template <class WriteElement>
void write_elements(const Json& json, char open, char close, bool one_line, int depth, std::string& out,
                    WriteElement&& write_element) {
  out += open;
  bool first = true;
  for (auto element = json.begin(); element != json.end(); ++element) {
    if (!first) out += one_line ? ", " : ",";
    if (!one_line) out += "\n" + std::string(static_cast<size_t>(depth) + 1, ' ');
    write_element(element);
    first = false;
  }
  if (!one_line && !first) out += "\n" + std::string(static_cast<size_t>(depth), ' ');
  out += close;
}

void write(const Json& json, int depth, std::string& out) {
  if (json.is_object()) {
    write_elements(json, '{', '}', false, depth, out, [&](auto element) {
      out += Json(element.key()).dump() + ": ";
      write(element.value(), depth + 1, out);
    });
  } else if (json.is_array()) {
    const bool one_line = on_one_line(json);
    write_elements(json, '[', ']', one_line, depth, out, [&](auto element) { write(*element, depth + 1, out); });
  } else if (json.is_number_float()) {
    out += json_number(json.get<double>());
  } else {
    // Names come from user files: bytes that are not UTF-8 are replaced, never a reason to fail.
    out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

Json nested(const double*& next, const std::vector<int64_t>& shape, size_t level) {
  Json array = Json::array();
  for (int64_t i = 0; i < shape[level]; ++i) {
    array.push_back(level + 1 == shape.size() ? Json(*next++) : nested(next, shape, level + 1));
  }
  return array;
}

}  // namespace

std::string json_number(double value) {
  if (!std::isfinite(value)) return "null";
  std::string text = fmt::format("{:.17g}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string json_text(const Json& json) {
  std::string out;
  write(json, 0, out);
  return out + "\n";
}

Json nested_array(const std::vector<double>& values, const std::vector<int64_t>& shape) {
  int64_t product = 1;
  for (int64_t extent : shape) product *= extent;
  TPC_CHECK(!shape.empty() && product == static_cast<int64_t>(values.size()), "an array of another shape");
  const double* next = values.data();
  return nested(next, shape, 0);
}

}  // namespace tpc::driver
