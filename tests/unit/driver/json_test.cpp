#include "driver/report/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace tpc::driver;

TEST_CASE("numbers have 17 significant digits and stay floating-point numbers") {
  CHECK(json_number(0.1) == "0.10000000000000001");
  CHECK(json_number(0.0) == "0.0");
  CHECK(json_number(-3.0) == "-3.0");
  CHECK(json_number(1e-9) == "1.0000000000000001e-09");
  CHECK(json_number(1e300) == "1.0000000000000001e+300");
  CHECK(json_number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(json_number(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("numbers read back bit for bit") {
  std::mt19937_64 generator(7);  // seed 7
  for (int i = 0; i < 1000; ++i) {
    const double value = std::ldexp(static_cast<double>(generator()) - 9e18, static_cast<int>(generator() % 200) - 100);
    CHECK(Json::parse(json_number(value)).get<double>() == value);
  }
}

TEST_CASE("a document") {
  Json json;
  json["name"] = "a \"quoted\" name";
  json["count"] = 3;
  json["values"] = {0.5, 1.0};
  json["error"] = nullptr;
  json["matrix"] = {{1.0, 2.0}, {3.0, 4.0}};
  json["empty"] = Json::object();
  CHECK(json_text(json) ==
        "{\n \"name\": \"a \\\"quoted\\\" name\",\n \"count\": 3,\n \"values\": [0.5, 1.0],\n \"error\": null,\n"
        " \"matrix\": [[1.0, 2.0], [3.0, 4.0]],\n \"empty\": {}\n}\n");
  CHECK(Json::parse(json_text(json)) == json);
}

TEST_CASE("bytes that are not UTF-8 do not prevent the output") {
  CHECK(json_text(Json{{"path", "\xff"}}).find("path") != std::string::npos);
}

TEST_CASE("nested arrays") {
  CHECK(nested_array({1, 2, 3, 4, 5, 6}, {2, 3}) == Json({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}));
  CHECK(nested_array({1, 2}, {1, 2, 1}) == Json({{{1.0}, {2.0}}}));
  CHECK(nested_array({}, {0, 3}) == Json::array());
  CHECK_THROWS(nested_array({1, 2, 3}, {2, 2}));
}
