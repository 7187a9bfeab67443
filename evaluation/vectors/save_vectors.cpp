#include "evaluation/vectors/save_vectors.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <vector>

#include "base/diag/check.h"
#include "base/files/output_file.h"

namespace tpc::evaluation {
namespace {

constexpr std::string_view npy_ending = ".npy";

void append_bytes(std::string& out, float value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

void append_digits(std::string& out, float value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  out.append(text, end);
}

/// Calls write(i, numbers, out) for every vector; what it adds to `out` goes to the file a piece at a time.
template <class Write>
void for_vectors(const VectorRows& rows, const files::Append& append, Write&& write) {
  const std::int64_t most = rows_at_once(rows.dimension);
  std::vector<double> numbers;
  std::string out;
  for (std::int64_t first = 0; first < rows.size; first += most) {
    const std::int64_t count = std::min(most, rows.size - first);
    numbers.resize(static_cast<std::size_t>(count * rows.dimension));
    rows.fetch(first, count, numbers.data());
    out.clear();
    for (std::int64_t i = 0; i < count; ++i) {
      write(first + i, std::span<const double>(numbers.data() + i * rows.dimension, rows.dimension), out);
    }
    if (!append(out)) return;
  }
}

void write_binary(const Vocabulary& vocabulary, const VectorRows& rows, const files::Append& append) {
  for_vectors(rows, append, [&](std::int64_t word, std::span<const double> numbers, std::string& out) {
    (out += vocabulary.word(static_cast<std::int32_t>(word))) += ' ';
    for (double number : numbers) append_bytes(out, static_cast<float>(number));
    out += '\n';
  });
}

void write_text(const Vocabulary& vocabulary, const VectorRows& rows, const files::Append& append) {
  for_vectors(rows, append, [&](std::int64_t word, std::span<const double> numbers, std::string& out) {
    out += vocabulary.word(static_cast<std::int32_t>(word));
    for (double number : numbers) append_digits(out += ' ', static_cast<float>(number));
    out += '\n';
  });
}

/// Version 1 of NumPy's format: the data begin at a multiple of 64 bytes.
std::string array_header(std::span<const std::int64_t> shape) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (std::int64_t extent : shape) header += std::to_string(extent) + ", ";
  if (shape.size() > 1) header.resize(header.size() - 2);  // (3,) and (3, 4)
  header += "), }";
  constexpr std::size_t before = 10, alignment = 64;
  header.append((alignment - (before + header.size() + 1) % alignment) % alignment, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 0xff);
  out += static_cast<char>(header.size() >> 8);
  return out + header;
}

std::string names_of_rows(const Vocabulary& vocabulary) {
  std::string out;
  for (std::int32_t word = 0; word < vocabulary.size(); ++word) (out += vocabulary.word(word)) += '\n';
  return out;
}

std::string written(const std::string& path, const std::function<void(const files::Append&)>& produce) {
  const std::string failure = files::write_file_in_pieces(path, produce);
  return failure.empty() ? failure : path + ": cannot be written: " + failure;
}

}  // namespace

VectorFormat vector_format(std::string_view path) {
  if (path.ends_with(npy_ending)) return VectorFormat::array;
  if (path.ends_with(".bin")) return VectorFormat::binary;
  return path.ends_with(".txt") ? VectorFormat::text : VectorFormat::unknown;
}

std::string words_beside(const std::string& npy_path) {
  return npy_path.substr(0, npy_path.size() - npy_ending.size()) + ".words.txt";
}

std::string unwritable_name(const Vocabulary& vocabulary) {
  for (std::int32_t word = 0; word < vocabulary.size(); ++word) {
    if (vocabulary.word(word).find_first_of(" \t\r\n\v\f") == std::string_view::npos) continue;
    return "the name `" + std::string(vocabulary.word(word).substr(0, 40)) + "` has a blank in it";
  }
  return "";
}

std::string save_vectors(const std::string& path, const Vocabulary& vocabulary, const VectorRows& rows) {
  TPC_CHECK(rows.size == vocabulary.size(), "vectors and names differ in number");
  if (const std::string message = unwritable_name(vocabulary); !message.empty()) return path + ": " + message;
  const std::string header = std::to_string(rows.size) + " " + std::to_string(rows.dimension) + "\n";
  switch (vector_format(path)) {
    case VectorFormat::binary:
      return written(path, [&](const files::Append& append) {
        if (append(header)) write_binary(vocabulary, rows, append);
      });
    case VectorFormat::text:
      return written(path, [&](const files::Append& append) {
        if (append(header)) write_text(vocabulary, rows, append);
      });
    case VectorFormat::array: {
      const std::int64_t shape[] = {rows.size, rows.dimension};
      const std::string failure = save_array(path, shape, rows);
      return failure.empty()
                 ? written(words_beside(path), [&](const files::Append& append) { append(names_of_rows(vocabulary)); })
                 : failure;
    }
    case VectorFormat::unknown: break;
  }
  internal_error(__FILE__, __LINE__, "vectors are saved in no known format");
}

std::string save_array(const std::string& path, std::span<const std::int64_t> shape, const VectorRows& rows) {
  return written(path, [&](const files::Append& append) {
    if (!append(array_header(shape))) return;
    for_vectors(rows, append, [&](std::int64_t, std::span<const double> numbers, std::string& out) {
      for (double number : numbers) append_bytes(out, static_cast<float>(number));
    });
  });
}

}  // namespace tpc::evaluation
