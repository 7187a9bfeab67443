// Files with numbers, good and bad.
#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "evaluation/sources/csv.h"
#include "evaluation/sources/npy.h"

using namespace tpc::evaluation;

namespace {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes)
      : path((std::filesystem::temp_directory_path() / "tpc_runtime_test_table").string()) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string path;
};

TableOrError csv(const std::string& text, const RowRange& range = {}, std::size_t columns = 0) {
  return read_csv(TemporaryFile(text).path, range, columns);
}

std::vector<double> values(const TableOrError& result) {
  if (const auto* error = std::get_if<FileError>(&result)) FAIL(error->message);
  return std::get<Table>(result).values;
}

/// "row:column message" of an error.
std::string error(const TableOrError& result) {
  const auto* found = std::get_if<FileError>(&result);
  if (found == nullptr) return "no error";
  return std::to_string(found->row) + ":" + std::to_string(found->column) + " " + found->message;
}

std::string npy(const std::string& header, const std::string& data, int version = 1) {
  std::string text = header;
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  const std::size_t length = text.size();
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) bytes += static_cast<char>(length >> (8 * i) & 0xff);
  return bytes + text + data;
}

std::string npy_header(const std::string& type, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }         \n";
}

template <class T>
std::string raw(std::initializer_list<T> numbers) {
  std::string bytes(numbers.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), numbers.begin(), bytes.size());
  return bytes;
}

TableOrError array(const std::string& bytes, const RowRange& range = {}, std::size_t columns = 0) {
  return read_npy(TemporaryFile(bytes).path, range, columns);
}

}  // namespace

TEST_CASE("csv: separators, headers, quotes, line ends, row ranges") {
  const std::vector<double> expected = {1, 2.5, -3e2, 4};
  CHECK(values(csv("1,2.5\n-3e2,4\n")) == expected);
  CHECK(values(csv("1;2.5\r\n-3e2;4")) == expected);
  CHECK(values(csv("  1   2.5\n\n-3e2\t+4\n\n")) == expected);
  CHECK(values(csv("\xef\xbb\xbf\"a b\", \"c,d\"\n1 , 2.5\n \"-3e2\",\" 4 \"\n")) == expected);
  const Table table = std::get<Table>(csv("a,b\n1,2\n3,4\n5,6\n", {2, 3}));
  CHECK(table.rows == 2);
  CHECK(table.columns == 2);
  CHECK(table.values == std::vector<double>{3, 4, 5, 6});
  CHECK(values(csv("1\n2\n3\n", {3, 0})) == std::vector<double>{3});
  // Rows outside the range are not looked at.
  CHECK(values(csv("1,2\n3,4\nx,y,z\n", {1, 2}, 2)) == std::vector<double>{1, 2, 3, 4});
  CHECK(values(csv("# a,b\n1,2\n\n# the end\n")) == std::vector<double>{1, 2});
  CHECK(values(csv("1e-999\n")) == std::vector<double>{0.0});
}

TEST_CASE("csv: errors name row, column and cause") {
  CHECK(error(read_csv("/nonexistent/table.csv")).find("cannot be read") != std::string::npos);
  CHECK(error(read_csv("/tmp")) != "no error");
  CHECK(error(csv("")) == "0:0 has no rows of numbers");
  CHECK(error(csv("a,b\n")) == "0:0 has no rows of numbers; its first line, `a,b`, was read as a header");
  CHECK(error(csv("1,2\n3,4,5\n")) == "2:0 3 columns, but 2 are expected");
  CHECK(error(csv("1,2\n", {}, 3)) == "1:0 2 columns, but 3 are expected");
  CHECK(error(csv("a,b\n1,2\n3,x\n")) == "3:2 'x' is not a number");
  CHECK(error(csv("1,2x\n")) == "1:2 '2x' is not a number");
  CHECK(error(csv("1,2\n3,\n")) == "2:2 empty cell");
  CHECK(error(csv("1,2\nnan,4\n")) == "2:1 'nan' is not a finite number");
  CHECK(error(csv("1,2\n3,-inf\n")) == "2:2 '-inf' is not a finite number");
  CHECK(error(csv("1\n1e999\n")) == "2:1 '1e999' is not a finite number");
  CHECK(error(csv("1\n2\n", {1, 3})) == "0:0 has 2 rows, not the rows 1 to 3");
  CHECK(error(csv("1\n2\n", {3, 0})) == "0:0 has 2 rows, not the rows 3 to the end");
  CHECK(error(csv("1\n2\n", {0, 1})) != "no error");
}

TEST_CASE("npy: element types, shapes, versions, row ranges") {
  const std::vector<double> expected = {1, 2, 3, 4};
  CHECK(values(array(npy(npy_header("|u1", "(2, 2)"), raw<unsigned char>({1, 2, 3, 4})))) == expected);
  CHECK(values(array(npy(npy_header("<i2", "(4,)"), raw<short>({1, 2, 3, 4})))) == expected);
  CHECK(values(array(npy(npy_header("<u4", "(1, 2, 2)"), raw<unsigned>({1, 2, 3, 4})))) == expected);
  CHECK(values(array(npy(npy_header("<i8", "(2, 2)"), raw<long>({1, 2, 3, 4})))) == expected);
  CHECK(values(array(npy(npy_header("<f4", "(2, 2)"), raw<float>({1, 2, 3, 4}), 2))) == expected);
  const std::string doubles = npy(npy_header("<f8", "(3, 2, 1)"), raw<double>({1, 2, 3, 4, 5, 6}));
  const Table table = std::get<Table>(array(doubles, {2, 3}, 2));
  CHECK(table.rows == 2);
  CHECK(table.columns == 2);
  CHECK(table.values == std::vector<double>{3, 4, 5, 6});
}

TEST_CASE("npy: malformed files are refused before anything is allocated") {
  const std::string data = raw<double>({1, 2, 3, 4});
  CHECK(error(read_npy("/nonexistent/array.npy")) != "no error");
  CHECK(error(array("")) == "0:0 is not a NumPy array");
  CHECK(error(array("1,2,3,4,5,6,7,8,9")) == "0:0 is not a NumPy array");
  CHECK(error(array(npy(npy_header("<f8", "(2, 2)"), data).substr(0, 30))) == "0:0 ends within its header");
  CHECK(error(array(npy(npy_header("<f8", "(2, 2)"), data, 7))) == "0:0 has an unknown version of the NumPy format");
  CHECK(error(array(npy(npy_header(">f8", "(2, 2)"), data))).find("big-endian") != std::string::npos);
  CHECK(error(array(npy(npy_header("<c16", "(2,)"), data))).find("'c16'") != std::string::npos);
  CHECK(error(array(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }\n", data))).find("Fortran") !=
        std::string::npos);
  for (const char* header :
       {"", "{}", "{'descr': '<f8', 'fortran_order': False}", "{'descr' '<f8'",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (4,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 4}", "{'descr': '<f8', 'fortran_order': False, 'shape': (4",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-4,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4 4,)}", "{'descr': '", "{'descr':", "{'shape'"}) {
    CAPTURE(header);
    CHECK(error(array(npy(header, data))) != "no error");
  }
  CHECK(error(array(npy(npy_header("<f8", "(99999999999, 99999999999)"), data))) ==
        "0:0 is shorter than its header says");
  CHECK(error(array(npy(npy_header("<f8", "(1, 99999999999, 99999999999)"), data))) ==
        "0:0 has a shape too large to exist");
  CHECK(error(array(npy(npy_header("<f8", "(4611686018427387904, 2)"), data))) ==
        "0:0 is shorter than its header says");
  CHECK(error(array(npy(npy_header("<f8", "(5,)"), data))) == "0:0 is shorter than its header says");
  CHECK(error(array(npy(npy_header("<f8", "(0, 4)"), data))) == "0:0 is an empty array");
  CHECK(error(array(npy(npy_header("<f8", "(2, 2)"), data), {1, 3})) == "0:0 has 2 rows, not the rows 1 to 3");
  CHECK(error(array(npy(npy_header("<f8", "(2, 2)"), data), {}, 3)) == "0:0 has 2 numbers a row, but 3 are expected");
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK(error(array(npy(npy_header("<f8", "(2, 2)"), raw<double>({1, 2, 3, infinite})))) == "2:2 not a finite number");
}
