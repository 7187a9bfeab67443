/// \file Vectors with names as files that other programs read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "evaluation/sources/vocabulary.h"
#include "evaluation/vectors/vector_rows.h"

namespace tpc::evaluation {

/// How vectors are written: by the ending of the path.
/// - .bin: the binary format of Mikolov et al. 2013: a line `SIZE DIMENSION`, then for every word its name, a blank,
///   the numbers as they lie in memory (little-endian) and LF;
/// - .txt: their text format, the same with numbers as text, to all their digits;
/// - .npy: an array of NumPy's, and, where the vectors have names, beside it NAME.words.txt with a word a line, which
///   vocabulary(list = ..) reads.
enum class VectorFormat { unknown, binary, text, array };
VectorFormat vector_format(std::string_view path);

/// Writes the vectors of the words as single precision numbers. Precondition: rows.size is that of the vocabulary, and
/// the format is known. Files are written whole or not at all, and are never in memory as a whole. Returns why it
/// failed, which begins with the file; empty: it did not.
std::string save_vectors(const std::string& path, const Vocabulary& vocabulary, const VectorRows& rows);

/// Why the names cannot stand in a file of any format: one has a blank in it. Empty: they can.
std::string unwritable_name(const Vocabulary& vocabulary);

/// An array of NumPy's of this shape, row-major: as many numbers as the rows have, one row after the other.
std::string save_array(const std::string& path, std::span<const std::int64_t> shape, const VectorRows& rows);

/// Where the names of the vectors in an array file are.
std::string words_beside(const std::string& npy_path);

}  // namespace tpc::evaluation
