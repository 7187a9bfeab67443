#include "evaluation/vectors/save_vectors.h"

#include <charconv>
#include <cstring>

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

/// A header and lines of a name and its numbers: `append` says how a number is written.
template <class T, class Append>
std::string with_names(const Vocabulary& vocabulary, const T* vectors, std::int64_t dimension, std::size_t number_bytes,
                       Append&& append) {
  std::string out = std::to_string(vocabulary.size()) + " " + std::to_string(dimension) + "\n";
  constexpr std::size_t usual_word = 8;
  out.reserve(out.size() + static_cast<std::size_t>(vocabulary.size()) *
                               (usual_word + static_cast<std::size_t>(dimension) * number_bytes));
  for (std::int32_t word = 0; word < vocabulary.size(); ++word) {
    out += vocabulary.word(word);
    out += ' ';
    for (std::int64_t i = 0; i < dimension; ++i) append(out, static_cast<float>(*vectors++), i + 1 < dimension);
    out += '\n';
  }
  return out;
}

/// Version 1 of NumPy's format: the data begin at a multiple of 64 bytes.
template <class T>
std::string as_array(std::int64_t size, std::int64_t dimension, const T* vectors) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(size) + ", " +
                       std::to_string(dimension) + "), }";
  constexpr std::size_t before = 10, alignment = 64;
  header.append((alignment - (before + header.size() + 1) % alignment) % alignment, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 0xff);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  out.reserve(out.size() + static_cast<std::size_t>(size * dimension) * sizeof(float));
  for (std::int64_t i = 0; i < size * dimension; ++i) append_bytes(out, static_cast<float>(vectors[i]));
  return out;
}

std::string names_of_rows(const Vocabulary& vocabulary) {
  std::string out;
  for (std::int32_t word = 0; word < vocabulary.size(); ++word) (out += vocabulary.word(word)) += '\n';
  return out;
}

/// In these formats a blank ends a name.
std::string unwritable_name(const Vocabulary& vocabulary) {
  for (std::int32_t word = 0; word < vocabulary.size(); ++word) {
    if (vocabulary.word(word).find_first_of(" \t\r\n\v\f") == std::string_view::npos) continue;
    return "the name `" + std::string(vocabulary.word(word).substr(0, 40)) + "` has a blank in it";
  }
  return "";
}

std::string written(const std::string& path, std::string_view contents) {
  const std::string failure = files::write_file(path, contents);
  return failure.empty() ? failure : path + ": cannot be written: " + failure;
}

}  // namespace

std::string words_beside(const std::string& npy_path) {
  return npy_path.substr(0, npy_path.size() - npy_ending.size()) + ".words.txt";
}

template <class T>
std::string save_vectors(const std::string& path, const Vocabulary& vocabulary, const T* vectors,
                         std::int64_t dimension) {
  if (const std::string message = unwritable_name(vocabulary); !message.empty()) return path + ": " + message;
  if (path.ends_with(npy_ending)) {
    const std::string failure = written(path, as_array(vocabulary.size(), dimension, vectors));
    return failure.empty() ? written(words_beside(path), names_of_rows(vocabulary)) : failure;
  }
  if (path.ends_with(".bin")) {
    return written(path, with_names(vocabulary, vectors, dimension, sizeof(float),
                                    [](std::string& out, float value, bool) { append_bytes(out, value); }));
  }
  constexpr std::size_t usual_digits = 12;
  return written(path,
                 with_names(vocabulary, vectors, dimension, usual_digits, [](std::string& out, float value, bool more) {
                   append_digits(out, value);
                   if (more) out += ' ';
                 }));
}

template std::string save_vectors(const std::string&, const Vocabulary&, const float*, std::int64_t);
template std::string save_vectors(const std::string&, const Vocabulary&, const double*, std::int64_t);

}  // namespace tpc::evaluation
