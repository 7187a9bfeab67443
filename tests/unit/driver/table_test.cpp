#include "driver/report/table.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace tpc::driver;

TEST_CASE("values show as many digits as their errors allow") {
  CHECK(value_with_error(0.693147, 0.000123) == "0.69315 ± 0.00012");
  CHECK(value_with_error(12.3456, 1.5) == "12.3 ± 1.5");
  CHECK(value_with_error(1234.5, 25.0) == "1234 ± 25");
  CHECK(value_with_error(0.5, 0.0) == "0.5 ± 0");
  CHECK(value_with_error(0.5, std::nan("")) == "0.5");
  CHECK(value_with_error(5.02e43, 3.1e42) == "5.02e+43 ± 3.1e+42");
  CHECK(percent_with_error(0.9194, 0.0012) == "91.94 ± 0.12 %");
  CHECK(percent_with_error(1.0, std::nan("")) == "100.00 %");
}

TEST_CASE("columns are aligned to the right, also with characters of several bytes") {
  Table table({"step", "loss"});
  table.add({"0", "1 ± 0"});
  table.add({"10", "0.25"});
  CHECK(table.text() == "  step    loss\n     0   1 ± 0\n    10    0.25\n");
  CHECK_THROWS(table.add({"only one"}));
}
